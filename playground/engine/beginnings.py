"""How layers begin that are put into a network which has learned: so that it goes on giving what it gave.

A dense or convolution layer passes its input on (an identity matrix, a Dirac kernel: Net2DeeperNet of Chen et al.
2016, section 2.3); what lies beside a shortcut gives nothing at first (Goyal et al. 2017, section 5.1). Where
neither can be, torch's usual weights stay. Which unit is which is in lineage.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine import merging
from playground.engine.compile import Network
from playground.engine.lineage import NEW, SCALING, Units, numbered
from playground.engine.stepping import Step
from playground.graph.model import NodeId
from playground.layers.shape import Shape

SMALL = 0.01
"""What new weights are multiplied by where they lead into something that has learned."""


@dataclass(frozen=True)
class Branch:
    """A way from a sum back to what the earlier network had."""

    source: NodeId
    steps: tuple[Step, ...]
    """The new layers on it, the last one first."""
    is_whole: bool
    """Whether it leads back to the earlier network without a fork."""

    @property
    def weighted(self) -> list[Step]:
        return [step for step in self.steps if step.module is not None and _learns(step.module)]


class Beginnings:
    """Asked for every layer of the new network in its order, as lineage.traced() does; sets the weights of new ones."""

    def __init__(self, network: Network, new: Collection[NodeId], shapes: Mapping[NodeId, Shape]) -> None:
        self._new, self._shapes = new, shapes
        self._steps = {step.id: step for step in network.each_step()}
        self._shortcuts = {id: found for id in new if (found := self._shortcut(id)) is not None}
        self._beside = {step.id for _, branches in self._shortcuts.values() for each in branches for step in each.steps}
        self.passing: list[NodeId] = []
        """New layers that pass on what they get."""

    def __call__(self, step: Step, inputs: list[Units]) -> Units | None:
        if step.id not in self._new or step.module is None:
            return None
        if step.id in self._shortcuts:
            return self._behind_shortcut(step, inputs)
        is_plain = len(step.feeds) == 1 and not step.is_special and step.id not in self._beside
        if not is_plain or inputs[0].is_new:
            return None
        made = _as_identity(step, inputs[0], self._shapes[step.id])
        if made is not None:
            self.passing.append(step.id)
        return made

    def _shortcut(self, id: NodeId) -> tuple[Branch, tuple[Branch, ...]] | None:
        """Of a new sum the way that is to count, and those that are to give nothing at first."""
        step = self._steps.get(id)
        if step is None or not isinstance(step.module, merging.Add) or any(feed.feedback for feed in step.feeds):
            return None
        ways = sorted((self._way(source) for source in step.sources), key=lambda way: len(way.weighted))
        if len(ways) < 2 or not all(way.is_whole for way in ways):
            return None
        first, others = ways[0], tuple(ways[1:])
        has_new = all(len(way.weighted) > len(first.weighted) for way in others)
        return (first, others) if has_new else None

    def _way(self, source: NodeId) -> Branch:
        found: list[Step] = []
        at = source
        while at in self._new and at in self._steps and len(self._steps[at].feeds) == 1:
            found.append(self._steps[at])
            at = self._steps[at].feeds[0].source
        return Branch(source, tuple(found), at not in self._new)

    def _behind_shortcut(self, step: Step, inputs: list[Units]) -> Units | None:
        first, others = self._shortcuts[step.id]
        passed = inputs[step.sources.index(first.source)]
        if passed.is_new:
            return None
        for branch in others:
            _silence(branch)
        self.passing.append(step.id)
        return replace(passed, shape=self._shapes[step.id])


def _learns(module: nn.Module) -> bool:
    return any(True for _ in module.parameters())


def _silence(branch: Branch) -> None:
    """The last layer with weights gives 0; or next to it, where a 0 would leave it without a gradient for ever."""
    last = branch.weighted[0]
    assert last.module is not None
    behind = [module for step in branch.steps[: branch.steps.index(last)] for module in _modules(step)]
    factor = 0.0 if _lets_through([*last.then, *reversed(behind)]) else SMALL
    with torch.no_grad():
        for parameter in last.module.parameters():
            parameter.mul_(factor)


def _modules(step: Step) -> list[nn.Module]:
    """From behind."""
    return [*reversed(step.then), *([step.module] if step.module is not None else [])]


def _lets_through(modules: list[nn.Module]) -> bool:
    """Whether a slope comes through them at 0; for activations, which are all that can stand in the way."""
    x = torch.zeros(1, 1, requires_grad=True)
    y: Tensor = x
    for module in modules:
        if isinstance(module, nn.Dropout) or type(module).__module__.endswith("reshaping"):
            continue
        try:
            y = module(y)
        except (RuntimeError, ValueError, IndexError):
            continue  # it wants images or steps: poolings and the like
    y.sum().backward()  # type: ignore[no-untyped-call]
    return x.grad is not None and bool((x.grad != 0).all())


def _as_identity(step: Step, given: Units, shape: Shape) -> Units | None:
    """Give the layer weights with which it passes its input on, further units beside it; None if it cannot."""
    module = step.module
    count = given.shape.channels
    if not isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d) or isinstance(module, SCALING):
        return None
    if shape.channels < count or given.shape.with_channels(shape.channels) != shape or getattr(module, "groups", 1) > 1:
        return None
    if not _is_led_through(step, module, given, shape):
        return None
    further = numbered(shape.channels - count, NEW + step.id)
    return Units(np.concatenate([given.marks, further]), shape, given.is_positive)


def _is_led_through(step: Step, module: nn.Linear | nn.Conv1d | nn.Conv2d, given: Units, shape: Shape) -> bool:
    """Lead each unit through the kernel's middle; if that is not what comes out, the layer stays as it was."""
    kept = {name: value.clone() for name, value in module.state_dict().items()}
    count = given.shape.channels
    with torch.no_grad():
        module.weight[:count] = 0
        place = tuple((side - 1) // 2 for side in module.weight.shape[2:])
        for unit in range(count):
            module.weight[(unit, unit, *place)] = 1
        if module.bias is not None:
            module.bias[:count] = 0
        if _passes_on(step, given, shape):
            return True
        module.load_state_dict(kept)
    return False


def _passes_on(step: Step, given: Units, shape: Shape) -> bool:
    """Whether what it gives begins with what it is given, activation included: tried out."""
    assert step.module is not None
    device = next(step.module.parameters()).device
    x = torch.randn(2, *given.shape.dims, generator=torch.Generator().manual_seed(0)).to(device)
    x = x.abs() if given.is_positive else x
    y = step.module(x)
    for module in step.then:
        y = module(y)
    return y.shape[1:] == shape.dims and torch.allclose(y.narrow(shape.channel_dim, 0, given.shape.channels), x)

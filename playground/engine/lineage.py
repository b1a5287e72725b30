"""Which unit of a network is which after an edit: a mark for every unit, the same in both networks.

A layer with weights makes units of its own; what follows it passes them on, arranges them or mixes them. Two networks
are walked in the same way, and units with equal marks are the same. What is done with that is in carry.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from playground.engine import merging, reshaping, shaping, sliding
from playground.engine.compile import Network
from playground.engine.stepping import Feed, Step
from playground.graph.model import NodeId
from playground.layers.shape import Shape

Marks = NDArray[np.uint64]

ARRANGING = (
    nn.Flatten, reshaping.Reshape, reshaping.Permute, reshaping.RepeatSteps, reshaping.LastStep, reshaping.Slice,
    reshaping.Crop, reshaping.PadChannels, nn.ZeroPad2d, merging.Concat,
)  # fmt: skip
"""Modules that put values elsewhere and compute nothing."""
SCALING = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d, nn.PReLU, merging.LearnedScale,
)  # fmt: skip
"""Modules whose weights belong to the units that come in."""
NEVER_BELOW_ZERO = (nn.ReLU, nn.Sigmoid, nn.Softmax, nn.Softplus, nn.Hardsigmoid, shaping.HardSigmoid, shaping.Step)
KEEP_THE_SIGN = (
    *ARRANGING, nn.Identity, nn.Dropout, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d,
    nn.MaxPool1d, nn.AvgPool1d, sliding.GlobalAvgPool, sliding.GlobalMaxPool, merging.Add, merging.Multiply,
    merging.Average, merging.Maximum,
)  # fmt: skip
"""Modules that give nothing below zero if nothing below zero comes in."""
NEW = "+"
"""Before the name of a layer that the earlier network did not have, so that no unit of it is taken for an old one."""


@dataclass(frozen=True)
class Units:
    """What one layer gives: a mark for each unit of a vector, feature of a step or channel of an image."""

    marks: Marks
    shape: Shape
    is_positive: bool = False
    """Whether no value is ever below zero."""
    is_new: bool = False
    """Whether it is made by a layer that the earlier network did not have, and that does not pass on what it gets."""

    def spread(self, with_places: bool) -> Marks:
        """A mark for each value (*dims); with_places: another one at each pixel or step."""
        dims, at = self.shape.dims, self.shape.channel_dim - 1
        sides = [1] * len(dims)
        sides[at] = len(self.marks)
        whole = np.broadcast_to(self.marks.reshape(sides), dims)
        if len(dims) == 1 or not with_places:
            return whole
        others = tuple(1 if number == at else side for number, side in enumerate(dims))
        places = numbered(int(np.prod(others)), *others).reshape(others)
        return mixed(whole, np.broadcast_to(places, dims))


Begin = Callable[[Step, list[Units]], Units | None]
"""Asked for each layer that computes: what it gives if it is made to pass on one of its inputs, else None."""


@dataclass(frozen=True)
class Traced:
    """A network's units: what each layer gives, and what reaches each, a port after the other."""

    given: Mapping[NodeId, Units]
    inputs: Mapping[NodeId, list[Units]]


def mixed(*marks: Marks) -> Marks:
    """A mark for each combination, place by place (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    found = np.full(marks[0].shape, 0x9E3779B97F4A7C15, np.uint64)
    for each in marks:
        found = (found ^ each) * np.uint64(0xBF58476D1CE4E5B9)
        found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found = found ^ (found >> np.uint64(31))
    return found


def numbered(count: int, *what: int | str) -> Marks:
    """Marks of so many units in a row that belong to something."""
    codes = [crc32(each.encode()) if isinstance(each, str) else each for each in what]
    return mixed(np.arange(count, dtype=np.uint64), *(np.full(count, code, np.uint64) for code in codes))


def traced(
    network: Network, shapes: Mapping[NodeId, Shape], names: Mapping[NodeId, NodeId], begin: Begin
) -> Traced:  # fmt: skip
    """Every layer's units. names: what a layer is called in its marks."""
    found: dict[NodeId, Units] = {}
    inputs: dict[NodeId, list[Units]] = {}
    for id, layer in network.ends.inputs.items():
        own = np.asarray(layer.chosen or range(shapes[id].channels), np.uint64)
        found[id] = Units(mixed(own, np.full(len(own), crc32(layer.reads.encode()), np.uint64)), shapes[id])
    for step in network.each_step():
        brought = [_brought(feed, found, shapes, names) for feed in step.feeds]
        inputs[step.id] = _ports(step, brought)
        found[step.id] = _made(step, inputs[step.id], shapes[step.id], names[step.id], begin)
    return Traced(found, inputs)


def _brought(
    feed: Feed, found: Mapping[NodeId, Units], shapes: Mapping[NodeId, Shape], names: Mapping[NodeId, NodeId]
) -> Units:  # fmt: skip
    if not (feed.feedback or feed.state) and feed.source in found:
        return found[feed.source]
    shape, what = shapes[feed.source], "state" if feed.state else "before"
    return Units(numbered(shape.channels, names.get(feed.source, feed.source), what), shape)


def _ports(step: Step, brought: list[Units]) -> list[Units]:
    """What reaches a layer, a port after the other; of the edges into one port those that are added count as one."""
    ports: dict[str, list[Units]] = {}
    alone: list[Units] = []
    for feed, units in zip(step.feeds, brought, strict=True):
        (ports.setdefault(feed.port, []) if feed.single else alone).append(units)
    return [_met(several, step.weighs) for several in ports.values()] + alone


def _met(several: list[Units], weighs: bool) -> Units:
    if len(several) == 1:
        return several[0]
    if not weighs:
        return _combined(several, several[0].shape)
    marks = np.concatenate([units.marks for units in several])
    return replace(several[0], marks=marks, shape=several[0].shape.with_channels(len(marks)))


def _combined(several: list[Units], shape: Shape) -> Units:
    marks = mixed(*(units.marks for units in several))
    return Units(marks, shape, all(units.is_positive for units in several), any(units.is_new for units in several))


def _made(step: Step, inputs: list[Units], shape: Shape, name: NodeId, begin: Begin) -> Units:
    if step.module is None:
        return replace(inputs[0], shape=shape)
    units = begin(step, inputs)
    if units is None:
        units = _through(step.module, inputs, shape, name)
        units = replace(units, is_positive=_sign(step.module, all(each.is_positive for each in inputs)))
    positive = units.is_positive
    for module in step.then:
        positive = _sign(module, positive)
    return replace(units, is_positive=positive)


def _sign(module: nn.Module, before: bool) -> bool:
    """Whether what a module gives is never below zero."""
    return isinstance(module, NEVER_BELOW_ZERO) or (before and isinstance(module, KEEP_THE_SIGN))


def _through(module: nn.Module, inputs: list[Units], shape: Shape, name: NodeId) -> Units:
    if isinstance(module, nn.RNNBase):
        return Units(_of_states(module.hidden_size, shape, name), shape, is_new=name.startswith(NEW))
    own = Units(numbered(shape.channels, name), shape, is_new=name.startswith(NEW))
    if not inputs or (any(True for _ in module.parameters()) and not isinstance(module, SCALING)):
        return own
    if isinstance(module, ARRANGING):
        return _arranged(module, inputs, shape) or own
    if all(len(units.marks) == shape.channels for units in inputs):
        return _combined(inputs, shape) if len(inputs) > 1 else replace(inputs[0], shape=shape)
    return own


def _of_states(width: int, shape: Shape, name: NodeId) -> Marks:
    """Units of a recurrent layer by direction and number; of a flat state by the vector they stand in, too."""
    return np.concatenate([numbered(width, name, part) for part in range(shape.channels // width)])


def _arranged(module: nn.Module, inputs: list[Units], shape: Shape) -> Units | None:
    """The module is given the numbers of its inputs' values, to see where each goes; None where channels get mixed."""
    marks = [units.spread(with_places=shape.is_vector) for units in inputs]
    total, numbers = 1, []
    for each in marks:
        numbers.append(torch.arange(total, total + each.size, dtype=torch.float64).view(1, *each.shape))
        total += each.size
    try:
        places = module(*numbers)[0].to(torch.int64).numpy()
    except RuntimeError:
        return None  # it works on more at once than on one example, as in films
    found = np.concatenate([np.zeros(1, np.uint64), *(each.reshape(-1) for each in marks)])[places]
    is_new = any(units.is_new for units in inputs)
    if shape.is_vector:
        return Units(found, shape, is_new=is_new)
    if found.ndim != shape.rank:
        return None
    rows = np.moveaxis(found, shape.channel_dim - 1, 0).reshape(shape.channels, -1)
    return Units(rows[:, 0], shape, is_new=is_new) if (rows == rows[:, :1]).all() else None


def same(old: Marks, new: Marks) -> NDArray[np.int64]:
    """For each new unit the old one that it is, or -1; equal marks meet in their order.

    If none is known, but there are as many, they keep their places: what fed them was put in another's place.

    >>> same(np.array([5, 6, 6], np.uint64), np.array([6, 9, 6, 5, 6], np.uint64)).tolist()
    [1, -1, 2, 0, -1]
    """
    waiting: dict[int, list[int]] = {}
    for place in range(len(old) - 1, -1, -1):
        waiting.setdefault(int(old[place]), []).append(place)
    found = np.array([there.pop() if (there := waiting.get(int(mark))) else -1 for mark in new], np.int64)
    if len(old) == len(new) and (found < 0).all():
        return np.arange(len(new))
    return found

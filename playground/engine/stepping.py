"""How a layer is computed from what was computed before it; and how a loop is led through time, a step after the other.

Everything outside of loops works on whole sequences at once. Which layers form a loop is found in graph/loops.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import torch
from torch import Tensor, nn

from playground.graph.model import NodeId
from playground.layers.slide import Slide

Values = dict[NodeId, Tensor]
"""What each layer gave; the final state of a recurrent one under "<layer>/state"."""

STATE = "/state"
OWN = "/own"
"""Behind a layer's name: how many steps at the end of what it gives are its own, (n,); only where not all are."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One edge into a layer."""

    source: NodeId
    port: str
    single: bool
    """Whether all edges into that port meet in one value."""
    feedback: bool = False
    state: bool = False
    """Whether it brings the final state of the recurrent layer it comes from."""


@dataclass(frozen=True)
class Step:
    """One layer in the order of computing."""

    id: NodeId
    feeds: tuple[Feed, ...]
    ports: tuple[str, ...]
    module: nn.Module | None
    """None for an Output, which passes its input on."""
    then: tuple[nn.Module, ...]
    weighs: bool = False
    """Whether what feedback brings stands beside what arrives; else they are added."""
    each_frame: bool = False
    """Whether it works on every image of a film by itself."""
    slide: Callable[[int], Slide] | None = None
    """How its window moves over a sequence of so many steps, if it has one."""

    @cached_property
    def sources(self) -> tuple[NodeId, ...]:
        return tuple(feed.source for feed in self.feeds)

    @cached_property
    def is_special(self) -> bool:
        """Whether more has to be done than to call the module with what its sources gave."""
        given = [feed.port for feed in self.feeds]
        several = any(feed.single and given.count(feed.port) > 1 for feed in self.feeds)
        filled = [port for port in self.ports if port in given]
        gap = tuple(filled) != self.ports[: len(filled)]
        plain = not any(feed.feedback or feed.state for feed in self.feeds)
        return several or gap or not plain or self.each_frame


def run_step(step: Step, values: Values) -> None:
    """Compute one layer outside of loops; a feedback edge brings there what its source gave a step earlier."""
    if not step.is_special:
        given: list[Tensor | None] = [values[id] for id in step.sources]
    else:
        given = arranged(step, [brought(feed, values) for feed in step.feeds])
    _put(step, values, given)


def brought(feed: Feed, values: Values) -> Tensor:
    """What an edge brings; a feedback edge what its source gave a step earlier."""
    value = values[feed.source + STATE] if feed.state else values[feed.source]
    if not feed.feedback:
        return value
    return torch.cat([torch.zeros_like(value[:, :1]), value[:, :-1]], dim=1)


def arranged(step: Step, brought: list[Tensor]) -> list[Tensor | None]:
    """What a module is called with, a port after the other; None for a port without an edge."""
    given: list[Tensor | None] = []
    for port in step.ports:
        at = [(value, feed.single) for value, feed in zip(brought, step.feeds, strict=True) if feed.port == port]
        if at and not at[0][1]:
            given += [value for value, _ in at]
        elif len(at) > 1 and step.weighs:
            values = [value for value, _ in at]
            given.append(torch.cat(values, dim=-1 if values[0].dim() < 4 else -3))
        else:
            given.append(reduce(torch.add, [value for value, _ in at]) if at else None)
    return given


def _put(step: Step, values: Values, given: list[Tensor | None]) -> None:
    """Call the module and what follows it, and keep what comes of it."""
    if step.module is None:
        assert given[0] is not None
        values[step.id] = given[0]
        return
    frames = 0
    if step.each_frame and given[0] is not None:
        frames = given[0].shape[1]
        given = [given[0].flatten(0, 1), *given[1:]]
    value = kept(step, values, step.module(*given))
    if frames:
        values[step.id] = value.reshape(-1, frames, *value.shape[1:])


def called(step: Step, given: list[Tensor | None]) -> Any:
    """What the module makes of it; an Output passes it on."""
    return given[0] if step.module is None else step.module(*given)


def kept(step: Step, values: Values, value: Any) -> Tensor:
    """Keep what a module gave, once it went through what follows it, and a recurrent one's final state."""
    if isinstance(value, tuple):
        values[step.id + STATE] = value[1]
    for module in step.then:
        value = module(value)
    values[step.id] = value
    made: Tensor = value
    return made


@dataclass(frozen=True)
class LoopStep:
    """The layers of one loop. It starts from zeros, as torch's recurrent layers do."""

    steps: tuple[Step, ...]
    dims: dict[NodeId, tuple[int, ...]]
    """The shape of what each gives at one step."""
    timed: frozenset[NodeId]
    """Layers outside that bring another value at each step."""
    constant: frozenset[NodeId]
    """Layers outside that bring the same at every step."""

    def run(self, values: Values, emptied: Callable[[int, Tensor], Tensor] | None = None) -> None:
        """Add what every layer of the loop gives over all steps, (n, steps, *dims).

        emptied: puts zeros into what a layer gives at a step, where that is not the sequence's own (ragged.py).
        """
        first = values[next(iter(self.timed))]
        carried = {feed.source for step in self.steps for feed in step.feeds if feed.feedback}
        before: Values = {
            id: first.new_zeros((len(first), *(self.dims[id] if id in self.dims else values[id].shape[2:])))
            for id in carried
        }
        given: dict[NodeId, list[Tensor]] = {id: [] for id in self.dims}
        slices = {id: values[id].unbind(1) for id in self.timed}
        for time in range(first.shape[1]):
            now: Values = {id: values[id] for id in self.constant} | {id: slices[id][time] for id in self.timed}
            for step in self.steps:
                given_now = [before[feed.source] if feed.feedback else now[feed.source] for feed in step.feeds]
                _put(step, now, arranged(step, given_now))
                if emptied is not None:
                    now[step.id] = emptied(time, now[step.id])
            before = {id: now[id] for id in carried}
            for id, kept in given.items():
                kept.append(now[id])
        values.update({id: torch.stack(kept, dim=1) for id, kept in given.items()})

"""Asking one layer what it gives: which shapes reach it, a port after the other, and its answer, remembered.

Knows no torch. Each layer's own rule is in its declaration; the whole network is gone through in shapes.py, loops in
stepping.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from playground.graph.model import Edge, Graph, NodeId
from playground.layers.layer import Layer, Unknown
from playground.layers.shape import Shape, ShapeProblem, described

Given = tuple[Shape | None, ...]


@dataclass(frozen=True)
class Inferred:
    """All that can be known about shapes. What stands behind a broken layer is in none of these."""

    shapes: dict[NodeId, Shape] = field(default_factory=dict)
    """What each layer gives."""
    broken: dict[NodeId, ShapeProblem] = field(default_factory=dict)
    """Layers that cannot take what they get."""
    given: dict[NodeId, Given] = field(default_factory=dict)
    """What each layer is asked with, a port after the other; in a loop and for films, one step of it."""
    times: dict[NodeId, int] = field(default_factory=dict)
    """How often a layer works for one example, where that is not once."""


@lru_cache(maxsize=16_384)
def remembered(layer: Layer, inputs: Given) -> Shape | ShapeProblem:
    """What infer says, kept for the next check: after an edit only layers with other settings or inputs are asked."""
    return _asked(layer, inputs)


def _asked(layer: Layer, inputs: Given) -> Shape | ShapeProblem:
    try:
        return layer.infer(*inputs)
    except ShapeProblem as problem:
        return problem.with_traceback(None)  # whoever asked stays alive by it, with all that they know


def infer(layer: Layer, inputs: Given) -> Shape | ShapeProblem:
    """What a layer gives for such inputs, or why it cannot. Asked once for each layer and inputs."""
    if isinstance(layer, Unknown):  # what it keeps cannot be hashed
        return _asked(layer, inputs)
    return remembered(layer, inputs)


def needed_ports(layer: Layer) -> tuple[str, ...]:
    """The ports that must have an edge. An unknown layer may do without."""
    return () if isinstance(layer, Unknown) else layer.needed_ports()


def given_to(
    graph: Graph,
    id: NodeId,
    known: Callable[[Edge], Shape | None],
    returning: Iterable[Edge] = (),
    is_guess: bool = False,
) -> Given | ShapeProblem | None:
    """The shapes that reach a layer, in the order of its ports; None while one is missing.

    known: the shape an edge brings. returning: the feedback edges that end here. is_guess: a port that takes several
    makes do with those that are known.
    """
    layer = graph.nodes[id]
    arriving: dict[str, list[Shape | None]] = {}
    for edge in graph.incoming[id]:
        state = graph.nodes[edge.source].final_state() if edge.port == layer.state_port else None
        arriving.setdefault(edge.port, []).append(state or known(edge))
    for edge in returning:
        arriving.setdefault(edge.port, []).append(known(edge))
    if isinstance(layer, Unknown):
        return () if all(None not in shapes for shapes in arriving.values()) else None
    given: list[Shape | None] = []
    for port in layer.ports():
        several = layer.takes_several(port)
        shapes = [shape for shape in arriving.get(port, ()) if shape is not None]
        if len(shapes) < len(arriving.get(port, ())) and not (is_guess and several):
            return None
        if not shapes:
            if port in layer.needed_ports():
                return None
            given.append(None)
        elif several:
            given.extend(shapes)
        else:
            met = meeting(layer, shapes)
            if isinstance(met, ShapeProblem):
                return met
            given.append(met)
    return tuple(given)


def meeting(layer: Layer, shapes: list[Shape]) -> Shape | ShapeProblem:
    """What a port gets where feedback meets what arrives: features beside each other if they are weighed, else a sum.

    Source: Elman 1990, where context units stand beside the input units.
    """
    first = shapes[0]
    if len(shapes) == 1:
        return first
    if layer.weighs and all(s.rank == first.rank and s == first.with_channels(s.channels) for s in shapes):
        return first.with_channels(sum(shape.channels for shape in shapes))
    if all(shape == first for shape in shapes):
        return first
    other = next(shape for shape in shapes if shape != first)
    joined = "joined" if layer.weighs else "added"
    return ShapeProblem(
        f"{layer.heading} gets {described(first)} and from the step before {described(other)}, which cannot be "
        f"{joined}. Bring what returns to the same shape."
    )

"""The shapes inside a loop: its layers work on one step at a time, and what comes back must be what went out.

Knows no torch. Everything outside of loops is gone through in shapes.py.
"""

from __future__ import annotations

from playground.graph.asking import Given, Inferred, given_to, infer
from playground.graph.model import Edge, Graph, NodeId
from playground.layers.shape import Repair, Shape, ShapeProblem, described, vector

MOST_ROUNDS = 8
"""How often a loop's shapes are asked for until they settle."""


def is_timed(shape: Shape) -> bool:
    """Whether it has steps that a loop can be led through."""
    return shape.is_sequence or shape.is_film


def infer_loop(graph: Graph, nodes: tuple[NodeId, ...], returning: dict[NodeId, list[Edge]], found: Inferred) -> None:
    """Add what one loop's layers give, over all steps, to what was found; or what is wrong with it."""
    outside = _outside(graph, nodes, returning)
    if any(edge.source not in found.shapes for edge in outside):
        return
    steps = {found.shapes[edge.source].steps for edge in outside if is_timed(found.shapes[edge.source])}
    first = next(id for id in nodes if any(edge.source in nodes for edge in returning.get(id, ())))
    if len(steps) != 1:
        found.broken[first] = _no_time(graph, first, outside, found, steps)
        return
    (count,) = steps
    known: dict[NodeId, Shape] = {}
    for round_ in range(MOST_ROUNDS):
        step = _Round(graph, set(nodes), found, returning, known, is_first=round_ == 0)
        for id in nodes:
            step.ask(id)
        if step.now == known and (len(known) == len(nodes) or step.broken):
            break
        known = step.now
    else:
        text = f"What {first} gets from the step before grows with every step. Bring it to a fixed size with Dense."
        found.broken[first] = ShapeProblem(text)
        return
    found.broken.update(step.broken)
    for id, shape in known.items():
        found.shapes[id], found.given[id], found.times[id] = shape.each_of(count), step.given[id], count


class _Round:
    """One asking of all layers of a loop, with what the round before said of what returns."""

    def __init__(
        self,
        graph: Graph,
        inner: set[NodeId],
        found: Inferred,
        returning: dict[NodeId, list[Edge]],
        before: dict[NodeId, Shape],
        is_first: bool,
    ) -> None:
        self._graph, self._inner, self._found, self._returning = graph, inner, found, returning
        self._before, self._is_first = before, is_first
        self.now: dict[NodeId, Shape] = {}
        self.given: dict[NodeId, Given] = {}
        self.broken: dict[NodeId, ShapeProblem] = {}

    def ask(self, id: NodeId) -> None:
        layer = self._graph.nodes[id]
        returning = self._returning.get(id, [])
        if self._is_first:  # nothing has returned yet: what does is left out, or guessed where there is nothing else
            returning = [edge for edge in returning if edge.source not in self._inner]
        given = given_to(self._graph, id, self._known, returning, self._is_first)
        if given is None and self._is_first and layer.weighs and not self._graph.incoming[id]:
            given = (vector(1),)
        if given is None:
            return
        shape = given if isinstance(given, ShapeProblem) else infer(layer, given)
        if isinstance(given, ShapeProblem) or isinstance(shape, ShapeProblem):
            assert isinstance(shape, ShapeProblem)
            self.broken[id] = shape
        elif not (shape.is_vector or shape.is_image):
            self.broken[id] = ShapeProblem(f"{id} gives {described(shape)} at each step of a loop. Make it a vector.")
        else:
            self.now[id], self.given[id] = shape, given

    def _known(self, edge: Edge) -> Shape | None:
        if edge.source not in self._inner:
            shape = self._found.shapes[edge.source]
            return shape.frame if is_timed(shape) else shape
        return (self._before if edge.feedback else self.now).get(edge.source)


def _outside(graph: Graph, nodes: tuple[NodeId, ...], returning: dict[NodeId, list[Edge]]) -> list[Edge]:
    inner = set(nodes)
    edges = (*(e for id in nodes for e in graph.incoming[id]), *(e for id in nodes for e in returning.get(id, ())))
    return [edge for edge in edges if edge.source not in inner]


def _no_time(graph: Graph, id: NodeId, outside: list[Edge], found: Inferred, steps: set[int]) -> ShapeProblem:
    if steps:
        several = " and ".join(str(count) for count in sorted(steps))
        return ShapeProblem(
            f"The loop through {id} gets sequences of {several} steps. Give it sequences of one length."
        )
    got = f"all it gets is {described(found.shapes[outside[0].source])}" if outside else "nothing leads into it"
    repairs: tuple[Repair, ...] = ()
    if outside and graph.incoming[id] and outside[0] in graph.incoming[id]:
        edge = graph.incoming[id].index(outside[0])
        repairs = (Repair("Repeat it over 10 steps", "insert", "RepeatVector", (("times", 10),), edge),)
    return ShapeProblem(
        f"{id} gets back what was computed a step before, but there are no steps: {got}. Feed it a sequence.", repairs
    )

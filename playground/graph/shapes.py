"""What flows along every edge: shapes from the inputs to the outputs, as far as they can be known.

Knows no torch. How a layer is asked is in asking.py, loops are in stepping.py, and what to do about a misfit is said
in repairs.py.
"""

from __future__ import annotations

from playground.graph.asking import Inferred, given_to, infer
from playground.graph.loops import stages
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.stepping import infer_loop
from playground.layers.shape import ShapeProblem


def infer_all(graph: Graph) -> Inferred:
    """All known shapes, and the layers that cannot take what they get."""
    found = Inferred()
    returning: dict[NodeId, list[Edge]] = {}
    for edge in graph.feedback:
        returning.setdefault(edge.target, []).append(edge)
    for stage in stages(graph):
        if stage.is_loop:
            infer_loop(graph, stage.nodes, returning, found)
            continue
        (id,) = stage.nodes
        _infer_one(graph, id, returning.get(id, []), found)
    return found


def _infer_one(graph: Graph, id: NodeId, returning: list[Edge], found: Inferred) -> None:
    given = given_to(graph, id, lambda edge: found.shapes.get(edge.source), returning)
    if given is None:
        return
    shape = given if isinstance(given, ShapeProblem) else infer(graph.nodes[id], given)
    if isinstance(shape, ShapeProblem) or isinstance(given, ShapeProblem):
        assert isinstance(shape, ShapeProblem)
        found.broken[id] = shape
        return
    first = given[0] if given else None
    if first is not None and first.is_film and graph.nodes[id].each_frame:
        given = (first.frame, *given[1:])
        found.times[id] = first.steps
    found.shapes[id], found.given[id] = shape, given

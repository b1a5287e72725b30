"""Turns what a layer says about inputs it cannot take into problems with fixes that work.

A layer names ways out without knowing the network; here each is tried on the graph, carried on until the
layer is content, and dropped where that does not come about. Shape rules are in the layers' declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playground.graph.edits import Delete, Edit, InsertOnEdge, SetSettings, apply_all, layer_like
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.shapes import infer_all
from playground.layers.layer import LAYERS, Unknown
from playground.layers.shape import Repair, ShapeProblem

MOST_STEPS = 4
"""Repairs in a row that one click may make."""

_GROWING = ("insert", "set", "set_source")
"""Actions that may follow a first one: a click never removes more than its label says."""


def shape_problems(graph: Graph, broken: Mapping[NodeId, ShapeProblem]) -> Iterator[Problem]:
    """One problem for each layer that cannot take what it gets."""
    for id, problem in broken.items():
        fixes: dict[tuple[Edit, ...], Fix] = {}
        if isinstance(graph.nodes[id], Unknown):
            fixes[()] = Fix(f"Delete {id}", (Delete((id,)),))
        for repair in problem.repairs:
            fix = completed(graph, id, repair)
            if fix is not None:
                fixes.setdefault(fix.edits, fix)
        yield Problem(id, problem.text, fixes=tuple(fixes.values()))


def completed(graph: Graph, id: NodeId, repair: Repair) -> Fix | None:
    """The repair as edits, with those that must follow until the layer takes what it gets; None if it never does."""
    edits: tuple[Edit, ...] = ()
    labels: list[str] = []
    for _ in range(MOST_STEPS):
        step = _edits(graph, id, repair)
        if not step:
            return None
        graph = apply_all(graph, step)
        edits += step
        labels.append(_label(repair, step))
        if id not in graph.nodes:
            return Fix(_joined(labels), edits)
        shapes, broken = infer_all(graph)
        if id in shapes:
            return Fix(_joined(labels), edits)
        follow = [next_ for next_ in broken[id].repairs if next_.action in _GROWING] if id in broken else []
        if not follow:
            return None
        repair = follow[0]
    return None


def _edits(graph: Graph, id: NodeId, repair: Repair) -> tuple[Edit, ...]:
    """The repair on this graph; empty where it cannot be made."""
    if repair.action == "remove":
        return (Delete((id,)),)
    if repair.action == "set":
        return _set(graph, id, repair)
    if repair.action == "set_source":
        return _set_source(graph, id, repair)
    edge = graph.incoming[id][repair.edge]
    if repair.action == "remove_source":
        return () if len(graph.incoming[edge.source]) != 1 else (Delete((edge.source,)),)
    new = graph.fresh_id(LAYERS[repair.layer])
    return (InsertOnEdge(edge, new, layer_like(repair.layer, repair.settings)),)


def _set(graph: Graph, id: NodeId, repair: Repair) -> tuple[Edit, ...]:
    edit = SetSettings(id, repair.settings)
    try:
        return (edit,) if edit.apply(graph).nodes[id] != graph.nodes[id] else ()
    except ValueError:  # out of that layer's range
        return ()


def _set_source(graph: Graph, id: NodeId, repair: Repair) -> tuple[Edit, ...]:
    """On the nearest layer above that has such settings, if nothing else reads it."""
    names = {name for name, _ in repair.settings}
    while len(graph.incoming[id]) == 1:
        id = graph.incoming[id][0].source
        if len(graph.outgoing[id]) > 1:
            return ()
        if names <= set(type(graph.nodes[id]).model_fields):
            return _set(graph, id, repair)
    return ()


def _label(repair: Repair, step: tuple[Edit, ...]) -> str:
    first = step[0]
    if repair.action == "remove_source" and isinstance(first, Delete):
        return f"Remove {first.ids[0]}"
    if repair.action == "set_source" and isinstance(first, SetSettings):
        return repair.label.replace("its units", f"units of {first.id}")
    return repair.label


def _joined(labels: list[str]) -> str:
    first, *rest = labels
    return ", then ".join((first, *(label[0].lower() + label[1:] for label in rest)))

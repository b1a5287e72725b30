"""Turns what a layer says about inputs it cannot take into problems with fixes that work.

A layer names ways out without knowing the network; here each is tried on the graph, carried on until the
layer is content, and dropped where that does not come about. Shape rules are in the layers' declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playground.graph.blocks import SetBlock
from playground.graph.edits import Delete, Disconnect, Edit, InsertOnEdge, SetSettings, apply_all, layer_like
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.repeat import original
from playground.graph.shapes import infer_all
from playground.layers.layer import LAYERS, Unknown
from playground.layers.shape import Repair, ShapeProblem

MOST_STEPS = 4
"""Repairs in a row that one click may make."""

_GROWING = ("insert", "set", "set_source")
"""Actions that may follow a first one: a click never removes more than its label says."""


def shape_problems(graph: Graph, broken: Mapping[NodeId, ShapeProblem]) -> Iterator[Problem]:
    """One problem for each layer that cannot take what it gets; a copy's in a repeated block is its original's."""
    told: set[NodeId] = set()
    for copy, problem in broken.items():
        id = original(copy)
        if id in told:
            continue
        told.add(id)
        fixes: dict[tuple[Edit, ...], Fix] = {}
        if id != copy:
            yield Problem(id, _in_copy(graph, id, problem.text), fixes=tuple(_once(graph, id)))
            continue
        if isinstance(graph.nodes[id], Unknown):
            fixes[()] = Fix(f"Delete {id}", (Delete((id,)),))
        for repair in problem.repairs:
            fix = completed(graph, id, repair)
            if fix is not None:
                fixes.setdefault(fix.edits, fix)
        for fix in _for_feedback(graph, id):
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
        found = infer_all(graph)
        if id in found.shapes:
            return Fix(_joined(labels), edits)
        problem = found.broken.get(id)
        follow = [next_ for next_ in problem.repairs if next_.action in _GROWING] if problem else []
        if not follow:
            return None
        repair = follow[0]
    return None


def _in_copy(graph: Graph, id: NodeId, text: str) -> str:
    title = graph.blocks[graph.block_of[id]].title
    return f"In a repetition of {title}: {text}"


def _once(graph: Graph, id: NodeId) -> Iterator[Fix]:
    """Repeat the blocks around a layer once."""
    block = graph.block_of.get(id, "")
    while block in graph.blocks:
        if graph.blocks[block].repeat > 1:
            yield Fix(f"Repeat {graph.blocks[block].title} once", (SetBlock(block, (("repeat", 1),)),))
        block = graph.blocks[block].parent


def _for_feedback(graph: Graph, id: NodeId) -> Iterator[Fix]:
    """Bring what returns to the size of what arrives, or take the feedback edge away."""
    returning = [edge for edge in graph.feedback if edge.target == id]
    for edge in returning:
        shapes = infer_all(graph.without_edge(edge))
        wanted = shapes.given.get(id, (None,))[0]
        if wanted is not None:
            dense = layer_like("Dense", (("units", wanted.channels),))
            insert = InsertOnEdge(edge, graph.fresh_id(type(dense)), dense)
            if id in infer_all(insert.apply(graph)).shapes:
                yield Fix(f"Insert Dense {wanted.channels} on the way back", (insert,))
    for edge in returning:
        yield Fix(f"Remove the edge back from {edge.source}", (Disconnect(edge),))


def _edits(graph: Graph, id: NodeId, repair: Repair) -> tuple[Edit, ...]:
    """The repair on this graph; empty where it cannot be made."""
    if repair.action == "remove":
        return (Delete((id,)),)
    if repair.action == "set":
        return _set(graph, id, repair)
    if repair.action == "set_source":
        return _set_source(graph, id, repair)
    if repair.layer not in LAYERS and repair.action == "insert":
        return ()
    if repair.edge >= len(graph.incoming[id]):
        return ()
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

"""Whether a network that is to be trained has anything to learn: weights, and some that are not frozen.

Asked with data at hand only: a network that is written down, drawn or handed on may do without weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from playground.graph.edits import InsertOnEdge, SetSettings, layer_like
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.price import Cost
from playground.graph.problem import Fix, Problem, Report
from playground.graph.repeat import original, written_out
from playground.graph.shapes import infer_all
from playground.layers.ends import Output
from playground.layers.layer import Layer, Weighted
from playground.layers.shape import Shape


def nothing_to_learn(graph: Graph, report: Report) -> Iterator[Problem]:
    """A network without weights, or with frozen ones alone; told of the Output that is its answer."""
    outputs = {id: layer for id, layer in graph.nodes.items() if isinstance(layer, Output)}
    if not outputs or not outputs.keys() <= report.shapes.keys():
        return
    end = max(outputs, key=lambda id: outputs[id].weight)
    frozen: dict[NodeId, None] = {}
    for id in _leading_to(report.written_out, outputs):
        layer = report.written_out.nodes[id]
        owner = layer.shares if isinstance(layer, Weighted) and layer.shares in report.costs else id
        cost = report.costs.get(owner, Cost())
        if cost.trainable and getattr(layer, "trainable", True):
            return
        if cost.parameters:
            frozen[original(id)] = None
    if frozen:
        text = f"All weights before {end} are frozen: there is nothing to learn. Set a layer trainable."
        yield Problem(end, text, fixes=tuple(_thawed(graph, frozen)))
    else:
        text = f"No layer before {end} has weights: there is nothing to learn. Put a Dense before it."
        yield Problem(end, text, fixes=tuple(_with_weights(graph, report, end)))


def _leading_to(graph: Graph, ends: dict[NodeId, Output]) -> Iterator[NodeId]:
    """The layers whose answers arrive there, at once or by feedback, the nearest first."""
    waiting, seen = list(ends), set(ends)
    back: dict[NodeId, list[Edge]] = {}
    for edge in graph.feedback:
        back.setdefault(edge.target, []).append(edge)
    for id in waiting:
        yield id
        for edge in (*graph.incoming[id], *back.get(id, ())):
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)


def _thawed(graph: Graph, frozen: dict[NodeId, None]) -> Iterator[Fix]:
    own = [id for id in frozen if not getattr(graph.nodes[id], "shares", "")]
    edits = tuple(SetSettings(id, (("trainable", True),)) for id in own)
    if edits:
        yield Fix(f"Set {own[0]} trainable", edits[:1])
    if len(edits) > 1:
        yield Fix(f"Set all {len(edits)} layers trainable", edits)


def _with_weights(graph: Graph, report: Report, end: NodeId) -> Iterator[Fix]:
    """A layer with weights before the end that gives what arrives there now: dense, or a convolution for images."""
    given = report.given[end][0]
    if given is None:
        return
    new = _of_that_shape(given)
    for edge in graph.incoming[end]:
        insert = InsertOnEdge(edge, graph.fresh_id(type(new)), new)
        if infer_all(written_out(insert.apply(graph))[0]).shapes.get(end) == report.shapes[end]:
            yield Fix(f"Insert {new.heading}", (insert,))


def _of_that_shape(given: Shape) -> Layer:
    if given.is_image or given.is_film:
        return layer_like("Conv2d", (("filters", given.channels),))
    return layer_like("Dense", (("units", given.channels),))

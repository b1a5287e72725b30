"""Putting a layer into the network the way a person expects: on an edge, behind the selection, or at a place.

Knows no Qt: the window, a script and a test all add layers here.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.app.changes import EditGraph
from playground.app.document import Position
from playground.app.session import Session
from playground.graph.edits import AddLayer, Connect, Edit, InsertOnEdge, Several
from playground.graph.model import Edge, Graph, NodeId
from playground.layers.ends import Input, Output
from playground.layers.layer import LAYERS, Layer
from playground.layers.shape import Signature


@dataclass(frozen=True)
class Spot:
    """Where a layer goes: on an edge, behind a node, and at a place on the canvas; all may be left open."""

    edge: Edge | None = None
    after: NodeId | None = None
    before: Edge | None = None
    """An edge to draw from the new layer: its target and port."""
    place: Position | None = None


def new_layer(type_name: str, signature: Signature | None) -> Layer:
    """A layer of that type; Input and Output fit the data."""
    if signature is not None and type_name == "Input":
        return Input(dims=signature.input.dims)
    if signature is not None and type_name == "Output":
        loss = "mean_squared_error" if signature.task == "numbers" else "cross_entropy"
        return Output(loss=loss, units=signature.outputs)
    return LAYERS[type_name]()


def add_layer(session: Session, type_name: str, spot: Spot) -> NodeId | None:
    """Add a layer at a spot as one step; its id, or None if nothing could be added."""
    graph = session.document.graph
    layer = new_layer(type_name, session.signature)
    id = graph.fresh_id(type(layer))
    edit = _edit(graph, id, layer, spot)
    # A wired layer follows the layout; only a place that a person pointed at is kept.
    positions = {id: spot.place} if spot.place is not None else {}
    return id if session.do(EditGraph(edit, positions)) else None


def _edit(graph: Graph, id: NodeId, layer: Layer, spot: Spot) -> Edit:
    joins = bool(layer.ports()) and layer.gives_output
    if spot.edge is not None and joins:
        return InsertOnEdge(spot.edge, id, layer)
    add = AddLayer(id, layer)
    source = graph.nodes.get(spot.after) if spot.after is not None else None
    edits: list[Edit] = [add]
    if source is not None and spot.after is not None and layer.ports() and source.gives_output:
        edits.append(Connect(Edge(spot.after, id, layer.ports()[0])))
    if spot.before is not None and layer.gives_output:
        edits.append(Connect(Edge(id, spot.before.target, spot.before.port)))
    return add if len(edits) == 1 else Several(add.label, tuple(edits))


def spot_behind(graph: Graph, selected: tuple[NodeId, ...], layer: type[Layer]) -> Spot:
    """Where a layer goes that is added without pointing: behind the selected node, else behind the one loose end.

    A node with one edge onwards gets the layer put on that edge, if the layer can pass values on.
    """
    after = selected[0] if len(selected) == 1 else _loose_end(graph)
    if after is None or not layer.ports():
        return Spot()
    onwards = graph.outgoing[after]
    if len(onwards) == 1 and layer.gives_output:
        return Spot(edge=onwards[0])
    return Spot(after=after)


def _loose_end(graph: Graph) -> NodeId | None:
    """The last layer whose output goes nowhere."""
    loose = [id for id, layer in graph.nodes.items() if layer.gives_output and not graph.outgoing[id]]
    return loose[-1] if loose else None

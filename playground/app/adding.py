"""Putting a layer into the network the way a person expects: on an edge, behind the selection, or at a place.

Knows no Qt: the window, a script and a test all add layers here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playground.app.changes import EditGraph
from playground.app.clipping import new_names
from playground.app.document import Position
from playground.app.own_blocks import own_blocks, read_block
from playground.app.session import Session
from playground.graph.arrange import arrange
from playground.graph.block_library import BLOCKS, Part
from playground.graph.edits import AddLayer, Connect, Disconnect, Edit, InsertOnEdge, Several, renamed
from playground.graph.folding import corner, exit_of
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.rewiring import Graft
from playground.graph.shapes import infer_all
from playground.layers.ends import Input, Output
from playground.layers.layer import LAYERS, Layer
from playground.layers.shape import Signature

LIBRARY, OWN = "block", "own"
"""What the names of blocks in the palette begin with, before a colon."""


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
    if spot == Spot() and layer.ports() and layer.gives_output:
        spot = _fitting_spot(session, lambda edge: InsertOnEdge(edge, id, layer))
    edit = _edit(graph, id, layer, spot)
    # A wired layer follows the layout; only a place that a person pointed at is kept.
    positions = {id: spot.place} if spot.place is not None else {}
    return id if session.do(EditGraph(edit, positions)) else None


def part_named(name: str, channels: int | None = None) -> Part:
    """A block of the library or one of the person's own, by its name in the palette.

    channels: of what will feed it. Raises ClipProblem with a sentence for an own block that cannot be read.
    """
    kind, _, rest = name.partition(":")
    if kind == LIBRARY:
        return BLOCKS[rest].made(channels)
    return read_block(next((own.path for own in own_blocks() if own.title == rest), Path(rest)))


def is_block(name: str) -> bool:
    """Whether the palette's name is one of a block, not of a layer."""
    return name.partition(":")[0] in (LIBRARY, OWN)


def add_block(session: Session, name: str, spot: Spot) -> tuple[NodeId, ...]:
    """Add a block at a spot as one step, wired to what comes before it; its layers' ids.

    Raises: ClipProblem: With a sentence, if it cannot be read.
    """
    if spot == Spot():
        spot = _fitting_spot(session, lambda edge: _block_edits(session, name, Spot(edge=edge))[0])
    edit, placed = _block_edits(session, name, spot)
    positions = {}
    if spot.place is not None:
        inner = arrange(placed)
        left, top = corner(inner, inner)
        positions = {id: (x - left + spot.place[0], y - top + spot.place[1]) for id, (x, y) in inner.items()}
    return tuple(placed.nodes) if session.do(EditGraph(edit, positions)) else ()


def _block_edits(session: Session, name: str, spot: Spot) -> tuple[Several, Graph]:
    """The edits that put a block in, and its layers under the ids that they get."""
    graph = session.document.graph
    source = spot.edge.source if spot.edge is not None else spot.after
    shape = session.report.shapes.get(source) if source is not None else None
    part = part_named(name, shape.channels if shape is not None else None)
    names = new_names(graph, part.graph)
    placed = renamed(part.graph, names)
    begin = [(names[id], port) for id, port in part.entries]
    end = exit_of(placed, placed.nodes)
    title = next(iter(block.title for block in placed.blocks.values() if not block.parent), name)
    edits: list[Edit] = [Graft(placed)]
    if spot.edge is not None and end is not None:
        edits.append(Disconnect(spot.edge))
    if source is not None and graph.nodes[source].gives_output:
        edits += [Connect(Edge(source, id, port)) for id, port in begin]
    onwards = spot.edge or spot.before
    if onwards is not None and end is not None:
        edits.append(Connect(Edge(end, onwards.target, onwards.port)))
    return Several(f"Add {title}", tuple(edits)), placed


MOST_TRIED = 24
"""Edges that are tried for a layer or block that is added without pointing."""


def _fitting_spot(session: Session, made: Callable[[Edge], Edit]) -> Spot:
    """The last edge on which what is added leaves no layer broken; an open spot if there is none."""
    graph = session.document.graph
    places = {id: number for number, id in enumerate(graph.order)}
    edges = [edge for edge in graph.edges if not edge.feedback and edge.target in places]
    broken = len(infer_all(graph).broken)
    for edge in sorted(edges, key=lambda edge: -places[edge.target])[:MOST_TRIED]:
        after = made(edge).apply(graph)
        found = infer_all(after)
        if len(found.broken) <= broken and len(found.shapes) == len(after.nodes):
            return Spot(edge=edge)
    return Spot()


def block_spot(graph: Graph, selected: tuple[NodeId, ...]) -> Spot:
    """Where a block goes that is added without pointing: behind the selected layer or block, else the loose end."""
    after = exit_of(graph, selected) if selected else _loose_end(graph)
    if after is None:
        return Spot()
    onwards = [edge for edge in graph.outgoing[after] if edge.target not in selected]
    return Spot(edge=onwards[0]) if len(onwards) == 1 else Spot(after=after)


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

"""What the mouse does on the canvas: one object a gesture, alive from press to release.

A gesture shows what would happen and makes one edit at its end; Escape drops it and nothing has happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from playground.app.adding import Spot
from playground.app.changes import EditGraph, Move
from playground.graph.alignment import Box, guided
from playground.graph.arrange import CARD
from playground.graph.edits import Connect, Disconnect, Edit, Several, connectable
from playground.graph.folding import entries, exit_of
from playground.graph.model import Edge, NodeId
from playground.layers.layer import LAYERS
from playground.ui.canvas.edge_item import EdgeItem, route
from playground.ui.canvas.guide_lines import GuideLines
from playground.ui.canvas.node_item import NodeItem
from playground.ui.theme import theme_of

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

SNAP = 10
GUIDE_REACH = 7.0
"""How near a dragged card must come to another's line to snap to it, in pixels."""
_numbers: Iterator[int] = count(1)


def snapped(length: float) -> float:
    """On the grid that cards keep to."""
    return round(length / SNAP) * float(SNAP)


class Gesture(Protocol):
    """From press to release."""

    def move(self, place: QPointF) -> None:
        """The mouse is there now, in scene coordinates."""

    def end(self, place: QPointF) -> None:
        """The button was let go: make the edit."""

    def cancel(self) -> None:
        """Forget it; the canvas shows the document again."""


class MoveGesture:
    """Drag the selected cards; a card without edges that is let go over an edge is inserted there.

    The card that was taken hold of snaps to others that it comes into line with, and thin lines say so.
    """

    def __init__(
        self, view: CanvasView, held: NodeId, ids: tuple[NodeId, ...], start: QPointF, chooses: bool = False
    ) -> None:
        """chooses: a click that moves nothing leaves only the card that was clicked selected."""
        self._view, self._start, self._held, self._chooses = view, start, held, chooses
        self._from = {id: view.network.nodes[id].pos() for id in (held, *ids)}
        self._number = next(_numbers)
        self._target: EdgeItem | None = None
        self._guides = GuideLines()
        view.network.addItem(self._guides)

    def move(self, place: QPointF) -> None:
        nodes, origin = self._view.network.nodes, self._from[self._held]
        wish = origin + place - self._start
        found = guided(self._box(wish), self._others(), GUIDE_REACH / self._view.transform().m11(), SNAP)
        by = QPointF(*found.place) - origin
        for id, begin in self._from.items():
            nodes[id].setPos(begin + by)
        self._guides.show_lines(found.lines)
        self._view.network.carried(self._from)
        self._aim(self._edge_below(place))

    def _box(self, corner: QPointF) -> Box:
        return (corner.x(), corner.y(), CARD[0], self._view.network.nodes[self._held].height)

    def _others(self) -> list[Box]:
        """The cards in sight that stay."""
        shown = self._view.shown_part()
        area = (shown.x(), shown.y(), shown.width(), shown.height())
        return self._view.network.near.within(area, self._from)

    def end(self, place: QPointF) -> None:
        target = self._target
        self._clear()
        moved: dict[NodeId, tuple[float, float]] = {}
        stood = self._view.session.document.positions
        for card, begin in self._from.items():
            by = self._view.network.nodes[card].pos() - begin
            if not by.isNull():
                ids = self._view.network.view.nodes_of((card,))
                moved |= {id: (stood[id][0] + by.x(), stood[id][1] + by.y()) for id in ids}
        if target is not None:
            self._insert(target.edge, moved)
        elif moved:
            self._view.session.do(Move(moved, self._number))
        elif self._chooses:
            self._view.select((self._held,))

    def cancel(self) -> None:
        self._clear()
        self._view.network.sync()

    def click(self) -> None:
        """It was no drag: what was meant is the card, or the neuron there."""
        self.cancel()
        item = self._view.network.nodes[self._held]
        found = item.picture_at(self._start - item.pos()) if item.neurons and self._chooses else None
        if found is not None:
            self._view.network.neuron_clicked.emit(item.id, found[0])

    def _clear(self) -> None:
        self._aim(None)
        if self._guides.scene() is not None:
            self._view.network.removeItem(self._guides)

    def _insert(self, edge: Edge, moved: dict[NodeId, tuple[float, float]]) -> None:
        id = next(iter(self._from))
        layer = self._view.session.document.graph.nodes[id]
        onwards = Edge(id, edge.target, edge.port)
        steps = (Disconnect(edge), Connect(Edge(edge.source, id, layer.ports()[0])), Connect(onwards))
        self._view.session.do(EditGraph(Several(f"Insert {layer.heading}", steps), moved))

    def _edge_below(self, place: QPointF) -> EdgeItem | None:
        id = next(iter(self._from))
        if len(self._from) != 1 or id in self._view.network.view.folded:
            return None
        graph = self._view.session.document.graph
        layer = graph.nodes[id]
        if graph.incoming[id] or graph.outgoing[id] or not layer.ports() or not layer.gives_output:
            return None
        return self._view.network.edge_near(place, but=(id,))

    def _aim(self, target: EdgeItem | None) -> None:
        if self._target is not None:
            self._target.mark(False)
        self._target = target
        if target is not None:
            target.mark(True)


class WireGesture:
    """Draw an edge from an output to an input, or from an input back to an output."""

    def __init__(self, view: CanvasView, from_node: NodeId, port: str | None, lifted: Edge | None = None) -> None:
        """port: the input it starts from; None when it starts from the output. lifted: an edge whose end is moved."""
        self._view, self._node, self._port, self._lifted = view, from_node, port, lifted
        self._lit: NodeItem | None = None
        self._line = QGraphicsPathItem()
        self._line.setPen(QPen(theme_of().color("accent"), 2))
        self._line.setZValue(2)
        view.network.addItem(self._line)
        self._offer(True)
        if lifted is not None:
            view.network.edges[lifted].setVisible(False)

    def move(self, place: QPointF) -> None:
        item = self._view.network.nodes[self._node]
        place = self._held(place)
        own = item.pos() + (item.output_point() if self._port is None else item.input_point(self._port))
        path: QPainterPath = route(own, place) if self._port is None else route(place, own)
        self._line.setPath(path)

    def _held(self, place: QPointF) -> QPointF:
        """Where the loose end is drawn: at the port it would take, else under the mouse."""
        edges = self._edges_to(place)
        self._light(edges)
        if not edges:
            return place
        card_of = self._view.network.view.card_of
        other = self._view.network.nodes[card_of[edges[0].target if self._port is None else edges[0].source]]
        return other.pos() + (other.input_point(edges[0].port) if self._port is None else other.output_point())

    def end(self, place: QPointF) -> None:
        edges = self._edges_to(place)
        is_empty = self._view.network.node_near(place) is None
        self._clear()
        if edges:
            change: list[Edit] = [Connect(edge) for edge in edges]
            label = change[0].label
            if self._lifted is not None and self._lifted not in edges:
                change.insert(0, Disconnect(self._lifted))
            self._view.session.do(EditGraph(Several(label, tuple(change))))
        elif self._lifted is not None and is_empty:
            self._view.session.do(EditGraph(Disconnect(self._lifted)))
        elif is_empty and self._lifted is None:
            self._view.offer_layers(place, self._node, self._port)

    def cancel(self) -> None:
        self._clear()

    def _edges_to(self, place: QPointF) -> tuple[Edge, ...]:
        """The edges that letting go there would draw: several where they lead into a folded block."""
        item = self._view.network.node_near(place)
        if item is None or (item.id == self._node and item.port_at(place - item.pos()) is None):
            return ()
        if item.id == self._node and (self._port is not None or item.id in self._view.network.view.folded):
            return ()
        graph, view = self._view.session.document.graph, self._view.network.view
        source, target = (item.id, self._node) if self._port is not None else (self._node, item.id)
        begin = exit_of(graph, view.folded[source]) if source in view.folded else source
        if target in view.folded:
            ends = entries(graph, view.folded[target])
        else:
            port = self._port or item.port_at(place - item.pos()) or self._free_port(item)
            ends = ((target, port),) if port is not None else ()
        edges = (Edge(begin, id, port) for id, port in ends) if begin is not None else ()
        return tuple(edge for edge in edges if connectable(graph, edge))

    def _free_port(self, item: NodeItem) -> str | None:
        """The first input that has no edge or takes several, else the first."""
        ports = item.layer.ports()
        taken = {edge.port for edge in self._view.session.document.graph.incoming.get(item.id, ())}
        free = [port for port in ports if port not in taken or item.layer.takes_several(port)]
        return next(iter((*free, *ports)), None)

    def _light(self, edges: tuple[Edge, ...]) -> None:
        if self._lit is not None:
            self._lit.light(None)
        network = self._view.network
        self._lit = network.nodes[network.view.card_of[edges[0].target]] if edges else None
        if self._lit is not None:
            self._lit.light(edges[0].port if self._lit.id == edges[0].target else self._lit.layer.ports()[0])

    def _offer(self, is_drawn: bool) -> None:
        """Mark every port at which the wire could end, or none."""
        end: Literal["input", "output"] = "input" if self._port is None else "output"
        for id, item in self._view.network.nodes.items():
            item.offer(end if is_drawn and id != self._node else None)

    def _clear(self) -> None:
        self._offer(False)
        if self._lit is not None:
            self._lit.light(None)
        if self._lifted is not None and self._lifted in self._view.network.edges:
            self._view.network.edges[self._lifted].setVisible(True)
        self._view.network.removeItem(self._line)


class PanGesture:
    """Drag the paper under the window, with the middle button."""

    def __init__(self, view: CanvasView, start: QPointF) -> None:
        self._view, self._last = view, start

    def move(self, place: QPointF) -> None:
        """Place is in the viewport's pixels: the paper moves under the scene's own coordinates."""
        by = place - self._last
        self._last = place
        for bar, amount in (
            (self._view.horizontalScrollBar(), by.x()),
            (self._view.verticalScrollBar(), by.y()),
        ):
            bar.setValue(bar.value() - round(amount))

    def end(self, place: QPointF) -> None:
        self.move(place)

    def cancel(self) -> None:
        """Panning changes nothing that would have to be undone."""


class DropGesture:
    """A layer dragged from the palette: inserted on the edge under it, else added where it is let go."""

    def __init__(self, view: CanvasView, type_name: str) -> None:
        self._view, self._type = view, type_name
        self._target: EdgeItem | None = None

    def move(self, place: QPointF) -> None:
        self._aim(self._edge_below(place))

    def end(self, place: QPointF) -> None:
        target = self._edge_below(place)
        self._aim(None)
        corner = (snapped(place.x() - CARD[0] / 2), snapped(place.y() - CARD[1] / 2))
        self._view.add_layer(self._type, Spot(place=corner) if target is None else Spot(edge=target.edge))

    def cancel(self) -> None:
        self._aim(None)

    def _edge_below(self, place: QPointF) -> EdgeItem | None:
        layer = LAYERS.get(self._type)
        passes_on = layer is None or (bool(layer.ports()) and layer.gives_output)
        return self._view.network.edge_near(place) if passes_on else None

    def _aim(self, target: EdgeItem | None) -> None:
        if self._target is not None:
            self._target.mark(False)
        self._target = target
        if target is not None:
            target.mark(True)

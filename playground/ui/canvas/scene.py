"""The document's network as items: after each change only what differs is made, moved or taken away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsScene

from playground.app.session import Session
from playground.graph.cost import costs
from playground.graph.model import Edge, Graph, NodeId
from playground.ui.canvas.edge_item import EdgeItem
from playground.ui.canvas.node_item import NodeItem
from playground.ui.theme import theme_of

GRID = 20


class NetworkScene(QGraphicsScene):
    """Items by node and edge. Reads the session's document; never changes it."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        # The index reorders itself while items move; without it dragging is steadier and painting as fast.
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._session = session
        self.nodes: dict[NodeId, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self.sync()

    def sync(self) -> None:
        """Show the session's document as it is now."""
        document, report = self._session.document, self._session.report
        graph = document.graph
        self._follow_renames(graph)
        for id in self.nodes.keys() - graph.nodes.keys():
            self.removeItem(self.nodes.pop(id))
        for edge in self.edges.keys() - set(graph.edges):
            self.removeItem(self.edges.pop(edge))
        sizes = costs(graph, report)
        for id, layer in graph.nodes.items():
            item = self.nodes.get(id)
            if item is None:
                item = self.nodes[id] = NodeItem(id, layer)
                self.addItem(item)
            item.show_layer(layer, sizes[id].parameters if id in sizes else 0, report.of(id))
            item.setPos(*document.positions[id])
        for edge in graph.edges:
            if edge not in self.edges:
                item_of_edge = self.edges[edge] = EdgeItem(edge)
                self.addItem(item_of_edge)
        self.route_edges(graph.edges)
        self._fit_scene()

    def _follow_renames(self, graph: Graph) -> None:
        """A layer that only has another name keeps its item, and with it selection and pictures."""
        new = {name: layer for name, layer in graph.nodes.items() if name not in self.nodes}
        for old in self.nodes.keys() - graph.nodes.keys():
            name = next((name for name, layer in new.items() if layer is self.nodes[old].layer), None)
            if name is not None:
                del new[name]
                item = self.nodes[name] = self.nodes.pop(old)
                item.id = name

    def route_edges(self, edges: Iterable[Edge]) -> None:
        """Draw edges between where their nodes stand now."""
        shapes = self._session.report.shapes
        for edge in edges:
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            label = str(shapes[edge.source]) if edge.source in shapes else ""
            start, end = source.pos() + source.output_point(), target.pos() + target.input_point(edge.port)
            self.edges[edge].show_between(start, end, label)

    def edges_of(self, ids: Iterable[NodeId]) -> list[Edge]:
        wanted = set(ids)
        return [edge for edge in self.edges if edge.source in wanted or edge.target in wanted]

    def _fit_scene(self) -> None:
        around = self.content().adjusted(-2000, -2000, 2000, 2000)
        self.setSceneRect(around)

    def content(self) -> QRectF:
        """What the cards cover."""
        found = QRectF()
        for item in self.nodes.values():
            found = found.united(item.body.translated(item.pos()))
        return found

    def selected_nodes(self) -> tuple[NodeId, ...]:
        return tuple(item.id for item in self.selectedItems() if isinstance(item, NodeItem))

    def selected_edges(self) -> tuple[Edge, ...]:
        return tuple(item.edge for item in self.selectedItems() if isinstance(item, EdgeItem))

    def in_words(self) -> str:
        """What is shown and selected, for those who hear the screen."""
        graph, selected = self._session.document.graph, self.selected_nodes()
        if len(selected) != 1 or selected[0] not in graph.nodes:
            words = self.tr("%1 layers, %2 selected")
            return words.replace("%1", str(len(graph.nodes))).replace("%2", str(len(selected)))
        item, nothing = self.nodes[selected[0]], self.tr("nothing")
        sources = ", ".join(edge.source for edge in graph.incoming[item.id]) or nothing
        targets = ", ".join(edge.target for edge in graph.outgoing[item.id]) or nothing
        wires = self.tr("from %1 to %2").replace("%1", sources).replace("%2", targets)
        return ". ".join(filter(None, (item.id, item.layer.heading, item.layer.summary, wires, *item.sentences())))

    def node_near(self, place: QPointF) -> NodeItem | None:
        """The card under a point, ports included."""
        for item in self.items(place):
            if isinstance(item, NodeItem):
                return item
        return None

    def edge_near(self, place: QPointF, but: Iterable[NodeId] = ()) -> EdgeItem | None:
        """The edge within reach of a point, not one of those nodes'."""
        left_out = set(but)
        reach = QRectF(place.x() - 14, place.y() - 14, 28, 28)
        for item in self.items(reach):
            if isinstance(item, EdgeItem) and not {item.edge.source, item.edge.target} & left_out:
                return item
        return None

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        theme = theme_of()
        painter.fillRect(rect, theme.color("window"))
        scale = painter.worldTransform().m11()
        step = GRID if scale > 0.6 else GRID * 4
        if scale < 0.15:
            return
        pen = QPen(theme.color("grid"), 2 / scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        left, top = int(rect.left()) - int(rect.left()) % step, int(rect.top()) - int(rect.top()) % step
        points = [
            QPointF(x, y)
            for x in range(left, int(rect.right()) + 1, step)
            for y in range(top, int(rect.bottom()) + 1, step)
        ]
        painter.drawPoints(points)

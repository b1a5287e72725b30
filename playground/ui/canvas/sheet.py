"""The canvas as something to look at: what is selected, which part is shown, walking from card to card.

Changes nothing in the document. What hands do on it is in view.py, edits of the selection in editing.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsView, QWidget

from playground.app.session import Session
from playground.graph.model import NodeId
from playground.graph.neighbours import Direction, neighbour
from playground.ui.canvas.edge_item import EdgeItem
from playground.ui.canvas.node_item import NodeItem
from playground.ui.canvas.scene import NetworkScene
from playground.ui.cells import Cells
from playground.ui.theme import enlargement

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST, LARGEST = 0.05, 3.0
FITTED = 1.15
"""The largest scale that fitting chooses."""
MARGIN = 36.0


class CanvasSheet(QGraphicsView):
    """Shows the network."""

    selection_changed = Signal(object)
    """The ids of the selected nodes, as a tuple."""
    shown_part_changed = Signal()
    """Scrolled, zoomed or resized."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.network = NetworkScene(session, self)
        self.setScene(self.network)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Network"))
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        # Every item sets what it paints with; saving the painter for each takes a third of a frame.
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_fitted = True
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(lambda _: self.shown_part_changed.emit())

    # What is selected

    def selected(self) -> tuple[NodeId, ...]:
        return self.network.selected_nodes()

    def select(self, ids: Sequence[NodeId]) -> None:
        """Select these nodes and nothing else."""
        card_of = self.network.view.card_of
        wanted = {card_of.get(id, id) for id in ids}
        blocked = self.network.blockSignals(True)
        for item in self.network.selectedItems():
            if not isinstance(item, NodeItem) or item.id not in wanted:
                item.setSelected(False)
        for id in wanted & self.network.nodes.keys():
            self.network.nodes[id].setSelected(True)
        self.network.blockSignals(blocked)
        self.tell_selection()

    def select_edge(self, item: EdgeItem) -> None:
        """Select that edge and nothing else."""
        self.select(())
        item.setSelected(True)

    def select_all(self) -> None:
        self.select(tuple(self.session.document.graph.nodes))

    def tell_selection(self) -> None:
        """Say what is selected, to listeners and to those who hear the screen."""
        self.setAccessibleDescription(self.network.in_words())
        self.selection_changed.emit(self.selected())

    # Pictures in the cards

    def visible_nodes(self) -> tuple[NodeId, ...]:
        """Nodes that can be seen now."""
        shown = self.shown_part()
        return tuple(id for id, item in self.network.nodes.items() if shown.intersects(item.sceneBoundingRect()))

    def set_pictures(self, id: NodeId, pictures: Sequence[QImage], cells: Cells | None = None) -> None:
        """Thumbnails in a card, and what stands below the cells of one; none takes them away."""
        if id in self.network.nodes:
            self._picture({id: pictures}, cells)

    def neurons_shown(self) -> dict[NodeId, int]:
        """Layers whose units are drawn one by one, and how many each has."""
        return {id: item.neurons for id, item in self.network.nodes.items() if item.neurons}

    def show_weights(self, weights: Mapping[NodeId, NDArray[Any]]) -> None:
        """On the links between neurons that are drawn one by one: (units, inputs) of each layer."""
        reach = max((float(abs(weight).max()) for weight in weights.values() if weight.size), default=1.0)
        for edge, item in self.network.links.items():
            item.show_weights(weights.get(edge.target), reach)

    def clear_pictures(self) -> None:
        self._picture(dict.fromkeys(self.network.nodes, ()))

    def _picture(self, pictures: dict[NodeId, Sequence[QImage]], cells: Cells | None = None) -> None:
        resized = [id for id, some in pictures.items() if bool(some) != bool(self.network.nodes[id].pictures)]
        for id, some in pictures.items():
            self.network.nodes[id].show_pictures(some, cells)
        if resized:
            self.network.resized(resized)
            if not self.shown_part().contains(self.network.content()):
                self.fit_again()

    # Which part is shown

    def shown_part(self) -> QRectF:
        """What of the paper can be seen, in scene coordinates."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def fit(self) -> None:
        """Show the whole network, no larger than life; when presenting, as large as it fits."""
        self._is_fitted = True
        self._show(self.network.content())

    def fit_again(self) -> None:
        """Cards became larger or smaller: show the whole network, if that is what is shown."""
        if self._is_fitted:
            self.fit()

    def fit_selection(self) -> None:
        """Show the selected layers as large as they fit; with nothing selected the whole network."""
        cards = self.cards(self.selected())
        if cards.isEmpty():
            self.fit()
            return
        self._is_fitted = False
        self._show(cards)

    def _show(self, content: QRectF) -> None:
        if content.isEmpty():
            self.resetTransform()
            self.shown_part_changed.emit()
            return
        larger = enlargement()
        content = content.adjusted(-MARGIN, -MARGIN / larger**2, MARGIN, MARGIN / larger**2)
        view = self.viewport().rect()
        scale = min(view.width() / content.width(), view.height() / content.height(), FITTED * larger)
        scale = max(scale, SMALLEST)
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(content.center())
        self.shown_part_changed.emit()

    def zoom(self, factor: float, around: QPoint | None = None) -> None:
        """Larger or smaller, keeping the point under the mouse (or the middle) in place."""
        self._is_fitted = False
        scale = self.transform().m11()
        factor = min(max(factor, SMALLEST / scale), LARGEST / scale)
        around = around or self.viewport().rect().center()
        before = self.mapToScene(around)
        self.scale(factor, factor)
        shift = self.mapFromScene(before) - around
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + shift.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + shift.y())
        self.shown_part_changed.emit()

    def look_at(self, place: QPointF) -> None:
        """Bring a point of the paper into the middle."""
        self._is_fitted = False
        self.centerOn(place)
        self.shown_part_changed.emit()

    def reveal(self, ids: Iterable[NodeId]) -> None:
        """Bring those cards into sight, if they are not."""
        cards = self.cards(ids)
        if cards.isEmpty() or self.shown_part().contains(cards):
            return
        if self._is_fitted:
            self.fit()
        else:
            self.ensureVisible(cards, 30, 30)

    def cards(self, ids: Iterable[NodeId]) -> QRectF:
        """What those cards cover together."""
        found = QRectF()
        for id in ids:
            item = self.network.nodes.get(self.network.view.card_of.get(id, id))
            if item is not None:
                found = found.united(item.body.translated(item.pos()))
        return found

    # Walking

    def walk(self, step: int) -> None:
        """Select the next node along the edges, or the one before."""
        graph, selected = self.session.document.graph, self.selected()
        order = [*graph.order, *(id for id in graph.nodes if id not in graph.order)]
        if not order:
            return
        place = order.index(selected[0]) + step if len(selected) == 1 else (0 if step > 0 else -1)
        self._step_to(order[place % len(order)])

    def go(self, direction: Direction) -> None:
        """Select the neighbour of the selected node in that direction; with none selected the first node."""
        graph, selected = self.session.document.graph, self.selected()
        if len(selected) != 1:
            self.walk(1)
            return
        id = neighbour(graph, self.session.document.positions, selected[0], direction)
        if id is not None:
            self._step_to(id)

    def _step_to(self, id: NodeId) -> None:
        self.select((id,))
        self.ensureVisible(self.cards((id,)), 30, 30)

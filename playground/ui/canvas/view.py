"""The canvas: a view on the network's scene that turns mouse, keys and drops into edits.

Gestures are in gestures.py, keys in keys.py, drawing in node_item.py and edge_item.py. Knows the session; holds no copy
of the document.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QLabel, QWidget

from playground.app.adding import Spot, add_layer, spot_behind
from playground.app.changes import Arrange, EditGraph, Move
from playground.app.session import Session
from playground.graph.arrange import CARD
from playground.graph.edits import Delete, Disconnect, Edit, Several
from playground.graph.model import Edge, NodeId
from playground.graph.problem import Fix
from playground.layers.layer import LAYERS
from playground.ui.bridge import Bridge
from playground.ui.canvas.bubble import ProblemBubble
from playground.ui.canvas.gestures import DropGesture, Gesture, MoveGesture, PanGesture, WireGesture
from playground.ui.canvas.keys import CanvasKeys
from playground.ui.canvas.node_item import NodeItem
from playground.ui.canvas.scene import NetworkScene

LAYER_MIME = "application/x-nnplay-layer"
"""What a layer dragged from the palette carries: its type's name."""
SMALLEST, LARGEST = 0.05, 3.0


class CanvasView(QGraphicsView):
    """Shows and edits the network."""

    selection_changed = Signal(object)
    """The ids of the selected nodes, as a tuple."""
    layers_wanted = Signal(object)
    """A wire was let go over nothing: the Spot for the layer to be chosen."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.network = NetworkScene(session, self)
        self.setScene(self.network)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Network"))
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.gesture: Gesture | None = None
        self._keys = CanvasKeys(self)
        self._pressed: QPointF | None = None
        self._is_fitted = True
        self._bubble = ProblemBubble(self.viewport())
        self._bubble.chosen.connect(self.repair)
        self._empty = QLabel(self.viewport(), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setProperty("role", "note")
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty.setText(
            self.tr("An empty network.\nDrag a layer here, double-click one on the left, or press Ctrl+K.")
        )
        self.network.selectionChanged.connect(self._selected)
        bridge.document.connect(self._document_changed)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._place_overlays)
        self._selected()

    # What others ask of it

    def selected(self) -> tuple[NodeId, ...]:
        return self.network.selected_nodes()

    def select(self, ids: Sequence[NodeId]) -> None:
        """Select these nodes and nothing else."""
        wanted = set(ids)
        blocked = self.network.blockSignals(True)
        for item in self.network.items():
            item.setSelected(isinstance(item, NodeItem) and item.id in wanted)
        self.network.blockSignals(blocked)
        self._selected()

    def visible_nodes(self) -> tuple[NodeId, ...]:
        """Nodes that can be seen now."""
        shown = self.mapToScene(self.viewport().rect()).boundingRect()
        return tuple(id for id, item in self.network.nodes.items() if shown.intersects(item.sceneBoundingRect()))

    def set_pictures(self, id: NodeId, pictures: Sequence[QImage]) -> None:
        """Thumbnails in a card; none takes them away."""
        if id in self.network.nodes:
            self.network.nodes[id].show_pictures(pictures)

    def clear_pictures(self) -> None:
        for item in self.network.nodes.values():
            item.show_pictures(())

    def restyle(self) -> None:
        """Draw everything in the present theme."""
        self._bubble.restyle()
        self.resetCachedContent()
        self.network.update()

    def add_layer(self, type_name: str, spot: Spot | None = None) -> NodeId | None:
        """Add a layer where it belongs, or at a spot, and select it."""
        graph = self.session.document.graph
        id = add_layer(self.session, type_name, spot or spot_behind(graph, self.selected(), LAYERS[type_name]))
        if id is not None:
            self.select((id,))
            if not self.mapToScene(self.viewport().rect()).boundingRect().contains(self._card(id)):
                self.fit()
        return id

    def offer_layers(self, place: QPointF, node: NodeId, port: str | None) -> None:
        """Ask for a layer to put at the loose end of a wire."""
        at = (round(place.x() / 10) * 10.0, round((place.y() - CARD[1] / 2) / 10) * 10.0)
        if port is None:
            self.layers_wanted.emit(Spot(after=node, place=at))
        else:
            left = (at[0] - CARD[0], at[1])
            self.layers_wanted.emit(Spot(before=Edge("", node, port), place=left))

    def repair(self, fix: Fix) -> None:
        """Make a fix's edits as one step."""
        self.session.do(EditGraph(Several(fix.label, fix.edits)))
        self.setFocus()  # the button that had it is gone; Ctrl+Z is meant for the network

    def delete_selection(self) -> None:
        """Delete the selected nodes, healing the edges, and the selected edges."""
        nodes = self.network.selected_nodes()
        # Edges of deleted nodes are not cut but healed.
        edges = [edge for edge in self.network.selected_edges() if not {edge.source, edge.target} & set(nodes)]
        edits: list[Edit] = [Disconnect(edge) for edge in edges]
        if nodes:
            edits.append(Delete(nodes))
        if not edits:
            return
        label = edits[0].label if len(edits) == 1 else self.tr("Delete the selection")
        self.session.do(EditGraph(Several(label, tuple(edits))))

    def select_all(self) -> None:
        self.select(tuple(self.network.nodes))

    def arrange(self, down: bool = False) -> None:
        """Lay the network out anew."""
        self.session.do(Arrange(down))
        self.fit()

    def fit(self) -> None:
        """Show the whole network, no larger than life."""
        self._is_fitted = True
        content = self.network.content()
        if content.isEmpty():
            self.resetTransform()
            return
        content.adjust(-36, -36, 36, 36)
        view = self.viewport().rect()
        scale = min(view.width() / content.width(), view.height() / content.height(), 1.15)
        self.resetTransform()
        self.scale(max(scale, SMALLEST), max(scale, SMALLEST))
        self.centerOn(content.center())
        self._place_overlays()

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
        self._place_overlays()

    def walk(self, step: int) -> None:
        """Select the next node along the edges, or the one before."""
        graph, selected = self.session.document.graph, self.selected()
        order = [*graph.order, *(id for id in graph.nodes if id not in graph.order)]
        if not order:
            return
        place = order.index(selected[0]) + step if len(selected) == 1 else (0 if step > 0 else -1)
        id = order[place % len(order)]
        self.select((id,))
        self.ensureVisible(self._card(id), 30, 30)

    def nudge(self, x: float, y: float) -> None:
        """Move the selected nodes a little."""
        places = self.session.document.positions
        moved = {id: (places[id][0] + x, places[id][1] + y) for id in self.selected()}
        if moved:
            self.session.do(Move(moved, gesture=-1))

    def _card(self, id: NodeId) -> QRectF:
        item = self.network.nodes[id]
        return item.body.translated(item.pos())

    # What happens

    def _document_changed(self) -> None:
        before = set(self.network.nodes)
        if self.gesture is not None and before != set(self.session.document.graph.nodes):
            self.drop_gesture()  # what it holds may be gone
        self.network.sync()
        if self._is_fitted and before != set(self.network.nodes):
            self.fit()
        self._place_overlays()
        self._selected()

    def _selected(self) -> None:
        self._place_overlays()
        self.setAccessibleDescription(self.network.in_words())
        self.selection_changed.emit(self.selected())

    def _place_overlays(self) -> None:
        self._empty.setVisible(not self.network.nodes)
        self._empty.setGeometry(self.viewport().rect())
        selected = self.selected()
        item = self.network.nodes.get(selected[0]) if len(selected) == 1 else None
        if item is None or not item.problems:
            item = next((node for node in self.network.nodes.values() if node.is_wrong), None)
        if item is None or self.gesture is not None:
            self._bubble.hide()
            return
        others = [self._on_screen(other) for other in self.network.nodes.values() if other is not item]
        self._bubble.show_beside(item.problems[0], self._on_screen(item), others)

    def _on_screen(self, item: NodeItem) -> QRect:
        return self.mapFromScene(item.body.translated(item.pos())).boundingRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()
        self._place_overlays()

    # Mouse

    def begin(self, gesture: Gesture | None) -> None:
        """Take up a gesture in place of the one there is; None when its end was reached."""
        if gesture is not None:
            self.drop_gesture()
        self.gesture = gesture
        self._keys.forget_unless(gesture)
        self._place_overlays()

    def drop_gesture(self) -> None:
        """Forget the gesture there is: nothing has happened."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
            self.begin(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.drop_gesture()
        place = self.mapToScene(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton:
            self.begin(PanGesture(self, event.position()))
        elif event.button() == Qt.MouseButton.LeftButton and (gesture := self._gesture_at(place, event)):
            self.begin(gesture)
            self._pressed = event.position()
        else:
            if event.button() == Qt.MouseButton.LeftButton:
                self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
            super().mousePressEvent(event)
        self.setFocus()

    def _gesture_at(self, place: QPointF, event: QMouseEvent) -> Gesture | None:
        item = self.network.node_near(place)
        if item is None:
            return None
        inside = place - item.pos()
        if item.is_output_at(inside):
            return WireGesture(self, item.id, None)
        port = item.port_at(inside)
        if port is not None and not item.layer.takes_several(port):
            edges = [edge for edge in self.session.document.graph.incoming[item.id] if edge.port == port]
            if edges:
                return WireGesture(self, edges[0].source, None, edges[0])
        if port is not None:
            return WireGesture(self, item.id, port)
        adds = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        if adds:
            item.setSelected(not item.isSelected())
        elif not item.isSelected():
            self.select((item.id,))
        return MoveGesture(self, self.selected() or (item.id,), place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.gesture is None:
            super().mouseMoveEvent(event)
            return
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 4:
            return
        self._pressed = None
        self._bubble.hide()
        self.gesture.move(self._point(event))
        if isinstance(self.gesture, PanGesture):
            self._is_fitted = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self.gesture
        self.begin(None)
        if gesture is None:
            super().mouseReleaseEvent(event)
            self.setDragMode(QGraphicsView.DragMode.NoDrag)
            return
        clicked, self._pressed = self._pressed is not None, None
        if clicked:
            gesture.cancel()
        else:
            point = QPointF(event.position()) if isinstance(gesture, PanGesture) else self._scene_point(event)
            gesture.end(point)
        self._place_overlays()

    def _point(self, event: QMouseEvent) -> QPointF:
        return event.position() if isinstance(self.gesture, PanGesture) else self._scene_point(event)

    def _scene_point(self, event: QMouseEvent) -> QPointF:
        return self.mapToScene(event.position().toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
            return
        self.zoom(1.0015 ** event.angleDelta().y(), event.position().toPoint())

    # Keys

    def event(self, event: QEvent) -> bool:
        # Tab would leave the canvas; here it walks the network.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._keys.press(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Not the view's scrolling: Space and the plain arrows run the training.
        event.ignore()

    # Layers dragged from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        type_name = bytes(event.mimeData().data(LAYER_MIME).data()).decode("ascii", "replace")
        if type_name in LAYERS:
            self.begin(DropGesture(self, type_name))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if isinstance(self.gesture, DropGesture):
            self.gesture.move(self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_gesture()

    def dropEvent(self, event: QDropEvent) -> None:
        gesture = self.gesture
        if not isinstance(gesture, DropGesture):
            event.ignore()
            return
        self.begin(None)
        gesture.end(self.mapToScene(event.position().toPoint()))
        event.acceptProposedAction()
        self.setFocus()

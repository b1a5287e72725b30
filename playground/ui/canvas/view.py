"""The canvas: a view on the network's scene that turns mouse, keys and drops into edits.

What is shown and selected is in sheet.py, gestures in gestures.py, keys in keys.py, menus in menus.py, edits of the
selection in editing.py, drawing in node_item.py and edge_item.py. Knows the session; holds no copy of the document.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from playground.app.adding import Spot, add_block, add_layer, block_spot, is_block, spot_behind
from playground.app.changes import Arrange, EditGraph, Move, SetNote
from playground.app.clipping import ClipProblem
from playground.app.document import Note, Position
from playground.app.session import Session
from playground.graph.arrange import CARD
from playground.graph.edits import Delete, Disconnect, Edit, Several
from playground.graph.model import Edge, NodeId
from playground.graph.problem import Fix
from playground.graph.repeat import inside as members_of
from playground.layers.layer import LAYERS
from playground.ui.bridge import Bridge
from playground.ui.canvas.blocks import Blocks
from playground.ui.canvas.editing import Editing
from playground.ui.canvas.gestures import DropGesture, Gesture, MoveGesture, PanGesture, WireGesture
from playground.ui.canvas.keys import CanvasKeys
from playground.ui.canvas.link_hand import LinkHand
from playground.ui.canvas.menus import menu_at
from playground.ui.canvas.neurons import Neurons
from playground.ui.canvas.note_item import NoteItem
from playground.ui.canvas.overlays import Overlays
from playground.ui.canvas.sheet import CanvasSheet

LAYER_MIME = "application/x-nnplay-layer"
"""What a layer dragged from the palette carries: its type's name."""


class CanvasView(CanvasSheet):
    """Shows and edits the network."""

    layers_wanted = Signal(object)
    """Choose a layer to add: the Spot for it, or None for behind the selection."""
    replacement_wanted = Signal(object)
    """Choose a kind of layer for the places of these ids, a tuple."""
    blocks_changed = Signal()
    """The person keeps other blocks than before."""
    settings_wanted = Signal()
    """The keyboard should go to the settings of the selected layers."""
    unroll_wanted = Signal()
    unit_wanted = Signal(int)
    """Another unit of the selected layer is to be looked at: so many further."""
    name_wanted = Signal()
    """The keyboard should go to the name of the selected layer."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.gesture: Gesture | None = None
        self.editing, self.blocks = Editing(self), Blocks(self)
        self.overlays, self.neurons = Overlays(self), Neurons(self, bridge)
        self.links = LinkHand(self)
        self._keys = CanvasKeys(self)
        self._pressed: QPointF | None = None
        self._pointer: QPoint | None = None
        """Where the mouse is over the canvas, in the viewport's pixels."""
        self.network.selectionChanged.connect(self.tell_selection)
        bridge.document.connect(self._document_changed)
        self.tell_selection()

    # What others ask of it

    def tell_selection(self) -> None:
        self.overlays.place()
        super().tell_selection()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What it can do, by the names that actions have."""
        return (
            self.editing.handlers()
            | self.blocks.handlers()
            | self.links.handlers()
            | {
                "delete": self.delete_selection,
                "note": self.add_note,
                "select_all": self.select_all,
                "find": self.overlays.finder.open,
                "add_after": lambda: self.layers_wanted.emit(None),
                "settings": self.settings_wanted.emit,
                "unroll": self.unroll_wanted.emit,
                "rename": self.name_wanted.emit,
                "fit": self.fit,
                "fit_selection": self.fit_selection,
                "zoom_in": lambda: self.zoom(1.25),
                "zoom_out": lambda: self.zoom(0.8),
                "minimap": self.overlays.minimap.toggle,
                "neurons": self.neurons.toggle,
                "next_unit": lambda: self.unit_wanted.emit(1),
                "previous_unit": lambda: self.unit_wanted.emit(-1),
                "arrange": self.arrange,
                "arrange_down": lambda: self.arrange(down=True),
            }
        )

    def restyle(self) -> None:
        """Draw everything in the present theme."""
        self.overlays.restyle()
        self.resetCachedContent()
        self.network.update()

    def free_pointer(self) -> Position | None:
        """Where the mouse points at free paper, in scene coordinates; None if it is over a card or elsewhere."""
        place = self.mapToScene(self._pointer) if self._pointer is not None else None
        if place is None or self.network.node_near(place) is not None:
            return None
        return place.x(), place.y()

    def add_layer(self, type_name: str, spot: Spot | None = None) -> NodeId | None:
        """Add a layer or a block where it belongs, or at a spot, and select it."""
        graph = self.session.document.graph
        if is_block(type_name):
            self._add_block(type_name, spot or block_spot(graph, self.selected()))
            return None
        id = add_layer(self.session, type_name, spot or spot_behind(graph, self.selected(), LAYERS[type_name]))
        if id is not None:
            self.select((id,))
            if not self.shown_part().contains(self.cards((id,))):
                self.fit()
        return id

    def _add_block(self, name: str, spot: Spot) -> None:
        try:
            ids = add_block(self.session, name, spot)
        except ClipProblem as problem:
            self.session.say(str(problem))
            return
        self.select(ids)
        if not self.shown_part().contains(self.cards(ids)):
            self.fit()

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
        for id in self.network.selected_notes():
            self.session.do(SetNote(id, None))
        if not edits:
            return
        label = edits[0].label if len(edits) == 1 else self.tr("Delete the selection")
        self.session.do(EditGraph(Several(label, tuple(edits))))

    def arrange(self, down: bool = False) -> None:
        """Lay the network out anew."""
        self.session.do(Arrange(down, self.neurons.row()))
        self.fit()

    def nudge(self, x: float, y: float) -> None:
        """Move the selected nodes a little."""
        places = self.session.document.positions
        moved = {id: (places[id][0] + x, places[id][1] + y) for id in self.selected()}
        if moved:
            self.session.do(Move(moved, gesture=-1))

    def ask_replacement(self) -> None:
        """Ask for another kind for the selected layers."""
        if self.selected():
            self.replacement_wanted.emit(self.selected())

    # What happens

    def _document_changed(self) -> None:
        if self.gesture is not None and self.network.is_stale():
            self.drop_gesture()  # what it holds may be gone
        came_or_went = self.network.sync()
        self.neurons.refresh()
        if came_or_went and self._is_fitted:
            self.fit()
        self.overlays.refresh()
        self.tell_selection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_again()
        self.shown_part_changed.emit()

    # Mouse

    def begin(self, gesture: Gesture | None) -> None:
        """Take up a gesture in place of the one there is; None when its end was reached."""
        if gesture is not None:
            self.drop_gesture()
        self.gesture = gesture
        self._keys.forget_unless(gesture)
        self.overlays.place()

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
        elif event.button() == Qt.MouseButton.LeftButton:
            self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
            super().mousePressEvent(event)
        self.setFocus()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.drop_gesture()
        is_by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        selected = self.cards(self.selected())
        at = self.mapFromScene(selected.center()) if is_by_key and not selected.isEmpty() else event.pos()
        menu = menu_at(self, self.mapToScene(at))
        menu.popup(self.viewport().mapToGlobal(at))
        event.accept()

    def _gesture_at(self, place: QPointF, event: QMouseEvent) -> Gesture | None:
        item = self.network.node_near(place)
        if item is None:
            return self._frame_gesture(place)
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
        return MoveGesture(self, item.id, self.network.selected_cards(), place, chooses=not adds)

    def _frame_gesture(self, place: QPointF) -> Gesture | None:
        """An unfolded block is taken by its name."""
        frame = self.network.frame_near(place)
        if frame is None:
            return None
        self.select(members_of(self.session.document.graph, frame.id))
        cards = self.network.selected_cards()
        return MoveGesture(self, cards[0], cards, place) if cards else None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold the block under the mouse."""
        place = self.mapToScene(event.position().toPoint())
        item, frame = self.network.node_near(place), self.network.frame_near(place)
        if item is not None and item.id in self.network.view.folded:
            self.blocks.unfold(item.id[1:])
        elif item is None and frame is not None:
            self.blocks.fold(frame.id)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position().toPoint()
        if self.gesture is None:
            super().mouseMoveEvent(event)
            return
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() < 4:
            return
        self._pressed = None
        self.overlays.bubble.hide()
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
            gesture.click() if isinstance(gesture, MoveGesture) else gesture.cancel()
        else:
            point = QPointF(event.position()) if isinstance(gesture, PanGesture) else self._scene_point(event)
            gesture.end(point)
        self.overlays.place()

    def _point(self, event: QMouseEvent) -> QPointF:
        return event.position() if isinstance(self.gesture, PanGesture) else self._scene_point(event)

    def _scene_point(self, event: QMouseEvent) -> QPointF:
        return self.mapToScene(event.position().toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
            return
        self.zoom(1.0015 ** event.angleDelta().y(), event.position().toPoint())

    def add_note(self, place: Position | None = None) -> None:
        """Put a note on the paper, at a place or in the middle, and write in it."""
        middle = self.shown_part().center()
        x, y = place or self.free_pointer() or (middle.x(), middle.y())
        notes = self.session.document.notes
        id = next(f"note{number}" for number in range(1, len(notes) + 2) if f"note{number}" not in notes)
        if self.session.do(SetNote(id, Note(self.tr("Note"), (round(x), round(y))))):  # an earlier network takes none
            self.network.notes[id].edit(anew=True)

    # Keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and isinstance(self.network.focusItem(), NoteItem):
            return super().event(event)  # what is typed belongs to the note
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._keys.claims(event):
            event.accept()
            return True
        # Tab would leave the canvas; here it walks the network.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._keys.press(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if isinstance(self.network.focusItem(), NoteItem):
            super().keyPressEvent(event)
            return
        # Not the view's scrolling: Space and the plain arrows run the training.
        event.ignore()

    # Layers dragged from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        type_name = bytes(event.mimeData().data(LAYER_MIME).data()).decode("utf-8", "replace")
        if type_name in LAYERS or is_block(type_name):
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

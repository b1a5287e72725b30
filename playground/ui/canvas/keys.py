"""What the keyboard does on the canvas. Space and the plain arrows belong to the run, and are not taken here.

W draws a wire from the selected layer: Tab chooses where to, Enter draws it, Escape drops it.
Mouse gestures are in gestures.py; a wire drawn by keys is the same gesture, led to the middles of cards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from playground.graph.model import NodeId
from playground.graph.neighbours import Direction
from playground.ui.canvas.gestures import Gesture, WireGesture
from playground.ui.canvas.link_hand import STEP as BY_HAND

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

STEP = 10.0
"""How far a nudge goes, in scene units: one snap."""
_ARROWS: dict[int, tuple[float, float]] = {
    Qt.Key.Key_Left: (-STEP, 0.0),
    Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP),
    Qt.Key.Key_Down: (0.0, STEP),
}
_WAYS: dict[int, Direction] = {
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Right: "onwards",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
_ALONE: dict[int, str] = {
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Backspace: "delete",
    Qt.Key.Key_Return: "settings",
    Qt.Key.Key_Enter: "settings",
    Qt.Key.Key_F2: "rename",
    Qt.Key.Key_A: "add_after",
    Qt.Key.Key_R: "replace",
    Qt.Key.Key_S: "swap",
    Qt.Key.Key_Z: "fit_selection",
    Qt.Key.Key_Period: "next_link",
    Qt.Key.Key_Comma: "previous_link",
}
"""What the window's shortcuts do too; here for a canvas without a window, and for keys that have two places."""
_WITH_CONTROL: dict[int, str] = {
    Qt.Key.Key_A: "select_all",
    Qt.Key.Key_C: "copy",
    Qt.Key.Key_X: "cut",
    Qt.Key.Key_V: "paste",
    Qt.Key.Key_D: "duplicate",
    Qt.Key.Key_F: "find",
    Qt.Key.Key_0: "fit",
    Qt.Key.Key_Plus: "zoom_in",
    Qt.Key.Key_Equal: "zoom_in",
    Qt.Key.Key_Minus: "zoom_out",
}


class CanvasKeys:
    """Turns keys into what the canvas can do."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._targets: list[NodeId] = []
        """Where the wire drawn by keys can lead, the present choice first; empty when none is drawn."""

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; False if the canvas has no use for it."""
        # A plain number: Qt.Key refuses those that a keyboard sends without a name.
        key: int = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._tab(-1 if key == Qt.Key.Key_Backtab else 1)
        if control and key in _ARROWS:
            self._view.nudge(*_ARROWS[key])
            return True
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return self._go(key)
        name = (_WITH_CONTROL if control else _ALONE).get(key)
        action = self._view.handlers()[name] if name is not None else None
        action = action if control else self._alone().get(key, action)
        if action is not None:
            action()
        return action is not None

    def claims(self, event: QKeyEvent) -> bool:
        """Whether a key means something here at the moment that it means nowhere else: no shortcut may take it."""
        return bool(self._targets) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)

    def _go(self, key: int) -> bool:
        if key in _WAYS and self._view.gesture is None:
            self._view.go(_WAYS[key])
        return key in _WAYS

    def _alone(self) -> dict[int, Callable[[], object]]:
        found: dict[int, Callable[[], object]] = {Qt.Key.Key_Escape: self._escape, Qt.Key.Key_W: self._begin_wire}
        if (links := self._view.links).chosen is not None:
            found |= {Qt.Key.Key_Up: lambda: links.nudge(BY_HAND), Qt.Key.Key_Down: lambda: links.nudge(-BY_HAND)}
        if self._targets:
            found |= {Qt.Key.Key_Return: self._end_wire, Qt.Key.Key_Enter: self._end_wire}
        return found

    def _tab(self, step: int) -> bool:
        if self._targets and self._view.gesture is not None:
            self._targets = self._targets[step:] + self._targets[:step]
            self._lead()
            return True
        if not self._view.network.nodes:
            return False
        self._view.walk(step)
        return True

    def _begin_wire(self) -> None:
        graph, selected = self._view.session.document.graph, self._view.selected()
        if self._view.gesture is not None or len(selected) != 1 or not graph.nodes[selected[0]].gives_output:
            return
        order = (*graph.order, *(id for id in graph.nodes if id not in graph.order))
        start = order.index(selected[0])
        fed = {edge.target for edge in graph.outgoing[selected[0]]}
        around = [*order[start + 1 :], *order[:start]]
        targets = [id for id in around if graph.nodes[id].ports() and id not in fed]
        if targets:
            self._view.begin(WireGesture(self._view, selected[0], None))
            self._targets = targets
            self._lead()

    def _lead(self) -> None:
        if self._view.gesture is not None:
            self._view.gesture.move(self._aim())

    def _aim(self) -> QPointF:
        item = self._view.network.nodes[self._targets[0]]
        self._view.ensureVisible(item.body.translated(item.pos()), 30, 30)
        return item.pos() + item.body.center()

    def _end_wire(self) -> None:
        gesture, place = self._view.gesture, self._aim()
        if gesture is not None:
            self._view.begin(None)
            gesture.end(place)

    def _escape(self) -> None:
        if self._view.overlays.finder.isVisible():
            self._view.overlays.finder.leave()
        elif self._view.links.chosen is not None and self._view.gesture is None:
            self._view.links.choose(None)
        elif self._view.gesture is None:
            self._view.select(())
        self._view.drop_gesture()

    def forget_unless(self, gesture: Gesture | None) -> None:
        """Only a wire leaves keys to choose its target with."""
        if not isinstance(gesture, WireGesture):
            self._targets = []

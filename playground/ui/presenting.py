"""Where things stand in presentation mode: the network on top, below it curves, score and a picture of the inside.

Themes and the size of type are look.py's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, Qt

from playground.ui.canvas.sheet import MARGIN
from playground.ui.right_tabs import INSIDE
from playground.ui.theme import sized

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow

LEAST_BELOW, MOST_BELOW = 0.42, 0.62
"""Of the window's height for the panels below, at least and at most: the rest is the network's."""
AIR = 1.2
"""Times its own height that a network is given."""
BESIDE, MOST_BESIDE = 1.0, 0.34
"""Width of the picture's panel below the network, as a share of its height, and of the window's width at most."""
RIGHT = 0.33
"""Share of the window's width that it has beside the network."""

ABOUT, BARS = 0.8, 1.4
"""What of its scale it may lose for that; how much higher the rows above and below the panels become with the type."""


class Stage(QObject):
    """Moves the panels there and back. Owned by the window.

    A network in one row has the whole width, and the picture stands below it, beside the curves; one that is high
    leaves room at its side, where the picture can be larger.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._usual: QByteArray | None = None
        self._tab = INSIDE
        self._is_beside = False
        """Whether the picture stands beside the network, not below it."""

    def enter(self) -> None:
        """The picture of the inside comes forward, and the score in large type beside the curves."""
        window = self._window
        window.build_plots()
        self._usual, self._tab = window.saveState(), window.right_tabs.currentIndex()
        self._is_beside = self._is_high()
        below, inside = window.docks["below"], window.docks["inside"]
        bottom, right = Qt.DockWidgetArea.BottomDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        window.setCorner(Qt.Corner.BottomLeftCorner, bottom)
        window.setCorner(Qt.Corner.BottomRightCorner, right if self._is_beside else bottom)
        if not inside.isFloating() and not self._is_beside:
            window.addDockWidget(bottom, inside)
            window.splitDockWidget(below, inside, Qt.Orientation.Horizontal)
        # What is asked of the panel's tabs would leave the network a strip; they scroll instead.
        below.widget().setMinimumHeight(sized(100))
        window.right_tabs.present(True)
        window.learning.present(True)
        self._choose_layer()

    def _is_high(self) -> bool:
        """Whether the network would be about as large beside the picture as with the window's whole width."""
        content, size = self._window.canvas.network.content(), self._window.size()
        if content.isEmpty():
            return False
        bars = size.height() - self._window.canvas.height() - self._window.docks["below"].height()
        room = (1 - LEAST_BELOW) * size.height() - BARS * bars
        by_height = room / (AIR * content.height())
        by_width = size.width() / (content.width() + 2 * MARGIN)
        return min((1 - RIGHT) * by_width, by_height) > ABOUT * min(by_width, by_height)

    def leave(self) -> None:
        """Everything is what it was; restore() brings it back to where it was."""
        window = self._window
        window.learning.present(False)
        window.right_tabs.present(False)
        window.right_tabs.setCurrentIndex(self._tab)
        window.docks["below"].widget().setMinimumHeight(0)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def restore(self) -> None:
        """Give each panel the room that it had, now that the type is small again."""
        if self._usual is not None:
            self._window.restoreState(self._usual)

    def settle(self, size: QSize) -> None:
        """Share the room out, once the type has grown. size: the window's."""
        window = self._window
        below, inside = window.docks["below"], window.docks["inside"]
        is_there = inside.isVisible() and not inside.isFloating()
        if is_there and self._is_beside:
            window.resizeDocks([inside], [round(RIGHT * size.width())], Qt.Orientation.Horizontal)
        height = self._height(size)
        window.resizeDocks([below], [height], Qt.Orientation.Vertical)
        if is_there and not self._is_beside:
            wide = round(min(BESIDE * height, MOST_BESIDE * size.width()))
            window.resizeDocks([below, inside], [size.width() - wide, wide], Qt.Orientation.Horizontal)

    def _height(self, size: QSize) -> int:
        """Of the panels below: a network in one row leaves them more than one of many rows."""
        canvas, below = self._window.canvas, self._window.docks["below"]
        content = canvas.network.content()
        needed = AIR * content.height() * canvas.width() / max(content.width(), 1.0)
        left = canvas.height() + below.height() - needed if not content.isEmpty() else 0.0
        return round(min(max(left, LEAST_BELOW * size.height()), MOST_BELOW * size.height()))

    def _choose_layer(self) -> None:
        """Of pictures there is nothing inside to see until a layer is chosen: the first that has maps."""
        window = self._window
        shapes, nodes = window.session.report.shapes, window.session.document.graph.nodes
        if window.canvas.selected() or window.focus.kind != "image":
            return
        found = [id for id, layer in nodes.items() if layer.family == "convolution" and id in shapes]
        if found:
            window.canvas.select(found[:1])

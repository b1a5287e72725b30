"""How the window looks: theme, presentation mode, where panels stand, and remembering all that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from playground.ui import theme
from playground.ui.actions import restyle_actions
from playground.ui.outline import PLACES
from playground.ui.preferences import preferences
from playground.ui.presenting import Stage

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow

LATE = (
    "loss", "score", "compare", "models", "tune", "repeats", "runs", "why", "inside", "cards", "analyze", "code",
    "trying", "learning",
)  # fmt: skip
"""Parts of the window that are built after it is shown."""
VERSION = 1
"""Of the layout of panels; an older stored one is not restored."""
SIDE, INSIDE, BELOW = 236, 286, 262
"""Width of the left and right panels and height of the lower one at first, in pixels."""
LARGER = 1.6
"""Type in presentation mode, over the usual."""


class Look(QObject):
    """Owned by the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = preferences()
        self._theme = window.first_theme
        self._is_presenting = False
        self._is_late = window.isVisible()
        """Whether panels can be arranged only when they are shown: in a window that is on the screen already."""
        self._stage = Stage(window)
        self._presented = {"below", "inside"}
        """Names of the panels that are shown when presenting."""
        hidden = self._settings.value("hidden") or []  # Qt gives a list of one back as a string
        self.hidden = {str(name) for name in (hidden if isinstance(hidden, list) else [hidden])}
        """Names of the panels that the person has put away."""

    def begin(self) -> None:
        """Style the window and put its panels where they were."""
        self._arrange()
        self.restyle()

    def _arrange(self) -> None:
        self._first_layout()
        self._initial = self._window.saveState(VERSION)
        state = self._settings.value("state")
        if self._window.is_restored and isinstance(state, QByteArray):
            self._window.restoreState(state, VERSION)

    def _arrange_late(self) -> None:
        """Once the panels have some size: before, Qt forgets which they were given."""
        self._arrange()
        self.show_panels()

    def _first_layout(self) -> None:
        docks = self._window.docks
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks([docks["inputs"], docks["inside"]], [SIDE, INSIDE], horizontal)
        self._window.resizeDocks([docks["below"]], [BELOW], vertical)

    def restyle(self) -> None:
        """Give everything the present theme's colours."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if self._is_presenting:  # what would not fit goes before the type grows, or the window would grow with it
            self._window.run_bar.restyle(True)
            self.show_panels()
        theme.apply(app, theme.THEMES[self._theme], LARGER if self._is_presenting else 1.0)
        window = self._window
        restyle_actions(window.actions_by_name)
        late = (getattr(window, name, None) for name in LATE)
        for part in (window.canvas, window.palette_pane, window.form, window.data_pane, window.welcome, *late):
            if part is not None:
                part.restyle()
        window.run_bar.restyle(self._is_presenting)
        window.show_message(window.session.message)

    def toggle(self) -> None:
        """Dark or light."""
        self._theme = "light" if self._theme == "dark" else "dark"
        self._settings.setValue("theme", self._theme)  # until then the system's, or what this start was told
        self.restyle()

    def present(self) -> None:
        """Large type, the network, curves, score and a picture of the inside, for the back row; and back."""
        size = self._window.size()
        if not self._is_presenting:
            self._presented = {"below", "inside"} - self.hidden
            self._stage.enter()
        else:
            self._stage.leave()
        self._is_presenting = not self._is_presenting
        self.restyle()
        self.show_panels()
        self._window.canvas.fit()
        # While type changes, some parts are too wide for a moment, and the window grows with them.
        QTimer.singleShot(0, self, lambda: self._settle(size))

    def _settle(self, size: QSize) -> None:
        self._window.resize(size)
        if self._is_presenting:
            self._stage.settle(size)
        else:
            self._stage.restore()
            self.show_panels()
        self._window.canvas.fit()

    def shows(self, name: str) -> bool:
        """Whether a panel is wanted now."""
        return name in self._presented if self._is_presenting else name not in self.hidden

    def show_panels(self) -> None:
        """Show the panels that have not been put away; when presenting, at first only those below; none on page one."""
        is_here = self._window.pages.currentWidget() is self._window.canvas
        for name, dock in self._window.docks.items():
            dock.setVisible(is_here and self.shows(name))
        if is_here and self._is_late:
            self._is_late = False
            QTimer.singleShot(0, self, self._arrange_late)

    def put_away(self, name: str, is_hidden: bool) -> None:
        """Hide or show one panel, now and on the next start; when presenting, until that ends."""
        if self._is_presenting:
            (self._presented.discard if is_hidden else self._presented.add)(name)
        else:
            (self.hidden.add if is_hidden else self.hidden.discard)(name)
        self._window.docks[name].setVisible(not is_hidden)

    def reset_layout(self) -> None:
        """Panels where they stood at first."""
        self.hidden.clear()
        self._window.restoreState(self._initial, VERSION)
        self.show_panels()
        self._first_layout()

    def _places(self) -> list[int]:
        """What the outline of the window is drawn of at the next start: x, y, width, height of each part."""
        window = self._window
        parts: list[QWidget] = [window.menuBar(), window.bar, *window.docks.values(), window.statusBar()]
        places = [part.geometry() for part in parts if part.isVisible()]
        return [side for place in places for side in (place.x(), place.y(), place.width(), place.height())]

    def remember(self) -> None:
        """Keep the layout for the next start."""
        if self._is_presenting:
            self.present()
            self._stage.restore()  # at once: there is no later
        self._settings.setValue("hidden", sorted(self.hidden))
        self._settings.setValue("geometry", self._window.saveGeometry())
        if self._window.docks["inputs"].isVisible():
            self._settings.setValue("state", self._window.saveState(VERSION))
            self._settings.setValue(PLACES, self._places())
        self._settings.sync()

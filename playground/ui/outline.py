"""The window before it holds anything: where its panels will be, in the colours that were used last.

It is on the screen in the time that an empty window takes; what it will hold is imported and built while it is seen.
Imports nothing of the program but its looks and where those are kept.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QRect, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from playground.app.assets import asset
from playground.app.turn import window_turn
from playground.ui import theme
from playground.ui.preferences import preferences

FIRST_SIZE = (1440, 900)
"""Of the window at the first start, where the screen is large enough."""
PLACES = "outline"
"""Under which name it is kept where the panels were: x, y, width and height of each, in pixels."""

LONGEST = 5
"""Digits of a number of pixels."""


class Outline(QMainWindow):
    """Has the place, size and theme that were left."""

    is_built = False
    """Whether there is more than the outline."""
    was_closed = False
    """Whether the person closed it before that."""
    was_painted = False

    def __init__(self, chosen: str | None = None) -> None:
        """chosen: the theme, "light" or "dark"; None for what was used last, else the system's."""
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle(self.tr("Neural Network Playground"))
        self.setWindowIcon(QIcon(str(asset("icons", "playground.svg"))))
        settings = preferences()
        self.first_theme = chosen or _theme_left(settings)
        geometry = settings.value("geometry")
        self.is_restored = isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)
        """Whether it is where it was left; else the panels are arranged anew."""
        if not self.is_restored:
            screen = self.screen().availableGeometry()
            self.resize(min(FIRST_SIZE[0], screen.width()), min(FIRST_SIZE[1], screen.height()))
        self.places: tuple[QRect, ...] = ()
        """Where panels will be; none on the first page."""

    def expect_panels(self) -> None:
        """Draw the panels where they were when the window was closed."""
        kept = preferences().value(PLACES)
        words = [str(side) for side in kept] if isinstance(kept, list) else []
        sides = [int(word) for word in words if word.isdecimal() and len(word) <= LONGEST]
        if len(sides) < len(words):
            return  # somebody else wrote there
        self.places = tuple(QRect(*sides[at : at + 4]) for at in range(0, len(sides) - 3, 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The grounds of the panels and what divides them, until the panels are there."""
        if self.is_built:
            super().paintEvent(event)
            return
        colors, painter = theme.THEMES[self.first_theme], QPainter(self)
        painter.fillRect(self.rect(), colors.color("window"))
        painter.setPen(colors.color("border"))
        for place in self.places:
            painter.fillRect(place, colors.color("panel"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.setPen(colors.color("muted"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Opening …"))
        painter.end()
        self.was_painted = True

    def event(self, event: QEvent) -> bool:
        """All that changed is drawn in the window's turn."""
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        with window_turn.taken():
            return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.was_closed = True
        event.accept()


def _theme_left(settings: QSettings) -> str:
    """The theme that was used last, else the system's."""
    stored = str(settings.value("theme", ""))
    is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return stored if stored in theme.THEMES else "dark" if is_dark else "light"

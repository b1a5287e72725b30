"""What may wait until a window is on the screen. Knows no project."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

LATEST = 5000
"""Milliseconds after which what waits is done, if a window that is shown is not painted: it lies under another."""


class FirstFrame(QObject):
    """Calls once, after the first frame of a widget; soon, if it is not shown at all."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._window, self._then = widget, widget.window(), then
        self._is_painted = self._is_done = False
        for watched in {widget, self._window}:
            watched.installEventFilter(self)
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        QTimer.singleShot(LATEST if self._widget.isVisible() else 0, self._do)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close and watched is self._window:
            self._is_done = True  # it was closed at once, and needs nothing more
        elif event.type() == QEvent.Type.Paint and watched is self._widget and not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._do)  # the frame is sent to the screen before that
        return False

    def _do(self) -> None:
        self._widget.removeEventFilter(self)
        self._window.removeEventFilter(self)
        if not self._is_done:
            self._is_done = True
            self._then()

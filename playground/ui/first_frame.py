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
        self._widget, self._then, self._is_done = widget, then, False
        widget.installEventFilter(self)
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        QTimer.singleShot(LATEST if self._widget.isVisible() else 0, self._do)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._widget.removeEventFilter(self)
            QTimer.singleShot(0, self._do)  # the frame is sent to the screen before that
        return False

    def _do(self) -> None:
        if not self._is_done:
            self._is_done = True
            self._then()

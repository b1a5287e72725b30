"""Parts of a view side by side: two in a narrow panel, more where there is room. Knows Qt only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

ROOM = 330
"""Pixels that a part would like to have."""


class SideBySide(QWidget):
    """Lays its parts out anew when its width changes."""

    def __init__(self, parts: Sequence[QWidget], least: int = 2) -> None:
        """least: how many stand side by side even where it is narrow."""
        super().__init__()
        self._parts, self._least, self._columns = list(parts), least, 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._arrange(least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(max(self._least, min(len(self._parts), self.width() // ROOM)))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for number, part in enumerate(self._parts):
            self._grid.addWidget(part, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)

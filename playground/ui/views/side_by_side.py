"""Parts of a view side by side: two in a narrow panel, more where there is room. Knows Qt only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

ROOM = 330
"""Pixels that a part would like to have."""


class SideBySide(QWidget):
    """Lays its parts out anew when its width changes, or one of them comes or goes."""

    def __init__(self, parts: Sequence[QWidget], least: int = 2, room: int = ROOM) -> None:
        """least: how many stand side by side even where it is narrow; room: pixels that each would like to have."""
        super().__init__()
        self._parts, self._least = list(parts), least
        self._most, self._room = len(self._parts), room
        self._laid: tuple[int, list[QWidget]] = (0, [])
        """Columns, and the parts that are seen."""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        for part in self._parts:
            part.installEventFilter(self)
        self._arrange(least)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._arrange(self._wanted())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self._wanted())

    def _seen(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _wanted(self) -> int:
        every = max(1, len(self._seen()))
        seen = min(every, self._most)
        columns = max(min(self._least, seen), min(seen, self.width() // self._room), 1)
        return -(-every // -(-every // columns))  # so that no row is nearly empty

    def limit(self, most: int) -> None:
        """No more than so many stand side by side, whatever the width."""
        self._most = most
        self._arrange(self._wanted())

    def _arrange(self, columns: int) -> None:
        seen = self._seen() if self._laid[0] else self._parts
        if (columns, seen) == self._laid:
            return
        for column in range(max(columns, self._laid[0])):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._laid = (columns, seen)
        for number, part in enumerate(seen):
            self._grid.addWidget(part, number // columns, number % columns, Qt.AlignmentFlag.AlignTop)

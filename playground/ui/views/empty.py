"""What stands in a view's place while it has nothing to show: why, and what can be pressed to change that.

Knows Qt, no view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


@dataclass(frozen=True)
class Way:
    """A button that makes what is missing."""

    words: str
    tip: str
    go: Callable[[], object]


class Empty(QWidget):
    """One sentence, and a button for each way out of it. Hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._ways: list[tuple[str, str]] = []
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.addWidget(self.words)
        column.addLayout(self._row)

    @property
    def buttons(self) -> list[QPushButton]:
        """What can be pressed now."""
        items = (self._row.itemAt(at) for at in range(self._row.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    def say(self, words: str, ways: Sequence[Way] = ()) -> None:
        """Why nothing is shown, empty if something is, and what helps."""
        self.setVisible(bool(words))
        self.words.setText(words)
        offered = [(way.words, way.tip) for way in ways]
        if offered == self._ways:  # a button that is being pressed stays
            return
        self._ways = offered
        for old in self.buttons:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        for at, way in enumerate(ways):
            button = QPushButton(way.words)
            button.setToolTip(way.tip)
            button.clicked.connect(lambda _=False, go=way.go: go())
            self._row.insertWidget(at, button)

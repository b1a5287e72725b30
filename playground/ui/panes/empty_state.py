"""What an empty panel says: what would be here, and the button that makes it so."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from playground.ui.theme import sized

WIDTH = 460
"""Pixels of a line that is still easily read."""


class EmptyState(QWidget):
    """Stands in the middle of the room that a picture will have."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.words.setProperty("role", "note")
        self.button = QPushButton()
        self.button.clicked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        column.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def say(self, words: str, button: str) -> None:
        """What would be here, and what the button is called."""
        self.words.setText(words)
        self.words.ensurePolished()  # the height of lines that are wrapped follows from the type
        self.words.setFixedSize(sized(WIDTH), self.words.heightForWidth(sized(WIDTH)))
        self.button.setText(button)

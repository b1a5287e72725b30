"""Words below a picture: as high as they need, but never so high that the picture is pushed away; then they scroll.

Knows nothing of what they say.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QWidget

SHARE = 0.36
"""Of the pane's height that the words may take."""


class VerdictBelow(QScrollArea):
    """Holds one label of wrapped words."""

    def __init__(self, words: QLabel, pane: QWidget) -> None:
        super().__init__()
        self._words, self._pane = words, pane
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(words)
        for part in (self.viewport(), words):  # on the pane's own ground
            part.setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def say(self, text: str) -> None:
        """Show other words, from their beginning."""
        if text != self._words.text():
            self._words.setText(text)
            self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        wanted, line = self._words.heightForWidth(max(1, self.viewport().width())), self._words.fontMetrics().height()
        whole_lines = int(SHARE * self._pane.height() / line) * line
        return QSize(super().sizeHint().width(), min(wanted, whole_lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

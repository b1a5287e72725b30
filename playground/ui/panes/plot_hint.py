"""What will be in a plot that is still empty: a sentence between its axes, off the one line that may be there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QLabel


class PlotHint(QLabel):
    """Lies over a plot, and lets the mouse through."""

    def __init__(self, plot: Any) -> None:
        super().__init__(plot, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._box = plot.getViewBox()
        self.setProperty("role", "note")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def place(self, level: float | None) -> QRectF:
        """To that side of a level line where there is more room, in the plot's coordinates.

        Returns: Where its words are then, in pixels of the plot.
        """
        free = QRectF(0, 0, self._box.width(), self._box.height())
        at = self._box.mapFromView(QPointF(0, level)).y() if level is not None else 0.0
        if 0 < at < free.height() / 2:
            free.setTop(at)
        elif free.height() / 2 <= at < free.height():
            free.setBottom(at)
        self.setGeometry(self._box.mapRectToScene(free).toRect())
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        words = self.fontMetrics().boundingRect(self.rect(), int(how), self.text())
        return QRectF(words).translated(free.topLeft())

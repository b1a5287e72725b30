"""A histogram, painted. Knows Qt, numpy and the theme, nothing of networks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.ui.drawing import figure
from playground.ui.theme import theme_of
from playground.ui.views.painted import Painted

HEIGHT = 84


class Histogram(Painted):
    """Bars of counts over a range; the largest bar is as high as there is room."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(HEIGHT)
        self._counts: NDArray[Any] = np.zeros(0)
        self._edges: NDArray[Any] = np.zeros(0)

    def show_counts(self, counts: NDArray[Any], edges: NDArray[Any]) -> None:
        """Counts (bins,) and edges (bins + 1,)."""
        self._counts, self._edges = counts, edges
        self.setVisible(bool(len(counts)))
        self.update()

    def paint(self, painter: QPainter) -> None:
        if not len(self._counts):
            return
        theme, floor = theme_of(), self.height() - 18.0
        top, width = float(self._counts.max()) or 1.0, self.width() / len(self._counts)
        for number, count in enumerate(self._counts):
            high = (floor - 2) * float(count) / top
            painter.fillRect(QRectF(number * width, floor - high, max(width - 1, 1), high), theme.color("muted"))
        low, high = float(self._edges[0]), float(self._edges[-1])
        painter.setPen(QPen(theme.color("accent"), 1, Qt.PenStyle.DashLine))
        if low < 0 < high:
            zero = round(-low / (high - low) * self.width())
            painter.drawLine(zero, 0, zero, round(floor))
        painter.setPen(theme.color("muted"))
        line = QRectF(0, floor + 2, self.width(), 16)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, figure(low))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, figure(high))
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, self.tr("most: %1").replace("%1", f"{int(top):,}"))

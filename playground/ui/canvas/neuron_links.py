"""The weights between two cards whose neurons are drawn one by one: a line each, its width and colour the weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.ui.theme import theme_of

THIN, WIDE = 0.5, 4.5
"""Width of a weight of 0 and of the largest one, in scene units."""
FAINT = 0.55
"""How much is seen of the thinnest: many small weights are a veil, not a net."""


class NeuronLinks(QGraphicsItem):
    """Lies over the cards, and takes no clicks from them."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(1.5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._begins: list[QPointF] = []
        self._ends: list[QPointF] = []
        self._weight: NDArray[np.float64] | None = None
        self._reach = 1.0

    def lie(self, begins: list[QPointF], ends: list[QPointF]) -> None:
        """From those neurons to these, in the scene's coordinates."""
        if (begins, ends) != (self._begins, self._ends):
            self.prepareGeometryChange()
            self._begins, self._ends = begins, ends
            self.update()

    def show_weights(self, weight: NDArray[np.float64] | None, reach: float = 1.0) -> None:
        """(ends, begins), and the size of the widest line's; None for units that are passed on one by one."""
        self._weight, self._reach = weight, reach
        self.update()

    @property
    def weight(self) -> NDArray[np.float64] | None:
        return self._weight

    def boundingRect(self) -> QRectF:
        if not self._begins or not self._ends:
            return QRectF()
        every = [*self._begins, *self._ends]
        xs, ys = [at.x() for at in every], [at.y() for at in every]
        return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-3, -3, 3, 3)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._weight is None:
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawLines([QLineF(*pair) for pair in zip(self._begins, self._ends, strict=False)])
            return
        if self._weight.shape != (len(self._ends), len(self._begins)):
            return  # of the network before an edit
        for to, since in np.ndindex(*self._weight.shape):
            weight = float(self._weight[to, since])
            share = min(abs(weight) / (self._reach or 1.0), 1.0)
            color = theme.color("positive" if weight >= 0 else "negative")
            color.setAlphaF(FAINT + (1 - FAINT) * share)
            style = Qt.PenStyle.SolidLine if weight >= 0 else Qt.PenStyle.DashLine
            painter.setPen(QPen(color, THIN + (WIDE - THIN) * share, style, Qt.PenCapStyle.FlatCap))
            painter.drawLine(self._begins[since], self._ends[to])

"""A neuron's sum as a table: each product as a bar, the bias, the sum, and what the activation makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from playground.ui.drawing import figure
from playground.ui.theme import BODY, sized, theme_of
from playground.ui.views.painted import Painted

MOST = 13
"""Rows of products at most: twelve inputs and the bias."""


@dataclass(frozen=True)
class Row:
    """One line: a product, the bias, or the sum."""

    name: str
    value: str
    """What is multiplied, in words; empty for bias and sum."""
    weight: str
    product: float
    is_total: bool = False


class Products(Painted):
    """Rows from the top; the bars share one zero and one scale."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows: tuple[Row, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """At most MOST and the totals."""
        self.rows = tuple(rows)
        self.setFixedHeight(max(1, len(self.rows) * self._line() + 4))
        self.setAccessibleDescription("; ".join(f"{row.name}: {figure(row.product)}" for row in self.rows))
        self.update()

    def _line(self) -> int:
        return sized(BODY) + 8

    def paint(self, painter: QPainter) -> None:
        theme, metrics = theme_of(), None
        font = painter.font()
        font.setPixelSize(sized(BODY))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        wide = self.width()
        names = min(max((metrics.horizontalAdvance(row.name) for row in self.rows), default=0) + 8, wide * 0.3)
        terms = max((metrics.horizontalAdvance(_term(row)) for row in self.rows), default=0) + 8
        figures = metrics.horizontalAdvance("−0.00123") + 6
        left, right = names + terms, wide - figures
        zero, reach = (left + right) / 2, max((abs(row.product) for row in self.rows), default=1.0) or 1.0
        middle, end = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for number, row in enumerate(self.rows):
            place = QRectF(0, number * self._line() + 2, wide, self._line())
            if row.is_total and not (number and self.rows[number - 1].is_total):
                painter.setPen(QPen(theme.color("edge"), 1))
                painter.drawLine(place.topLeft(), place.topRight())
            font.setBold(row.is_total)
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(left - 4))
            painter.drawText(place.adjusted(0, 0, left - wide, 0), middle, name)
            painter.drawText(QRectF(names, place.top(), terms - 6, place.height()), end, _term(row))
            painter.drawText(place, end, figure(row.product))
            bar = QRectF(
                zero, place.top() + 4, row.product / reach * max((right - left) / 2 - 4, 0), place.height() - 8
            )
            painter.fillRect(bar.normalized(), theme.color("positive" if row.product >= 0 else "negative"))
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.drawLine(QPointF(zero, 2), QPointF(zero, len(self.rows) * self._line() + 2))


def _term(row: Row) -> str:
    return f"{row.value} · {row.weight}" if row.value else ""

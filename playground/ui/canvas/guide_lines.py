"""Thin lines that say with which cards a dragged one is in line. Where they run, graph/alignment.py finds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.graph.alignment import Line
from playground.ui.theme import theme_of

BEYOND = 14.0
"""How far a line runs on past the cards, in scene units."""


class GuideLines(QGraphicsItem):
    """Alive as long as a card is dragged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[QLineF] = []
        self.setZValue(3)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """These lines and no others."""
        drawn = [_longer(QLineF(*line)) for line in lines]
        if drawn != self.lines:
            self.prepareGeometryChange()
            self.lines = drawn
            self.update()

    def boundingRect(self) -> QRectF:
        found = QRectF()
        for line in self.lines:
            found = found.united(QRectF(line.p1(), line.p2()).normalized().adjusted(-2, -2, 2, 2))
        return found

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        pen = QPen(theme_of().color("accent"), 1, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self.lines)


def _longer(line: QLineF) -> QLineF:
    along = line.unitVector()
    step = along.p2() - along.p1()
    return QLineF(line.p1() - step * BEYOND, line.p2() + step * BEYOND)

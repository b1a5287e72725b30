"""A square of the plane on the screen: where a point of the data is, its frame, its axes and their figures.

Knows Qt and the theme, nothing of networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from playground.ui.contour import ticks
from playground.ui.drawing import figure
from playground.ui.theme import theme_of

Extent = tuple[float, float, float, float]
"""x from, x to, y from, y to."""
TICK = 4.0
ROOM = 60.0
"""Pixels from one figure to the next, at least."""


@dataclass(frozen=True)
class Axes:
    """Between the data's coordinates and pixels."""

    place: QRectF
    extent: Extent

    def at(self, x: float, y: float) -> QPointF:
        """Where a point of the data is."""
        left, right, low, high = self.extent
        return QPointF(
            self.place.left() + (x - left) / ((right - left) or 1) * self.place.width(),
            self.place.bottom() - (y - low) / ((high - low) or 1) * self.place.height(),
        )

    def many(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """The same of many points (n, 2)."""
        left, right, low, high = self.extent
        scale = self.place.width() / ((right - left) or 1), -self.place.height() / ((high - low) or 1)
        return (np.asarray(points, np.float64) - [left, low]) * scale + [self.place.left(), self.place.bottom()]

    def under(self, at: QPointF) -> tuple[float, float] | None:
        """The data's coordinates of a pixel; None beside the square."""
        if not self.place.contains(at):
            return None
        left, right, low, high = self.extent
        x = left + (at.x() - self.place.left()) / self.place.width() * (right - left)
        return x, low + (self.place.bottom() - at.y()) / self.place.height() * (high - low)

    def paint(self, painter: QPainter, names: tuple[str, str]) -> None:
        """The frame, round figures outside of it, and what each axis is."""
        theme, metrics = theme_of(), painter.fontMetrics()
        line = metrics.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.drawRect(self.place)
        left, right, low, high = self.extent
        centre, side = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in ticks(left, right, max(3, int(self.place.width() / ROOM))):
            at = self.at(value, low)
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawLine(at, at + QPointF(0, TICK))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(at.x() - 30, at.y() + TICK, 60, line), centre, figure(value))
        for value in ticks(low, high, max(3, int(self.place.height() / ROOM))):
            at = self.at(left, value)
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawLine(at, at - QPointF(TICK, 0))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(at.x() - TICK - 62, at.y() - line / 2, 60, line), side, figure(value))
        self._paint_names(painter, names, line)

    def _paint_names(self, painter: QPainter, names: tuple[str, str], line: int) -> None:
        painter.setPen(theme_of().color("text"))
        below = QRectF(self.place.left(), self.place.bottom() + TICK + line - 2, self.place.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, names[0])
        painter.save()
        painter.translate(self.place.left() - room_left(painter.fontMetrics()) + line / 2 + 1, self.place.center().y())
        painter.rotate(-90)
        half = self.place.height() / 2
        painter.drawText(QRectF(-half, -line / 2, 2 * half, line), Qt.AlignmentFlag.AlignCenter, names[1])
        painter.restore()

    def paint_lines(self, painter: QPainter, lines: NDArray[np.float64], shape: tuple[int, ...], dashed: bool) -> None:
        """Lines of contour.zero_lines over a field of that shape, whose row 0 is the smallest y."""
        if not len(lines):
            return
        theme, (rows, columns) = theme_of(), shape
        scale = self.place.width() / (columns - 1), -self.place.height() / (rows - 1)
        ends = lines.reshape(-1, 2) * scale + [self.place.left(), self.place.bottom()]
        drawn = [QLineF(*begin, *end) for begin, end in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True)]
        painter.save()
        painter.setClipRect(self.place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = theme.color("panel")
        halo.setAlphaF(0.7)
        for color, width in ((halo, 5.0), (theme.color("text"), 1.6 if dashed else 2.2)):
            pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(_every_other(drawn) if dashed and width < 3 else drawn)
        painter.restore()


def _every_other(lines: list[QLineF]) -> list[QLineF]:
    """Half of each short line: drawn one after the other they are a dotted one, which a pen's dashes would not be."""
    return [QLineF(line.p1(), line.pointAt(0.5)) for line in lines]


def room_left(metrics: QFontMetrics) -> float:
    """Pixels that figures and a name need left of the square."""
    return metrics.horizontalAdvance("−0.005") + TICK + metrics.height() + 2


def room_below(metrics: QFontMetrics) -> float:
    """And below it."""
    return TICK + 2 * metrics.height()

"""A matrix of correlations: a cell each, blue for together, orange for against each other, the figure written in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from playground.ui.theme import sized, theme_of
from playground.ui.views.painted import Painted

LEAST, MOST = 30, 64
"""Pixels of a cell's side, at normal type."""
LEFT = 110


def told(value: float) -> str:
    """A correlation in two digits.

    >>> told(-0.123), told(1.0), told(float("nan"))
    ('−.12', '1', '–')
    """
    if not np.isfinite(value):
        return "–"
    words = f"{value:.2f}".replace("-", "−")
    return words.replace("0.", ".") if abs(value) < 0.995 else words.split(".")[0]


class CorrelationMatrix(Painted):
    """Walked with the arrow keys."""

    chosen = Signal(int, int)
    """Row and column of a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Correlations of the columns"))
        self.names: tuple[str, ...] = ()
        self.values: NDArray[np.float64] = np.zeros((0, 0))
        self.at: tuple[int, int] = (0, 1)

    def show_values(self, names: tuple[str, ...], values: NDArray[np.float64]) -> None:
        """A square matrix with a name for each row."""
        self.names, self.values = names, values
        if max(self.at) >= len(names):
            self.at = (0, 1)
        self.setMinimumSize(self._least())
        self.update()

    def _least(self) -> QSize:
        side = sized(LEAST) * len(self.names)
        return QSize(side + sized(LEFT) + 8, side + sized(LEFT) + 8)

    def _grid(self) -> tuple[float, float, float]:
        """Where the cells begin, and their side."""
        margin = float(sized(LEFT))
        room = min(self.width(), self.height()) - margin - 8
        return margin, margin, max(float(sized(LEAST)), min(float(sized(MOST)), room / max(1, len(self.names))))

    def place_of(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        left, top, side = self._grid()
        return QRectF(left + column * side, top + row * side, side - 1, side - 1)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Which cell is there."""
        left, top, side = self._grid()
        row, column = int((point.y() - top) // side), int((point.x() - left) // side)
        return (row, column) if min(row, column) >= 0 and max(row, column) < len(self.names) else None

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        left, top, side = self._grid()
        metrics = painter.fontMetrics()
        painter.setPen(theme.color("text"))
        for number, name in enumerate(self.names):
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(left) - 10)
            painter.drawText(QRectF(0, top + number * side, left - 6, side), _RIGHT, words)
            painter.save()
            painter.translate(left + (number + 0.5) * side, top - 6)
            painter.rotate(-45 if side > metrics.height() * 1.6 else -90)
            painter.drawText(QPointF(0, metrics.ascent() / 3), words)
            painter.restore()
        for row in range(len(self.names)):
            for column in range(len(self.names)):
                value, place = float(self.values[row, column]), self.place_of(row, column)
                ground = QColor(theme.positive if value >= 0 else theme.negative)
                ground.setAlphaF(min(1.0, abs(value)) if np.isfinite(value) else 0.0)
                painter.fillRect(place, theme.color("neutral"))
                painter.fillRect(place, ground)
                painter.setPen(_readable(ground))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, told(value))
        if self.names:
            painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "text"), 2))
            painter.drawRect(self.place_of(*self.at))

    def choose(self, row: int, column: int) -> None:
        """Have a cell looked at."""
        self.at = row, column
        self.setAccessibleDescription(self._words(row, column))
        self.update()
        self.chosen.emit(row, column)

    def _words(self, row: int, column: int) -> str:
        return f"{self.names[row]}, {self.names[column]}: {told(float(self.values[row, column]))}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None:
            self.choose(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if key not in steps or not self.names:
            super().keyPressEvent(event)
            return
        last = len(self.names) - 1
        row, column = (max(0, min(at + step, last)) for at, step in zip(self.at, steps[key], strict=True))
        self.choose(row, column)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            words = self.tr("Click to see them as points.")
            QToolTip.showText(event.globalPos(), f"{self._words(*cell)}\n{words}" if cell else "", self)
            return True
        return super().event(event)


def _readable(ground: QColor) -> QColor:
    """The colour of type that stands out more from a ground laid over the neutral one."""
    theme = theme_of()
    below, share = theme.color("neutral"), ground.alphaF()
    laid = [share * over + (1 - share) * under for over, under in zip(_parts(ground), _parts(below), strict=True)]
    light = _light(laid)

    def contrast(color: QColor) -> float:
        ends = sorted((_light(_parts(color)), light))
        return (ends[1] + 0.05) / (ends[0] + 0.05)

    return max((theme.color(name) for name in ("text", "on_accent")), key=contrast)


def _parts(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def _light(color: Sequence[float]) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

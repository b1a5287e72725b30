"""Values as bars beside their names. Knows Qt and the theme, nothing of networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.ui.drawing import figure
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import Painted


class Bars(Painted):
    """Signed values as bars beside their names, zero in the middle if there are negative ones."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bars: list[tuple[str, float]] = []
        self._reach: float | None = None
        self._told: Callable[[float], str] = figure

    def show_bars(
        self, bars: Sequence[tuple[str, float]], reach: float | None = None, told: Callable[[float], str] = figure
    ) -> None:
        """Names and values, from the top. reach: the value of the longest bar there can be; None for the largest.

        told: how a value is written.
        """
        self._bars, self._reach, self._told = list(bars), reach, told
        self.setFixedHeight(max(1, len(self._bars) * self._line()))
        self.update()

    def _line(self) -> int:
        return sized(NOTE) + 7

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        reach = self._reach or max((abs(value) for _, value in self._bars), default=0.0) or 1.0
        longest = max((painter.fontMetrics().horizontalAdvance(name) for name, _ in self._bars), default=0)
        told = max((painter.fontMetrics().horizontalAdvance(self._told(value)) for _, value in self._bars), default=0)
        # Names are cut only where a bar would be too short to be read.
        right = max(float(sized(30)), told + 8.0)
        left = min(max(self.width() * 0.36, self.width() - right - sized(44)), longest + 14.0)
        room = max(self.width() - left - right, 20.0)
        zero = left + room / 2 if any(value < 0 for _, value in self._bars) else left
        unit = (room / 2 if zero > left else room) / reach
        for number, (name, value) in enumerate(self._bars):
            top = number * self._line()
            words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(left - 8))
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(0, top, left - 6, self._line()), Qt.AlignmentFlag.AlignVCenter, words)
            bar = QRectF(zero, top + 3, value * unit, self._line() - 6).normalized()
            painter.fillRect(bar, theme.color("positive" if value >= 0 else "negative"))
            place = QRectF(self.width() - right, top, right, self._line())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._told(value))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(zero, 0), QPointF(zero, self.height()))

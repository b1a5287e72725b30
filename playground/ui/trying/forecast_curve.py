"""A series and how the network goes on with it: a line, its continuation, and how far off such forecasts are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from playground.ui.drawing import figure
from playground.ui.theme import sized, theme_of
from playground.ui.views.painted import Painted

MOST_KNOWN = 200
"""Moments of the past that are shown."""


class ForecastCurve(Painted):
    """What is known is a solid line, what is forecast a dashed one with dots."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("The series and its forecast"))
        self.setMinimumHeight(110)
        self.known: tuple[float, ...] = ()
        self.ahead: tuple[float, ...] = ()
        self.spread: tuple[float, ...] = ()

    def show_forecast(self, known: Sequence[float], ahead: Sequence[float], spread: Sequence[float]) -> None:
        """spread: how far below and above each forecast value nine of ten validation forecasts lie; may be empty."""
        self.known, self.ahead, self.spread = tuple(known)[-MOST_KNOWN:], tuple(ahead), tuple(spread)
        words = self.tr("The last value is %1; ahead: %2.").replace("%1", figure(self.known[-1]))
        words = words.replace("%2", ", ".join(figure(value) for value in self.ahead[:6]))
        self.setAccessibleDescription(words)
        within = self.tr("The band: as far off as nine of ten forecasts of the validation part.")
        self.setToolTip(f"{words} {within}" if self.spread else words)
        self.update()

    def paint(self, painter: QPainter) -> None:
        theme = theme_of()
        if not self.known or not self.ahead:
            return
        around = np.array(self.spread or [0.0] * len(self.ahead))
        ahead = np.array(self.ahead)
        every = np.concatenate([self.known, ahead - around, ahead + around])
        low, high = float(every.min()), float(every.max())
        left = max(painter.fontMetrics().horizontalAdvance(figure(end)) for end in (low, high)) + 8.0
        line = float(painter.fontMetrics().height())
        place = QRectF(left, 6, self.width() - left - 8, self.height() - line - 14)
        steps, reach = len(self.known) + len(ahead) - 1, (high - low) or 1.0

        def at(step: int, value: float) -> QPointF:
            across = place.width() * step / max(1, steps)
            return QPointF(place.left() + across, place.bottom() - place.height() * (value - low) / reach)

        first = len(self.known)
        now = at(first - 1, self.known[-1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(now.x(), place.top()), QPointF(now.x(), place.bottom()))
        if self.spread:
            band = QColor(theme.color("valid"))
            band.setAlpha(60)
            above = [at(first + step, value) for step, value in enumerate(ahead + around)]
            below = [at(first + step, value) for step, value in enumerate(ahead - around)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(band)
            painter.drawPolygon(QPolygonF([now, *above, *reversed(below)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("train"), sized(2)))
        painter.drawPolyline(QPolygonF([at(step, value) for step, value in enumerate(self.known)]))
        forecast = [at(first + step, value) for step, value in enumerate(self.ahead)]
        painter.setPen(QPen(theme.color("valid"), sized(2), Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF([now, *forecast]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("valid"))
        for point in forecast:
            painter.drawEllipse(point, sized(3), sized(3))
        self._write(painter, place, now.x(), low, high)

    def _write(self, painter: QPainter, place: QRectF, now: float, low: float, high: float) -> None:
        """The range beside it, and what is past and what is to come below."""
        line = painter.fontMetrics().height()
        right = Qt.AlignmentFlag.AlignRight
        painter.setPen(theme_of().color("muted"))
        painter.drawText(QRectF(0, place.top() - 4, place.left() - 6, line), right, figure(high))
        painter.drawText(QRectF(0, place.bottom() - line + 4, place.left() - 6, line), right, figure(low))
        below = place.bottom() + 3
        past = self.tr("%1 known").replace("%1", f"{len(self.known):,}")
        come = self.tr("%1 ahead").replace("%1", f"{len(self.ahead):,}")
        painter.drawText(QRectF(place.left(), below, now - place.left(), line), Qt.AlignmentFlag.AlignLeft, past)
        room = QRectF(place.left(), below, place.width() + 8, line)
        painter.drawText(room, right, come)

"""The paper under the network: a grid of dots, wider apart from afar."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPen

from playground.ui.theme import theme_of

GRID = 20


def paint_ground(painter: QPainter, rect: QRectF | QRect) -> None:
    """Fill a part of the scene, given in its coordinates."""
    theme = theme_of()
    painter.fillRect(rect, theme.color("window"))
    scale = painter.worldTransform().m11()
    step = GRID if scale > 0.6 else GRID * 4
    if scale < 0.15:
        return
    pen = QPen(theme.color("grid"), 2)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # 3,000 smooth dots take 50 ms
    left, top = int(rect.left()) - int(rect.left()) % step, int(rect.top()) - int(rect.top()) % step
    points = [
        QPointF(x, y)
        for x in range(left, int(rect.right()) + 1, step)
        for y in range(top, int(rect.bottom()) + 1, step)
    ]
    painter.drawPoints(points)

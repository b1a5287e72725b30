"""One edge: a curve from an output to an input, with the shape that it carries."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.graph.model import Edge
from playground.ui.canvas.routing import AHEAD, CORNER, OUT, Detour, turning
from playground.ui.theme import NOTE, sized, theme_of

READABLE = 0.45
"""Scale below which words on edges are left out."""
FAR = 0.35
"""Scale below which cards are only colours, and lines are drawn without smoothing."""


def route(
    start: QPointF, end: QPointF, around: Detour | None = None, below: float | None = None, falls: bool = False
) -> QPainterPath:
    """A smooth curve to the right, round the cards between; to a card further left, out and round between the rows.

    below: the height at which it leads back, for a feedback edge. falls: from a card's lower edge to another's upper.
    """
    path = QPainterPath(start)
    if falls:
        bend = QPointF(0, (end.y() - start.y()) / 2)
        path.cubicTo(start + bend, end - bend, end)
        return path
    if end.x() >= start.x() + AHEAD and below is None:
        for to in (QPointF(around.x1, around.y), end) if around is not None else ():
            begin = path.currentPosition()
            half = QPointF((to.x() - begin.x()) / 2, 0)
            path.cubicTo(begin + half, to - half, to)
            if around is not None and to is not end:
                path.lineTo(around.x2, around.y)
        if around is None:
            bend = QPointF(max(20.0, min(90.0, (end.x() - start.x()) / 2)), 0)
            path.cubicTo(start + bend, end - bend, end)
        return path
    out, corner = OUT, CORNER
    middle = around.y if around is not None else turning((start.x(), start.y()), (end.x(), end.y()))
    middle = middle if below is None else below
    down = 1 if middle >= start.y() else -1
    on = 1 if end.y() >= middle else -1
    right, left = start.x() + out, end.x() - out
    path.lineTo(right - corner / 2, start.y())
    path.quadTo(right, start.y(), right, start.y() + down * corner)
    path.lineTo(right, middle - down * corner)
    path.quadTo(right, middle, right - corner, middle)
    path.lineTo(left + corner, middle)
    path.quadTo(left, middle, left, middle + on * corner)
    path.lineTo(left, end.y() - on * corner)
    path.quadTo(left, end.y(), left + corner / 2, end.y())
    path.lineTo(end)
    return path


def two_lines(shape: str) -> str:
    """A shape for a short edge: the channels below the sides.

    >>> two_lines("128×128×16").splitlines(), two_lines("512")
    (['128×128', '×16'], '512')
    """
    sides, times, channels = shape.rpartition("×")
    return f"{sides}\n{times}{channels}" if sides else shape


@lru_cache(maxsize=32)
def _font(pixels: int) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    return font


@lru_cache(maxsize=4096)
def _measured(words: str, pixels: int) -> QSizeF:
    return QFontMetricsF(_font(pixels)).size(0, words)


class EdgeItem(QGraphicsItem):
    """Draws one edge between two points set by the scene."""

    def __init__(self, edge: Edge) -> None:
        super().__init__()
        self.edge = edge
        self.label = ""
        self.is_target = False
        """Whether a layer being dragged would be inserted here."""
        self._hovered = False
        self._path = QPainterPath()
        self._room = 0.0
        """Width that the label may take before it would run under a card."""
        self._middle = QPointF()
        self._is_back = False
        self._outline: QPainterPath | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)

    def show_between(
        self, start: QPointF, end: QPointF, label: str, around: Detour | None = None, below: float | None = None,
        falls: bool = False,
    ) -> None:  # fmt: skip
        """Draw it from here to there; below and falls: as in route()."""
        path = route(start, end, around, below, falls)
        if path != self._path or label != self.label:
            self.prepareGeometryChange()
            self._path, self.label = path, label
            ahead = end.x() - start.x()
            self._room = 150.0 if falls else ahead - 6 if ahead >= 20 else abs(ahead)
            self._middle = path.pointAtPercent(0.5)
            self._is_back = ahead < 0 and not falls and below is None
            self._outline = None
            self.update()

    def mark(self, is_target: bool) -> None:
        if is_target != self.is_target:
            self.is_target = is_target
            self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-45, -50, 45, 30)

    def shape(self) -> QPainterPath:
        if self._outline is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(14)
            self._outline = stroker.createStroke(self._path)
        return self._outline

    def hoverEnterEvent(self, event: object) -> None:
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        self._hovered = False
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        scale = painter.worldTransform().m11()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR)
        strong = self.isSelected() or self.is_target or self._hovered
        color = theme.color("accent" if strong else "edge")
        pen = QPen(color, 3 if self.is_target else 2 if strong else 1.6)
        if self.edge.feedback:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self.label and scale > READABLE:
            self._paint_label(painter, theme.color("muted"), theme.color("window"))

    def _paint_label(self, painter: QPainter, ink: QColor, ground: QColor) -> None:
        words, pixels = self.label, sized(NOTE)
        if _measured(words, pixels).width() > self._room:
            words = two_lines(words)
            pixels = max(7, min(pixels, int(pixels * self._room / _measured(words, pixels).width())))
        size, font = _measured(words, pixels), _font(pixels)
        middle = self._middle
        # Where it leads back between two rows, the pictures in the cards above need the room over the line.
        top = middle.y() + 3 if self._is_back else middle.y() - size.height() - 3
        place = QRectF(middle.x() - size.width() / 2 - 2, top, size.width() + 4, size.height())
        painter.setFont(font)
        ground.setAlpha(215)
        painter.fillRect(place, ground)
        painter.setPen(ink)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

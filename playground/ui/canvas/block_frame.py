"""The outline of an unfolded block: round its cards, with its name and how often it is repeated."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.graph.model import BlockId
from playground.ui.theme import NOTE, theme_of

MARGIN = 26.0
"""Wide enough that the outlines of neighbouring cards meet."""
TITLE = 20.0


class BlockFrame(QGraphicsItem):
    """Drawn behind the cards. A click on its name selects its layers, a double click folds it."""

    def __init__(self, id: BlockId) -> None:
        super().__init__()
        self.id = id
        self._title = ""
        self._outline = QPainterPath()
        self._corner = QPointF()
        self.setZValue(-1)

    def show_block(self, title: str, cards: Iterable[QRectF], depth: int) -> None:
        """Draw it round those cards; depth: blocks inside it, for which it leaves room."""
        outline, corner = QPainterPath(), QPointF()
        margin = MARGIN + depth * 8
        boxes = list(cards)
        for box in boxes:
            path = QPainterPath()
            path.addRoundedRect(box.adjusted(-margin, -margin - (TITLE if depth else 4), margin, margin), 12, 12)
            outline = outline.united(path)
        if boxes:
            first = min(boxes, key=lambda box: box.y() + box.x())
            corner = first.topLeft() + QPointF(-margin + 10, -margin - (TITLE if depth else 4) - TITLE + 2)
        if (outline, title, corner) != (self._outline, self._title, self._corner):
            self.prepareGeometryChange()
            self._outline, self._title, self._corner = outline, title, corner
            self.update()

    def title_box(self) -> QRectF:
        """Where its name stands, in scene coordinates."""
        width = QFontMetricsF(_font()).horizontalAdvance(self._title) + 16
        return QRectF(self._corner.x(), self._corner.y(), width, TITLE)

    def boundingRect(self) -> QRectF:
        return self._outline.boundingRect().united(self.title_box()).adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.title_box())
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        tint = QColor(theme.family["recurrent"])
        tint.setAlpha(20 if theme.name == "light" else 34)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(tint)
        painter.drawPath(self._outline)
        painter.setFont(_font())
        painter.setPen(theme.color("text"))
        painter.drawText(self.title_box(), Qt.AlignmentFlag.AlignCenter, self._title)


def _font() -> QFont:
    font = QFont()
    font.setPixelSize(round(NOTE + 1))
    font.setBold(True)
    return font

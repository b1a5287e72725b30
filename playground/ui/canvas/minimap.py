"""The whole network in a corner of the canvas, and which part of it is shown; click or drag to go elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from playground.ui.preferences import preferences
from playground.ui.theme import theme_of

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

SIZE = QSize(190, 120)
PADDING = 8.0
KEY = "minimap"


class Minimap(QWidget):
    """Shown only where the network does not fit the view, and unless a person put it away."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self.setObjectName("minimap")
        self.setAccessibleName(self.tr("Map of the network"))
        self.setToolTip(self.tr("The whole network; the frame is what you see. Click or drag to go elsewhere."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(SIZE)
        self._cards: QPixmap | None = None
        self._picture = view.network.picture
        self._frame = QRectF()
        """The shown part, in this widget's pixels."""
        self.is_wanted = preferences().value(KEY, "yes") != "no"
        """Whether a person wants to see it; kept for the next start."""
        self.hide()

    def toggle(self) -> None:
        """Show it where it helps, or never."""
        self.is_wanted = not self.is_wanted
        preferences().setValue(KEY, "yes" if self.is_wanted else "no")
        self._view.overlays.place()

    def refresh(self) -> None:
        """The theme is another one."""
        self._cards = None
        self.update()

    def follow(self) -> None:
        """The network may look different."""
        if self._picture != self._view.network.picture:
            self._picture = self._view.network.picture
            self.refresh()

    def place(self, within: QRect) -> None:
        """To the lower right corner of that part of the canvas, or away."""
        content = self._view.network.content()
        has_room = within.width() > 2 * SIZE.width() and within.height() > 2 * SIZE.height()
        is_beyond = not content.isEmpty() and not self._view.shown_part().contains(content)
        is_shown = self.is_wanted and has_room and is_beyond
        self.setVisible(is_shown)
        if not is_shown:
            return
        self.move(within.bottomRight() - self.rect().bottomRight())
        scale, corner = self._scale()
        shown = self._view.shown_part()
        frame = QRectF((shown.topLeft() - corner) * scale, shown.size() * scale)
        if frame != self._frame:  # else the cards under it need not be drawn either
            self._frame = frame
            self.update()

    def _scale(self) -> tuple[float, QPointF]:
        """Pixels a scene unit, and the scene's point in the upper left corner."""
        content = self._view.network.content()
        room = QRectF(self.rect()).adjusted(PADDING, PADDING, -PADDING, -PADDING)
        scale = min(room.width() / max(content.width(), 1.0), room.height() / max(content.height(), 1.0))
        spare = QPointF(self.width() / scale - content.width(), self.height() / scale - content.height())
        return scale, content.topLeft() - spare / 2

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._cards is None:
            self._cards = self._drawn()
        theme = theme_of()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._cards)
        ground = theme.color("accent")
        ground.setAlpha(34)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.setBrush(ground)
        painter.drawRect(self._frame.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)))
        painter.end()

    def _drawn(self) -> QPixmap:
        """All cards in their families' colours: drawn once for each network, not for each scroll."""
        theme, ratio = theme_of(), self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(theme.color("panel"))
        scale, corner = self._scale()
        painter = QPainter(made)
        painter.setPen(theme.color("border"))
        painter.drawRect(QRectF(self.rect()).adjusted(0, 0, -1, -1))
        for item in self._view.network.nodes.values():
            at = (item.pos() - corner) * scale
            color = theme.error if item.is_wrong else theme.family[item.layer.family]
            wide, high = max(item.body.width() * scale, 2.0), max(item.body.height() * scale, 2.0)
            painter.fillRect(QRectF(at.x(), at.y(), wide, high), QColor(color))
        painter.end()
        return made

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        scale, corner = self._scale()
        self._view.look_at(corner + at / scale)

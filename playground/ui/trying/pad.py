"""A sheet to draw on with the mouse, or with the arrow keys. Knows Qt and the theme, nothing of networks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.data.dataset import Bytes
from playground.ui.theme import NOTE, sized, theme_of

SIDE = 224
"""Pixels of the drawing, however large it is shown."""
BRUSH = 24
"""Width of the brush at first, in pixels of the drawing: a ninth of its side, as in handwritten digits."""
STEP = 8


class DrawingPad(QWidget):
    """White paper with black ink (dark theme: the other way round). The right button erases.

    Arrow keys move the pen, Space puts it down and takes it up, E changes between brush and eraser, Delete clears.
    """

    drawn = Signal()
    """There is more or less ink."""
    mode_changed = Signal()
    """Brush or eraser."""

    def __init__(self) -> None:
        super().__init__()
        self._ink = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        self._ink.fill(0)
        self.brush = BRUSH
        self.is_erasing = False
        self._pen = QPointF(SIDE / 2, SIDE / 2)
        self._is_down = False
        self._last: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setAccessibleDescription(
            self.tr("Draw with the mouse; or move with the arrow keys, and put the pen down and up with Space.")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(110, 110)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    @property
    def is_empty(self) -> bool:
        return not self.ink().any()

    def ink(self) -> Bytes:
        """A copy (SIDE, SIDE): 0 for paper, 255 for ink."""
        lines = np.frombuffer(self._ink.constBits(), np.uint8).reshape(SIDE, self._ink.bytesPerLine())
        return lines[:, :SIDE].copy()

    def clear(self) -> None:
        """A new sheet."""
        self._ink.fill(0)
        self.update()
        self.drawn.emit()

    def set_erasing(self, is_erasing: bool) -> None:
        """Brush or eraser."""
        if is_erasing != self.is_erasing:
            self.is_erasing = is_erasing
            self.mode_changed.emit()

    # Drawing

    def _place(self) -> QRectF:
        side = float(min(self.width(), self.height())) - 2
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _on_sheet(self, at: QPointF) -> QPointF:
        place = self._place()
        return (at - place.topLeft()) * (SIDE / max(place.width(), 1.0))

    def stroke(self, first: QPointF, last: QPointF, is_erasing: bool) -> None:
        """A line in pixels of the drawing."""
        painter = QPainter(self._ink)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            color = QColor("black" if is_erasing else "white")
            width = self.brush * (1.6 if is_erasing else 1.0)
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            if first == last:
                painter.drawPoint(first)
            else:
                painter.drawLine(first, last)
        finally:
            painter.end()
        self.update()
        self.drawn.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._last = self._on_sheet(event.position())
        self.stroke(self._last, self._last, self._erases(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None and event.buttons():
            now = self._on_sheet(event.position())
            self.stroke(self._last, now, self._erases(event))
            self._last = now

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def _erases(self, event: QMouseEvent) -> bool:
        return self.is_erasing or bool(event.buttons() & Qt.MouseButton.RightButton)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in steps:
            self._move(QPointF(*steps[key]) * STEP)
        elif key == Qt.Key.Key_Space:
            self._is_down = not self._is_down
            self._move(QPointF())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif key == Qt.Key.Key_E:
            self.set_erasing(not self.is_erasing)
        else:
            super().keyPressEvent(event)

    def _move(self, by: QPointF) -> None:
        before, now = self._pen, self._pen + by
        self._pen = QPointF(min(max(now.x(), 0), SIDE), min(max(now.y(), 0), SIDE))
        if self._is_down:
            self.stroke(before, self._pen, self.is_erasing)
        self.update()

    def event(self, event: QEvent) -> bool:
        # The pad's own keys are not the window's shortcuts while it has the keyboard.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_E, Qt.Key.Key_Left,
                   Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)  # fmt: skip
            if Qt.Key(event.key()) in own and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, place = theme_of(), self._place()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = self._ink.copy()
            if theme.name != "dark":
                shown.invertPixels()
            painter.drawImage(place, shown)
            color = theme.color("accent") if self.hasFocus() else theme.color("edge")
            painter.setPen(QPen(color, 2 if self.hasFocus() else 1))
            painter.drawRect(place)
            if self.is_empty:
                font = painter.font()
                font.setPixelSize(sized(NOTE))
                painter.setFont(font)
                painter.setPen(theme.color("muted"))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(place.adjusted(10, 10, -10, -10), flags, self.tr("Draw here"))
            if self.hasFocus():
                self._paint_pen(painter, place)
        finally:
            painter.end()

    def _paint_pen(self, painter: QPainter, place: QRectF) -> None:
        """Where the arrow keys are."""
        at = place.topLeft() + self._pen * (place.width() / SIDE)
        painter.setPen(QPen(theme_of().color("accent"), 2 if self._is_down else 1))
        for reach in (QPointF(6, 0), QPointF(0, 6)):
            painter.drawLine(at - reach, at + reach)

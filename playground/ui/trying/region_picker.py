"""Marking a part of the screen with the mouse, on a picture of it that fills the screen. Knows Qt alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QScreen
from PySide6.QtWidgets import QWidget

from playground.ui.theme import BODY, sized

SMALLEST = 4
"""Points of a side below which a mark was a click."""


def screen_picture(screen: QScreen) -> QImage:
    """What the screen shows now; null where the desktop does not allow it."""
    return screen.grabWindow(0).toImage()


class RegionPicker(QWidget):
    """Drag marks, release takes, Return takes all, Esc takes nothing."""

    picked = Signal(QImage)

    def __init__(self, picture: QImage, screen: QScreen, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Mark a part of the screen"))
        self._picture, self._screen = picture, screen
        self._first: QPoint | None = None
        self._marked = QRect()

    def begin(self) -> None:
        """Fill the screen."""
        self.setGeometry(self._screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._first = event.position().toPoint()
        self._marked = QRect()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._first is not None:
            self._marked = QRect(self._first, event.position().toPoint()).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._first = None
        if min(self._marked.width(), self._marked.height()) >= SMALLEST:
            self._take(self._marked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.rect())
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:  # the window's shortcuts count no more while it marks
            event.accept()
            return True
        return super().event(event)

    def _take(self, marked: QRect) -> None:
        across, down = self._picture.width() / max(1, self.width()), self._picture.height() / max(1, self.height())
        part = QRect(
            round(marked.x() * across), round(marked.y() * down),
            max(1, round(marked.width() * across)), max(1, round(marked.height() * down)),
        )  # fmt: skip
        self.picked.emit(self._picture.copy(part.intersected(self._picture.rect())))
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.drawImage(self.rect(), self._picture)
            painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
            if not self._marked.isEmpty():
                painter.setClipRect(self._marked)
                painter.drawImage(self.rect(), self._picture)
                painter.setClipping(False)
                painter.setPen(QPen(QColor("white"), 2))
                painter.drawRect(self._marked)
            font = painter.font()
            font.setPixelSize(sized(BODY * 1.5))
            painter.setFont(font)
            painter.setPen(QColor("white"))
            words = self.tr("Drag over what the network is to see. Return: all of it. Esc: nothing.")
            painter.drawText(self.rect().adjusted(0, 24, 0, 0), Qt.AlignmentFlag.AlignHCenter, words)
        finally:
            painter.end()

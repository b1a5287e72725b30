"""What the painted parts of views share. Knows Qt and the theme, nothing of networks."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from playground.ui.theme import NOTE, enlargement, sized

SHARE = 0.82
"""Of a pane's height that one picture may take."""


AIR = 17
"""Pixels around it in presentation mode, where it has the whole pane."""


class Painted(QWidget):
    """A widget that paints itself, and repaints when its size or its focus changes."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            font = painter.font()
            font.setPixelSize(sized(NOTE))
            painter.setFont(font)
            self.paint(painter)
        finally:
            painter.end()

    def fit_to_room(self) -> None:
        """Take the height that suits the pane it stands in, which has another size."""

    def paint(self, painter: QPainter) -> None:
        """Draw it; the small type is set."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def room_for(widget: QWidget, usual: float) -> float:
    """How high a picture may be: the usual, or most of the pane that it is scrolled in, where that is higher."""
    pane = widget.parentWidget()
    while pane is not None and not isinstance(pane, QScrollArea):
        pane = pane.parentWidget()
    if pane is not None and enlargement() > 1:  # a class sees what needs no scrolling
        return float(pane.height() - AIR)
    return usual if pane is None else max(usual, SHARE * pane.height())


def kept_shape(image: QImage, place: QRectF) -> QRectF:
    """The largest place within one that has the picture's own shape."""
    if image.isNull():
        return place
    scale = min(place.width() / image.width(), place.height() / image.height())
    if scale * image.height() < place.height() / 3:  # a thin strip is seen better stretched
        return place
    width, height = image.width() * scale, image.height() * scale
    return QRectF(place.left(), place.top(), width, height)

"""A small picture of a project for file browsers: its network, as exchange/figure.py draws it. Opens no window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

from playground.app.document import Document
from playground.exchange.figure import figure
from playground.ui.offscreen import ready_to_draw


def thumbnail(document: Document, side: int) -> QImage:
    """The network within a square of so many pixels, on white, its shape kept."""
    ready_to_draw()
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    if not document.graph.nodes:
        return image
    drawing = QSvgRenderer(QByteArray(figure(document).encode()))
    size = drawing.defaultSize().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, top = (side - size.width()) / 2, (side - size.height()) / 2
    drawing.render(painter, QRectF(left, top, size.width(), size.height()))
    painter.end()
    return image


def write_thumbnail(document: Document, side: int, path: Path) -> bool:
    """Write it as PNG, whatever the file's name ends in; False if it cannot be written."""
    return QImageWriter(str(path), QByteArray(b"PNG")).write(thumbnail(document, side))

"""The network's figure as PNG or PDF: Qt draws the SVG that playground.exchange.figure writes. Needs no window."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgRenderer

from playground.ui.offscreen import ready_to_draw

FINE = 2.0
"""Pixels of a PNG for each of the figure's, so that a print is sharp."""
MOST_SIDE = 16_000
"""Pixels of a PNG's side; a larger network is drawn coarser."""
DOTS = 96
"""A PDF's figure units an inch."""


def drawn(svg: str, kind: str) -> bytes:
    """The file's content. kind: "png" or "pdf"."""
    ready_to_draw()
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    return _png(renderer) if kind == "png" else _pdf(renderer)


def _png(renderer: QSvgRenderer) -> bytes:
    size = renderer.defaultSize()
    scale = min(FINE, MOST_SIDE / max(size.width(), size.height(), 1))
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _pdf(renderer: QSvgRenderer) -> bytes:
    size = renderer.defaultSize()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Neural Network Playground")
    page = QPageSize(QSizeF(size.width() / DOTS, size.height() / DOTS), QPageSize.Unit.Inch)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    painter = QPainter(writer)
    renderer.render(painter)
    painter.end()
    return bytes(buffer.data().data())

"""A project in the size of a stamp: cards, wires, and the curve of the validation loss. Files: app/miniatures.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QImageReader, QPainter, QPen, QPixmap, QPolygonF

from playground.app import miniatures
from playground.engine.epochs import Epochs
from playground.ui.canvas.scene import NetworkScene
from playground.ui.theme import THEMES, Theme

SIZE = QSize(120, 48)
"""In points of the screen; pictures have twice as many pixels a side."""
RATIO = 2
SHARE = 0.36
"""Of the width that the curve takes, where there is one."""
MOST_DRAWN = 2000
"""Cards, and wires."""


def keep_miniature(project: Path, network: NetworkScene, epochs: Epochs) -> None:
    """Draw what is on the canvas, in both themes, for that file."""
    losses = epochs.values("valid")
    losses = losses[np.isfinite(losses)]
    drawn = {name: _as_png(drawing(network, losses, theme)) for name, theme in THEMES.items()}
    miniatures.keep(project, drawn)


def drawing(network: NetworkScene, losses: NDArray[np.float64], theme: Theme) -> QImage:
    """Cards in the colours of their families, and the losses to their right."""
    made = QImage(SIZE * RATIO, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(RATIO)
    made.fill(theme.color("panel"))
    whole = QRectF(0, 0, SIZE.width(), SIZE.height()).adjusted(5, 5, -5, -5)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    right = whole.width() * SHARE if len(losses) > 1 else 0.0
    _draw_network(painter, network, whole.adjusted(0, 0, -right, 0), theme)
    if right:
        _draw_curve(painter, losses, whole.adjusted(whole.width() - right + 6, 4, 0, -4), theme)
    painter.setPen(theme.color("border"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(0.5, 0.5, SIZE.width() - 1, SIZE.height() - 1))
    painter.end()
    return made


def _draw_network(painter: QPainter, network: NetworkScene, place: QRectF, theme: Theme) -> None:
    cards = {id: QRectF(item.pos(), item.body.size()) for id, item in list(network.nodes.items())[:MOST_DRAWN]}
    if not cards:
        return
    content = QRectF()
    for card in cards.values():
        content = content.united(card)
    scale = min(place.width() / content.width(), place.height() / content.height(), 0.3)
    shift = place.center() - content.center() * scale
    painter.setPen(QPen(theme.color("edge"), 0.8))
    for edge in list(network.edges)[:MOST_DRAWN]:
        if edge.source in cards and edge.target in cards:
            painter.drawLine(cards[edge.source].center() * scale + shift, cards[edge.target].center() * scale + shift)
    for id, card in cards.items():
        corner = card.topLeft() * scale + shift
        wide, high = max(card.width() * scale, 1.5), max(card.height() * scale, 1.5)
        painter.fillRect(
            QRectF(corner.x(), corner.y(), wide, high), QColor(theme.family[network.nodes[id].layer.family])
        )


def _draw_curve(painter: QPainter, losses: NDArray[np.float64], place: QRectF, theme: Theme) -> None:
    step = max(1, len(losses) // int(place.width() * RATIO))
    shown = [*losses[::step].tolist(), float(losses[-1])]
    low, high = min(shown), max(shown)
    across, up = place.width() / (len(shown) - 1), place.height() / ((high - low) or 1.0)
    points = [QPointF(place.left() + at * across, place.bottom() - (loss - low) * up) for at, loss in enumerate(shown)]
    painter.setPen(QPen(theme.color("valid"), 1.4))
    painter.drawPolyline(QPolygonF(points))


def _as_png(picture: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(content.data())


def miniature(project: Path, theme: Theme) -> QIcon | None:
    """What is kept of that project, if it can be shown."""
    content = miniatures.kept(project, theme.name)
    if content is None:
        return None
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"png")
    if reader.size() != SIZE * RATIO:  # looked up before it is unpacked
        return None
    picture = reader.read()
    if picture.isNull():
        return None
    picture.setDevicePixelRatio(RATIO)
    return QIcon(QPixmap.fromImage(picture))


def no_miniature() -> QIcon:
    """As much room, empty."""
    empty = QPixmap(SIZE)
    empty.fill(Qt.GlobalColor.transparent)
    return QIcon(empty)

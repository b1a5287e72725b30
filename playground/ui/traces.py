"""Sequences as people read them: numbers over time as lines, symbols as letters.

Knows Qt, numpy and the theme, nothing of networks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.ui.theme import theme_of

FEW = 3
"""Channels that are told apart as lines in one picture; more are cells of colour."""
ROLES = ("train", "valid", "text")
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
SHARP = 160
"""Pixels that a picture of lines is high at least: in a window of its own it is drawn large."""
IN_ROW = 10
"""Symbols that stand in one row; of more, rows are made that together are wide rather than high."""


def is_traced(values: NDArray[Any]) -> bool:
    """Whether an array (steps, channels) is drawn as lines."""
    return values.ndim == 2 and values.shape[0] > 1 and 0 < values.shape[1] <= FEW


def paint_traces(painter: QPainter, place: QRectF, curves: NDArray[Any], pen_width: float = 1.6) -> None:
    """Curves (channels, steps), each value in the middle of its step, from the smallest of all to the largest."""
    theme, values = theme_of(), np.nan_to_num(np.asarray(curves, dtype=np.float64))
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    room, reach = place.adjusted(0, 4, 0, -4), (high - low) or 1.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(place, theme.color("button"))
    painter.setPen(QPen(theme.color("muted"), 1))
    zero = room.bottom() + low / reach * room.height()
    painter.drawLine(QPointF(place.left(), zero), QPointF(place.right(), zero))
    x = place.left() + (np.arange(values.shape[1]) + 0.5) * place.width() / values.shape[1]
    for number, curve in enumerate(values):
        y = room.bottom() - (curve - low) / reach * room.height()
        painter.setPen(QPen(theme.color(ROLES[number % FEW]), pen_width, STYLES[number % FEW]))
        painter.drawPolyline([QPointF(*at) for at in np.column_stack([x, y]).tolist()])
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def paint_symbols(painter: QPainter, place: QRectF, symbols: Sequence[str], in_row: int | None = None) -> None:
    """A symbol in each cell of as many rows as are needed; a blank is shown as ␣."""
    columns = in_row or columns_of(len(symbols))
    rows = -(-len(symbols) // columns) or 1
    wide, high = place.width() / columns, place.height() / rows
    theme, longest = theme_of(), max((len(symbol) for symbol in symbols), default=1)
    painter.save()
    painter.fillRect(place, theme.color("button"))
    font = painter.font()
    font.setPixelSize(max(5, int(min(0.72 * high, 1.5 * wide / max(longest, 1)))))
    painter.setFont(font)
    for number, symbol in enumerate(symbols):
        row, column = divmod(number, columns)
        cell = QRectF(place.left() + column * wide, place.top() + row * high, wide, high)
        painter.setPen(QPen(_pale("border"), 1))
        painter.drawRect(cell)
        painter.setPen(theme.color("text"))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "␣" if symbol == " " else symbol)
    painter.restore()


def columns_of(symbols: int) -> int:
    """How many of so many symbols stand in a row."""
    return max(1, symbols if symbols <= IN_ROW else max(IN_ROW, math.ceil(math.sqrt(7 * symbols))))


def rows_of(symbols: int) -> int:
    """How many rows so many symbols take."""
    return max(1, -(-symbols // columns_of(symbols)))


def is_drawn(image: QImage) -> bool:
    """Whether it is lines or letters, which keep their shape; cells of colour may be stretched."""
    return image.format() == QImage.Format.Format_RGB32


def trace_image(curves: NDArray[Any], side: int, shape: float = 3.0) -> QImage:
    """The curves (channels, steps) as a picture, `shape` times as wide as high and sharp at twice the height `side`."""
    height = max(2 * side, SHARP)
    image = _blank(round(height * shape), height)
    painter = QPainter(image)
    try:
        paint_traces(painter, QRectF(image.rect()), curves, height / 55)
    finally:
        painter.end()
    return image


def symbols_image(symbols: Sequence[str], side: int) -> QImage:
    """The symbols as a picture, twice as sharp as a row of `side` pixels."""
    columns = columns_of(len(symbols))
    longest = max((len(symbol) for symbol in symbols), default=1)
    image = _blank(round(columns * side * max(1.4, 0.9 * longest)), 2 * side * rows_of(len(symbols)))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_symbols(painter, QRectF(image.rect()), symbols)
    finally:
        painter.end()
    return image


def widened(values: NDArray[Any]) -> NDArray[Any]:
    """An array (units, steps), its steps repeated where it would be higher than wide: time needs no square cells."""
    height, width = values.shape
    return np.repeat(values, 2 * height // width + 1, axis=1) if 0 < width < height else values


def _blank(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(theme_of().color("button"))
    return image


def _pale(role: str) -> QColor:
    color = theme_of().color(role)
    color.setAlphaF(0.6)
    return color

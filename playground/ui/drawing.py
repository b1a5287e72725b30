"""How figures and pictures are put: rounded numbers, icons in the theme's colour, arrays as images.

Knows Qt and the theme, nothing of the session.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from playground.app.assets import asset
from playground.ui.theme import THEMES, theme_of


def compact(count: float) -> str:
    """A count in three digits at most: 330, 7.4 k, 3.1 M, 138 M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            value = count / size
            return f"{value:.0f} {letter}" if value >= 100 else f"{value:.1f} {letter}"
    return f"{count:,.0f}"


def figure(value: float) -> str:
    """A measured value in three digits, with a proper minus; a dash where there is none.

    >>> figure(-0.012345), figure(-0.0), figure(1234567.0), figure(5e-5), figure(float("nan"))
    ('−0.0123', '0', '1.23e6', '5e−5', '–')
    """
    if math.isnan(value):
        return "–"
    value += 0.0  # −0 is 0
    return re.sub(r"e([+-])0*", lambda found: "e" + found[1].strip("+"), f"{value:.3g}").replace("-", "−")


def epoch_words(epoch: float) -> str:
    """A moment of training: a whole number at an epoch's end.

    >>> epoch_words(5300.0), epoch_words(5300.625)
    ('5300', '5300.62')
    """
    return f"{epoch:.2f}".removesuffix(".00")


def moment_words(epoch: float) -> str:
    """A moment of training where it stands by itself; epochs are counted from 1.

    >>> moment_words(5300.0), moment_words(130.0625)
    ('epoch 5300', 'within epoch 131 (6 %)')
    """
    if float(epoch).is_integer():
        return QCoreApplication.translate("Moments", "epoch %1").replace("%1", f"{epoch:.0f}")
    words = QCoreApplication.translate("Moments", "within epoch %1 (%2 %)")
    return words.replace("%1", str(int(epoch) + 1)).replace("%2", f"{100 * (epoch % 1):.0f}")


def chance(share: float) -> str:
    """A probability as people read it.

    No softmax and no sigmoid is ever 0 or 1: where it looks so, that is rounding.

    >>> chance(0.123), chance(1.0), chance(3.75e-14), chance(0.9996)
    ('12.3 %', '> 99.9 %', '< 0.1 %', '> 99.9 %')
    """
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    return f"{100 * share:.3g} %"


def icon(name: str, color: str | None = None) -> QIcon:
    """One of the icons that come with the program, in the text's colour of the present theme."""
    return QIcon(_pixmap(name, color or theme_of().text))


@lru_cache(maxsize=256)
def _pixmap(name: str, color: str) -> QPixmap:
    source = asset("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    made = QPixmap(QSize(48, 48))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter)
    painter.end()
    return made


def _rgb(color: str) -> NDArray[np.float64]:
    chosen = QColor(color)
    return np.array([chosen.red(), chosen.green(), chosen.blue()], dtype=np.float64)


@lru_cache(maxsize=8)
def _diverging(name: str) -> NDArray[np.uint8]:
    """256 colours of a theme from orange through neutral to blue."""
    theme = THEMES[name]
    low, middle, high = (_rgb(color) for color in (theme.negative, theme.neutral, theme.positive))
    share = np.linspace(-1, 1, 256)[:, None]
    ends = np.where(share < 0, low, high)
    return (middle + (ends - middle) * np.abs(share)).astype(np.uint8)


def signed_image(values: NDArray[Any], reach: float | None = None) -> QImage:
    """An array (height, width) on the diverging scale: −reach is orange, 0 neutral, +reach blue; row 0 on top.

    NaN, which fills up the beginning of shorter sequences, is neutral.
    """
    values = _finite(values)
    limit = reach if reach is not None else float(np.abs(values).max(initial=0.0))
    scaled = np.clip(values / (limit or 1.0), -1, 1)
    return image_of(_diverging(theme_of().name).take(((scaled + 1) * 127.5).astype(np.uint8), axis=0))


Range = tuple[float, float]


def grey_image(values: NDArray[Any], ends: Range | None = None) -> QImage:
    """An array (height, width) from its smallest value, white (dark theme: black), to its largest; or between ends."""
    share = _share(_finite(values), ends)
    grey = (share if theme_of().name == "dark" else 1 - share) * 255
    return image_of(np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2))


def example_image(values: NDArray[Any], ends: Range | None = None) -> QImage:
    """An example (channels, height, width) as a picture: three channels as colours, else the first in grey."""
    if values.shape[0] == 3:
        return image_of((_share(values.transpose(1, 2, 0), ends) * 255).astype(np.uint8))
    return grey_image(values[0], ends)


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    """The values as numpy's nan_to_num gives them, which costs more than all else where nothing has to be changed."""
    return values if np.isfinite(values.sum()) else np.nan_to_num(values)


def _share(values: NDArray[Any], ends: Range | None) -> NDArray[Any]:
    """Where each value stands between two, from 0 to 1; usually between the smallest and the largest."""
    low, high = ends or (float(values.min()), float(values.max()))
    share: NDArray[Any] = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    return share


def curve_image(values: NDArray[Any], reach: float, side: int, chosen: int = 0) -> QImage:
    """Curves (curves, steps) from −reach to +reach around a line at 0, one of them strong; twice as sharp as `side`."""
    theme, points, height = theme_of(), values.shape[1], 2.0 * side
    width = min(max(height, 6.0 * points), 3 * height)
    image = QImage(round(width), round(height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.color("button"))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.drawLine(QPointF(0, height / 2), QPointF(width, height / 2))
        x = (np.arange(points) + 0.5) * width / points
        for number in sorted(range(len(values)), key=lambda number: number == chosen):
            y = height / 2 - np.nan_to_num(values[number]) / (reach or 1) * (height / 2 - 4)
            color = theme.color("train")
            color.setAlphaF(1.0 if number == chosen else 0.25)
            painter.setPen(QPen(color, 3 if number == chosen else 1.5))
            dots = np.column_stack([x, y])  # at last those of the chosen one
            painter.drawPolyline([QPointF(*place) for place in dots])
    finally:
        painter.end()
    if points <= 32:
        _dots(image, dots, theme.color("train"), 7)
    return image


def plane_image(points: NDArray[Any], side: int) -> tuple[QImage, NDArray[np.float64]]:
    """Points (n, 2) of the plane as pale dots, twice as sharp as `side`, and where each is in the image, (n, 2)."""
    edge, size = 2.0 * side, np.ptp(points, axis=0).max() or 1.0
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    places = (points - middle) / size * (edge - 12) * [1, -1] + edge / 2
    image = QImage(round(edge), round(edge), QImage.Format.Format_RGB32)
    image.fill(theme_of().color("button"))
    _dots(image, places, theme_of().color("muted"), 3)
    return image, places


def marked(image: QImage, place: NDArray[np.float64]) -> QImage:
    """A copy with a large dot at one place of a plane_image."""
    copy = image.copy()
    _dots(copy, place[None], theme_of().color("text"), 14)
    return copy


def _dots(image: QImage, places: NDArray[np.float64], color: QColor, width: float) -> None:
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints([QPointF(*place) for place in places])
    finally:
        painter.end()


def draw_framed(painter: QPainter, place: QRectF, image: QImage) -> None:
    """A picture with a hairline round it: much of it may have the colour of the ground."""
    # What is made smaller is smoothed; what is made larger shows its pixels.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > place.width())
    painter.drawImage(place, image)
    color = theme_of().color("edge")
    color.setAlphaF(0.6)
    pen = QPen(color, 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))


def image_of(colors: NDArray[np.uint8]) -> QImage:
    """Red, green and blue (height, width, 3) as a picture."""
    height, width, _ = colors.shape
    data = np.ascontiguousarray(colors)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

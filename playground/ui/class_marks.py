"""How classes of points look: each has a colour and a form of its own, the same in every picture of the plane."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from playground.data.dataset import Examples
from playground.ui.drawing import image_of
from playground.ui.theme import CLASSES, theme_of


def class_color(label: int) -> QColor:
    """Of a class, from 0: the first two are the ends of the diverging scale."""
    theme = theme_of()
    if label < 2:
        return theme.color(("negative", "positive")[label])
    others = CLASSES[theme.name]
    return QColor(others[(label - 2) % len(others)])


def _corners(count: int, turn: float, inner: float = 1.0) -> tuple[tuple[float, float], ...]:
    """Corners around (0, 0), 1 from it, or in turn 1 and inner."""
    angles = [turn + 2 * math.pi * number / count for number in range(count)]
    reach = [1.0 if number % 2 == 0 else inner for number in range(count)]
    return tuple((math.sin(angle) * far, -math.cos(angle) * far) for angle, far in zip(angles, reach, strict=True))


_CIRCLE: tuple[tuple[float, float], ...] = ()
FORMS = (
    _CIRCLE, _corners(4, math.pi / 4), _corners(3, 0), _corners(4, 0), _corners(3, math.pi), _corners(10, 0, 0.45),
    _corners(8, 0, 0.4), _corners(8, math.pi / 4, 0.4), _corners(6, 0),
)  # fmt: skip
"""Circle, square, triangle, diamond, triangle downwards, star, and so on."""


def paint_mark(painter: QPainter, at: QPointF, label: int, radius: float) -> None:
    """The form of a class around a place, with the painter's present pen and brush."""
    form = FORMS[label % len(FORMS)]
    if not form:
        painter.drawEllipse(at, radius, radius)
    else:
        reach = radius * (1.2 if len(form) < 6 else 1.4)
        painter.drawPolygon(QPolygonF([QPointF(at.x() + x * reach, at.y() + y * reach) for x, y in form]))


def paint_marks(painter: QPainter, places: Iterable[QPointF], labels: Iterable[int], radius: float) -> None:
    """Marks of many points, each in its class's form and colour."""
    colors: dict[int, QColor] = {}
    for at, label in zip(places, labels, strict=True):
        painter.setBrush(colors.setdefault(label, class_color(label)))
        paint_mark(painter, at, label, radius)


def labels_of(examples: Examples) -> NDArray[np.int64]:
    """The class of each example; of numbers, which side of 0 it is on: then forms would say too much."""
    values = np.asarray(examples.dataset.targets, dtype=float).reshape(len(examples.dataset.targets), -1)[:, 0]
    return (values > 0).astype(np.int64) if examples.targets is not None else values.astype(np.int64)


def paint_examples(
    painter: QPainter, examples: Examples, places: NDArray[np.floating], radius: float, most: int
) -> None:
    """The training points; places: (n, 2) where each example is in the picture. At most so many, evenly chosen."""
    rows = examples.train.rows[:: max(1, len(examples.train.rows) // most)]
    labels = labels_of(examples)[rows].tolist()
    points = [QPointF(x, y) for x, y in places[rows].tolist()]
    if examples.targets is None:
        paint_marks(painter, points, labels, radius)
        return
    for at, label in zip(points, labels, strict=True):
        painter.setBrush(class_color(label))
        painter.drawEllipse(at, radius, radius)


def class_image(chances: NDArray[np.floating]) -> QImage:
    """Chances (classes, height, width): the likeliest class's colour, the paler the less sure; row 0 on top."""
    classes = len(chances)
    best = chances.argmax(axis=0)
    sure = np.clip((chances.max(axis=0) - 1 / classes) / (1 - 1 / classes), 0, 1)[..., None]
    colors = np.array([_rgb(class_color(label)) for label in range(classes)], np.float64)
    neutral = np.array(_rgb(theme_of().color("neutral")), np.float64)
    return image_of((neutral + (colors[best] - neutral) * sure).astype(np.uint8))


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def paint_legend(painter: QPainter, place: QRectF, names: Iterable[str]) -> None:
    """Each class's mark and name in a row."""
    theme, left = theme_of(), place.left()
    for label, name in enumerate(names):
        wide = 16 + painter.fontMetrics().horizontalAdvance(name)
        if left + wide > place.right():
            break
        painter.setPen(theme.color("panel"))
        painter.setBrush(class_color(label))
        paint_mark(painter, QPointF(left + 5, place.center().y()), label, 4)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(left + 13, place.top(), wide, place.height()), 0x80, name)
        left += wide + 10

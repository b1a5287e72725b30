"""A field over the input plane, large: axes, colours and their range, the line where it is 0, points, a chosen place.

Knows nothing of networks: what is shown is given as arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPicture
from PySide6.QtWidgets import QSizePolicy

from playground.data.dataset import Examples
from playground.ui.axes import Axes, Extent, room_below, room_left
from playground.ui.class_marks import class_image, paint_examples, paint_legend
from playground.ui.contour import zero_lines
from playground.ui.drawing import figure, signed_image
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import Painted, room_for

STEP = 1 / 40
"""Of the plane's width that an arrow key moves the chosen place."""
RAMP = 7.0
SMALL = 210
"""Pixels of height below which the square alone is drawn."""


@dataclass(frozen=True, eq=False)
class Field:
    """What a PlaneMap shows. Row 0 of every array is the smallest y."""

    extent: Extent
    values: NDArray[np.floating]
    """(side, side), signed; or the chances of more than two classes, (classes, side, side)."""
    words: str = ""
    """Over the picture: what it is."""
    reach: float | None = None
    """What full colour stands for; None for the largest size there is."""
    ends: tuple[str, str, str] | None = None
    """Below the colours, instead of −reach, 0 and +reach."""
    line: NDArray[np.floating] | None = None
    """(side, side): a line is drawn where it is 0."""
    other: NDArray[np.floating] | None = None
    """(side, side): a thinner, dotted line is drawn where it is 0."""
    names: tuple[str, str] = field(default=("x", "y"))

    @property
    def limit(self) -> float:
        """What full colour stands for."""
        return self.reach if self.reach is not None else float(np.abs(self.values).max(initial=0.0))


class PlaneMap(Painted):
    """One field, as large as there is room. A click or the arrow keys choose a place."""

    pointed = Signal(float, float)
    """The place under the mouse, in the data's coordinates."""
    chosen = Signal(float, float)
    """A place clicked, or reached with the arrow keys."""
    left = Signal()

    def __init__(self, name: str = "", most: int = 420) -> None:
        """most: pixels of its height, unless the pane has more."""
        super().__init__()
        self.setAccessibleName(name)
        self.most, self.most_share = most, 1.0
        """Of the pane's height that it may take, of what a picture may."""
        self.limit: float | None = None
        """Pixels of its height, whatever the pane has; below SMALL it does without title, axes and scale."""
        self.field: Field | None = None
        self._image: QImage | None = None
        self._lines: list[tuple[NDArray[np.float64], tuple[int, ...], bool]] = []
        self.examples: Examples | None = None
        """Whose training points are drawn."""
        self._points: tuple[tuple[Axes, str, Examples], QPicture] | None = None
        """They stay where they are while the field changes under them: recorded once, since 300 calls take long."""
        self.place: tuple[float, float] | None = None
        """The chosen place, or the one under the mouse: a cross."""
        self.dots: list[tuple[float, float, str]] = []
        """Places that stand out, each with its words."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_field(self, found: Field | None, examples: Examples | None = None) -> None:
        """Show a field, with the training points of those examples; None for nothing."""
        self.field, self.examples, self._image, self._lines = found, examples, None, []
        if found is not None:
            is_chances = found.values.ndim == 3
            values = found.values[..., ::-1, :]
            self._image = class_image(values) if is_chances else signed_image(values, found.limit)
            for line, dashed in ((found.other, True), (found.line, False)):
                if line is not None:
                    self._lines.append((zero_lines(line), line.shape, dashed))
        self.update()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def fit_to_room(self) -> None:
        """Take the height that suits the pane."""
        self._fit()

    def _line(self) -> int:
        return sized(NOTE) + 6

    def _fit(self) -> None:
        most = self.limit or room_for(self, self.most) * self.most_share
        left, around = self._around()
        least = 60.0 if self._is_bare else 120.0
        self.setFixedHeight(round(max(min(self.width() - left - 8, most - around), least) + around))

    @property
    def _is_bare(self) -> bool:
        """Whether there is room for the square alone."""
        return self.limit is not None and self.limit < SMALL

    def _metrics(self) -> QFontMetrics:
        """Of the type that it is painted with."""
        font = self.font()
        font.setPixelSize(sized(NOTE))
        return QFontMetrics(font)

    def axes(self) -> Axes | None:
        """Where the square is."""
        if self.field is None:
            return None
        left, around = self._around()
        side = max(min(self.width() - left - 8.0, self.height() - around), 20.0)
        indent = left + max(0.0, (self.width() - left - 8 - side) / 2)
        return Axes(QRectF(indent, self._title_height(), side, side), self.field.extent)

    def _title_height(self) -> float:
        return 2.0 if self._is_bare else 2.0 * self._line() - 2

    def _around(self) -> tuple[float, float]:
        """Pixels left of the square, and above and below it."""
        metrics = self._metrics()
        if self._is_bare:
            return 2.0, 4.0
        return room_left(metrics), self._title_height() + room_below(metrics) + RAMP + self._line() + 8

    def paint(self, painter: QPainter) -> None:
        found, axes = self.field, self.axes()
        if found is None or axes is None or self._image is None:
            return
        theme, place = theme_of(), axes.place
        painter.setPen(theme.color("text"))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        words = found.words
        if painter.fontMetrics().horizontalAdvance(words) > self.width():
            words = words.replace(" · ", "\n")
        if not self._is_bare:
            painter.drawText(QRectF(0, 0, self.width(), place.top() - 2), flags, words)
        self.setToolTip(words if self._is_bare else "")
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        if not self._is_bare:
            axes.paint(painter, found.names)
        self._paint_points(painter, axes)
        for lines, shape, dashed in self._lines:
            axes.paint_lines(painter, lines, shape, dashed)
        self._paint_dots(painter, axes)
        if not self._is_bare:
            self._paint_scale(painter, place, found)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(place.adjusted(-2, -2, 2, 2))

    def _paint_points(self, painter: QPainter, axes: Axes) -> None:
        examples = self.examples
        if examples is None or examples.dataset.plane is None:
            return
        drawn_as = axes, theme_of().name, examples
        if self._points is None or self._points[0] != drawn_as:
            self._points = drawn_as, _points_of(examples, examples.dataset.plane, axes)
        painter.save()
        painter.setClipRect(axes.place)
        self._points[1].play(painter)
        painter.restore()

    def _paint_dots(self, painter: QPainter, axes: Axes) -> None:
        theme = theme_of()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x, y, words in self.dots:
            at = axes.at(x, y)
            painter.setPen(QPen(theme.color("panel"), 2))
            painter.setBrush(theme.color("text"))
            painter.drawEllipse(at, 5.5, 5.5)
            self._paint_words(painter, axes.place, at, words)
        if self.place is not None:
            at = axes.at(*self.place)
            for color, width in ((theme.color("panel"), 4.0), (theme.color("text"), 1.6)):
                painter.setPen(QPen(color, width))
                painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
                painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))

    def _paint_words(self, painter: QPainter, place: QRectF, at: QPointF, words: str) -> None:
        """Beside a dot, on a ground of their own, within the picture."""
        if not words:
            return
        metrics = painter.fontMetrics()
        room = QRectF(at.x() + 7, at.y() - metrics.height(), metrics.horizontalAdvance(words) + 4, metrics.height())
        if room.right() > place.right():
            room.moveRight(at.x() - 7)
        room.moveTop(max(room.top(), place.top() + 1))
        ground = theme_of().color("panel")
        ground.setAlphaF(0.75)
        painter.fillRect(room, ground)
        painter.setPen(theme_of().color("text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_scale(self, painter: QPainter, place: QRectF, found: Field) -> None:
        """The colours and what they stand for."""
        top = place.bottom() + room_below(painter.fontMetrics()) + 4
        if found.values.ndim == 3:
            names = self.examples.dataset.class_names if self.examples is not None else ()
            paint_legend(painter, QRectF(place.left(), top, place.width(), self._line()), names)
            return
        ramp = signed_image(np.linspace(-1, 1, 64)[None, :], 1.0)
        bar = QRectF(place.left(), top, place.width(), RAMP)
        painter.drawImage(bar, ramp)
        painter.setPen(theme_of().color("muted"))
        limit = figure(found.limit)
        flags = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        ends = found.ends or ((f"−{limit}", "0", f"+{limit}") if found.limit else ("", "0", ""))
        for words, flag in zip(ends, flags, strict=True):
            painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), self._line()), flag, words)

    # Hands

    def _under(self, at: QPointF) -> tuple[float, float] | None:
        axes = self.axes()
        return axes.under(at) if axes is not None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._under(event.position())
        if found is not None:
            self.pointed.emit(*found)
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._under(event.position())
        if found is not None:
            self.chosen.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        key = Qt.Key(event.key())
        if key not in step or self.field is None:
            super().keyPressEvent(event)
            return
        left, right, low, high = self.field.extent
        x, y = self.place or ((left + right) / 2, (low + high) / 2)
        across, up = step[key]
        x, y = x + across * STEP * (right - left), y + up * STEP * (high - low)
        self.chosen.emit(min(max(x, left), right), min(max(y, low), high))


def _points_of(examples: Examples, plane: NDArray[np.floating], axes: Axes) -> QPicture:
    """The training points as they are painted; plane: (n, 2) coordinates of all examples."""
    picture = QPicture()
    painter = QPainter(picture)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of().color("panel"), 0.8))
        radius = min(2.4, 1.0 + axes.place.width() / 150) + axes.place.width() / 400
        paint_examples(painter, examples, axes.many(plane), radius, most=300)
    finally:
        painter.end()
    return picture

"""Some examples, each above what becomes of it: pictures, curves, or points that moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.app.augmenting import Changed
from playground.ui.drawing import example_image
from playground.ui.theme import sized, theme_of

GAP = 8
"""Pixels between two pictures."""
MOST_CHANNELS = 3
"""Curves of one series that are drawn."""


class BeforeAfter(QWidget):
    """A column an example: as it is, then as it comes in three epochs."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Changed | None = None
        self.pictures: list[list[QImage]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Training examples before and after"))

    @property
    def found(self) -> Changed | None:
        """What is shown."""
        return self._found

    def show_changed(self, found: Changed | None) -> None:
        self._found = found
        self.pictures = []
        if found is not None and found.before.ndim == 4:
            rows = [found.before, *found.after]
            self.pictures = [[example_image(each, found.ends) for each in row] for row in rows]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sized(460), sized(420))

    def paintEvent(self, event: QPaintEvent) -> None:
        found, painter = self._found, QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if found is None:
                painter.setPen(theme_of().color("muted"))
                words = self.tr("Training examples before and after come here …")
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            elif found.before.ndim == 2:
                self._paint_points(painter, found)
            else:
                self._paint_grid(painter, found)
        finally:
            painter.end()

    def _paint_grid(self, painter: QPainter, found: Changed) -> None:
        theme, line = theme_of(), painter.fontMetrics().height()
        count, rows = len(found.before), 1 + len(found.after)
        heads = [self.tr("as it is"), *(self.tr("epoch %1").replace("%1", str(row)) for row in range(1, rows))]
        margin = max(painter.fontMetrics().horizontalAdvance(words) for words in heads) + GAP
        width = (self.width() - margin) / max(count, 1) - GAP
        height = self.height() / rows - GAP - line
        if found.before.ndim == 4:
            width = height = min(width, height)
        for row in range(rows):
            top = row * (height + GAP + line)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(0, top, margin, height), Qt.AlignmentFlag.AlignVCenter, heads[row])
            for at in range(count):
                place = QRectF(margin + at * (width + GAP), top, width, height)
                if self.pictures:
                    painter.drawImage(place, self.pictures[row][at])
                elif found.before.ndim == 3:
                    self._paint_series(painter, place, found, row, at)
                name = found.names[at] if row == 0 else found.mixed[row - 1][at] if found.mixed else ""
                painter.setPen(theme.color("text" if row == 0 else "muted"))
                below = QRectF(place.left(), place.bottom(), width + GAP - 2, line)
                shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(below.width()))
                painter.drawText(below, Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_series(self, painter: QPainter, place: QRectF, found: Changed, row: int, at: int) -> None:
        """The changed curve over the one it was."""
        theme = theme_of()
        painter.fillRect(place, theme.color("button"))
        pens = {"before": QPen(theme.color("muted"), 1), "after": QPen(theme.color("train"), 1.5)}
        if row:
            _curve(painter, place, found.before[at], found.ends, pens["before"])
            _curve(painter, place, found.after[row - 1][at], found.ends, pens["after"])
        else:
            _curve(painter, place, found.before[at], found.ends, pens["after"])

    def _paint_points(self, painter: QPainter, found: Changed) -> None:
        """The first two columns of each example, and where it comes to lie: grey before, blue after."""
        theme, line = theme_of(), painter.fontMetrics().height()
        before, after = _first_two(found.before), [_first_two(each) for each in found.after]
        every = np.concatenate([before, *after])
        low = every.min(0)
        reach = max(float((every.max(0) - low).max()), 1e-6)
        side = min(self.width(), self.height() - 2 * line) - 2.0 * GAP
        frame = QRectF((self.width() - side) / 2, GAP, side, side)
        painter.fillRect(frame, theme.color("button"))
        inner = frame.adjusted(12, 12, -12, -12)

        def at(point: NDArray[np.float32]) -> QPointF:
            x, y = (point - low) / reach
            return QPointF(inner.left() + x * inner.width(), inner.bottom() - y * inner.height())

        for number, point in enumerate(before):
            for each in after:
                painter.setPen(QPen(theme.color("edge"), 1))
                painter.drawLine(at(point), at(each[number]))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("train"))
                painter.drawEllipse(at(each[number]), 3.5, 3.5)
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.setBrush(theme.color("button"))
            painter.drawEllipse(at(point), 5, 5)
        words = self.tr("rings: examples as they are, first two inputs; blue: as they come in three epochs")
        painter.setPen(theme.color("muted"))
        below = QRectF(0, frame.bottom() + GAP, self.width(), 2 * line)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)


def _first_two(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 2): of a single column the second is 0."""
    return values[:, :2] if values.shape[1] > 1 else np.pad(values, ((0, 0), (0, 1)))


def _curve(painter: QPainter, place: QRectF, series: NDArray[np.float32], ends: tuple[float, float], pen: QPen) -> None:
    low, high = ends
    middle, reach = (low + high) / 2, 1.3 * ((high - low) or 1.0)
    x = np.linspace(place.left() + 2, place.right() - 2, len(series))
    painter.setPen(pen)
    painter.setClipRect(place)
    for values in series.T[:MOST_CHANNELS]:
        y = place.center().y() - (values - middle) / reach * place.height()
        painter.drawPolyline([QPointF(*each) for each in zip(x, y, strict=True)])
    painter.setClipping(False)

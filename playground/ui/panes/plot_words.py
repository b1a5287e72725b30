"""Words in a plot, beside the lines they belong to: free of the curves and of one another, as far as there is room.

Knows Qt and pyqtgraph, nothing of what the words say. Lines themselves are drawn by who owns them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QFontMetricsF
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsSimpleTextItem

from playground.ui.panes.plots import note_font
from playground.ui.theme import theme_of

COLUMN = 4
"""Pixels between two places at which a curve is looked at."""
AIR = 4.0
"""Pixels between words and the line that they stand at, and to curves."""
APART = 10.0
"""Pixels between words in one line, or they are read as one sentence."""
MOST_WIDE = 0.5
"""Of the plot's width that words may take; longer ones are cut, and told whole under the mouse."""
CROSSED = 0.4
"""What it costs to stand on somebody else's line; a column of curve costs 1."""


@dataclass(frozen=True)
class Word:
    """What stands at an upright line, at x, or at a level one, at y; both in the plot's own coordinates."""

    text: str
    color: str
    x: float | None = None
    y: float | None = None
    name: str = ""
    """What it is, where its text changes with time."""


class PlotWords:
    """All words of one plot. The first ones have the choice of places."""

    def __init__(self, plot: Any) -> None:
        self._plot, self._box = plot, plot.getViewBox()
        self._words: tuple[Word, ...] = ()
        self._curves: list[Any] = []
        self._items: list[_Item] = []
        self._kept_free: QRectF | None = None
        self._stood: dict[str, int] = {}
        """Which of its candidates each took the last time."""
        self._soon = QTimer(plot, interval=0, singleShot=True)
        self._soon.timeout.connect(self.lay_out)
        for signal in (self._box.sigRangeChanged, self._box.sigResized):
            signal.connect(lambda *_: self._soon.start())

    def show(self, words: Iterable[Word], curves: Iterable[Any]) -> None:
        """These words from now on, free of these curves: pyqtgraph's PlotDataItems."""
        self._words, self._curves = tuple(words), list(curves)
        self.lay_out()

    def keep_free(self, place: QRectF | None) -> None:
        """Where something else stands, in pixels of the plot; None where nothing does."""
        if place != self._kept_free:
            self._kept_free = place
            self._soon.start()

    def places(self) -> dict[str, QRectF]:
        """Where the words stand that are seen, in pixels of the plot."""
        shown = zip(self._words, self._items, strict=False)
        return {word.text: item.area() for word, item in shown if item.isVisible()}

    def lay_out(self) -> None:
        """Find a place for each. Words without any are left out: they are told under the mouse."""
        size = self._box.size()
        room = QRectF(0, 0, size.width(), size.height())
        while len(self._items) < len(self._words):
            self._items.append(_Item(self._box))
        courses, taken = self._courses(room), [] if self._kept_free is None else [self._kept_free]
        lines = [self._line(word, room) for word in self._words]
        for number, item in enumerate(self._items):
            word = self._words[number] if number < len(self._words) else None
            place = None
            if word is not None and self._is_seen(word, room):
                size = item.write(word, room.width() * MOST_WIDE)
                others = [line for at, line in enumerate(lines) if at != number]
                found = _candidates(self._at(word, room), word, *size, room)
                place = self._best(word.name or word.text, found, taken, courses, others)
            item.setVisible(place is not None)
            if place is not None:
                taken.append(place)
                item.stand(place, bool(_covered(place, courses)))

    def _best(
        self, name: str, found: Sequence[QRectF], taken: list[QRectF], courses: _Courses, lines: list[QRectF]
    ) -> QRectF | None:
        """Where it stood, if that is free; else the first place that is; else the one where it covers least."""
        cheapest, best = float("inf"), None
        stood = min(self._stood.get(name, 0), max(len(found) - 1, 0))
        for number in (stood, *range(len(found))) if found else ():
            place = found[number]
            around = place.adjusted(-APART, -AIR / 2, APART, AIR / 2)
            if any(around.intersects(other) for other in taken):
                continue
            cost = _covered(place, courses) + CROSSED * sum(place.intersects(line) for line in lines)
            if cost < cheapest:
                cheapest, best, self._stood[name] = cost, place, number
            if not cost:
                break
        return best

    def _is_seen(self, word: Word, room: QRectF) -> bool:
        at = self._at(word, room)
        along, length = (at.x(), room.width()) if word.x is not None else (at.y(), room.height())
        return -1 <= along <= length + 1 and bool(word.text)

    def _at(self, word: Word, room: QRectF) -> QPointF:
        x, y = _pixels(np.array([word.x or 0.0]), np.array([word.y or 0.0]), self._box.viewRange(), room)
        return QPointF(float(x[0]), float(y[0]))

    def _line(self, word: Word, room: QRectF) -> QRectF:
        at = self._at(word, room)
        return QRectF(at.x(), 0, 1, room.height()) if word.x is not None else QRectF(0, at.y(), room.width(), 1)

    def _courses(self, room: QRectF) -> _Courses:
        """Where each curve is highest and lowest between two columns of pixels; (curves, columns) each."""
        columns = np.arange(0.0, room.width() + COLUMN, COLUMN)
        found = []
        for curve in self._curves:
            x, y = curve.curve.getData() if curve.isVisible() else (None, None)
            if x is None or len(x) < 2:
                continue
            across, down = _pixels(np.asarray(x, float), np.asarray(y, float), self._box.viewRange(), room)
            is_good = np.isfinite(across) & np.isfinite(down)
            if is_good.sum() > 1:
                found.append(np.interp(columns, across[is_good], down[is_good], left=np.nan, right=np.nan))
        heights = np.array(found).reshape(len(found), len(columns))
        return np.fmin(heights[:, :-1], heights[:, 1:]), np.fmax(heights[:, :-1], heights[:, 1:])


_Courses = tuple[NDArray[np.float64], NDArray[np.float64]]


def _pixels(
    x: NDArray[np.float64], y: NDArray[np.float64], shown: Sequence[Sequence[float]], room: QRectF
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    (left, right), (low, high) = shown
    return (
        (x - left) / ((right - left) or 1.0) * room.width(),
        room.height() - (y - low) / ((high - low) or 1.0) * room.height(),
    )


def _covered(place: QRectF, courses: _Courses) -> int:
    """Columns of curves that run through a place."""
    first, last = max(0, int((place.left() - AIR) // COLUMN)), int((place.right() + AIR) // COLUMN) + 1
    top, bottom = courses[0][:, first:last], courses[1][:, first:last]
    return int(((top <= place.bottom() + AIR) & (bottom >= place.top() - AIR)).sum())


def _candidates(at: QPointF, word: Word, wide: float, high: float, room: QRectF) -> list[QRectF]:
    """Places for it at its line, the usual ones first: down along an upright line, from the right along a level one."""
    return [place for place in _offered(at, word, wide, high, room) if room.contains(place)]


def _offered(at: QPointF, word: Word, wide: float, high: float, room: QRectF) -> Iterator[QRectF]:
    if word.x is not None:
        steps = np.arange(2.0, room.height() - high, high / 2)
        for top in steps:
            for left in (at.x() + AIR, at.x() - AIR - wide):
                yield QRectF(left, top, wide, high)
        return
    for left in np.arange(room.width() - wide - AIR, 0, -max(wide / 4, 12.0)):
        for top in (at.y() - high - 1, at.y() + 1):
            yield QRectF(left, top, wide, high)


class _Item(QGraphicsSimpleTextItem):
    """One text over the plot, in pixels. Where it covers a curve after all, a veil lies between."""

    def __init__(self, box: Any) -> None:
        super().__init__(box)
        self.setZValue(20)
        self._written: tuple[str, str, int] | None = None
        """Text, colour and size that it has."""
        self._veil = QGraphicsRectItem(self)
        self._veil.setFlag(QGraphicsRectItem.GraphicsItemFlag.ItemStacksBehindParent)
        self._veil.setPen(Qt.PenStyle.NoPen)

    def write(self, word: Word, most: float) -> tuple[float, float]:
        """The text, cut where it is too long; the room it takes."""
        font = note_font()
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(word.text, Qt.TextElideMode.ElideMiddle, most)
        if (shown, word.color, font.pixelSize()) != self._written:
            self._written = shown, word.color, font.pixelSize()
            self.setFont(font)
            self.setText(shown)
            self.setBrush(QBrush(QColor(word.color)))
            self.setToolTip("" if shown == word.text else f"<p>{escape(word.text)}</p>")
        return metrics.horizontalAdvance(shown) + 2, metrics.height()

    def stand(self, place: QRectF, covers: bool) -> None:
        self.setPos(place.topLeft())
        ground = QColor(theme_of().panel)
        ground.setAlphaF(0.6)
        self._veil.setBrush(ground)
        self._veil.setRect(0, 0, place.width(), place.height())
        self._veil.setVisible(covers)

    def area(self) -> QRectF:
        """In pixels of the plot."""
        return self.boundingRect().translated(self.pos())

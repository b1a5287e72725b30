"""One array as a large picture, with its colour scale, frames on it and a cursor. Knows nothing of networks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from playground.ui.drawing import draw_framed, figure, grey_image, signed_image
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.traces import paint_symbols, paint_traces
from playground.ui.views.marks import Mark, Trail
from playground.ui.views.naming import cell_words, counted
from playground.ui.views.painted import Painted, room_for

LARGE = 700
"""Pixels of width from which on the names of cells are written larger."""
_BESIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip


class Map(Painted):
    """One array as a picture as wide as the view, with its colour scale, frames on it and a cursor.

    Row 0 is on top. The value under the pointer or the cursor is written below.
    """

    pointed = Signal(int, int)
    """Row and column under the pointer."""
    clicked = Signal(int, int)
    """Row and column clicked, or reached with the arrow keys."""
    left = Signal()

    def __init__(self, name: str = "", most: int = 300) -> None:
        """most: pixels of its height at most."""
        super().__init__()
        self.setAccessibleName(name)
        self._most, self.share = most, 1.0
        """Pixels of its height, or this share of what a picture may have of the pane, where that is higher."""
        self._values: NDArray[Any] | None = None
        self._image: QImage | None = None
        self._cells: QSize | None = None
        """Columns and rows, where the picture is not an image with a pixel a cell."""
        self._traces: NDArray[Any] | None = None
        self._symbols: tuple[str, ...] = ()
        self._is_stretched = self._is_cleared = False
        self._names: tuple[Sequence[str], Sequence[str]] = ((), ())
        """Of rows and columns, where they have some."""
        self._words, self._scale = "", ("", "", "")
        self._ramp: QImage | None = None
        self._named: Callable[[int, int], str] = cell_words
        self._pointed: tuple[int, int] | None = None
        self.cursor_at: tuple[int, int] | None = None
        """Row and column of the cursor, which is drawn; None for none."""
        self.marks: list[Mark] = []
        self.trails: list[Trail] = []
        self.rings: list[tuple[float, float]] = []
        """Places (x, y) that stand out, in pixels of the array."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(
        self,
        values: NDArray[Any],
        signed: bool = True,
        reach: float | None = None,
        words: str = "",
        is_stretched: bool = False,
        place: Callable[[int, int], str] = cell_words,
    ) -> None:
        """An array (height, width): signed from −reach to +reach, else grey from its smallest to its largest.

        is_stretched: as wide as the view whatever its shape, for time needs no square cells. place: what a row and a
        column are called.
        """
        self._named = place
        shown = np.atleast_2d(np.asarray(values, dtype=np.float64))
        limit = reach if reach is not None else float(np.nanmax(np.abs(shown), initial=0.0))
        if signed:
            self._scale = (figure(-limit), "0", figure(limit)) if limit else ("0", "", "")
            self._ramp = signed_image(np.linspace(-1, 1, 64)[None, :], 1.0)
        else:
            self._scale = (figure(float(np.nanmin(shown, initial=0))), "", figure(float(np.nanmax(shown, initial=0))))
            self._ramp = grey_image(np.linspace(0, 1, 64)[None, :])
        self._take(shown, signed_image(shown, limit) if signed else grey_image(shown), words, is_stretched)

    def show_image(self, image: QImage, words: str = "", values: NDArray[Any] | None = None) -> None:
        """A picture that has its colours already; values (height, width): what is written for a pixel."""
        self._ramp, self._scale = None, ("", "", "")
        self._take(values, image, words)

    def show_traces(self, curves: NDArray[Any], words: str = "") -> None:
        """Curves (channels, steps), time to the right; a cell is a step of a channel."""
        shown = np.atleast_2d(np.asarray(curves, dtype=np.float64))
        self._ramp = None
        self._take(shown, None, words)
        self._traces, self._cells = shown, QSize(shown.shape[1], shown.shape[0])
        self._fit()

    def show_symbols(self, symbols: Sequence[str], words: str = "") -> None:
        """Symbols beside each other; a cell is a symbol. All stand in one row, so that a column is a step."""
        self._ramp = None
        self._take(None, None, words)
        self._symbols, self._cells = tuple(symbols), QSize(max(1, len(symbols)), 1)
        self._fit()

    def name_cells(self, rows: Sequence[str] = (), columns: Sequence[str] = ()) -> None:
        """Write names beside the rows and over the columns, as many as there are of them; none takes them away."""
        if (rows, columns) != self._names:
            self._names = (rows, columns)
            self._fit()
            self.update()

    def clear(self) -> None:
        """Show nothing, and take no room."""
        self._is_cleared = True
        self.hide()
        self._values = self._image = self._traces = self._cells = None
        self._symbols = ()
        self.marks, self.trails, self.rings, self.cursor_at = [], [], [], None
        self._fit()
        self.update()

    def _take(self, values: NDArray[Any] | None, image: QImage | None, words: str, is_stretched: bool = False) -> None:
        if self._is_cleared:
            self._is_cleared = False
            self.show()
        before = self._image.size() if self._image is not None else None
        self._values, self._image, self._words, self._is_stretched = values, image, words, is_stretched
        self._traces, self._symbols, self._cells = None, (), None
        if image is not None and before != image.size():
            self._fit()
        self.update()

    @property
    def values(self) -> NDArray[Any] | None:
        return self._values

    def _size(self) -> QSize:
        if self._cells is not None:
            return self._cells
        return self._image.size() if self._image is not None else QSize(0, 0)

    def _line(self) -> int:
        return sized(NOTE) + 6

    def place(self) -> QRectF:
        """Where the picture is."""
        size = self._size()
        if size.isEmpty():
            return QRectF()
        left, top = self._margins()
        room = self.width() - left
        wide = self._cells is not None or self._is_stretched or _is_strip(size)
        most = max(self._most, self.share * room_for(self, 0)) if self.share < 1 else room_for(self, self._most)
        height = float(min(most, self._wanted_height(size, room)))
        width = room if wide else height * size.width() / size.height()
        return QRectF(left, self._line() + top, width, height)

    def _margins(self) -> tuple[float, float]:
        """What names need on the left and on top."""
        rows, columns = self._names
        longest = max((self._metrics().horizontalAdvance(name) for name in rows), default=-8)
        return min(longest + 8.0, self.width() / 3), self._metrics().height() + 4.0 if columns else 0.0

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._names_font())

    def _names_font(self) -> QFont:
        """Larger where the cells are: in a window of its own."""
        font = self.font()
        font.setPixelSize(round(sized(NOTE) * (1.8 if self.width() > LARGE else 1)))
        return font

    def _wanted_height(self, size: QSize, room: float) -> float:
        """What suits the width: square cells, but neither a strip too thin to see nor a tower."""
        if self._symbols:
            return min(max(1.4 * room / size.width(), 22.0), 64.0)
        if self._traces is not None:
            return max(0.3 * room, 64.0)
        square = room * size.height() / size.width()
        if self._is_stretched:
            return min(max(square, 28.0, 0.12 * room), max(0.75 * room, 120.0))
        return max(min(square, room / 4), 28.0, 0.06 * room) if _is_strip(size) else square

    def _fit(self) -> None:
        has_picture = self._image is not None or self._cells is not None
        lines = 1 + 2 * (self._ramp is not None) + (self._traces is not None) if has_picture else 0
        self.setFixedHeight(max(1, round(self.place().bottom()) + lines * self._line() if lines else 1))

    def fit_to_room(self) -> None:
        """Take the height that suits the pane."""
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def paint(self, painter: QPainter) -> None:
        if self._size().isEmpty():
            return
        theme, place = theme_of(), self.place()
        painter.setPen(theme.color("muted"))
        title = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), self._line()), Qt.AlignmentFlag.AlignLeft, title)
        self.setToolTip(self._words if title != self._words else "")
        self._paint_picture(painter, place)
        self._paint_names(painter, place)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(place)
        for mark in self.marks:
            self._paint_mark(painter, place, mark)
        for trail in self.trails:
            self._paint_trail(painter, place, trail)
        for x, y in self.rings:
            self._paint_ring(painter, place, x, y)
        if self.cursor_at is not None:
            self._paint_mark(painter, place, Mark(self.cursor_at[1], self.cursor_at[0], 1, 1, "text"))
        if self._ramp is not None:
            self._paint_scale(painter, place)
        self._paint_told(painter, place)

    def _paint_picture(self, painter: QPainter, place: QRectF) -> None:
        if self._traces is not None:
            paint_traces(painter, place, self._traces)
        elif self._symbols:
            paint_symbols(painter, place, self._symbols, len(self._symbols))
        elif self._image is not None:
            draw_framed(painter, place, self._image)

    def _paint_names(self, painter: QPainter, place: QRectF) -> None:
        """Beside rows and over columns, or beside every second or third where they are narrow."""
        rows, columns = self._names
        painter.setFont(self._names_font())
        line = painter.fontMetrics().height() + 4
        high, wide = place.height() / max(1, self._size().height()), place.width() / max(1, self._size().width())
        painter.setPen(theme_of().color("text"))
        for row in range(0, len(rows), max(1, round(0.8 * line / high))):
            cell = QRectF(0, place.top() + row * high, place.left() - 6, high)
            painter.drawText(cell, _BESIDE, rows[row])
        longest = max((painter.fontMetrics().horizontalAdvance(name) for name in columns), default=0)
        if longest > wide:  # smaller letters rather than some of them
            font = self._names_font()
            font.setPixelSize(max(6, int(font.pixelSize() * wide / longest)))
            painter.setFont(font)
            longest = max(painter.fontMetrics().horizontalAdvance(name) for name in columns)
        for column in range(0, len(columns), max(1, math.ceil(longest / (wide + 1)))):
            cell = QRectF(place.left() + column * wide - 40, place.top() - line, wide + 80, line)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, columns[column])
        small = self.font()
        small.setPixelSize(sized(NOTE))
        painter.setFont(small)

    def _paint_mark(self, painter: QPainter, place: QRectF, mark: Mark) -> None:
        size = self._size()
        x, y = place.width() / size.width(), place.height() / size.height()
        frame = QRectF(place.left() + mark.x * x, place.top() + mark.y * y, mark.w * x, mark.h * y)
        color = theme_of().color(mark.color)
        style = Qt.PenStyle.DashLine if mark.is_dashed else Qt.PenStyle.SolidLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setClipRect(place.adjusted(-2, -2, 2, 2))  # what goes on beyond the array is not drawn over the scale
        for pen in (QPen(theme_of().color("panel"), 4), QPen(color, 2, style)):
            painter.setPen(pen)
            painter.drawRect(frame)
        painter.restore()
        painter.setPen(color)
        if mark.words:
            self._paint_corner(painter, frame, place, mark.words)

    def _paint_corner(self, painter: QPainter, frame: QRectF, place: QRectF, words: str) -> None:
        """A mark's words in its corner, on a ground of their own and never beyond the picture."""
        metrics, ink = painter.fontMetrics(), painter.pen().color()
        room = QRectF(0, 0, metrics.horizontalAdvance(words) + 4, metrics.height())
        room.moveTo(max(frame.left() + 2, place.left() + 1), max(frame.top() + 2, place.top() + 1))
        ground = theme_of().color("panel")
        ground.setAlphaF(0.8)
        painter.fillRect(room, ground)
        painter.setPen(ink)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_trail(self, painter: QPainter, place: QRectF, trail: Trail) -> None:
        size = self._size()
        scale = place.width() / size.width(), place.height() / size.height()
        points = [QPointF(place.left() + x * scale[0], place.top() + y * scale[1]) for x, y in trail.points]
        painter.save()
        painter.setClipRect(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.DashLine if trail.is_dashed else Qt.PenStyle.SolidLine
        for pen in (QPen(theme_of().color("panel"), 4), QPen(theme_of().color(trail.color), 2, style)):
            painter.setPen(pen)
            painter.drawPolyline(points)
        painter.setBrush(theme_of().color(trail.color))
        if points:
            painter.drawEllipse(points[-1], 4, 4)
        painter.restore()

    def _paint_ring(self, painter: QPainter, place: QRectF, x: float, y: float) -> None:
        size, theme = self._size(), theme_of()
        at = place.topLeft() + QPointF(x * place.width() / size.width(), y * place.height() / size.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.color("panel"), 5), (theme.color("text"), 2)):
            painter.setPen(QPen(color, width))
            painter.drawEllipse(at, 7, 7)

    def _paint_scale(self, painter: QPainter, place: QRectF) -> None:
        assert self._ramp is not None
        bar = QRectF(place.left(), place.bottom() + 5, self._scale_width(painter, place), 7)
        painter.drawImage(bar, self._ramp)
        painter.setPen(theme_of().color("muted"))
        flags = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for words, flag in zip(self._scale, flags, strict=True):
            painter.drawText(QRectF(bar.left(), bar.bottom() + 2, bar.width(), self._line()), flag, words)

    def _paint_told(self, painter: QPainter, place: QRectF) -> None:
        """The value under the pointer or the cursor; of lines their range while there is none."""
        at = self._pointed or self.cursor_at
        shown = self._traces if self._traces is not None else self._values
        if at is not None and shown is not None and (at[1] >= shown.shape[1] or at[0] >= shown.shape[0] != 1):
            at = None  # something smaller has taken its place under the resting pointer
        painter.setPen(theme_of().color("muted"))
        line = QRectF(place.left(), place.bottom() + 2, self.width() - place.left(), self._line())
        if self._traces is not None:
            words = " … ".join(figure(float(end(self._traces, initial=0))) for end in (np.nanmin, np.nanmax))
            if at is not None:
                words = self.tr("step %1: %2").replace("%1", counted(at[1]))
                words = words.replace("%2", ", ".join(figure(float(value)) for value in self._traces[:, at[1]]))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, words)
        elif at is not None and self._values is not None and self._ramp is not None:
            words = self.told(at)
            if painter.fontMetrics().horizontalAdvance(words) > line.width():
                words = f"{counted(at[0])}, {counted(at[1])}: {figure(float(self._values[at]))}"
            painter.drawText(line.translated(0, 12 + self._line()), Qt.AlignmentFlag.AlignLeft, words)

    def told(self, at: tuple[int, int]) -> str:
        """What is written for a row and a column."""
        value = figure(float(self._values[at])) if self._values is not None else ""
        return f"{self._named(*at)}: {value}"

    def _scale_width(self, painter: QPainter, place: QRectF) -> float:
        """As wide as the picture, or as its figures need so as not to run into one another."""
        low, middle, high = (painter.fontMetrics().horizontalAdvance(words) for words in self._scale)
        needed = 2 * max(low, high) + middle + (24 if middle else 12)
        return float(min(max(min(place.width(), 240.0), needed), self.width()))

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column under a point."""
        size, place = self._size(), self.place()
        if size.isEmpty() or not place.contains(at):
            return None
        row = int((at.y() - place.top()) / place.height() * size.height())
        column = int((at.x() - place.left()) / place.width() * size.width())
        return min(row, size.height() - 1), min(column, size.width() - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell != self._pointed:
            self._pointed = cell
            self.update()
            if cell is not None:
                self.pointed.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self.update()
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None:
            self._go_to(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key, size = Qt.Key(event.key()), self._size()
        if key not in step or size.isEmpty():
            super().keyPressEvent(event)
            return
        row, column = self.cursor_at or (0, 0)
        down, right = step[key] if self.cursor_at is not None else (0, 0)
        self._go_to(max(0, min(row + down, size.height() - 1)), max(0, min(column + right, size.width() - 1)))

    def _go_to(self, row: int, column: int) -> None:
        self.cursor_at = (row, column)
        self.update()
        self.clicked.emit(row, column)


def _is_strip(size: QSize) -> bool:
    """A row of cells: as wide as the view, however few they are."""
    return size.height() == 1 or size.width() > 4 * size.height()

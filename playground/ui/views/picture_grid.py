"""A grid of small pictures that can be chosen, by mouse and by keys. Knows Qt and the theme, nothing of networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QToolTip

from playground.ui.cells import Cells
from playground.ui.drawing import draw_framed
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.traces import paint_traces
from playground.ui.views.painted import Painted, kept_shape, room_for

GAP = 4
GROWTH = tuple(8 - quarter / 4 for quarter in range(28))
"""How many times larger pictures may be than asked for, where there is room: on a projector they should fill it."""
TALL = 0.45
LARGEST_TYPE = 1.8
"""Times as large as usual is the type below the largest pictures."""


@dataclass(frozen=True, eq=False)
class Tile:
    """A small picture, a few words below it, and more on hovering."""

    image: QImage
    words: str = ""
    tip: str = ""
    edge: str = ""
    """A colour of the theme for a line along its lower edge; none if empty."""
    frame: QRectF | None = None
    """A part of it that is framed, as shares of its width and height."""
    cells: Cells | None = None
    """What stands below each cell of a row of them."""
    curves: NDArray[Any] | None = None
    """(channels, steps) that are drawn as lines instead of the image, as wide as there is room."""
    is_stretched: bool = False
    """Whether it is as wide as there is room, for time needs no square cells."""
    brief: str = ""
    """Instead of the words where there is no room for them; if empty, as many of them as there is."""
    told: Callable[[float, float], str] | None = None
    """What is said on hovering of a place in it, as shares of its width and height; if empty, tip."""


class PictureGrid(Painted):
    """Tiles in rows, as many as fit. The arrow keys move the choice, Enter takes it."""

    clicked = Signal(int)
    hovered = Signal(int, float, float)
    """Number of the tile, and where in it, as shares of its width and height."""
    left = Signal()

    def __init__(self, name: str = "", tall: float = TALL) -> None:
        """tall: height that is room enough for growing, as a share of the width."""
        super().__init__()
        self._tall = tall
        self.share: float | None = 1.0 if tall == TALL else None
        """Of the pane's height that it may take: the whole if it has the pane to itself; None for none."""
        self.setAccessibleName(name)
        self._tiles: list[Tile] = []
        self._least = self._side = 64
        self._shape = 1.0
        """Width of the widest picture over its height."""
        self.chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tiles(self, tiles: Sequence[Tile], side: int = 64) -> None:
        """Pictures of at least that height; wide ones keep their shape as far as the row allows."""
        before = len(self._tiles), self._least, self._shape
        self._tiles, self._least = list(tiles), side
        self._shape = max((tile.image.width() / max(tile.image.height(), 1) for tile in tiles), default=1.0)
        if self.chosen is not None and self.chosen >= len(self._tiles):
            self.chosen = None
        if before != (len(self._tiles), self._least, self._shape):
            self._fit()
        self.update()

    def choose(self, number: int | None) -> None:
        """Frame one tile."""
        if number != self.chosen:
            self.chosen = number
            self.update()

    @property
    def _is_wide(self) -> bool:
        return any(tile.is_stretched or tile.curves is not None for tile in self._tiles)

    def own_place(self, number: int) -> QRectF:
        """Where a tile's picture is drawn, in its own shape."""
        place, tile = self.place(number), self._tiles[number]
        return place if self._is_wide else kept_shape(tile.image, place)

    @property
    def tiles(self) -> list[Tile]:
        return self._tiles

    def place(self, number: int) -> QRectF:
        """Where a tile's picture is."""
        width, in_row = self._grid()
        row, column = divmod(number, in_row)
        return QRectF(column * (width + GAP), row * self._row_height(), width, self._side)

    def _row_height(self) -> int:
        has_words = any(tile.words for tile in self._tiles)
        return self._side + GAP + (self._words_size() + 7 if has_words else 0) + self._cells_height()

    def _words_size(self) -> int:
        """Of the type below pictures, in pixels: below large ones it is large, to be read from the last row."""
        return round(sized(NOTE) * max(1.0, min(LARGEST_TYPE, self._side / 110)))

    def _cells_height(self) -> int:
        """What names below cells take."""
        font = self.font()
        font.setPixelSize(sized(NOTE))
        metrics, width = QFontMetrics(font), self._grid()[0]
        lines = max((tile.cells.lines(metrics, width) for tile in self._tiles if tile.cells is not None), default=0)
        return lines * metrics.height() + 3 * bool(lines)

    def _grid(self) -> tuple[float, int]:
        """Width of a tile, and how many are in a row."""
        room = float(max(self.width(), 40))
        width = room if self._is_wide else min(self._side * max(self._shape, 1.0), room)
        return width, max(1, int((self.width() + GAP) // (width + GAP)))

    def _height(self) -> int:
        return -(-len(self._tiles) // self._grid()[1]) * self._row_height()

    def _fit(self) -> None:
        """As large as there is room for, and never smaller than was asked for."""
        most = self._tall * self.width()
        if self.share is not None:
            most = max(most, room_for(self, 0) * self.share - 2 * sized(NOTE))
        for times in GROWTH:
            self._side = round(self._least * times)
            is_too_wide = times > 1 and self._side * self._shape > self.width() and not self._is_wide
            if self._height() <= most and not is_too_wide:
                break
        else:
            self._side = self._least
        self.setFixedHeight(max(self._height(), 1))

    def fit_to_room(self) -> None:
        """Take the height that suits the pane."""
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def paint(self, painter: QPainter) -> None:
        theme, size = theme_of(), self._words_size()
        small, large = painter.font(), painter.font()
        large.setPixelSize(size)
        metrics = QFontMetrics(large)
        for number, tile in enumerate(self._tiles):
            place, own = self.place(number), self.own_place(number)
            self._paint_picture(painter, tile, own)
            if tile.words:
                below = QRectF(place.left(), place.bottom() + 1, place.width(), size + 6)
                painter.setFont(large)
                painter.setPen(theme.color("text" if size > sized(NOTE) else "muted"))
                has_room = metrics.horizontalAdvance(tile.words) <= below.width()
                words = tile.words if has_room else tile.brief or tile.words
                words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(below.width()))
                painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, words)
                painter.setFont(small)
            if tile.cells is not None:
                tile.cells.paint(painter, own.translated(0, own.height() + 2))
            if number == self.chosen:
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.drawRect(own)

    def _paint_picture(self, painter: QPainter, tile: Tile, place: QRectF) -> None:
        if tile.curves is not None:
            paint_traces(painter, place, tile.curves, 1.6 + place.height() / 200)
        else:
            draw_framed(painter, place, tile.image)
        if tile.edge:
            painter.fillRect(QRectF(place.left(), place.bottom() - 3, place.width(), 3), theme_of().color(tile.edge))
        if tile.frame is not None:
            scaled = QTransform.fromScale(place.width(), place.height()).mapRect(tile.frame)
            painter.setPen(QPen(theme_of().color("accent"), 2))
            painter.drawRect(scaled.translated(place.topLeft()).adjusted(1, 1, -1, -1))

    def tile_at(self, at: QPointF) -> tuple[int, float, float] | None:
        """The tile under a point, and where in it."""
        for number in range(len(self._tiles)):
            place = self.own_place(number)
            if place.contains(at):
                return number, (at.x() - place.left()) / place.width(), (at.y() - place.top()) / place.height()
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.tile_at(event.position())
        if found is not None:
            self._take(found[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.tile_at(event.position())
        if found is not None:
            self.hovered.emit(*found)

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        in_row = self._grid()[1]
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -in_row, Qt.Key.Key_Down: in_row}
        key = Qt.Key(event.key())
        if key in step and self._tiles:
            self.choose(max(0, min(len(self._tiles) - 1, (self.chosen or 0) + step[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.chosen is not None:
            self._take(self.chosen)
        else:
            super().keyPressEvent(event)

    def _take(self, number: int) -> None:
        self.choose(number)
        self.clicked.emit(number)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.tile_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.told(*found) if found is not None else "", self)
            return True
        return super().event(event)

    def told(self, number: int, x: float, y: float) -> str:
        """What is said of a place in a tile."""
        tile = self._tiles[number]
        return (tile.told(x, y) if tile.told is not None else "") or tile.tip or tile.words

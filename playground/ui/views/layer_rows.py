"""Layers below each other, each a line of words and a line of pictures, of which more can be turned over to.

Knows Qt and the theme, nothing of networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.ui.cells import Cells
from playground.ui.traces import is_traced
from playground.ui.views.naming import counted
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.telling import Place

A_ROW = 0.09
"""Height of one layer's pictures at least that is room enough for growing, as a share of the width."""
ROOMY = 900
"""Pixels of width from which on more is shown at once."""
CHANNELS = (12, 32)
"""Of an image so many at once, and where there is room."""
CELLS = (64, 192)
"""Of a vector."""


@dataclass(frozen=True)
class Page:
    """Which of many things are shown: from `first`, counted from 0, so many, of all."""

    first: int
    count: int
    total: int
    step: int
    """From one part to the next."""
    unit: str
    """What they are: channels, values."""
    is_tiled: bool
    """Whether each has a picture of its own."""

    @property
    def is_part(self) -> bool:
        return self.count < self.total


@dataclass(frozen=True)
class Row:
    """One layer. words: what stands above; side: least height of its pictures; page: where they are not all.

    names: what stands below each picture; cells: below each cell of the one there is. told: what is said on hovering
    of a place in a picture.
    """

    id: str
    words: str
    pictures: Sequence[QImage]
    side: int
    page: Page | None = None
    is_strong: bool = False
    names: Sequence[str] = ()
    cells: Cells | None = None
    told: Callable[[Place], str] | None = None
    steps: NDArray[Any] | None = None
    """(steps, units) that its one picture is of: it is as wide as there is room, and a few units are lines."""


class LayerRows(QWidget):
    """Asks for another part of a layer by `turned`; the view keeps in `first` where each begins."""

    clicked = Signal(str, int)
    """The layer whose picture was clicked, and which of all its pictures."""
    turned = Signal()
    """Another part of a layer is wanted."""

    def __init__(self, channels: tuple[int, int] = CHANNELS, tall: float = A_ROW) -> None:
        super().__init__()
        self._most, self._tall = channels, tall
        self.share = 1.0
        """Of the pane's height that all pictures together may take."""
        self.first: dict[str, int] = {}
        """Where the part begins that is shown of a layer."""
        self._rows: list[Row] = []
        self._parts: list[tuple[QLabel, PictureGrid]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)

    @property
    def channels(self) -> int:
        """Of an image, so many at once."""
        return self._most[self.width() > ROOMY]

    @property
    def cells(self) -> int:
        """Of a vector, so many at once."""
        return CELLS[self.width() > ROOMY]

    @property
    def rows(self) -> list[Row]:
        return self._rows

    def page(self, id: str, total: int, is_image: bool) -> Page:
        """The part to be shown of a layer that gives so many channels, or values."""
        step, first = self.channels if is_image else self.cells, self.first.get(id, 0)
        if first >= total:
            first = self.first[id] = 0
        unit = self.tr("channels") if is_image else self.tr("values")
        return Page(first, min(step, total - first), total, step, unit, is_image)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """From the top."""
        self._rows = list(rows)
        while len(self._parts) < len(rows):
            self._add(len(self._parts))
        for number, (label, grid) in enumerate(self._parts):
            label.setText(self._told(rows[number]) if number < len(rows) else "")
            label.setVisible(bool(label.text()))
            grid.setVisible(number < len(rows) and bool(rows[number].pictures))
        pictured = sum(bool(row.pictures) for row in rows)
        for (_, grid), row in zip(self._parts, rows, strict=False):
            grid.setAccessibleName(row.words)
            if grid.share != (share := self.share / max(1, pictured)):
                grid.share = share
                grid.fit_to_room()
            names = row.names or [""] * len(row.pictures)
            grid.show_tiles([_tile(row, *each) for each in enumerate(zip(row.pictures, names, strict=True))], row.side)

    def _add(self, number: int) -> None:
        label, grid = QLabel(wordWrap=True), PictureGrid(tall=self._tall)
        label.setProperty("role", "note")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.linkActivated.connect(partial(self._turn, number))
        grid.clicked.connect(partial(self._click, number))
        for widget in (label, grid):
            self._column.addWidget(widget)
        self._parts.append((label, grid))

    def _click(self, number: int, picture: int) -> None:
        row = self._rows[number]
        begin = row.page.first if row.page is not None and row.page.is_tiled else 0
        self.clicked.emit(row.id, begin + picture)

    def _told(self, row: Row) -> str:
        """The words, which part of how many, and links to the parts beside it."""
        words = f"<b>{escape(row.words)}</b>" if row.is_strong else escape(row.words)
        page = row.page
        if page is None or not page.is_part:
            return words
        part = self.tr("%1 %2 to %3 of %4").replace("%1", page.unit).replace("%2", counted(page.first))
        part = part.replace("%3", counted(page.first + page.count - 1)).replace("%4", f"{page.total:,}")
        links = []
        if page.first:
            links.append(f'<a href="-1">◂ {self.tr("back")}</a>')
        if page.first + page.count < page.total:
            links.append(f'<a href="1">{self.tr("more")} ▸</a>')
        return " · ".join(filter(None, (words, f"{escape(part)} {'&nbsp; '.join(links)}")))

    def _turn(self, number: int, by: str) -> None:
        row = self._rows[number]
        if row.page is not None:
            self.first[row.id] = max(0, row.page.first + int(by) * row.page.step)
            self.turned.emit()


def _tile(row: Row, number: int, shown: tuple[QImage, str]) -> Tile:
    told = row.told
    at = None if told is None else lambda x, y: told((number, x, y))
    curves = row.steps.T if row.steps is not None and is_traced(row.steps) else None
    return Tile(*shown, row.words, cells=row.cells, told=at, curves=curves, is_stretched=row.steps is not None)

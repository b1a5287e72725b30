"""A few pictures under a heading, with a note on their scale: the short form of a PictureGrid."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.ui.cells import Cells
from playground.ui.drawing import draw_framed
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.traces import is_drawn, paint_traces
from playground.ui.views.painted import room_for

STRIP = 56
"""Height of a single picture that is as wide as the view."""
USUAL = 420
"""Width from which on pictures grow with it."""


class Pictures(QWidget):
    """A grid of pictures with a title and a scale."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title, self._note = title, ""
        self._pictures: list[QImage] = []
        self._curves: NDArray[Any] | None = None
        self.cells: Cells | None = None
        self.setAccessibleName(title)

    def show_pictures(
        self,
        pictures: list[QImage],
        note: str = "",
        curves: NDArray[Any] | None = None,
        cells: Cells | None = None,
    ) -> None:
        """Curves (channels, steps): drawn as lines instead of the one picture, as wide as there is room.

        cells: what stands below each cell of the one picture.
        """
        self._pictures, self._note, self._curves, self.cells = pictures, note, curves, cells
        self.setVisible(bool(pictures))
        self.updateGeometry()
        self.setFixedHeight(self._needed())
        self.update()

    def _grid(self) -> tuple[int, float]:
        count = len(self._pictures)
        is_wide = count == 1
        in_row = 1 if is_wide else min(max(4, round(count**0.5 * 1.4)), 8, max(count, 1))
        times = max(1.0, self.width() / USUAL)
        if is_wide and self._pictures[0].width() > 2 * self._pictures[0].height():
            high = max(STRIP, min(0.16 * self.width(), 0.35 * room_for(self, 0)))
            if self._curves is not None or not is_drawn(self._pictures[0]):
                return in_row, max(STRIP, min(0.3 * self.width(), 0.42 * room_for(self, 0)))
            shape = self._pictures[0].width() / self._pictures[0].height()
            return in_row, min(high, (self.width() - 4) / shape)
        return in_row, min((self.width() - 4) / in_row - 3, (110.0 if is_wide else 64.0) * times)

    def _note_lines(self) -> int:
        """Lines that the note takes."""
        return 2 if self._metrics().horizontalAdvance(self._note) > self.width() else bool(self._note)

    def _metrics(self) -> QFontMetrics:
        font = self.font()
        font.setPixelSize(sized(NOTE))
        return QFontMetrics(font)

    def _needed(self) -> int:
        if not self._pictures:
            return 0
        in_row, side = self._grid()
        below = self.cells.lines(self._metrics(), self.width() - 4) if self.cells is not None else 0
        rows = -(-len(self._pictures) // in_row) * (side + 3)
        return round((1 + self._note_lines()) * sized(16) + 4 + rows + below * self._metrics().height())

    def resizeEvent(self, event: object) -> None:
        self.setFixedHeight(self._needed())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._pictures:
            return
        painter, theme = QPainter(self), theme_of()
        try:
            font = painter.font()
            font.setPixelSize(sized(NOTE))
            painter.setFont(font)
            line = sized(16)
            painter.setPen(theme.color("muted"))
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.title)
            font.setBold(False)
            painter.setFont(font)
            lines = self._note_lines()
            flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(0, line, self.width(), lines * line), flags, self._note)
            in_row, side = self._grid()
            if self._curves is not None:
                place = QRectF(0, (1 + lines) * line + 2, self.width() - 4.0, side)
                paint_traces(painter, place, self._curves, 1.6 + side / 200)
                return
            for number, picture in enumerate(self._pictures):
                row, column = divmod(number, in_row)
                wide = side
                if picture.width() > 2 * picture.height() and len(self._pictures) == 1:
                    wide = side * picture.width() / picture.height() if is_drawn(picture) else self.width() - 4.0
                place = QRectF(column * (side + 3), (1 + lines) * line + 2 + row * (side + 3), wide, side)
                draw_framed(painter, place, picture)
                if self.cells is not None:
                    self.cells.paint(painter, place.translated(0, side + 2))
        finally:
            painter.end()

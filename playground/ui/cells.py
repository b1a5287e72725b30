"""Names and figures below the cells of a row: each below its own where they fit, else those of the strongest alone.

Knows Qt and the theme, nothing of networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from playground.ui.theme import theme_of

GAP = 4
"""Pixels at least between two names."""


@dataclass(frozen=True)
class Cells:
    """What stands below each cell of a picture, from the left."""

    names: Sequence[str]
    figures: Sequence[str] = ()
    strongest: int | None = None

    def lines(self, metrics: QFontMetrics, width: float) -> int:
        """Lines of words that it takes below a picture of that width."""
        if not self.names:
            return 0
        return 2 if self.figures and _fits(self.names, metrics, width) else 1

    def paint(self, painter: QPainter, below: QRectF, most_lines: int = 2) -> None:
        """below: as wide as the picture; its height is not looked at."""
        metrics = painter.fontMetrics()
        line = float(metrics.height())
        if not _fits(self.names, metrics, below.width()):
            self._paint_strongest(painter, QRectF(below.left(), below.top(), below.width(), line))
            return
        has_all = _fits(self.figures, metrics, below.width())
        wide = below.width() / len(self.names)
        for number, name in enumerate(self.names):
            is_strong = number == self.strongest
            painter.setPen(theme_of().color("text" if is_strong else "muted"))
            place = QRectF(below.left() + number * wide, below.top(), wide, line)
            painter.drawText(place, _CENTRED, name)
            if self.figures and most_lines > 1 and (has_all or is_strong):
                words = self.figures[number]
                _paint_within(painter, place.translated(0, line), words, below)

    def _paint_strongest(self, painter: QPainter, below: QRectF) -> None:
        at = self.strongest
        if at is None:
            return
        words = f"{self.names[at]} {self.figures[at]}" if self.figures else self.names[at]
        wide = below.width() / len(self.names)
        painter.setPen(theme_of().color("text"))
        _paint_within(painter, QRectF(below.left() + at * wide, below.top(), wide, below.height()), words, below)


def _fits(words: Sequence[str], metrics: QFontMetrics, width: float) -> bool:
    longest = max((metrics.horizontalAdvance(each) for each in words), default=0)
    return longest + GAP <= width / max(1, len(words))


def _paint_within(painter: QPainter, place: QRectF, words: str, whole: QRectF) -> None:
    """Centred at a place, and moved so far that it stays within the whole."""
    room = QRectF(
        0, place.top(), min(painter.fontMetrics().horizontalAdvance(words) + 2.0, whole.width()), place.height()
    )
    room.moveLeft(max(whole.left(), min(place.center().x() - room.width() / 2, whole.right() - room.width())))
    painter.drawText(room, _CENTRED, words)


_CENTRED = Qt.AlignmentFlag.AlignCenter

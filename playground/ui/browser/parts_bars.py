"""How often values and words occur in training and validation, side by side. Painted; knows no data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from playground.ui.drawing import figure
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import Painted

ROLES = ("train", "valid", "edge")
HEIGHT = 220


class PartsBars(Painted):
    """Shares of each part: columns over a range, or rows with a name each."""

    def __init__(self, name: str, parts: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._parts = tuple(parts)
        self._counts: tuple[NDArray[np.int64], ...] = ()
        self._edges: NDArray[np.float64] | None = None
        self._written: Callable[[float], str] = figure
        self._words: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bins(
        self,
        counts: Sequence[NDArray[np.int64]],
        edges: NDArray[np.float64],
        written: Callable[[float], str] | None = None,
    ) -> None:
        """Counts (bins,) of each part, and the edges (bins + 1,); written: how an edge is, if not as a figure."""
        self._written = written or figure
        self._counts, self._edges, self._words = tuple(counts), edges, ()
        self._fit(HEIGHT)

    def show_words(self, counts: Sequence[NDArray[np.int64]], words: Sequence[str]) -> None:
        """Counts of each part, a word each."""
        self._counts, self._edges, self._words = tuple(counts), None, tuple(words)
        self._fit(self._line() * (len(words) + 1) + 8)

    def _fit(self, height: int) -> None:
        self.setFixedHeight(sized(height))
        self.update()

    def _line(self) -> int:
        return 8 + 9 * max(1, len(self._counts))

    def paint(self, painter: QPainter) -> None:
        if not self._counts:
            return
        theme, line = theme_of(), sized(NOTE) + 5
        left = 0
        for role, name, counts in zip(ROLES, self._parts, self._counts, strict=False):
            words = f"■ {name} ({int(counts.sum()):,})"
            painter.setPen(theme.color(role))
            painter.drawText(QRectF(left, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, words)
            left += painter.fontMetrics().horizontalAdvance(words) + 14
        (self._paint_words if self._edges is None else self._paint_bins)(painter, float(line + 4))

    def _shares(self) -> list[NDArray[np.float64]]:
        return [counts / max(1, counts.sum()) for counts in self._counts]

    def _paint_bins(self, painter: QPainter, top: float) -> None:
        assert self._edges is not None
        theme, shares = theme_of(), self._shares()
        floor, most = self.height() - sized(NOTE) - 6.0, max(float(each.max(initial=0)) for each in shares) or 1.0
        width = self.width() / len(shares[0])
        for number, (role, part) in enumerate(zip(ROLES, shares, strict=False)):
            own = (width - 1) / len(shares)
            for place, share in enumerate(part):
                high = (floor - top) * float(share) / most
                painter.fillRect(
                    QRectF(place * width + number * own, floor - high, max(own, 1), high), theme.color(role)
                )
        painter.setPen(theme.color("muted"))
        line = QRectF(0, floor + 2, self.width(), sized(NOTE) + 4)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, self._written(float(self._edges[0])))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, self._written(float(self._edges[-1])))
        middle = float(self._edges[0] + self._edges[-1]) / 2
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, self._written(middle))

    def _paint_words(self, painter: QPainter, top: float) -> None:
        theme, shares, line = theme_of(), self._shares(), self._line()
        most = max(float(each.max(initial=0)) for each in shares) or 1.0
        longest = max((painter.fontMetrics().horizontalAdvance(word) for word in self._words), default=0)
        left, right = min(self.width() * 0.28, longest + 14), sized(150)
        room = max(20.0, self.width() - left - right)
        for place, word in enumerate(self._words):
            y = top + place * line
            painter.setPen(theme.color("text"))
            words = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, int(left - 8))
            painter.drawText(QRectF(0, y, left - 8, line - 4), Qt.AlignmentFlag.AlignVCenter, words)
            for number, (role, part) in enumerate(zip(ROLES, shares, strict=False)):
                painter.fillRect(
                    QRectF(left, y + 2 + 9 * number, room * float(part[place]) / most, 8), theme.color(role)
                )
            painter.setPen(theme.color("muted"))
            counts = " / ".join(f"{int(counts[place]):,}" for counts in self._counts)
            first = f"{float(shares[0][place]):.1%} · {counts}"
            painter.drawText(
                QRectF(self.width() - right, y, right, line - 4),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, first,
            )  # fmt: skip

"""The live confusion matrix: which classes are taken for which, on the validation part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.looking import Look, Looking
from playground.ui.theme import BODY, NOTE, Theme, sized, theme_of

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST_CLASSES = 20
TALL, BROAD = 5.0, 7.0
"""Height and width of a cell at most, in letters' heights: few classes need no whole screen."""
CORNER = (92.0, 24.0)
"""Where the first cell begins."""


class ConfusionPane(QWidget):
    """Rows are the truth, columns the answer; a mistake is orange, a right answer blue, its share the strength.

    A click on a cell, or the arrow keys and Enter, open its examples.
    """

    cell_chosen = Signal(int, int)
    """Truth and answer whose examples are wanted."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.counts: np.ndarray | None = None
        self.cursor_at: tuple[int, int] | None = None
        """Row and column that the keyboard is at."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setMinimumSize(160, 120)
        self._looking = Looking(session, bridge, self, self._look, self._show, every=0.5)
        bridge.data.connect(self._clear)

    def _clear(self) -> None:
        self._show(None)

    def _look(self) -> Look | None:
        examples = self._session.examples
        return _confusion if examples is not None and examples.targets is None else None

    def _show(self, counts: np.ndarray | None) -> None:
        self.counts = counts
        if counts is not None:
            right, total = int(np.trace(counts)), int(counts.sum())
            self.setAccessibleDescription(f"{right} of {total} validation examples are right.")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), theme.color("panel"))
            examples = self._session.examples
            if self.counts is None or examples is None:
                numbers = examples is not None and examples.targets is not None
                words = (
                    self.tr("Numbers are predicted here: there are no classes to confuse.")
                    if numbers
                    else self.tr("Press Play: here stands which classes are taken for which.")
                )
                painter.setPen(theme.color("muted"))
                painter.drawText(self.rect().adjusted(20, 0, -20, 0), _CENTRED, words)
            elif len(self.counts) == len(examples.dataset.class_names):
                self._paint_matrix(painter, theme, self.counts, examples.dataset.class_names)
        finally:
            painter.end()

    def _paint_matrix(self, painter: QPainter, theme: Theme, counts: np.ndarray, names: tuple[str, ...]) -> None:
        shown, wide, high = self._grid(len(names))
        left, top = CORNER
        side = min(wide, high)
        totals = np.maximum(counts.sum(axis=1), 1)
        font, small = QFont(), QFont()
        font.setPixelSize(round(min(sized(BODY), max(7.0, side * 0.62))))
        small.setPixelSize(round(min(sized(NOTE), max(7.0, high * 0.8))))
        for row in range(shown):
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            name = painter.fontMetrics().elidedText(names[row], Qt.TextElideMode.ElideRight, 66)
            painter.drawText(QRectF(left - 74, top + row * high, 68, high), _RIGHT, name)
            short = painter.fontMetrics().elidedText(names[row], Qt.TextElideMode.ElideRight, int(wide - 2))
            short = short if len(short) > 2 or short == names[row] else names[row][: max(1, int(wide // 8))]
            painter.drawText(QRectF(left + row * wide, top - 18, wide, 16), _CENTRED, short)
            for column in range(shown):
                place = QRectF(left + column * wide, top + row * high, wide - 1, high - 1)
                count = int(counts[row, column])
                self._paint_cell(painter, theme, place, count, count / totals[row], row == column, font)
                if self.hasFocus() and self.cursor_at == (row, column):
                    painter.setPen(QPen(theme.color("text"), 2))
                    painter.drawRect(place)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        below = self.tr("answer →")
        if shown < len(names):
            cut = self.tr("the first %1 of %2 classes; all are in the file that Inside › Answers and mistakes saves")
            below += " · " + cut.replace("%1", str(shown)).replace("%2", str(len(names)))
        painter.drawText(
            QRectF(left, top + shown * high + 2, self.width() - left, 18), Qt.AlignmentFlag.AlignLeft, below
        )
        painter.save()
        painter.translate(14, top + shown * high / 2 + 20)
        painter.rotate(-90)
        painter.drawText(QRectF(0, -8, 60, 16), Qt.AlignmentFlag.AlignLeft, self.tr("← truth"))
        painter.restore()

    def _grid(self, classes: int) -> tuple[int, float, float]:
        """How many classes are shown, and width and height of a cell: they fill the pane, within reason."""
        shown = min(classes, MOST_CLASSES)
        high = min((self.height() - CORNER[1] - 22) / shown, TALL * sized(BODY))
        return shown, min((self.width() - CORNER[0] - 12) / shown, max(high, BROAD * sized(BODY))), high

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Truth and answer of the cell under a point."""
        if self.counts is None:
            return None
        shown, wide, high = self._grid(len(self.counts))
        row, column = int((at.y() - CORNER[1]) // high), int((at.x() - CORNER[0]) // wide)
        return (row, column) if 0 <= row < shown and 0 <= column < shown else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None:
            self.cursor_at = cell
            self.update()
            self.cell_chosen.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if self.counts is not None and key in steps:
            shown = self._grid(len(self.counts))[0]
            row, column = self.cursor_at or (0, 0)
            down, right = steps[key] if self.cursor_at is not None else (0, 0)
            self.cursor_at = max(0, min(row + down, shown - 1)), max(0, min(column + right, shown - 1))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cursor_at is not None:
            self.cell_chosen.emit(*self.cursor_at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell, examples = self.cell_at(QPointF(event.pos())), self._session.examples
            words = ""
            if cell is not None and examples is not None and self.counts is not None:
                names = examples.dataset.class_names
                words = self.tr("%1 examples of “%2” are answered “%3”. Click to see them.")
                words = words.replace("%1", str(int(self.counts[cell]))).replace("%2", names[cell[0]])
                words = words.replace("%3", names[cell[1]])
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _paint_cell(
        self, painter: QPainter, theme: Theme, place: QRectF, count: int, share: float, is_right: bool, font: QFont
    ) -> None:
        ground = QColor(theme.positive if is_right else theme.negative)
        ground.setAlphaF(min(1.0, 0.08 + 0.8 * share) if count else 0.0)
        painter.fillRect(place, theme.color("window"))
        painter.fillRect(place, ground)
        if count:
            painter.setFont(font)
            strong = share > 0.55
            painter.setPen(theme.color("on_accent" if strong and is_right else "text"))
            painter.drawText(place, _CENTRED, str(count))


def _confusion(training: Training) -> Any:
    from playground.insight.classes import confusion

    return confusion(training)


_CENTRED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

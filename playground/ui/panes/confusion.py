"""The live confusion matrix: which classes are taken for which, on the validation part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge
from playground.ui.looking import Look, Looking
from playground.ui.theme import BODY, NOTE, Theme, sized, theme_of

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST_CLASSES = 20


class ConfusionPane(QWidget):
    """Rows are the truth, columns the answer; a mistake is orange, a right answer blue, its share the strength."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.counts: np.ndarray | None = None
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
        shown = min(len(names), MOST_CLASSES)
        left, top = 92.0, 24.0
        side = min((self.height() - top - 22) / shown, (self.width() - left - 12) / shown, 46.0)
        totals = np.maximum(counts.sum(axis=1), 1)
        font, small = QFont(), QFont()
        font.setPixelSize(round(min(sized(BODY), max(7.0, side * 0.5))))
        small.setPixelSize(round(min(sized(NOTE), max(7.0, side * 0.6))))
        for row in range(shown):
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            name = painter.fontMetrics().elidedText(names[row], Qt.TextElideMode.ElideRight, 66)
            painter.drawText(QRectF(left - 74, top + row * side, 68, side), _RIGHT, name)
            painter.drawText(QRectF(left + row * side, top - 18, side, 16), _CENTRED, _short(names[row], side))
            for column in range(shown):
                place = QRectF(left + column * side, top + row * side, side - 1, side - 1)
                count = int(counts[row, column])
                self._paint_cell(painter, theme, place, count, count / totals[row], row == column, font)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(left, top + shown * side + 2, 300, 18), Qt.AlignmentFlag.AlignLeft, self.tr("answer →"))
        painter.save()
        painter.translate(14, top + shown * side / 2 + 20)
        painter.rotate(-90)
        painter.drawText(QRectF(0, -8, 60, 16), Qt.AlignmentFlag.AlignLeft, self.tr("← truth"))
        painter.restore()

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


def _short(name: str, side: float) -> str:
    return name if len(name) * 7 < side else name[: max(1, int(side // 8))]


_CENTRED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

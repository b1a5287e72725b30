"""The reliability diagram: is the network right as often as it is sure?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QLabel

from playground.ui.looking import Look
from playground.ui.theme import sized, theme_of
from playground.ui.views.focus import Focus
from playground.ui.views.painted import Painted, room_for
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.gallery import Reliability

LINE = 16
"""Height of a line of words, in pixels."""


class Diagram(Painted):
    """Bars of accuracy over confidence, and the diagonal on which they should end."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Reliability | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(220)

    def resizeEvent(self, event: object) -> None:
        self.fit_to_room()

    def fit_to_room(self) -> None:
        """A square, as large as the pane allows."""
        self.setFixedHeight(round(min(self.width(), room_for(self, 460))))

    def paint(self, painter: QPainter) -> None:
        if self.found is None:
            return
        theme, line = theme_of(), sized(LINE)
        side = min(self.width() - 3.6 * line, self.height() - 2.0 * line - 18)
        left, bottom = max(2.8 * line, (self.width() - side) / 2), 12 + side
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edges, counted = self.found.edges, list[tuple[QRectF, int]]()
        for low, high, count, accuracy in zip(edges, edges[1:], self.found.counts, self.found.accuracy, strict=False):
            if count:
                bar = QRectF(left + low * side + 1, bottom - accuracy * side, (high - low) * side - 2, accuracy * side)
                painter.fillRect(bar, theme.color("train"))
                counted.append((bar, int(count)))
        for bar, count in counted:
            self._paint_count(painter, bar, count, bottom - side)
        painter.setPen(QPen(theme.color("baseline"), 1.6, Qt.PenStyle.DashLine))
        painter.drawLine(round(left), round(bottom), round(left + side), round(bottom - side))
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(QRectF(left, bottom - side, side, side))
        painter.setPen(theme.color("muted"))
        for share in (0, 0.5, 1):
            words = f"{share:g}"
            place = QRectF(left + share * side - 20, bottom + 2, 40, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
            place = QRectF(left - 46, bottom - share * side - line / 2, 40, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, words)
        below = QRectF(left, bottom + line, side, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.tr("confidence (on each bar: examples)"))
        painter.save()
        painter.translate(left - 2.8 * line, bottom)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, side, line), Qt.AlignmentFlag.AlignHCenter, self.tr("accuracy"))
        painter.restore()

    def _paint_count(self, painter: QPainter, bar: QRectF, count: int, highest: float) -> None:
        """How many examples a bar stands for: one looks like sixty."""
        line, words = sized(LINE), f"{count:,}"
        is_on_bar = bar.top() - line < highest
        place = QRectF(bar.left(), bar.top() if is_on_bar else bar.top() - line, bar.width(), line)
        painter.save()
        font, wide = painter.font(), painter.fontMetrics().horizontalAdvance(words)
        if wide > bar.width():
            font.setPixelSize(max(7, int(font.pixelSize() * bar.width() / wide)))
            painter.setFont(font)
        painter.setPen(theme_of().color("on_accent" if is_on_bar else "muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)
        painter.restore()


class ReliabilityView(View):
    """The diagram and its figure."""

    name = "reliability"
    title = "Reliability"
    group = "Everything"
    about = (
        "Whether a network that is 80 % sure is right in 80 % of cases. The validation examples are sorted into ten "
        "bins by confidence, the largest probability; each bar is the share of right answers in its bin. Below the "
        "dashed diagonal the network is too sure. Expected calibration error: Σ n_bin / n · |accuracy − confidence|. "
        "Source: Guo, Pleiss, Sun and Weinberger 2017, section 2."
    )
    every = 0.8

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self.diagram = Diagram()
        self.words = QLabel(wordWrap=True)
        self.column.addWidget(self.diagram)
        self.column.addWidget(self.words)
        self.column.addStretch(1)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None or (examples.targets is None and examples.valid.targets.ndim == 1):
            return ""
        return focus.tr("This is about how sure a network is of one class an example.")

    def look(self) -> Look | None:
        def look(training: Training) -> Any:
            from playground.insight.gallery import Answers, answers, reliability

            found = answers(training)
            return reliability(found) if isinstance(found, Answers) else None

        return look

    def show_answer(self, answer: Any) -> None:
        self.diagram.found = answer
        self.diagram.update()
        if answer is None:
            return
        some = answer.counts > 0
        share = answer.counts[some] / answer.counts.sum()
        sure, right = float((share * answer.confidence[some]).sum()), float((share * answer.accuracy[some]).sum())
        words = self.tr("Expected calibration error %1 (n = %2): on average %3 sure, and right in %4.")
        words = words.replace("%1", f"{answer.error:.3f}").replace("%2", f"{int(answer.counts.sum()):,}")
        self.words.setText(words.replace("%3", f"{sure:.1%}").replace("%4", f"{right:.1%}"))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self.diagram.found
        if found is None:
            return {}
        return {"from, to, count, confidence, accuracy": np.column_stack(
            [found.edges[:-1], found.edges[1:], found.counts, found.confidence, found.accuracy]
        )}  # fmt: skip

    def in_words(self) -> str:
        return self.words.text()

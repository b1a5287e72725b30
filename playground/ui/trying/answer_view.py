"""The live answer to one new example: what it is, how sure the network is, and why that may mean nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.app.predicting import Answer
from playground.data.fresh import Fresh
from playground.data.intake import Intake
from playground.ui.drawing import chance
from playground.ui.theme import BODY, TITLE, sized, theme_of
from playground.ui.trying.forecast_curve import ForecastCurve
from playground.ui.views.bars import Bars

MOST_BARS = 10
LONG = 24
"""Characters from which on an answer is not written large."""


class AnswerView(QWidget):
    """Large words and the warning; a bar a class beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.said = QLabel(wordWrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setAccessibleName(self.tr("The network's answer"))
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.sure = QLabel(wordWrap=True)
        self.sure.setProperty("role", "note")
        self.bars = Bars(self.tr("Probability of each class, in percent"))
        self.warning = QLabel(wordWrap=True)
        self.warning.setAccessibleName(self.tr("Warning"))
        self.warning.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._bars_page = scrolled(self.bars)
        self.curve = ForecastCurve()
        self.curve.hide()
        row.addWidget(scrolled(self.said, self.sure, self.warning), 1)
        row.addWidget(self._bars_page, 1)
        row.addWidget(self.curve, 2)
        self.restyle()

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self.said.setStyleSheet(f"font-size: {sized(TITLE * 1.5)}px; font-weight: 600;")
        self.warning.setStyleSheet(f"color: {theme_of().warning};")
        self.bars.update()

    def clear(self, words: str = "") -> None:
        """No answer; words say why."""
        self.said.setText("")
        self.sure.setText(words)
        self.warning.setText("")
        self.warning.hide()
        self.bars.show_bars([])
        self.curve.hide()

    def show_problem(self, words: str) -> None:
        """What was given cannot be read."""
        self.clear()
        self._warn(words)

    def show_answer(self, answer: Answer, intake: Intake, epoch: str, some: Fresh | None = None) -> None:
        """epoch: of the network that answered, in words. some: what was answered, where it is to be drawn."""
        is_long = len(answer.said) > LONG
        self.said.setStyleSheet(f"font-size: {sized(BODY if is_long else TITLE * 1.5)}px; font-weight: 600;")
        self.said.setText(answer.said)
        if answer.confidence is not None:
            sure = self.tr("%1 sure").replace("%1", chance(answer.confidence))
        else:
            sure = ", ".join(intake.targets)
        self.sure.setText(f"{sure} · {epoch}")
        in_order = list(zip(intake.classes, answer.probabilities, strict=False))  # text has no probabilities
        pairs = sorted(in_order, key=lambda pair: -pair[1])
        kept = {name for name, _ in pairs[:MOST_BARS]}
        self.bars.show_bars([(name, round(100 * share, 1)) for name, share in in_order if name in kept], 100.0)
        self._bars_page.setVisible(bool(in_order))
        self.curve.setVisible(some is not None and intake.windows is not None and not in_order)
        if some is not None and intake.windows is not None:
            known = intake.inputs.scaler().undo(some.inputs)[0, :, intake.windows.channel]
            self.curve.show_forecast(known.tolist(), answer.values, answer.spread)
        self._warn("\n".join(answer.warnings))

    def _warn(self, words: str) -> None:
        self.warning.setVisible(bool(words))
        if words:
            self.warning.setText("⚠ " + words)
            self.warning.setAccessibleDescription(words)


def scrolled(*parts: QWidget) -> QScrollArea:
    """Widgets below each other, on the ground of panels."""
    page = QWidget()
    page.setObjectName("place")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 6, 4)
    column.setSpacing(4)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(page)
    return scroll

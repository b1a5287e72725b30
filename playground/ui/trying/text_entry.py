"""Text to be tried, or the recent values of a series; and of a network that writes, how daring it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSlider, QVBoxLayout, QWidget

from playground.app.writing import TEMPERATURE
from playground.data.intake import Intake

STEPS = 20
"""Of the slider, to each unit of temperature."""


class TextEntry(QWidget):
    """What is written, and a slider where it is gone on with."""

    changed = Signal()
    warmed = Signal(float)
    """Another temperature."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.textChanged.connect(self.changed)
        self.temperature = QSlider(Qt.Orientation.Horizontal)
        self.temperature.setRange(2, 2 * STEPS)
        self.temperature.setValue(round(TEMPERATURE * STEPS))
        self.temperature.setAccessibleName(self.tr("Temperature"))
        self.temperature.setToolTip(
            self.tr(
                "How daring it writes. The next symbol is drawn from softmax(scores / temperature): at 1 as probable "
                "as the network has learned; towards 0 always the likeliest, which soon goes round in circles; above 1 "
                "all become alike, and it babbles. Ackley, Hinton and Sejnowski 1985."
            )
        )
        self.temperature.valueChanged.connect(self._warm)
        self._words = QLabel()
        self._words.setProperty("role", "note")
        self._words.setToolTip(self.temperature.toolTip())
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words)
        row.addWidget(self.temperature, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text, 1)
        column.addWidget(self._row)
        self._say()

    def begin(self, intake: Intake, words: str = "") -> None:
        """An empty sheet for such data, or one with those words."""
        is_series = intake.kind == "sequence"
        self.text.setAccessibleName(self.tr("Recent values") if is_series else self.tr("Text to try"))
        self.text.setPlaceholderText(self._asked(intake) if is_series else self.tr("Write something"))
        self._row.setVisible(intake.writing is not None and intake.writing.mode == "continue")
        self.text.setPlainText(words)

    def _asked(self, intake: Intake) -> str:
        names = ", ".join(intake.features[:6])
        words = self.tr("Type or paste the last %1 values, one moment a line: %2")
        if intake.windows is None:
            words = self.tr("Type or paste a series of up to %1 values, one moment a line: %2")
        return words.replace("%1", f"{intake.shape[0]:,}").replace("%2", names)

    def _warm(self) -> None:
        self._say()
        self.warmed.emit(self.temperature.value() / STEPS)

    def _say(self) -> None:
        value = f"{self.temperature.value() / STEPS:.2f}"
        self._words.setText(self.tr("Temperature %1").replace("%1", value))

"""One thing that stands out, as a card: what is seen, why it matters, and buttons that try something or show it.

Knows nothing of where the advice comes from.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from playground.app.evidence import Advice
from playground.ui.theme import theme_of

ROW = 44
"""Letters of the buttons that stand side by side."""


class AdviceCard(QFrame):
    """Its figures may change while it stands; what it is about does not."""

    tried = Signal(object)
    """An Experiment that the person asks for."""
    layer_wanted = Signal(str)

    def __init__(self, advice: Advice) -> None:
        super().__init__()
        self.setObjectName("advice")
        self.setStyleSheet(f"#advice {{ background: {theme_of().button}; border-radius: 8px; }}")
        inner = QVBoxLayout(self)
        inner.setContentsMargins(12, 8, 12, 10)
        inner.setSpacing(4)
        kind = QLabel(self.tr(advice.kind)[0].upper() + self.tr(advice.kind)[1:])
        kind.setStyleSheet(f"color: {theme_of().warning}; font-weight: 600")
        inner.addWidget(kind)
        self._seen, self._why = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._why.setProperty("role", "note")
        for label in (self._seen, self._why):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            inner.addWidget(label)
        self._advice = advice
        inner.addLayout(self._buttons())
        self.show_advice(advice)

    def takes(self, advice: Advice) -> bool:
        """Whether that is the same as this card's, but for its figures."""
        return _kind(advice) == _kind(self._advice)

    def show_advice(self, advice: Advice) -> None:
        """Show the newest figures of what takes() said yes to."""
        self._advice = advice
        self.setAccessibleName(f"{advice.kind}. {advice.seen} {advice.why}")
        self._seen.setText(self.tr(advice.seen))
        self._why.setText(self.tr(advice.why))

    def _buttons(self) -> QVBoxLayout:
        """As many in a row as their words allow."""
        buttons: list[QPushButton] = []
        for number, experiment in enumerate(self._advice.experiments):
            button = QPushButton(self.tr(experiment.label))
            button.setToolTip(self.tr("Try it now; one step back undoes it") if experiment.changes else "")
            button.clicked.connect(lambda _=False, number=number: self.tried.emit(self._advice.experiments[number]))
            buttons.append(button)
        if (layer := self._advice.layer) is not None:
            show = QPushButton(self.tr("Show %1").replace("%1", layer))
            show.clicked.connect(lambda: self.layer_wanted.emit(layer))
            buttons.append(show)
        rows, row, letters = QVBoxLayout(), QHBoxLayout(), 0
        for button in buttons:
            letters += len(button.text())
            if row.count() and letters > ROW:
                row, letters = QHBoxLayout(), len(button.text())
            if not row.count():
                rows.addLayout(row)
            else:
                row.takeAt(row.count() - 1)
            row.addWidget(button)
            row.addStretch(1)
        return rows


def _kind(advice: Advice) -> tuple[object, ...]:
    return advice.kind, advice.layer, tuple(each.label for each in advice.experiments)

"""How many of the training examples are learned from: a slider, and what else was made scarce or wrong on purpose."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from playground.app.session import Session
from playground.data.dataset import Examples
from playground.ui.theme import theme_of

STEPS = 60
REST = 350
"""Milliseconds until a slider that was moved has the data made anew."""
FEWEST = 20
"""Training examples below which there is nothing to choose from."""


class FewSlider(QWidget):
    """Equal steps are equal ratios; at the right end all are learned from."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._pool, self._least = session, 1, 1
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setAccessibleName(self.tr("Training examples that are learned from"))
        tip = self.tr(
            "Learn from so many training examples alone, of each class its share; validation and test stay as they "
            "are. Fewer are among the more. How much does the score fall?"
        )
        self.slider.setToolTip(f"<p>{tip}</p>")
        self.slider.valueChanged.connect(self._moved)
        self.words = QLabel()
        self.words.setProperty("role", "note")
        self.told = QLabel(wordWrap=True)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self._choose)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.words, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self.told, 1, 0, 1, 2)
        self.hide()

    def look_at(self, examples: Examples) -> None:
        """Show how many of them are learned from."""
        self._pool = len(examples.train) + len(examples.unused)
        self._least = min(self._pool, max(2, len(examples.dataset.class_names)))
        self.setVisible(self._pool >= FEWEST)
        if not self._rest.isActive():
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(self._place(len(examples.train)))
            self.slider.blockSignals(blocked)
            self._name(len(examples.train))
        self.told.setText("\n".join(each for each in examples.scarcity if not each.startswith("Learned from")))
        self.told.setVisible(bool(self.told.text()))
        self.told.setStyleSheet(f"color: {theme_of().warning}")

    def count(self) -> int | None:
        """How many the slider stands for; None for all."""
        share = self.slider.value() / STEPS
        if share >= 1:
            return None
        exact = self._least * (self._pool / self._least) ** share
        return max(self._least, int(float(f"{exact:.2g}")))

    def _place(self, count: int) -> int:
        if count >= self._pool:
            return STEPS
        found = min(range(STEPS), key=lambda at: abs(self._least * (self._pool / self._least) ** (at / STEPS) - count))
        return int(found)

    def _name(self, count: int) -> None:
        pool = f"{self._pool:,}"
        words = self.tr("learn from %1 of %2") if count < self._pool else self.tr("learn from all %2")
        self.words.setText(words.replace("%1", f"{count:,}").replace("%2", pool))

    def _moved(self) -> None:
        self._name(self.count() or self._pool)
        self._rest.start()

    def _choose(self) -> None:
        choice = self._session.document.data.model_copy(update={"train_on": self.count()})
        self._session.choose_data(choice, "how many are learned from")

"""What to vary and how to search, as a person sets it. Reading it is playground.app.varying's business."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.app.document import Document
from playground.app.suggesting import suggestion, titles
from playground.app.tuning import Settings
from playground.app.varying import read_vary
from playground.data.dataset import Examples
from playground.selection.folds import read_folding
from playground.selection.space import Spaces
from playground.ui.drawing import icon
from playground.ui.panes.folds_box import FoldsBox

OUTER = 5
"""Folds in which a search is scored."""
MOST_ROWS = 4
"""Settings varied at once here; the command line takes any number."""
FOLDINGS = (
    ("holdout", "the split there is"),
    ("5", "5 folds"),
    ("10", "10 folds"),
    ("loo", "leave one out"),
    ("forward:5", "forward in time"),
)


class _Row(QWidget):
    """One setting and its values."""

    removed = Signal()

    def __init__(self, document: Callable[[], Document]) -> None:
        super().__init__()
        self._document = document
        self.path, self.values, self.remove = QComboBox(), QLineEdit(), QToolButton()
        self.path.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.path.setMinimumContentsLength(8)
        self.path.setAccessibleName(self.tr("Setting to vary"))
        self.values.setAccessibleName(self.tr("Values"))
        self.values.setToolTip(
            self.tr("Values with commas between: 0.001, 0.01, 0.1. A range: 1..64, or 0.0001..0.1:log, or 8..64:8.")
        )
        self.remove.setIcon(icon("x"))
        self.remove.setToolTip(self.tr("Do not vary it"))
        self.remove.clicked.connect(self.removed)
        self.path.activated.connect(self._suggest)
        self.line = QHBoxLayout()
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.addWidget(self.path, 1)
        self.line.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self.line)
        column.addWidget(self.values)

    def fill(self, wanted: str | None = None) -> None:
        """Offer the settings that the document has now."""
        found, before = titles(self._document()), wanted or self.path.currentData()
        self.path.clear()
        for path, title in found.items():
            self.path.addItem(title, path)
        at = self.path.findData(before)
        self.path.setCurrentIndex(max(at, 0))
        if at < 0 or wanted is not None:
            self._suggest()

    def _suggest(self) -> None:
        if self.path.currentData():
            self.values.setText(suggestion(self._document(), self.path.currentData()))


class TuneForm(QWidget):
    """Says what was chosen, as the values that playground.app.tuning takes."""

    def __init__(self, document: Callable[[], Document]) -> None:
        super().__init__()
        self._document = document
        self._rows: list[_Row] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self.more = QToolButton()
        self.more.setIcon(icon("plus"))
        self.more.setToolTip(self.tr("Vary another setting"))
        self.more.setAccessibleName(self.more.toolTip())
        self.more.clicked.connect(lambda: self.add_row())
        self.folds, self.search, self.unit = FoldsBox(FOLDINGS), QComboBox(), QComboBox()
        self.budget = QSpinBox()
        self.folds.setToolTip(self.tr("On what each choice is judged. The test part is outside of all of it."))
        for name, words in (("grid", "grid: all of them"), ("random", "random"), ("tpe", "TPE: learns as it goes")):
            self.search.addItem(self.tr(words), name)
        self.search.setToolTip(
            self.tr("Random covers many settings better than a grid (Bergstra and Bengio 2012); TPE learns as it goes.")
        )
        self.search.activated.connect(self._searched)
        self.budget.setRange(1, 9999)
        self.budget.setValue(30)
        self.budget.setAccessibleName(self.tr("Budget"))
        self.budget.setToolTip(self.tr("After so many trials, or minutes, no more are begun."))
        self.unit.addItems([self.tr("trials"), self.tr("minutes")])
        for box in (self.unit, self.folds, self.search):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(5)
        self.unit.setAccessibleName(self.tr("Of what the budget is"))
        self.nested = QCheckBox(self.tr("nested folds"))
        self.nested.setToolTip(
            self.tr(
                "Scores the search too (nested cross-validation): it is done anew in each of %1 outer folds, and its "
                "winner judged on examples that had no say in it (Varma and Simon 2006). Takes %1 times as long again."
            ).replace("%1", str(OUTER))
        )
        self._lay_out()
        self._searched()

    def _lay_out(self) -> None:
        """In as few lines as can be: a low panel has room for five; `nested` stands beside the pane's button."""
        form = self._form = QFormLayout()
        form.setVerticalSpacing(5)
        form.addRow(self.tr("Judged on"), self.folds)
        form.addRow(self.folds.beside)
        form.addRow(self.tr("Search"), self.search)
        self._budget_row = QWidget()
        budget = QHBoxLayout(self._budget_row)
        budget.setContentsMargins(0, 0, 0, 0)
        budget.addWidget(self.budget, 1)
        budget.addWidget(self.unit)
        form.addRow(self._budget_row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(5)
        outer.addLayout(self._column)
        outer.addLayout(form)

    def add_row(self, path: str | None = None) -> None:
        """One more setting to vary."""
        row = _Row(self._document)
        row.removed.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._column.addWidget(row)
        taken = {each.path.currentData() for each in self._rows[:-1]}
        free = next((each for each in titles(self._document()) if each not in taken), None)
        row.fill(path or free)
        self._allow()

    def _remove(self, row: _Row) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self._allow()

    def _allow(self) -> None:
        self.more.setEnabled(len(self._rows) < MOST_ROWS)
        self._rows[-1].line.addWidget(self.more)
        for row in self._rows:
            row.remove.setVisible(len(self._rows) > 1)

    def _searched(self) -> None:
        self._form.setRowVisible(self._budget_row, self.search.currentData() != "grid")

    def refresh(self, examples: Examples | None) -> None:
        """Follow the document, whose layers come and go, and the data, which may have groups."""
        self.folds.follow(examples)
        for row in self._rows:
            row.fill()

    def vary(self, path: str) -> None:
        """Vary this setting alone."""
        for row in self._rows[1:]:
            self._remove(row)
        self._rows[0].fill(path)

    def spaces(self) -> Spaces:
        """What is varied. Raises DocumentProblem, with a sentence."""
        return read_vary(self._document(), [f"{row.path.currentData()}={row.values.text()}" for row in self._rows])

    def settings(self) -> Settings:
        """How to search. Raises DataProblem."""
        search = self.search.currentData()
        count = None if search == "grid" else self.budget.value()
        is_time = self.unit.currentIndex() == 1
        outer = read_folding(str(OUTER)) if self.nested.isChecked() else None
        folding = read_folding(self.folds.text_of())
        return Settings(
            search=search, trials=None if is_time else count, minutes=count if is_time else None, folding=folding,
            outer=outer,
        )  # fmt: skip

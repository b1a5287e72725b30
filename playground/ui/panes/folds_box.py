"""In what ways the examples are divided again and again, as a list to choose from that knows what the data allow.

What a way means is playground.selection.folds' business. Used by the panes that repeat and search.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from playground.data.dataset import Dataset
from playground.data.grouping import group_column, group_columns

BY_GROUP = "group"
"""Folds whose groups are the equal values of a column that is chosen beside."""
GROWING = "growing"
WAYS = (
    ("5", "5 folds"),
    ("10", "10 folds"),
    ("5x3", "5 folds, three times"),
    ("loo", "leave one out"),
    ("forward:5", "5 steps forward in time"),
    ("seeds:5", "5 other seeds"),
    ("seeds:20", "20 other seeds"),
    (GROWING, "more and more examples"),
)
"""Of repeating."""
WAYS_TIP = (
    "Folds judge every example once; seeds ask whether one run was lucky; more and more examples, a learning curve, "
    "ask whether collecting more data would help."
)
Ways = Sequence[tuple[str, str]]
"""What playground.selection.folds reads, or another word, and how it is called."""


class FoldsBox(QComboBox):
    """Where the table has groups, says so of folds; where it could have some, offers them, and `groups` says which."""

    def __init__(self, ways: Ways) -> None:
        super().__init__()
        self._ways = ways
        self._known: tuple[str, tuple[str, ...]] | None = None
        self.groups = QComboBox()
        """The columns that rows could be kept together by; seen when that is chosen."""
        self.groups.setAccessibleName(self.tr("Column whose rows stay together"))
        self.groups.setToolTip(
            self.tr(
                "Rows with the same value are all learned from or all judged on: whom the network has seen, it is not "
                "asked about. Give the column the role “group” beside the data to have it so everywhere."
            )
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.groups.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.currentIndexChanged.connect(self._show_groups)
        self.follow(None)

    def follow(self, dataset: Dataset | None) -> None:
        """Offer what these data allow; what was chosen stays, if it is still there."""
        whole = group_column(dataset) if dataset is not None and dataset.groups is not None else ""
        columns = group_columns(dataset) if dataset is not None else ()
        if self._known == (whole, columns):
            return
        self._known = whole, columns
        before, column = self.currentData(), self.groups.currentData()
        blocked = self.blockSignals(True)
        self.clear()
        for name, words in self._ways:
            self.addItem(self._called(name, words, whole), name)
            if name == "10" and columns:
                self.addItem(self.tr("5 folds, by group"), BY_GROUP)
        self.setCurrentIndex(max(self.findData(before), 0))
        self.groups.clear()
        for each in columns:
            self.groups.addItem(self.tr("the same “%1” together").replace("%1", each), each)
        self.groups.setCurrentIndex(max(self.groups.findData(column), 0))
        self.blockSignals(blocked)
        if self.currentData() != before:
            self.currentIndexChanged.emit(self.currentIndex())
        self._show_groups()

    def _called(self, name: str, words: str, whole: str) -> str:
        """A way's words; of data that have groups, that these stay whole."""
        if not whole or not (name.isdigit() or name == "loo"):
            return self.tr(words)
        told = self.tr("leave one “%1” out") if name == "loo" else self.tr("%2 folds, each “%1” whole")
        return told.replace("%2", name).replace("%1", whole)

    def _show_groups(self) -> None:
        self.groups.setVisible(self.currentData() == BY_GROUP)

    def text_of(self) -> str:
        """The way that is chosen, as playground.selection.folds reads it."""
        way = str(self.currentData())
        return f"group:{self.groups.currentData()}:5" if way == BY_GROUP else way

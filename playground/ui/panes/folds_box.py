"""In what ways the examples are divided again and again, as a list to choose from that knows what the data allow.

What a way means is playground.selection.folds' business. Used by the panes that repeat and search.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from playground.data.dataset import Examples
from playground.data.grouping import group_column, group_columns
from playground.selection.folds import groups_left

BY_GROUP = "group"
"""As many folds as are asked for, of groups: the equal values of a column that is chosen beside."""
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
USUAL = 5


class FoldsBox(QComboBox):
    """Where the table has groups, or could have some, folds of them are offered; `beside` says which and how many."""

    def __init__(self, ways: Ways) -> None:
        super().__init__()
        self._ways = ways
        self._examples: Examples | None = None
        self._known: tuple[str, tuple[str, ...]] | None = None
        self.groups = QComboBox()
        """The columns that rows could be kept together by."""
        self.groups.setAccessibleName(self.tr("Column whose rows stay together"))
        self.groups.setToolTip(
            self.tr(
                "Rows with the same value are all learned from or all judged on: whom the network has seen, it is not "
                "asked about. Give the column the role “group” beside the data to have it so everywhere."
            )
        )
        self.number = FoldCount()
        self.beside = QWidget()
        """Stands below; seen when folds of groups are chosen."""
        row = QHBoxLayout(self.beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.groups, 1)
        row.addWidget(self.number)
        for box in (self, self.groups):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.currentIndexChanged.connect(self._show_groups)
        self.groups.currentIndexChanged.connect(self._count_groups)
        self.follow(None)

    def follow(self, examples: Examples | None) -> None:
        """Offer what these data allow; what was chosen stays, if it is still there."""
        dataset = examples.dataset if examples is not None else None
        whole = group_column(dataset) if dataset is not None and dataset.groups is not None else ""
        columns = group_columns(dataset) if dataset is not None else ()
        is_same = examples is self._examples
        self._examples = examples
        if self._known != (whole, columns):
            self._known = whole, columns
            self._offer(whole, columns)
        elif not is_same:
            self._show_groups()

    def _offer(self, whole: str, columns: tuple[str, ...]) -> None:
        before, column = self.currentData(), self.groups.currentData()
        blocked = self.blockSignals(True)
        self.clear()
        for name, words in self._ways:
            self.addItem(self._called(name, words, whole), name)
            if name == "10" and (columns or whole):
                self.addItem(self._called(BY_GROUP, self.tr("folds by group …"), whole), BY_GROUP)
        self.setCurrentIndex(max(self.findData(before), 0))
        self.groups.clear()
        for each in columns:
            self.groups.addItem(self.tr("by “%1”").replace("%1", each), each)
        self.groups.setCurrentIndex(max(self.groups.findData(column), 0))
        self.groups.setVisible(bool(columns))
        self.blockSignals(blocked)
        if self.currentData() != before:
            self.currentIndexChanged.emit(self.currentIndex())
        self._show_groups()

    def _called(self, name: str, words: str, whole: str) -> str:
        """A way's words; of data that have groups, that these stay whole."""
        told = {"loo": self.tr("leave one “%1” out"), BY_GROUP: self.tr("so many folds, each “%1” whole …")}
        if not whole or not (name.isdigit() or name in told):
            return self.tr(words)
        return told.get(name, self.tr("%2 folds, each “%1” whole")).replace("%2", name).replace("%1", whole)

    def _show_groups(self) -> None:
        self.beside.setVisible(self.currentData() == BY_GROUP)
        self._count_groups()

    def _count_groups(self) -> None:
        """No more folds than groups."""
        examples = self._examples
        if examples is not None and self.currentData() == BY_GROUP:
            name = self.groups.currentData() or ""
            self.number.setMaximum(max(2, groups_left(examples, name)))

    def text_of(self) -> str:
        """The way that is chosen, as playground.selection.folds reads it."""
        way = str(self.currentData())
        if way != BY_GROUP:
            return way
        count = "loo" if self.number.leaves_one_out else str(self.number.value())
        column = self.groups.currentData()
        return f"group:{column}:{count}" if column else count


class FoldCount(QSpinBox):
    """A number of folds; as many as there are groups means that each group is left out once."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(2, USUAL)
        self.setValue(USUAL)
        self.setAccessibleName(self.tr("Number of folds"))
        self.setToolTip(
            self.tr("From two folds to one for each group: then every group is left out once (leave one group out).")
        )

    @property
    def leaves_one_out(self) -> bool:
        """Whether there is a fold for each group."""
        return self.value() == self.maximum()

    def textFromValue(self, value: int) -> str:
        words = QCoreApplication.translate("FoldCount", "%1: one out" if value == self.maximum() else "%1 folds")
        return words.replace("%1", str(value))

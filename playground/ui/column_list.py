"""The columns of a table to be looked through, found and changed, one or many at once; as quick for 20,000 as for 4.

Shows a playground.data.describing.TableSight and says what a person wants; the dialog around it is table_dialog.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from playground.data.describing import ColumnSight
from playground.ui.theme import sized, theme_of

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Column", "Type", "Role", "Empty cells become", "Scaling", "Empty", "Different", "Values", "Why")
NAME, TYPE, ROLE, MISSING, SCALING, GAPS, KINDS, VALUES, WHY = range(len(HEADS))
SETTING = {TYPE: "type", ROLE: "role", MISSING: "missing", SCALING: "scaling"}
WIDEST = {NAME: 240, VALUES: 260}
"""Pixels of a column that a few long cells would make wider."""
MEASURED = 100
"""Rows by which the widths of columns are chosen."""
ROLES = ("input", "target", "left out", "group", "time")
TYPES = ("number", "whole number", "yes/no", "category", "date", "text", "id", "constant")
EMPTIES = {
    "drop": "leave the row out", "mean": "mean", "median": "median", "most frequent": "most frequent",
    "own": "a category of its own",
}  # fmt: skip
SCALINGS = {"standard": "mean 0, spread 1", "robust": "median 0, quartiles", "unit": "0 to 1", "none": "as it is"}
OFFERED: Mapping[int, Mapping[str, str]] = {
    TYPE: {name: name for name in TYPES},
    ROLE: {name: name for name in ROLES},
    MISSING: EMPTIES,
    SCALING: SCALINGS,
}
NUMBERS = ("number", "whole number", "date")


def tr(words: str) -> str:
    """A word of the columns' in the person's language."""
    return QCoreApplication.translate("ColumnList", words)


class Columns(QAbstractTableModel):
    """One row a column of the table."""

    wanted = Signal(str, str, object)
    """A column's name, the setting, and its new value."""

    def __init__(self) -> None:
        super().__init__()
        self.sights: tuple[ColumnSight, ...] = ()

    def show(self, sights: tuple[ColumnSight, ...]) -> None:
        """Other facts; where they are of the same columns, what is chosen and scrolled to stays."""
        is_same = [each.proposal.name for each in sights] == [each.proposal.name for each in self.sights]
        if is_same and sights:
            self.sights = sights
            self.dataChanged.emit(self.index(0, 0), self.index(len(sights) - 1, len(HEADS) - 1))
            return
        self.beginResetModel()
        self.sights = sights
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.sights)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_shown = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return tr(HEADS[section]) if is_shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        sight, at = self.sights[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return shown(sight, at)
        if role == Qt.ItemDataRole.EditRole:
            return value_of(sight, at)
        if role == Qt.ItemDataRole.TextAlignmentRole and at in (GAPS, KINDS):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and sight.gives_away and at in (NAME, WHY):
            return QColor(theme_of().warning)
        if role == Qt.ItemDataRole.ForegroundRole and sight.proposal.role == "left out" and at not in SETTING:
            return QColor(theme_of().muted)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or value == value_of(self.sights[index.row()], index.column()):
            return False
        self.wanted.emit(self.sights[index.row()].proposal.name, SETTING[index.column()], value)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        can_be_said = value_of(self.sights[index.row()], index.column()) is not None
        return plain | Qt.ItemFlag.ItemIsEditable if can_be_said else plain


def value_of(sight: ColumnSight, at: int) -> str | None:
    """The setting that a cell shows; None where there is none to be said."""
    found = sight.proposal
    if at == TYPE:
        return found.type
    if at == ROLE:
        return found.role
    if at == MISSING and found.role == "input":
        return found.missing
    if at == SCALING and found.role == "input" and found.type in NUMBERS:
        return found.scaling or "standard"
    return None


def shown(sight: ColumnSight, at: int) -> str:
    """What a cell says."""
    found = sight.proposal
    if at in SETTING:
        value = value_of(sight, at)
        return tr(OFFERED[at][value]) if value is not None else ""
    if at == NAME:
        return found.name
    if at in (GAPS, KINDS):
        count = sight.gaps if at == GAPS else sight.kinds
        return f"{count:,}" if count else ""
    if at == VALUES:
        return f"{sight.low} to {sight.high}" if sight.low else ", ".join(sight.examples)
    if sight.gives_away:
        return tr("! says “%1” by itself: known before it is?").replace("%1", sight.gives_away)
    return found.why


class Found(QSortFilterProxyModel):
    """The columns whose words hold what is searched for, in the file's order or sorted by a heading."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self.columns = columns
        self._wanted = ""
        self.setSourceModel(columns)

    def search(self, text: str) -> None:
        """Show only the columns in whose name, type, role or reason the text stands."""
        self._wanted = text.strip().casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        del parent
        sight = self.columns.sights[row]
        return not self._wanted or any(
            self._wanted in shown(sight, at).casefold() for at in (NAME, TYPE, ROLE, WHY)
        )  # fmt: skip

    def lessThan(self, left: Index, right: Index) -> bool:
        first, second = (self.columns.sights[each.row()] for each in (left, right))
        if left.column() in (GAPS, KINDS):
            one, other = ((each.gaps, each.kinds)[left.column() - GAPS] for each in (first, second))
            return one < other
        return shown(first, left.column()).casefold() < shown(second, left.column()).casefold()


class Choosing(QStyledItemDelegate):
    """A cell that can be said otherwise opens as a list of what it may be."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            option.text = f"{option.text}  ▾"

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        del option
        box = QComboBox(parent)
        name = index.model().index(index.row(), NAME).data()
        box.setAccessibleName(f"{name}: {tr(HEADS[index.column()])}")
        for key, words in OFFERED[index.column()].items():
            box.addItem(tr(words), key)
        box.activated.connect(lambda: self._done(box))
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def _done(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData())


class ColumnList(QTableView):
    """All columns of a table. A click on a setting says it otherwise; several rows are chosen as everywhere."""

    wanted = Signal(list, str, object)
    """Names of columns, the setting, and its new value."""
    picked = Signal()
    """Other columns are chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.values = Columns()
        self.found = Found(self.values)
        self.setModel(self.found)
        self.setItemDelegate(Choosing(self))
        self.setAccessibleName(tr("Columns"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(MEASURED)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        self.clicked.connect(self._clicked)
        self.values.wanted.connect(lambda name, setting, value: self.wanted.emit([name], setting, value))
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())

    def show_columns(self, sights: tuple[ColumnSight, ...]) -> None:
        """Other facts, or facts of another table."""
        before = len(self.values.sights)
        self.values.show(sights)
        if before != len(sights):
            self.fit()

    def fit(self) -> None:
        """As wide as the widest cells; the reason takes what is left."""
        self.resizeColumnsToContents()
        for at, most in WIDEST.items():
            self.setColumnWidth(at, min(self.columnWidth(at), sized(most)))

    def search(self, text: str) -> None:
        """Only the columns whose words hold the text."""
        self.found.search(text)
        self.picked.emit()

    def chosen(self) -> list[str]:
        """Names of the columns chosen, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [str(self.found.index(row, NAME).data()) for row in rows]

    def _clicked(self, index: QModelIndex) -> None:
        if len(self.selectionModel().selectedRows()) == 1 and index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

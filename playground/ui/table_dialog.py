"""A table before it is used: what the program understood of it, each of which can be said otherwise.

What is understood and proposed is playground.data.describing's, asked beside the window's thread after each change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.app.session import Session
from playground.data.columns import listed
from playground.data.dataset import DataChoice
from playground.data.describing import TableSight, describe
from playground.data.reading import AS_UNDERSTOOD, ENCODINGS, TableReading
from playground.data.split import FEWEST
from playground.ui.alive import while_there
from playground.ui.column_list import ROLES, TYPES, ColumnList, tr
from playground.ui.form import Calm
from playground.ui.ragged_rows import RaggedRows
from playground.ui.theme import sized

Index = QModelIndex | QPersistentModelIndex
MOST_ROWS = 8
ALONE = ("target", "group", "time")
"""Roles of one column at a time."""
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}


class TableDialog(QDialog):
    """Asks how a table is read; accepted, `choice` is what was chosen."""

    def __init__(self, session: Session, choice: DataChoice, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self.choice = session, choice
        self._path = Path(choice.source)
        self._turn = 0
        self.sight: TableSight | None = None
        self.setWindowTitle(self.tr("How to read %1").replace("%1", self._path.name))
        self.resize(sized(1120), sized(620))
        self.words, self.notes = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.notes.setProperty("role", "note")
        self.target, self.encoding, self.separator = _Box(), _Box(), _Box()
        self.decimal, self.sheet = _Box(), _Box()
        self.header = QCheckBox(self.tr("the first row names the columns"))
        self.ragged = RaggedRows()
        self.columns, self.first, self.rows = ColumnList(), FirstRows(), QTableView()
        self.rows.setModel(self.first)
        self.rows.setAccessibleName(self.tr("First rows"))
        self.rows.verticalHeader().hide()
        self.rows.verticalHeader().setDefaultSectionSize(self.rows.fontMetrics().height() + 10)
        self.search = QLineEdit(placeholderText=self.tr("Find columns"), clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Find columns by name, type, role or reason"))
        self.count = QLabel()
        self.count.setProperty("role", "note")
        self.role, self.type = QComboBox(), QComboBox()
        self.role.setPlaceholderText(self.tr("role of the chosen"))
        self.role.setAccessibleName(self.tr("Role of the chosen columns"))
        self.type.setPlaceholderText(self.tr("type of the chosen"))
        self.type.setAccessibleName(self.tr("Type of the chosen columns"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.addButton(self.tr("Use this table"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._connect()
        self._ask()

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        line = QHBoxLayout()
        for words, box in (
            (self.tr("Encoding"), self.encoding), (self.tr("Separator"), self.separator),
            (self.tr("Decimal sign"), self.decimal), (self.tr("Sheet"), self.sheet),
        ):  # fmt: skip
            label = QLabel(words)
            label.setBuddy(box)
            line.addWidget(label)
            line.addWidget(box)
        line.addWidget(self.header)
        line.addStretch(1)
        self.form.addRow(self.tr("Predict"), self.target)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addLayout(self.form)
        column.addLayout(line)
        column.addWidget(self.ragged)
        column.addLayout(self._tools())
        column.addWidget(self.columns, 3)
        column.addWidget(self.rows, 2)
        column.addWidget(self.notes)
        column.addWidget(self.buttons)

    def _tools(self) -> QHBoxLayout:
        """What is done with many columns: finding them, and changing all that are chosen."""
        line = QHBoxLayout()
        self.search.setFixedWidth(sized(200))
        for box, offered in ((self.role, ROLES), (self.type, TYPES)):
            for name in offered:
                box.addItem(tr(name), name)
            box.setCurrentIndex(-1)
            box.setMinimumWidth(sized(140))
            box.setToolTip(self.tr("Of all columns that are chosen below (Shift or Ctrl and a click, Ctrl+A: all)"))
        line.addWidget(self.search)
        line.addWidget(self.count, 1)
        line.addWidget(self.role)
        line.addWidget(self.type)
        return line

    def _connect(self) -> None:
        self.search.textChanged.connect(self.columns.search)
        self.columns.picked.connect(self._count)
        self.columns.wanted.connect(self._say_columns)
        for setting, box in (("role", self.role), ("type", self.type)):
            box.activated.connect(lambda _, setting=setting, box=box: self._say_chosen(setting, box))
        self.target.activated.connect(lambda: self._say_target(self.target.currentText()))
        boxes = {"encoding": self.encoding, "separator": self.separator, "decimal": self.decimal, "sheet": self.sheet}
        for name, box in boxes.items():
            box.activated.connect(lambda _, box=box, name=name: self._say(name, box.currentData()))
        self.header.clicked.connect(lambda is_on: self._say("header", is_on))
        self.ragged.said.connect(self._say)

    def accept(self) -> None:
        """What is shown is what is chosen: the target is named from now on."""
        if self.sight is not None and self.choice.target is None and len(self.sight.targets) == 1:
            self.choice = self.choice.model_copy(update={"target": self.sight.targets[0]})
        super().accept()

    # Saying

    @property
    def _reading(self) -> TableReading:
        return self.choice.table or AS_UNDERSTOOD

    def _say(self, name: str, value: Any) -> None:
        self._take(self._reading.model_copy(update={name: value, **({"columns": ()} if name == "header" else {})}))

    def _say_target(self, name: str) -> None:
        self.choice = self.choice.model_copy(update={"target": name})
        self._ask()

    def _say_column(self, name: str, setting: str, value: Any) -> None:
        self._say_columns([name], setting, value)

    def _say_columns(self, names: list[str], setting: str, value: Any) -> None:
        if setting == "role" and value == "target":
            self._say_target(names[0])
            return
        if setting == "role" and self.choice.target in names:
            self.choice = self.choice.model_copy(update={"target": None})
        self._take(self._reading.saying(names, setting, value))

    def _say_chosen(self, setting: str, box: QComboBox) -> None:
        """The same of all columns chosen; the box is for saying, it shows nothing."""
        names, value = self.columns.chosen(), box.currentData()
        box.setCurrentIndex(-1)
        if names:
            self._say_columns(names, setting, value)

    def _count(self) -> None:
        """How many are shown and chosen, and what can be said of so many."""
        chosen, shown, all_of = (
            len(self.columns.chosen()),
            self.columns.found.rowCount(),
            len(self.columns.values.sights),
        )
        words = self.tr("%1 of %2 columns").replace("%1", f"{shown:,}").replace("%2", f"{all_of:,}")
        self.count.setText(words + (self.tr(" · %1 chosen").replace("%1", f"{chosen:,}") if chosen else ""))
        for box in (self.role, self.type):
            box.setEnabled(bool(chosen))
        model = self.role.model()
        for place, name in enumerate(ROLES):
            is_possible = name not in ALONE or chosen == 1
            model.setData(model.index(place, 0), None if is_possible else 0, Qt.ItemDataRole.UserRole - 1)

    def _take(self, reading: TableReading) -> None:
        self.choice = self.choice.model_copy(update={"table": reading})
        self._ask()

    # Asking

    def _ask(self) -> None:
        self._turn += 1
        turn = self._turn
        self.use.setEnabled(False)
        self.words.setText(self.tr("Reading …"))

        def shown(sight: TableSight) -> None:
            if turn == self._turn:
                self._show(sight)

        def failed(error: Exception) -> None:
            if turn == self._turn:
                self.words.setText(str(error))

        work = partial(describe, self._path, self.choice)
        self._session.beside.run(work, while_there(self, shown), while_there(self, failed))

    # Showing

    def _show(self, sight: TableSight) -> None:
        self.sight = sight
        has_enough = sight.seen >= FEWEST or not sight.is_whole
        self.use.setEnabled(has_enough and len(sight.columns) > 1)
        plan = sight.plan
        rows = f"{sight.seen:,}" if sight.is_whole else self.tr("more than %1").replace("%1", f"{sight.seen:,}")
        words = self.tr("%1 rows, %2 columns.") if sight.seen != 1 else self.tr("One row, %2 columns.")
        words = words.replace("%1", rows).replace("%2", f"{len(sight.columns):,}")
        if not self.use.isEnabled():
            words += self.tr(" %1 needs at least %2 rows and two columns to be learned from and judged by.")
            words = words.replace("%2", str(FEWEST))
        self.words.setText(words.replace("%1", self._path.name))
        elsewhere = ("--target", "cells than there are columns")  # both are told where they are chosen
        notes = [note for note in sight.notes if not any(each in note for each in elsewhere)]
        leaks = [each for each in sight.columns if each.gives_away]
        if leaks:
            words = self.tr("%1 tells “%2” by itself: leave it out unless it is known before the answer is.")
            names = listed([f"“{each.proposal.name}”" for each in leaks], 3)
            notes.insert(0, words.replace("%1", names).replace("%2", leaks[0].gives_away))
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))
        is_text = plan.kind == "text"
        _offer(self.encoding, {name: name for name in ENCODINGS}, plan.encoding, is_text)
        _offer(self.separator, SEPARATORS | {plan.separator: SEPARATORS.get(plan.separator, plan.separator)},
               plan.separator, is_text)  # fmt: skip
        _offer(self.decimal, {".": "1.5", ",": "1,5"}, plan.decimal, is_text)
        _offer(self.sheet, {name: name for name in plan.sheets}, plan.sheet, bool(plan.sheets))
        self.header.setChecked(plan.header)
        self.ragged.show_rows(sight)
        target = sight.targets[0] if sight.targets else ""
        _offer(self.target, {name: name for name in plan.names}, target, True)
        self.columns.show_columns(sight.columns)
        self.first.show(sight)
        self._count()


class FirstRows(QAbstractTableModel):
    """The first rows of a file, as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._rows: tuple[tuple[str, ...], ...] = ()

    def show(self, sight: TableSight) -> None:
        """Of another file, or read otherwise."""
        if (sight.plan.names, sight.rows[:MOST_ROWS]) == (self._names, self._rows):
            return
        self.beginResetModel()
        self._names, self._rows = sight.plan.names, sight.rows[:MOST_ROWS]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_name = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._names[section] if is_name else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        is_cell = role == Qt.ItemDataRole.DisplayRole and index.column() < len(row)
        return row[index.column()] if is_cell else None


class _Box(Calm, QComboBox):
    """Many of them stand in a table that is scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.stay_calm()


def _offer(box: QComboBox, offered: dict[str, str], value: str, is_wanted: bool) -> None:
    box.clear()
    for key, words in offered.items():
        box.addItem(words, key)
    box.setCurrentIndex(max(box.findData(value), 0))
    box.setEnabled(is_wanted)


def ask_table(session: Session, choice: DataChoice, parent: QWidget, then: Callable[[DataChoice], None]) -> TableDialog:
    """Show the dialog; then is called with the choice, if the table is to be used."""
    dialog = TableDialog(session, choice, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: then(dialog.choice))
    dialog.open()
    return dialog

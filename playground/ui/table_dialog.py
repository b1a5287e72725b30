"""A table before it is used: what the program understood of it, each of which can be said otherwise.

What is understood and proposed is playground.data.describing's, asked beside the window's thread after each change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.app.session import Session
from playground.data.dataset import DataChoice
from playground.data.describing import ColumnSight, TableSight, describe
from playground.data.reading import AS_UNDERSTOOD, ENCODINGS, TableReading
from playground.ui.form import Calm
from playground.ui.theme import sized

MOST_COLUMNS = 200
"""Columns that are listed; all are read."""
MOST_ROWS = 8
ROLES = ("input", "target", "left out", "group", "time")
TYPES = ("number", "whole number", "yes/no", "category", "date", "text", "id", "constant")
MISSING = {
    "drop": "leave the row out", "mean": "mean", "median": "median", "most frequent": "most frequent",
    "own": "a category of its own",
}  # fmt: skip
SCALINGS = {"standard": "mean 0, spread 1", "robust": "median 0, quartiles", "unit": "0 to 1", "none": "as it is"}
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
HEADS = ("Column", "Type", "Role", "Empty cells become", "Scaling", "Empty", "Different", "Values", "Why")


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
        self.columns, self.rows = QTableWidget(), QTableWidget()
        for table, name in ((self.columns, self.tr("Columns")), (self.rows, self.tr("First rows"))):
            table.setAccessibleName(name)
            table.verticalHeader().hide()
            table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
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
        column.addWidget(self.columns, 3)
        column.addWidget(self.rows, 2)
        column.addWidget(self.notes)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.target.activated.connect(lambda: self._say_target(self.target.currentText()))
        boxes = {"encoding": self.encoding, "separator": self.separator, "decimal": self.decimal, "sheet": self.sheet}
        for name, box in boxes.items():
            box.activated.connect(lambda _, box=box, name=name: self._say(name, box.currentData()))
        self.header.clicked.connect(lambda is_on: self._say("header", is_on))

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
        if setting == "role" and value == "target":
            self._say_target(name)
            return
        if setting == "role" and name == self.choice.target:
            self.choice = self.choice.model_copy(update={"target": None})
        self._take(self._reading.with_column(self._reading.of(name).model_copy(update={setting: value})))

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

        self._session.beside.run(partial(describe, self._path, self.choice), shown, failed)

    # Showing

    def _show(self, sight: TableSight) -> None:
        self.sight = sight
        self.use.setEnabled(bool(sight.seen) and len(sight.columns) > 1)
        plan = sight.plan
        rows = f"{sight.seen:,}" if sight.is_whole else self.tr("more than %1").replace("%1", f"{sight.seen:,}")
        words = self.tr("%1 rows, %2 columns.") if sight.seen != 1 else self.tr("One row, %2 columns.")
        words = words.replace("%1", rows).replace("%2", f"{len(sight.columns):,}")
        if not self.use.isEnabled():
            words += self.tr(" %1 needs some rows and at least two columns to be learned from.")
        self.words.setText(words.replace("%1", self._path.name))
        notes = [note for note in sight.notes if "--target" not in note]  # it is chosen here
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))
        is_text = plan.kind == "text"
        _offer(self.encoding, {name: name for name in ENCODINGS}, plan.encoding, is_text)
        _offer(self.separator, SEPARATORS | {plan.separator: SEPARATORS.get(plan.separator, plan.separator)},
               plan.separator, is_text)  # fmt: skip
        _offer(self.decimal, {".": "1.5", ",": "1,5"}, plan.decimal, is_text)
        _offer(self.sheet, {name: name for name in plan.sheets}, plan.sheet, bool(plan.sheets))
        self.header.setChecked(plan.header)
        target = sight.targets[0] if sight.targets else ""
        _offer(self.target, {name: name for name in plan.names}, target, True)
        self._show_columns(sight)
        self._show_rows(sight)

    def _show_columns(self, sight: TableSight) -> None:
        shown = sight.columns[:MOST_COLUMNS]
        table = self.columns
        table.clear()
        table.setColumnCount(len(HEADS))
        table.setHorizontalHeaderLabels([self.tr(head) for head in HEADS])
        table.setRowCount(len(shown))
        for line, column in enumerate(shown):
            self._show_column(line, column)
        table.resizeColumnsToContents()
        table.horizontalHeader().setSectionResizeMode(len(HEADS) - 1, QHeaderView.ResizeMode.Stretch)
        if len(sight.columns) > len(shown):
            words = self.tr("The first %1 columns are listed; all are read.").replace("%1", str(MOST_COLUMNS))
            self.words.setText(f"{self.words.text()} {words}")

    def _show_column(self, line: int, column: ColumnSight) -> None:
        found = column.proposal
        texts = {
            0: found.name, 5: f"{column.gaps:,}" if column.gaps else "", 6: f"{column.kinds:,}" if column.kinds else "",
            7: f"{column.low} to {column.high}" if column.low else ", ".join(column.examples), 8: found.why,
        }  # fmt: skip
        for at, text in texts.items():
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.columns.setItem(line, at, item)
        is_used = found.role == "input"
        is_number = found.type in ("number", "whole number", "date")
        self._put(line, 1, found.name, "type", {name: name for name in TYPES}, found.type)
        self._put(line, 2, found.name, "role", {name: name for name in ROLES}, found.role)
        if is_used:
            self._put(line, 3, found.name, "missing", MISSING, found.missing)
        if is_used and is_number:
            self._put(line, 4, found.name, "scaling", SCALINGS, found.scaling or "standard")

    def _put(self, line: int, at: int, name: str, setting: str, offered: dict[str, str], value: str) -> None:
        box = _Box()
        box.setAccessibleName(f"{name}: {HEADS[at]}")
        for key, words in offered.items():
            box.addItem(self.tr(words), key)
        box.setCurrentIndex(box.findData(value))
        box.activated.connect(lambda _: self._say_column(name, setting, box.currentData()))
        self.columns.setCellWidget(line, at, box)

    def _show_rows(self, sight: TableSight) -> None:
        names = sight.plan.names[:MOST_COLUMNS]
        self.rows.clear()
        self.rows.setColumnCount(len(names))
        self.rows.setHorizontalHeaderLabels(list(names))
        self.rows.setRowCount(min(len(sight.rows), MOST_ROWS))
        for line, row in enumerate(sight.rows[:MOST_ROWS]):
            for at, cell in enumerate(row[: len(names)]):
                self.rows.setItem(line, at, QTableWidgetItem(cell))
        self.rows.resizeColumnsToContents()


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

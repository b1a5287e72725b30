"""What is typed in to be tried: a field for each column of a table, or a box for text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QScrollArea, QWidget

from playground.data.cells import date_like
from playground.data.intake import Intake, SeenColumn
from playground.data.preparing import PreparedColumn
from playground.data.table import plain

MOST_FIELDS = 200
"""Columns that get a field; further ones keep their usual value."""


class RowForm(QScrollArea):
    """One field a column, filled with what is usual at first, so that there is an answer at once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("One row to try"))
        self.fields: dict[str, QLineEdit | QComboBox] = {}

    def show_columns(self, intake: Intake) -> None:
        """Fields for the columns that the network takes."""
        assert intake.preparation is not None
        page = QWidget()
        page.setObjectName("place")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QFormLayout(page)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setVerticalSpacing(3)
        self.fields = {}
        seen = {each.name: each for each in intake.seen}
        for how in intake.preparation.columns[:MOST_FIELDS]:
            field = self._field(how, seen.get(how.name, SeenColumn(name=how.name)))
            field.setAccessibleName(how.name)
            label = QLabel(how.name if len(how.name) <= 28 else f"{how.name[:27]}…")
            label.setToolTip(how.name)
            rows.addRow(label, field)
            self.fields[how.name] = field
        self.setWidget(page)

    def _field(self, how: PreparedColumn, seen: SeenColumn) -> QLineEdit | QComboBox:
        words = seen.words or how.words
        if how.encoding in ("categories", "yes/no"):
            box = QComboBox(editable=True)
            box.addItems(list(words))
            box.setCurrentText(seen.usual if seen.usual is not None else how.fill_word or (words[0] if words else ""))
            box.currentTextChanged.connect(self.changed)
            box.setToolTip(self.tr("Empty: not known"))
            return box
        usual = plain(float(f"{how.fill:.5g}")) if how.encoding == "number" else ""
        line = QLineEdit(seen.usual if seen.usual is not None else usual)
        line.setPlaceholderText(self.tr("not known") if how.encoding == "number" else date_like(how.format))
        if seen.low is not None and seen.high is not None and how.encoding == "number":
            low, high = (plain(float(f"{end:.4g}")) for end in (seen.low, seen.high))
            words_of_range = self.tr("In training from %1 to %2. Empty: not known.")
            line.setToolTip(words_of_range.replace("%1", low).replace("%2", high))
        line.textChanged.connect(self.changed)
        return line

    def cells(self) -> dict[str, str]:
        """What stands in the fields, by the columns' names."""
        return {
            name: field.text() if isinstance(field, QLineEdit) else field.currentText()
            for name, field in self.fields.items()
        }

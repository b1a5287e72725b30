"""Rows of a table with too many or too few cells: how many there are, which, and the choice of what becomes of them.

Part of the dialog in table_dialog.py; what is done is playground.data.ragged's and table_files'.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from playground.data.describing import TableSight
from playground.data.ragged import Ragged


class RaggedRows(QWidget):
    """A line for each kind of such rows that the file has; nothing where all are whole."""

    said = Signal(str, str)
    """A setting of the reading, and what it is to be."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(2, 1)
        self._labels: list[QLabel] = []
        self.long_words, self.long_rows = self._line(
            0, "long_rows", self.tr("Rows with too many cells"),
            {
                "drop": self.tr("leave these rows out"),
                "widen": self.tr("keep them, in more columns"),
                "keep": self.tr("keep them, cut at the last column"),
            },
            self.tr(
                "Look at these rows in the file first: one separator too many moves all that follows into the wrong "
                "columns. More columns: unnamed ones, for what is beyond the last."
            ),
        )  # fmt: skip
        self.short_words, self.short_rows = self._line(
            1, "short_rows", self.tr("Rows with too few cells"),
            {"fill": self.tr("keep them, the rest is empty"), "drop": self.tr("leave these rows out")},
            self.tr(
                "Look at these rows in the file first: where a cell is missing in the middle, all that follows is in "
                "the wrong columns."
            ),
        )  # fmt: skip

    def _line(
        self, row: int, setting: str, title: str, offered: dict[str, str], explained: str
    ) -> tuple[QLabel, QComboBox]:
        label, box, words = QLabel(title), QComboBox(), QLabel()
        self._labels.append(label)
        label.setBuddy(box)
        box.setAccessibleName(title)
        box.setToolTip(explained)
        for value, said in offered.items():
            box.addItem(said, value)
        box.activated.connect(lambda: self.said.emit(setting, box.currentData()))
        words.setProperty("role", "note")
        words.setWordWrap(True)
        for place, widget in enumerate((label, box, words)):
            self._grid.addWidget(widget, row, place)
        return words, box

    def show_rows(self, sight: TableSight) -> None:
        """What was found in a file, and what becomes of it as things stand."""
        found = ((self.long_rows, self.long_words, sight.long, sight.plan.long_rows),
                 (self.short_rows, self.short_words, sight.short, sight.plan.short_rows))  # fmt: skip
        for label, (box, words, rows, becomes) in zip(self._labels, found, strict=True):
            for widget in (label, box, words):
                widget.setVisible(bool(rows.count))
            box.setCurrentIndex(box.findData(becomes))
            words.setText(self._told(rows, sight))
        self.setVisible(bool(sight.long.count or sight.short.count))

    def _told(self, rows: Ragged, sight: TableSight) -> str:
        words = self.tr("1 row") if rows.count == 1 else self.tr("%1 rows").replace("%1", f"{rows.count:,}")
        if not sight.is_whole:
            words += self.tr(" of the first %1").replace("%1", f"{sight.seen:,}")
        return words + (f" ({rows.where})" if rows.where else "")

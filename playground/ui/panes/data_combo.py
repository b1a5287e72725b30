"""The choice among all data sets: those of the program, those that can be downloaded, drawn points, files."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from playground.data import drawn
from playground.data.catalogue import CATALOGUE
from playground.data.published import PUBLISHED, megabytes

KINDS = {"points": "2-D points", "image": "Images", "table": "Tables", "sequence": "Sequences", "text": "Text"}


class DataCombo(QComboBox):
    """An entry's data is the name as in a data choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Data set"))
        self.setToolTip(self.tr("The data set; the network's ends follow it."))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        for kind, title in KINDS.items():
            if self.count():
                self.insertSeparator(self.count())
            for entry in CATALOGUE.values():
                if entry.kind == kind:
                    self._add(entry.title, entry.name, f"{title}: {entry.summary}")
            if kind == "points":
                self._add(self.tr("Drawn by hand"), drawn.SOURCE, self.tr("2-D points: your own, drawn by hand."))
            if kind == "image":
                self._add_published()

    def _add_published(self) -> None:
        for each in PUBLISHED.values():
            words = self.tr("%1 Downloaded when you agree: %2.").replace("%1", each.summary)
            self._add(f"{each.title} ⤓", each.name, words.replace("%2", megabytes(each.size)))

    def _add(self, words: str, source: str, tip: str) -> None:
        self.addItem(words, source)
        self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def show_source(self, source: str) -> None:
        """Show what is used; a file or folder gets an entry of its own."""
        place = self.findData(source)
        if place < 0:
            self.addItem(source.rstrip("/").rsplit("/", 1)[-1], source)
            place = self.count() - 1
        self.setCurrentIndex(place)

"""The page of examples: chosen by part and class, in an order that shows what is strange, each with what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.app.browsing import PARTS, Browsing, Order, answer_in_words
from playground.app.session import Session
from playground.data.corrections import can_be_labelled
from playground.data.dataset import Dataset
from playground.ui.bridge import Bridge
from playground.ui.browser.detail import Detail
from playground.ui.example_pictures import ExamplePictures, cells, has_pictures
from playground.ui.table import Table
from playground.ui.views.picture_grid import PictureGrid, Tile

SIDE = 64
MOST_TILES, MOST_LINES, MOST_COLUMNS = 240, 2000, 40
SHOWN = (("both", "Training and validation"), ("train", "Training"), ("valid", "Validation"),
         ("corrected", "Corrected by hand"))  # fmt: skip
ORDERS: dict[Order, tuple[str, str]] = {
    "given": ("As they come", "In the order of the file"),
    "far": ("Farthest first", "By the distance to the fifth nearest training example: what stands out comes first"),
    "doubtful": ("Doubtful labels first", "By how many of the five nearest training examples have another label"),
    "twins": ("Duplicates", "Examples with the same inputs, those with different labels first"),
}


@dataclass(frozen=True)
class _Column:
    """One column of the table of examples; a row is a number of an example."""

    name: str
    title: str
    text: Callable[[int], str]
    is_number: bool = False
    explained: str = ""
    is_high_good: bool = False

    @property
    def value(self) -> Callable[[int], object]:
        if not self.is_number:
            return self.text
        return lambda row: float(self.text(row) or "nan")


class ExamplesPage(QWidget):
    """A gallery, or a table where examples have no pictures; one of them in detail."""

    def __init__(self, browsing: Browsing, session: Session, bridge: Bridge) -> None:
        super().__init__()
        self._browsing = browsing
        self._pictures: ExamplePictures | None = None
        self._drawn_for: object = None
        self.rows: list[int] = []
        """Those that are shown."""
        self._most = MOST_TILES
        self.shown, self.label, self.order = QComboBox(), QComboBox(), QComboBox()
        for name, words in SHOWN:
            self.shown.addItem(self.tr(words), name)
        for box, words in ((self.shown, "Which part"), (self.label, "Which class"), (self.order, "In which order")):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMinimumContentsLength(10)
            box.setAccessibleName(self.tr(words))
            box.setToolTip(self.tr(words))
            box.activated.connect(self._chosen)
        self.count = QLabel()
        self.count.setProperty("role", "note")
        self.bar, self.cancel = QProgressBar(minimum=0, maximum=1000), QPushButton(self.tr("Cancel"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.cancel.clicked.connect(browsing.stop)
        self.more = QPushButton(self.tr("Show more"))
        self.more.clicked.connect(self._show_more)
        self.grid = PictureGrid(self.tr("Examples"))
        self.grid.clicked.connect(lambda number: self.choose(self.rows[number]))
        self.table = Table((), str, self.tr("Examples"), many=False)
        self.table.picked.connect(lambda: self.choose(*(int(each) for each in self.table.chosen())))
        self.detail = Detail(browsing)
        self._lay_out()
        bridge.tick.connect(self._show_progress)
        drop = QShortcut(QKeySequence(Qt.Key.Key_Delete), self)
        drop.activated.connect(self.detail.toggle_dropped)
        for keys, act in (
            (QKeySequence.StandardKey.Undo, session.undo),
            (QKeySequence.StandardKey.Redo, session.redo),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        self.restyle()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 0)
        for box in (self.shown, self.label, self.order):
            head.addWidget(box)
        head.addWidget(self.count, 1)
        head.addWidget(self.bar)
        head.addWidget(self.cancel)
        page = QWidget()
        page.setObjectName("place")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 8, 8)
        column.addWidget(self.grid)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.setWidget(page)
        self._stack = QStackedWidget()
        self._stack.addWidget(scroll)
        self._stack.addWidget(self.table)
        split = QSplitter()
        split.addWidget(self._stack)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 1)
        split.setSizes([760, 300])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(head)
        outer.addWidget(split, 1)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self._drawn_for = None
        self.table.restyle()
        self.detail.restyle()

    def refresh(self) -> None:
        """Show the data there are now; what was chosen stays chosen."""
        examples = self._browsing.examples
        if examples is None:
            return
        if self._drawn_for is not examples:
            self._drawn_for = examples
            self._pictures = ExamplePictures(examples.dataset, SIDE)
            self._fill_boxes()
            self._fill_columns()
        order: Order = self.order.currentData()
        if self._browsing.is_ready(order):
            self._show()
        elif self._browsing.progress is None:
            self._browsing.prepare(order, self._show, self._failed)
        self._show_progress()

    def _fill_boxes(self) -> None:
        dataset = self._browsing.dataset
        before = self.label.currentText()
        self.label.clear()
        self.label.addItem(self.tr("All classes"), None)
        for number, name in enumerate(dataset.class_names):
            self.label.addItem(name, number)
        self.label.setCurrentIndex(max(0, self.label.findText(before)))
        self.label.setVisible(can_be_labelled(dataset))
        was = self.order.currentData()
        self.order.clear()
        for order in self._browsing.orders():
            words, about = ORDERS[order]
            self.order.addItem(self.tr(words), order)
            self.order.setItemData(self.order.count() - 1, self.tr(about), Qt.ItemDataRole.ToolTipRole)
        self.order.setCurrentIndex(max(0, self.order.findData(was)))

    def _fill_columns(self) -> None:
        dataset = self._browsing.dataset
        if has_pictures(dataset):
            return
        names = [name for name, _ in cells(dataset, 0)][:MOST_COLUMNS]
        self.table.set_columns(
            (
                _Column("row", self.tr("Example"), lambda row: str(row + 1), True),
                *self._place_column(dataset),
                _Column("part", self.tr("Part"), lambda row: PARTS[self._browsing.part_of(row)]),
                _Column("answer", self.tr("Target"), partial(answer_in_words, dataset), dataset.task == "numbers"),
                *(
                    _Column(name, name, partial(_cell, dataset, place), _is_number(dataset, place))
                    for place, name in enumerate(names)
                ),
            )
        )

    def _place_column(self, dataset: Dataset) -> list[_Column]:
        """Where an example is to be found in the person's file, if that is known."""
        rows = dataset.file_rows
        if rows is None:
            place = _Column("place", self.tr("From"), dataset.place, explained=self.tr("Where it is in your files"))
            return [place] if len(dataset.origins) else []
        words = self.tr("Its row in %1, as a spreadsheet counts: the first row of the file is row 1")
        words = words.replace("%1", dataset.name)
        return [_Column("place", self.tr("Row in the file"), lambda row: str(rows[row]), True, words)]

    def _chosen(self) -> None:
        self._most = MOST_TILES
        self.detail.row = None  # the first of the new ones
        self.refresh()

    def _show_more(self) -> None:
        self._most *= 2
        self._show()

    def _show(self) -> None:
        browsing = self._browsing
        if browsing.examples is None:
            return
        rows = browsing.rows(self.shown.currentData(), self.label.currentData(), self.order.currentData())
        is_grid = has_pictures(browsing.dataset)
        self._stack.setCurrentIndex(int(not is_grid))
        self.rows = [int(row) for row in rows[: self._most if is_grid else MOST_LINES]]
        words = self.tr("%1 examples").replace("%1", f"{len(rows):,}")
        if len(rows) > len(self.rows):
            words += self.tr(", the first %1 shown").replace("%1", f"{len(self.rows):,}")
        if not len(rows) and self.order.currentData() == "twins":
            words = self.tr("No two examples have the same inputs")
        self.count.setText(words + self.tr(" · the test part stays locked"))
        self.more.setVisible(len(rows) > len(self.rows))
        if is_grid:
            self.grid.show_tiles([self._tile(row) for row in self.rows], SIDE)
        else:
            self.table.show_rows(self.rows)
            QTimer.singleShot(0, self.table, self.table.fit_columns)  # wide enough once it has its style
        chosen = self.detail.row
        self.choose(*([chosen] if chosen in self.rows else self.rows[:1]))

    def _tile(self, row: int) -> Tile:
        assert self._pictures is not None
        browsing = self._browsing
        mark = "" if browsing.part_of(row) != "out" else "✗ "
        answer = browsing.answer(row)
        place = browsing.dataset.place(row)
        words = f"{row + 1}: {answer}, {PARTS[browsing.part_of(row)]}" + (f"\n{place}" if place else "")
        return Tile(self._pictures.of(row), mark + answer, words)

    def choose(self, *rows: int) -> None:
        """Show one example in detail; none: nothing."""
        row = rows[0] if rows else None
        if row is not None and row in self.rows:
            self.grid.choose(self.rows.index(row))
            if (str(row),) != self.table.chosen():
                self.table.choose(str(row))
        self.detail.show_row(row, self._pictures.of(row) if self._pictures is not None and row is not None else None)

    def _failed(self, words: str) -> None:
        """It was stopped, or there is nothing to tell: back to the given order."""
        self.order.setCurrentIndex(0)
        self._show()
        if words:
            self.count.setText(words)

    def _show_progress(self) -> None:
        share = self._browsing.progress
        for widget in (self.bar, self.cancel):
            widget.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(share * 1000))


def _cell(dataset: Dataset, place: int, row: int) -> str:
    return cells(dataset, row)[place][1]


def _is_number(dataset: Dataset, place: int) -> bool:
    """Whether a column is set to the right and sorted by size."""
    if dataset.kind == "text":  # its inputs are numbers of symbols
        return False
    if dataset.table is not None:
        columns = [column for column in dataset.table.columns if not column.clipped]
        return bool(columns[place].storage == "number")
    return bool(np.issubdtype(dataset.inputs.dtype, np.floating))

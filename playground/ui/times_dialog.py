"""Two moments beside each other: choose A and B, see scores and how far each layer moved, and look at either."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.app import times
from playground.app.pasts import Past
from playground.app.session import Session
from playground.ui.alive import while_there
from playground.ui.bridge import Bridge
from playground.ui.drawing import epoch_words, figure
from playground.ui.theme import sized

NOTHING = "–"


class TimesDialog(QDialog):
    """May stay open beside the window."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare two times"))
        self.setMinimumSize(sized(560), sized(420))
        self._session, self._timeline = session, session.timeline
        self._moments: list[Past] = []
        self.choices = tuple(QComboBox() for _ in "AB")
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.scores = _table((self.tr("Score"), "A", "B", "B − A"), self.tr("Scores at both times"))
        self.layers = _table(
            (self.tr("Layer"), self.tr("Weights"), self.tr("Change"), self.tr("Turn")),
            self.tr("How far each layer moved"),
        )
        explained = self.tr(
            "Length of the difference of all its weights, as a share of their length at A: ‖B − A‖ / ‖A‖"
        )
        turned = self.tr("The angle between the layer's weights at A and at B, taken as one vector")
        for column, told in ((2, explained), (3, turned)):
            title = self.layers.horizontalHeaderItem(column)
            assert title is not None
            title.setToolTip(told)
        self._lay_out()
        bridge.past.connect(self.refresh)
        self.refresh()
        self.choices[1].setCurrentIndex(self.choices[1].count() - 1)
        self._compare()

    def _lay_out(self) -> None:
        column, grid = QVBoxLayout(self), QGridLayout()
        column.setSpacing(10)
        for row, (choice, name) in enumerate(zip(self.choices, "AB", strict=True)):
            choice.setAccessibleName(name)
            choice.setMaxVisibleItems(20)
            choice.activated.connect(self._compare)
            look = QPushButton(self.tr("Show %1 in all panes").replace("%1", name))
            look.clicked.connect(partial(self._look, row))
            label = QLabel(name)
            label.setProperty("role", "title")
            for at, widget in enumerate((label, choice, look)):
                grid.addWidget(widget, row, at)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(self.words)
        column.addWidget(self.scores, 2)
        column.addWidget(self.layers, 3)

    def refresh(self) -> None:
        """Offer the moments there are; what was chosen stays chosen."""
        moments = self._timeline.moments()
        if moments == self._moments:
            return
        chosen = [self._chosen(number) for number in range(2)]
        self._moments = moments
        for choice, past in zip(self.choices, chosen, strict=True):
            with QSignalBlocker(choice):
                choice.clear()
                choice.addItems([self.tr("epoch %1").replace("%1", epoch_words(each.epoch)) for each in moments])
                choice.setCurrentIndex(moments.index(past) if past in moments else 0)

    def _chosen(self, number: int) -> Past | None:
        at = self.choices[number].currentIndex()
        return self._moments[at] if 0 <= at < len(self._moments) else None

    def _look(self, number: int) -> None:
        past = self._chosen(number)
        if past is not None:
            self._timeline.look_at(past)

    def _compare(self) -> None:
        """Beside the window: a moment may be in a file, and its validation part has to be predicted."""
        pair = a, b = self._chosen(0), self._chosen(1)
        if a is None or b is None:
            self.words.setText(
                self.tr("There are no earlier moments yet. Press Play, and compare when it has learned.")
            )
            return
        if self._session.examples is None:
            return
        self.words.setText(self.tr("Computing …"))
        asked = [self._timeline.scored(past) for past in (a, b)]

        def work() -> tuple[tuple[times.Moved, ...], list[dict[str, float]]]:
            found = times.moved(a.checkpoint(), b.checkpoint())
            return found, [times.named("validation", answer.result()) for answer in asked]

        def then(answer: tuple[tuple[times.Moved, ...], list[dict[str, float]]]) -> None:
            if pair == (self._chosen(0), self._chosen(1)):
                self._show(a, b, *answer)

        failed = while_there(self, lambda problem: self.words.setText(str(problem)))
        self._session.beside.run(work, while_there(self, then), failed)

    def _show(self, a: Past, b: Past, found: tuple[times.Moved, ...], valid: list[dict[str, float]]) -> None:
        epochs, first = self._session.epochs, self._moments[0] if self._moments else None
        one, other = (
            {**({} if past is first else times.at_end(epochs, past.epoch)), **scored}
            for past, scored in zip((a, b), valid, strict=True)
        )
        words = self.tr("Validation of the weights at A and at B")
        if any(name.startswith("train") for name in (*one, *other)):
            words += self.tr("; train as the mean over the epoch that ended there")
        self.words.setText(f"{words}.")
        _fill(
            self.scores,
            [(row.name, _said(row.a), _said(row.b), _difference(row)) for row in times.scores(one, other)],
        )
        _fill(
            self.layers,
            [(row.layer, f"{row.weights:,}", f"{100 * row.change:.3g} %", f"{row.turn:.3g}°") for row in found],
        )


def _said(value: float | None) -> str:
    return NOTHING if value is None else figure(value)


def _difference(row: times.Score) -> str:
    return NOTHING if row.a is None or row.b is None else f"{'+' if row.b > row.a else ''}{figure(row.b - row.a)}"


def _table(titles: tuple[str, ...], name: str) -> QTableWidget:
    made = QTableWidget(0, len(titles))
    made.setHorizontalHeaderLabels(titles)
    made.setAccessibleName(name)
    made.verticalHeader().hide()
    made.setShowGrid(False)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return made


def _fill(table: QTableWidget, rows: list[tuple[str, ...]]) -> None:
    table.setRowCount(len(rows))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(number, column, item)

"""Two moments beside each other: choose A and B, see scores and how far each layer moved, and look at either."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import isinf
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.app import times
from playground.app.pasts import Past
from playground.app.session import Session
from playground.engine.events import Scores
from playground.graph.model import NodeId
from playground.ui.alive import while_there
from playground.ui.bridge import Bridge
from playground.ui.drawing import figure, moment_words
from playground.ui.theme import sized
from playground.ui.two_planes import TwoPlanes, surface_of
from playground.ui.views.focus import Focus

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.boundary import Surface

NOTHING = "–"
FRAME = 48
"""Pixels that a window's title and frame take of the screen."""


class TimesDialog(QDialog):
    """May stay open beside the window."""

    def __init__(self, session: Session, bridge: Bridge, focus: Focus, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare two times"))
        self.setMinimumWidth(sized(560))
        self.planes = TwoPlanes(focus)
        most = self.screen().availableGeometry().height() - FRAME
        self.setMinimumHeight(min(sized(420), most))
        self.resize(sized(640), min(sized(820 if self.planes.is_possible else 480), most))
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
        for table in (self.scores, self.layers):
            _fill(table, [])
        self._lay_out()
        bridge.past.connect(self.refresh)
        self.refresh()
        self._choose_first()
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
        column.addWidget(self._scrolled(self.words, self.planes, self.scores, self.layers), 1)

    def _scrolled(self, *widgets: QWidget) -> QScrollArea:
        """What both moments are: on a small screen, or with many layers, more than the dialog is high."""
        page, area = QWidget(), QScrollArea(widgetResizable=True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        area.setWidget(page)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _choose_first(self) -> None:
        """From the moment that is looked at, else from the first one, to the last."""
        last, past = len(self._moments) - 1, self._timeline.looked_at
        begin = self._moments.index(past) if past in self._moments else 0
        self.choices[0].setCurrentIndex(begin if begin < last else 0)
        self.choices[1].setCurrentIndex(last)

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
                choice.addItems([moment_words(each.epoch) for each in moments])
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
        layers = self.planes.layers if self.planes.is_possible else None
        asked = [self._timeline.asked(past, partial(_seen, layers=layers)) for past in (a, b)]

        def work() -> tuple[tuple[times.Moved, ...], list[_Seen]]:
            return times.moved(a.checkpoint(), b.checkpoint()), [answer.result() for answer in asked]

        def then(answer: tuple[tuple[times.Moved, ...], list[_Seen]]) -> None:
            if pair == (self._chosen(0), self._chosen(1)):
                moved, seen = answer
                self.planes.show_surfaces(tuple(each.surface for each in seen))
                self._show(a, b, moved, [times.named("validation", each.scores) for each in seen])

        failed = while_there(self, lambda problem: self.words.setText(str(problem)))
        self._session.beside.run(work, while_there(self, then), failed)

    def _show(self, a: Past, b: Past, found: tuple[times.Moved, ...], valid: list[dict[str, float]]) -> None:
        epochs, first = self._session.epochs, self._moments[0] if self._moments else None
        one, other = (
            {**({} if past is first else times.at_end(epochs, past.epoch)), **scored}
            for past, scored in zip((a, b), valid, strict=True)
        )
        rows = times.scores(one, other)
        words = self.tr("Validation of the weights at A and at B")
        if any(name.startswith("train") for name in (*one, *other)):
            words += self.tr("; train as the mean over the epoch that ended there")
        self.words.setText(f"{words}.")
        _fill(
            self.scores,
            [(row.name, _said(row.name, row.a), _said(row.name, row.b), _difference(row)) for row in rows],
        )
        _fill(
            self.layers,
            [(row.layer, f"{row.weights:,}", _share(row.change), f"{row.turn:.3g}°") for row in found],
        )


@dataclass(frozen=True, eq=False)
class _Seen:
    """One moment."""

    scores: Scores
    surface: Surface | None


def _seen(training: Training, layers: tuple[NodeId, ...] | None) -> _Seen:
    """layers: whose units are shown all over the plane; None where there is no plane."""
    surface = surface_of(training, layers) if layers is not None else None
    return _Seen(training.evaluate("valid"), surface)


def _said(name: str, value: float | None) -> str:
    """Accuracies in per cent, as everywhere."""
    if value is None:
        return NOTHING
    return f"{100 * value:.1f} %" if name.endswith("accuracy") else figure(value)


def _difference(row: times.Score) -> str:
    if row.a is None or row.b is None:
        return NOTHING
    difference = row.b - row.a
    words = figure(difference)
    if row.name.endswith("accuracy"):  # between two shares stand points, not per cent
        words = QCoreApplication.translate("TimesDialog", "%1 points").replace("%1", f"{100 * difference:.1f}")
    return f"{'+' if difference > 0 else ''}{words}".replace("-", "−")


def _share(change: float) -> str:
    """How far weights moved, in per cent of what they were.

    >>> _share(0.1234), _share(14.17), _share(float("inf"))
    ('12.3 %', '1,417 %', '∞')
    """
    if isinf(change):
        return "∞"
    return f"{100 * change:,.0f} %" if change >= 1 else f"{100 * change:.3g} %"


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
    # As high as its rows: what does not fit is scrolled by the dialog, which has one scroll bar.
    high = table.horizontalHeader().sizeHint().height() + table.verticalHeader().length()
    table.setFixedHeight(high + 2 * table.frameWidth())

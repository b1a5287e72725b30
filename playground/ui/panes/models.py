"""All models that answered the same examples, in a table: ranked by any column, each set against any other.

Baselines, runs of the history and other projects are added here. The figures are playground.selection's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.app.comparing import offered
from playground.app.session import Session
from playground.app.tuned import OpenNeuron
from playground.selection.as_neuron import as_neuron, can_be_neuron
from playground.selection.outcome import Comparison
from playground.selection.table import COLUMNS, Line, as_csv, as_latex, as_markdown, lines
from playground.ui.bridge import Bridge
from playground.ui.panes.compare import scarce
from playground.ui.panes.other_curves import color_of
from playground.ui.table import Bar, Table
from playground.ui.theme import sized, theme_of

SIDE = 330
"""Pixels of the words beside the table."""


class ModelsPane(QWidget):
    """Reads session.comparing."""

    examples_wanted = Signal(object, str, object)
    """Rows of the validation part to look at, what they are, and what the row's model answered."""
    model_shown = Signal(object, object)
    """The baseline that is chosen, or None, and the examples."""
    runs_wanted = Signal()
    """A person wants to choose from the run history."""
    projects_wanted = Signal()
    """A person wants to choose project files."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.table = Table(COLUMNS, lambda line: line.row.name, self.tr("Models"), self._bar, many=False)
        self.table.picked.connect(self._refresh_words)
        self.table.opened.connect(self._set_against)
        self.head = QLabel(wordWrap=True)
        self.head.setProperty("role", "note")
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setAccessibleName(self.tr("Verdict"))
        self.add = QPushButton(self.tr("Add"))
        self.add.setToolTip(self.tr("Baselines, runs of the history, other projects"))
        self.add.setMenu(QMenu(self.add))
        self.add.menu().aboutToShow.connect(self._fill_add)
        self.copy = QPushButton(self.tr("Copy as"))
        self.copy.setMenu(QMenu(self.copy))
        self._fill_copy(self.copy.menu())
        self.measure = _button(self.tr("Set all against it"), self.tr("Differences and p-values are to this model"))
        self.measure.clicked.connect(lambda: self._set_against(self._chosen()))
        self.first, self.second = _button("", ""), _button("", "")
        self.first.clicked.connect(lambda: self._show_examples(True))
        self.second.clicked.connect(lambda: self._show_examples(False))
        self.neuron = _button(
            self.tr("Open as a neuron"),
            self.tr("The same model as a network; gradient descent reaches its weights"),
        )
        self.neuron.clicked.connect(self._open_as_neuron)
        self.remove = _button(self.tr("Take it away"), self.tr("Out of this table; nothing is deleted (Del)"))
        self.remove.clicked.connect(self._remove)
        key = QShortcut(
            QKeySequence(QKeySequence.StandardKey.Delete), self.table, context=Qt.ShortcutContext.WidgetShortcut
        )
        key.activated.connect(self._remove)
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("role", "note")
        self.empty.setText(
            self.tr(
                "Here your network will stand beside the models it must beat, all scored on the same validation "
                "examples.\nPress Play (Space): the first baselines are fitted meanwhile."
            )
        )
        self._lay_out()
        for signal in (bridge.comparison, bridge.baseline, bridge.data, bridge.contenders):
            signal.connect(self.refresh)
        self.restyle()

    def _lay_out_words(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(12, 6, 12, 8)
        side.setSpacing(6)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        side.addLayout(buttons)
        side.addWidget(self.verdict)
        for button in (self.first, self.second):
            side.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        last = QHBoxLayout()
        last.addWidget(self.measure)
        last.addWidget(self.remove)
        last.addStretch(1)
        side.addLayout(last)
        side.addWidget(self.neuron, 0, Qt.AlignmentFlag.AlignLeft)
        self._below = QVBoxLayout()
        side.addLayout(self._below)
        side.addStretch(1)
        words = QFrame()
        words.setLayout(side)
        self._side = QScrollArea()
        self._side.setObjectName("modelWords")
        self._side.setWidget(words)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _lay_out(self) -> None:
        self._lay_out_words()
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        self.head.setContentsMargins(12, 4, 12, 2)
        left.addWidget(self.head)
        left.addWidget(self.table, 1)
        filled = QWidget()
        row = QHBoxLayout(filled)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self._side)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(filled)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def add_below(self, widget: QWidget) -> None:
        """One more thing to see of the chosen model, below its verdict."""
        self._below.addWidget(widget)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        self._side.setFixedWidth(sized(SIDE))
        self._side.setStyleSheet(
            f"#modelWords {{ border: none; border-left: 1px solid {theme_of().border}; }}"
            f"#modelWords > QWidget > QWidget {{ background: {theme_of().panel}; }}"
        )
        self.table.restyle()
        self.refresh()

    @property
    def _comparison(self) -> Comparison | None:
        return self._session.comparing.comparison

    def refresh(self) -> None:
        """Show the latest comparison, if it can be seen."""
        if not self.isVisible():
            return
        comparison = self._comparison
        self._pages.setCurrentIndex(0 if comparison is None else 1)
        if comparison is None:
            return
        before = self.table.chosen()
        self.table.show_rows(lines(comparison))
        if not before:
            self.table.choose("network")
        self.head.setText(self._heading(comparison))
        self._refresh_words()

    def _heading(self, comparison: Comparison) -> str:
        against = next((row.title for row in comparison.models if row.name == comparison.against), "")
        words = self.tr("same split, same seed · validation part, n = %1").replace("%1", f"{comparison.n:,}")
        if against:
            words += self.tr(" · all set against: %1").replace("%1", against)
        words = " · ".join([words, *scarce(self._session.examples)])
        comparing = self._session.comparing
        if comparing.waited_for:
            titles = dict(offered(self._session.examples)) if self._session.examples is not None else {}
            first = comparing.fitting or next(iter(comparing.waited_for))
            words += self.tr(" · fitting %1").replace("%1", titles.get(first, first).lower())
            more = len(comparing.waited_for) - 1
            words += self.tr(" and %1 more …").replace("%1", str(more)) if more > 0 else " …"
        if comparing.contenders.is_reading:
            words += self.tr(" · reading …")
        return words

    def _bar(self, line: Line, column: str) -> Bar | None:
        if column != "score" or line.share is None:
            return None
        row, theme = line.row, theme_of()
        color = {"network": theme.train, "baseline": theme.baseline}.get(row.kind)
        share, low, high = (min(max(value, 0.0), 1.0) for value in (row.score, row.low, row.high))
        return Bar(share, low, high, color or color_of(self._session.comparing.contenders, row.name))

    def _chosen(self) -> str:
        chosen = self.table.chosen()
        return chosen[0] if chosen else "network"

    # The words beside the table

    def _refresh_words(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        name = self._chosen()
        row = next((row for row in comparison.models if row.name == name), comparison.models[0])
        pair = comparison.pairs.get(row.name)
        problem = self._session.comparing.problem
        self.verdict.setText(f"<b>{_plain(row.title)}</b><br>{_plain(problem or self._verdict(row.name))}")
        self.measure.setEnabled(row.name != comparison.against and row.name in comparison.each)
        self.remove.setEnabled(row.name != "network" and row.name not in self._usual())
        self._show_counts(comparison, row.name, pair is not None)
        examples = self._session.examples
        is_fitted = row.name in self._session.comparing.baselines
        self.model_shown.emit(self._session.comparing.baselines.get(row.name), examples)
        self.neuron.setVisible(is_fitted and examples is not None and not can_be_neuron(row.name, examples))

    def _verdict(self, name: str) -> str:
        comparison = self._comparison
        assert comparison is not None
        if name in comparison.pairs:
            return comparison.pairs[name].text
        if name == comparison.against:
            return self.tr("All others are set against this one. Click another row to read how it stands.")
        if name not in comparison.each:
            return self.tr("It answered other validation examples, so it cannot be set against the rest one by one.")
        return self.tr("Add a baseline to set it against.")

    def _usual(self) -> tuple[str, ...]:
        """Baselines that every network is set against."""
        return self._session.comparing.usual

    def _show_counts(self, comparison: Comparison, name: str, is_pair: bool) -> None:
        """On which examples the two differ: each count opens them."""
        for button, is_first in ((self.first, True), (self.second, False)):
            button.setVisible(is_pair and name in comparison.each)
            if not button.isHidden():
                found, words = self._differing(comparison, name, is_first)
                room = sized(SIDE) - sized(110)
                short = button.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
                button.setText(f"{short}: {len(found):,}")
                button.setToolTip(f"<p>{_plain(words)}: {len(found):,}. {self.tr('Look at these examples')}</p>")
                button.setEnabled(bool(len(found)))

    def _differing(self, comparison: Comparison, name: str, is_first: bool) -> tuple[np.ndarray, str]:
        """Rows of the validation part where one is right and the other wrong, or nearer to the truth."""
        ours, theirs = comparison.each[name], comparison.each[comparison.against]
        titles = {row.name: row.title for row in comparison.models}
        title, sign = titles[comparison.against], 1 if is_first else -1
        if comparison.metric == "accuracy":
            words = self.tr("Right where “%1” is wrong") if is_first else self.tr("Wrong where “%1” is right")
            return np.flatnonzero(sign * (ours - theirs) > 0), words.replace("%1", title)
        words = self.tr("Nearer than “%1”") if is_first else self.tr("Farther off than “%1”")
        gaps = sign * (theirs - ours)
        found = np.flatnonzero(gaps > 0)
        return found[np.argsort(-gaps[found])], words.replace("%1", title)

    def _show_examples(self, is_first: bool) -> None:
        comparison, name = self._comparison, self._chosen()
        if comparison is not None:
            rows, words = self._differing(comparison, name, is_first)
            title = next(row.title for row in comparison.models if row.name == name)
            words = f"{title}: {words[0].lower()}{words[1:]}"
            self.examples_wanted.emit(rows, words, self._session.comparing.answers_of(name))

    # What can be done

    def _set_against(self, name: str) -> None:
        comparison = self._comparison
        if comparison is not None and name in comparison.each:
            self._session.comparing.set_against(name)

    def _open_as_neuron(self) -> None:
        """The baseline's model in the network's place, as one step that can be undone."""
        examples, outcome = self._session.examples, self._session.comparing.baselines.get(self._chosen())
        if examples is not None and outcome is not None:
            graph, recipe = as_neuron(outcome, examples)
            self._session.do(OpenNeuron(graph, tuple(recipe.items()), outcome.title))
            words = self.tr("%1 as a network: press Play, and it reaches the same weights. Ctrl+Z brings yours back.")
            self._session.say(words.replace("%1", outcome.title), is_complaint=False)

    def _remove(self) -> None:
        name, comparing = self._chosen(), self._session.comparing
        if name in comparing.contenders:
            comparing.contenders.remove(name)
        elif name in comparing.baselines and name not in self._usual():
            comparing.drop(name)

    def _fill_add(self) -> None:
        menu, comparing, examples = self.add.menu(), self._session.comparing, self._session.examples
        menu.clear()
        menu.addAction(self.tr("Runs of the history …"), self.runs_wanted.emit)
        menu.addAction(self.tr("Other projects …"), self.projects_wanted.emit)
        menu.addSeparator()
        names = [name for name, _ in offered(examples)] if examples is not None else []
        menu.addAction(self.tr("All baselines"), lambda: comparing.want(*names)).setEnabled(bool(names))
        for name, title in offered(examples) if examples is not None else ():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(name in comparing.baselines or name in comparing.waited_for)
            action.setEnabled(not action.isChecked() or name not in self._usual())
            action.triggered.connect(lambda is_on, name=name: comparing.want(name) if is_on else comparing.drop(name))

    def _fill_copy(self, menu: QMenu) -> None:
        def offer(words: str, made: Callable[[], str]) -> None:
            menu.addAction(words, lambda: self._copy(made()))

        offer(self.tr("CSV"), lambda: as_csv(self.table.values.rows))
        offer(self.tr("Markdown"), lambda: as_markdown(self.table.values.rows))
        offer(self.tr("LaTeX"), lambda: as_latex(self.table.values.rows, self._comparison) if self._comparison else "")

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._session.say(self.tr("The table is on the clipboard."), is_complaint=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.table.fit_columns()


def _button(words: str, explained: str) -> QPushButton:
    made = QPushButton(words)
    made.setToolTip(explained)
    return made


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")

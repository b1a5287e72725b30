"""Which settings are best? A search in processes of its own: the tuning curve, maps, all trials, and the winner.

The search is playground.app.tuning's, what is drawn is in tune_plots.py, what is set in tune_form.py.
"""

from __future__ import annotations

import time
from math import isfinite

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from playground.app.document import DocumentProblem
from playground.app.runner import Mailbox
from playground.app.session import Session
from playground.app.suggesting import titles
from playground.app.tuned import UseSettings
from playground.app.tuning import Search
from playground.data.dataset import DataProblem
from playground.selection.nested import NestedDone, OuterDone, nested_words
from playground.selection.space import Spaces
from playground.selection.trials import Trial, ranked
from playground.selection.tune import SearchEnded, SearchProgress, TrialDone
from playground.selection.tuning_results import in_words, simplest_good, tuning_curve
from playground.ui.bridge import Bridge
from playground.ui.panes import plots, tune_plots
from playground.ui.panes.trial_table import columns_of
from playground.ui.panes.tune_drawings import Drawings
from playground.ui.panes.tune_form import OUTER, TuneForm
from playground.ui.table import Table
from playground.ui.theme import sized, theme_of

FORM = 250
REST = 400
"""Milliseconds between two drawings while trials come fast."""


class TunePane(QWidget):
    """Owns its search; end() stops it."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._mailbox = Mailbox()
        self._search: Search | None = None
        self._trials: dict[int, Trial] = {}
        self._spaces: Spaces = {}
        self._titles: dict[str, str] = {}
        self._began = 0.0
        self._importance: dict[str, float] = {}
        self._nested: NestedDone | None = None
        self.form = TuneForm(lambda: session.document)
        self.start = QPushButton(self.tr("Search"))
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self._toggle)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.shown = Drawings()
        self.shown.activated.connect(self._draw)
        self.plot = plots.plot("", "")
        self.plot.getPlotItem().showGrid(x=False, y=True, alpha=0.12)
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setProperty("role", "note")
        self.use = QPushButton(self.tr("Use these settings"))
        self.use.clicked.connect(lambda: self._use(None))
        self.table = Table((), lambda trial: str(trial.number), self.tr("Trials"), many=False)
        self.table.opened.connect(self._use)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        bridge.tick.connect(self._poll)
        bridge.document.connect(self._follow)
        bridge.data.connect(self._follow)
        self._project = session.history
        bridge.file.connect(self._forget_other_project)
        self.restyle()

    def _lay_out(self) -> None:
        tip = self.tr(
            "Those of the row chosen in the table. After a search that is the simplest network that is as good as the "
            "best within one standard error (Breiman et al. 1984; Hastie et al. 2009, 7.10): a click chooses another. "
            "Can be undone (Ctrl+Z)."
        )
        self.use.setToolTip(f"<p>{tip}</p>")
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 0)
        top.addWidget(self.shown)
        top.addWidget(self.words, 1)
        top.addWidget(self.use)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 4)
        middle.setSpacing(2)
        middle.addLayout(top)
        middle.addWidget(self.bar)
        middle.addWidget(self.plot, 1)
        self.verdict.setContentsMargins(10, 0, 8, 0)
        middle.addWidget(self.verdict)
        drawing = QWidget()
        drawing.setLayout(middle)
        split = QSplitter()
        split.addWidget(drawing)
        split.addWidget(self.table)
        split.setSizes([520, 380])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._form_and_button())
        row.addWidget(split, 1)

    def _form_and_button(self) -> QVBoxLayout:
        """The form scrolls where it must; the button stays below it."""
        left = QVBoxLayout()
        left.setContentsMargins(12, 6, 10, 4)
        left.addWidget(self.form)
        left.addStretch(1)
        page = QFrame()
        page.setLayout(left)
        self._left = QScrollArea()
        self._left.setObjectName("tuneForm")
        self._left.setWidget(page)
        self._left.setWidgetResizable(True)
        self._left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 10, 0)
        foot.addWidget(self.form.nested)
        foot.addWidget(self.start, 1)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 6)
        beside.addWidget(self._left, 1)
        beside.addLayout(foot)
        return beside

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        theme = theme_of()
        self._left.setFixedWidth(sized(FORM))
        self._left.setStyleSheet(
            f"#tuneForm {{ border: none; border-right: 1px solid {theme.border}; }}"
            f"#tuneForm > QWidget > QWidget {{ background: {theme.panel}; }}"
        )
        self.table.restyle()
        plots.restyle(self.plot)
        self.refresh()

    def _forget_other_project(self) -> None:
        """Trials of one project say nothing beside another."""
        if self._session.history is self._project:
            return
        self._project = self._session.history
        self.end()
        self._mailbox.empty()
        self._spaces, self._trials, self._importance, self._nested = {}, {}, {}, None
        self.words.setText("")
        self.start.setText(self.tr("Search"))
        self.start.setEnabled(True)
        self.table.set_columns(())
        self._offer_drawings()
        self.refresh()

    def _follow(self) -> None:
        if self.isVisible():
            self._refresh_form()

    def _refresh_form(self) -> None:
        self.form.refresh(self._session.examples)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.form._rows:
            self.form.add_row()
        self._refresh_form()
        self.refresh()

    # Searching

    @property
    def is_searching(self) -> bool:
        return self._search is not None

    def _toggle(self) -> None:
        if self._search is not None:
            self._search.stop()
            self.start.setEnabled(False)
            self.words.setText(self.tr("Stopping: what is done stays …"))
            return
        session = self._session
        try:
            spaces, settings = self.form.spaces(), self.form.settings()
        except (DocumentProblem, DataProblem) as problem:
            self.words.setText(str(problem))
            return
        if session.report.errors:
            self.words.setText(session.report.errors[0].text)
            return
        self._spaces, self._trials, self._importance, self._nested = spaces, {}, {}, None
        self._titles = titles(session.document) | {
            path: path for path in spaces if path not in titles(session.document)
        }
        self.table.set_columns(columns_of(spaces, self._titles))
        self._offer_drawings()
        self._began = time.monotonic()
        self._search = Search(session.document, spaces, settings, self._mailbox)
        self.start.setText(self.tr("Stop"))
        self.bar.setRange(0, 0)
        self.words.setText(self.tr("Beginning: each trial trains your network with other settings …"))
        self.refresh()

    def _poll(self) -> None:
        if self._search is None:
            return
        for fact in self._mailbox.empty():
            if isinstance(fact, TrialDone):
                self._trials[fact.trial.number] = fact.trial
                if not self._rest.isActive():
                    self._rest.start()
            elif isinstance(fact, SearchProgress):
                self._show_progress(fact)
            elif isinstance(fact, OuterDone):
                self._show_outer(fact)
            elif isinstance(fact, NestedDone):
                self._nested = fact
            elif isinstance(fact, SearchEnded):
                self._ended(fact)

    def _show_progress(self, fact: SearchProgress) -> None:
        if not isfinite(fact.left):
            self.words.setText(self.tr("%1 trials done").replace("%1", f"{fact.done:,}"))
            return
        total = fact.done + fact.left + fact.under_way
        share = (fact.done + fact.share) / max(total, 1)
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))
        words = self.tr("%1 of %2 trials done").replace("%1", f"{fact.done:,}").replace("%2", f"{total:,.0f}")
        spent = time.monotonic() - self._began
        if share > 0.03 and spent > 2:
            left = spent * (1 - share) / share
            words += self.tr(", some %1 left").replace("%1", _minutes(left))
        self.words.setText(words)

    def _show_outer(self, fact: OuterDone) -> None:
        self.bar.setRange(0, OUTER)
        self.bar.setValue(fact.fold + 1)
        words = self.tr("Scoring the search itself: outer fold %1 of %2")
        self.words.setText(words.replace("%1", str(fact.fold + 1)).replace("%2", str(OUTER)))

    def _ended(self, fact: SearchEnded) -> None:
        search, self._search = self._search, None
        if search is not None:
            search.join(1.0)
        self._trials |= {trial.number: trial for trial in fact.trials}
        self.start.setText(self.tr("Search"))
        self.start.setEnabled(True)
        self.bar.setRange(0, 1000)
        self.bar.setValue(1000 if fact.reason in ("trials", "minutes") else 0)
        failed = sum(trial.state == "failed" for trial in self._trials.values())
        words = fact.message or self.tr("%1 trials in %2.").replace("%1", f"{len(self._trials):,}").replace(
            "%2", _minutes(time.monotonic() - self._began)
        )
        if failed:
            words += self.tr(" %1 failed: see the table.").replace("%1", str(failed))
        if fact.reason == "stopped":
            going_on = self.tr(" The same search goes on where it stopped.")
            words = words + going_on if self._trials else self.tr("Stopped before the first trial was done.")
        self.words.setText(words)
        self._ask_importance()
        self.refresh()
        simplest = simplest_good(list(self._trials.values()))
        if simplest is not None and not self.table.chosen():
            self.table.choose(str(simplest.number))

    def _ask_importance(self) -> None:
        if len(self._spaces) < 2:
            return
        from playground.selection.importance import importance

        trials, spaces = list(self._trials.values()), self._spaces

        def take(found: dict[str, float]) -> None:
            self._importance = found
            self._offer_drawings()

        self._session.beside.run(lambda: importance(trials, spaces), take, lambda _: None)

    def end(self) -> None:
        """Stop the search: the window closes."""
        if self._search is not None:
            self._search.close(3.0)
            self._search = None

    # Showing

    def _offer_drawings(self) -> None:
        self.shown.offer(self._spaces, self._titles, list(self._trials.values()), self._importance)

    def refresh(self) -> None:
        """Draw and list what has been found, if it can be seen."""
        if not self.isVisible():
            return
        trials = list(self._trials.values())
        self._offer_drawings()
        self.use.setEnabled(bool(ranked(trials)))
        self.shown.setVisible(bool(self._spaces))
        self.use.setVisible(bool(self._spaces))
        self.table.setVisible(bool(trials))
        best_first = ranked(trials)
        self.table.show_rows([*best_first, *(trial for trial in trials if trial.state != "done")])
        self._draw()

    def _draw(self) -> None:
        trials = list(self._trials.values())
        tune_plots.cleared(self.plot)
        self.plot.setVisible(bool(ranked(trials)))
        self.bar.setVisible(self._search is not None)
        self.verdict.setText("")
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignLeft if ranked(trials) else Qt.AlignmentFlag.AlignCenter)
        if not ranked(trials):
            self.verdict.setText(
                self.tr(
                    "Which learning rate, how many units? Choose what to vary, and press Search: each choice is "
                    "trained and judged beside your own run, and the best one opened with one click."
                )
                if self._search is None and not trials
                else ""
            )
            return
        self.shown.draw(self.plot, trials)
        if self._search is None:
            self._show_words(trials, self.shown.curve_of)

    def _show_words(self, trials: list[Trial], path: str | None) -> None:
        """What the search says, in a line or two; the whole of it is the tooltip."""
        curve = tuning_curve(trials, path) if path is not None else None
        words = tune_plots.brief(trials, curve, self._titles)
        if self._nested is not None and self._nested.folds:
            words += " " + nested_words(self._nested, trials[0].metric)
        self.verdict.setText(words)
        self.verdict.setToolTip("\n".join(in_words(curve)) if curve is not None else "")

    # The winner

    def _use(self, number: str | None) -> None:
        chosen = number or next(iter(self.table.chosen()), None)
        trials = self._trials
        trial = trials[int(chosen)] if chosen is not None else simplest_good(list(trials.values()))
        if trial is not None:
            self._session.do(UseSettings(trial.params))
            words = tune_plots.params_words(trial, self._titles)
            self._session.say(self.tr("Took over: %1. Ctrl+Z brings the old ones back.").replace("%1", words), False)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"

"""The same network on folds, with other seeds or on more and more examples, and what their spread says.

Folds and seeds are a fan of curves and a dot each, growing parts of the data a learning curve (growth.py). The work is
done by playground.app.repeating, in a process of its own; the words are playground.selection.repeats'.
"""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
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

from playground.app.comparing import USUAL, offered
from playground.app.repeating import RepeatEnded, Repeating, RepeatPlan
from playground.app.runner import Mailbox
from playground.app.session import Session
from playground.data.dataset import Examples
from playground.engine.events import EpochDone
from playground.selection.crossval import BaselineFold, BaselineFolds, CrossValidated, FoldDone, FoldEpoch, FoldStarted
from playground.selection.folds import read_folding
from playground.selection.learning_curve import CurvePlan
from playground.selection.pooled import Pooled
from playground.selection.repeats import folds_verdict, seeds_verdict, spread_of, spread_words
from playground.ui.bridge import Bridge
from playground.ui.panes import plots
from playground.ui.panes.empty_state import EmptyState
from playground.ui.panes.fan import draw_fan
from playground.ui.panes.folds_box import GROWING, WAYS, WAYS_TIP, FoldsBox
from playground.ui.panes.growth import GrowthPictures
from playground.ui.panes.pooled_dots import draw_pooled, told_pooled
from playground.ui.panes.score_dots import Group, draw_dots
from playground.ui.panes.verdict_below import VerdictBelow
from playground.ui.theme import sized, theme_of

FORM = 250
REST = 500
MANY, FEW_REPEATS, REPEATS = 10_000, 3, 5
"""Examples from which on, and how often then and else, each size of a learning curve is trained on."""


class RepeatsPane(QWidget):
    """Owns its work; end() stops it."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._mailbox = Mailbox()
        self._work: Repeating | None = None
        self._plan: RepeatPlan | CurvePlan = RepeatPlan()
        self._metric = "accuracy"
        self._curves: dict[int, list[EpochDone]] = {}
        self._done: dict[int, FoldDone] = {}
        self._sizes = (0, 0)
        self._baseline: BaselineFolds | None = None
        self._pooled: Pooled | None = None
        self._total = 0
        self.chosen: int | None = None
        self.way = FoldsBox(WAYS)
        self.way.setToolTip(self.tr(WAYS_TIP))
        self.way.currentIndexChanged.connect(self._show_way)
        self.with_baseline = QCheckBox(self.tr("beside the baseline"))
        self.with_baseline.setChecked(True)
        self.start = QPushButton(self.tr("Repeat"))
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self._toggle)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.words = QLabel(wordWrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told = VerdictBelow(self.words, self)
        self.fan: Any = plots.plot(self.tr("epoch"), self.tr("validation loss"))
        self.dots: Any = plots.plot("", "")
        self.growth = GrowthPictures()
        self.empty = EmptyState()
        self.empty.wanted.connect(self._toggle)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        bridge.tick.connect(self._poll)
        self._project = session.history
        bridge.file.connect(self._forget_other_project)
        bridge.data.connect(self._follow)
        self.restyle()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(12, 8, 10, 8)
        for widget in (self.way, self.way.beside, self.with_baseline, self.start, self.bar):
            left.addWidget(widget)
        left.addStretch(1)
        page = QFrame()
        page.setLayout(left)
        self._left = QScrollArea()
        self._left.setObjectName("repeatForm")
        self._left.setWidget(page)
        self._left.setWidgetResizable(True)
        self._split = QSplitter()
        self._split.addWidget(self.fan)
        self._split.addWidget(self.dots)
        self._split.setSizes([520, 380])
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self._split)
        self._pictures.addWidget(self.growth)
        self._pictures.addWidget(self.empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 6)
        beside.addWidget(self._pictures, 1)
        self.words.setContentsMargins(12, 0, 12, 0)
        beside.addWidget(self.told)
        row.addWidget(self._left)
        row.addLayout(beside, 1)

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        theme = theme_of()
        self._left.setFixedWidth(sized(FORM))
        self._left.setStyleSheet(
            f"#repeatForm {{ border: none; border-right: 1px solid {theme.border}; }}"
            f"#repeatForm > QWidget > QWidget {{ background: {theme.panel}; }}"
        )
        for plot in (self.fan, self.dots):
            plots.restyle(plot)
        self.dots.showLabel("bottom", False)
        self.dots.getAxis("bottom").setHeight(sized(28))
        self.growth.restyle()
        self._show_way()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()
        self.refresh()

    def offer(self, way: str) -> None:
        """Choose one of WAYS; it begins when it is asked for."""
        self.way.setCurrentIndex(self.way.findData(way))
        self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self) -> None:
        self.way.follow(self._session.examples)

    # Working

    def _toggle(self) -> None:
        if self._work is not None:
            self._work.stop()
            return
        session, examples = self._session, self._session.examples
        if session.report.errors or examples is None:
            self.told.say(session.report.errors[0].text if session.report.errors else self.tr("No data yet."))
            self.told.show()
            return
        self._plan = self._planned(examples)
        self._metric = "accuracy" if examples.dataset.task == "classes" else "r2"
        self._clear()
        self._total = self._plan.seeds if isinstance(self._plan, RepeatPlan) else 0
        if isinstance(self._plan, CurvePlan):
            self.growth.begin()
        self._work = Repeating(session.document, self._plan, self._mailbox)
        self.start.setText(self.tr("Stop"))
        self.bar.setRange(0, 0)
        self.told.say(self.tr("Beginning …"))
        self._show_way()

    def _clear(self) -> None:
        self._curves, self._done, self._baseline, self._pooled, self.chosen = {}, {}, None, None, None

    def _forget_other_project(self) -> None:
        """Scores of one project say nothing beside another."""
        if self._session.history is self._project:
            return
        self._project = self._session.history
        self.end()
        self._mailbox.empty()
        self._plan, self._total = RepeatPlan(), 0
        self._clear()
        self.growth.begin()
        self._ended(RepeatEnded())

    def _planned(self, examples: Examples) -> RepeatPlan | CurvePlan:
        way = self.way.currentData()
        names = USUAL[examples.dataset.task][:1] if self.with_baseline.isChecked() else ()
        if way == GROWING:
            return CurvePlan((), FEW_REPEATS if len(examples.train) >= MANY else REPEATS, names)
        if way.startswith("seeds:"):
            return RepeatPlan(None, int(way.partition(":")[2]), names)
        return RepeatPlan(read_folding(self.way.text_of()), 0, names)

    def _show_way(self) -> None:
        """The pictures of the way that is chosen; while one is under way, its own."""
        chosen = self.way.currentData() == GROWING
        is_growing = isinstance(self._plan, CurvePlan) if self._work is not None else chosen
        there = self.growth.points or self.growth.failed if is_growing else self._curves
        is_empty = self._work is None and not there
        self._pictures.setCurrentWidget(self.empty if is_empty else self.growth if is_growing else self._split)
        self.told.setVisible(not is_empty)
        if is_empty:
            self._show_empty(is_growing)
        self.refresh()

    def _show_empty(self, is_growing: bool) -> None:
        words = self.tr(
            "Is one score luck? Folds train your network several times, each time judged on other examples, "
            "which have no say in when it stops; seeds train it again from other random beginnings."
        )
        if is_growing:
            words = self.tr(
                "Would more data help? Your network is trained on growing parts of the training examples, each "
                "part several times, and judged on the same validation examples. The test part is not touched."
            )
        self.empty.say(words, self.tr("Repeat: %1").replace("%1", self.way.currentText()))

    def _poll(self) -> None:
        if self._work is None:
            return
        for fact in self._mailbox.empty():
            self._take(fact)

    def _take(self, fact: object) -> None:
        if isinstance(fact, FoldStarted):
            self._curves.setdefault(fact.fold, [])
            self._sizes = fact.train, fact.valid
        elif isinstance(fact, FoldEpoch):
            self._curves.setdefault(fact.fold, []).append(fact.done)
            if not self._rest.isActive():
                self._rest.start()
        elif isinstance(fact, FoldDone):
            self._done[fact.fold] = fact
        elif isinstance(fact, BaselineFold):
            self._show_fitted(fact)
        elif isinstance(fact, BaselineFolds):
            self._baseline = fact
            self._total = len(fact.folds) if self._is_folds else self._total
        elif isinstance(fact, CrossValidated):
            self._total, self._pooled = len(fact.folds), fact.pooled
        elif isinstance(fact, RepeatEnded):
            self._ended(fact)
        else:
            self.growth.take(fact)
            if not self._rest.isActive():
                self._rest.start()

    def _ended(self, fact: RepeatEnded) -> None:
        self._work = None
        self.start.setText(self.tr("Repeat"))
        self.bar.setRange(0, 1)
        self.bar.setValue(int(bool(self._done or self.growth.points) and not fact.message))
        self._show_way()
        if fact.message:
            self.told.say(escape(fact.message))
            self.told.show()

    def end(self) -> None:
        """Stop: the window closes."""
        if self._work is not None:
            self._work.close()
            self._work = None

    # Showing

    def refresh(self) -> None:
        """Draw what there is, if it can be seen."""
        if not self.isVisible():
            return
        if self._pictures.currentWidget() is not self._split:
            if self._pictures.currentWidget() is self.growth:
                self._show_growth()
            return
        for plot, has_any in ((self.fan, any(self._curves.values())), (self.dots, self._is_scored)):
            plot.clear()
            for axis in ("left", "bottom"):  # an empty plot has no figures to count in
                plot.getAxis(axis).setStyle(showValues=has_any)
        self._show_progress()
        draw_fan(self.fan, self._curves, self.chosen)
        self._draw_dots()
        if self._done:
            self.told.say("<br>".join(self._told() if self._is_scored else [self._judged_so_far()]))

    def _show_growth(self) -> None:
        """The learning curve and its words; the bar while it is drawn."""
        self.growth.refresh()
        if self._work is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * self.growth.share))
            self.told.say(self.growth.progress())
            return
        self.told.say("<br>".join(map(escape, self.growth.told())))

    @property
    def _is_folds(self) -> bool:
        return isinstance(self._plan, RepeatPlan) and self._plan.is_folds

    def _show_progress(self) -> None:
        if self._work is None or not self._total:
            return
        epochs = self._work.document.recipe.epochs
        done = sum(len(curve) for curve in self._curves.values())
        self.bar.setRange(0, max(1, self._total * epochs))
        self.bar.setValue(min(done, self._total * epochs))
        if not self._done:
            words = self.tr("Training %1 networks: %2 of %3 epochs")
            for mark, figure in (("%1", self._total), ("%2", done), ("%3", self._total * epochs)):
                words = words.replace(mark, f"{figure:,}")
            self.told.say(words)

    def _show_fitted(self, fact: BaselineFold) -> None:
        """How far the baseline is, which comes first; nothing of the one fit that other seeds are set against."""
        if self._is_folds:
            self.bar.setRange(0, fact.total)
            self.bar.setValue(fact.done)
            words = self.tr("First the %1: fitted to %2 of %3 folds").replace("%1", self._title(fact.name))
            self.told.say(words.replace("%2", f"{fact.done:,}").replace("%3", f"{fact.total:,}"))

    def _scores(self) -> list[float]:
        return [self._done[fold].valid.measures[self._metric] for fold in sorted(self._done)]

    @property
    def _is_scored(self) -> bool:
        """Whether what is done has a score: where answers are pooled, it is known when all are there, not before."""
        first = next(iter(self._done.values()), None)
        return first is not None and (first.answers is None or self._pooled is not None or self._work is None)

    def _judged_so_far(self) -> str:
        words = self.tr("%1 of %2 folds are judged. Their answers are scored together when all are there.")
        return words.replace("%1", f"{len(self._done):,}").replace("%2", f"{self._total or len(self._curves):,}")

    def _draw_dots(self) -> None:
        if self._pooled is not None:
            models = [(self.tr("your network"), self._pooled)]
            if self._baseline is not None and self._baseline.pooled is not None:
                models.append((self._title(), self._baseline.pooled))
            draw_pooled(self.dots, models, self._metric)
            return
        if not self._done or not self._is_scored:
            self.dots.getAxis("bottom").setTicks([[]])
            return
        theme = theme_of()
        groups = [Group(self.tr("your network"), sorted(self._done), self._scores(), theme.valid)]
        if self._baseline is not None:
            theirs = [scores.measures[self._metric] for scores in self._baseline.folds]
            groups.append(Group(self._title(), range(len(theirs)), theirs, theme.baseline))
        draw_dots(self.dots, groups, self._metric, self.chosen, self._choose)

    def _choose(self, fold: int) -> None:
        """A dot opens its curve; once more closes it."""
        self.chosen = None if self.chosen == fold else int(fold)
        self.refresh()

    def _title(self, name: str = "") -> str:
        examples = self._session.examples
        known = dict(offered(examples)) if examples is not None else {}
        name = name or (self._baseline.name if self._baseline is not None else "")
        return known.get(name, name).lower()

    def _told(self) -> list[str]:
        of = self.tr("folds") if self._is_folds else self.tr("seeds")
        if self._pooled is not None:
            mine = [self._done[fold].answers for fold in sorted(self._done)]
            return told_pooled(self._pooled, mine, self._baseline, self._title(), self._metric)
        scores = self._scores()
        told = ["<b>" + spread_words(spread_of(scores), self._metric, of) + "</b>"]
        baseline = self._baseline
        theirs = [each.measures[self._metric] for each in baseline.folds] if baseline is not None else []
        is_whole = self._work is None
        if self._is_folds and theirs:
            told.append(f"{self._title().capitalize()}: {spread_words(spread_of(theirs), self._metric, of)}")
            if is_whole and len(theirs) == len(scores):
                told.append(escape(folds_verdict(scores, theirs, self._title(), self._metric, *self._sizes)))
        elif not self._is_folds and is_whole and len(scores) > 1:
            told.append(seeds_verdict(spread_of(scores), self._metric, theirs[0] if theirs else None, self._title()))
        if self.chosen is not None:
            told.append(self.tr("Blue: number %1.").replace("%1", str(self.chosen + 1)))
        return told

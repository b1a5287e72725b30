"""Live curves of loss and score over the epochs, above the dashed line of the baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.app.pasts import Past
from playground.app.session import Session
from playground.engine.epochs import Epochs
from playground.engine.events import Scores
from playground.ui.bridge import Bridge
from playground.ui.elided import Elided
from playground.ui.panes import plots
from playground.ui.panes.marks import Marks
from playground.ui.panes.other_curves import OtherCurves, unit_of
from playground.ui.panes.plot_hint import PlotHint
from playground.ui.panes.plot_words import PlotWords, Word
from playground.ui.panes.within_epochs import WithinEpochs
from playground.ui.pyramid import POINTS, Grown, Pyramid
from playground.ui.theme import sized, theme_of

REST = 500
"""Milliseconds between two drawings while epochs come fast: a drawing takes some 6 ms of a core."""
BESIDE = 44
"""Pixels that the line above a plot has beside its words and switches."""
SMOOTHING = 0.8
"""Weight of the past in a smoothed curve: an exponential moving average, corrected for its start."""
UNITS = {
    "cross_entropy": "loss (nats)",
    "binary_cross_entropy": "loss (nats)",
    "mean_squared_error": "loss (scaled units²)",
    "hinge": "loss (hinge)",
}


class Smoother:
    """Exponential moving average with bias correction (Kingma and Ba 2015, section 3, for the first moment), value by
    value.

    >>> Smoother()([2.0, 2.0]).round(6).tolist()
    [2.0, 2.0]
    """

    def __init__(self, weight: float = SMOOTHING) -> None:
        self._weight, self._mean, self._share = weight, 0.0, 1.0

    def __call__(self, values: Sequence[float] | NDArray[np.float64]) -> np.ndarray:
        """The averages at the values that come next."""
        if not len(values):
            return np.empty(0)
        old, weighted = self._weight, ((1 - self._weight) * np.asarray(values, float)).tolist()
        means = np.array([*accumulate(weighted, lambda mean, value: old * mean + value, initial=self._mean)][1:])
        shares = np.asarray(self._share * old ** np.arange(1, len(means) + 1), np.float64)
        self._mean, self._share = float(means[-1]), float(shares[-1])
        return np.asarray(means / (1 - shares))


class Traces:
    """One part's values over the epochs, as they are and smoothed."""

    def __init__(self, read: Callable[[int, int], NDArray[np.float64]]) -> None:
        """read: as a Pyramid's. What is smoothed is made when it is asked for, and kept."""
        self._read, self._smoother, self._means = read, Smoother(), Grown()
        self.raw, self._smooth = Pyramid(read), Pyramid(lambda first, last: self._means.values[first:last])

    def drawn(self, is_smooth: bool, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        if not is_smooth:
            return self.raw.drawn(first, last)
        self._means.extend(self._smoother(self._read(len(self._smooth), len(self.raw))))
        self._smooth.grow(len(self.raw))
        return self._smooth.drawn(first, last)


def _parts(epochs: Epochs, name: str) -> tuple[Traces, Traces]:
    """A figure of the training and of the validation part, read where it is kept."""

    def of(part: Literal["train", "valid"]) -> Traces:
        return Traces(lambda first, last: epochs.values(part, name, first, last) * unit_of(name))

    return of("train"), of("valid")


class CurvePane(QWidget):
    """One measure over the epochs: train blue, validation orange, baseline grey and dashed."""

    def __init__(self, session: Session, bridge: Bridge, measure: str, parent: QWidget | None = None) -> None:
        """measure: "loss" or "score" (accuracy, or R² where numbers are predicted)."""
        super().__init__(parent)
        self._session, self._measure = session, measure
        self.plot: Any = plots.plot(self.tr("epoch"), measure)
        self.plot.setAccessibleName(self.tr("Curves of %1").replace("%1", measure))
        self.within = WithinEpochs(self.plot, session) if measure == "loss" else None
        self.train = self.plot.plot([], [])
        self.valid = self.plot.plot([], [])
        self.others = OtherCurves(self.plot, session)
        self._make_lines()
        self.marks, self.words = Marks(self.plot, session), PlotWords(self.plot)
        self.readout = Elided()
        self.readout.setProperty("role", "note")
        self.log = QCheckBox(self.tr("log"))
        self.log.setToolTip(self.tr("Logarithmic scale: equal ratios are equally far apart."))
        self.log.toggled.connect(self._rescale)
        self.log.setVisible(measure == "loss")
        self.smooth = QCheckBox(self.tr("smoothed"))
        self.smooth.setToolTip(self.tr("An average over the last few epochs; the raw values jump."))
        self.smooth.toggled.connect(self.refresh)
        self._parts = _parts(Epochs(), "loss")
        """Values of the training and the validation part."""
        self._drawn: tuple[str, Epochs | None] = "", None
        """What of whose epochs: others stand in another list."""
        self._stage = 0
        """0 before the first epoch, 1 at the first, 2 after it."""
        self._looked_at: Past | None = None
        self._hint = PlotHint(self.plot)
        self._layout()
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._budget, self._is_due = bridge.budget, False
        self._rest.timeout.connect(self._rested)
        bridge.tick.connect(self._tick)
        bridge.curves.connect(self._epochs_came)
        bridge.progress.connect(self._progress_came)
        for signal in (bridge.baseline, bridge.data, bridge.status, bridge.contenders):
            signal.connect(self.refresh)
        bridge.past.connect(self._past_came)
        self.restyle()

    def _make_lines(self) -> None:
        self.baseline = pg.InfiniteLine(angle=0)
        self.best = pg.InfiniteLine(angle=90)
        self._baseline_words = ""
        for line in (self.baseline, self.best):
            line.hide()
            line.setZValue(10)
            self.plot.addItem(line)

    def _hint_words(self) -> str:
        if self._session.status == "running":
            return self.tr("Starting … The first step of a session takes a while: what computes is still being loaded.")
        return self.tr("Press Play (Space): after each epoch the training and validation parts get a point.")

    def _layout(self) -> None:
        top = self._top = QHBoxLayout()
        top.setContentsMargins(10, 2, 10, 0)
        self._legend = QLabel()
        self._legend.setProperty("role", "note")
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top.addWidget(self._legend, 1)
        top.addSpacing(10)
        top.addWidget(self.readout)
        top.addSpacing(10)
        top.addWidget(self.log)
        top.addWidget(self.smooth)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 2)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        self.plot.installEventFilter(self)
        self.plot.scene().sigMouseMoved.connect(self._hover)
        box = self.plot.getViewBox()
        box.sigResized.connect(lambda *_: self._place_hint())
        box.sigXRangeChanged.connect(self._looked_closer)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        plots.restyle(self.plot)
        for curve, color in ((self.train, theme.train), (self.valid, theme.valid)):
            curve.setPen(plots.pen(color, width=sized(2)))
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
        self.baseline.setPen(plots.pen(theme.baseline, Qt.PenStyle.DashLine))
        self.best.setPen(plots.pen(theme.good, Qt.PenStyle.DotLine))
        self._legend.setText(
            f'<span style="color:{theme.train}">━</span> {self.tr("train")} &nbsp; '
            f'<span style="color:{theme.valid}">━</span> {self.tr("validation")} &nbsp; '
            f'<span style="color:{theme.baseline}">╌</span> {self.tr("baseline")}'
        )
        self._own_legend = self._legend.text()
        self.refresh()

    @property
    def _name(self) -> str:
        """The measure's key in Scores."""
        if self._measure == "loss":
            return "loss"
        examples = self._session.examples
        return "r2" if examples is not None and examples.targets is not None else "accuracy"

    def refresh(self) -> None:
        """Draw what the session holds, if it can be seen."""
        if not self.isVisible():
            return
        name = self._name
        self._follow(name)
        self.plot.getViewBox().set_live(self._session.status == "running")
        self._draw_curves()
        if (words := self._axis_words()) != self.plot.getAxis("left").labelText:
            self.plot.setLabel("left", words)
        self.others.refresh(name)
        if self.within is not None:
            self.within.refresh()
        within = self.within.legend() if self.within is not None else ""
        if (legend := self._own_legend + within + self.others.legend()) != self._legend.text():
            self._legend.setText(legend)
        self._show_room()
        self.marks.refresh()
        self._show_baseline(name)
        self._show_best()
        self._place_hint()
        self._show_words()

    def _show_words(self) -> None:
        """What the lines are called: first the moment that is looked at, then the newest edits."""
        theme, words = theme_of(), list(self.marks.words())
        if self.baseline.isVisible():
            words.append(Word(self._baseline_words, theme.baseline, y=self.baseline.value(), name="baseline"))
        if self.best.isVisible():
            told = self.tr("best epoch %1").replace("%1", f"{self.best.value():.0f}")
            words.append(Word(told, theme.good, x=self.best.value(), name="best"))
        self.words.show(words, (self.train, self.valid, *self.others.curves))

    def _draw_curves(self) -> None:
        symbol = "o" if len(self._parts[0].raw) == 1 else None
        for curve, part in zip((self.train, self.valid), self._parts, strict=True):
            x, y = part.drawn(self.smooth.isChecked(), *self._shown())
            curve.setData(x + self._from, y, symbol=symbol, symbolSize=6)

    def _past_came(self) -> None:
        """Another moment is looked at; one that was kept while the network learns changes nothing here."""
        before, self._looked_at = self._looked_at, self._session.timeline.looked_at
        if self.isVisible() and self._looked_at is not before:
            self.marks.show_past()
            self._show_words()

    def _epochs_came(self) -> None:
        """Drawing takes time from a network that does ten epochs a second: it waits for the next few of them."""
        if self._stage < 2 or self._session.status != "running":
            self.refresh()
        elif not self._rest.isActive():
            self._rest.start()

    def _rested(self) -> None:
        self._is_due = True

    def _tick(self) -> None:
        if self._is_due and self.isVisible() and self._budget.may_draw(self, self._session.status == "running"):
            self._is_due = False
            self.refresh()

    def _looked_closer(self) -> None:
        """Another part of a long curve is drawn from its own points."""
        if len(self._parts[0].raw) > POINTS and not self.plot.getViewBox().state["autoRange"][0]:
            self._draw_curves()

    def _progress_came(self) -> None:
        """Epochs that take long are drawn while they last."""
        if self.within is not None and self.within.take() and not self._rest.isActive():
            self._rest.start()

    def _show_room(self) -> None:
        """Before the second epoch: the axis of the epochs to come; before the first also what will be here."""
        stage, before = min(len(self._parts[0].raw), 2), self._stage
        if stage == 0 and self.within is not None and len(self.within) > 1:
            stage = 1
        if self.others.are_there:
            stage = 2
        self._stage = stage
        self._hint.setVisible(stage == 0)
        self._hint.setText(self._hint_words())
        if stage < 2:
            self.plot.setXRange(0, self._session.document.recipe.epochs)
        elif before < 2:  # later the range is the person's own, who may have zoomed
            self.plot.enableAutoRange("x")
        if stage == 0:
            self.plot.setYRange(0, 1)
        elif before == 0:
            self.plot.enableAutoRange("y")

    def _place_hint(self) -> None:
        level = self.baseline.value() if self.baseline.isVisible() else None
        self.words.keep_free(self._hint.place(level) if self._stage == 0 else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once the mouse has left the plot nothing is pointed at: of that the plot's scene tells nothing."""
        if event.type() == QEvent.Type.Leave:
            self._tell("")
        return super().eventFilter(watched, event)

    def _tell(self, words: str) -> None:
        """What is under the mouse; where it does not fit beside the legend, instead of it."""
        self.readout.setText(words)
        shown = [self._legend, self.readout, self.smooth, *([] if self.log.isHidden() else [self.log])]
        needed = sum(each.sizeHint().width() for each in shown) + self._top.spacing() * (len(shown) + 1) + BESIDE
        self._legend.setVisible(not words or needed <= self.width())

    @property
    def _from(self) -> int:
        """The epoch of the first point; each that follows is the next one."""
        return self._session.epochs[0].epoch if self._session.epochs else 0

    def _shown(self) -> tuple[int, int]:
        """The points that are in view, from and up to; all of them until a person looks closer."""
        count = len(self._parts[0].raw)
        box = self.plot.getViewBox()
        if box.state["autoRange"][0] or self._stage < 2:
            return 0, count
        left, right = box.viewRange()[0]
        return int(max(0, left - self._from)), int(min(count, max(0, right - self._from) + 2))

    def _follow(self, name: str) -> None:
        """Take over the epochs that came since the last time, all of them when the curves are others."""
        epochs = self._session.epochs
        if name != self._drawn[0] or epochs is not self._drawn[1]:
            self._parts = _parts(epochs, name)
        self._drawn = name, epochs
        there = len(epochs)  # they grow meanwhile
        for part in self._parts:
            part.raw.grow(there)

    def showEvent(self, event: object) -> None:
        self.refresh()

    def _axis_words(self) -> str:
        outputs = self._session.document.graph.of_type("Output")
        loss = str(self._session.document.graph.nodes[outputs[0]].settings.get("loss", "")) if outputs else ""
        return {"loss": UNITS.get(loss, "loss"), "r2": "R²", "accuracy": self.tr("accuracy, %")}[self._name]

    def _show_baseline(self, name: str) -> None:
        comparing = self._session.comparing
        found = next((o for key, o in comparing.baselines.items() if key in ("logistic", "ridge")), None)
        value: float | None = None
        if found is not None:
            value = found.loss if name == "loss" else score_of(self._session, found.name)
        self.baseline.setVisible(value is not None)
        if value is not None and found is not None:
            is_log = self.log.isChecked() and name == "loss"
            self.baseline.setValue(np.log10(max(value, 1e-12)) if is_log else value * unit_of(name))
            figure = f"{100 * value:.1f} %" if name == "accuracy" else f"{value:.3g}"
            self._baseline_words = f"{found.title.lower()} {figure}"

    def _show_best(self) -> None:
        epochs = self._session.epochs
        is_worth = self._measure == "loss" and len(epochs) > 1
        self.best.setVisible(is_worth)
        self.best.setValue(epochs[epochs.best].epoch if is_worth else 0)

    def _rescale(self, is_log: bool) -> None:
        self.plot.setLogMode(x=False, y=is_log)
        self.refresh()

    def _hover(self, place: Any) -> None:
        epochs = self._session.epochs
        if not epochs or not self.plot.sceneBoundingRect().contains(place):
            self._tell("")
            return
        wanted = self.plot.getPlotItem().vb.mapSceneToView(place).x()
        near = epochs[min(max(0, round(wanted) - epochs[0].epoch), len(epochs) - 1)]
        train, valid = (_value(part, self._name) for part in (near.train, near.valid))
        words = self.tr("epoch %1: train %2, validation %3")
        self._tell(
            words.replace("%1", str(near.epoch)).replace("%2", f"{train:.4g}").replace("%3", f"{valid:.4g}")
            + self.marks.said_at(wanted)
        )


def _value(scores: Scores, name: str) -> float:
    return scores.loss if name == "loss" else scores.measures.get(name, float("nan")) * unit_of(name)


def score_of(session: Session, name: str) -> float | None:
    """A baseline's accuracy or R² on the validation part; from the comparison, or worked out from its answers."""
    outcome, examples = session.comparing.baselines.get(name), session.examples
    if outcome is None or examples is None:
        return None
    if examples.targets is None:
        return float(np.mean(outcome.predictions == examples.valid.targets))
    truth = examples.targets.undo(examples.valid.targets.astype(np.float32))
    spread = float(((truth - truth.mean(axis=0)) ** 2).sum())
    return 1 - float(((outcome.predictions - truth) ** 2).sum()) / (spread or 1.0)

"""The learning curve drawn: score against number of training examples, and the law that its error follows.

The figures and words are playground.selection.learning_summary's.
"""

from __future__ import annotations

from math import isfinite
from time import monotonic
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from playground.selection.learning_curve import (
    NETWORK,
    CurveProgress,
    CurveStarted,
    PointDone,
    PointFailed,
)
from playground.selection.learning_results import LearningSummary, ModelCurve
from playground.selection.learning_summary import summarise
from playground.selection.learning_words import named
from playground.selection.table import seconds_words
from playground.ui.panes import plots
from playground.ui.panes.tune_plots import band, score_scale
from playground.ui.theme import NOTE, sized, theme_of

EARLY = 0.02
"""Share of the work after which it is told how long the rest may take."""


class GrowthPictures(QSplitter):
    """Takes a learning curve's events; refresh() draws what came so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: Any = plots.plot(self.tr("training examples"), self.tr("score"))
        self.law: Any = plots.plot(self.tr("training examples"), self.tr("error"))
        for picture, what in (
            (self.curve, self.tr("Score against the number of training examples, for the network and the baseline")),
            (self.law, self.tr("Error against the number of training examples, both axes logarithmic")),
        ):
            picture.setAccessibleName(what)
            self.addWidget(picture)
        self.setSizes([560, 340])
        self._legend = self.curve.addLegend(offset=(-10, -10), verSpacing=-8)
        self._legend.anchor((1, 1), (1, 1), offset=(-10, -10))
        self.begin()

    def begin(self) -> None:
        """Forget what was drawn."""
        self.started: CurveStarted | None = None
        self.points: list[PointDone] = []
        self.failed: list[PointFailed] = []
        self.share = 0.0
        self._begun = monotonic()

    def take(self, event: object) -> None:
        """An event of playground.selection.learning_curve; others are left alone."""
        if isinstance(event, CurveStarted):
            self.started = event
        elif isinstance(event, CurveProgress):
            self.share = event.share
        elif isinstance(event, PointDone):
            self.points.append(event)
        elif isinstance(event, PointFailed):
            self.failed.append(event)

    def summary(self) -> LearningSummary | None:
        """What the points so far come to; None before the first."""
        if self.started is None or not self.points:
            return None
        return summarise(self.points, self.started.metric, self.started.valid)

    def progress(self) -> str:
        """How far it is, for the line under the bar."""
        if self.started is None:
            return self.tr("Reading the data …")
        words = self.tr("%1 of %2 trainings done").replace("%1", f"{len(self.points) + len(self.failed):,}")
        whole = len(self.started.models) * len(self.started.sizes) * self.started.repeats
        words = words.replace("%2", f"{whole:,}")
        if self.share < EARLY:
            return words + "."
        rest = (monotonic() - self._begun) * (1 - self.share) / self.share
        return words + self.tr("; about %1 left.").replace("%1", seconds_words(rest))

    def told(self) -> list[str]:
        """Sentences on what was found, and on what failed."""
        summary = self.summary()
        words = list(summary.text) if summary is not None else []
        if self.failed:
            first = self.failed[0]
            words.append(
                self.tr("%1 trainings failed; the first, %2 on %3 examples: %4")
                .replace("%1", f"{len(self.failed):,}")
                .replace("%2", named(first.model))
                .replace("%3", f"{first.n:,}")
                .replace("%4", first.message)
            )
        return words

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        for picture in (self.curve, self.law):
            plots.restyle(picture)
        self._legend.setLabelTextColor(theme_of().text)
        self._legend.setLabelTextSize(f"{sized(NOTE)}px")
        self.refresh()

    def refresh(self) -> None:
        """Draw all there is."""
        for picture in (self.curve, self.law):
            picture.clear()
        summary = self.summary()
        sizes = self.started.sizes if self.started is not None else ()
        _mark_sizes(self.curve, sizes, 8)
        _mark_sizes(self.law, sizes, 4)
        if summary is None:
            return
        times, words = score_scale(summary.metric)
        self.curve.setLabel("left", words)
        self.law.setLabel("left", self.tr("wrong, %") if summary.metric == "accuracy" else self.tr("1 − R²"))
        for each in summary.curves:
            self._draw(each, times)
        ends = [value for each in summary.curves for size in each.sizes for value in (size.valid, size.low, size.train)]
        known = [value * times for value in ends if isfinite(value)]
        self.curve.setYRange(min(known), max(known), padding=0.05)
        self.curve.setXRange(np.log10(sizes[0]), np.log10(2 * sizes[-1]), padding=0.03)
        self.law.setXRange(np.log10(sizes[0]), np.log10(sizes[-1]), padding=0.06)

    def _draw(self, model: ModelCurve, times: float) -> None:
        theme = theme_of()
        is_ours = model.model == NETWORK
        color = theme.valid if is_ours else theme.baseline
        name = self.tr("your network") if is_ours else named(model.model)
        x = np.log10([each.n for each in model.sizes])
        y = np.array([each.valid for each in model.sizes]) * times
        low, high = (np.array([getattr(each, end) for each in model.sizes]) * times for end in ("low", "high"))
        known = np.isfinite(low)
        if known.any():
            band(self.curve, x[known], low[known], high[known], color)
        self.curve.plot(x, y, pen=plots.pen(color, width=sized(2)), symbol="o", symbolSize=sized(6),
                        symbolBrush=color, symbolPen=None, name=name)  # fmt: skip
        if is_ours:
            seen = np.array([each.train for each in model.sizes]) * times
            self.curve.plot(x, seen, pen=plots.pen(theme.train, Qt.PenStyle.DashLine, sized(2)),
                            name=self.tr("your network, on what it learned from"))  # fmt: skip
        if model.foreseen is not None:
            ahead = np.log10([model.sizes[-1].n, model.foreseen.n])
            to = np.array([model.sizes[-1].valid, model.foreseen.score]) * times
            self.curve.plot(ahead, to, pen=plots.pen(color, Qt.PenStyle.DotLine, sized(2)))
        self._draw_law(model, times, color)

    def _draw_law(self, model: ModelCurve, times: float, color: str) -> None:
        """The error as points, the law that was fitted to them as a line; dotted where it is not to be trusted."""
        n = np.array([each.n for each in model.sizes], float)
        errors = np.array([1 - each.valid for each in model.sizes]) * times
        shown = errors > 0
        self.law.plot(np.log10(n[shown]), np.log10(errors[shown]), pen=None, symbol="o", symbolSize=sized(6),
                      symbolBrush=color, symbolPen=None)  # fmt: skip
        if model.law is not None:
            along = np.geomspace(n[0], n[-1], 60)
            style = Qt.PenStyle.SolidLine if model.is_trusted else Qt.PenStyle.DotLine
            heights = np.maximum(np.asarray(model.law.at(along), float) * times, 1e-12)
            self.law.plot(np.log10(along), np.log10(heights), pen=plots.pen(color, style))
        _mark_errors(self.law)


def _mark_sizes(picture: Any, sizes: tuple[int, ...], most: int) -> None:
    """The sizes that were trained on as ticks of a logarithmic axis, the first and the last always among them."""
    places = np.unique(np.linspace(0, len(sizes) - 1, min(most, len(sizes))).round().astype(int))
    picture.getAxis("bottom").setTicks([[(float(np.log10(sizes[place])), f"{sizes[place]:,}") for place in places]])


def _mark_errors(picture: Any) -> None:
    """1, 2 and 5 of each power of ten."""
    ticks = [(float(np.log10(m * 10.0**p)), f"{m * 10.0**p:g}") for p in range(-4, 4) for m in (1, 2, 5)]
    picture.getAxis("left").setTicks([ticks])

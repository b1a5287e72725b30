"""What a search found, drawn: the tuning curve, a map of two settings, all trials side by side, score against size.

The figures are playground.selection.tuning_results'. Knows no session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from playground.selection.space import Value
from playground.selection.trials import LOWER_IS_BETTER, Trial, ranked
from playground.selection.tuning_results import TuningCurve, looked_at, pareto_front, simplest_good, tuning_map
from playground.ui.panes import plots
from playground.ui.theme import sized, theme_of

SPREAD = 12.0
"""Largest value over the smallest above zero from which on an axis is logarithmic."""
MOST_TICKS = 9
EQUAL = 0.35
"""Share of the colour that a map has where all scores are the same: neither the best's nor the worst's."""


class Scale:
    """Where values stand on an axis: numbers in proportion or by their logarithm, words one beside the other."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.values = list(dict.fromkeys(values))
        self.is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        numbers = sorted(float(value) for value in self.values) if self.is_number else []
        self._is_log = len(numbers) > 2 and numbers[0] > 0 and numbers[-1] / numbers[0] >= SPREAD
        if self.is_number:
            self.values.sort(key=float)
        with_zero = len(numbers) > 3 and numbers[0] == 0 and numbers[-1] / max(numbers[1], 1e-300) >= SPREAD
        self._as_words = not self.is_number or with_zero

    def at(self, value: Value) -> float:
        """Its place."""
        if self._as_words:
            return float(self.values.index(value))
        return float(np.log10(float(value))) if self._is_log else float(value)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and words, no more than there is room for."""
        every = max(1, -(-len(self.values) // MOST_TICKS))
        return [(self.at(value), value_words(value)) for value in self.values[::every]]


def value_words(value: Value) -> str:
    """A value as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def params_words(trial: Trial, titles: Mapping[str, str]) -> str:
    """The settings of a trial in one line."""
    return ", ".join(f"{titles.get(path, path)} {value_words(value)}" for path, value in trial.params.items())


def brief(trials: Sequence[Trial], curve: TuningCurve | None, titles: Mapping[str, str]) -> str:
    """What a search says: the best, where it under- and over-fits, and that the best score flatters."""
    best_first = ranked(trials)
    words = f"Best: {params_words(best_first[0], titles)}."
    simplest = simplest_good(trials)
    equal = [trial for trial in best_first if trial.valid_mean == best_first[0].valid_mean]
    if len(equal) == len(best_first) > 1:
        words = f"All {len(equal):,} trials tie: these scores cannot tell them apart."
    elif len(equal) > 1:
        words += f" {len(equal):,} trials have the same score."
    if simplest is not None and simplest is not best_first[0]:
        why = "of these" if simplest in equal else "within one standard error"
        words += f" Chosen in the table, the simplest {why}: {params_words(simplest, titles)}."
    for region in ("under-fitting", "over-fitting") if curve is not None and curve.one_error is not None else ():
        assert curve is not None
        values = [value for value, its in zip(curve.values, curve.regions, strict=True) if its == region]
        if values:
            words += f" {region.capitalize()}: {', '.join(value_words(value) for value in values)}."
    if (count := looked_at(trials)) > 1:
        words += f" The best of {count:,} scores flatters its settings: take the final exam once (Train menu)."
    return words


def score_scale(metric: str) -> tuple[float, str]:
    """By what scores are multiplied, and how the axis is called."""
    return (100.0, "accuracy, %") if metric == "accuracy" else (1.0, {"r2": "R²"}.get(metric, metric))


def cleared(plot: Any) -> None:
    """An empty plot in the present theme, to be drawn anew."""
    plot.clear()
    plot.getAxis("bottom").setTicks(None)
    plot.getAxis("left").setTicks(None)
    plots.restyle(plot)
    plot.getPlotItem().getViewBox().invertY(False)
    plot.enableAutoRange()


def draw_curve(plot: Any, curve: TuningCurve, title: str) -> None:
    """Training and validation score over a setting, the folds' standard deviation as a band, the best marked."""
    theme, scale = theme_of(), Scale(curve.values)
    times, words = score_scale(curve.metric)
    x = np.array([scale.at(value) for value in curve.values])
    for mean, spread, color, best in (
        (curve.train_mean, curve.train_sd, theme.train, curve.best_train),
        (curve.valid_mean, curve.valid_sd, theme.valid, curve.best_valid),
    ):
        y, sd = np.array(mean) * times, np.nan_to_num(np.array(spread)) * times
        if sd.any():
            band(plot, x, y - sd, y + sd, color)
        plot.plot(x, y, pen=plots.pen(color, width=sized(2)), symbol="o", symbolSize=sized(5), symbolBrush=color,
                  symbolPen=None)  # fmt: skip
        plot.plot([x[best]], [y[best]], pen=None, symbol="o", symbolSize=sized(13), symbolBrush=None,
                  symbolPen=pg.mkPen(color, width=2))  # fmt: skip
    if curve.one_error is not None and curve.one_error != curve.best_valid:
        line = pg.InfiniteLine(x[curve.one_error], pen=plots.pen(theme.good, Qt.PenStyle.DotLine))
        plot.addItem(line)
    _name(plot, title, words, scale)


def band(plot: Any, x: np.ndarray, low: np.ndarray, high: np.ndarray, color: str) -> None:
    """A pale area between two lines."""
    shade = QColor(color)
    shade.setAlpha(45)
    ends = [pg.PlotCurveItem(x, values, pen=pg.mkPen(None)) for values in (low, high)]
    plot.addItem(pg.FillBetweenItem(*ends, brush=shade))
    for end in ends:
        plot.addItem(end)


def _name(plot: Any, across: str, up: str, scale: Scale | None = None) -> None:
    plot.setLabel("bottom", across)
    plot.setLabel("left", up)
    if scale is not None:
        plot.getAxis("bottom").setTicks([scale.ticks()])


def draw_map(plot: Any, trials: Sequence[Trial], across: str, down: str, titles: Mapping[str, str]) -> None:
    """Validation score over two settings: lighter is better in dark, darker in light; the best has a frame."""
    found = tuning_map(trials, across, down)
    if found is None:
        return
    theme = theme_of()
    scores = found.scores if trials[0].metric not in LOWER_IS_BETTER else -found.scores
    low, high = np.nanmin(scores), np.nanmax(scores)
    shares = (scores - low) / (high - low) if high > low else np.where(np.isfinite(scores), EQUAL, np.nan)
    first, last = QColor(theme.card), QColor(theme.valid)
    ends = np.array([[color.red(), color.green(), color.blue(), 255] for color in (first, last)], float)
    pixels = ends[0] + np.nan_to_num(shares)[..., None] * (ends[1] - ends[0])
    pixels[~np.isfinite(scores)] = 0
    image = pg.ImageItem(pixels.astype(np.uint8), axisOrder="row-major", levels=(0, 255))
    image.setRect(QRectF(-0.5, -0.5, shares.shape[1], shares.shape[0]))
    plot.addItem(image)
    times, _ = score_scale(trials[0].metric)
    if shares.size <= 80:
        for (row, column), share in np.ndenumerate(shares):
            if isfinite(share):
                color = "#ffffff" if share > 0.6 and theme.name == "light" else theme.text
                text = pg.TextItem(f"{found.scores[row, column] * times:.3g}", color, anchor=(0.5, 0.5))
                text.setFont(plots.note_font())
                text.setPos(column, row)
                plot.addItem(text)
    row, column = found.best
    plot.plot(np.array([-0.5, 0.5, 0.5, -0.5, -0.5]) + column, np.array([-0.5, -0.5, 0.5, 0.5, -0.5]) + row,
              pen=plots.pen(theme.good, width=sized(2)))  # fmt: skip
    _name(plot, titles.get(across, across), titles.get(down, down))
    plot.getAxis("bottom").setTicks([[(at, value_words(value)) for at, value in enumerate(found.across_values)]])
    plot.getAxis("left").setTicks([[(at, value_words(value)) for at, value in enumerate(found.down_values)]])


def draw_parallel(plot: Any, trials: Sequence[Trial], paths: Sequence[str], titles: Mapping[str, str]) -> None:
    """Each trial a line over all its settings to its score; the better, the stronger. Source: Inselberg 1985."""
    done = ranked(trials)
    if not done:
        return
    theme = theme_of()
    scales = [Scale([trial.params[path] for trial in done]) for path in paths]
    columns = [[scale.at(trial.params[path]) for trial in done] for scale, path in zip(scales, paths, strict=True)]
    columns.append([trial.valid_mean for trial in done])
    heights = np.array([_shares(column) for column in columns]).T
    color = QColor(theme.valid)
    for place in range(len(done) - 1, -1, -1):
        color.setAlpha(round(255 * max(0.12, 1 - place / max(len(done), 1))))
        plot.plot(np.arange(len(columns)), heights[place], pen=pg.mkPen(color, width=sized(2) if place == 0 else 1))
    times, words = score_scale(done[0].metric)
    ticks = [*(titles.get(path, path) for path in paths), words]
    for at in range(len(columns)):
        plot.addItem(pg.InfiniteLine(at, pen=plots.pen(theme.border)))
    for at, scale in enumerate(scales):
        ends = (scale.values[0], scale.values[-1])
        _ends(plot, at, [value_words(value) for value in ends])
    scores = columns[-1]
    _ends(plot, len(columns) - 1, [f"{value * times:.3g}" for value in (min(scores), max(scores))])
    plot.setLabel("left", "")
    plot.setLabel("bottom", "")
    plot.getAxis("bottom").setTicks([list(enumerate(ticks))])
    plot.getAxis("left").setTicks([[]])
    plot.setYRange(-0.12, 1.12)
    plot.setXRange(-0.5, len(columns) - 0.5)  # a name needs room on both sides of its line


def _shares(column: Sequence[float]) -> np.ndarray:
    values = np.array(column, float)
    spread = values.max() - values.min()
    return (values - values.min()) / spread if spread else np.full(len(values), 0.5)


def _ends(plot: Any, at: float, words: Sequence[str]) -> None:
    for height, text in zip((0.0, 1.0), words, strict=True):
        item = pg.TextItem(text, color=theme_of().muted, anchor=(0.5, 0.0 if height == 0 else 1.0))
        item.setFont(plots.note_font())
        item.setPos(at, height)
        plot.addItem(item)


def draw_front(plot: Any, trials: Sequence[Trial]) -> None:
    """Score against parameters; the line joins those that no other beats in both."""
    done = ranked(trials)
    if not done:
        return
    theme = theme_of()
    times, words = score_scale(done[0].metric)
    front = pareto_front(trials)
    for chosen, color, size in ((done, theme.muted, 6), (front, theme.valid, 9)):
        x, y = [np.log10(max(trial.parameters, 1)) for trial in chosen], [trial.valid_mean * times for trial in chosen]
        pen = plots.pen(theme.valid) if chosen is front else None
        plot.plot(x, y, pen=pen, symbol="o", symbolSize=sized(size), symbolBrush=color, symbolPen=None)
    counts = sorted({trial.parameters for trial in done})
    every = max(1, -(-len(counts) // MOST_TICKS))
    _name(plot, "parameters", words)
    plot.getAxis("bottom").setTicks([[(np.log10(max(count, 1)), f"{count:,}") for count in counts[::every]]])


def draw_importance(plot: Any, shares: Mapping[str, float], titles: Mapping[str, str]) -> None:
    """How much of the score's variance each setting explains."""
    theme = theme_of()
    order = sorted(shares, key=lambda path: shares[path])
    bars = pg.BarGraphItem(
        x0=0, y=np.arange(len(order)), height=0.6, width=[100 * shares[path] for path in order],
        brush=theme.valid, pen=None,
    )  # fmt: skip
    plot.addItem(bars)
    plot.setLabel("bottom", "share of the variance, %")
    plot.setLabel("left", "")
    plot.getAxis("left").setTicks([[(at, titles.get(path, path)) for at, path in enumerate(order)]])

"""Scores of several runs as dots, a column a model, with a line at the mean. Used where a network is repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg

from playground.ui.panes.tune_plots import score_scale
from playground.ui.theme import sized, theme_of


@dataclass(frozen=True)
class Group:
    """One model's scores."""

    title: str
    numbers: Sequence[int]
    """Of its runs: a dot's name."""
    scores: Sequence[float]
    color: str


def draw_dots(
    plot: Any, groups: Sequence[Group], metric: str, chosen: int | None, choose: Callable[[int], object]
) -> None:
    """The first group's dots can be chosen, and the chosen one has the training's colour."""
    theme, (times, words) = theme_of(), score_scale(metric)
    for place, group in enumerate(groups):
        count = len(group.scores)
        x = place + (np.linspace(-0.22, 0.22, count) if count > 1 else np.zeros(1))
        points = pg.ScatterPlotItem(
            x, np.array(group.scores) * times, size=sized(9), pen=None, hoverable=True, hoverSize=sized(13),
            brush=[theme.train if place == 0 and each == chosen else group.color for each in group.numbers],
            data=group.numbers, tip=_tip,
        )  # fmt: skip
        if place == 0:
            points.sigClicked.connect(lambda _, found: choose(int(found[0].data())))
        plot.addItem(points)
        mean = float(np.mean(group.scores)) * times
        plot.plot([place - 0.3, place + 0.3], [mean, mean], pen=pg.mkPen(theme.text, width=sized(2)))
    plot.setLabel("left", words)
    plot.getAxis("bottom").setTicks([[(place, group.title) for place, group in enumerate(groups)]])
    plot.setXRange(-0.6, len(groups) - 0.4)


def _tip(x: float, y: float, data: int) -> str:
    del x
    return f"{data + 1}: {y:.4g}"

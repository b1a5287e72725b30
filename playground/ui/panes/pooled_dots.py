"""What folds too small for a score of their own come to together: a point a model with its interval, and the words.

The scores are playground.selection.pooled's; the pane is repeats.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg

from playground.selection.crossval import BaselineFolds
from playground.selection.pooled import Answers, Pooled, judged
from playground.selection.repeats import pooled_words
from playground.ui.panes.tune_plots import score_scale
from playground.ui.theme import sized, theme_of


def draw_pooled(plot: Any, models: Sequence[tuple[str, Pooled]], metric: str) -> None:
    """One point a model, the network first, with its 95 % interval."""
    theme, (times, words) = theme_of(), score_scale(metric)
    for place, ((_, found), color) in enumerate(zip(models, (theme.valid, theme.baseline), strict=False)):
        score = found.measures[metric] * times
        ends = {"top": np.array([found.high * times - score]), "bottom": np.array([score - found.low * times])}
        pen = pg.mkPen(color, width=sized(2))
        plot.addItem(pg.ErrorBarItem(x=np.array([place]), y=np.array([score]), **ends, beam=0.1, pen=pen))
        plot.addItem(pg.ScatterPlotItem([place], [score], size=sized(11), pen=None, brush=color))
    plot.setLabel("left", words)
    plot.getAxis("bottom").setTicks([[(place, name) for place, (name, _) in enumerate(models)]])
    plot.setXRange(-0.6, len(models) - 0.4)


def told_pooled(
    found: Pooled, answers: Sequence[Answers | None], baseline: BaselineFolds | None, title: str, metric: str
) -> list[str]:
    """The score, the baseline's, and whether they differ: rich text."""
    told = [f"<b>{escape(pooled_words(found, metric))}</b>"]
    if baseline is not None and baseline.pooled is not None:
        told.append(escape(f"{title.capitalize()}: {pooled_words(baseline.pooled, metric)}"))
        verdict = judged(answers, baseline.answers, baseline.name, title)
        told += [escape(verdict.text)] if verdict is not None else []
    return told

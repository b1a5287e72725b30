"""Many runs' validation losses over epochs: a thin curve each, and their mean. The pane is repeats.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from playground.engine.events import EpochDone
from playground.ui.theme import sized, theme_of

MANY = 30
"""Curves from which on each is fainter."""


def draw_fan(plot: Any, curves: Mapping[int, Sequence[EpochDone]], chosen: int | None) -> None:
    """A curve a run, by its number; the chosen one in the training's colour."""
    theme = theme_of()
    color = QColor(theme.valid)
    color.setAlpha(110 if len(curves) < MANY else 50)
    for number, curve in curves.items():
        points = np.array([[done.epoch, done.valid.loss] for done in curve], float).reshape(-1, 2)
        pen = pg.mkPen(theme.train, width=2.4) if number == chosen else pg.mkPen(color)
        plot.plot(points[:, 0], points[:, 1], pen=pen)
    begun = [curve for curve in curves.values() if curve]
    length = min((len(curve) for curve in begun), default=0)
    if len(begun) > 1 and length:
        mean = np.mean([[done.valid.loss for done in curve[:length]] for curve in begun], axis=0)
        x = np.array([done.epoch for done in begun[0][:length]], float)
        plot.plot(x, mean, pen=pg.mkPen(theme.valid, width=sized(3)))

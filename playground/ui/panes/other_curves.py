"""The validation curves of runs and projects that stand beside the network, thin and in a colour of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from playground.app.contenders import Contender, Contenders
from playground.engine.events import Scores
from playground.ui.theme import theme_of

DARK = ("#c58fe0", "#5fc9a8", "#e58fb1", "#d9c45b", "#8fb8d9", "#d98c5f")
LIGHT = ("#8a4fb0", "#1f8a68", "#b8467a", "#8a7410", "#3f6f96", "#a85a24")
"""Told apart by people who see few colours too: they differ in lightness (Wong 2011, "Points of view")."""
MOST_NAMED = 3
"""Names that the legend has room for."""


def color_of(contenders: Contenders, key: str) -> str:
    """The same in every pane, for as long as the contender stands there."""
    colors = LIGHT if theme_of().name == "light" else DARK
    keys = list(contenders.found)
    return colors[keys.index(key) % len(colors)] if key in keys else theme_of().muted


class OtherCurves:
    """Curves in one plot, a measure of the validation part each."""

    def __init__(self, plot: Any, contenders: Contenders) -> None:
        self._plot, self._contenders = plot, contenders
        self._curves: dict[str, Any] = {}

    def refresh(self, name: str) -> None:
        """Show those there are now. name: of the measure; who does not have it is left out."""
        found = self._contenders.found
        for key in tuple(self._curves):
            if key not in found:
                self._plot.removeItem(self._curves.pop(key))
        for key, contender in found.items():
            if key not in self._curves:
                self._curves[key] = self._plot.plot([], [])
            x, y = _points(contender, name)
            pen = pg.mkPen(color_of(self._contenders, key), width=1.4, style=Qt.PenStyle.SolidLine)
            self._curves[key].setPen(pen)
            self._curves[key].setData(x, y)

    def legend(self) -> str:
        """As rich text, behind the legend of the plot's own curves."""
        names = [
            f' &nbsp; <span style="color:{color_of(self._contenders, key)}">━</span> {_plain(contender.title)}'
            for key, contender in self._contenders.found.items()
        ]
        more = len(names) - MOST_NAMED
        return "".join(names[:MOST_NAMED]) + (f" &nbsp; +{more}" if more > 0 else "")


def _points(contender: Contender, name: str) -> tuple[np.ndarray, np.ndarray]:
    epochs = contender.epochs
    return np.array([epoch.epoch for epoch in epochs], float), np.array([_value(epoch.valid, name) for epoch in epochs])


def _value(scores: Scores, name: str) -> float:
    return scores.loss if name == "loss" else scores.measures.get(name, float("nan"))


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")

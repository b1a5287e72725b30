"""Curves of runs and projects that stand beside the network, thin and in a colour of their own; and those of a run
elsewhere that is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from playground.app.contenders import Contenders
from playground.app.session import Session
from playground.engine.events import EpochDone, Scores
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


FOLLOWED = "follow:"
"""Begins the key of a run elsewhere; its curve has the colour of text."""


class OtherCurves:
    """Curves in one plot, a measure of the validation part each; of a run that is followed the training part too."""

    def __init__(self, plot: Any, session: Session) -> None:
        self._plot, self._contenders, self._following = plot, session.comparing.contenders, session.elsewhere
        self._curves: dict[str, Any] = {}

    @property
    def are_there(self) -> bool:
        """Whether any curve is drawn."""
        return bool(self._curves)

    @property
    def curves(self) -> tuple[Any, ...]:
        """As they are drawn."""
        return tuple(self._curves.values())

    def refresh(self, name: str) -> None:
        """Show those there are now. name: of the measure; who does not have it is left out."""
        found = self._found(name)
        for key in tuple(self._curves):
            if key not in found:
                self._plot.removeItem(self._curves.pop(key))
        for key, points in found.items():
            if key not in self._curves:
                self._curves[key] = self._plot.plot([], [])
            style = Qt.PenStyle.DotLine if key == f"{FOLLOWED}train" else Qt.PenStyle.SolidLine
            self._curves[key].setPen(pg.mkPen(self._color(key), width=1.4, style=style))
            self._curves[key].setData(*points)

    def _found(self, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The points of every curve, by key."""
        found = {key: _points(one.epochs, "valid", name) for key, one in self._contenders.found.items()}
        if self._following.epochs:
            for part in ("train", "valid"):
                found[f"{FOLLOWED}{part}"] = _points(self._following.epochs, part, name)
        return found

    def _color(self, key: str) -> str:
        return theme_of().text if key.startswith(FOLLOWED) else color_of(self._contenders, key)

    def legend(self) -> str:
        """As rich text, behind the legend of the plot's own curves."""
        found = self._contenders.found
        titles = {FOLLOWED: self._following.title} if self._following.epochs else {}
        titles |= {key: contender.title for key, contender in found.items()}
        names = [
            f' &nbsp; <span style="color:{self._color(key)}">━</span> {_plain(title)}' for key, title in titles.items()
        ]
        more = len(names) - MOST_NAMED
        return "".join(names[:MOST_NAMED]) + (f" &nbsp; +{more}" if more > 0 else "")


def _points(epochs: Sequence[EpochDone], part: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    values = [_value(getattr(epoch, part), name) for epoch in epochs]
    return np.array([epoch.epoch for epoch in epochs], float), np.array(values)


def _value(scores: Scores, name: str) -> float:
    return scores.loss if name == "loss" else scores.measures.get(name, float("nan")) * unit_of(name)


def unit_of(name: str) -> float:
    """What a measure is drawn in: accuracies in per cent, as all tables have them.

    >>> unit_of("accuracy"), unit_of("r2"), unit_of("loss")
    (100.0, 1.0, 1.0)
    """
    return 100.0 if name == "accuracy" else 1.0


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")

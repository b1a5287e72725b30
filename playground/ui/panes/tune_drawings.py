"""Which picture of a search is shown: the choice among those that say something. How they are drawn: tune_plots.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox

from playground.selection.space import Spaces
from playground.selection.trials import Trial, ranked
from playground.selection.tuning_results import tuning_curve
from playground.ui.panes import tune_plots

Picture = tuple[str, ...]
"""What it is, and the settings that it shows."""


class Drawings(QComboBox):
    """Follows the search by offer(); what a person chose stays while the same settings are varied."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("What to draw"))
        self._titles: Mapping[str, str] = {}
        self._importance: Mapping[str, float] = {}
        self._varied: tuple[str, ...] = ()
        self._offered: list[Picture] = []
        self._wanted: Picture | None = None
        self.activated.connect(self._choose)

    def offer(
        self, spaces: Spaces, titles: Mapping[str, str], trials: Sequence[Trial], importance: Mapping[str, float]
    ) -> None:
        """What can be drawn of these trials. The curve of what was varied first stands first."""
        self._titles, self._importance = titles, importance
        if self._varied != tuple(spaces):
            self._varied, self._wanted, self._offered = tuple(spaces), None, []
        pictures = _pictures(self._varied, trials, importance)
        if pictures == self._offered:
            return
        self._offered = pictures
        self.clear()
        self.addItems([self._called(picture) for picture in pictures])
        if self._wanted in pictures:
            self.setCurrentIndex(pictures.index(self._wanted))

    def _choose(self, at: int) -> None:
        self._wanted = self._offered[at]

    def _called(self, picture: Picture) -> str:
        kind, *paths = picture
        if kind == "curve":
            return self.tr("Curve: %1").replace("%1", self._titles[paths[0]])
        return {
            "map": self.tr("Map of the first two"),
            "parallel": self.tr("All trials side by side"),
            "front": self.tr("Score against size"),
            "importance": self.tr("What matters"),
        }[kind]

    @property
    def curve_of(self) -> str | None:
        """The setting whose tuning curve is shown, if one is."""
        kind, *paths = self._offered[self.currentIndex()] if self._offered else ("",)
        return paths[0] if kind == "curve" else None

    def draw(self, plot: Any, trials: Sequence[Trial]) -> None:
        """The picture that is chosen."""
        if not self._offered:
            return
        kind, *paths = self._offered[self.currentIndex()]
        if kind == "curve":
            curve = tuning_curve(trials, paths[0])
            if curve is not None:
                tune_plots.draw_curve(plot, curve, self._titles[paths[0]])
        elif kind == "map":
            tune_plots.draw_map(plot, trials, paths[0], paths[1], self._titles)
        elif kind == "parallel":
            tune_plots.draw_parallel(plot, trials, list(self._varied), self._titles)
        elif kind == "importance":
            tune_plots.draw_importance(plot, self._importance, self._titles)
        else:
            tune_plots.draw_front(plot, trials)


def _pictures(varied: Sequence[str], trials: Sequence[Trial], importance: Mapping[str, float]) -> list[Picture]:
    pictures: list[Picture] = [("curve", path) for path in varied]
    if len(varied) > 1:
        pictures += [("map", *varied[:2]), ("parallel",)]
    if len({trial.parameters for trial in ranked(trials)}) > 1:  # else all stand above one another
        pictures.append(("front",))
    return pictures + ([("importance",)] if importance else [])

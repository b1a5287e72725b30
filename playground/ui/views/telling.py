"""What is said of one unit in a picture of a layer's answer: where it is, what it stands for, and its value.

Knows arrays and words, no view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from playground.ui.drawing import chance, figure
from playground.ui.maps import MOST_CELLS
from playground.ui.traces import columns_of, rows_of
from playground.ui.views.naming import counted, place_words

Place = tuple[int, float, float]
"""Number of a picture, and where in it, as shares of its width and height."""


@dataclass(frozen=True, eq=False)
class Answered:
    """What a layer gave for one example, as far as it is drawn."""

    values: NDArray[np.floating]
    """(channels, height, width), (steps, units) or (units,)."""
    first: int = 0
    """Which of all channels or units the first one is, counted from 0."""
    symbols: Sequence[str] = ()
    """What its numbers are codes of, if they are."""
    classes: Sequence[str] = ()
    """What its units stand for, if it is the network's answer."""
    chances: NDArray[np.floating] | None = None
    """(units,) or (steps, units), of the whole layer: how likely each class is."""

    @property
    def is_spelled(self) -> bool:
        return bool(self.symbols) and self.values.ndim == 1

    def unit_at(self, place: Place, most: int = MOST_CELLS) -> tuple[int, ...] | None:
        """Index into `values` of what is drawn at a place; most: of a vector so many are drawn."""
        number, x, y = place
        values = self.values
        if values.ndim == 3:
            is_there = number < len(values)
            return (number, int(y * values.shape[1]), int(x * values.shape[2])) if is_there else None
        if values.ndim == 2:
            return int(x * values.shape[0]), int(y * values.shape[1])
        if self.is_spelled:
            columns = columns_of(len(values))
            step = int(y * rows_of(len(values))) * columns + int(x * columns)
            return (step,) if step < len(values) else None
        return (int(x * min(len(values), most)),) if values.ndim == 1 and len(values) else None

    def words(self, unit: tuple[int, ...]) -> str:
        """Place, class, value and probability: “unit 8 “7”: 10.1, P > 99.9 %”."""
        value = self.values[unit]
        if self.is_spelled:
            return f"{_words('step %1').replace('%1', counted(unit[0]))}: {self.symbols[int(value)]}"
        own = (unit[0] + self.first, *unit[1:]) if len(unit) != 2 else unit
        named = f" “{self.classes[own[-1]]}”" if len(own) < 3 and own[-1] < len(self.classes) else ""
        return f"{place_words(own)}{named}: {figure(float(value))}{self._likely(own)}"

    def _likely(self, unit: tuple[int, ...]) -> str:
        if self.chances is None:
            return ""
        told = chance(float(self.chances[unit]))
        return f", P {told}" if told[0] in "<>" else f", P = {told}"


def _words(text: str) -> str:
    return QCoreApplication.translate("telling", text)

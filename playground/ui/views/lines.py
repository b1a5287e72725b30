"""A few curves in one plot, with their names at their ends. pyqtgraph is used as in panes/plots.py."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.ui.drawing import figure
from playground.ui.panes import plots
from playground.ui.theme import NOTE, sized, theme_of
from playground.ui.views.painted import room_for

STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
MARKS = ("━", "╌", "┄", "┅")
ROLES = ("train", "valid", "text", "good", "warning", "baseline")
HEIGHT = 210
WIDE = 560
"""Pixels from which on there is room to be higher."""
LEADING = ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5, 7), (1, 2, 5), (1,))
"""What powers of ten are multiplied by at the ticks, the most first."""


class PowerAxis(plots.PlainAxis):
    """An axis of logarithms that shows what they are of."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """1, 2 and 5 times the powers of ten: fewer of a wide range, more of a narrow one, as there is room."""
        low, high = min(low, high), max(low, high)
        room = max(2, round(size / (2.4 * sized(NOTE))))
        for leading in LEADING:
            powers = range(math.floor(low), math.ceil(high) + 1)
            every = [power + math.log10(number) for power in powers for number in leading]
            shown = [value for value in every if low <= value <= high]
            if len(shown) <= room:
                return [(1.0, shown)]
        return [(1.0, shown[:: math.ceil(len(shown) / room)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """What stands at the ticks."""
        return [figure(float(f"{10**value:.2g}")) for value in values]


class NamedAxis(plots.WholeAxis):
    """An axis of things in a row, such as layers, whose names stand at their places, turned if they are many."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.setStyle(hideOverlappingLabels=False)  # a long name at the end goes beyond the axis
        self._names: tuple[str, ...] = ()

    def name(self, names: Sequence[str]) -> bool:
        """In their order, from 1; whether they are others than before."""
        if tuple(names) == self._names:
            return False
        self._names = tuple(names)
        self.picture = None
        self.update()
        return True

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        if not self._names:
            return super().tickSpacing(low, high, size)
        longest = max(len(name) for name in self._names)
        room = max(1.0, size / (0.62 * sized(NOTE) * longest + 10))
        return [(max(1, math.ceil((high - low) / room)), 1.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if not self._names:
            return list(super().tickStrings(values, scale, spacing))
        return [self._names[round(at) - 1] if 1 <= round(at) <= len(self._names) else "" for at in values]


class Lines(QWidget):
    """Curves by name; colour and line style together tell them apart."""

    def __init__(self, x: str, y: str, is_log: bool = False) -> None:
        super().__init__()
        self._is_log = is_log
        y = self.tr("%1, logarithmic").replace("%1", y) if is_log else y
        self.plot = plots.plot(x, y, PowerAxis("left") if is_log else None, NamedAxis())
        self.plot.setFixedHeight(HEIGHT)
        self.plot.setMinimumWidth(60)
        self.legend = QLabel(wordWrap=True)
        self.legend.setProperty("role", "note")
        self._curves: list[Any] = []
        self._theme = theme_of().name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.legend)
        column.addWidget(self.plot)

    def fit_to_room(self) -> None:
        """Higher where the pane is wide: in a window of its own."""
        height = room_for(self, HEIGHT) if self.width() > WIDE else HEIGHT
        self.plot.setFixedHeight(round(min(height, self.width() / 2) if height > HEIGHT else HEIGHT))

    def resizeEvent(self, event: object) -> None:
        self.fit_to_room()

    def name_ticks(self, names: Sequence[str]) -> None:
        """What stands at 1, 2, 3 … of the x axis, as many as there is room for; whole numbers if there are none."""
        axis = self.plot.getAxis("bottom")
        if isinstance(axis, NamedAxis) and axis.name(names) and names:
            self.plot.setXRange(0.6, len(names) + 0.4, padding=0)  # so that the first and the last have room

    def show_lines(self, lines: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]) -> None:
        """X and y of each curve; on a logarithmic scale what is not above 0 is left out."""
        theme = theme_of()
        if self._theme != theme.name:
            self._theme = theme.name
            plots.restyle(self.plot)
        while len(self._curves) < len(lines):
            self._curves.append(self.plot.plot([], []))
        names = []
        for number, (curve, (name, (x, y))) in enumerate(zip(self._curves, lines.items(), strict=False)):
            color = str(getattr(theme, ROLES[number % len(ROLES)]))
            style = STYLES[number % len(STYLES)]
            curve.setPen(plots.pen(color, style, 2))
            y = np.asarray(y, dtype=float)
            shown = np.isfinite(y) & ((y > 0) | (not self._is_log))
            y = np.log10(y[shown]) if self._is_log else y[shown]
            dot = "o" if len(y) == 1 else None
            curve.setData(np.asarray(x, dtype=float)[shown], y, symbol=dot, symbolBrush=color, symbolPen=None)
            names.append(f'<span style="color:{color}">{MARKS[number % len(MARKS)]}</span> {name}')
        for curve in self._curves[len(lines) :]:
            curve.setData([], [])
        self.legend.setText(" &nbsp; ".join(names))

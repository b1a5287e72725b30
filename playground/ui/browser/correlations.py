"""The page of correlations: which columns of numbers say the same, and any two of them as points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from playground.app.browsing import Browsing
from playground.data.correlations import Numbers, Way, correlations, has_several, numbers_of
from playground.data.dataset import Examples
from playground.ui.browser.correlation_matrix import CorrelationMatrix, told
from playground.ui.theme import sized, theme_of

MOST_POINTS = 3000
WAYS: tuple[Way, ...] = ("pearson", "spearman")


class CorrelationsPage(QWidget):
    """A matrix, and the chosen two columns as points."""

    def __init__(self, browsing: Browsing) -> None:
        super().__init__()
        self._browsing = browsing
        self._shown_for: tuple[Examples | None, Way | None] = (None, None)
        self.numbers: Numbers | None = None
        self.matrix = CorrelationMatrix()
        self.matrix.chosen.connect(self._show_points)
        self.way = QComboBox()
        self.way.addItem(self.tr("Pearson: along a line"), "pearson")
        self.way.addItem(self.tr("Spearman: of ranks, along any rising curve"), "spearman")
        self.way.setAccessibleName(self.tr("Which correlation"))
        self.way.setToolTip(
            self.tr(
                "From −1, one falls as the other rises, over 0, nothing to do with each other, to 1. Pearson's r "
                "measures how near the points are to a line; Spearman's ρ is that of their ranks: curved or with "
                "values far out, it tells more. Inputs that are nearly the same add little to each other."
            )
        )
        self.way.currentIndexChanged.connect(self.refresh)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.plot: Any = pg.PlotWidget()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setAccessibleName(self.tr("Two columns as points"))
        self.caption = QLabel(wordWrap=True)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.matrix)
        left, right = QWidget(), QWidget()
        for side, parts in ((left, (self.way, scroll, self.words)), (right, (self.caption, self.plot))):
            side.setObjectName("place")
            column = QVBoxLayout(side)
            column.setContentsMargins(12, 8, 12, 8)
            for part in parts:
                column.addWidget(part, int(part in (scroll, self.plot)))
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([640, 420])
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.restyle()

    @staticmethod
    def has_any(examples: Examples) -> bool:
        """Whether these data have two columns of numbers."""
        return has_several(examples)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        theme = theme_of()
        self.plot.setBackground(theme.color("panel"))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.color("edge"))
            axis.setTextPen(theme.color("muted"))
        self.matrix.update()
        if self.numbers is not None:
            self._show_points(*self.matrix.at)

    def refresh(self) -> None:
        """Show the data there are now."""
        examples, way = self._browsing.examples, self.way.currentData()
        if examples is None or (examples, way) == self._shown_for:
            return
        self._shown_for = asked = examples, way

        def work() -> tuple[Numbers, NDArray[np.float64]] | None:
            numbers = numbers_of(examples)
            return None if numbers is None else (numbers, correlations(numbers.values, way))

        def take(made: tuple[Numbers, NDArray[np.float64]] | None) -> None:
            if made is not None and asked == self._shown_for:
                self._show(*made)

        self._browsing.beside(work, take)

    def _show(self, numbers: Numbers, found: NDArray[np.float64]) -> None:
        self.numbers = numbers
        is_other = self.matrix.names != self.numbers.names
        self.matrix.show_values(self.numbers.names, found)
        self.words.setText(self._told(found))
        self.matrix.choose(*(_strongest(found) if is_other else self.matrix.at))

    def _told(self, found: NDArray[np.float64]) -> str:
        assert self.numbers is not None
        row, column = _strongest(found)
        words = self.tr("Most alike: %1 and %2, %3. Training and validation rows; the test part stays locked.")
        words = words.replace("%1", self.numbers.names[row]).replace("%2", self.numbers.names[column])
        words = words.replace("%3", told(float(found[row, column])))
        if self.numbers.total > len(self.numbers.names):
            more = self.tr(" The first %1 of %2 columns.").replace("%1", f"{len(self.numbers.names):,}")
            words += more.replace("%2", f"{self.numbers.total:,}")
        return words

    def _show_points(self, row: int, column: int) -> None:
        if self.numbers is None:
            return
        theme, names, values = theme_of(), self.numbers.names, self.numbers.values
        step = max(1, len(values) // MOST_POINTS)
        self.plot.clear()
        for role, part in (("train", ~self.numbers.is_valid), ("valid", self.numbers.is_valid)):
            across, up = (values[part, at][::step] for at in (column, row))
            known = np.isfinite(across) & np.isfinite(up)
            color = theme.color(role)
            color.setAlpha(150)
            mark = "o" if role == "train" else "t"
            self.plot.plot(
                across[known], up[known], pen=None, symbol=mark, symbolSize=sized(5), symbolPen=None, symbolBrush=color
            )
        self.plot.setLabel("bottom", names[column].replace("<", "&lt;"))
        self.plot.setLabel("left", names[row].replace("<", "&lt;"))
        words = self.tr("%1 over %2: %3. Dots are training, triangles validation rows.")
        value = told(float(self.matrix.values[row, column]))
        self.caption.setText(words.replace("%1", names[row]).replace("%2", names[column]).replace("%3", value))


def _strongest(found: NDArray[np.float64]) -> tuple[int, int]:
    """The pair of different columns with the largest correlation, either sign."""
    sizes = np.triu(np.nan_to_num(np.abs(found)), 1)
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return (int(row), int(column)) if row != column else (0, 1)

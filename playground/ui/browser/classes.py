"""The page of classes: how many of each in each part, what they look like on average, and how long examples are."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.app.browsing import Browsing
from playground.data.class_facts import ClassFacts, class_facts, lengths
from playground.data.corrections import can_be_labelled
from playground.data.dataset import Examples
from playground.ui.browser.parts_bars import PartsBars
from playground.ui.drawing import curve_image, example_image
from playground.ui.views.picture_grid import PictureGrid, Tile

SIDE = 72


class ClassesPage(QWidget):
    """Balance, means and spreads, lengths: what these data have of them."""

    def __init__(self, browsing: Browsing) -> None:
        super().__init__()
        self._browsing = browsing
        self._shown_for: Examples | None = None
        parts = self.tr("training"), self.tr("validation"), self.tr("test")
        self.balance = PartsBars(self.tr("Examples of each class"), parts)
        self.means, self.spreads = PictureGrid(self.tr("Means")), PictureGrid(self.tr("Standard deviations"))
        self.lengths = PartsBars(self.tr("Lengths"), parts)
        self._headings: dict[QWidget, QLabel] = {}
        inside = QWidget()
        inside.setObjectName("place")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        for words, widget in (
            (self.tr("EXAMPLES OF EACH CLASS, shares of their part"), self.balance),
            (self.tr("MEAN of the training examples"), self.means),
            (self.tr("STANDARD DEVIATION of the training examples"), self.spreads),
            (self.tr("LENGTH in steps"), self.lengths),
        ):
            heading = QLabel(words)
            heading.setProperty("role", "heading")
            self._headings[widget] = heading
            column.addWidget(heading)
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    @staticmethod
    def has_any(examples: Examples) -> bool:
        """Whether there is something to show."""
        dataset = examples.dataset
        return can_be_labelled(dataset) or dataset.kind in ("image", "sequence") or dataset.lengths is not None

    def refresh(self) -> None:
        """Show the data there are now."""
        examples = self._browsing.examples
        if examples is None:
            return
        self._shown_for = examples
        facts = class_facts(examples)
        is_classes = can_be_labelled(examples.dataset)
        self._offer(self.balance, is_classes)
        if is_classes:
            counts = [np.array([each.counts[part] for each in facts]) for part in range(3)]
            self.balance.show_words(counts, [each.name for each in facts])
        averaged = [each for each in facts if each.mean is not None]
        for grid in (self.means, self.spreads):
            self._offer(grid, bool(averaged))
            grid.show_tiles([Tile(_picture(each, grid is self.means), each.name) for each in averaged], SIDE)
        found = lengths(examples)
        self._offer(self.lengths, found is not None)
        if found is not None:
            self.lengths.show_bins(*found)

    def _offer(self, widget: QWidget, is_there: bool) -> None:
        widget.setVisible(is_there)
        self._headings[widget].setVisible(is_there)


def _picture(facts: ClassFacts, is_mean: bool) -> QImage:
    values = facts.mean if is_mean else facts.sd
    assert values is not None
    if values.ndim == 2:
        return curve_image(values.T, float(np.abs(values).max()) or 1.0, SIDE)
    return example_image(values if values.ndim == 3 else values[0])

"""The weights of a linear baseline: an image for each class of images, bars for named inputs. w · x + b, seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.data.dataset import Examples
from playground.selection.outcome import Outcome
from playground.ui.drawing import signed_image
from playground.ui.views.bars import Bars
from playground.ui.views.picture_grid import PictureGrid, Tile

MOST_IMAGES, MOST_BARS = 10, 12
SIDE = 54


class ModelWeights(QWidget):
    """Hidden for models that are no neuron."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.images = PictureGrid(self.tr("Weights as images"))
        self.bars = Bars(self.tr("Weights"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        for widget in (self.words, self.images, self.bars):
            column.addWidget(widget)
        self.hide()

    def show_model(self, outcome: Outcome | None, examples: Examples | None) -> None:
        """The weights on scaled inputs, of two classes those for the second."""
        weights = outcome.coefficients if outcome is not None else None
        is_plain = examples is not None and examples.signature.steps is None
        self.setVisible(weights is not None and is_plain and examples is not None)
        if weights is None or examples is None or outcome is None or not is_plain:
            return
        shape = examples.signature.input
        is_image = shape.is_image and weights.shape[1] == shape.size
        self.images.setVisible(is_image)
        self.bars.setVisible(not is_image)
        if is_image:
            self._show_images(weights.reshape(len(weights), *shape.dims), examples)
        else:
            self._show_bars(weights, outcome, examples)

    def _show_images(self, weights: np.ndarray, examples: Examples) -> None:
        reach, names = float(np.abs(weights).max()), examples.dataset.class_names
        labels = names if len(weights) == len(names) else names[1:]
        tiles = [
            Tile(signed_image(each.sum(axis=0), reach), labels[at] if at < len(labels) else "", "")
            for at, each in enumerate(weights[:MOST_IMAGES])
        ]
        self.images.show_tiles(tiles, SIDE)
        self.words.setText(self.tr("Its weights w: blue speaks for the class, orange against it."))

    def _show_bars(self, weights: np.ndarray, outcome: Outcome, examples: Examples) -> None:
        sizes = np.abs(weights).max(axis=0)
        order = np.argsort(-sizes, kind="stable")[:MOST_BARS]
        names = examples.dataset.feature_names
        strongest = np.abs(weights).argmax(axis=0)
        bars = [(names[at] if at < len(names) else f"x{at + 1}", float(weights[strongest[at], at])) for at in order]
        if len(weights) == 1 and outcome.intercept is not None:
            bars.append(("b", float(outcome.intercept[0])))
        self.bars.show_bars(bars)
        zeros = int((sizes == 0).sum())
        words = self.tr("Its largest weights w, on scaled inputs, and b.")
        if len(weights) > 1:
            words = self.tr("Its largest weights w over all outputs, on scaled inputs.")
        if zeros:
            words += self.tr(" %1 of %2 are exactly 0.").replace("%1", str(zeros)).replace("%2", str(weights.shape[1]))
        self.words.setText(words)

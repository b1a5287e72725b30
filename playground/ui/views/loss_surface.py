"""The loss surface around the present weights, with the path walked to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton

from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map, Trail
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.landscape import Landscape

MOST_BYTES = 20_000_000
"""Of kept weights; then every second is dropped, and none is kept of networks too large for ten."""
SIDES = (15, 25, 41)


class LossSurface(View):
    """Weights are kept once an epoch while it is open; the surface is computed on demand."""

    name = "loss_surface"
    title = "Loss surface"
    group = "Training"
    about = (
        "The training loss over a plane through the present weights (the dot in the middle), on a logarithmic "
        "scale that stands below; in evaluation mode, without dropout and with running averages. Random: two random "
        "directions, each filter as long as the network's own, so that "
        "networks can be compared. Path: the two main directions of the way that learning took since this view was "
        "opened; the line is that way. Source: Li, Xu, Taylor, Studer and Goldstein 2018."
    )
    every = 0.3

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._path: list[NDArray[np.float32]] = []
        self._last = -1
        self._found: Landscape | None = None
        self.kind, self.extent, self.side = QComboBox(), QComboBox(), QComboBox()
        for box, name in ((self.kind, "Directions"), (self.extent, "Reach"), (self.side, "Points")):
            box.setAccessibleName(self.tr(name))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, words in (("random", "random directions"), ("path", "directions of the path")):
            self.kind.addItem(self.tr(words), key)
        for reach in (0.25, 1.0, 3.0):
            self.extent.addItem(f"± {reach:g}", reach)
        self.extent.setCurrentIndex(1)
        for side in SIDES:
            self.side.addItem(f"{side} × {side}", side)
        self.draw = QPushButton(self.tr("Compute the surface"))
        self.draw.clicked.connect(self.begin)
        row = QHBoxLayout()
        row.addWidget(self.extent)
        row.addWidget(self.side)
        self.map, self.words, self.kept = (
            Map(self.tr("Loss surface"), most=520),
            QLabel(wordWrap=True),
            QLabel(wordWrap=True),
        )
        self.kept.setProperty("role", "note")
        self.column.addWidget(self.kind)
        self.column.addLayout(row)
        for widget in (self.draw, self.map, self.words, self.kept):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.run.connect(self._forget)

    def _forget(self) -> None:
        self._path.clear()
        self._last = -1

    def look(self) -> Look | None:
        last = self._last

        def look(training: Training) -> Any:
            from playground.insight.landscape import flat

            if training.epoch == last or training.network.count * 4 * 10 > MOST_BYTES:
                return None
            return training.epoch, flat(training)

        return look

    def begin(self) -> None:
        """Go through the grid."""
        kind, path = str(self.kind.currentData()), list(self._path)
        side, extent = int(self.side.currentData()), float(self.extent.currentData())

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.landscape import flat, landscape

            found = yield from landscape(training, kind, [*path, flat(training)], side, extent)  # type: ignore[arg-type]
            return found

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        if isinstance(answer, tuple):
            self._last, weights = answer
            self._path.append(weights)
            if sum(each.nbytes for each in self._path) > MOST_BYTES:
                del self._path[1:-1:2]
        elif answer is not None:
            self._found = answer
            self._show(answer)
        kept = len(self._path)
        words = (
            self.tr("Train with this view open to see the way of the weights on it.")
            if kept == 1
            else self.tr("%1 points of the weights' way are kept.")
        )
        words = words.replace("%1", str(kept))
        self.kept.setText(words)

    def _show(self, found: Landscape) -> None:
        losses = np.where(np.isfinite(found.losses), found.losses, np.nanmax(found.losses))
        heights = np.log10(np.maximum(losses, 1e-12))
        reach = figure(found.extent)
        self.map.show_values(heights[::-1], signed=False, words=self.tr("log₁₀ loss, ± %1").replace("%1", reach))
        side = len(losses)
        scale = (side - 1) / (2 * found.extent)
        points = tuple(
            ((right + found.extent) * scale + 0.5, side - 0.5 - (up + found.extent) * scale) for right, up in found.path
        )
        self.map.trails = [Trail(points, "valid"), Trail(((side / 2, side / 2),))]
        self.map.update()
        words = self.tr(
            "Mean loss of %4 training examples as the network answers them: in the middle %1; lowest on the plane "
            "%2, highest %3."
        )
        middle = losses[side // 2, side // 2]
        for number, value in enumerate((middle, losses.min(), losses.max()), 1):
            words = words.replace(f"%{number}", figure(float(value)))
        words = words.replace("%4", f"{found.examples:,}") + self._of_the_curve()
        if np.isfinite(found.explained[0]):
            more = self.tr(" The two directions hold %1 and %2 of the path's variance.")
            shares = f"{found.explained[0]:.0%}", f"{found.explained[1]:.0%}"
            words += more.replace("%1", shares[0]).replace("%2", shares[1])
        self.words.setText(words)

    def _of_the_curve(self) -> str:
        """Why the curve of the training loss may stand elsewhere."""
        epochs = self.focus.session.epochs
        if not epochs:
            return ""
        words = self.tr(" (The curve's last point, %1, is the mean over the batches while it learned.)")
        return words.replace("%1", figure(epochs[-1].train.loss))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {"loss": self._found.losses, "path": self._found.path} if self._found is not None else {}

    def in_words(self) -> str:
        return self.words.text()

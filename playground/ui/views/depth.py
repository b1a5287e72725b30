"""Layer by layer: gradients, activations and the pace of the weights; and a plain beside a residual network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from playground.graph.resnets import cifar
from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.histogram import Histogram
from playground.ui.views.lines import Lines
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.depth import Depths, Spread, Twin

QUANTITIES = {
    "gradient": "gradient of the weights",
    "activation": "answers",
    "weight": "weights",
    "ratio": "change / weights",
}
MOST_KEPT = 300
"""Points in time that are kept; then every second is dropped."""


class DepthView(View):
    """A quantity against the layer, now; and of the selected layer over time."""

    name = "depth"
    title = "Layer by layer"
    group = "Training"
    about = (
        "Root mean squares from the first layer to the last, over up to 128 fixed training examples in training "
        "mode: batch "
        "normalisation takes the batch's own mean and variance, dropout is on. Normalisation is not counted as a "
        "layer. "
        "If the gradient fades "
        "towards the first layers, they do not learn; if it grows, steps are thrown far. The change of the weights in "
        "a step should be about a thousandth of them: much more is unstable, much less is slow. Sources: Glorot and "
        "Bengio 2010, section 4; He et al. 2015; Karpathy, CS231n notes, “Ratio of weights:updates”."
    )
    every = 0.7

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Depths | None = None
        self._past: list[tuple[int, Depths]] = []
        self.what = QComboBox()
        self.what.setAccessibleName(self.tr("Quantity"))
        for key, words in QUANTITIES.items():
            self.what.addItem(self.tr(words), key)
        self.what.activated.connect(self._show)
        self.layers = Lines(self.tr("layer"), self.tr("root mean square"), is_log=True)
        self.time = Lines(self.tr("step"), self.tr("root mean square"), is_log=True)
        self.words, self.of = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.of.setProperty("role", "note")
        self.weights, self.change = Histogram(self.tr("Weights")), Histogram(self.tr("Their next change"))
        over_time = QWidget()
        column = QVBoxLayout(over_time)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self.time, self.of):
            column.addWidget(part)
        self._heads = []
        for widget, head in (
            (self.what, ""), (SideBySide((self.layers, over_time), least=1), ""), (self.words, ""),
            (self.weights, "WEIGHTS OF THE LAYER"), (self.change, "THEIR NEXT CHANGE"),
        ):  # fmt: skip
            if head:
                label = QLabel(self.tr(head))
                label.setProperty("role", "heading")
                self._heads.append(label)
                self.column.addWidget(label)
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.run.connect(self._past.clear)

    def look(self) -> Look | None:
        return partial(_depths, id=self.focus.layer or "")

    def show_answer(self, answer: Any) -> None:
        step, (self._found, spread) = answer
        if not self._past or self._past[-1][0] != step:
            self._past.append((step, self._found))
        if len(self._past) > MOST_KEPT:
            del self._past[1:-1:2]
        self._show()
        self._show_spread(spread)

    def _show(self, _: object = None) -> None:
        found = self._found
        if found is None:
            return
        key = str(self.what.currentData())
        values = getattr(found, key)
        numbers = np.arange(1, 1 + len(values))
        lines = {self.tr("now"): (numbers, values)}
        if len(self._past) > 1 and len(self._past[0][1].ids) == len(values):
            lines[self.tr("at first")] = (numbers, getattr(self._past[0][1], key))
        if key == "ratio":
            lines[self.tr("a thousandth")] = (numbers, np.full(len(values), 1e-3))
        self.layers.name_ticks(found.ids)
        self.layers.show_lines(lines)
        chosen = self.focus.layer if self.focus.layer in found.ids else found.ids[0] if found.ids else ""
        at = found.ids.index(chosen) if chosen else 0
        past = [(step, getattr(each, key)[at]) for step, each in self._past if len(each.ids) == len(found.ids)]
        self.time.show_lines({chosen: (np.array([step for step, _ in past]), np.array([value for _, value in past]))})
        self.of.setText(self.tr("%1 over time; select another layer to see it.").replace("%1", chosen))
        self.words.setText(self._words(found))

    def _words(self, found: Depths) -> str:
        if len(found.ids) < 2 or not found.gradient[-1]:
            return ""
        words = self.tr(
            "Gradient at %1: %2, at %3: %4. The next step changes the weights by %5 of their size. (n = %6)"
        )
        ratio = float(np.nanmedian(found.ratio)) if np.isfinite(found.ratio).any() else float("nan")
        parts = (
            found.ids[0], figure(found.gradient[0]), found.ids[-1], figure(found.gradient[-1]), figure(ratio),
            str(found.examples),
        )  # fmt: skip
        for number, part in enumerate(parts, 1):
            words = words.replace(f"%{number}", part)
        return words

    def _show_spread(self, spread: Spread | None) -> None:
        for label in self._heads:
            label.setVisible(spread is not None)
        nothing = (np.zeros(0), np.zeros(0))
        self.weights.show_counts(*(spread.weights if spread is not None else nothing))
        self.change.show_counts(*(spread.update if spread is not None and spread.update is not None else nothing))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self._found
        if found is None:
            return {}
        return {"gradient, answers, weights, ratio": np.column_stack(
            [found.gradient, found.activation, found.weight, found.ratio]
        )}  # fmt: skip

    def in_words(self) -> str:
        return self.words.text()


class TwinsView(View):
    """Chosen depth, chosen number of steps, then both are trained from the same seed on the same batches."""

    name = "twins"
    title = "Plain and residual"
    group = "Training"
    about = (
        "Two networks of the same depth on the present images, one with shortcuts and one without, trained side by "
        "side from the same seed on the same batches. With depth the plain one learns worse even on its training "
        "examples, the residual one does not (gradients in training mode; convolutions and dense layers count): x + "
        "F(x) lets the gradient pass. Source: He, Zhang, Ren and Sun 2015, "
        "Deep Residual Learning, figure 6 and section 4.2."
    )
    is_live = False

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._twins: dict[str, Twin] = {}
        self.depths, self.steps = QComboBox(), QComboBox()
        self.depths.setAccessibleName(self.tr("Depth"))
        self.steps.setAccessibleName(self.tr("Steps"))
        for depth in (8, 20, 56):
            self.depths.addItem(self.tr("%1 layers").replace("%1", str(depth)), depth)
        for steps in (30, 100, 300):
            self.steps.addItem(self.tr("%1 steps").replace("%1", str(steps)), steps)
        self.begin = QPushButton(self.tr("Train both"))
        self.begin.clicked.connect(self.begin_training)
        row = QHBoxLayout()
        for box in (self.depths, self.steps):
            row.addWidget(box, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.begin)
        self.losses = Lines(self.tr("step"), self.tr("training loss"))
        self.gradients = Lines(self.tr("layer"), self.tr("gradient at first"), is_log=True)
        self.words = QLabel(self.tr("Both are trained on this machine, beside your own network."), wordWrap=True)
        for widget in (self.words, self.losses, self.gradients):
            self.column.addWidget(widget)
        for plot in (self.losses, self.gradients):
            plot.hide()
        self.column.addStretch(1)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None or (examples.dataset.kind == "image" and examples.targets is None):
            return ""
        return focus.tr("These networks classify images. Choose a data set of images, such as Digits.")

    def begin_training(self) -> None:
        """Build both and train them, a step a slice."""
        depth, steps = int(self.depths.currentData()), int(self.steps.currentData())

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.depth import side_by_side

            signature = training.examples.signature
            graphs = {"plain": cifar(signature, depth, False), "residual": cifar(signature, depth, True)}
            found = yield from side_by_side(graphs, training.recipe, training.examples, training.device.type, steps)
            return depth, found

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        depth, self._twins = answer
        for plot in (self.losses, self.gradients):
            plot.show()
        self.losses.show_lines(
            {
                self.tr(name): (np.arange(1, 1 + len(twin.losses)), _smooth(twin.losses))
                for name, twin in self._twins.items()
            }
        )
        self.gradients.name_ticks(max((twin.ids for twin in self._twins.values()), key=len, default=()))
        self.gradients.show_lines(
            {self.tr(name): (np.arange(1, 1 + len(twin.gradient)), twin.gradient) for name, twin in self._twins.items()}
        )
        last = {name: float(twin.losses[-10:].mean()) for name, twin in self._twins.items() if len(twin.losses)}
        words = self.tr("%1 layers: mean training loss of the last 10 steps %2 plain, %3 residual.")
        words = words.replace("%1", str(depth)).replace("%2", figure(last.get("plain", float("nan"))))
        self.words.setText(words.replace("%3", figure(last.get("residual", float("nan")))))

    def numbers(self) -> dict[str, NDArray[Any]]:
        made: dict[str, NDArray[Any]] = {}
        for name, twin in self._twins.items():
            made[f"{name} loss"], made[f"{name} gradient"] = twin.losses, twin.gradient
        return made

    def in_words(self) -> str:
        return self.words.text()


def _counted(values: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    return np.arange(1, 1 + len(values)), values


def _smooth(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """A running mean over five steps."""
    if len(losses) < 5:
        return losses
    kernel = np.ones(5) / 5
    padded = np.concatenate([np.full(4, losses[0]), losses])
    return np.convolve(padded, kernel, "valid")


def _depths(training: Training, id: str) -> Any:
    from playground.insight.depth import depths

    return training.step, depths(training, id)

"""One neuron with two weights on a problem in the plane: its true loss surface, and how different rules walk on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.legend import RING, Legend
from playground.ui.views.map import Map
from playground.ui.views.marks import Trail
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training

REACHES = (6.0, 12.0, 25.0, 50.0, 100.0)
"""Weights from −reach to +reach are shown: the first within which all ways stay, else the last."""
SIDE = 61
STEPS = 40
MOST = 300
"""Examples that are learned from: the first ones."""
COLORS = {"gradient descent": "train", "momentum": "valid", "Newton": "good", "perceptron rule": "warning"}
UNSUPERVISED = {"Hebb": "valid", "Oja": "train"}
DASHED = ("perceptron rule", "Oja")


class OneNeuron(View):
    """A click on the surface is where all begin."""

    name = "one_neuron"
    title = "One neuron, two weights"
    group = "Training"
    about = (
        "A single neuron w·x without a bias on the two inputs of the present problem: its loss over all weights, on "
        "the scale below, and the way of four rules from one start: gradient descent (blue), momentum (orange), "
        "Newton's method (green) and Rosenblatt's perceptron rule (brown, dashed). Or without labels: Hebb's rule, "
        "which grows for ever, and Oja's, which turns to the first principal component. Where the network is such a "
        "neuron, the ring is where its own two weights are now. Sources: Rosenblatt 1958; "
        "Polyak 1964; Hebb 1949; Oja 1982."
    )

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._start = np.array([-4.0, 4.0])
        self._paths: dict[str, NDArray[np.float64]] = {}
        self._surface: NDArray[np.float64] = np.zeros((0, 0))
        self.loss, self.rate = QComboBox(), QDoubleSpinBox()
        self.loss.setAccessibleName(self.tr("Loss"))
        for key in ("cross-entropy", "squared error", "hinge", "perceptron", "without labels"):
            self.loss.addItem(self.tr(key), key)
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.rate.setRange(0.001, 10)
        self.rate.setDecimals(3)
        self.rate.setSingleStep(0.1)
        self.rate.setValue(0.5)
        self.steps = QSlider(Qt.Orientation.Horizontal)
        self.steps.setAccessibleName(self.tr("Steps"))
        self.steps.setRange(0, STEPS)
        self.steps.setValue(STEPS)
        row = QHBoxLayout()
        row.addWidget(self.loss, 1)
        row.addWidget(self.rate)
        self.column.addLayout(row)
        self._reach = REACHES[0]
        self._own: tuple[float, float, float] | None = None
        self.map, self.words = Map(self.tr("Loss over the two weights"), most=460), QLabel(wordWrap=True)
        self.legend, self.from_own = Legend(), QPushButton(self.tr("Begin at the network's weights"))
        self.from_own.setToolTip(self.tr("All four rules go from where the network's own neuron is now"))
        self.from_own.clicked.connect(self._begin_at_own)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.legend, self.steps, self.words):
            column.addWidget(widget)
        column.addWidget(self.from_own, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(SideBySide((self.map, beside), least=1))
        self.column.addStretch(1)
        self.loss.activated.connect(self._work)
        self.rate.valueChanged.connect(self._work)
        self.steps.valueChanged.connect(self._show)
        self.map.clicked.connect(self._begin_at)
        focus.bridge.data.connect(self._work)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        examples = focus.session.examples
        if examples is None:
            return ""
        is_plane = examples.train.inputs.shape[1:] == (2,)
        if not is_plane or (examples.targets is None and len(examples.dataset.class_names) != 2):
            return focus.tr("This needs two inputs and two classes. Choose a 2-D problem with the inputs x and y.")
        return ""

    def showEvent(self, event: object) -> None:
        self._work()

    def look(self) -> Look | None:
        return _own_weights

    def show_answer(self, answer: Any) -> None:
        """The two weights and the bias of the network's own neuron, where it has one."""
        self._own = answer
        self.from_own.setVisible(answer is not None)
        self._show()

    def _begin_at_own(self) -> None:
        if self._own is not None:
            self._start = np.array(self._own[:2])
            self._work()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._show()

    def _examples(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        examples = self.focus.session.examples
        if examples is None or self.lacks():
            return None
        x = examples.train.inputs[:MOST].astype(np.float64)
        y = examples.train.targets[:MOST].astype(np.float64).reshape(len(x), -1)[:, 0]
        return x, (np.where(y > 0.5, 1.0, -1.0) if examples.targets is None else y)

    def _begin_at(self, row: int, column: int) -> None:
        scale = 2 * self._reach / (SIDE - 1)
        self._start = np.array([column * scale - self._reach, (SIDE - 1 - row) * scale - self._reach])
        self._work()

    def _work(self, _: object = None) -> None:
        """The surface and all ways: a few hundredths of a second of numpy."""
        data = self._examples()
        if data is None or not self.isVisible():
            return
        from playground.insight import one_neuron as neuron

        x, y = data
        kind, rate = str(self.loss.currentData()), float(self.rate.value())
        if kind == "without labels":
            start = self._start / max(float(np.linalg.norm(self._start)), 1e-9)
            self._paths = {rule: neuron.unsupervised(x, start, rate / 100, STEPS, rule) for rule in ("Hebb", "Oja")}
        else:
            rules = [rule for rule in neuron.RULES if rule != "Newton" or kind in ("cross-entropy", "squared error")]
            self._paths = {
                rule: neuron.walk(rule, kind, self._start, x, y, rate, STEPS)  # type: ignore[arg-type]
                for rule in rules
            }
        farthest = max(float(np.nan_to_num(np.abs(path), nan=np.inf).max()) for path in self._paths.values())
        self._reach = next((reach for reach in REACHES if farthest <= reach), REACHES[-1])
        axis = np.linspace(-self._reach, self._reach, SIDE)
        grid = np.stack(np.meshgrid(axis, axis), axis=-1)
        self._surface = (
            -0.5 * ((grid @ x.T) ** 2).mean(axis=-1) if kind == "without labels" else neuron.loss(kind, grid, x, y)  # type: ignore[arg-type]
        )
        self._show()
        self.setAccessibleDescription(self.in_words())
        self.told.emit()

    def _show(self, _: object = None) -> None:
        if not self._surface.size:
            return
        is_labelled = self.loss.currentData() != "without labels"
        words = self.tr("loss; w₁ to the right, w₂ upwards, ± %1") if is_labelled else self.tr("−½ mean (w·x)²; ± %1")
        self.map.show_values(self._surface[::-1], signed=False, words=words.replace("%1", figure(self._reach)))
        shown = self.steps.value() + 1
        colors = COLORS if is_labelled else UNSUPERVISED
        self.map.trails = [
            Trail(tuple(self._pixel(point) for point in path[:shown]), colors[rule], rule in DASHED)
            for rule, path in self._paths.items()
        ]
        entries = [(rule, colors[rule], rule in DASHED) for rule in self._paths]
        self.map.rings = []
        if self._own is not None:
            self.map.rings = [self._pixel(np.array(self._own[:2]))]
            entries.append((self.tr("this network"), RING, False))
        self.legend.show_entries(entries)
        self.map.update()
        lines = [self.tr("after %1 steps:").replace("%1", str(self.steps.value()))]
        for rule, path in self._paths.items():
            w = path[min(shown - 1, len(path) - 1)]
            lines.append(f"{rule}: w = ({figure(w[0])}, {figure(w[1])})" + self._loss_of(w, is_labelled))
        if self._own is not None:
            words = self.tr("this network: w = (%1, %2), and a bias of %3, which the others do without")
            for number, value in enumerate(self._own, 1):
                words = words.replace(f"%{number}", figure(value))
            lines.append(words)
        self.words.setText("\n".join(lines))

    def _pixel(self, w: NDArray[np.float64]) -> tuple[float, float]:
        scale = (SIDE - 1) / (2 * self._reach)
        near = np.clip(np.nan_to_num(w), -10 * self._reach, 10 * self._reach)
        return float((near[0] + self._reach) * scale + 0.5), float(SIDE - 0.5 - (near[1] + self._reach) * scale)

    def _loss_of(self, w: NDArray[np.float64], is_labelled: bool) -> str:
        data = self._examples()
        if data is None:
            return ""
        if not is_labelled:
            return self.tr(", length %1").replace("%1", figure(float(np.linalg.norm(w))))
        from playground.insight.one_neuron import loss

        value = float(loss(str(self.loss.currentData()), w, *data))  # type: ignore[arg-type]
        return self.tr(", loss %1").replace("%1", figure(value))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {"loss": self._surface, **self._paths} if self._surface.size else {}

    def in_words(self) -> str:
        return self.words.text().replace("\n", " ")


def _own_weights(training: Training) -> tuple[float, float, float] | None:
    """Of the first dense layer, if it is a neuron with two inputs, those of the network."""
    from playground.insight.plane import links

    first = next(iter(links(training)), None)
    if first is None or first.weight.shape != (1, 2) or first.after != training.network.input:
        return None
    bias = float(first.bias[0]) if first.bias is not None else 0.0
    return float(first.weight[0, 0]), float(first.weight[0, 1]), bias

"""One step of learning on one example, in phases: forwards, loss, backwards, update, and the gradients checked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.ui.drawing import figure, icon, signed_image
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.microscope import OneStep

PACE = 900
"""Milliseconds a layer while it plays."""
MOST_CELLS = 96
"""Of a vector, in its row."""
MOST_TILES = 12
PHASES = ("Forwards", "Loss", "Backwards", "Update", "Check")


class OneStepView(View):
    """A row for each layer of the phase, reached so far."""

    name = "one_step"
    title = "One step"
    group = "Example"
    about = (
        "One step of gradient descent on one example, taken apart. Forwards: each layer's values. Loss: how wrong the "
        "answer is. Backwards: the chain rule brings ∂loss/∂value from layer to layer. Update: what the optimiser adds "
        "to the weights. Check: some gradients against central differences (L(w + h) − L(w − h)) / 2h in double "
        "precision; what rounding of the losses explains is not counted. Dropout is off; batch normalisation takes the "
        "mean and variance of this example and three others, as in learning. The run itself is not touched. Source: "
        "Rumelhart, Hinton and Williams 1986; Goodfellow, Bengio "
        "and Courville 2016, sections 6.5 and 11.5."
    )
    every = 1.0
    is_live = False

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: OneStep | None = None
        self._phase, self._reached = 0, 0
        self._timer = QTimer(self, interval=PACE)
        self._timer.timeout.connect(self._tick)
        self.column.addLayout(self._move_row())
        self.words = QLabel(wordWrap=True)
        self.column.addWidget(self.words)
        self.rows = QWidget()
        self._rows = QVBoxLayout(self.rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self.column.addWidget(self.rows)
        self.column.addStretch(1)

    def _move_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._buttons = []
        for name, words, act in (
            ("chevron-left", "Back", partial(self._move, -1)),
            ("play", "Play slowly", self._toggle),
            ("chevron-right", "On", partial(self._move, 1)),
            ("rotate-ccw", "Take the step apart with the present weights", self.ask_again),
        ):
            button = QToolButton()
            button.setIcon(icon(name))
            button.setProperty("icon_name", name)
            button.setToolTip(self.tr(words))
            button.setAccessibleName(self.tr(words))
            button.clicked.connect(lambda _=False, act=act: act())
            self._buttons.append(button)
            row.addWidget(button)
        self.phases = QComboBox()
        self.phases.setAccessibleName(self.tr("Phase"))
        self.phases.addItems([f"{number}  {self.tr(name)}" for number, name in enumerate(PHASES, 1)])
        self.phases.activated.connect(self.show_phase)
        row.addWidget(self.phases, 1)
        return row

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        for button in self._buttons:
            button.setIcon(icon(str(button.property("icon_name"))))
        self._show()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    # Asking

    def look(self) -> Look | None:
        examples = self.focus.session.examples
        if examples is None:
            return None
        example, row = self.focus.scaled(), self.focus.example

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.microscope import taking_apart

            return (yield from taking_apart(training, example, training.examples.valid.targets[row]))

        if not self.is_working:
            self.start(job)
        return None

    def ask_again(self) -> None:
        """What is under way was asked of another example, or of weights since left."""
        self.cancel()
        super().ask_again()

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        self._reached = max(1, min(self._reached, self._count()))
        self._show()

    # Stepping

    def show_phase(self, number: int) -> None:
        """Begin a phase at its first layer."""
        self._phase, self._reached = number, self._count() if number in (1, 4) else 1
        self.phases.setCurrentIndex(number)
        self._show()

    def _count(self) -> int:
        found = self._found
        if found is None:
            return 1
        return (len(found.layers), 1, len(found.layers), len(found.weights), len(found.weights))[self._phase]

    def _move(self, by: int) -> None:
        """One layer on or back; at the end of a phase, to the next."""
        reached = self._reached + by
        if reached > self._count() and self._phase < len(PHASES) - 1:
            self.show_phase(self._phase + 1)
        elif reached < 1 and self._phase > 0:
            self.show_phase(self._phase - 1)
        else:
            self._reached = max(1, min(reached, self._count()))
            self._show()

    def _toggle(self) -> None:
        (self._timer.stop if self._timer.isActive() else self._timer.start)()

    def _tick(self) -> None:
        if self._phase == len(PHASES) - 1 and self._reached >= self._count():
            self._timer.stop()
        else:
            self._move(1)

    # Showing

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self._found
        if found is None:
            return {}
        made: dict[str, NDArray[Any]] = {}
        for layer in found.layers:
            made[f"{layer.id} value and gradient"] = np.stack([layer.value, layer.gradient])
        return made

    def in_words(self) -> str:
        return self.words.text()

    def _show(self) -> None:
        found = self._found
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if found is None:
            return
        self.words.setText(self._words(found))
        for widget in (self._layer_rows, self._no_rows, self._layer_rows, self._weight_rows, self._check_rows)[
            self._phase
        ](found):
            self._rows.addWidget(widget)

    def _words(self, found: OneStep) -> str:
        if self._phase == 0:
            return self.tr("Each layer works on what the one before it gave. Values: orange −, blue +.")
        if self._phase == 1:
            words = self.tr("The loss of this example is %1.").replace("%1", figure(found.loss))
            if found.company:
                more = self.tr(" Batch normalisation saw it beside %1 training examples.")
                words += more.replace("%1", str(found.company))
            return words
        if self._phase == 2:
            return self.tr("From the loss back: how much it would change with each value.")
        if self._phase == 3:
            words = self.tr("With the new weights the loss of this example would be %1 instead of %2.")
            return words.replace("%1", figure(found.after)).replace("%2", figure(found.loss))
        count = sum(len(weight.checked) for weight in found.weights)
        words = self.tr(
            "%1 gradients against central differences: the largest relative difference beyond rounding is %2."
        )
        return words.replace("%1", str(count)).replace("%2", f"{found.worst:.1e}")

    def _no_rows(self, _found: OneStep) -> list[QWidget]:
        return []

    def _layer_rows(self, found: OneStep) -> list[QWidget]:
        is_back = self._phase == 2
        layers = list(reversed(found.layers)) if is_back else list(found.layers)
        made = []
        for number, layer in enumerate(layers[: self._reached]):
            shown = layer.gradient if is_back else layer.value
            rms = layer.gradient_rms if is_back else layer.value_rms
            words = f"{layer.id}: {'∂loss/∂value' if is_back else 'values'}, root mean square {figure(rms)}"
            made.append(self._row(layer.id, words, _pictures(layer.shape, shown), number == self._reached - 1))
        return made

    def _weight_rows(self, found: OneStep) -> list[QWidget]:
        made = []
        for number, weight in enumerate(list(reversed(found.weights))[: self._reached]):
            ratio = weight.update_rms / weight.weight_rms if weight.weight_rms else 0.0
            words = (
                f"{weight.name}: gradient {figure(weight.gradient_rms)}, change {figure(weight.update_rms)} of "
                f"{figure(weight.weight_rms)} ({ratio:.2%})"
            )
            made.append(self._row(weight.id, words, [], is_last=number == self._reached - 1))
        return made

    def _check_rows(self, found: OneStep) -> list[QWidget]:
        made = []
        for weight in found.weights[: self._reached]:
            if not weight.checked:
                continue
            first = max(weight.checked, key=lambda each: each.apart)
            at = ", ".join(map(str, first.index))
            words = (
                f"{weight.name}[{at}]: backwards {first.backward:.5g}, difference {first.difference:.5g}, "
                f"apart {first.apart:.0e}"
            ).replace("-", "−")
            made.append(self._row(weight.id, words, []))
        return made

    def _row(self, id: str, words: str, pictures: list[QImage], is_last: bool = False) -> QWidget:
        """A sentence and pictures of the values; a click selects the layer."""
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(1)
        label = QLabel(words, wordWrap=True)
        label.setStyleSheet("font-weight: 600" if is_last else "")
        column.addWidget(label)
        if pictures:
            grid = PictureGrid(words)
            grid.show_tiles([Tile(picture, "", words) for picture in pictures], 14 if len(pictures) == 1 else 40)
            grid.clicked.connect(lambda _number, id=id: self.focus.choose_layer(id.partition(".")[0]))
            column.addWidget(grid)
        return row


def _pictures(shape: tuple[int, ...], values: NDArray[np.float64]) -> list[QImage]:
    """An image's first channels, each a tile, all on one scale; a row of cells for anything else."""
    if len(shape) < 3:
        return [signed_image(np.repeat(values[None, :MOST_CELLS], 3, axis=0))]
    whole = len(values) // (shape[1] * shape[2])
    channels = values[: whole * shape[1] * shape[2]].reshape(whole, *shape[1:])
    reach = float(np.abs(channels).max(initial=0.0))
    return [signed_image(channel, reach) for channel in channels[:MOST_TILES]]

"""One step of learning on one example, in phases: forwards, loss, backwards, update, and the gradients checked."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton

from playground.ui.drawing import figure, icon, signed_image
from playground.ui.looking import Look
from playground.ui.maps import map_pictures
from playground.ui.views.class_strip import cells_of, steps_of, strip, teller
from playground.ui.views.focus import Focus
from playground.ui.views.layer_rows import LayerRows, Row
from playground.ui.views.naming import answer_names, counted
from playground.ui.views.telling import Answered
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.microscope import OneStep, Passed

PACE = 900
"""Milliseconds a layer while it plays."""
OVER_TIME = 56
"""Pixels of height at least of what is drawn with time to the right."""
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
        "precision; they agree if they are at most 1e−8 + 1e−4 · |gradient| apart, beyond rounding of the losses. "
        "Dropout is off; batch normalisation takes the "
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
        self.rows = LayerRows()
        self.rows.clicked.connect(lambda id, _: focus.choose_layer(id.partition(".")[0]))
        self.rows.turned.connect(self._show)
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
        if found is None:
            return
        self.words.setText(self._words(found))
        made = (self._layer_rows, self._no_rows, self._layer_rows, self._weight_rows, self._check_rows)[self._phase]
        self.rows.show_rows(made(found))

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
        from playground.insight.microscope import ATOL, RTOL

        farthest = max((each.distance for each in found.checked), default=0.0)
        agreeing, count = sum(each.agrees for each in found.checked), len(found.checked)
        words = self.tr(
            "%1 of %2 gradients agree with central differences: at most %3 + %4 · |gradient| apart, rounding of the "
            "losses aside. The farthest are %5 apart. (A relative difference says little of a gradient near 0.)"
        )
        figures = agreeing, count, figure(ATOL), figure(RTOL), f"{farthest:.1e}"
        for number, value in enumerate(figures, 1):
            words = words.replace(f"%{number}", str(value).replace("-", "−"))
        return words

    def _no_rows(self, _found: OneStep) -> list[Row]:
        return []

    def _layer_rows(self, found: OneStep) -> list[Row]:
        is_back = self._phase == 2
        layers = list(reversed(found.layers)) if is_back else list(found.layers)
        made = []
        for number, layer in enumerate(layers[: self._reached]):
            shown = layer.gradient if is_back else layer.value
            rms = layer.gradient_rms if is_back else layer.value_rms
            words = f"{layer.id}: {'∂loss/∂value' if is_back else 'values'}, root mean square {figure(rms)}"
            made.append(self._pictured(layer, shown, words, number == self._reached - 1))
        return made

    def _pictured(self, layer: Passed, values: NDArray[np.float64], words: str, is_last: bool) -> Row:
        """An image's channels, each a tile, all on one scale; lines of a few channels over time; else cells."""
        shape = layer.shape
        if len(values) < math.prod(shape):
            words += self.tr(" (of its %1 values the first %2 are kept)").replace("%1", f"{math.prod(shape):,}")
            words = words.replace("%2", f"{len(values):,}")
        if len(shape) == 3:
            whole = len(values) // (shape[1] * shape[2])
            page = self.rows.page(layer.id, whole, is_image=True)
            channels = values[: whole * shape[1] * shape[2]].reshape(whole, *shape[1:])
            reach = float(np.abs(channels).max(initial=0.0))
            seen = Answered(channels[page.first : page.first + page.count], page.first)
            pictures, told = [signed_image(channel, reach) for channel in seen.values], teller(layer.id, seen, 0)
            return Row(layer.id, words, pictures, 40, page, is_last, told=told)
        classes, is_value = answer_names(self.focus.session, layer.id), values is layer.value
        if len(shape) == 2 and len(values) == shape[0] * shape[1]:
            seen = Answered(values.reshape(shape), 0, (), classes, layer.chances if is_value else None)
            told = teller(layer.id, seen, len(values))
            pictures = map_pictures(seen.values)
            return Row(layer.id, words, pictures, OVER_TIME, None, is_last, told=told, steps=steps_of(seen))
        page = self.rows.page(layer.id, len(values), is_image=False)
        shown = slice(page.first, page.first + page.count)
        likely = layer.chances[shown] if layer.chances is not None and is_value else None
        seen = Answered(values[shown], page.first, (), classes, likely)
        reach = float(np.abs(values).max(initial=0.0))
        cells, told = seen.values, teller(layer.id, seen, page.count)
        image = strip(cells, reach) if classes else signed_image(np.repeat(cells[None], 3, axis=0), reach)
        return Row(layer.id, words, [image], 14, page, is_last, cells=cells_of(seen), told=told)

    def _weight_rows(self, found: OneStep) -> list[Row]:
        made = []
        for number, weight in enumerate(list(reversed(found.weights))[: self._reached]):
            ratio = weight.update_rms / weight.weight_rms if weight.weight_rms else 0.0
            words = (
                f"{weight.name}: gradient {figure(weight.gradient_rms)}, change {figure(weight.update_rms)} of "
                f"{figure(weight.weight_rms)} ({ratio:.2%})"
            )
            made.append(Row(weight.id, words, [], 0, None, number == self._reached - 1))
        return made

    def _check_rows(self, found: OneStep) -> list[Row]:
        made = []
        for weight in found.weights[: self._reached]:
            if not weight.checked:
                continue
            first = max(weight.checked, key=lambda each: (not each.agrees, each.distance))
            at = ", ".join(map(counted, first.index))
            words = (
                f"{weight.name} ({at}): backwards {first.backward:.5g}, difference {first.difference:.5g}, "
                f"{first.distance:.0e} apart {'✓' if first.agrees else '✗'}"
            ).replace("-", "−")
            made.append(Row(weight.id, words, [], 0))
        return made

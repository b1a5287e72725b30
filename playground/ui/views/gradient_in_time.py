"""How long the loss's gradient is behind each time step: fading in plain networks, less so with gates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QPushButton

from playground.graph.loops import handing_on
from playground.graph.rewiring import Replace, settled_like
from playground.layers.layer import LAYERS
from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.lines import Lines
from playground.ui.views.unrolled import RECURRENT
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.gate_rivals import Beside


class GradientInTime(View):
    """How long the gradient is behind each step, now and for other gates that have learned as long."""

    name = "gradient_in_time"
    title = "Gradient in time"
    group = "Training"
    about = (
        "How much of the loss's gradient reaches each earlier time step: the length of ∂loss/∂hₜ, averaged over 32 "
        "training examples in training mode. h is a recurrent layer's state, or what a layer in a loop of feedback "
        "edges "
        "hands to the next step. In a plain recurrent network it is multiplied by the same weights at every step and "
        "vanishes (or explodes) on its way back; the gates of LSTM and GRU let it pass. Sources: Bengio, Simard and "
        "Frasconi 1994; Pascanu, Mikolov and Bengio 2013; Hochreiter and Schmidhuber 1997."
    )
    every = 1.0

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._curves: dict[str, NDArray[np.float64]] = {}
        self.lines = Lines(self.tr("time step"), self.tr("‖∂loss/∂h‖"), is_log=True)
        self.words = QLabel(wordWrap=True)
        self.compare = QPushButton(self.tr("Beside other gates"))
        self.compare.setToolTip(
            self.tr(
                "The same network with RNN, LSTM and GRU of as many units, trained for as many epochs with this recipe"
            )
        )
        self.compare.clicked.connect(self.begin_comparing)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("role", "note")
        for widget in (self.lines, self.words, self.compare, self.note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.data.connect(lambda: self._curves.clear())

    def _id(self) -> str:
        """The selected layer if it hands on a state, else the first recurrent one, else the first in a loop."""
        own = handing_on(self.focus.session.document.graph)
        return self.focus.layer if self.focus.layer in own else own[0] if own else ""

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        if handing_on(focus.session.document.graph):
            return ""
        words = focus.tr("There is no recurrent layer and no feedback edge. Add an RNN, an LSTM or a GRU")
        return words + focus.tr(" from the palette, or draw an edge backwards.")

    def look(self) -> Look | None:
        self.compare.setVisible(self.focus.session.document.graph.nodes[self._id()].type in RECURRENT)
        return partial(_lengths, id=self._id())

    def begin_comparing(self) -> None:
        """Train the other two beside the network, for as many epochs as it has learned."""
        session, id = self.focus.session, self._id()
        graph = session.document.graph
        twins = {
            kind: Replace(id, settled_like(graph.nodes[id], LAYERS[kind]()), id).apply(graph) for kind in RECURRENT
        }
        own, epochs = graph.nodes[id].type, session.epochs[-1].epoch if session.epochs else 0

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.gate_rivals import beside_gates

            return (yield from beside_gates(training, twins, id, own, epochs))

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        if isinstance(answer, np.ndarray):
            self._curves["now"] = answer
        elif answer is not None:
            self._show_beside(answer)
        steps = np.arange(1, 1 + max((len(curve) for curve in self._curves.values()), default=0))
        self.lines.show_lines({name: (steps[: len(curve)], curve) for name, curve in self._curves.items()})
        self.words.setText(self._words())

    def _show_beside(self, found: Beside) -> None:
        now = self._curves.get("now")
        self._curves = {"now": now} if now is not None else {}
        words = self.tr("%1, after %2 epochs") if found.epochs else self.tr("%1, untrained")
        for kind, lengths in found.lengths.items():
            self._curves[words.replace("%1", kind).replace("%2", f"{found.epochs:,}")] = lengths
        sizes = ", ".join(f"{kind} {count:,}" for kind, count in found.parameters.items())
        told = self.tr("Parameters: %1.").replace("%1", sizes)
        if not found.epochs:
            told += self.tr(" Nothing is learned yet: all are as they begin. Train, then compare again.")
        self.note.setText(" ".join([told, *found.without]))

    def _words(self) -> str:
        now = self._curves.get("now")
        if now is None or not len(now) or not now[-1]:
            return ""
        words = self.tr("Of the gradient at the last step, %1 reaches the first (%2: %3 → %4).")
        words = words.replace("%1", f"{now[0] / now[-1]:.2g}").replace("%2", self._id())
        return words.replace("%3", figure(now[-1])).replace("%4", figure(now[0]))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return dict(self._curves)

    def in_words(self) -> str:
        return self.words.text()


def _lengths(training: Training, id: str) -> Any:
    from playground.insight.unroll import gradient_in_time

    return gradient_in_time(training, id)

"""How long the loss's gradient is behind each time step: fading in plain networks, less so with gates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QPushButton

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


class GradientInTime(View):
    """How long the gradient is behind each step, now and for other gates before they learn."""

    name = "gradient_in_time"
    title = "Gradient in time"
    group = "Training"
    about = (
        "How much of the loss's gradient reaches each earlier time step: the length of ∂loss/∂hₜ, averaged over 32 "
        "training examples. In a plain recurrent network it is multiplied by the same weights at every step and "
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
            self.tr("The same network with RNN, LSTM and GRU, as it begins from the same seed, untrained")
        )
        self.compare.clicked.connect(self.begin_comparing)
        for widget in (self.lines, self.words, self.compare):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.data.connect(self._curves.clear)

    def _id(self) -> str:
        """The selected recurrent layer, else the first."""
        nodes = self.focus.session.document.graph.nodes
        own = [id for id, layer in nodes.items() if layer.type in RECURRENT]
        return self.focus.layer if self.focus.layer in own else own[0] if own else ""

    def lacks(self) -> str:
        if self.focus.session.examples is None:
            return self.tr("The data are still being read.")
        if not self._id():
            return self.tr("There is no recurrent layer. Add an RNN, an LSTM or a GRU from the palette.")
        return ""

    def look(self) -> Look | None:
        return partial(_lengths, id=self._id())

    def begin_comparing(self) -> None:
        """Build the three from the run's seed, one a slice."""
        id, graph = self._id(), self.focus.session.document.graph
        twins = {
            kind: Replace(id, settled_like(graph.nodes[id], LAYERS[kind]()), id).apply(graph) for kind in RECURRENT
        }

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.unroll import with_gates

            found = {}
            for number, (kind, twin) in enumerate(twins.items(), 1):
                found[kind] = with_gates(training, twin, id)
                yield number / len(twins)
            return found

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        if isinstance(answer, dict):
            for kind, lengths in answer.items():
                if lengths is not None:
                    self._curves[f"{kind}, untrained"] = lengths
        elif answer is not None:
            self._curves["now"] = answer
        steps = np.arange(1, 1 + max((len(curve) for curve in self._curves.values()), default=0))
        self.lines.show_lines({name: (steps[: len(curve)], curve) for name, curve in self._curves.items()})
        self.words.setText(self._words())

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

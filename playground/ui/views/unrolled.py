"""A recurrent layer unrolled: its states, cell and gates over the steps of an example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider

from playground.graph.loops import handing_on
from playground.graph.model import NodeId
from playground.ui.looking import Look
from playground.ui.views.bars import Bars
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.marks import Mark
from playground.ui.views.naming import counted, place_words, time_words
from playground.ui.views.pictured import show_steps
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.unroll import Unrolled

LOW = 190
"""Pixels of a map's height at most, unless the pane has more."""
RECURRENT = ("RNN", "LSTM", "GRU")


class UnrolledView(View):
    """Heat maps with time to the right, and the state at the step that the slider is at."""

    name = "unrolled"
    title = "Over time"
    group = "Layer"
    about = (
        "A recurrent layer unrolled: each column is one time step of this example, each row a unit. The state h is "
        "handed from step to step; an LSTM's cell c too, which its gates write, keep and read: c = f · c + i · g, "
        "h = o · tanh(c). Move the slider to go through time. Sources: Elman 1990; Hochreiter and Schmidhuber 1997; "
        "Cho et al. 2014."
    )

    needs_layer = True
    invitation = "Select a recurrent layer, or one that answers at every step."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Unrolled | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Time step"))
        self.slider.valueChanged.connect(self._show_step)
        self.words, self.note = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.note.setProperty("role", "note")
        self.input, self.hidden, self.cell, *self.gates = (
            Map(self.tr(name), most=LOW) for name in ("Input", "State h", "Cell c", *4 * ("Gate",))
        )
        for shown in self._maps():
            shown.share = 0.36  # two rows of them, and the state at the step, in one pane
        self.state = Bars(self.tr("State at this step"))
        self.column.addWidget(self.slider)
        self.column.addWidget(self.words)
        self.column.addWidget(SideBySide((self.input, self.hidden, self.cell, *self.gates), least=1))
        self.strongest = QLabel(wordWrap=True)
        self.column.addWidget(self.strongest)
        self.column.addWidget(self.state)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        for shown in self._maps():
            shown.clicked.connect(lambda _row, column: self.slider.setValue(column))

    def _maps(self) -> list[Map]:
        return [self.input, self.hidden, self.cell, *self.gates]

    @classmethod
    def unsuited(cls, focus: Focus, id: NodeId) -> str:
        layer, shape = focus.session.document.graph.nodes[id], focus.session.report.shapes.get(id)
        if layer.type in RECURRENT or (shape is not None and shape.is_sequence and layer.ports()):
            return ""
        return focus.tr("%1 has no steps in time. Select a recurrent layer.").replace("%1", id)

    def lacks(self) -> str:
        if self.focus.layer is None and self._id():  # the first that hands on a state is shown
            return ""
        return super().lacks()

    def layer_to_show(self) -> NodeId | None:
        own = handing_on(self.focus.session.document.graph)
        return own[0] if own else super().layer_to_show()

    def _id(self) -> str:
        """The selected layer, else the first that hands on a state."""
        own = handing_on(self.focus.session.document.graph)
        return self.focus.layer or (own[0] if own else "")

    def look(self) -> Look | None:
        id, example = self._id(), self.focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.unroll import unrolled

            return unrolled(training, id, example)

        return look

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        if answer is None:
            for shown in self._maps():
                shown.clear()
            return
        run = answer.course
        steps = len(run.hidden)
        self.slider.setMaximum(steps - 1)
        show_steps(self.input, answer.arrives, self.tr("what it reads"))
        has_state = self._id() in handing_on(self.focus.session.document.graph)
        words = self.tr("state h, units downwards") if has_state else self.tr("what it gives, units downwards")
        self.hidden.show_values(run.hidden.T, words=words, is_stretched=True, place=time_words)
        words = self.tr("The strongest units of h at this step:")
        self.strongest.setText(words if has_state else self.tr("What it gives most strongly at this step:"))
        if run.cell is not None:
            self.cell.show_values(run.cell.T, words=self.tr("cell c"), is_stretched=True, place=time_words)
        else:
            self.cell.clear()
        own = [(name, values) for name, values in run.gates.items() if name != "state"]
        for shown, (name, values) in zip(self.gates, own, strict=False):
            shown.show_values(values.T, reach=1.0, words=self.tr(name), is_stretched=True, place=time_words)
        for shown in self.gates[len(own) :]:
            shown.clear()
        self.note.setText(self.tr(answer.note))
        self._show_step()

    def _show_step(self, _: int = 0) -> None:
        found = self._found
        if found is None:
            return
        at = min(self.slider.value(), len(found.course.hidden) - 1)
        for shown in self._maps():
            height = shown.values.shape[0] if shown.values is not None else 0
            shown.marks = [Mark(at, 0, 1, height)] if height else []
            shown.update()
        state = found.course.hidden[at]
        order = np.argsort(-np.abs(state), kind="stable")[:10]
        self.state.show_bars([(place_words((int(unit),)), float(state[unit])) for unit in order])
        words = self.tr("step %1 of %2%3")
        words = words.replace("%1", counted(at)).replace("%2", str(len(found.course.hidden)))
        self.words.setText(words.replace("%3", self._symbol(at)))

    def _symbol(self, step: int) -> str:
        """The letter that is read at a step."""
        examples = self.focus.session.examples
        if examples is None or examples.dataset.kind != "text":
            return ""
        names, raw = examples.dataset.feature_names, self.focus.raw()
        return f", “{names[int(raw[step])]}”" if step < len(raw) and int(raw[step]) < len(names) else ""

    def numbers(self) -> dict[str, NDArray[Any]]:
        if self._found is None:
            return {}
        run = self._found.course
        made = {"h": run.hidden, "input": self._found.arrives, **run.gates}
        return made | ({"c": run.cell} if run.cell is not None else {})

    def in_words(self) -> str:
        return self.words.text()

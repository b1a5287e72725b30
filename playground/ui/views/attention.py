"""Attention as a matrix: at which steps each step looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QSpinBox

from playground.graph.model import NodeId
from playground.ui.looking import Look
from playground.ui.maps import spelled
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.naming import counted
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training


class AttentionView(View):
    """A matrix: which step of the memory each step looks at."""

    name = "attention"
    title = "Attention"
    group = "Layer"
    about = (
        "Where each step looks: a row is a query (a step that asks), a column a key (a step that is looked at); a "
        "row's weights sum to 1. In a translation a diagonal says that words keep their order. softmax(q · k / √d) "
        "(Vaswani et al. 2017) or softmax(v · tanh(W q + U k)) (Bahdanau, Cho and Bengio 2015)."
    )

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: NDArray[np.float64] | None = None
        self._wrote: NDArray[np.int64] | None = None
        self.head = QSpinBox()
        self.head.setMinimum(1)
        self.head.setPrefix(self.tr("head "))
        self.head.setAccessibleName(self.tr("Attention head"))
        self.head.valueChanged.connect(self._show)
        self.map, self.words = Map(self.tr("Attention weights"), most=520), QLabel(wordWrap=True)
        for widget in (self.head, self.map, self.words):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        return "" if _layers(focus) else focus.tr("There is no attention layer here. Add one from the palette.")

    def _id(self) -> str:
        own = _layers(self.focus)
        return self.focus.layer if self.focus.layer in own else own[0]

    def look(self) -> Look | None:
        id, example = self._id(), self.focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.unroll import attention, wrote

            return attention(training, id, example), wrote(training, example)

        return look

    def show_answer(self, answer: Any) -> None:
        self._found, self._wrote = answer
        self._show()

    def _show(self, _: int = 0) -> None:
        found = self._found
        if found is None:
            self.map.clear()
            return
        self.head.setMaximum(len(found))
        self.head.setVisible(len(found) > 1)
        weights = found[min(self.head.value(), len(found)) - 1]
        rows, columns = self._symbols(*weights.shape)
        self.map.name_cells(rows, columns)
        words = self.tr("down: what it writes · across: what it reads")
        if not self._reads_and_writes():
            words = self.tr("queries downwards, keys to the right")
        self.map.show_values(weights, signed=False, words=words)
        strongest = weights.argmax(axis=1)
        words = self.tr("Each step looks most at step %1.").replace(
            "%1", ", ".join(counted(int(at)) for at in strongest[:24])
        )
        if columns:
            words += self.tr(" It reads “%1”.").replace("%1", _joined(columns))
        if rows and self._reads_and_writes():
            words += self.tr(" It writes “%1”.").replace("%1", _joined(rows))
        self.words.setText(words)

    def _reads_and_writes(self) -> bool:
        """Whether the steps that ask are answers, not the text that is read."""
        nodes = self.focus.session.document.graph.nodes.values()
        return self._wrote is not None and any(layer.settings.get("reads") == "answers" for layer in nodes)

    def _symbols(self, queries: int, keys: int) -> tuple[list[str], list[str]]:
        """What stands at each query and at each key: letters that are written, and that are read."""
        examples = self.focus.session.examples
        if examples is None or examples.dataset.kind != "text":
            return [], []
        read = spelled(self.focus.raw(), examples.dataset.feature_names)
        asks = read
        if self._wrote is not None and self._reads_and_writes():
            asks = spelled(self._wrote, examples.dataset.class_names)
        return asks if len(asks) == queries else [], read if len(read) == keys else []

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {"attention": self._found} if self._found is not None else {}

    def in_words(self) -> str:
        return self.words.text()


def _layers(focus: Focus) -> list[NodeId]:
    nodes = focus.session.document.graph.nodes
    return [id for id, layer in nodes.items() if "Attention" in layer.type]


def _joined(symbols: list[str]) -> str:
    return (" " if any(len(symbol) > 1 for symbol in symbols) else "").join(symbols)

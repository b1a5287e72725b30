"""The weights of the selected layer, a picture a unit: sorted, one scale for all, and what changed since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox

from playground.graph.model import NodeId
from playground.ui.drawing import curve_image, example_image, figure, signed_image
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.naming import counted, place_words
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.filters import Filters

MOST = 128
"""Units that are shown."""
SIDE = 44


class FiltersView(View):
    """Clicking a filter chooses its unit."""

    name = "filters"
    title = "Filters and weights"
    group = "Layer"
    needs_layer = True
    about = (
        "What each unit looks for. A filter of the first convolution is a small image, in colour if the input is; of "
        "deeper ones a channel at a time, of one over steps a curve. A dense layer behind an image shows its weights "
        "as images. Orange is negative, blue positive, all on one scale. Norm is √Σw²; use is the mean |answer| over "
        "64 validation examples. Source: Zeiler and Fergus 2014; Goodfellow, Bengio and Courville 2016, section 9.10."
    )
    every = 0.5
    invitation = "Select a convolution or a dense layer to see its weights."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Filters | None = None
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self.sort, self.what, self.channel = QComboBox(), QComboBox(), QSpinBox()
        for box, name, entries in (
            (self.sort, "Order", (("order", "as they are"), ("norm", "largest norm"), ("use", "most used"))),
            (self.what, "Shown", (("weights", "weights"), ("change", "change since start"))),
        ):
            box.setAccessibleName(self.tr(name))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            for key, words in entries:
                box.addItem(self.tr(words), key)
            box.activated.connect(self._show)
        self.channel.setAccessibleName(self.tr("Channel of the input"))
        self.channel.setPrefix(self.tr("channel "))
        self.channel.setMinimum(1)
        self.channel.valueChanged.connect(self._show)
        row = QHBoxLayout()
        row.addWidget(self.sort, 1)
        row.addWidget(self.what, 1)
        self.column.addLayout(row)
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.grid = PictureGrid(self.tr("Filters"))
        for widget in (self.channel, self.words, self.grid):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.grid.clicked.connect(self._choose)

    @classmethod
    def unsuited(cls, focus: Focus, id: NodeId) -> str:
        if focus.session.document.graph.nodes[id].family in ("convolution", "dense"):
            return ""
        return focus.tr("%1 has no filters. Select a convolution or a dense layer.").replace("%1", id)

    def look(self) -> Look | None:
        id = self._copy()

        def look(training: Training) -> Any:
            from playground.insight.filters import looked_over

            return looked_over(training, id)

        return look

    def _copy(self) -> str:
        """In a repeated block, the first copy."""
        id = self.focus.layer or ""
        return id if id in self.focus.session.report.given else f"{id}.1"

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        self._show()

    def numbers(self) -> dict[str, NDArray[Any]]:
        found = self._found
        if found is None:
            return {}
        made: dict[str, NDArray[Any]] = {"weights": found.weights, "norm": found.norm, "use": found.use}
        if found.bias is not None:
            made["bias"] = found.bias
        if found.change is not None:
            made["change"] = found.change
        return made

    def in_words(self) -> str:
        return self.words.text()

    def _choose(self, number: int) -> None:
        aim = self.focus.aim
        if aim is not None and number < len(self._order):
            unit = int(self._order[number])
            self.focus.choose_unit((unit, *aim[1:]) if len(aim) != 2 else (aim[0], unit))

    # Showing

    def _show(self, _: object = None) -> None:
        found = self._found
        if found is None:
            self.grid.show_tiles([])
            self.words.setText(self.tr("This layer has no weights that can be drawn."))
            return
        is_change = self.what.currentData() == "change" and found.change is not None
        values = found.change if is_change and found.change is not None else found.weights
        key = str(self.sort.currentData())
        by = {"norm": -found.norm, "use": -found.use}.get(key)
        self._order = np.arange(len(values)) if by is None else np.argsort(by, kind="stable")
        reach = float(np.abs(values).max(initial=0.0))
        is_colored = values.ndim == 4 and values.shape[1] == 3
        self._offer_channels(values, is_colored)
        tiles = []
        for unit in self._order[:MOST]:
            tip = self.tr("%1: norm %2, use %3").replace("%1", place_words((int(unit),)))
            tip = tip.replace("%2", figure(found.norm[unit]))
            words = {"norm": figure(found.norm[unit]), "use": figure(found.use[unit])}.get(key, counted(int(unit)))
            image = self._picture(values[unit], reach, is_colored and not is_change)
            tiles.append(Tile(image, words, tip.replace("%3", figure(found.use[unit]))))
        self.grid.show_tiles(tiles, SIDE)
        self.words.setText(self._scale(values, reach, is_colored and not is_change, is_change))

    def _offer_channels(self, values: NDArray[Any], is_colored: bool) -> None:
        is_deep = values.ndim in (3, 4) and values.shape[1] > 1 and not is_colored
        self.channel.setVisible(is_deep)
        if is_deep:
            self.channel.setMaximum(values.shape[1])

    def _picture(self, values: NDArray[Any], reach: float, is_colored: bool) -> QImage:
        if is_colored:
            return example_image((values / (reach or 1) + 1) / 2)
        if values.ndim == 3:
            return signed_image(values[min(self.channel.value(), len(values)) - 1], reach)
        if values.ndim == 2:
            return curve_image(values, reach, SIDE, min(self.channel.value(), len(values)) - 1)
        sides = self._sides(len(values))
        if sides is not None:
            return signed_image(values.reshape(sides)[0], reach)
        return signed_image(np.repeat(values[None], max(1, len(values) // 3), axis=0), reach)

    def _sides(self, inputs: int) -> tuple[int, ...] | None:
        """The image behind a dense layer's inputs, if a Flatten alone stands between them."""
        session, id = self.focus.session, self.focus.layer
        graph, shapes = session.document.graph, session.report.shapes
        while id is not None and len(graph.incoming.get(id, ())) == 1:
            id = graph.incoming[id][0].source
            if id in shapes and shapes[id].is_image and shapes[id].size == inputs:
                return shapes[id].dims
            if id not in shapes or shapes[id].size != inputs:
                return None
        return None

    def _scale(self, values: NDArray[Any], reach: float, is_colored: bool, is_change: bool) -> str:
        words = self.tr("orange −%1, neutral 0, blue +%1")
        if is_colored:
            words = self.tr("colours: grey is 0, each channel from −%1 to +%1")
        elif values.ndim == 3:
            words = self.tr("steps to the right, from −%1 to +%1; the line is 0")
            words += self.tr(", the other channels pale") if values.shape[1] > 1 else ""
        words = words.replace("%1", f"{reach:.3g}")
        if is_change:
            words = self.tr("change since the start; ") + words
        elif self.what.currentData() == "change":
            words = self.tr("the start is not known any more; ") + words
        if len(values) > MOST:
            words += self.tr("; the first %1 of %2").replace("%1", str(MOST)).replace("%2", f"{len(values):,}")
        return words

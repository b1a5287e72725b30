"""An example as people read it: images, lines over time, letters, a point among the others; in a tile or on a Map.

Knows data sets and the theme, no view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPen

from playground.data.dataset import Dataset
from playground.graph.model import NodeId
from playground.graph.unit_fields import Region
from playground.ui.drawing import example_image, marked, plane_image, signed_image
from playground.ui.maps import spelled
from playground.ui.theme import theme_of
from playground.ui.traces import is_traced, rows_of, symbols_image, trace_image, widened
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map


class Pictured:
    """The examples of one data set as tiles of a height."""

    def __init__(self, dataset: Dataset, side: int) -> None:
        self._dataset, self._side = dataset, side
        self._plane = plane_image(dataset.plane, side) if dataset.plane is not None else None

    @property
    def side(self) -> int:
        """Height of a tile: letters need as many rows as they take, numbers of a table little."""
        dataset = self._dataset
        if dataset.kind == "text":
            return max(24, min(self._side, 14 * rows_of(dataset.inputs.shape[1])))
        return 24 if dataset.kind == "table" else self._side

    def of(self, row: int) -> QImage:
        """A row of the data set."""
        if self._plane is not None:
            return marked(self._plane[0], self._plane[1][row])
        return self.of_values(np.asarray(self._dataset.inputs[row]))

    def of_values(self, values: NDArray[Any]) -> QImage:
        """An example in the data's own units (*shape)."""
        if values.ndim == 3:
            return example_image(values)
        if self._dataset.kind == "text":
            return symbols_image(spelled(values, self._dataset.feature_names), self._side)
        if is_traced(values):
            return trace_image(values.T, self._side)
        values = values.astype(float)
        return signed_image(widened(values.T) if values.ndim == 2 else np.repeat(values[None], 2, axis=0))


def framed(image: QImage, region: Region) -> QImage:
    """The picture of an example with a unit's field on it; as it is where the unit sees all of it, or none."""
    if not region.sides or region.is_all:
        return image
    rows, columns = region.seen if len(region.seen) == 2 else ((0, 0), region.seen[0])
    sides = region.sides if len(region.sides) == 2 else (1, region.sides[0])
    times = max(1, 76 // max(image.height(), 1))
    large = image.scaled(image.width() * times, image.height() * times).convertToFormat(QImage.Format.Format_RGB32)
    x, y = large.width() / sides[1], large.height() / sides[0]
    place = QRectF(columns[0] * x, rows[0] * y, (columns[1] - columns[0] + 1) * x, (rows[1] - rows[0] + 1) * y)
    painter = QPainter(large)
    try:
        painter.setPen(QPen(theme_of().color("accent"), max(2, large.height() / 38)))
        painter.drawRect(place.adjusted(1, 1, -1, -1))
    finally:
        painter.end()
    return large


def show_example(shown: Map, focus: Focus, words: str) -> None:
    """The chosen example on a Map, a cell a pixel, a step or a number."""
    examples, raw = focus.session.examples, focus.raw()
    if examples is None:
        shown.clear()
    elif focus.kind == "image" and raw.ndim == 3:
        shown.show_image(example_image(raw), words)
    elif focus.kind == "text":
        shown.show_symbols(spelled(raw, examples.dataset.feature_names), words)
    else:
        show_steps(shown, np.asarray(focus.scaled(), dtype=np.float64), words)


def show_steps(shown: Map, values: NDArray[Any], words: str) -> None:
    """An array (steps, channels) as lines or, if there are many, as cells; a vector as a row of cells."""
    if is_traced(values):
        shown.show_traces(values.T, words)
    elif values.ndim == 2:
        shown.show_values(values.T, words=words, is_stretched=True)
    else:
        shown.show_values(np.atleast_2d(values), words=words)


BEGIN = "▸"
"""What a decoder reads before its first answer."""


def symbols(focus: Focus, id: NodeId | None = None) -> tuple[str, ...]:
    """What the codes stand for that an Input gives, the first if none is named; empty where they are numbers."""
    examples, nodes = focus.session.examples, focus.session.document.graph.nodes
    if examples is None:
        return ()
    layer = nodes.get(id) if id is not None else None
    if id is not None and (layer is None or layer.type != "Input"):
        return ()
    if layer is not None and layer.settings.get("reads") == "answers":
        return (*examples.dataset.class_names, BEGIN)
    return tuple(examples.dataset.feature_names) if focus.kind == "text" else ()

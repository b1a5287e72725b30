"""An example as people read it: images, lines over time, letters, a point among the others; in a tile or on a Map.

Knows data sets and the theme, no view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from playground.data.dataset import Dataset
from playground.graph.model import NodeId
from playground.graph.unit_fields import Region
from playground.ui.drawing import example_image, marked, plane_image, signed_image
from playground.ui.maps import spelled
from playground.ui.traces import is_traced, rows_of, symbols_image, trace_image, widened
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.naming import time_words, vector_words

STRONG = 2.5
"""Standard deviations from the mean that a table's value has full colour at."""


class Pictured:
    """The examples of one data set as tiles of a height."""

    def __init__(self, dataset: Dataset, side: int) -> None:
        self._dataset, self._side = dataset, side
        self._plane = plane_image(dataset.plane, side) if dataset.plane is not None else None
        self._usual: tuple[NDArray[Any], NDArray[Any]] | None = None
        """Of a table, each column's mean and standard deviation: columns have units of their own."""
        if dataset.inputs.ndim == 2 and dataset.kind != "text":
            some = dataset.inputs[:2000].astype(float)
            self._usual = some.mean(axis=0), some.std(axis=0) + 1e-12

    @property
    def side(self) -> int:
        """Height of a tile: letters need as many rows as they take, numbers of a table little."""
        dataset = self._dataset
        if dataset.kind == "text":
            return max(24, min(self._side, 14 * rows_of(dataset.inputs.shape[1])))
        if dataset.kind == "table":
            return 24
        return 68 if self._plane is not None else self._side  # “+1→−1 64%” stands below

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
        if values.ndim == 2 or self._usual is None:
            return signed_image(widened(np.atleast_2d(values).T))
        mean, spread = self._usual
        return signed_image(np.repeat(((values - mean) / spread)[None], 2, axis=0), STRONG)


def shares(region: Region) -> QRectF:
    """What a unit sees of a map or of an example, as shares of its width and height; of a sequence the whole height."""
    if not region.sides:
        return QRectF(0, 0, 1, 1)
    (top, bottom), (left, right) = region.seen if len(region.seen) == 2 else ((0, 0), region.seen[0])
    rows, columns = region.sides if len(region.sides) == 2 else (1, region.sides[0])
    return QRectF(left / columns, top / rows, (right - left + 1) / columns, (bottom - top + 1) / rows)


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
        shown.show_values(values.T, words=words, is_stretched=True, place=time_words)
    else:
        shown.show_values(np.atleast_2d(values), words=words, place=vector_words)


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

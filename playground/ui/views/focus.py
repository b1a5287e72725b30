"""What all views look at: the selected layer, one example, one unit. Shared, so that a choice in one is seen in all.

Knows the session and the canvas, no view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from playground.app.session import Session
from playground.graph.model import NodeId
from playground.layers.shape import Shape
from playground.ui.bridge import Bridge
from playground.ui.canvas.view import CanvasView

if TYPE_CHECKING:
    from playground.engine.train import Training

Unit = tuple[int, ...]


class Focus(QObject):
    """The layer is the canvas's selection; example and unit are chosen in the views. Owned by the window."""

    changed = Signal()
    """Another layer, example or unit, or other data."""
    pointing = Signal()
    """Another neuron is under the mouse, or none."""

    def __init__(self, session: Session, bridge: Bridge, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.session, self.bridge, self.canvas = session, bridge, canvas
        self.layer: NodeId | None = None
        """The one selected layer, or None."""
        self.unit: Unit | None = None
        """Index into that layer's output for one example: (channel, y, x), (step, unit) or (unit,); or None."""
        self.pointed: tuple[NodeId, int] | None = None
        """The neuron under the mouse, wherever it is drawn: large pictures show it as long as it is there."""
        self._strongest: Unit | None = None
        """Of the layer, for the example: a dead unit has nothing to show."""
        self._example = 0
        canvas.selection_changed.connect(self._selected)
        canvas.network.neuron_clicked.connect(self.choose_neuron)
        canvas.unit_wanted.connect(self.step_unit)
        bridge.data.connect(self._data_changed)
        bridge.document.connect(self._edited)

    @property
    def example(self) -> int:
        """The chosen row of the validation part."""
        return self._example if self._example < self.count else 0

    @property
    def count(self) -> int:
        """Examples of the validation part."""
        examples = self.session.examples
        return len(examples.valid) if examples is not None else 0

    @property
    def shape(self) -> Shape | None:
        """What the selected layer gives for one example."""
        return self.session.report.shapes.get(self.layer) if self.layer is not None else None

    @property
    def aim(self) -> Unit | None:
        """The chosen unit, else the one that answered most when the layer was chosen, else one in the middle.

        None without a layer.
        """
        if self.unit is not None or self.shape is None:
            return self.unit
        if self._strongest is not None and self._has(self._strongest):
            return self._strongest
        dims = self.shape.dims
        if self.shape.is_sequence:
            return (dims[0] // 2, 0)
        return (0, *(side // 2 for side in dims[1:])) if len(dims) == 3 else (0,) * len(dims)

    @property
    def neuron(self) -> tuple[NodeId, int] | None:
        """The neuron to be shown large: the one under the mouse, else the one chosen; None for neither."""
        if self.pointed is not None or self.layer is None or self.unit is None or len(self.unit) != 1:
            return self.pointed
        return self.layer, self.unit[0]

    @property
    def kind(self) -> str:
        """Of the data: image, points, table, sequence ...; empty before they are read."""
        return self.session.examples.dataset.kind if self.session.examples is not None else ""

    def choose_layer(self, id: NodeId) -> None:
        """Select it on the canvas."""
        self.canvas.select([id])

    def choose_example(self, number: int) -> None:
        """A row of the validation part; beyond the end it begins anew."""
        if self.count and number % self.count != self._example:
            self._example = number % self.count
            self.changed.emit()

    def choose_unit(self, unit: Unit | None) -> None:
        """A unit of the selected layer; one that the layer has not is refused."""
        if unit is not None and not self._has(unit):
            return
        if unit != self.unit:
            self.unit = unit
            self.changed.emit()

    def choose_neuron(self, id: NodeId, unit: int) -> None:
        """Select its layer and choose it; chosen once more, it is left again."""
        if (self.layer, self.unit) == (id, (unit,)):
            self.choose_unit(None)
            return
        self.choose_layer(id)
        self.choose_unit((unit,))

    def step_unit(self, by: int) -> None:
        """The next unit of the selected layer: of vectors the next value, of images the next channel."""
        if self.shape is None or self.aim is None:
            return
        axis = 1 if self.shape.is_sequence else 0
        unit = list(self.aim)
        unit[axis] = (unit[axis] + by) % self.shape.dims[axis] if self.unit is not None else unit[axis]
        self.choose_unit(tuple(unit))

    def point(self, neuron: tuple[NodeId, int] | None) -> None:
        """A neuron came under the mouse, or went."""
        if neuron != self.pointed:
            self.pointed = neuron
            self.pointing.emit()

    def choose_place(self, row: int, column: int) -> None:
        """The unit at a place of the selected layer's picture: of an image in the channel that is aimed at."""
        if self.aim is None or self.shape is None:
            return
        if self.shape.is_image:
            self.choose_unit((self.aim[0], row, column))
        else:
            self.choose_unit((column, row) if self.shape.is_sequence else (column,))

    def scaled(self) -> NDArray[np.float32]:
        """The example as the network gets it (*shape). Only once there are data."""
        examples = self.session.examples
        assert examples is not None
        found: NDArray[np.float32] = examples.valid.inputs[self.example]
        return found

    def raw(self) -> NDArray[Any]:
        """The example in the data's own units (*shape). Only once there are data."""
        examples = self.session.examples
        assert examples is not None
        found: NDArray[Any] = examples.dataset.inputs[examples.valid.rows[self.example]]
        return found

    def in_words(self) -> str:
        """Which example it is, and what it truly is."""
        examples = self.session.examples
        if examples is None or not self.count:
            return ""
        words = self.tr("validation example %1 of %2").replace("%1", f"{self.example + 1:,}")
        words = words.replace("%2", f"{self.count:,}")
        truth = examples.valid.targets[self.example]
        if examples.targets is None and np.ndim(truth) == 0:
            words += self.tr(", truly “%1”").replace("%1", examples.dataset.class_names[int(truth)])
        return words

    def place(self, row: int) -> str:
        """Where an example of the validation part is in the person's files; empty where that is not known."""
        examples = self.session.examples
        return examples.dataset.place(int(examples.valid.rows[row])) if examples is not None else ""

    def _has(self, unit: Unit) -> bool:
        dims = self.shape.dims if self.shape is not None else ()
        return len(unit) == len(dims) and all(0 <= at < size for at, size in zip(unit, dims, strict=True))

    def _selected(self) -> None:
        selected = self.canvas.selected()
        layer = selected[0] if len(selected) == 1 else None
        if layer != self.layer:
            self.layer, self.unit, self._strongest = layer, None, None
            self.changed.emit()
            self._look_for_strongest()

    def _look_for_strongest(self) -> None:
        """Ask the network once for each layer chosen: while it learns, the views must not jump."""
        layer, row = self.layer, self.example
        if layer is None or not self.count:
            return

        def look(training: Training) -> Unit | None:
            from playground.insight.activity import strongest_unit

            return strongest_unit(training, layer, row)

        def take(found: Unit | None) -> None:
            if layer == self.layer and found is not None:
                self._strongest = found
                self.changed.emit()

        asked = self.session.ask(look)
        if asked is not None:
            self.session.beside.watch(asked, take, lambda _: None)

    def _edited(self) -> None:
        if self.unit is not None and not self._has(self.unit):
            self.unit = None
            self.changed.emit()

    def _data_changed(self) -> None:
        self._example, self.unit, self._strongest = 0, None, None
        self.changed.emit()

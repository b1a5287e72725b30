"""The plane at two moments, side by side: the decision surface, or the chosen neuron's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from playground.graph.model import NodeId
from playground.ui.views.focus import Focus
from playground.ui.views.neuron_field import answer_field, neuron_field
from playground.ui.views.plane_map import PlaneMap

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.boundary import Surface

SIDE = 64
"""Places of the plane along each side."""
HIGH = 300
"""Pixels of each picture at most."""


class TwoPlanes(QWidget):
    """Seen only where the inputs are two numbers."""

    def __init__(self, focus: Focus) -> None:
        super().__init__()
        self._focus = focus
        self.maps = tuple(PlaneMap(self.tr("The plane at %1").replace("%1", name), HIGH) for name in "AB")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, (name, plane) in enumerate(zip("AB", self.maps, strict=True)):
            label = QLabel(name, alignment=Qt.AlignmentFlag.AlignHCenter)
            label.setProperty("role", "title")
            grid.addWidget(label, 0, column)
            grid.addWidget(plane, 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self.setVisible(self.is_possible)

    @property
    def is_possible(self) -> bool:
        return self._focus.kind == "points"

    @property
    def layers(self) -> tuple[NodeId, ...]:
        """Whose units have to be asked for."""
        return (self._focus.neuron[0],) if self._focus.neuron is not None else ()

    def show_surfaces(self, surfaces: tuple[Surface | None, ...]) -> None:
        """Those of A and of B."""
        examples = self._focus.session.examples
        for plane, surface in zip(self.maps, surfaces, strict=True):
            found = None
            if surface is not None and examples is not None:
                found = neuron_field(surface, self._focus.neuron, examples) or answer_field(surface, examples)
            plane.show_field(found, examples)
        self.setVisible(self.is_possible)


def surface_of(training: Training, layers: tuple[NodeId, ...]) -> Any:
    """What is shown of one moment."""
    from playground.insight.boundary import surface

    return surface(training, SIDE, [id for id in layers if id in training.graph.nodes])

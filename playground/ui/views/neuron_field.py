"""What a large picture of the plane shows: a neuron's answer with its line, or the network's with its boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from playground.data.dataset import Examples
from playground.graph.model import NodeId
from playground.ui.drawing import chance, figure
from playground.ui.views.naming import place_words
from playground.ui.views.plane_map import Field

if TYPE_CHECKING:
    from playground.insight.boundary import Surface


def boundary(surface: Surface, examples: Examples) -> NDArray[np.floating] | None:
    """What is 0 where the network is undecided between two classes; None for more, and for numbers."""
    return surface.output if surface.chances is None and examples.targets is None else None


def neuron_field(surface: Surface, neuron: tuple[NodeId, int] | None, examples: Examples) -> Field | None:
    """One neuron's answer, the line where its sum is 0, and the network's boundary; None if it is not there."""
    units = surface.neurons.get(neuron[0]) if neuron is not None else None
    if neuron is None or units is None or neuron[1] >= len(units):
        return None
    id, unit = neuron
    values = units[unit]
    line = surface.sums[id][unit] if id in surface.sums else values
    other = boundary(surface, examples)
    if other is not None and ((other >= 0) == (line >= 0)).all():
        other = None  # it is the very same line
    words = _words("%1, %2: %3 to %4").replace("%1", id).replace("%2", place_words((unit,)))
    words = words.replace("%3", figure(float(values.min()))).replace("%4", figure(float(values.max())))
    has_line = bool((line >= 0).any() and (line < 0).any())
    words += _words(" · line: its sum is 0") if has_line else _words(" · its sum is 0 nowhere here")
    if other is not None:
        words += _words(", dots: the boundary")
    return Field(surface.extent, values, words, line=line, other=other)


def answer_field(surface: Surface, examples: Examples) -> Field:
    """The network's answer: between two classes with the boundary, of more classes in their colours, or a number."""
    if surface.chances is not None:
        return Field(surface.extent, surface.chances, _words("the likeliest class, the paler the less sure"))
    if examples.targets is None:
        first, second = examples.dataset.class_names[:2]
        ends = tuple(_words(each) for each in ("surely %1", "undecided", "surely %1"))
        shown = (ends[0].replace("%1", first), ends[1], ends[2].replace("%1", second))
        low, high = ((1 + float(end)) / 2 for end in (surface.output.min(), surface.output.max()))
        words = _words("P(%1): %2 to %3 · line: as likely as not").replace("%1", second)
        words = words.replace("%2", chance(low)).replace("%3", chance(high))
        return Field(surface.extent, surface.output, words, 1.0, shown, surface.output)
    reach = float(np.abs(examples.dataset.targets).max()) or 1.0
    words = _words("the prediction: %1 to %2").replace("%1", figure(float(surface.output.min())))
    words = words.replace("%2", figure(float(surface.output.max())))
    return Field(surface.extent, surface.output, words, reach)


def _words(text: str) -> str:
    return QCoreApplication.translate("neuron_field", text)

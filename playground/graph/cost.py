"""What a network costs: numbers to learn, arithmetic, memory. Each layer's own figures are in its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.graph.repeat import original
from playground.layers.layer import Layer, Weighted
from playground.layers.shape import Shape

BYTES = 4
"""Of one 32-bit floating-point number."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one layer, or all of them, costs."""

    parameters: int = 0
    """Weights, biases and the like; those of another layer count there."""
    multiply_adds: int = 0
    """For one example, forward; one multiplication with addition counts 1 (He et al. 2015)."""
    activation_bytes: int = 0
    """Memory of what the layers give for one example, as 32-bit numbers."""
    trainable: int = 0
    """Those of the parameters that training adjusts; the others are frozen."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.multiply_adds + other.multiply_adds,
            self.activation_bytes + other.activation_bytes,
            self.trainable + other.trainable,
        )


def costs(graph: Graph, report: Report) -> dict[NodeId, Cost]:
    """What each layer costs, all copies of a repeated block together, for those whose shapes are known.

    An Output keeps nothing of its own.
    """
    found: dict[NodeId, Cost] = {}
    for id, shape in report.shapes.items():
        own = original(id)
        layer = graph.nodes[own]
        cost = _cost(layer, shape, report.given[id], report.times.get(id, 1))
        found[own] = found[own] + cost if own in found else cost
    return found


def _cost(layer: Layer, shape: Shape, given: tuple[Shape | None, ...], times: int) -> Cost:
    stored = BYTES * shape.size if layer.gives_output else 0
    shapes = cast(tuple[Shape, ...], given)  # a rule that does not look at a port that is empty
    count = 0 if isinstance(layer, Weighted) and layer.shares else layer.parameters(*shapes)
    trainable = count if getattr(layer, "trainable", True) else 0
    return Cost(count, layer.multiply_adds(*shapes) * times, stored, trainable)


def total(costs: Mapping[NodeId, Cost]) -> Cost:
    """The sum over all layers."""
    return sum(costs.values(), Cost())

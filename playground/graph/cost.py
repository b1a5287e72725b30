"""What a network costs: numbers to learn, arithmetic, memory. Each layer's own figures are in its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report

BYTES = 4
"""Of one 32-bit floating-point number."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one layer, or all of them, costs."""

    parameters: int = 0
    """Numbers that training adjusts."""
    multiply_adds: int = 0
    """For one example, forward; one multiplication with addition counts 1 (He et al. 2015)."""
    activation_bytes: int = 0
    """Memory of what the layers give for one example, as 32-bit numbers."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.multiply_adds + other.multiply_adds,
            self.activation_bytes + other.activation_bytes,
        )


def costs(graph: Graph, report: Report) -> dict[NodeId, Cost]:
    """What each layer costs, for those whose shapes are known. An Output keeps nothing of its own."""
    found: dict[NodeId, Cost] = {}
    for id, shape in report.shapes.items():
        layer = graph.nodes[id]
        inputs = tuple(report.shapes[edge.source] for edge in graph.incoming[id])
        stored = BYTES * shape.size if layer.gives_output else 0
        found[id] = Cost(layer.parameters(*inputs), layer.multiply_adds(*inputs), stored)
    return found


def total(costs: Mapping[NodeId, Cost]) -> Cost:
    """The sum over all layers."""
    return sum(costs.values(), Cost())

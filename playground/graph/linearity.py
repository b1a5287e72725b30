"""Whether a network computes one linear map, as one artificial neuron, or one a class, does. Knows no torch."""

from __future__ import annotations

from playground.graph.hygiene import AVERAGING, LINEAR, PASSING
from playground.graph.model import Graph

ENDS = ("Input", "Output")


def is_linear(graph: Graph) -> bool:
    """Whether its scores are a weighted sum of its inputs and a bias; a layer of any other kind makes it none."""
    linear = (*ENDS, *PASSING, *AVERAGING, *LINEAR)
    return all(
        layer.type in linear and getattr(layer, "activation", "none") == "none" for layer in graph.nodes.values()
    )

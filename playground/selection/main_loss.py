"""The loss by which a network is told apart from others: that of its main answer. Baselines are fitted for the same."""

from __future__ import annotations

from playground.graph.model import Graph
from playground.layers.ends import Output

REBUILDING = "rebuilding"
"""Stands for the loss where the input itself is to be given back."""


def loss_of(graph: Graph) -> str:
    """The loss of the network's answer; REBUILDING if that is its input again, empty if it has no Output."""
    outputs = [layer for layer in graph.nodes.values() if isinstance(layer, Output)]
    if not outputs:
        return ""
    main = max(outputs, key=lambda output: output.weight)
    return REBUILDING if main.rebuilds else main.loss

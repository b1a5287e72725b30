"""The same network with other gates, trained beside it for as long: how the gradient fares on its way back in each.

How one network's gradient is measured is in unroll.py, how a rival learns beside a run in tolerance.py.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import Graph, NodeId
from playground.insight.tolerance import Rival
from playground.insight.unroll import gradient_in_time, with_gates


@dataclass(frozen=True, eq=False)
class Beside:
    """Curves of networks that have learned equally long."""

    lengths: dict[str, NDArray[np.float64]]
    """(steps,) by the kind of gates."""
    parameters: dict[str, int]
    epochs: int
    """All have learned for; 0: all are as they began."""
    without: tuple[str, ...] = ()
    """Kinds of which nothing can be said, each with the reason."""


def beside_gates(
    training: Training, graphs: Mapping[str, Graph], id: NodeId, own: str, epochs: int
) -> Generator[float, None, Beside]:
    """Train each kind but the network's own for so many epochs; before the first, all are compared as they begin.

    own: the kind that the network itself has; its curve is that of now, before the others learn.
    """
    now = gradient_in_time(training, id)
    lengths = {own: now} if now is not None else {}
    parameters, without = {own: training.network.count}, []
    others = {kind: graph for kind, graph in graphs.items() if kind != own}
    for number, (kind, graph) in enumerate(others.items()):
        rival = Rival(kind, graph, training, epochs)
        if epochs:
            for share in rival.learn(epochs):
                yield (number + share) / len(others)
        parameters[kind] = rival.training.network.count
        found = gradient_in_time(rival.training, id) if epochs else with_gates(training, graph, id)
        if rival.note:
            without.append(f"Nothing is said of {kind}: {rival.note}")
        elif found is not None:
            lengths[kind] = found
        yield (number + 1) / len(others)
    return Beside(lengths, parameters, epochs, tuple(without))

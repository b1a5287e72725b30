"""A trained network without its data: scores, probabilities and features of inputs that are given. Arrays out.

How new files are read: playground.data.fresh. What is said of the answers: playground.app.predicting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Floats
from playground.engine.compile import Ends, Network, build
from playground.engine.judging import Judge, answered
from playground.engine.losses import probabilities
from playground.engine.stepping import OWN
from playground.engine.train import Training
from playground.engine.weights import fitting
from playground.graph.check import check
from playground.graph.model import Graph, NodeId
from playground.layers.ends import Input
from playground.layers.layer import Weighted

CHUNK = 256
"""Examples computed at once."""
MOST_MAP = 1024
"""Values of a feature map that are kept as they are; of larger ones the mean over all places."""


class WeightsProblem(Exception):
    """Weights that do not belong to the network: one sentence, with a way out."""


class Answering:
    """Asks a network. Its weights are not changed, its dropout is off."""

    def __init__(self, graph: Graph, network: Network, judge: Judge, device: torch.device) -> None:
        self._graph, self._network, self._judge, self._device = graph, network, judge, device

    @classmethod
    def of(cls, training: Training) -> Answering:
        """The network of a run, as it is between two steps."""
        return cls(training.graph, training.network, training.judge, training.device)

    @classmethod
    def stored(cls, graph: Graph, outputs: int, weights: Mapping[str, NDArray[Any]], device: str = "cpu") -> Answering:
        """A network with those weights. outputs: how many classes or columns.

        Raises: CompileProblem: If it cannot be built. WeightsProblem: If the weights are not all of its weights.
        """
        network = build(graph)
        fitted = fitting(weights, network)
        if len(fitted) != len(network.state_dict()):
            raise WeightsProblem(
                "The network was changed since it was trained, or its weights are no numbers. Train it."
            )
        place = torch.device(device)
        return cls(graph, network.to(place), Judge(network, outputs), place)

    @property
    def rebuilds(self) -> bool:
        """Whether it gives its input back."""
        return self._network.ends.losses[self._network.output].rebuilds

    def scores(self, inputs: Floats) -> Floats:
        """Raw scores (n, k), or (n, steps, k), of inputs (n, *shape)."""
        return np.concatenate([scores.cpu().numpy() for scores in self._each(inputs, self._judge.scores)])

    def answers(self, inputs: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Classes (n,) or (n, steps), and probabilities (n, classes) or (n, steps, classes)."""
        found, chances = [], []
        for scores in self._each(inputs, self._judge.scores):
            found.append(answered(scores).cpu().numpy())
            flat = probabilities(scores.flatten(0, 1) if scores.dim() == 3 else scores, self._judge.loss_name)
            chances.append((flat.view(*scores.shape[:2], -1) if scores.dim() == 3 else flat).cpu().numpy())
        return np.concatenate(found), np.concatenate(chances)

    def features(self, inputs: Floats) -> Floats | None:
        """What the last layer with weights is given, (n, values); None if that is the input itself."""
        id = last_hidden(self._graph)
        if id is None:
            return None

        def look(some: Tensor) -> Tensor:
            found = self._network.activations(some, [id, id + OWN], self._judge.own_answers(some))
            values = found[id]
            if values.dim() > 3 and values[0].numel() > MOST_MAP:
                return values.mean(dim=tuple(range(2, values.dim())))
            if values.dim() != 3:
                return values.flatten(1)
            own = found.get(id + OWN)
            return values.mean(dim=1) if own is None else values.sum(dim=1) / own[:, None]

        return np.concatenate([values.cpu().numpy() for values in self._each(inputs, look)])

    def _each(self, inputs: Floats, look: Any) -> Iterator[Tensor]:
        was, was_masked = self._network.training, self._network.is_masked
        self._network.is_masked = was_masked or bool(np.isnan(inputs).any())
        self._network.eval()
        try:
            for piece in torch.split(torch.from_numpy(np.ascontiguousarray(inputs)), CHUNK):
                with torch.no_grad():
                    found = look(piece.to(self._device))
                yield found
        finally:
            self._network.train(was)
            self._network.is_masked = was_masked


def last_hidden(graph: Graph) -> NodeId | None:
    """The layer that feeds the last one with weights; None if that is an Input, or there are several."""
    flat = check(graph).written_out
    id: NodeId | None = Ends(flat).output
    is_past = False
    while id is not None and not is_past:
        is_past = isinstance(flat.nodes[id], Weighted)
        sources = {edge.source for edge in flat.incoming[id]}
        id = sources.pop() if len(sources) == 1 else None
    return None if id is None or isinstance(flat.nodes[id], Input) else id

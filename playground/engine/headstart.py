"""What a run can begin with instead of nothing: others' weights, an encoder trained without labels, the network's own
confident answers. All that needs torch of it; how it is put together is in playground.app.headstart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.compile import build
from playground.engine.feeding import fed, pieces
from playground.engine.losses import probabilities
from playground.engine.train import CHUNK, Training
from playground.graph.model import Graph, NodeId
from playground.layers.layer import Weighted


@dataclass(frozen=True)
class Taken:
    """Which of some weights fit a network."""

    layers: tuple[NodeId, ...]
    """Layers all of whose weights were there, in the network's order."""
    missing: tuple[str, ...]
    """Of the others, a few words each: why not."""


def fits_of(graph: Graph, weights: Mapping[str, NDArray[Any]], seed: int = 0) -> Taken:
    """What of those weights, by "<layer>.<name>", a network can begin with: same name, same shape, finite.

    Raises: CompileProblem: If the network cannot be built.
    """
    own = {name: tuple(value.shape) for name, value in build(graph, seed).state_dict().items()}
    taken, missing = [], []
    for id, layer in graph.nodes.items():
        mine = {name: shape for name, shape in own.items() if name.startswith(f"{id}.")}
        if not mine or not isinstance(layer, Weighted):
            continue
        reasons = [reason for name, shape in mine.items() if (reason := _misfit(name, shape, weights))]
        if reasons:
            missing.append(reasons[0])
        else:
            taken.append(id)
    return Taken(tuple(taken), tuple(missing))


def _misfit(name: str, shape: tuple[int, ...], weights: Mapping[str, NDArray[Any]]) -> str:
    if name not in weights:
        return f"{name} is not there"
    if tuple(weights[name].shape) != shape:
        theirs, ours = ("×".join(map(str, each)) or "1" for each in (weights[name].shape, shape))
        return f"{name} is {theirs} there and {ours} here"
    return "" if np.isfinite(weights[name]).all() else f"{name} has values that are no numbers"


@contextmanager
def random_kept() -> Iterator[None]:
    """Afterwards torch's random state is as before: a run that waits meanwhile goes on with the same numbers."""
    before = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(before)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a trained network says of examples without a label."""

    classes: NDArray[np.int64]
    confidence: NDArray[np.float32]
    """Its probability of that class."""


def answers_to(training: Training, inputs: NDArray[Any]) -> Answers:
    """Classes and confidence for scaled inputs (n, *shape)."""
    with training.looking():
        scores = [training.judge.scores(piece) for piece in pieces(fed(inputs, training.device), CHUNK)]
        found = probabilities(torch.cat(scores), training.judge.loss_name).cpu().numpy()
    return Answers(found.argmax(1).astype(np.int64), found.max(1).astype(np.float32))

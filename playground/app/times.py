"""Two moments of a network beside each other: their scores, and how far each layer's weights moved between them.

Knows no torch: checkpoints are arrays. The window that shows it is ui/times_dialog.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores

BUFFERS = ("running_mean", "running_var", "num_batches_tracked")
"""What normalisation remembers of the data, and nobody learns."""


@dataclass(frozen=True)
class Moved:
    """How far one layer's weights moved from A to B, all of them as one vector."""

    layer: str
    weights: int
    change: float
    """‖B − A‖ / ‖A‖; infinite from nothing."""
    turn: float
    """The angle between A and B, in degrees."""


@dataclass(frozen=True)
class Score:
    """One measure at both moments; None where no epoch ended there."""

    name: str
    a: float | None
    b: float | None


def moved(a: Checkpoint, b: Checkpoint) -> tuple[Moved, ...]:
    """Layer by layer, in the network's order; without those that an edit gave other weights."""
    before, after = _by_layer(a.weights), _by_layer(b.weights)
    both = [layer for layer in before if layer in after and before[layer].size == after[layer].size]
    return tuple(_compared(layer, before[layer], after[layer]) for layer in both)


def _by_layer(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float64]]:
    found: dict[str, list[NDArray[np.float64]]] = {}
    for name, value in weights.items():
        layer, _, own = name.rpartition(".")
        if own not in BUFFERS:
            found.setdefault(layer, []).append(np.asarray(value, np.float64).ravel())
    return {layer: np.concatenate(values) for layer, values in found.items()}


def _compared(layer: str, a: NDArray[np.float64], b: NDArray[np.float64]) -> Moved:
    length, other = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    way = float(np.linalg.norm(b - a))
    change = way / length if length else (float("inf") if way else 0.0)
    cosine = float(a @ b) / (length * other) if length and other else 1.0
    return Moved(layer, a.size, change, float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))


def scores(a: Mapping[str, float], b: Mapping[str, float]) -> tuple[Score, ...]:
    """Losses and measures beside each other."""
    return tuple(Score(name, a.get(name), b.get(name)) for name in {**a, **b})


def named(part: str, scores: Scores) -> dict[str, float]:
    """Loss and measures of a part of the data, by their names for a person."""
    return {f"{part} {name}": value for name, value in scores.flat().items()}


def at_end(epochs: Sequence[EpochDone], place: float) -> dict[str, float]:
    """Those of the training part, which are means over the epoch that ended there; empty within an epoch."""
    done = next((epoch for epoch in epochs if epoch.epoch == place), None)
    return named("train", done.train) if done is not None else {}

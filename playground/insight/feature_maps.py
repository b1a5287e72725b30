"""What each layer makes of one example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId
from playground.insight.classes import chances


@dataclass(frozen=True, eq=False)
class Answer:
    """One layer's answer to an example, some of it to be shown, and figures of the whole."""

    maps: NDArray[np.float32]
    """As feature_maps() gives it."""
    shape: tuple[int, ...]
    """Of the whole answer: images (channels, height, width)."""
    low: float
    high: float
    chances: NDArray[np.floating] | None = None
    """As classes.chances() gives them: of the network's answer alone."""


def every_answer(
    training: Training,
    example: NDArray[np.float32],
    ids: Sequence[NodeId],
    most: int = 8,
    first: Mapping[NodeId, int] | None = None,
) -> dict[NodeId, Answer]:
    """What each layer gives, of images so many channels, from the one that `first` names by layer."""
    begin = first or {}
    found = {}
    for id, value in _values(training, example, ids).items():
        shown = _picture(_from(value[0], begin.get(id, 0)), most)
        ends = float(value.min()), float(value.max())
        found[id] = Answer(shown, tuple(value.shape[1:]), *ends, chances(training, id, shown))
    return found


def feature_maps(
    training: Training, example: NDArray[np.float32], ids: Sequence[NodeId], most: int = 8
) -> dict[NodeId, NDArray[np.float32]]:
    """Outputs for one scaled example (*shape).

    Images give (at most `most` channels, height, width), sequences (steps, units), vectors (units,).
    """
    return {id: _picture(value[0], most) for id, value in _values(training, example, ids).items()}


def _values(training: Training, example: NDArray[np.float32], ids: Sequence[NodeId]) -> dict[NodeId, torch.Tensor]:
    inputs = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    with training.looking():
        return training.network.activations(inputs, ids, training.judge.own_answers(inputs))


def _from(value: torch.Tensor, first: int) -> torch.Tensor:
    return value[first:] if value.dim() == 3 and first < len(value) else value


def _picture(value: torch.Tensor, most: int) -> NDArray[np.float32]:
    shown = value[:most] if value.dim() == 3 else value
    return shown.cpu().numpy().copy()

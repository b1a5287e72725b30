"""What the output and each neuron answer all over the plane, for problems of two coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.data.points import engineer
from playground.engine.losses import probabilities
from playground.engine.train import Training
from playground.graph.model import NodeId

MOST_UNITS = 32
"""Units a layer of which pictures are made."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Answers on a grid: row 0 is the smallest y, column 0 the smallest x."""

    extent: tuple[float, float, float, float]
    """x from, x to, y from, y to, in the data's coordinates."""
    output: NDArray[np.float32]
    """(side, side). Two classes: P(+1) − P(−1), from −1 to 1. Numbers: the prediction in the data's units."""
    neurons: dict[NodeId, NDArray[np.float32]]
    """(units, side, side) a layer: what it passes on."""


def surface(training: Training, side: int = 48, neurons: Sequence[NodeId] = ()) -> Surface | None:
    """Answers on a side × side grid over the data with a margin; None when the data are no points in a plane."""
    plane = training.examples.dataset.plane
    if plane is None:
        return None
    reach = float(np.abs(plane).max()) * 1.05
    axis = np.linspace(-reach, reach, side)
    xs, ys = np.meshgrid(axis, axis)
    raw = engineer(np.stack([xs.ravel(), ys.ravel()], axis=1), training.examples.features)
    inputs = torch.from_numpy(training.examples.inputs.apply(raw)).to(training.device)
    wanted = [*neurons, training.network.output]
    with training.looking():
        values = training.network.activations(inputs, wanted)
    pictures = {
        id: value[:, :MOST_UNITS].T.reshape(-1, side, side).cpu().numpy().copy()
        for id, value in values.items()
        if id != training.network.output and value.dim() == 2
    }
    output = _answers(training, values[training.network.output]).reshape(side, side)
    return Surface((-reach, reach, -reach, reach), output, pictures)


def _answers(training: Training, scores: torch.Tensor) -> NDArray[np.float32]:
    if training.examples.targets is not None:
        return training.examples.targets.undo(scores.cpu().numpy())[:, 0]
    chances = probabilities(scores, training.judge.loss_name)
    return (chances[:, 1] - chances[:, 0]).cpu().numpy()

"""Problems in the plane from within: the input plane as a hidden layer bends it, and the weights as links.

The decision surface is in boundary.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.data.points import engineer
from playground.engine.train import Training
from playground.graph.model import NodeId

MOST_UNITS = 12
"""Units of a dense layer whose weights are shown as links."""
POINTS = 300
"""Training points that are shown."""


@dataclass(frozen=True, eq=False)
class Bent:
    """A grid over the input plane and the training points, in two coordinates of a layer."""

    grid: NDArray[np.float64]
    """(side, side, 2): row by row of the plane, from the smallest y."""
    points: NDArray[np.float64]
    """(n, 2)"""
    labels: NDArray[np.float64]
    """(n,) class or target of each point."""
    units: tuple[int, int] | None
    """Which units the coordinates are; None for the two main directions of the points."""
    held: float
    """Share of the points' variance in this layer that the two coordinates hold."""


@dataclass(frozen=True, eq=False)
class Links:
    """One dense layer: what it multiplies what comes before it by."""

    id: NodeId
    weight: NDArray[np.float64]
    """(units, inputs)"""
    bias: NDArray[np.float64] | None


def bent(training: Training, id: NodeId, units: tuple[int, int] | None = None, side: int = 21) -> Bent | None:
    """The plane in a layer's eyes; None if the data are no points in a plane, or the layer gives one number only.

    units: two of the layer's units as coordinates; None for the first two principal components of the points.
    """
    plane = training.examples.dataset.plane
    if plane is None:
        return None
    reach = float(np.abs(plane).max()) * 1.05
    axis = np.linspace(-reach, reach, side)
    xs, ys = np.meshgrid(axis, axis)
    raw = engineer(np.stack([xs.ravel(), ys.ravel()], axis=1), training.examples.features)
    part = training.examples.train
    inputs = np.concatenate([training.examples.inputs.apply(raw), part.inputs[:POINTS]]).astype(np.float32)
    with training.looking():
        found = training.network.activations(torch.from_numpy(inputs).to(training.device), [id]).get(id)
    if found is None or found.dim() != 2 or found.shape[1] < 2:
        return None
    values = found.double().cpu().numpy()
    own = values[side * side :]
    if units is not None:
        flat = values[:, list(units)]
        directions = np.eye(values.shape[1])[:, list(units)]
    else:
        _, _, axes = np.linalg.svd(own - own.mean(axis=0), full_matrices=False)
        directions = axes[:2].T
        flat = (values - own.mean(axis=0)) @ directions
    total = float(own.var(axis=0).sum())
    held = float((own @ directions).var(axis=0).sum()) / total if total else 0.0
    labels = np.asarray(part.targets[:POINTS], dtype=np.float64).reshape(len(own), -1)[:, 0]
    return Bent(flat[: side * side].reshape(side, side, 2), flat[side * side :], labels, units, held)


def links(training: Training) -> tuple[Links, ...]:
    """The dense layers in the network's order, as long as each has at most MOST_UNITS units and inputs."""
    found = []
    for step in training.network.each_step():
        if isinstance(step.module, torch.nn.Linear) and max(step.module.weight.shape) <= MOST_UNITS:
            bias = step.module.bias
            found.append(
                Links(
                    step.id,
                    step.module.weight.detach().double().cpu().numpy().copy(),
                    bias.detach().double().cpu().numpy().copy() if bias is not None else None,
                )
            )
    return tuple(found)


def set_weight(training: Training, id: NodeId, unit: int, source: int, value: float) -> float:
    """Give one weight of a dense layer another value, as a person's hand does; its old value.

    The optimiser goes on from it. Raises: ValueError: If there is no such weight.
    """
    step = next((step for step in training.network.each_step() if step.id == id), None)
    if step is None or not isinstance(step.module, torch.nn.Linear):
        raise ValueError(f"{id} has no weights that can be set by hand.")
    weight = step.module.weight
    if not (0 <= unit < weight.shape[0] and 0 <= source < weight.shape[1]):
        raise ValueError(f"{id} has no weight from {source} to {unit}.")
    old = float(weight[unit, source].detach())
    with torch.no_grad():
        weight[unit, source] = value
    training.forget_scores()
    return old

"""Problems in the plane from within: the input plane as a hidden layer bends it, and the weights as links.

The decision surface is in boundary.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.data.points import engineer
from playground.engine.stepping import Step
from playground.engine.train import Training
from playground.graph.model import NodeId
from playground.insight.formulas import ACTIVATED

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
    after: NodeId | None = None
    """Whose units the inputs are, one by one: an Input's or another dense layer's, perhaps through activations."""


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
    steps = {step.id: step for step in training.network.each_step()}
    for step in steps.values():
        if isinstance(step.module, torch.nn.Linear) and max(step.module.weight.shape) <= MOST_UNITS:
            bias = step.module.bias
            found.append(
                Links(
                    step.id,
                    step.module.weight.detach().double().cpu().numpy().copy(),
                    bias.detach().double().cpu().numpy().copy() if bias is not None else None,
                    _comes_from(training, steps, step),
                )
            )
    return tuple(found)


def _comes_from(training: Training, steps: dict[NodeId, Step], step: Step) -> NodeId | None:
    """The layer whose units arrive there one by one; None if they are mixed or added up on the way."""
    while len(step.sources) == 1 and not step.is_special:
        source = step.sources[0]
        before = steps.get(source)
        if before is None or isinstance(before.module, torch.nn.Linear):
            return source
        nodes = training.graph.nodes
        if source not in nodes or not (nodes[source].type in ACTIVATED or nodes[source].family == "normalisation"):
            return None
        step = before
    return None


def chain(found: Sequence[Links], id: NodeId | None = None) -> tuple[Links, ...]:
    """Dense layers that follow one another: those with that layer among them, else the first of the longest chains."""
    chains: list[list[Links]] = []
    for each in found:
        if chains and each.after == chains[-1][-1].id:
            chains[-1].append(each)
        else:
            chains.append([each])
    own = [some for some in chains if any(each.id == id for each in some)]
    among = sorted(own or chains, key=lambda some: -len(some))
    return tuple(among[0]) if among else ()


BIAS = -1
"""In place of an input's number: the bias."""


def set_weight(training: Training, id: NodeId, unit: int, source: int, value: float) -> float:
    """Give one weight of a dense layer another value, as a person's hand does; its old value. source: BIAS for that.

    The optimiser goes on from it. Raises: ValueError: If there is no such weight.
    """
    step = next((step for step in training.network.each_step() if step.id == id), None)
    if step is None or not isinstance(step.module, torch.nn.Linear):
        raise ValueError(f"{id} has no weights that can be set by hand.")
    weight, bias = step.module.weight, step.module.bias
    is_there = 0 <= source < weight.shape[1] or (source == BIAS and bias is not None)
    if not (0 <= unit < weight.shape[0] and is_there):
        raise ValueError(f"{id} has no weight from {source} to {unit}.")
    place = bias[unit] if source == BIAS else weight[unit, source]
    old = float(place.detach())
    with torch.no_grad():
        place.fill_(value)
    training.forget_scores()
    return old

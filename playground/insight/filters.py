"""The weights of a layer, as pictures want them: by unit, with their size, their use and their change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId

BATCH = 64
"""Validation examples over which use is measured."""


@dataclass(frozen=True, eq=False)
class Filters:
    """One entry a unit."""

    weights: NDArray[np.float32]
    """(units, inputs), (filters, channels, steps) or (filters, channels, height, width)."""
    change: NDArray[np.float32] | None
    """The same since the beginning of the run; None if that is not known."""
    norm: NDArray[np.float64]
    """(units,) √Σ w²."""
    use: NDArray[np.float64]
    """(units,) mean |answer| over BATCH validation examples and all places."""
    bias: NDArray[np.float32] | None = None
    """(units,) b; None without."""


def filters(training: Training, id: NodeId) -> NDArray[np.float32] | None:
    """A convolution's filters (filters, channels, height, width) or a dense layer's weights (units, inputs).

    None for layers of other kinds.
    """
    weight = training.network.state_dict().get(f"{id}.weight")
    if weight is None or weight.dim() not in (2, 4):
        return None
    copied: NDArray[np.float32] = weight.detach().cpu().numpy().copy()
    return copied


def looked_over(training: Training, id: NodeId) -> Filters | None:
    """Weights, change, norm and use of a dense layer's or a convolution's units; None for other layers."""
    name = f"{id}.weight"
    weight = training.network.state_dict().get(name)
    if weight is None or weight.dim() not in (2, 3, 4):
        return None
    values = weight.detach().cpu().numpy().astype(np.float32).copy()
    first = training.first.get(name)
    change = values - first.cpu().numpy() if first is not None and first.shape == weight.shape else None
    norm = np.sqrt((values.reshape(len(values), -1).astype(np.float64) ** 2).sum(axis=1))
    bias = training.network.state_dict().get(f"{id}.bias")
    own = bias.detach().cpu().numpy().astype(np.float32).copy() if bias is not None else None
    return Filters(values, change, norm, _use(training, id, len(values)), own)


def _use(training: Training, id: NodeId, units: int) -> NDArray[np.float64]:
    inputs = torch.from_numpy(training.examples.valid.inputs[:BATCH]).to(training.device)
    with training.looking():
        found = training.network.activations(inputs, [id], training.judge.own_answers(inputs)).get(id)
    if found is None:
        return np.zeros(units)
    values = found.abs().double()
    axis = 1 if values.dim() == 4 else values.dim() - 1
    use = values.movedim(axis, 0).flatten(1).mean(dim=1).cpu().numpy()
    return use if len(use) == units else np.zeros(units)

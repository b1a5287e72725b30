"""The effective receptive field: of what a unit could see, what it truly listens to.

Source: Luo, Li, Urtasun and Zemel 2016, "Understanding the effective receptive field", section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId

BATCH = 16
"""Validation examples that gradients are taken over."""


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """Mean absolute gradient of one unit over a batch, channels of the input added up."""

    strength: NDArray[np.float64]
    """(height, width) of an image, (steps,) of a sequence, (units,) of a vector; not normalised."""
    centre: tuple[float, ...]
    """Mean place, weighted by strength: an axis each."""
    sigma: tuple[float, ...]
    """Standard deviation of the places, weighted by strength: an axis each."""
    examples: int

    def held_within(self, sigmas: float) -> float:
        """The share of all strength in the box centre ± so many sigmas."""
        total = float(self.strength.sum())
        inside = np.ones_like(self.strength, dtype=bool)
        for axis, (middle, spread) in enumerate(zip(self.centre, self.sigma, strict=True)):
            shape = [1] * self.strength.ndim
            shape[axis] = -1
            near = np.abs(np.arange(self.strength.shape[axis]) - middle) <= sigmas * spread + 1e-9
            inside &= near.reshape(shape)
        return float(self.strength[inside].sum()) / total if total else 0.0


def effective_field(training: Training, id: NodeId, unit: tuple[int, ...], batch: int = BATCH) -> EffectiveField | None:
    """|∂ unit / ∂ input|, averaged over validation examples; None if the unit does not depend on the input so.

    unit: an index into the layer's output for one example. Codes of text have no gradient: None.
    """
    rows = training.examples.valid.inputs[:batch]
    if training.examples.dataset.kind == "text":
        return None
    inputs = torch.from_numpy(rows).to(training.device).requires_grad_()
    network, was = training.network, training.network.training
    network.eval()
    try:
        with torch.enable_grad():
            answers = training.judge.own_answers(inputs.detach())
            value = network.activations(inputs, [id], answers).get(id)
            if value is None or not value.requires_grad:
                return None
            chosen = value.movedim(0, -1)[unit].sum()
            (gradient,) = torch.autograd.grad(chosen, inputs, allow_unused=True)
    finally:
        network.train(was)
    if gradient is None:
        return None
    return summed_up(gradient.abs().double().cpu().numpy())


def summed_up(gradients: NDArray[np.float64]) -> EffectiveField:
    """Field and figures of absolute gradients (n, *shape)."""
    mean = gradients.mean(axis=0)
    if mean.ndim == 3:
        mean = mean.sum(axis=0)
    elif mean.ndim == 2:
        mean = mean.sum(axis=1)
    total = mean.sum()
    centre, sigma = [], []
    for axis in range(mean.ndim):
        others = tuple(other for other in range(mean.ndim) if other != axis)
        weight = mean.sum(axis=others) / (total or 1.0)
        at = np.arange(len(weight))
        middle = float((weight * at).sum())
        centre.append(middle)
        sigma.append(sqrt(max(float((weight * (at - middle) ** 2).sum()), 0.0)))
    return EffectiveField(mean, tuple(centre), tuple(sigma), len(gradients))

"""What is said of each layer before asking why learning fails: dead and saturated units, sizes of gradients.

One look at a fixed batch that leaves nothing behind: a forward pass as the network answers, and both as it learns.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor, nn

from playground.engine.train import Training
from playground.graph.model import NodeId
from playground.insight.modes import as_it_learns

BATCH = 128
"""Training examples that are looked at: the first ones, always the same."""
NEAR = 0.02
"""How near to a bound, as a share of the range, an answer counts as saturated."""
RECTIFIERS = (nn.ReLU, nn.ReLU6)
BOUNDS: dict[type[nn.Module], tuple[float, float]] = {
    nn.Sigmoid: (0, 1), nn.Tanh: (-1, 1), nn.Hardsigmoid: (0, 1), nn.Hardtanh: (-1, 1),
}  # fmt: skip


@dataclass(frozen=True)
class LayerCheck:
    """Figures of one layer over the batch."""

    dead: float | None = None
    """Share of a rectifier's units that are 0 for every example (and at every place); None for other layers."""
    saturated: float | None = None
    """Share of a squasher's answers within NEAR of a bound; None for other layers."""
    gradient: float | None = None
    """Root mean square of the loss's gradient with respect to its weights; None without trainable weights."""
    weight: float | None = None
    """Root mean square of its weights."""


@dataclass(frozen=True)
class Checkup:
    """All layers in the network's order, and the length of the whole gradient."""

    layers: dict[NodeId, LayerCheck]
    gradient: float
    """√Σg² over all weights."""


def checkup(training: Training) -> Checkup:
    """Look at every layer over the first training examples."""
    part = training.examples.train
    inputs = torch.from_numpy(part.inputs[:BATCH]).to(training.device)
    targets = torch.from_numpy(part.targets[:BATCH]).to(training.device)
    answers = _answers(training, inputs, targets)
    sizes, length = _gradients(training, inputs, targets)
    layers = {}
    for step in training.network.each_step():
        last = step.then[-1] if step.then else step.module
        dead, saturated = _of_answers(last, answers[step.id]) if step.id in answers else (None, None)
        gradient, weight = sizes.get(step.id, (None, None))
        layers[step.id] = LayerCheck(dead, saturated, gradient, weight)
    return Checkup(layers, length)


def _answers(training: Training, inputs: Tensor, targets: Tensor) -> dict[NodeId, Tensor]:
    """What layers that end in a rectifier or a squasher give."""
    wanted = [
        step.id
        for step in training.network.each_step()
        if isinstance(step.then[-1] if step.then else step.module, (*RECTIFIERS, *BOUNDS))
    ]
    if not wanted:
        return {}
    before = training.judge.before(targets) if training.network.ends.reads_answers else None
    with training.looking():
        return training.network.activations(inputs, wanted, before)


def _of_answers(module: nn.Module | None, values: Tensor) -> tuple[float | None, float | None]:
    if isinstance(module, RECTIFIERS):
        unit = -1 if values.dim() != 4 else 1
        units = values.movedim(unit, 0).flatten(1)
        return float((units == 0).all(dim=1).float().mean()), None
    for kind, (low, high) in BOUNDS.items():
        if isinstance(module, kind):
            near = NEAR * (high - low)
            return None, float(((values < low + near) | (values > high - near)).float().mean())
    return None, None


def _gradients(
    training: Training, inputs: Tensor, targets: Tensor
) -> tuple[dict[NodeId, tuple[float | None, float | None]], float]:
    """Root mean squares of gradient and weights a layer, and the length of the whole gradient."""
    network = training.network
    owner: dict[nn.Parameter, NodeId] = {}
    for step in network.each_step():
        for parameter in step.module.parameters() if step.module is not None else ():
            if parameter.requires_grad:
                owner.setdefault(parameter, step.id)
    if not owner:
        return {}, 0.0
    with as_it_learns(network):
        total = training.judge.learn(inputs, targets)[2]
        found = torch.autograd.grad(total, list(owner), allow_unused=True)
    return _by_layer(owner, found)


def _by_layer(
    owner: dict[nn.Parameter, NodeId], found: tuple[Tensor | None, ...]
) -> tuple[dict[NodeId, tuple[float | None, float | None]], float]:
    """Sums of squares, gathered a layer. Biases, which begin at 0, are not counted among the weights."""
    counts: dict[NodeId, int] = {}
    squares: dict[NodeId, float] = {}
    weights: dict[NodeId, tuple[float, int]] = {}
    for (parameter, id), gradient in zip(owner.items(), found, strict=True):
        square = float(gradient.detach().double().square().sum()) if gradient is not None else 0.0
        counts[id] = counts.get(id, 0) + parameter.numel()
        squares[id] = squares.get(id, 0.0) + square
        if parameter.dim() > 1:
            total, count = weights.get(id, (0.0, 0))
            weights[id] = (total + float(parameter.detach().double().square().sum()), count + parameter.numel())
    rms = {id: sqrt(squares[id] / counts[id]) for id in counts}
    size = {id: sqrt(total / count) for id, (total, count) in weights.items()}
    return {id: (rms[id], size.get(id)) for id in counts}, sqrt(sum(squares.values()))

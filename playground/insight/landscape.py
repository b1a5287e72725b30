"""The loss around the present weights, in a plane of two directions, with the path that learning took.

Source: Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the loss landscape of neural nets", sections 3 to 6.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.compile import Network
from playground.engine.judging import Judge
from playground.engine.train import Training

Kind = Literal["random", "path"]
MOST = 1024
"""Training examples that the loss is taken over, always the same."""
AT_ONCE = 256

Weights = NDArray[np.float32]
"""All weights of a network in one row."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """Losses over a square of the plane; the present weights are in its middle."""

    losses: NDArray[np.float64]
    """(n, n): row the second coordinate, upwards; column the first."""
    extent: float
    """The plane goes from −extent to +extent along both directions."""
    path: NDArray[np.float64]
    """(points, 2) where earlier weights lie, projected onto the plane."""
    explained: tuple[float, float]
    """For the path's own directions: the shares of its variance along each."""
    examples: int
    """Training examples that each loss is the mean over, in evaluation mode, as the source has it."""


def flat(training: Training) -> Weights:
    """A copy of all weights."""
    return _flat(training.network)


def _flat(network: nn.Module) -> Weights:
    parts = [parameter.detach().reshape(-1).float().cpu().numpy() for parameter in network.parameters()]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def directions(
    network: nn.Module, kind: Kind, path: Sequence[Weights], seed: int = 0
) -> tuple[Tensor, Tensor, tuple[float, float]]:
    """Two directions (weights,) and the shares of the path's variance along them.

    random: normal numbers, each filter (row) as long as the network's own; biases and norms stay (section 4). path: the
    first two principal components of the kept weights about the present ones (section 7).
    Raises: ValueError: If the path is too short to have two directions.
    """
    if kind == "random":
        generator = torch.Generator().manual_seed(seed)
        first, second = (_filter_normalised(network, generator) for _ in range(2))
        return first, second, (float("nan"), float("nan"))
    steps = np.stack([each for each in path if each.shape == path[-1].shape]).astype(np.float64) - _flat(network)
    moved = steps[np.abs(steps).max(axis=1) > 0]
    if len(moved) < 2:
        raise ValueError("The path is too short. Train for a few epochs, or choose random directions.")
    _, sizes, axes = np.linalg.svd(moved, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum()
    scale = np.linalg.norm(moved, axis=1).max()
    pair = [torch.from_numpy((axis * scale).astype(np.float32)) for axis in axes[:2]]
    return pair[0], pair[1], (float(shares[0]), float(shares[1]))


def _filter_normalised(network: nn.Module, generator: torch.Generator) -> Tensor:
    parts = []
    for parameter in network.parameters():
        weight = parameter.detach().cpu()
        drawn = torch.randn(weight.shape, generator=generator)
        if weight.dim() < 2:
            parts.append(torch.zeros(weight.numel()))
            continue
        rows, own = drawn.flatten(1), weight.flatten(1)
        lengths = rows.norm(dim=1, keepdim=True).clamp(min=1e-12)
        parts.append((rows / lengths * own.norm(dim=1, keepdim=True)).reshape(-1))
    return torch.cat(parts)


def landscape(
    training: Training,
    kind: Kind,
    path: Sequence[Weights] = (),
    side: int = 21,
    extent: float = 1.0,
    seed: int = 0,
    most: int = MOST,
) -> Generator[float, None, Landscape]:
    """Go through a grid of side × side points, one a slice, on a copy of the network.

    most: training examples that each loss is the mean over, at most.
    """
    network = copy.deepcopy(training.network).eval()
    judge = Judge(network, training.examples.signature.outputs)
    data = _examples(training, most)
    first, second, shares = directions(network, kind, path, seed)
    centre = torch.from_numpy(_flat(network))
    axis = np.linspace(-extent, extent, side)
    losses = np.zeros((side, side))
    for row, up in enumerate(axis):
        for column, right in enumerate(axis):
            losses[row, column] = _loss_at(network, judge, centre + float(right) * first + float(up) * second, data)
            yield (row * side + column) / side**2
    return Landscape(losses, extent, _projected(path, centre, first, second), shares, len(data[0]))


def _examples(training: Training, most: int) -> tuple[Tensor, Tensor]:
    """All training examples, or so many of them, spread evenly, since a part may be sorted by class."""
    part = training.examples.train
    rows = np.linspace(0, len(part) - 1, min(len(part), most)).round().astype(np.int64)
    inputs, targets = torch.from_numpy(part.inputs[rows]), torch.from_numpy(part.targets[rows])
    return inputs.to(training.device), targets.to(training.device)


@torch.no_grad()
def _loss_at(network: Network, judge: Judge, weights: Tensor, data: tuple[Tensor, Tensor]) -> float:
    _put(network, weights)
    inputs, targets = data
    pieces = zip(torch.split(inputs, AT_ONCE), torch.split(targets, AT_ONCE), strict=True)
    return sum(float(judge.learn(x, y)[2]) * len(x) for x, y in pieces) / len(inputs)


def _put(network: nn.Module, weights: Tensor) -> None:
    at = 0
    for parameter in network.parameters():
        count = parameter.numel()
        parameter.data.copy_(weights[at : at + count].view_as(parameter))
        at += count


def _projected(path: Sequence[Weights], centre: Tensor, first: Tensor, second: Tensor) -> NDArray[np.float64]:
    """Least squares: the point of the plane that is nearest to each of the kept weights."""
    kept = [each for each in path if each.shape == tuple(centre.shape)]
    if not kept:
        return np.zeros((0, 2))
    plane = torch.stack([first, second], dim=1).double().numpy()
    away = np.stack(kept).astype(np.float64) - centre.double().numpy()
    found: NDArray[np.float64] = np.linalg.lstsq(plane, away.T, rcond=None)[0].T
    return found

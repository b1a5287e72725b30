"""An input that excites one unit as much as can be, made by gradient ascent from noise.

Source: Erhan, Bengio, Courville and Vincent 2009; for the small shifts, Olah, Mordvintsev and Schubert 2017.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.train import Training
from playground.graph.model import NodeId

STEPS = 160
RATE = 0.15
"""Length of the first step, as a share of √values: it moves a value by that much on average. Later ones are shorter."""
JITTER = 1
"""Pixels by which an image is shifted at random before each step, so that no single pixel counts; not in the
last half of the steps."""


@dataclass(frozen=True, eq=False)
class Dream:
    """What was made, and what the unit answers to it."""

    values: NDArray[np.float32]
    """(*shape), scaled as the network's inputs are, within the range of the training data."""
    before: float
    after: float


def dream(training: Training, id: NodeId, unit: tuple[int, ...], seed: int = 0) -> Generator[float, None, Dream]:
    """Climb, a few steps at a time. unit: index into the layer's output for one example.

    What is climbed is the unit's largest answer anywhere in its map or sequence: what activity.exciting() goes by.

    Raises: ValueError: For codes of text, along which there is no slope.
    """
    examples = training.examples
    if examples.dataset.kind == "text":
        raise ValueError("Letters cannot be changed by a little: there is no slope to climb. Choose other data.")
    network = copy.deepcopy(training.network).eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    random = torch.Generator().manual_seed(seed)
    shape = examples.train.inputs.shape[1:]
    low, high = (float(end) for end in (np.nanmin(examples.train.inputs), np.nanmax(examples.train.inputs)))
    x = (0.1 * torch.randn(shape, generator=random)).clamp(low, high).to(training.device)
    best, first = x.clone(), float("nan")
    strongest = -float("inf")
    for step in range(STEPS + 1):
        jitter = JITTER if step < STEPS // 2 else 0
        moved, back = _shifted(x, random, jitter)
        wanted = moved[None].requires_grad_()
        with torch.enable_grad():
            value = network.activations(wanted, [id], training.judge.own_answers(wanted.detach()))[id][0]
            answer = _unit(value, unit).max()
            (slope,) = torch.autograd.grad(answer, wanted)
        now = float(answer.detach())
        first = now if step == 0 else first
        if now > strongest:
            strongest, best = now, moved.detach().clone()
        length = float(slope.norm())
        if length == 0:  # a rectifier that is silent here tells no way up: begin elsewhere
            x = (low + (high - low) * torch.rand(shape, generator=random)).to(training.device)
        else:
            rate = RATE * (1 - step / (STEPS + 1))
            x = (x + back(slope[0]) * (rate * slope[0].numel() ** 0.5 / length)).clamp(low, high)
        if step % 4 == 3:
            yield step / STEPS
    return Dream(best.cpu().numpy().astype(np.float32), first, strongest)


def _unit(value: Tensor, unit: tuple[int, ...]) -> Tensor:
    """The channel of an image, the feature of a sequence, or the unit of a vector, at all its places."""
    return value[unit[0]] if value.dim() == 3 else value[..., unit[-1]]


def _shifted(x: Tensor, random: torch.Generator, most: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """An image moved by a pixel or none, and the way back; other inputs as they are."""
    if x.dim() < 3 or not most:
        return x.clone(), lambda slope: slope
    down, right = (int(n) for n in torch.randint(-most, most + 1, (2,), generator=random))
    return torch.roll(x, (down, right), (1, 2)), lambda slope: torch.roll(slope, (-down, -right), (1, 2))

"""Changing a batch of training examples at random, on the device they are on, all of them at once.

What is drawn for a step depends on the recipe's seed and the step's number alone, and not on what was drawn before: the
same step sees the same examples, also after a resume, and when divergence.py does it again. Knows no training loop.
What can be asked for is in augmentation.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Dataset, Examples
from playground.engine.augmentation import GEOMETRY, Augmentation, misfits
from playground.engine.recipe import RecipeProblem


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from."""

    inputs: Tensor
    """(n, *shape)"""
    targets: Tensor
    clean: Tensor | None = None
    """What an autoencoder is to give back, if not the inputs: they are moved alike, but without noise and holes.
    Source: Vincent et al. 2008, doi:10.1145/1390156.1390294."""
    others: Tensor | None = None
    """With mixup the second answer of each example, which counts 1 − share."""
    share: float = 1.0


class Augmenter:
    """Changes batches of one data set as a recipe asks for.

    Raises: RecipeProblem: If it does not suit the data.
    """

    def __init__(self, asked: Augmentation, dataset: Dataset, seed: int, train: Tensor | None = None) -> None:
        """train: the training inputs (n, columns) of a table, in which columns of two values are left without noise."""
        if reason := misfits(asked, dataset):
            raise RecipeProblem(reason)
        self._asked, self._seed = asked, seed
        self._moves = bool(GEOMETRY & set(asked.asked))
        self._is_filled = dataset.lengths is not None
        self._noisy = None if train is None else _has_several(train)

    def batch(self, inputs: Tensor, targets: Tensor, step: int) -> Batch:
        """The examples of that step, changed; those given stay as they are."""
        random = np.random.default_rng((self._seed, step))
        moved = self._moved(inputs, random)
        changed = self._spoilt(moved, random)
        if not self._asked.mixup:
            return Batch(changed, targets, moved)
        # The larger share is the example's own: the same distribution, and its answer stays the likelier one.
        share = float(random.beta(self._asked.mixup, self._asked.mixup))
        share = max(share, 1 - share)
        partner = torch.from_numpy(random.permutation(len(inputs))).to(inputs.device)
        mixed = _mixed(changed[partner], changed, share, self._is_filled)
        clean = mixed if changed is moved else _mixed(moved[partner], moved, share, self._is_filled)
        return Batch(mixed, targets, clean, targets[partner], share)

    def _moved(self, x: Tensor, random: np.random.Generator) -> Tensor:
        """What an example's answer, and an autoencoder's, goes along with."""
        asked = self._asked
        if self._moves:
            x = moved(x, *placed(asked, len(x), random))
        if asked.contrast:
            x = _with_contrast(x, asked.contrast, random)
        if asked.warp:
            x = warped(x, _pace(asked.warp, len(x), random))
        if asked.stretch:
            x = x * _drawn(random, (len(x), 1, 1), 1 - asked.stretch, 1 + asked.stretch, x.device)
        return x

    def _spoilt(self, x: Tensor, random: np.random.Generator) -> Tensor:
        """What has to be seen through: holes and noise."""
        asked = self._asked
        if asked.erase:
            x = erased(x, asked.erase, random.random((len(x), 2)))
        if asked.noise:
            seed = int(random.integers(2**63))
            noise = torch.randn(x.shape, generator=torch.Generator(x.device).manual_seed(seed), device=x.device)
            if self._noisy is not None:
                noise *= self._noisy
            x = x + asked.noise * noise
        return x


def _mixed(other: Tensor, own: Tensor, share: float, is_filled: bool) -> Tensor:
    """The weighted mean. Of sequences of unequal length it is as long as the longer, in whose beginning the other
    counts as zeros.
    """
    if not is_filled:
        return torch.lerp(other, own, share)
    gone = other.isnan() & own.isnan()
    return torch.lerp(other.nan_to_num(0), own.nan_to_num(0), share).masked_fill(gone, torch.nan)


def augmenter(asked: Augmentation, examples: Examples, seed: int, device: torch.device) -> Augmenter | None:
    """What changes the training examples, if anything does."""
    if not asked.is_on:
        return None
    is_table = examples.dataset.kind == "table" and examples.dataset.inputs.ndim == 2
    train = torch.from_numpy(np.asarray(examples.train.inputs)).to(device) if is_table else None
    return Augmenter(asked, examples.dataset, seed, train)


@dataclass(frozen=True, slots=True)
class Draw:
    """What some training examples are in one step, as arrays."""

    inputs: NDArray[np.float32]
    others: NDArray[Any] | None
    """With mixup the answers of those they are mixed with."""
    share: float


def draws(
    asked: Augmentation, examples: Examples, chosen: NDArray[np.int64], seed: int, steps: Iterable[int]
) -> list[Draw]:
    """Those training examples as they come in some steps, to be looked at. Raises RecipeProblem."""
    inputs = torch.from_numpy(np.asarray(examples.train.inputs[chosen], np.float32))
    targets = torch.from_numpy(examples.train.targets[chosen])
    change = augmenter(asked, examples, seed, torch.device("cpu"))
    batches = (Batch(inputs, targets) if change is None else change.batch(inputs, targets, step) for step in steps)
    return [
        Draw(batch.inputs.numpy(), None if batch.others is None else batch.others.numpy(), batch.share)
        for batch in batches
    ]


def _has_several(train: Tensor) -> Tensor:
    """1 for a column with more than two values, 0 for one that says yes or no."""
    ends = (train == train.amin(0)) | (train == train.amax(0))
    return (~ends.all(0)).to(train.dtype)


def _drawn(
    random: np.random.Generator, shape: tuple[int, ...], low: float, high: float, device: torch.device
) -> Tensor:
    return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32)).to(device)


# Images


def placed(
    asked: Augmentation, count: int, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each pixel of a changed image is looked up: matrices (n, 2, 2) and shifts (n, 2), both across then down.

    Lengths are in halves of an image's side, angles as they are seen in a square. Of the identity: 1 and 0.
    """
    angle = np.deg2rad(random.uniform(-asked.rotate, asked.rotate, count))
    size = 1 / random.uniform(1 - asked.scale, 1 + asked.scale, count)
    kept = 1 - random.uniform(0, asked.crop, count)
    mirror = np.ones((count, 2))
    for axis, ways in enumerate((("across", "both"), ("down", "both"))):
        if asked.flip in ways:
            mirror[:, axis] = random.choice((-1.0, 1.0), count)
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], 1).reshape(count, 2, 2)
    matrices = turn * (size * kept)[:, None, None] * mirror[:, None, :]
    shifts = random.uniform(-2 * asked.shift, 2 * asked.shift, (count, 2))
    return matrices, shifts + random.uniform(-1, 1, (count, 2)) * (1 - kept)[:, None]


def moved(images: Tensor, matrices: NDArray[np.float64], shifts: NDArray[np.float64]) -> Tensor:
    """Images (n, channels, height, width) looked up anew; bilinear, and what lies outside is the edge's colour."""
    height, width = images.shape[2:]
    aspect = np.array([[1.0, height / width], [width / height, 1.0]])  # that a turned circle stays one
    theta = np.concatenate([matrices * aspect, shifts[:, :, None]], axis=2).astype(np.float32)
    grid = F.affine_grid(torch.from_numpy(theta).to(images.device), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _with_contrast(images: Tensor, most: float, random: np.random.Generator) -> Tensor:
    """Each image's distance from its mean times a factor, and its mean moved by a share of its spread."""
    shape, device = (len(images), 1, 1, 1), images.device
    mean = images.mean((1, 2, 3), keepdim=True)
    spread = (images - mean).square().mean((1, 2, 3), keepdim=True).sqrt()
    factor, step = (_drawn(random, shape, -most, most, device) for _ in range(2))
    return mean + (1 + factor) * (images - mean) + step * spread


def erased(images: Tensor, share: float, middles: NDArray[np.float64]) -> Tensor:
    """Images with a square of 0, the mean after scaling. middles: (n, 2) of each, down and across, from 0 to 1."""
    height, width = images.shape[2:]
    half = share * min(height, width) / 2
    places = torch.from_numpy(middles.astype(np.float32)).to(images.device)
    down, across = (
        (torch.arange(side, device=images.device) + 0.5 - places[:, [axis]] * side).abs() < half
        for axis, side in enumerate((height, width))
    )
    return images.masked_fill((down[:, :, None] & across[:, None, :])[:, None], 0.0)


# Series


def _pace(most: float, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Figures (n, 2) of warped() by which the pace lies within 1 ± most."""
    share = random.uniform(0, 1, count)
    signs = random.uniform(-most, most, (count, 2))
    return signs * np.stack([share, 1 - share], 1) / (pi, 2 * pi)


def warped(series: Tensor, figures: NDArray[np.float64]) -> Tensor:
    """Series (n, steps, features) read at the times t + a·sin πt + b·sin 2πt, t from 0 to 1; linear between steps.

    figures: a and b of each, (n, 2). The pace is 1 + aπ·cos πt + 2πb·cos 2πt.
    """
    steps = series.shape[1]
    t = np.linspace(0, 1, steps)
    at = t + figures[:, :1] * np.sin(pi * t) + figures[:, 1:] * np.sin(2 * pi * t)
    places = torch.from_numpy((at.clip(0, 1) * (steps - 1)).astype(np.float32)).to(series.device)
    before = places.floor().long().clamp_max(max(steps - 2, 0))
    share = (places - before)[:, :, None]
    index = before[:, :, None].expand(-1, -1, series.shape[2])
    after = (index + 1).clamp_max(steps - 1)
    return series.gather(1, index) * (1 - share) + series.gather(1, after) * share

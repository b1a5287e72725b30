"""Images moved, turned, scaled, blurred and made noisy, as torch tensors. Knows no network: that is robustness.py.

What comes in from beyond the edge is the data's background, so that a moved digit still lies on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, radians, sin

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, grid_sample, pad

from playground.data.dataset import Examples

SEEN = 1000
"""Training images whose edges tell the background."""


@dataclass(frozen=True)
class Move:
    """What is done to an image, in this order: scaled and turned about its centre, shifted, blurred, made noisy."""

    right: float = 0.0
    """Pixels; to the left if negative."""
    down: float = 0.0
    """Pixels; up if negative."""
    angle: float = 0.0
    """Degrees, counter-clockwise as seen."""
    scale: float = 1.0
    """Times as large."""
    blur: float = 0.0
    """Standard deviation of the Gaussian, in pixels."""
    noise: float = 0.0
    """Standard deviation of what is added, in those of the training images' pixels."""
    seed: int = 0
    """Of the noise."""

    @property
    def is_geometric(self) -> bool:
        """Whether it moves what is in the image to another place."""
        return (self.right, self.down, self.angle, self.scale) != (0, 0, 0, 1)


def background(examples: Examples) -> Tensor:
    """(channels, 1, 1), scaled: for each channel the median of the outermost pixels of the first training images."""
    images = examples.train.inputs[:SEEN]
    rows = np.concatenate([images[:, :, 0], images[:, :, -1]], axis=-1)
    columns = np.concatenate([images[..., 0], images[..., -1]], axis=-1)
    edge = np.concatenate([rows, columns], axis=-1)
    return torch.from_numpy(np.median(edge, axis=(0, 2)).astype(np.float32))[:, None, None]


def spread(examples: Examples) -> float:
    """Standard deviation of all pixels of the first training images, scaled."""
    return float(examples.train.inputs[:SEEN].std())


def moved(images: Tensor, move: Move, fill: Tensor, deviation: float = 1.0) -> Tensor:
    """Images (n, channels, height, width) after a move.

    fill: (channels, 1, 1), what lies beyond their edges. deviation: what one unit of noise is.
    """
    if not (move.is_geometric or move.blur or move.noise):
        return images
    fill = fill.to(images)
    above = images - fill
    if move.is_geometric:
        above = _sampled(above, move, "zeros")
    if move.blur > 0:
        above = _blurred(above, move.blur)
    if move.noise > 0:
        random = torch.Generator().manual_seed(move.seed)
        drawn = torch.randn(images.shape[1:], generator=random).to(images)
        above = above + move.noise * deviation * drawn
    return above + fill


def moved_map(maps: Tensor, move: Move, stride: tuple[int, int], fill: Tensor | None = None) -> Tensor:
    """A layer's maps (n, channels, h, w) moved as the input was.

    stride: pixels of the input from one value of the map to the next, down and to the right. fill: as in moved(); None
    if beyond the edge it is taken to be as at the edge.
    """
    smaller = Move(move.right / stride[1], move.down / stride[0], move.angle, move.scale)
    if not smaller.is_geometric:
        return maps
    return _sampled(maps, smaller, "border") if fill is None else moved(maps, smaller, fill)


def _sampled(images: Tensor, move: Move, beyond: str) -> Tensor:
    """Bilinear: each pixel looks where it comes from."""
    height, width = images.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(height, dtype=torch.float64), torch.arange(width, dtype=torch.float64), indexing="ij"
    )
    middle = (height - 1) / 2, (width - 1) / 2
    y, x = y - middle[0] - move.down, x - middle[1] - move.right
    turn = radians(move.angle)
    from_x = (cos(turn) * x - sin(turn) * y) / move.scale + middle[1]
    from_y = (sin(turn) * x + cos(turn) * y) / move.scale + middle[0]
    # grid_sample counts from −1 to 1, from edge to edge of the image
    grid = torch.stack([(2 * from_x + 1) / width - 1, (2 * from_y + 1) / height - 1], dim=-1)
    places = grid.to(images)[None].expand(len(images), -1, -1, -1)
    return grid_sample(images, places, mode="bilinear", padding_mode=beyond, align_corners=False)


def _blurred(images: Tensor, deviation: float) -> Tensor:
    """A Gaussian cut at four standard deviations, along both sides one after the other."""
    reach = ceil(4 * deviation)
    at = torch.arange(-reach, reach + 1, dtype=torch.float64)
    weights = torch.exp(-(at**2) / (2 * deviation**2)) / (deviation * (2 * pi) ** 0.5)
    weights = (weights / weights.sum()).to(images)
    channels = images.shape[1]
    rows = weights.view(1, 1, -1, 1).expand(channels, 1, -1, 1)
    padded = pad(images, (reach, reach, reach, reach))
    return conv2d(conv2d(padded, rows, groups=channels), rows.transpose(2, 3), groups=channels)

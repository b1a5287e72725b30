"""Convolutions and poolings that torch lacks: uneven padding, and sequences with their steps first.

Knows no layers. What torch itself has is named in modules.py.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Added = tuple[int, ...]
"""What is added before and behind each side, in torch's order: the last side first."""


def padded(x: Tensor, around: Added, mode: str = "zeros", value: float = 0.0) -> Tensor:
    """The tensor with that much around its last sides."""
    if mode == "zeros":
        return F.pad(x, around, value=value)
    return F.pad(x, around, mode=mode)


class PaddedConv2d(nn.Conv2d):
    """A convolution over unevenly padded images (n, C, H, W)."""

    def __init__(self, *args: Any, around: Added, padding_mode: str = "zeros", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around, self.filled_with = around, padding_mode

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(padded(input, self.around, self.filled_with))


class StepsConv1d(nn.Conv1d):
    """A convolution over the steps of sequences (n, steps, features)."""

    def __init__(self, *args: Any, around: Added = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, input: Tensor) -> Tensor:
        features_first = input.transpose(1, 2)
        if self.around:
            features_first = padded(features_first, self.around, self.padding_mode)
        return super().forward(features_first).transpose(1, 2)


class PaddedMaxPool2d(nn.MaxPool2d):
    """The maximum over windows of unevenly padded images."""

    def __init__(self, *args: Any, around: Added, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, input: Tensor) -> Tensor:
        largest: Tensor = super().forward(padded(input, self.around, value=-torch.inf))
        return largest


class PaddedAvgPool2d(nn.AvgPool2d):
    """The mean over windows of unevenly padded images: of the pixels in them, unless the padding counts."""

    def __init__(self, *args: Any, around: Added, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, input: Tensor) -> Tensor:
        sums = super().forward(padded(input, self.around))
        if self.count_include_pad:
            return sums
        return sums / super().forward(padded(torch.ones_like(input[:1, :1]), self.around))


class StepsMaxPool1d(nn.MaxPool1d):
    """The maximum over windows of steps (n, steps, features)."""

    def __init__(self, *args: Any, around: Added = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, input: Tensor) -> Tensor:
        features_first = input.transpose(1, 2)
        if self.around:
            features_first = padded(features_first, self.around, value=-torch.inf)
        largest: Tensor = super().forward(features_first)
        return largest.transpose(1, 2)


class StepsAvgPool1d(nn.AvgPool1d):
    """The mean over windows of steps (n, steps, features): of the steps in them, unless the padding counts."""

    def __init__(self, *args: Any, around: Added = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, input: Tensor) -> Tensor:
        features_first = input.transpose(1, 2)
        if not self.around:
            return super().forward(features_first).transpose(1, 2)
        means = super().forward(padded(features_first, self.around))
        if not self.count_include_pad:
            means = means / super().forward(padded(torch.ones_like(features_first[:1, :1]), self.around))
        return means.transpose(1, 2)


class LpPool2d(nn.Module):
    """The p-norm over windows of images; an odd power's negative sum gives 0.

    torch's own has no gradient where a window's sum is 0 (its root is infinitely steep there), and then training
    ends in NaN; the sum is kept above the smallest number of its kind instead.
    """

    def __init__(self, power: int, kernel: int | tuple[int, int], stride: int, ceil_mode: bool = False) -> None:
        super().__init__()
        self.power = power
        self.pool = nn.AvgPool2d(kernel, stride, ceil_mode=ceil_mode, divisor_override=1)

    def forward(self, images: Tensor) -> Tensor:
        sums = self.pool(images**self.power)
        assert isinstance(sums, Tensor)
        least = torch.finfo(sums.dtype).tiny
        return torch.where(sums > least, sums.clamp(min=least) ** (1 / self.power), 0.0)


class GlobalAvgPool(nn.Module):
    """The mean of each channel over those dimensions: (n, channels, height, width) -> (n, channels)."""

    def __init__(self, dims: tuple[int, ...] = (2, 3)) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, values: Tensor) -> Tensor:
        return values.mean(dim=self.dims)


class GlobalMaxPool(nn.Module):
    """The largest value of each channel over those dimensions."""

    def __init__(self, dims: tuple[int, ...] = (2, 3)) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, values: Tensor) -> Tensor:
        return values.amax(dim=self.dims)

"""Modules that bring several tensors together, which torch has as functions only. Knows no layers."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.add, inputs)


class Multiply(nn.Module):
    """The product of all inputs, value by value."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.mul, inputs)


class Average(nn.Module):
    """The mean of all inputs, value by value."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.add, inputs) / len(inputs)


class Maximum(nn.Module):
    """The largest of all inputs, value by value."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.maximum, inputs)


class Subtract(nn.Module):
    """The first input without the second."""

    def forward(self, inputs: Tensor, minus: Tensor) -> Tensor:
        return inputs - minus


class Concat(nn.Module):
    """All inputs behind one another along a dimension; 0 is the batch."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(inputs, self.dim)


class DotProduct(nn.Module):
    """Inner products over the last dimension: (n, …, k) twice -> (n, …, 1); normalised: their cosines."""

    def __init__(self, normalised: bool = False) -> None:
        super().__init__()
        self.normalised = normalised

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        if self.normalised:
            first, second = F.normalize(first, dim=-1), F.normalize(second, dim=-1)
        return (first.unsqueeze(-2) @ second.unsqueeze(-1)).squeeze(-1)


class Scale(nn.Module):
    """A fixed factor for all values."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


class LearnedScale(nn.Module):
    """A learned factor for each unit (n, units), feature (n, steps, features) or channel (n, C, H, W)."""

    def __init__(self, channels: int, factor: float, rank: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), factor))
        self.sides = (channels, 1, 1) if rank == 3 else (channels,)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.view(self.sides)


class Gate(nn.Module):
    """Two inputs mixed by a third: gate · new + (1 − gate) · old."""

    def forward(self, new: Tensor, old: Tensor, gate: Tensor) -> Tensor:
        return gate * new + (1 - gate) * old

"""Activations and normalisations that torch lacks, or has only for features in front of steps.

Knows no layers. What torch itself has is named in modules.py.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class HardSigmoid(nn.Module):
    """A line between 0 and 1, cut off at both; torch's own has only the slope 1/6."""

    def __init__(self, slope: float, offset: float) -> None:
        super().__init__()
        self.slope, self.offset = slope, offset

    def forward(self, x: Tensor) -> Tensor:
        return (self.slope * x + self.offset).clamp(0, 1)


class _StraightThrough(torch.autograd.Function):
    """1 for positive values, else 0; backwards as if it were the identity between −1 and 1."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Any) -> Any:
        return (x > 0).to(x.dtype)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:  # noqa: ARG004 torch names them
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


class Step(nn.Module):
    """The Heaviside step with a straight-through gradient."""

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _StraightThrough.apply(x)  # type: ignore[no-untyped-call]
        return y


class StepsPReLU(nn.PReLU):
    """A learned slope for each feature of sequences (n, steps, features)."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.transpose(1, 2)).transpose(1, 2)


class StepsBatchNorm(nn.BatchNorm1d):
    """Batch normalisation of each feature of sequences (n, steps, features)."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.transpose(1, 2)).transpose(1, 2)

"""Batch normalisation over the examples of all processes of a team, as one process would see them.

torch.nn.SyncBatchNorm does it on graphics cards alone; this does it on processors too, with the same numbers.
Source: Ioffe and Szegedy 2015, algorithm 1, with mean and variance summed over the processes.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

from playground.engine.shaping import StepsBatchNorm


def synchronise(network: nn.Module) -> None:
    """Have every batch normalisation of a network look at all processes' examples while it learns."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.forward = partial(_forward, module)  # type: ignore[method-assign]


def _forward(module: nn.BatchNorm1d | nn.BatchNorm2d, x: Tensor) -> Tensor:
    if not module.training:
        return type(module).forward(module, x)
    if isinstance(module, StepsBatchNorm):
        return _normalised(module, x.transpose(1, 2)).transpose(1, 2)
    return _normalised(module, x)


def _normalised(module: nn.BatchNorm1d | nn.BatchNorm2d, x: Tensor) -> Tensor:
    """Features (n, channels, ...), scaled by mean and variance of all processes' examples."""
    axes = [axis for axis in range(x.dim()) if axis != 1]
    form = (1, -1, *[1] * (x.dim() - 2))
    own = x.new_full((1,), x.numel() / x.shape[1])
    sums = _summed(torch.cat([x.sum(axes), own]))
    count, mean = sums[-1].detach(), sums[:-1] / sums[-1].detach()
    away = x - mean.view(form)
    variance = _summed(away.square().sum(axes)) / count
    _remember(module, mean.detach(), variance.detach() * count / (count - 1))
    scaled = away * torch.rsqrt(variance + module.eps).view(form)
    return scaled if module.weight is None else scaled * module.weight.view(form) + module.bias.view(form)


def _summed(values: Tensor) -> Tensor:
    """Over all processes; gradients flow back to each."""
    made: Tensor = all_reduce(values)  # type: ignore[no-untyped-call]
    return made


def _remember(module: nn.BatchNorm1d | nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Bring the moving averages up to date, as torch's own does."""
    if module.running_mean is None or module.running_var is None or module.num_batches_tracked is None:
        return
    module.num_batches_tracked.add_(1)
    share = 1 / float(module.num_batches_tracked) if module.momentum is None else module.momentum
    module.running_mean.lerp_(mean, share)
    module.running_var.lerp_(variance, share)

"""Modules that arrange, cut or extend tensors, which torch has as functions only. Knows no layers."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Reshape(nn.Module):
    """The same values in another shape, each example by itself."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.dims)


class Permute(nn.Module):
    """The sides in another order, counted from 1, behind the batch."""

    def __init__(self, order: tuple[int, ...]) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.order)


class RepeatSteps(nn.Module):
    """A sequence of equal steps: (n, units) -> (n, times, units)."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def forward(self, x: Tensor) -> Tensor:
        return x.unsqueeze(1).expand(-1, self.times, -1)


class LastStep(nn.Module):
    """The last step: (n, steps, …) -> (n, …)."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, -1]


class Slice(nn.Module):
    """A part of one dimension, from start up to and without stop."""

    def __init__(self, dim: int, start: int, stop: int) -> None:
        super().__init__()
        self.dim, self.start, self.stop = dim, start, stop

    def forward(self, x: Tensor) -> Tensor:
        return x.narrow(self.dim, self.start, self.stop - self.start)


class Crop(nn.Module):
    """A rectangle of images (n, C, H, W)."""

    def __init__(self, top: int, left: int, height: int, width: int) -> None:
        super().__init__()
        self.rows, self.columns = slice(top, top + height), slice(left, left + width)

    def forward(self, images: Tensor) -> Tensor:
        return images[..., self.rows, self.columns]


class PadChannels(nn.Module):
    """Every stride-th pixel of images (n, C, H, W), with channels of zeros in front and behind."""

    def __init__(self, front: int, behind: int, stride: int) -> None:
        super().__init__()
        self.front, self.behind, self.stride = front, behind, stride

    def forward(self, images: Tensor) -> Tensor:
        return F.pad(images[..., :: self.stride, :: self.stride], (0, 0, 0, 0, self.front, self.behind))

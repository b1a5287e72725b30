"""The torch modules that layers' calls may name: a closed table, so that nothing else can be built from a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor, nn

from playground.engine.attention import AdditiveAttention, Attention, MultiheadAttention
from playground.engine.formula import Expression
from playground.engine.recurrent import GRU, LSTM, RNN, Steps
from playground.engine.text import Codes, OneHot, Positions
from playground.layers.layer import Call


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.add, inputs)


class Concat(nn.Module):
    """All inputs behind one another along a dimension; 0 is the batch."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(inputs, self.dim)


class GlobalAvgPool(nn.Module):
    """The mean of each channel: (n, channels, height, width) -> (n, channels)."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mean(dim=(2, 3))


TABLE: dict[str, Callable[..., nn.Module]] = {
    "add": Add,
    "concat": Concat,
    "global_avg_pool": GlobalAvgPool,
    "last": Steps,
    "nn.Linear": nn.Linear,
    "nn.Conv2d": nn.Conv2d,
    "nn.MaxPool2d": nn.MaxPool2d,
    "nn.AvgPool2d": nn.AvgPool2d,
    "nn.Flatten": nn.Flatten,
    "nn.ReLU": nn.ReLU,
    "nn.LeakyReLU": nn.LeakyReLU,
    "nn.GELU": nn.GELU,
    "nn.Sigmoid": nn.Sigmoid,
    "nn.Tanh": nn.Tanh,
    "nn.Softmax": nn.Softmax,
    "nn.Dropout": nn.Dropout,
    "nn.BatchNorm1d": nn.BatchNorm1d,
    "nn.BatchNorm2d": nn.BatchNorm2d,
    "nn.RNN": RNN,
    "nn.LSTM": LSTM,
    "nn.GRU": GRU,
    "attention": Attention,
    "additive_attention": AdditiveAttention,
    "nn.MultiheadAttention": MultiheadAttention,
    "expression": Expression,
    "nn.Embedding": Codes,
    "one_hot": OneHot,
    "positions": Positions,
}


def make(call: Call) -> nn.Module:
    """Build the module of one call, without what follows it."""
    return TABLE[call.name](*call.args, **dict(call.kwargs))

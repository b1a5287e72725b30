"""Other tools' weights put into our recurrent modules: the same gates in torch's order."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.modules import make
from playground.layers.recurrent import GRU, LSTM, RNN
from playground.layers.shape import Shape

Floats = NDArray[np.float32]


def reordered(rows: Floats, order: tuple[int, ...]) -> Tensor:
    """Gate blocks along the first axis, taken in that order."""
    blocks = np.split(rows, len(order))
    return torch.tensor(np.concatenate([blocks[gate] for gate in order]))


def loaded(layer: RNN | LSTM | GRU, features: int, weights: dict[str, Tensor]) -> nn.Module:
    """The module of a layer of one level and direction, with weights by torch's names less "_l0"."""
    module = make(layer.torch(Shape((1, features))))
    module.load_state_dict({f"{name}_l0": values for name, values in weights.items()})
    return module.eval()

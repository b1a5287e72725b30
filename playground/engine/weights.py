"""Weights and optimiser state as numpy arrays, and back. What a checkpoint holds is written in checkpoint.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer


def arrays(tensors: Mapping[str, Tensor]) -> dict[str, NDArray[Any]]:
    """Copies that nothing else will change."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def fitting(weights: Mapping[str, NDArray[Any]], network: nn.Module) -> tuple[str, ...]:
    """Load the weights whose name and shape the network has; the names of those that fitted."""
    own = network.state_dict()
    fits = {
        name: torch.from_numpy(np.ascontiguousarray(value))
        for name, value in weights.items()
        if name in own and tuple(own[name].shape) == tuple(value.shape) and np.isfinite(value).all()
    }
    network.load_state_dict(fits, strict=False)
    return tuple(fits)


def optimiser_arrays(optimiser: Optimizer) -> dict[str, NDArray[Any]]:
    """The optimiser's memory, by "<number of the parameter>/<name>"."""
    found: dict[str, NDArray[Any]] = {}
    for number, state in optimiser.state_dict()["state"].items():
        for name, value in state.items():
            if isinstance(value, Tensor):
                found[f"{number}/{name}"] = value.detach().cpu().numpy().copy()
    return found


def restore_optimiser(optimiser: Optimizer, kept: Mapping[str, NDArray[Any]]) -> bool:
    """Put the memory back if it fits this optimiser's parameters; False if it does not."""
    sizes = [tuple(p.shape) for group in optimiser.param_groups for p in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in kept.items():
        number, _, name = key.partition("/")
        if not number.isdigit() or int(number) >= len(sizes):
            return False
        if value.ndim and tuple(value.shape) != sizes[int(number)]:
            return False
        state.setdefault(int(number), {})[name] = torch.from_numpy(np.array(value))
    whole = optimiser.state_dict()
    optimiser.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
    return True

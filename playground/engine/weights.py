"""Weights and optimiser state as numpy arrays, and back. What a checkpoint holds is written in checkpoint.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop


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


def show(weights: Mapping[str, Tensor], network: nn.Module) -> None:
    """Give a network all of those weights, by the names of its state dict.

    load_state_dict() refuses names such as dense1.2.weight, a copy's in a repeated block, for the dot in its layer's.
    """
    with torch.no_grad():
        for name, own in network.state_dict().items():
            own.copy_(weights[name])


def optimiser_arrays(optimiser: Optimizer) -> dict[str, NDArray[Any]]:
    """The optimiser's memory, by "<number of the parameter>/<name>"."""
    found: dict[str, NDArray[Any]] = {}
    for number, state in optimiser.state_dict()["state"].items():
        for name, value in state.items():
            if isinstance(value, Tensor):
                found[f"{number}/{name}"] = value.detach().cpu().numpy().copy()
    return found


def _remembered(optimiser: Optimizer) -> frozenset[str]:
    """What this optimiser keeps for each parameter, by torch's own names."""
    if isinstance(optimiser, Adam | AdamW):
        return frozenset({"step", "exp_avg", "exp_avg_sq"})
    momentum = {"momentum_buffer"} if optimiser.param_groups[0]["momentum"] else set()
    if isinstance(optimiser, RMSprop):
        return frozenset({"step", "square_avg"} | momentum)
    assert isinstance(optimiser, SGD)
    return frozenset(momentum)


def restore_optimiser(optimiser: Optimizer, kept: Mapping[str, NDArray[Any]]) -> bool:
    """Put the memory back if it is of this optimiser and fits its parameters; False if it does not."""
    sizes = [tuple(p.shape) for group in optimiser.param_groups for p in group["params"]]
    wanted = _remembered(optimiser)
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in kept.items():
        number, _, name = key.partition("/")
        if not number.isdigit() or int(number) >= len(sizes):
            return False
        if tuple(value.shape) != (() if name == "step" else sizes[int(number)]) or value.dtype != np.float32:
            return False
        state.setdefault(int(number), {})[name] = torch.from_numpy(np.array(value))
    if any(memory.keys() != wanted for memory in state.values()):
        return False  # of another optimiser, or one without momentum
    whole = optimiser.state_dict()
    optimiser.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
    return True

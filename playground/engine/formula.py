"""Computes the trees that playground.layers.formula reads, over tensors. A closed table: no other name is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

OPERATORS: dict[str, Callable[..., Tensor]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "^": torch.pow,
    "negate": torch.neg,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
    "softplus": nn.functional.softplus,
    "max": torch.maximum,
    "min": torch.minimum,
}


class Expression(nn.Module):
    """A formula's tree, computed value by value from inputs of one shape."""

    def __init__(self, tree: tuple[Any, ...]) -> None:
        super().__init__()
        self.tree = tree

    def forward(self, *inputs: Tensor) -> Tensor:
        return _computed(self.tree, inputs)


def _computed(tree: tuple[Any, ...], inputs: tuple[Tensor, ...]) -> Tensor:
    kind, *parts = tree
    if kind == "input":
        return inputs[int(parts[0])]
    if kind == "number":  # a tensor too, so that 1 / 0 is infinite as it is between tensors
        return torch.full((), parts[0], dtype=inputs[0].dtype, device=inputs[0].device)
    return OPERATORS[kind](*(_computed(part, inputs) for part in parts))

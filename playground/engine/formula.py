"""Computes the formulas that layers/expression.py has read. Nothing in them is run as a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "^": torch.pow,
    "max": torch.maximum,
    "min": torch.minimum,
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
}


class Expression(nn.Module):
    """A formula of its inputs, value by value. tree: as layers.expression.parse gives it."""

    def __init__(self, tree: tuple[Any, ...]) -> None:
        super().__init__()
        self.tree = tree

    def forward(self, *inputs: Tensor) -> Tensor:
        return _value(self.tree, inputs)


def _value(tree: tuple[Any, ...], inputs: tuple[Tensor, ...]) -> Tensor:
    name, parts = str(tree[0]), tree[1:]
    if name == "number":
        return torch.full_like(inputs[0], float(parts[0]))
    if name == "input":
        chosen: Tensor = inputs[parts[0]]
        return chosen
    return OPERATIONS[name](*(_value(part, inputs) for part in parts))

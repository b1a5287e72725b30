"""The optimisers of optimise.py for many networks at once, each with numbers of its own.

The rules are torch's (torch.optim.SGD, Adam, AdamW, RMSprop with their defaults), written for rows (k, count) of
weights, one row a network. Penalties, clipping and their order are as in train.py and optimise.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf

import torch
from torch import Tensor

from playground.engine.recipe import Optimiser, Recipe

BETA1, BETA2, ALPHA, EPSILON = 0.9, 0.999, 0.99, 1e-8
"""torch's defaults: Adam's two decays, RMSprop's decay, and what keeps their divisors from 0."""
AT_ONCE = 1 << 17
"""Weights moved at once: with gradient and memory 2 MB, so that they stay in the processor's cache."""
Numbers = Mapping[str, Tensor]
"""By name what each network has of its own, a row each: rate, momentum, penalties, and the optimiser's memory."""


class StackedOptimiser:
    """Takes the steps of k networks. l1, l2 and the memory are (k, count), the other numbers (k, 1)."""

    def __init__(self, recipes: Sequence[Recipe], weights: Tensor, is_weight: Tensor) -> None:
        self._kind: Optimiser = recipes[0].optimiser
        self._rule, memory = RULES[self._kind]

        def column(name: str) -> Tensor:
            values = [[getattr(recipe, name)] for recipe in recipes]
            return torch.tensor(values, dtype=weights.dtype, device=weights.device)

        made = {name: torch.zeros_like(weights) for name in memory}
        made |= {"momentum": column("momentum")}
        made |= {name: column(name) * is_weight for name in ("l1", "l2") if column(name).any()}
        if (clip := column("clip")).any():
            made["clip"] = torch.where(clip > 0, clip, inf)
        self._numbers: dict[str, Tensor] = made
        self._taken = torch.zeros(len(recipes), 1, dtype=torch.float64)
        """Steps of each network in the epochs before."""
        self._paces: list[dict[str, Tensor]] = []

    def keep(self, which: Sequence[int]) -> None:
        """Go on with those networks only, in that order."""
        index = torch.tensor(which)
        self._taken = self._taken[index]
        self._numbers = {name: kept.index_select(0, index.to(kept.device)) for name, kept in self._numbers.items()}

    def begin(self, rates: Sequence[float], steps: Sequence[int]) -> None:
        """Before an epoch: the learning rate of each network, and how many steps it will take.

        Adam's corrections are made here for all of them, in double precision: 1 − 0.999 would lose digits.
        """
        rate = torch.tensor(rates, dtype=torch.float64)[:, None]
        paces = {"rate": rate.expand(max(steps), -1, -1)}
        if self._kind in ("adam", "adamw"):
            count = self._taken + torch.arange(1, max(steps) + 1, dtype=torch.float64)[:, None, None]
            paces |= {"length": rate / (1 - BETA1**count), "root": (1 - BETA2**count).sqrt()}
        self._taken = self._taken + torch.tensor(steps)[:, None]
        like = self._numbers["momentum"]
        each = [values.to(like.device, like.dtype).unbind() for values in paces.values()]
        self._paces = [dict(zip(paces, columns, strict=True)) for columns in zip(*each, strict=True)]

    def step(self, number: int, weights: Tensor, gradient: Tensor) -> None:
        """Take an epoch's step with the weights (m, count) of the first m networks; the gradient is used up."""
        own = self._numbers | self._paces[number]
        some = max(1, AT_ONCE // weights.shape[1])
        if some >= len(weights) == len(own["rate"]):
            self._move(weights, gradient, own)
            return
        for first in range(0, len(weights), some):
            rows = slice(first, min(first + some, len(weights)))
            self._move(weights[rows], gradient[rows], {name: values[rows] for name, values in own.items()})

    def _move(self, weights: Tensor, gradient: Tensor, own: Numbers) -> None:
        """Penalties, clipping and the rule itself, for rows of the same networks."""
        if "l1" in own:
            gradient.addcmul_(weights.sign(), own["l1"])
        if "clip" in own:
            length = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
            gradient.mul_((own["clip"] / (length + 1e-6)).clamp_(max=1))
        if "l2" in own and self._kind == "adamw":
            weights.mul_(1 - own["rate"] * own["l2"])
        elif "l2" in own:
            gradient.addcmul_(weights, own["l2"])
        self._rule(weights, gradient, own)


def _sgd(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """Momentum: v ← μ v + g, w ← w − η v (Sutskever et al. 2013, as torch writes it)."""
    speed = own["speed"].mul_(own["momentum"]).add_(gradient)
    weights.addcmul_(speed, own["rate"], value=-1)


def _adam(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """The moments of Kingma and Ba 2015, algorithm 1."""
    mean = own["mean"].lerp_(gradient, 1 - BETA1)
    square = own["square"].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    weights.addcdiv_(mean * own["length"], square.sqrt().div_(own["root"]).add_(EPSILON), value=-1)


def _rmsprop(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """Hinton 2012, lecture 6e, with the momentum that torch adds."""
    square = own["square"].mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    speed = own["speed"].mul_(own["momentum"]).addcdiv_(gradient, square.sqrt().add_(EPSILON))
    weights.addcmul_(speed, own["rate"], value=-1)


RULES: dict[Optimiser, tuple[Callable[[Tensor, Tensor, Numbers], None], tuple[str, ...]]] = {
    "sgd": (_sgd, ("speed",)),
    "adam": (_adam, ("mean", "square")),
    "adamw": (_adam, ("mean", "square")),
    "rmsprop": (_rmsprop, ("speed", "square")),
}
"""The rule of each optimiser, and what it remembers of the steps before."""

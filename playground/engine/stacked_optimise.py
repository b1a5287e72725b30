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
Numbers = Mapping[str, Tensor]
"""By name what each network has of its own, a row each: rate, momentum, penalties, and the optimiser's memory."""


class StackedOptimiser:
    """Takes the steps of k networks. l1, l2 and the memory are (k, count), the other numbers (k, 1)."""

    def __init__(self, recipes: Sequence[Recipe], weights: Tensor, is_weight: Tensor) -> None:
        self._kind: Optimiser = recipes[0].optimiser
        self._update, memory = RULES[self._kind]

        def column(name: str) -> Tensor:
            values = [[getattr(recipe, name)] for recipe in recipes]
            return torch.tensor(values, dtype=torch.float64, device=weights.device)

        made = {name: torch.zeros_like(weights) for name in memory}
        made |= {"rate": column("learning_rate"), "count": torch.zeros_like(column("l1"))}
        made["momentum"] = column("momentum").to(weights.dtype)
        made |= {name: column(name).to(weights.dtype) * is_weight for name in ("l1", "l2") if column(name).any()}
        if (clip := column("clip").to(weights.dtype)).any():
            made["clip"] = torch.where(clip > 0, clip, inf)
        self._numbers: dict[str, Tensor] = made

    def keep(self, which: Tensor) -> None:
        """Go on with those networks only, in that order."""
        self._numbers = {name: values.index_select(0, which) for name, values in self._numbers.items()}

    def set_rates(self, rates: Sequence[float]) -> None:
        """The learning rate of each network."""
        self._numbers["rate"].copy_(torch.tensor(rates, dtype=torch.float64)[:, None])

    def step(self, weights: Tensor, gradient: Tensor) -> None:
        """Move the weights (m, count) of the first m networks; the gradient is used up."""
        many = len(weights)
        own = self._numbers
        if many < len(own["rate"]):
            own = {name: values[:many] for name, values in own.items()}
        if "l1" in own:
            gradient.addcmul_(weights.sign(), own["l1"])
        if "clip" in own:
            length = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
            gradient.mul_((own["clip"] / (length + 1e-6)).clamp_(max=1))
        if "l2" in own and self._kind == "adamw":
            weights.mul_(1 - own["rate"].to(weights.dtype) * own["l2"])
        elif "l2" in own:
            gradient.addcmul_(weights, own["l2"])
        self._update(weights, gradient, own)


def _sgd(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """Momentum: v ← μ v + g, w ← w − η v (Sutskever et al. 2013, as torch writes it)."""
    speed = own["speed"].mul_(own["momentum"]).add_(gradient)
    weights.addcmul_(speed, own["rate"].to(weights.dtype), value=-1)


def _adam(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """Kingma and Ba 2015, algorithm 1, for each network's own number of steps. Double: 1 − 0.999 loses digits."""
    count = own["count"].add_(1)
    mean = own["mean"].lerp_(gradient, 1 - BETA1)
    square = own["square"].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    length = own["rate"] / (1 - BETA1**count)
    root = square.sqrt().div_((1 - BETA2**count).sqrt_().to(weights.dtype)).add_(EPSILON)
    weights.addcdiv_(mean * length.to(weights.dtype), root, value=-1)


def _rmsprop(weights: Tensor, gradient: Tensor, own: Numbers) -> None:
    """Hinton 2012, lecture 6e, with the momentum that torch adds."""
    square = own["square"].mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    speed = own["speed"].mul_(own["momentum"]).addcdiv_(gradient, square.sqrt().add_(EPSILON))
    weights.addcmul_(speed, own["rate"].to(weights.dtype), value=-1)


RULES: dict[Optimiser, tuple[Callable[[Tensor, Tensor, Numbers], None], tuple[str, ...]]] = {
    "sgd": (_sgd, ("speed",)),
    "adam": (_adam, ("mean", "square")),
    "adamw": (_adam, ("mean", "square")),
    "rmsprop": (_rmsprop, ("speed", "square")),
}
"""The rule of each optimiser, and what it remembers of the steps before."""

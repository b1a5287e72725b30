"""From a gradient to a step: optimisers, penalties, clipping, and the learning rate over the epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi
from typing import Any

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from playground.engine.recipe import Recipe, RecipeProblem


def optimiser(network: nn.Module, recipe: Recipe, device: torch.device) -> Optimizer:
    """The recipe's optimiser. L2 falls on weights alone, not on biases or normalisation; AdamW decouples it.

    Raises: RecipeProblem: If the network has no weights, or only frozen ones.
    """
    weights, others = ([p for _, p in lot] for lot in _lots(network))
    groups = [{"params": weights, "weight_decay": recipe.l2}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if not groups and any(True for _ in network.parameters()):
        raise RecipeProblem("All weights of this network are frozen: nothing can be learned. Set a layer trainable.")
    if not groups:
        raise RecipeProblem("This network has no weights: nothing can be learned. Put a Dense before its Output.")
    fused = device.type in ("cpu", "cuda")
    rate = recipe.learning_rate
    if recipe.optimiser == "sgd":
        return SGD(groups, lr=rate, momentum=recipe.momentum, fused=fused)
    if recipe.optimiser == "adam":
        return Adam(groups, lr=rate, fused=fused)
    if recipe.optimiser == "adamw":
        return AdamW(groups, lr=rate, fused=fused)
    return RMSprop(groups, lr=rate, momentum=recipe.momentum, foreach=True)


def optimised_names(network: nn.Module) -> list[str]:
    """The weights in the order in which optimisers count them."""
    return [name for lot in _lots(network) for name, _ in lot]


def _lots(network: nn.Module) -> tuple[list[tuple[str, nn.Parameter]], list[tuple[str, nn.Parameter]]]:
    """What is learned: weights, and what no penalty falls on."""
    learned = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    return [each for each in learned if each[1].dim() > 1], [each for each in learned if each[1].dim() <= 1]


def penalise(network: nn.Module, l1: float) -> None:
    """Add the gradient of l1 · Σ|w| over the weights (not biases)."""
    for parameter in network.parameters():
        if parameter.grad is not None and parameter.dim() > 1:
            parameter.grad.add_(parameter.detach().sign(), alpha=l1)


def clip(network: nn.Module, longest: float) -> None:
    """Shorten the whole gradient to that length if it is longer (Pascanu, Mikolov and Bengio 2013)."""
    nn.utils.clip_grad_norm_(network.parameters(), longest)


@dataclass
class Schedule:
    """The learning rate of each epoch. Only "plateau" remembers anything."""

    recipe: Recipe
    drops: int = 0
    best: float = float("inf")
    waited: int = 0

    def rate(self, epoch: int) -> float:
        """The rate of an epoch, counted from 0."""
        recipe = self.recipe
        warm = recipe.warmup
        if epoch < warm:
            return recipe.learning_rate * (epoch + 1) / (warm + 1)
        since = epoch - warm
        if recipe.schedule == "step":
            return float(recipe.learning_rate * 0.1 ** (since // recipe.schedule_epochs))
        if recipe.schedule == "cosine":
            return recipe.learning_rate * 0.5 * (1 + cos(pi * since / max(1, recipe.epochs - warm)))
        if recipe.schedule == "plateau":
            return float(recipe.learning_rate * 0.1**self.drops)
        return recipe.learning_rate

    def seen(self, loss: float) -> None:
        """Hear of an epoch's validation loss: after enough epochs without a lower one the rate drops tenfold."""
        if loss < self.best:
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.recipe.schedule_epochs:
            self.drops, self.waited = self.drops + 1, 0

    def facts(self) -> dict[str, Any]:
        best = self.best if self.best < float("inf") else None
        return {"drops": self.drops, "best": best, "waited": self.waited}

    def restore(self, facts: Mapping[str, Any]) -> None:
        """Go on from facts(); what is none of them is left out."""
        best, drops, waited = facts.get("best"), facts.get("drops"), facts.get("waited")
        self.best = float(best) if isinstance(best, int | float) else float("inf")
        self.drops = drops if isinstance(drops, int) and drops >= 0 else 0
        self.waited = waited if isinstance(waited, int) and waited >= 0 else 0

"""The four losses, and how raw scores become answers.

Scores are (n, k) as the network's Output receives them; two classes under binary cross-entropy and hinge have k = 1.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

LossFunction = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """−log softmax(s)ₖ of the true class k, in nats, mean over the examples."""
    return F.cross_entropy(scores, targets)


def binary_cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """−log sigmoid(±s), in nats, mean over the examples, and over the classes when there are more than two."""
    if scores.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(scores[:, 0], targets.to(scores.dtype))
    wanted = F.one_hot(targets, scores.shape[1]).to(scores.dtype)
    return F.binary_cross_entropy_with_logits(scores, wanted)


def mean_squared_error(scores: Tensor, targets: Tensor) -> Tensor:
    """(s − t)², mean over the examples and columns, in the scaled targets' units²."""
    return F.mse_loss(scores, targets)


def hinge(scores: Tensor, targets: Tensor) -> Tensor:
    """max(0, 1 − t·s) with t = ±1, mean over the examples; with k > 2 classes Crammer and Singer's sum, over k.

    Source: torch.nn.MultiMarginLoss for several classes.
    """
    if scores.shape[1] == 1:
        return (1 - (2 * targets - 1) * scores[:, 0]).clamp_min(0).mean()
    return F.multi_margin_loss(scores, targets)


LOSSES: dict[str, LossFunction] = {
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "mean_squared_error": mean_squared_error,
    "hinge": hinge,
}


def classes(scores: Tensor) -> Tensor:
    """The class each row of scores stands for."""
    return (scores[:, 0] > 0).long() if scores.shape[1] == 1 else scores.argmax(dim=1)


def probabilities(scores: Tensor, loss: str) -> Tensor:
    """Class probabilities (n, classes): softmax or sigmoid; hinge knows none and gives the sigmoid of its margin."""
    if scores.shape[1] == 1:
        positive = torch.sigmoid(scores)
        return torch.cat([1 - positive, positive], dim=1)
    if loss == "cross_entropy":
        return torch.softmax(scores, dim=1)
    each = torch.sigmoid(scores)
    return each / each.sum(dim=1, keepdim=True).clamp_min(1e-12)

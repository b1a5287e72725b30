"""Examples and scores of many networks at once. Sets of examples that several share are kept once.

The losses are those of losses.py before the mean over the examples, the measures those of measures.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Part, Scaler
from playground.engine.events import Scores


def _cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    each = F.cross_entropy(scores.flatten(0, 1), targets.flatten(), reduction="none")
    return each.view(targets.shape)


def _binary_cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    if scores.shape[2] == 1:
        return F.binary_cross_entropy_with_logits(scores[..., 0], targets.to(scores.dtype), reduction="none")
    wanted = F.one_hot(targets, scores.shape[2]).to(scores.dtype)
    return F.binary_cross_entropy_with_logits(scores, wanted, reduction="none").mean(2)


def _squared_error(scores: Tensor, targets: Tensor) -> Tensor:
    return F.mse_loss(scores, targets, reduction="none").mean(2)


def _hinge(scores: Tensor, targets: Tensor) -> Tensor:
    if scores.shape[2] == 1:
        return (1 - (2 * targets - 1) * scores[..., 0]).clamp_min(0)
    each = F.multi_margin_loss(scores.flatten(0, 1), targets.flatten(), reduction="none")
    return each.view(targets.shape)


EACH: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _binary_cross_entropy,
    "mean_squared_error": _squared_error,
    "hinge": _hinge,
}
"""Loss (k, n) of each example, of scores (k, n, outputs) and targets (k, n) or (k, n, columns)."""


class StackedPart:
    """One part of each network's examples: inputs (all, *shape) and targets, the different sets one after another."""

    def __init__(self, parts: Sequence[Part], scalers: Sequence[Scaler | None], device: torch.device) -> None:
        keys = [(id(part.inputs), id(part.targets)) for part in parts]
        sets = dict(zip(keys, zip(parts, scalers, strict=True), strict=True))
        order = list(sets)
        self.inputs = torch.from_numpy(_joined([part.inputs for part, _ in sets.values()])).to(device)
        self.targets = torch.from_numpy(_joined([part.targets for part, _ in sets.values()])).to(device)
        sizes = [len(part) for part, _ in sets.values()]
        begins = np.cumsum([0, *sizes[:-1]])
        whose = [order.index(key) for key in keys]
        self.counts = [sizes[which] for which in whose]
        """Examples of each network."""
        self.begins = torch.tensor([[int(begins[which])] for which in whose], device=device)
        """(k, 1): where its examples begin."""
        self.scaling: Tensor | None = None
        """Shift, scale and spread of the targets, (3, k, columns), where they are numbers; see Tally."""
        if scalers[0] is not None:
            figures = [_scaling(part, scaler) for part, scaler in sets.values() if scaler is not None]
            self.scaling = torch.stack([figures[which] for which in whose], dim=1).to(device)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs (k, n, *shape) and targets of rows (k, n)."""
        flat = rows.flatten()
        inputs, targets = self.inputs.index_select(0, flat), self.targets.index_select(0, flat)
        return inputs.view(*rows.shape, *inputs.shape[1:]), targets.view(*rows.shape, *targets.shape[1:])

    def in_order(self, which: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Rows (k, n) of those networks' examples, and 1 for each example; 0 where a shorter set is filled up."""
        counts = torch.tensor([[self.counts[number]] for number in which], device=self.begins.device)
        place = torch.arange(int(counts.max()), device=self.begins.device)
        return self.begins[list(which)] + torch.minimum(place, counts - 1), (place < counts).float()


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.asarray(arrays[0]) if len(arrays) == 1 else np.concatenate(arrays)


def _scaling(part: Part, scaler: Scaler) -> Tensor:
    """Shift, scale and Σ(t − mean t)² of a set's targets, (3, columns), in double precision."""
    truth = scaler.undo(np.asarray(part.targets, np.float32)).astype(np.float64)
    spread = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    return torch.from_numpy(np.stack([np.ravel(scaler.shift), np.ravel(scaler.scale), spread]).astype(np.float64))


class Tally:
    """Adds up the losses and errors of k networks over the examples of one part, piece by piece."""

    def __init__(self, part: StackedPart, which: Sequence[int]) -> None:
        self._counts = [part.counts[number] for number in which]
        scaling = part.scaling
        self._scaling = None if scaling is None else scaling[:, list(which)]
        self._loss = torch.zeros(len(self._counts), dtype=torch.float64, device=part.inputs.device)
        self._right = torch.zeros_like(self._loss)
        self._squares = self._sizes = torch.zeros(())
        if self._scaling is not None:
            self._squares, self._sizes = torch.zeros_like(self._scaling[:2])

    def add(self, losses: Tensor, scores: Tensor, targets: Tensor, there: Tensor) -> None:
        """Hear of a piece: losses (k, n), scores (k, n, outputs) and targets; there (k, n) is 0 for no example."""
        self._loss += (losses * there).sum(1, dtype=torch.float64)
        if self._scaling is None:
            answers = (scores[..., 0] > 0).long() if scores.shape[2] == 1 else scores.argmax(2)
            self._right += ((answers == targets) * there).sum(1)
            return
        shift, scale = self._scaling[:2, :, None].to(scores.dtype)
        error = (scores * scale + shift).double() - (targets * scale + shift).double()
        error *= there[..., None]
        self._squares = self._squares + (error**2).sum(1)
        self._sizes = self._sizes + error.abs().sum(1)

    def scores(self) -> list[Scores]:
        """Of each network; see measures.py for the definitions."""
        losses = self._loss.tolist()
        measures = self._accuracies() if self._scaling is None else self._regressions()
        return [Scores(loss / count, found) for loss, count, found in zip(losses, self._counts, measures, strict=True)]

    def _accuracies(self) -> list[dict[str, float]]:
        return [{"accuracy": right / n} for right, n in zip(self._right.tolist(), self._counts, strict=True)]

    def _regressions(self) -> list[dict[str, float]]:
        assert self._scaling is not None
        spread = self._scaling[2]
        flat = torch.where(self._squares > 0, 0.0, 1.0).double()
        r2 = torch.where(spread > 0, 1 - self._squares / torch.where(spread > 0, spread, 1), flat).mean(1)
        counts = torch.tensor(self._counts, dtype=torch.float64, device=r2.device)
        rmse, mae = (self._squares.mean(1) / counts).sqrt(), self._sizes.mean(1) / counts
        found = torch.stack([rmse, mae, r2], dim=1).tolist()
        return [dict(zip(("rmse", "mae", "r2"), each, strict=True)) for each in found]

"""Takes the steps of a training: one by one with autograd, which is the reference, or many at once by the flat step.

The flat step (flat.py) is recorded once a run has shown that it goes on, and then held against the reference for a
step: only if weights, memory and scores agree is it used. Which way a step was taken is to be seen in nothing else.
"""

from __future__ import annotations

import weakref
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from playground.engine.augment import Batch
from playground.engine.flat import FlatStep, record
from playground.engine.optimise import clip, penalise
from playground.engine.state import Snapshot, near

if TYPE_CHECKING:
    from playground.engine.train import Training

WARM = 3
"""Steps of a size that are taken one by one first."""
WORTH = 100
"""Steps of a size that must be to come, for recording to pay: it costs as much as some 50 of a small network."""
NEAR = 1e-5
"""How far the flat step may be from the reference, of the largest number of each tensor."""
AT_ONCE = 1 << 20
"""Numbers of inputs gathered for several steps: 4 MB, so that they stay in the processor's cache."""


@dataclass
class _Way:
    """How batches of one size are learned from."""

    taken: int = 0
    """Steps by the reference so far."""
    recorded: FlatStep | None = None
    is_sure: bool = False
    is_closed: bool = False
    """Whether there is no flat step, or it was found wrong."""
    seconds: float = 0.0
    """Of one flat step, when it was last measured."""


class Stepper:
    """The steps of one Training. is_flat: whether faster ways than the reference may be taken."""

    def __init__(self, training: Training, is_flat: bool) -> None:
        self._of, self.is_flat = weakref.ref(training), is_flat  # else neither would go before Python looks for cycles
        self._ways: dict[int, _Way] = {}

    @property
    def _training(self) -> Training:
        training = self._of()
        assert training is not None, "the training owns its stepper"
        return training

    def __deepcopy__(self, memo: dict[int, Any]) -> Stepper:
        """A copied run records for itself: compiled lines know the tensors they were made for."""
        return Stepper(deepcopy(self._training, memo), self.is_flat)

    def together(self, size: int, left: int, seconds: float) -> int:
        """How many of the steps left with batches of that size to take at once, to be done in about that time."""
        way = self._ways.get(size)
        if way is None or not way.is_sure or not way.seconds or not seconds:
            return 1
        inputs = self._training.examples.train.inputs
        return max(1, min(left, int(seconds / way.seconds), AT_ONCE * len(inputs) // max(1, inputs.size * size)))

    def take(self, inputs: Tensor, targets: Tensor, first: int, size: int) -> Tensor:
        """Learn from one batch of that size after the other, the first being the epoch's number `first`: the scores."""
        way = self._ways.setdefault(size, _Way())
        if way.is_sure and way.recorded is not None:
            began = perf_counter()
            scores = way.recorded.run(self._training, inputs, targets, first, size)
            if scores is not None:
                count = len(inputs) // size
                way.seconds = (perf_counter() - began) / count
                self._count(first, count)
                return scores
        found = []
        for at in range(0, len(inputs), size):
            number = first + at // size
            found.append(self._next(way, inputs[at : at + size], targets[at : at + size], number))
        return found[0] if len(found) == 1 else torch.cat(found)

    def _next(self, way: _Way, inputs: Tensor, targets: Tensor, number: int) -> Tensor:
        """One step by the reference, recorded or checked where that is due."""
        way.taken += 1
        if self.is_flat and not way.is_closed and way.taken > WARM:
            if way.recorded is None and self._is_worth(len(inputs)):
                return self._recorded(way, inputs, targets, number)
            if way.recorded is not None and not way.is_sure:
                return self._checked(way, way.recorded, inputs, targets, number)
        return self.one(Batch(inputs, targets), number)

    def one(self, batch: Batch, number: int) -> Tensor:
        """The reference: forward, backward, update; the scores, detached."""
        training = self._training
        training.optimiser.zero_grad(set_to_none=True)
        scores, loss, total = training.judge.learn_from(batch)
        total.backward()  # type: ignore[no-untyped-call]
        if training.recipe.l1:
            penalise(training.network, training.recipe.l1)
        if training.recipe.clip:
            clip(training.network, training.recipe.clip)
        self._finish(loss.detach(), number)
        return scores.detach()

    def _finish(self, loss: Tensor, number: int) -> None:
        self._training.optimiser.step()
        self._training.step_losses()[number] = loss
        self._count(number, 1)

    def _count(self, first: int, count: int) -> None:
        self._training.step += count
        self._training.batch = first + count

    def _is_worth(self, size: int) -> bool:
        training = self._training
        epochs = training.recipe.epochs - training.epoch
        whole = size == training.recipe.batch
        return epochs * (max(1, training.batches - 1) if whole else 1) >= WORTH

    def _recorded(self, way: _Way, inputs: Tensor, targets: Tensor, number: int) -> Tensor:
        scores, loss, way.recorded = record(self._training, inputs, targets)
        way.is_closed = way.recorded is None
        self._finish(loss, number)
        return scores

    def _checked(self, way: _Way, flat: FlatStep, inputs: Tensor, targets: Tensor, number: int) -> Tensor:
        """A step either way; what the reference made of it is kept."""
        before = Snapshot(self._training)
        scores = self.one(Batch(inputs, targets), number)
        after, loss = Snapshot(self._training), self._training.step_losses()[number].clone()
        before.put_back()
        try:
            made = flat.run(self._training, inputs, targets, number, len(inputs))
        except RuntimeError:
            made = None
        way.is_sure = made is not None and near(made, scores, NEAR) and after.is_near(NEAR)
        way.is_closed = not way.is_sure
        after.put_back()
        self._training.step_losses()[number] = loss
        return scores

"""What happens in a training run, as plain frozen values. Knows no torch: panes and the command line read them.

Facts (Started, EpochDone, Ended, BaselineDone) are never dropped; frames (Progress) are, when newer ones come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

SLICE = 0.02
"""Seconds of steps between two events where nobody needs each step: Training.slice."""
Reason = Literal["epochs", "early_stopping", "stopped", "diverged", "failed"]


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one part of the data is predicted."""

    loss: float
    """Mean over the examples: nats for cross-entropies, scaled units² for squared error."""
    measures: Mapping[str, float]
    """accuracy (0 to 1), or rmse and mae (the target's units) and r2."""

    def flat(self) -> dict[str, float]:
        return {"loss": self.loss, **self.measures}


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins. A fact."""

    device: str
    parameters: int
    seed: int
    batches: int
    """Steps in one epoch."""


@dataclass(frozen=True, slots=True)
class BatchDone:
    """A step of gradient descent, or a slice of them (Training.slice). Never sent to the window."""

    step: int
    """Counted from 1 over the whole run."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the run is, some 20 times a second. A frame: only the newest matters."""

    epoch: float
    """Epochs done, with the fraction of the current one."""
    step: int
    loss: float
    """Mean training loss since the last frame."""
    samples_per_second: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """One pass over the training data. A fact: never dropped on its way to the screen."""

    epoch: int
    """Counted from 1."""
    train: Scores
    """Means over the epoch's batches, as the weights moved; over those left, after a resume in mid-epoch."""
    valid: Scores
    """Of the weights at the end of the epoch."""
    learning_rate: float
    seconds: float
    """Wall time of this pass."""
    samples_per_second: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over. A fact."""

    reason: Reason
    epochs: int
    best_epoch: int
    """The epoch with the lowest validation loss; 0 if none was finished."""
    valid: Scores | None
    test: Scores | None
    message: str = ""
    """For a person, when something went wrong: what, where, and what to try."""


Event = Started | BatchDone | Progress | EpochDone | Ended


def counted_from(event: Event, first: int) -> Event:
    """The event with its epochs counted on from those of earlier runs on the same curves."""
    if isinstance(event, EpochDone | Progress):
        return replace(event, epoch=event.epoch + first)  # type: ignore[arg-type]
    if isinstance(event, Ended):
        best = event.best_epoch + first if event.best_epoch else 0
        return replace(event, epochs=event.epochs + first, best_epoch=best)
    return event

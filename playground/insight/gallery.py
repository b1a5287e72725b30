"""How each validation example was answered, and how sure the network was; and how much its sureness is worth.

The test part is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.judging import answered
from playground.engine.losses import probabilities
from playground.engine.train import Training

BINS = 10
"""Of the reliability diagram, all of the same width."""


@dataclass(frozen=True, eq=False)
class Answers:
    """One entry an example of the validation part."""

    truth: NDArray[np.int64]
    """(n,) the class it is of."""
    answer: NDArray[np.int64]
    """(n,) the class of the largest probability."""
    confidence: NDArray[np.float32]
    """(n,) that probability."""

    @property
    def right(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.truth == self.answer
        return found


@dataclass(frozen=True, eq=False)
class Residuals:
    """One entry an example: how far the answer is off, (n,), root mean square over the target's columns."""

    size: NDArray[np.float64]
    answer: NDArray[np.float64]
    """(n, columns) in the data's own units."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Confidence against accuracy, in bins of confidence. Source: Guo et al. 2017, section 2."""

    edges: NDArray[np.float64]
    """(BINS + 1,)"""
    counts: NDArray[np.int64]
    """(BINS,) examples whose confidence lies in the bin: above its lower edge, up to its upper one."""
    confidence: NDArray[np.float64]
    """(BINS,) mean confidence; nan where there is none."""
    accuracy: NDArray[np.float64]
    """(BINS,) share of right answers; nan where there is none."""

    @property
    def error(self) -> float:
        """Expected calibration error: Σ (count / n) · |accuracy − confidence| (equation 5)."""
        some = self.counts > 0
        gaps = np.abs(self.accuracy[some] - self.confidence[some])
        return float((self.counts[some] / max(self.counts.sum(), 1) * gaps).sum())


def answers(training: Training) -> Answers | Residuals | None:
    """How the validation part is answered; None where there is one answer a step."""
    part = training.examples.valid
    if training.examples.targets is not None:
        wanted = training.examples.targets.undo(part.targets.reshape(len(part), -1).astype(np.float32))
        answer = training.predict("valid").reshape(wanted.shape).astype(np.float64)
        return Residuals(np.sqrt(((answer - wanted) ** 2).mean(axis=1)), answer)
    if part.targets.ndim > 1:
        return None
    scores = _scores(training)
    # What a network of one score answers is its own rule; its confidence is the larger of the two chances.
    chances = probabilities(scores, training.judge.loss_name).cpu().numpy()
    answer = answered(scores).cpu().numpy()
    return Answers(part.targets.astype(np.int64), answer.astype(np.int64), chances.max(axis=1))


def _scores(training: Training) -> Tensor:
    """Of the validation part; within an epoch those that it was scored with at the end of the one before.

    To answer thousands of examples anew takes seconds of the learning, for numbers that the curves do not show either.
    """
    kept = training.scored
    return kept[2] if kept is not None and kept[1] == "valid" and training.batch else training.scores("valid")


def reliability(found: Answers, bins: int = BINS) -> Reliability:
    """Sort examples into bins of confidence."""
    edges = np.linspace(0, 1, bins + 1)
    into = np.clip(np.ceil(found.confidence.astype(np.float64) * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(into, minlength=bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        confidence = np.bincount(into, found.confidence, bins) / counts
        accuracy = np.bincount(into, found.right, bins) / counts
    return Reliability(edges, counts, confidence, accuracy)

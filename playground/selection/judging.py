"""Scores with their intervals, and pairs of models judged on the same examples.

Three kinds of answers: one class an example, a class at each step of a sequence, numbers. What is judged against what
is chosen in compare.py; the statistics are in statistics.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples, Part
from playground.selection.outcome import Outcome, Row, Verdict
from playground.selection.statistics import (
    bootstrap,
    interval,
    mcnemar_exact,
    paired_difference,
    r2_of,
    r2_weighted_of,
    two_sided,
    wilson,
)
from playground.selection.wording import named, verdict_words

WORTHLESS = "some of its answers are no numbers"


class Scored(Protocol):
    """Models that answered the same examples."""

    metric: Literal["accuracy", "r2"]
    n: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """One a model, in their order."""

    @property
    def each(self) -> tuple[NDArray[np.float64], ...]:
        """One a model, (n,): how right each answer is, as Comparison.each has it."""

    def judge(self, ours: int, theirs: int) -> Verdict:
        """Whether the first of two models is better than the second."""


def scored(outcomes: Sequence[Outcome], examples: Examples, part: Part | None = None) -> Scored:
    """Score answers for the validation part, or for another one."""
    targets = (part or examples.valid).targets
    if examples.targets is None:
        return SequenceAnswers(outcomes, targets) if targets.ndim > 1 else ClassAnswers(outcomes, targets)
    truth = examples.targets.undo(targets.astype(np.float32))
    return NumberAnswers(outcomes, truth, r2_weighted_of if examples.is_rebuilding else r2_of)


def alone(outcome: Outcome, metric: str) -> tuple[Row, ...]:
    """The row of a model that answered other examples, by its own truth; none if it is for the other kind of task."""
    truth = outcome.truth
    if truth is None or (metric == "r2") != (truth.dtype.kind == "f"):
        return ()
    if metric == "r2":
        return NumberAnswers([outcome], truth).rows
    return (SequenceAnswers if truth.ndim > 1 else ClassAnswers)([outcome], truth).rows


class ClassAnswers:
    """One class an example: Wilson's interval, McNemar's exact test."""

    metric: Literal["accuracy", "r2"] = "accuracy"

    def __init__(self, outcomes: Sequence[Outcome], truth: NDArray[Any]) -> None:
        self._outcomes, self.n = outcomes, len(truth)
        self._right = [outcome.predictions == truth for outcome in outcomes]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        counts = [int(each.sum()) for each in self._right]
        pairs = zip(self._outcomes, counts, strict=True)
        return tuple(_row(outcome, count / self.n, wilson(count, self.n)) for outcome, count in pairs)

    @property
    def each(self) -> tuple[NDArray[np.float64], ...]:
        return tuple(right.astype(np.float64) for right in self._right)

    def judge(self, ours: int, theirs: int) -> Verdict:
        mine, other = self._right[ours], self._right[theirs]
        only_ours, only_theirs = int((mine & ~other).sum()), int((other & ~mine).sum())
        difference = (only_ours - only_theirs) / self.n
        ends = paired_difference(only_ours, only_theirs, self.n)
        p_value = mcnemar_exact(only_ours, only_theirs)
        return _verdict(self._outcomes[theirs], difference, ends, p_value, self.n, "McNemar's exact test", True)


class SequenceAnswers:
    """A class at each step. The steps of one sequence hang together, so that whole sequences are resampled."""

    metric: Literal["accuracy", "r2"] = "accuracy"

    def __init__(self, outcomes: Sequence[Outcome], truth: NDArray[Any]) -> None:
        self._outcomes, self.n = outcomes, len(truth)
        self._right = np.stack([(each.predictions == truth).mean(axis=1) for each in outcomes], axis=1)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        """Accuracies of the resamples, (resamples, models)."""
        right = self._right

        def statistic(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
            means: NDArray[np.float64] = drawn @ right / drawn.sum(axis=1, keepdims=True)
            return means

        return bootstrap(statistic, self.n)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        found = zip(self._outcomes, self._right.mean(axis=0), self._values.T, strict=True)
        return tuple(_row(outcome, float(score), self._ends(float(score), column)) for outcome, score, column in found)

    def _ends(self, score: float, resampled: NDArray[np.float64]) -> tuple[float, float]:
        """Where all sequences are answered alike, resampling has no width: Wilson's, as if each were one answer."""
        return interval(resampled) if np.ptp(resampled) > 0 else wilson(round(score * self.n), self.n)

    @property
    def each(self) -> tuple[NDArray[np.float64], ...]:
        return tuple(self._right.T)

    def judge(self, ours: int, theirs: int) -> Verdict:
        gaps = self._values[:, ours] - self._values[:, theirs]
        difference = self.rows[ours].score - self.rows[theirs].score
        test = "bootstrap of whole sequences"
        ahead, behind = (round(max(sign * difference, 0.0) * self.n) for sign in (1, -1))
        ends = interval(gaps) if np.ptp(gaps) > 0 else paired_difference(ahead, behind, self.n)
        return _verdict(self._outcomes[theirs], difference, ends, two_sided(gaps), self.n, test, True)


class NumberAnswers:
    """Numbers: r2 with the percentile bootstrap's interval, and the paired bootstrap."""

    metric: Literal["accuracy", "r2"] = "r2"

    def __init__(
        self, outcomes: Sequence[Outcome], truth: NDArray[Any], statistic_of: Callable[..., Any] = r2_of
    ) -> None:
        self._outcomes, self.n = outcomes, len(truth)
        self._truth = truth.astype(np.float64).reshape(self.n, -1)
        self._answers = [each.predictions.astype(np.float64).reshape(self.n, -1) for each in outcomes]
        self._statistic = statistic_of(self._truth, *self._answers)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", over="ignore"):  # of answers that are no numbers
            return bootstrap(self._statistic, self.n)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        with np.errstate(invalid="ignore", over="ignore"):
            scores = self._statistic(np.ones((1, self.n)))[0]
        return tuple(
            _row(outcome, float(score), interval(column)) if np.isfinite(column).all() else _worthless(outcome)
            for outcome, score, column in zip(self._outcomes, scores, self._values.T, strict=True)
        )

    @property
    def each(self) -> tuple[NDArray[np.float64], ...]:
        with np.errstate(over="ignore"):
            return tuple(((answer - self._truth) ** 2).mean(axis=1) for answer in self._answers)

    def judge(self, ours: int, theirs: int) -> Verdict:
        if WORTHLESS in (self.rows[ours].note, self.rows[theirs].note):
            spoilt, other = (ours, theirs) if self.rows[ours].note == WORTHLESS else (theirs, ours)
            return _undecided(self._outcomes[spoilt], self._outcomes[other], self._outcomes[theirs].name, self.n)
        gaps = self._values[:, ours] - self._values[:, theirs]
        difference = self.rows[ours].score - self.rows[theirs].score
        rival = self._outcomes[theirs]
        return _verdict(rival, difference, interval(gaps), two_sided(gaps), self.n, "paired bootstrap", False)


def _row(outcome: Outcome, score: float, ends: tuple[float, float]) -> Row:
    return Row(
        outcome.name, outcome.kind, score, *ends, outcome.parameters, outcome.seconds, outcome.title, outcome.loss,
        outcome.note, outcome.predict_seconds, outcome.multiply_adds,
    )  # fmt: skip


def _worthless(outcome: Outcome) -> Row:
    """Below every other, since some answers are no numbers."""
    return replace(_row(outcome, -np.inf, (-np.inf, -np.inf)), note=WORTHLESS)


def _verdict(
    other: Outcome, difference: float, ends: tuple[float, float], p_value: float, n: int, test: str, in_points: bool
) -> Verdict:
    text = verdict_words(named(other), difference, ends, p_value, n, test, in_points)
    return Verdict(other.name, difference, *ends, p_value, p_value < 0.05 and difference > 0, text, test=test)


def _undecided(ours: Outcome, other: Outcome, against: str, n: int) -> Verdict:
    nan = float("nan")
    subject = "Your network" if ours.kind == "network" else ours.title
    text = (
        f"{subject} cannot be set against {named(other)}: not all its answers on the {n:,} examples are "
        "numbers. Train it anew with a lower learning rate."
    )
    return Verdict(against, nan, nan, nan, nan, False, text)

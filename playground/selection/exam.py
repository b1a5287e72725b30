"""The final exam: network and baselines scored on the test part in one look, and what looking again costs.

Counting and dating the looks is app/exam.py's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf, isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples
from playground.selection.judging import scored
from playground.selection.outcome import Outcome, Verdict
from playground.selection.statistics import Z95
from playground.selection.table import score_words


@dataclass(frozen=True)
class RivalScore:
    """A baseline's score on the test part, in the same look."""

    name: str
    title: str
    score: float
    low: float
    high: float


@dataclass(frozen=True)
class ExamScore:
    """A network's score on the test part, and what stood beside it."""

    metric: str
    score: float
    low: float
    high: float
    n: int
    rivals: tuple[RivalScore, ...] = ()
    """In the order in which they were fitted."""
    verdict: Verdict | None = None
    """The network against the baseline that was strongest on the validation part: chosen before the test part was
    opened, so that one test needs no correction. None where no baseline answered."""

    @property
    def error(self) -> float:
        """Standard error, read off the 95 % interval."""
        return (self.high - self.low) / (2 * Z95)


def examine(predictions: NDArray[Any], examples: Examples, baselines: Sequence[Outcome] = ()) -> ExamScore:
    """Score a network's answers for the test part, and the baselines' beside them; these without answers are left out.

    Raises: ValueError: If there is no test part.
    """
    if not len(examples.test):
        raise ValueError("These data have no test part. Choose a share for it beside the data.")
    answered = [replace(each, predictions=each.unseen) for each in baselines if each.unseen is not None]
    network = Outcome("network", "Your network", "network", predictions, 0.0, 0, 0.0)
    found = scored([network, *answered], examples, examples.test)
    own, *others = found.rows
    rivals = tuple(RivalScore(row.name, row.title, row.score, row.low, row.high) for row in others)
    sitting = [each for each in baselines if each.unseen is not None]
    verdict = found.judge(0, 1 + _strongest(sitting, examples)) if sitting else None
    return ExamScore(found.metric, own.score, own.low, own.high, found.n, rivals, verdict)


def _strongest(baselines: Sequence[Outcome], examples: Examples) -> int:
    """Which of them is best on the validation part."""
    rows = scored(baselines, examples).rows
    return max(range(len(rows)), key=lambda place: rows[place].score)


def expected_best(count: int) -> float:
    """Mean of the largest of so many independent standard normal values; 0 for one.

    Source: David and Nagaraja 2003, "Order statistics", section 3.1, by the trapezoidal rule.

    >>> [round(expected_best(count), 3) for count in (1, 2, 3, 5)]
    [0.0, 0.564, 0.846, 1.163]
    """
    x = np.linspace(-9.0, 9.0, 3601)
    below = np.array([0.5 * (1 + erf(value / sqrt(2))) for value in x])
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return float((x * count * density * below ** (count - 1)).sum() * (x[1] - x[0])) if count > 1 else 0.0


def cost_words(looks: int, error: float | None, metric: str) -> str:
    """What one more look costs, when there were so many before. error: of a score on that part, if it is known."""
    if not looks:
        return (
            "This will be the first look. Choose your network by the validation score and look here once, at the end: "
            "then the score is an honest estimate of how it does on new examples."
        )
    times = "once" if looks == 1 else f"{looks} times"
    words = (
        f"This test part was looked at {times} before. Whoever looks again and keeps the better network has chosen "
        "by the test part, and its score is too good."
    )
    if error is not None and isfinite(error) and error > 0:
        gain = expected_best(looks + 1) * error
        size = f"{gain * 100:.1f} points" if metric == "accuracy" else f"{gain:.3f} of R²"
        words += f" Of {looks + 1} equally good networks the best one looks some {size} better here than it is."
    return words


def result_words(found: ExamScore, valid: float | None, looks: int) -> str:
    """The result in a few sentences. looks: how many there were now, this one counted."""
    unit = " %" if found.metric == "accuracy" else " (R²)"
    score, low, high = (score_words(value, found.metric) for value in (found.score, found.low, found.high))
    words = f"On {found.n:,} test examples: {score}{unit}, 95 % interval {low} to {high}."
    if valid is not None and isfinite(valid):
        words += f" On the validation part it was {score_words(valid, found.metric)}{unit}"
        words += ", by which it was chosen: that score is optimistic." if valid > found.score else "."
    if found.verdict is not None:
        words += f" {found.verdict.text}"
    if looks > 1:
        words += f" This was look number {looks} at this test part: say so where you report it."
    return words

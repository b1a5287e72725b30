"""The network beside its baselines on the same validation examples: scores, intervals, and a verdict in words.

Knows neither torch nor scikit-learn: it compares answers, wherever they come from (baselines.py, network.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples
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

Kind = Literal["network", "baseline"]
IN_A_SENTENCE = {"majority": "the majority class", "mean": "the mean"}
"""Models whose title needs more than a small letter in the middle of a sentence."""
WORTHLESS = "some of its answers are no numbers"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one model answered on the validation part."""

    name: str
    title: str
    kind: Kind
    predictions: NDArray[Any]
    """Classes (n,) or (n, steps), or numbers (n, columns) in the data's own units."""
    loss: float
    """On the validation part, in the network's own loss."""
    parameters: int
    seconds: float
    """Time of fitting."""
    note: str = ""
    """What a person should know of the fit."""


@dataclass(frozen=True)
class Row:
    """One model in the table."""

    name: str
    kind: Kind
    score: float
    """Accuracy, or r2; −inf if some answers are no numbers."""
    low: float
    """Of the 95 % interval: Wilson's for accuracy, the percentile bootstrap's for r2."""
    high: float
    parameters: int
    seconds: float
    title: str = ""
    loss: float = float("nan")
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether the network is better than the best baseline worth the name."""

    against: str
    difference: float
    low: float
    high: float
    p_value: float
    better: bool
    text: str


@dataclass(frozen=True)
class Comparison:
    """The table and the verdict; there is none before a baseline is fitted."""

    metric: Literal["accuracy", "r2"]
    n: int
    models: tuple[Row, ...]
    verdict: Verdict | None = None
    split: str = field(default="valid")

    def to_json(self) -> dict[str, Any]:
        """As `playground compare --json` prints it."""
        keys = ("name", "kind", "score", "low", "high", "parameters", "seconds")
        return {
            "metric": self.metric,
            "split": self.split,
            "n": self.n,
            "models": [{key: getattr(row, key) for key in keys} for row in self.models],
            "verdict": asdict(self.verdict) if self.verdict else None,
        }


def compare(network: Outcome, baselines: Sequence[Outcome], examples: Examples) -> Comparison:
    """Score all on the validation part, and set the network against the strongest baseline."""
    outcomes = (network, *baselines)
    if examples.targets is None:
        if examples.valid.targets.ndim > 1:
            return _compare_sequences(outcomes, examples.valid.targets)
        return _compare_classes(outcomes, examples.valid.targets)
    if examples.is_rebuilding:
        return _compare_numbers(
            outcomes, examples.targets.undo(examples.valid.targets.astype(np.float32)), r2_weighted_of
        )
    return _compare_numbers(outcomes, examples.targets.undo(examples.valid.targets.astype(np.float32)))


def _compare_classes(outcomes: Sequence[Outcome], truth: NDArray[Any]) -> Comparison:
    n, right = len(truth), [outcome.predictions == truth for outcome in outcomes]
    counts = [int(each.sum()) for each in right]
    rows = tuple(_row(outcome, count / n, wilson(count, n)) for outcome, count in zip(outcomes, counts, strict=True))
    rival = _strongest(rows)
    verdict = _judge_classes(outcomes[rival], right[0], right[rival]) if rival else None
    return Comparison("accuracy", n, rows, verdict)


def _compare_sequences(outcomes: Sequence[Outcome], truth: NDArray[Any]) -> Comparison:
    """Accuracy over all steps; the steps of one sequence hang together, so that whole sequences are resampled."""
    n, right = len(truth), np.stack([(each.predictions == truth).mean(axis=1) for each in outcomes], axis=1)

    def statistic(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        means: NDArray[np.float64] = drawn @ right / drawn.sum(axis=1, keepdims=True)
        return means

    scores, values = right.mean(axis=0), bootstrap(statistic, n)
    rows = tuple(
        _row(outcome, float(score), interval(column))
        for outcome, score, column in zip(outcomes, scores, values.T, strict=True)
    )
    rival = _strongest(rows)
    if not rival:
        return Comparison("accuracy", n, rows)
    gaps, difference = values[:, 0] - values[:, rival], float(scores[0] - scores[rival])
    (low, high), p_value = interval(gaps), two_sided(gaps)
    name, test = _named(outcomes[rival]), "bootstrap of whole sequences"
    text = _words(name, difference, low, high, p_value, n, test, "points", 100, 1)
    better = p_value < 0.05 and difference > 0
    return Comparison("accuracy", n, rows, Verdict(outcomes[rival].name, difference, low, high, p_value, better, text))


def _compare_numbers(
    outcomes: Sequence[Outcome], truth: NDArray[Any], statistic_of: Callable[..., Any] = r2_of
) -> Comparison:
    n = len(truth)
    statistic = statistic_of(truth.astype(np.float64), *(each.predictions.astype(np.float64) for each in outcomes))
    with np.errstate(invalid="ignore", over="ignore"):  # of answers that are no numbers
        scores, values = statistic(np.ones((1, n)))[0], bootstrap(statistic, n)
    rows = tuple(
        _row(outcome, float(score), interval(column)) if np.isfinite(column).all() else _worthless(outcome)
        for outcome, score, column in zip(outcomes, scores, values.T, strict=True)
    )
    rival = _strongest(rows)
    if not rival:
        return Comparison("r2", n, rows)
    if rows[0].note == WORTHLESS:
        return Comparison("r2", n, rows, _undecided(outcomes[rival], n))
    gaps = values[:, 0] - values[:, rival]
    return Comparison("r2", n, rows, _judge_numbers(outcomes[rival], float(scores[0] - scores[rival]), gaps, n))


def _row(outcome: Outcome, score: float, ends: tuple[float, float]) -> Row:
    return Row(
        outcome.name, outcome.kind, score, *ends, outcome.parameters, outcome.seconds, outcome.title, outcome.loss,
        outcome.note,
    )  # fmt: skip


def _worthless(outcome: Outcome) -> Row:
    """Below every other, since some answers are no numbers."""
    return replace(_row(outcome, -np.inf, (-np.inf, -np.inf)), note=WORTHLESS)


def _strongest(rows: Sequence[Row]) -> int:
    """Which baseline scores best; 0, the network's own place, if there is none."""
    return max(range(1, len(rows)), key=lambda index: rows[index].score, default=0)


def _judge_classes(baseline: Outcome, ours: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> Verdict:
    n, only_ours, only_theirs = len(ours), int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    difference = (only_ours - only_theirs) / n
    low, high = paired_difference(only_ours, only_theirs, n)
    p_value = mcnemar_exact(only_ours, only_theirs)
    text = _words(_named(baseline), difference, low, high, p_value, n, "McNemar's exact test", "points", 100, 1)
    return Verdict(baseline.name, difference, low, high, p_value, p_value < 0.05 and difference > 0, text)


def _judge_numbers(baseline: Outcome, difference: float, gaps: NDArray[np.float64], n: int) -> Verdict:
    (low, high), p_value = interval(gaps), two_sided(gaps)
    text = _words(_named(baseline), difference, low, high, p_value, n, "paired bootstrap", "of R²", 1, 3)
    return Verdict(baseline.name, difference, low, high, p_value, p_value < 0.05 and difference > 0, text)


def _undecided(baseline: Outcome, n: int) -> Verdict:
    nan = float("nan")
    text = (
        f"Your network cannot be set against {_named(baseline)}: not all its answers on the {n:,} validation examples "
        "are numbers. Train it anew with a lower learning rate."
    )
    return Verdict(baseline.name, nan, nan, nan, nan, False, text)


def _named(outcome: Outcome) -> str:
    """The model in the middle of a sentence."""
    return IN_A_SENTENCE.get(outcome.name, outcome.title[0].lower() + outcome.title[1:])


def _words(
    name: str, difference: float, low: float, high: float, p_value: float, n: int, test: str, unit: str,
    times: int, digits: int,
) -> str:  # fmt: skip
    """The verdict as a teacher would say it."""

    def figure(value: float) -> str:
        return f"{value * times:.{digits}f}" if abs(value) < 1000 else f"{value * times:.1e}"

    p = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}" if p_value >= 0.1 else f"p = {p_value:.3f}"
    size = f"{figure(abs(difference))} {unit}"
    bounds = f"95 % interval {figure(low)} to {figure(high)}".replace("-", "−")
    evidence = f"({bounds}; {test}, {p}, n = {n:,})"
    if p_value < 0.05:
        return f"{'Better' if difference > 0 else 'Worse'} than {name} by {size} {evidence}."
    if difference == 0:
        return f"No better than {name}: the same score {evidence}."
    side = "ahead of" if difference > 0 else "behind"
    return f"Not shown to be different from {name}: {size} {side} it, which may be chance {evidence}."

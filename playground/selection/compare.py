"""The network beside its baselines on the same validation examples: scores, intervals, and a verdict in words.

Knows neither torch nor scikit-learn: it compares answers, wherever they come from (baselines.py, network.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
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
    two_sided,
    wilson,
)

Kind = Literal["network", "baseline"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one model answered on the validation part."""

    name: str
    title: str
    kind: Kind
    predictions: NDArray[Any]
    """Classes (n,), or numbers (n, columns) in the data's own units."""
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
    """Accuracy, or r2."""
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
    is_classes = examples.targets is None
    truth: NDArray[Any] = examples.valid.targets
    if examples.targets is not None:
        truth = examples.targets.undo(truth.astype(np.float32))
    outcomes = (network, *baselines)
    rows = tuple(_row(outcome, truth, is_classes) for outcome in outcomes)
    verdict = None
    if baselines:
        strongest = max(range(len(baselines)), key=lambda index: rows[index + 1].score)
        judge = _judge_classes if is_classes else _judge_numbers
        verdict = judge(network, baselines[strongest], truth)
    return Comparison("accuracy" if is_classes else "r2", len(truth), rows, verdict)


def _row(outcome: Outcome, truth: NDArray[Any], is_classes: bool) -> Row:
    if is_classes:
        right = int((outcome.predictions == truth).sum())
        score, (low, high) = right / len(truth), wilson(right, len(truth))
    else:
        true, guess = truth.astype(np.float64), outcome.predictions.astype(np.float64)
        statistic = r2_of(true, guess)
        score = float(statistic(np.arange(len(true))[None])[0])
        low, high = interval(bootstrap(statistic, len(true)))
    return Row(
        outcome.name, outcome.kind, score, low, high, outcome.parameters, outcome.seconds, outcome.title, outcome.loss,
        outcome.note,
    )  # fmt: skip


def _judge_classes(network: Outcome, baseline: Outcome, truth: NDArray[Any]) -> Verdict:
    ours, theirs = network.predictions == truth, baseline.predictions == truth
    only_ours, only_theirs = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    difference = (only_ours - only_theirs) / len(truth)
    low, high = paired_difference(only_ours, only_theirs, len(truth))
    p_value = mcnemar_exact(only_ours, only_theirs)
    text = _words(baseline.title, difference, low, high, p_value, len(truth), "McNemar's exact test", "points", 100, 1)
    return Verdict(baseline.name, difference, low, high, p_value, p_value < 0.05 and difference > 0, text)


def _judge_numbers(network: Outcome, baseline: Outcome, truth: NDArray[Any]) -> Verdict:
    true = truth.astype(np.float64)
    ours, theirs = (r2_of(true, outcome.predictions.astype(np.float64)) for outcome in (network, baseline))

    def gap(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = ours(rows) - theirs(rows)
        return found

    values = bootstrap(gap, len(true))
    difference = float(gap(np.arange(len(true))[None])[0])
    (low, high), p_value = interval(values), two_sided(values)
    text = _words(baseline.title, difference, low, high, p_value, len(true), "paired bootstrap", "of R²", 1, 3)
    return Verdict(baseline.name, difference, low, high, p_value, p_value < 0.05 and difference > 0, text)


def _words(
    title: str, difference: float, low: float, high: float, p_value: float, n: int, test: str, unit: str,
    times: int, digits: int,
) -> str:  # fmt: skip
    """The verdict as a teacher would say it."""
    name = title[0].lower() + title[1:]
    p = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"
    size = f"{abs(difference) * times:.{digits}f} {unit}"
    bounds = f"95 % interval {low * times:.{digits}f} to {high * times:.{digits}f}".replace("-", "−")
    evidence = f"({bounds}; {test}, {p}, n = {n:,})"
    if p_value < 0.05:
        return f"{'Better' if difference > 0 else 'Worse'} than {name} by {size} {evidence}."
    if difference == 0:
        return f"No better than {name}: the same score {evidence}."
    side = "ahead of" if difference > 0 else "behind"
    return f"Not shown to be different from {name}: {size} {side} it, which may be chance {evidence}."

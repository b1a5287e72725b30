"""What repeating a training says: the spread over folds or seeds, and whether a difference is more than luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan, sqrt

import numpy as np

from playground.selection.pooled import Pooled
from playground.selection.statistics import ROUNDING, two_tailed_t
from playground.selection.table import score_words


@dataclass(frozen=True)
class Spread:
    """Scores of one model over folds or seeds."""

    mean: float
    sd: float
    """Sample standard deviation (n − 1); NaN for a single one."""
    low: float
    high: float
    """Least and greatest."""
    count: int


def spread_of(scores: Sequence[float]) -> Spread:
    """Raises ValueError for none."""
    values = np.asarray(scores, float)
    if not len(values):
        raise ValueError("There is no score yet.")
    sd = float(values.std(ddof=1)) if len(values) > 1 else nan
    return Spread(float(values.mean()), sd, float(values.min()), float(values.max()), len(values))


def corrected_t(differences: Sequence[float], train: int, valid: int) -> tuple[float, float]:
    """Student's t and two-sided p-value of a mean difference over folds, whose training parts overlap.

    train, valid: examples of one fold's two parts. NaN where nothing can be said.
    Source: Nadeau and Bengio 2003, "Inference for the generalization error", Machine Learning 52, section 3:
    the variance of k differences is multiplied by 1/k + valid/train in place of 1/k.
    """
    values = np.asarray(differences, float)
    count = len(values)
    variance = float(values.var(ddof=1)) if count > 1 else 0.0
    if count < 2 or not isfinite(variance) or variance <= ROUNDING or train < 1:
        return nan, nan
    t = float(values.mean()) / sqrt((1 / count + valid / train) * variance)
    return t, two_tailed_t(t, count - 1)


def spread_words(found: Spread, metric: str, of: str) -> str:
    """As in: 97.1 ± 0.9 % over 5 folds (95.8 to 98.2). of: folds, or seeds."""
    unit = " %" if metric == "accuracy" else " (R²)"
    mean, low, high = (score_words(value, metric) for value in (found.mean, found.low, found.high))
    if found.count < 2:
        return f"{mean}{unit}"
    return f"{mean} ± {score_words(found.sd, metric)}{unit} over {found.count} {of} ({low} to {high})"


def pooled_words(found: Pooled, metric: str) -> str:
    """As in: 51.5 % of 68 examples, each answered by a network that had not seen it (95 % interval 39.9 to 62.9 %)."""
    score, low, high = (score_words(value, metric) for value in (found.measures[metric], found.low, found.high))
    if metric == "accuracy":
        return f"{score} % of {found.n:,} answers to examples left out (95 % interval {low} to {high} %)"
    rmse = f"{found.measures['rmse']:.4g}"
    return (
        f"R² {score}, RMSE {rmse} over {found.n:,} answers to examples left out (95 % interval of R² {low} to {high})"
    )


def folds_verdict(
    ours: Sequence[float], theirs: Sequence[float], name: str, metric: str, train: int, valid: int
) -> str:
    """Whether the network is better than a baseline, fold by fold."""
    gaps = np.asarray(ours, float) - np.asarray(theirs, float)
    won, count = int((gaps > 0).sum()), len(gaps)
    _, p_value = corrected_t(gaps.tolist(), train, valid)
    mean = score_words(abs(float(gaps.mean())), metric)
    size = f"{mean} {'points' if metric == 'accuracy' else 'of R²'}"
    evidence = f"better in {won} of {count} folds"
    if isfinite(p_value):
        told = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"
        evidence += f"; corrected resampled t-test, {told}"
    if isfinite(p_value) and p_value < 0.05:
        return f"{'Better' if gaps.mean() > 0 else 'Worse'} than {name} by {size} on average ({evidence})."
    side = "ahead of" if gaps.mean() >= 0 else "behind"
    return f"Not shown to be different from {name}: {size} {side} it on average ({evidence})."


def seeds_verdict(found: Spread, metric: str, baseline: float | None, name: str) -> str:
    """What other seeds say of one run's score."""
    unit = "points" if metric == "accuracy" else "of R²"
    words = f"Between the luckiest and the unluckiest seed lie {score_words(found.high - found.low, metric)} {unit}"
    words += ": a gain smaller than that needs more than one run to be believed."
    if baseline is not None:
        beaten = "all" if found.low > baseline else "none" if found.high <= baseline else "some"
        words += f" {beaten.capitalize()} of them beat {name} ({score_words(baseline, metric)})."
    return words

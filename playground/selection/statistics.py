"""Intervals and tests for scores on a finite number of examples. The tests hold them against scipy's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
"""The normal distribution's 97.5 % point."""
RESAMPLES = 2000
AT_ONCE = 300_000
"""Values drawn before they are summed: few enough to stay in the processor's cache."""
ROUNDING = 1e-12
"""A spread below this share of the sum of squares is what rounding leaves of none."""

Array = NDArray[np.float64]


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share, without continuity correction.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    >>> low, high = wilson(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    if count == 0:
        return 0.0, 1.0
    share, z2 = right / count, Z95 * Z95
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z95 / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p-value that two classifiers are equally good: a fair coin for each example only one gets right.

    Source: McNemar 1947; exact form in Dietterich 1998, "Approximate statistical tests", section 3.1.

    >>> mcnemar_exact(1, 9)
    0.021484375
    """
    count = only_first + only_second
    if count == 0:
        return 1.0
    tail = sum(comb(count, k) for k in range(min(only_first, only_second) + 1))
    return float(min(1.0, 2 * tail / 2**count))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values of several tests: rejecting those below 0.05 errs anywhere in at most 1 case of 20.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure": the smallest times the number of
    tests, the next times one less, and so on, never falling again.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted, worst = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = worst
    return tuple(adjusted)


def paired_difference(only_first: int, only_second: int, count: int) -> tuple[float, float]:
    """95 % interval of the difference of two accuracies on the same examples.

    Near p = 0.05 it may leave out 0 where McNemar's exact test, which is the more cautious, does not reject.
    Source: Agresti and Min 2005, "Simple improved confidence intervals for comparing matched proportions": Wald's
    interval after adding half an example to each of the four cells.

    >>> low, high = paired_difference(31, 0, 75)
    >>> round(low, 3), round(high, 3)
    (0.29, 0.515)
    """
    n, b, c = count + 2, only_first + 0.5, only_second + 0.5
    difference = (b - c) / n
    half = Z95 * sqrt((b + c) - (b - c) ** 2 / n) / n
    return max(-1.0, difference - half), min(1.0, difference + half)


def bootstrap(statistic: Callable[[Array], Array], count: int, seed: int = 0) -> Array:
    """A statistic of RESAMPLES resamples of `count` examples, a row each.

    statistic takes (resamples, count): how often each example was drawn. Sums over a resample are then one product of
    matrices, several times faster than picking its examples.
    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13 (percentile interval).
    """
    random = np.random.default_rng(seed)
    at_once = max(1, min(RESAMPLES, AT_ONCE // max(1, count)))
    return np.concatenate([statistic(_drawn(random, size, count)) for size in _pieces(RESAMPLES, at_once)])


def _drawn(random: np.random.Generator, resamples: int, count: int) -> Array:
    each = [np.bincount(random.integers(0, count, count), minlength=count) for _ in range(resamples)]
    return np.stack(each).astype(np.float64)


def _pieces(total: int, at_once: int) -> list[int]:
    whole, rest = divmod(total, at_once)
    return [at_once] * whole + ([rest] if rest else [])


def interval(values: Array) -> tuple[float, float]:
    """The middle 95 % of bootstrapped values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def two_sided(values: Array) -> float:
    """Bootstrap p-value that the statistic is 0: twice the smaller share on either side, at least 1 / resamples.

    Source: Efron and Tibshirani 1993, section 15.4, by inverting the percentile interval.
    """
    below, above = float(np.mean(values <= 0)), float(np.mean(values >= 0))
    return min(1.0, max(2 * min(below, above), 1 / len(values)))


def two_tailed_t(t: float, freedom: int) -> float:
    """Two-sided p-value of Student's t."""
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(t)))


def r2_of(truth: Array, *answers: Array) -> Callable[[Array], Array]:
    """r2 of several models' answers, (n, columns) each and averaged over the columns, for bootstrap().

    Gives (resamples, models). As scikit-learn has it where all targets are equal: 1 if every answer is right, else 0.
    """
    centred = truth - truth.mean(axis=0)
    errors2 = np.concatenate([(answer - truth) ** 2 for answer in answers], axis=1)

    def statistic(drawn: Array) -> Array:
        squares = drawn @ centred**2
        spread = squares - (drawn @ centred) ** 2 / drawn.sum(axis=1, keepdims=True)
        spread = np.where(spread > ROUNDING * squares, spread, 0)[:, None, :]
        left = (drawn @ errors2).reshape(len(drawn), len(answers), -1)
        equal = np.where(left > 0, 0.0, 1.0)
        mean: Array = np.where(spread > 0, 1 - left / np.where(spread > 0, spread, 1), equal).mean(axis=2)
        return mean

    return statistic


def r2_weighted_of(truth: Array, *answers: Array) -> Callable[[Array], Array]:
    """r2 of several models' answers with columns weighted by their variance, for bootstrap(): (resamples, models).

    The spread is taken around the columns' means over all examples, not over each resample.
    """
    spread = ((truth - truth.mean(axis=0)) ** 2).sum(axis=1)
    errors = np.stack([((answer - truth) ** 2).sum(axis=1) for answer in answers], axis=1)

    def statistic(drawn: Array) -> Array:
        share: Array = 1 - (drawn @ errors) / (drawn @ spread)[:, None]
        return share

    return statistic

"""Intervals and tests for scores on a finite number of examples. The tests hold them against scipy's own."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
"""The normal distribution's 97.5 % point."""
RESAMPLES = 2000

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


def bootstrap(statistic: Callable[[NDArray[np.int64]], Array], count: int, seed: int = 0) -> Array:
    """A statistic of RESAMPLES resamples of `count` examples: statistic takes (resamples, count) row numbers.

    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13 (percentile interval).
    """
    random = np.random.default_rng(seed)
    at_once = max(1, min(RESAMPLES, 2_000_000 // max(1, count)))
    pieces = [statistic(random.integers(0, count, (size, count))) for size in _pieces(RESAMPLES, at_once)]
    return np.concatenate(pieces)


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


def r2_of(truth: Array, predicted: Array) -> Callable[[NDArray[np.int64]], Array]:
    """r2 of resampled examples, (n, columns) averaged over the columns, for bootstrap()."""
    error2 = (predicted - truth) ** 2

    def statistic(rows: NDArray[np.int64]) -> Array:
        chosen = truth[rows]
        spread = ((chosen - chosen.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        left = error2[rows].sum(axis=1)
        each: Array = 1 - left / np.where(spread > 0, spread, np.inf)
        mean: Array = each.mean(axis=1)
        return mean

    return statistic

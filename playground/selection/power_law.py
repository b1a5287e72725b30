"""A power law through the points of a learning curve: error = a · n^−b + c.

Sources: Hestness et al. 2017, "Deep learning scaling is predictable, empirically", arXiv:1712.00409; Viering and Loog
2023, "The shape of learning curves: a review", IEEE Transactions on Pattern Analysis and Machine Intelligence 45,
who also show that many curves are of another shape: hence trusted(). Knows numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EXPONENTS = (0.01, 4.0)
"""Least and greatest b."""
GRID, ROUNDS = 200, 6
"""Exponents tried at first, and how often the best one's surroundings are tried again, each ten times finer."""
FEWEST = 5
"""Sizes from which on a curve is trusted to show its shape."""
GOOD = 0.9
"""R² of the logarithms of the errors, at least."""
KEPT_BACK = 2
"""Largest sizes that the law must foresee from the smaller ones."""
OFF = 0.15
"""How far off it may be there, as a share of the error."""


@dataclass(frozen=True)
class PowerLaw:
    """error = a · n^−b + c."""

    a: float
    b: float
    c: float
    """What is left however many examples there are."""
    r2: float
    """Of the logarithms of the errors it was fitted to; −inf where they are all the same."""
    noise: float
    """Standard deviation of (error − law) / error, over sizes − 3 degrees of freedom; NaN for three sizes or fewer."""

    def at(self, sizes: Array | float) -> Array:
        """The errors it foresees."""
        foreseen: Array = self.a * np.asarray(sizes, np.float64) ** -self.b + self.c
        return foreseen


def fit_power_law(sizes: Array, errors: Array) -> PowerLaw | None:
    """The law with the least sum of squared relative deviations, a and c not below 0, b within EXPONENTS.

    Variable projection (Golub and Pereyra 1973): for each b the best a and c are a linear problem, so that only b is
    searched, on a grid that grows finer. None for fewer than three different sizes, or errors that are not above 0.
    """
    sizes, errors = np.asarray(sizes, np.float64), np.asarray(errors, np.float64)
    usable = np.isfinite(errors).all() and len(errors) > 0 and bool((errors > 0).all())
    if not usable or len(np.unique(sizes)) < 3:
        return None
    grid = np.geomspace(*EXPONENTS, GRID)
    for _ in range(ROUNDS):
        a, c, cost = _linear(grid, sizes, errors)
        best = int(cost.argmin())
        low, high = grid[max(0, best - 1)], grid[min(len(grid) - 1, best + 1)]
        found = float(a[best]), float(grid[best]), float(c[best])
        grid = np.linspace(low, high, 21)
    law = PowerLaw(*found, 0.0, 0.0)
    off = (errors - law.at(sizes)) / errors
    free = len(sizes) - 3
    noise = float(np.sqrt((off**2).sum() / free)) if free > 0 else float("nan")
    return PowerLaw(*found, _r2(np.log(errors), np.log(law.at(sizes))), noise)


def _linear(exponents: Array, sizes: Array, errors: Array) -> tuple[Array, Array, Array]:
    """The best a and c for each exponent, (k,), and the sum of squared relative deviations."""
    scale = sizes.min()
    x = (sizes[None, :] / scale) ** -exponents[:, None] / errors
    u = 1 / errors
    xx, xu, uu = (x * x).sum(1), x @ u, float(u @ u)
    x1, u1 = x.sum(1), float(u.sum())
    det = xx * uu - xu**2
    safe = np.where(det > 1e-12 * xx * uu, det, np.inf)
    a, c = (x1 * uu - u1 * xu) / safe, (xx * u1 - xu * x1) / safe
    only_a, only_c = x1 / xx, u1 / uu
    a, c = np.where(c < 0, only_a, a), np.where(c < 0, 0.0, c)
    flat = (a < 0) | (det <= 1e-12 * xx * uu)
    a, c = np.where(flat, 0.0, a), np.where(flat, only_c, c)
    cost = ((a[:, None] * x + c[:, None] * u - 1) ** 2).sum(1)
    return a * scale**exponents, c, cost


def _r2(truth: Array, guess: Array) -> float:
    spread = float(((truth - truth.mean()) ** 2).sum())
    return 1 - float(((truth - guess) ** 2).sum()) / spread if spread > 1e-12 else float("-inf")


def trusted(sizes: Array, errors: Array, halves: Array | float = 0.0, ahead: float = 2.0) -> bool:
    """Whether the law may be drawn on up to `ahead` times the largest size.

    There are FEWEST sizes; the fit is GOOD; what is foreseen is no worse than what is there; and the end was foreseen:
    the law of all but the KEPT_BACK largest sizes comes within OFF of their errors, or within their intervals.
    halves: half of each error's interval.
    """
    sizes, errors = np.asarray(sizes, np.float64), np.asarray(errors, np.float64)
    law = fit_power_law(sizes, errors)
    if law is None or len(sizes) < FEWEST or law.r2 < GOOD or law.at(ahead * sizes[-1]) > errors[-1]:
        return False
    early = fit_power_law(sizes[:-KEPT_BACK], errors[:-KEPT_BACK])
    if early is None:
        return False
    foreseen, seen = early.at(sizes[-KEPT_BACK:]), errors[-KEPT_BACK:]
    allowed = np.maximum(OFF * seen, np.broadcast_to(halves, errors.shape)[-KEPT_BACK:])
    return bool((np.abs(foreseen - seen) <= allowed).all())

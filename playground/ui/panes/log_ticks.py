"""Where a logarithmic axis has its ticks: decades, or 1, 2, 5, or finer, so that at least three figures are in view.

Arithmetic alone; plots.py puts it on the axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FEWEST = 3
"""Figures that are in view at least: of two nobody sees that the scale is logarithmic."""
ALL = tuple(range(1, 10))


def log_ticks(low: float, high: float, most: int) -> tuple[list[float], list[float]]:
    """Places of ticks with figures, and of those without, as powers of ten between low and high.

    most: figures there is room for; FEWEST stay in any case.

    >>> [round(10**at, 6) for at in log_ticks(-2.0, 0.0, 8)[0]]
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    >>> [round(10**at, 6) for at in log_ticks(math.log10(0.612), math.log10(0.695), 4)[0]]
    [0.62, 0.64, 0.66, 0.68]
    """
    low, high = max(low, -300.0), min(high, 300.0)
    most = max(most, FEWEST)
    if not low < high:
        return [], []
    fine = _within(low, high, ALL)
    for found in (_within(low, high, (1, 2, 5)), _within(low, high, (1,))):
        if FEWEST <= len(found) <= most:
            return found, [at for at in fine if at not in found] if len(fine) < 5 * most else []
    decades = _within(low, high, (1,))
    if len(decades) > most:
        thinned = [decades[::step] for step in range(math.ceil(len(decades) / most), 0, -1)]
        return next(each for each in thinned if len(each) >= FEWEST), decades
    return _even(low, high, most)


def _within(low: float, high: float, digits: Sequence[int]) -> list[float]:
    decades = range(math.floor(low), math.ceil(high) + 1)
    every = (decade + math.log10(digit) for decade in decades for digit in digits)
    return [at for at in every if low <= at <= high]


def _even(low: float, high: float, most: int) -> tuple[list[float], list[float]]:
    """Round numbers evenly apart, for less than a decade: few lie at 1, 2 or 5."""
    least, largest = 10.0**low, 10.0**high
    rough = (largest - least) / most
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [digit * power for digit in (10, 5, 2, 1, 0.5, 0.2, 0.1)]
    found = [_multiples(least, largest, step) for step in steps]
    chosen = next((each for each in found if FEWEST <= len(each) <= most), None)
    chosen = chosen or next((each for each in found if len(each) >= FEWEST), found[-1])
    places = [math.log10(value) for value in chosen]
    return places, [at for at in _within(low, high, ALL) if at not in places]


def _multiples(least: float, largest: float, step: float) -> list[float]:
    first, last = math.ceil(least / step - 1e-9), math.floor(largest / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in np.arange(first, last + 1) if number > 0]


def log_words(place: float) -> str:
    """The figure at a place.

    >>> log_words(-2.0), log_words(math.log10(0.0105)), log_words(-7.0), log_words(3.0)
    ('0.01', '0.0105', '1e−7', '1000')
    """
    words = f"{10.0**place:.6g}"
    mantissa, has_power, power = words.partition("e")
    return f"{mantissa}e{int(power)}".replace("-", "−") if has_power else words

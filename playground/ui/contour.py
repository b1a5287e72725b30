"""Where an array over the plane is 0, as short lines; and round figures for axes. Knows numpy alone."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

_SIDES = ((0, 1), (1, 3), (2, 3), (0, 2))
"""Of a cell, by the numbers of its corners: 0 and 1 in the upper row, 2 and 3 in the lower."""


def zero_lines(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Lines (n, 4), each from (x, y) to (x, y) in cells between the array's values, where it changes its sign.

    Marching squares: a cell's side is crossed where its ends differ in sign, at the place found by proportion. Where
    all four are, the two ways of joining them are alike; they are joined as they come.

    >>> zero_lines(np.array([[-1.0, 3.0], [-1.0, 3.0]])).tolist()
    [[0.25, 0.0, 0.25, 1.0]]
    """
    field = np.nan_to_num(np.asarray(values, dtype=np.float64))
    corners = np.stack([field[:-1, :-1], field[:-1, 1:], field[1:, :-1], field[1:, 1:]])
    rows, columns = np.nonzero((corners >= 0).any(axis=0) & (corners < 0).any(axis=0))
    at = corners[:, rows, columns]
    crossed = np.stack([(at[one] >= 0) != (at[other] >= 0) for one, other in _SIDES], axis=1)
    places = np.stack([_crossing(at, one, other) for one, other in _SIDES], axis=1)
    places += np.stack([columns, rows], axis=1)[:, None, :]
    # Two or four of the four sides are crossed: in their order, each two that follow one another are a line's ends.
    return np.asarray(places[crossed].reshape(-1, 4))


def _crossing(at: NDArray[np.float64], one: int, other: int) -> NDArray[np.float64]:
    """(cells, 2) where each cell's side from one corner to another is 0, as shares of the cell."""
    span = at[one] - at[other]
    share = np.divide(at[one], span, out=np.full(span.shape, 0.5), where=span != 0)
    begin, end = (np.array([corner % 2, corner // 2], dtype=np.float64) for corner in (one, other))
    return np.asarray(begin + (end - begin) * share[:, None])


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two, some of them at least and at most so many.

    >>> ticks(-6.6, 6.6, 5), ticks(0, 0.034, 4)
    ([-5.0, 0.0, 5.0], [0.0, 0.01, 0.02, 0.03])
    """
    if not high > low or most < 1:
        return [low]
    rough = (high - low) / most
    size = 10.0 ** floor(log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough * (1 - 1e-9))
    return [round(number * step, 12) + 0.0 for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]

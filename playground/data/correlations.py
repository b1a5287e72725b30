"""How the columns of numbers hang together, two by two: Pearson's correlation, and Spearman's of their ranks.

Only training and validation rows are looked at, and of two columns the rows in which both have a value. Numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.data.column_facts import ColumnValues, columns_of
from playground.data.dataset import Examples

Way = Literal["pearson", "spearman"]
MOST_COLUMNS = 60
"""The first ones; a matrix of more could not be read."""
MOST_ROWS = 50_000
"""Of more rows so many, equally far apart."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The columns of numbers of a data set, the target last if it is one."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    """(rows, columns), nan where a cell is empty."""
    is_valid: NDArray[np.bool_]
    """(rows,) whether a row is a validation example."""
    total: int
    """How many columns of numbers there are; only the first MOST_COLUMNS are kept."""


def numbers_of(examples: Examples) -> Numbers | None:
    """None where there are fewer than two columns of numbers."""
    columns = _numbers(examples)
    if len(columns) < 2:
        return None
    rows = np.concatenate([examples.train.rows, examples.valid.rows])
    is_valid = np.arange(len(rows)) >= len(examples.train.rows)
    step = -(-len(rows) // MOST_ROWS)
    kept = [*columns[:MOST_COLUMNS]]
    values = np.stack([each.values[rows][::step] for each in kept], axis=1)
    return Numbers(tuple(each.name for each in kept), values, is_valid[::step], len(columns))


def has_several(examples: Examples) -> bool:
    """Whether there are two columns of numbers."""
    return len(_numbers(examples)) > 1


def _numbers(examples: Examples) -> list[ColumnValues]:
    return [each for each in columns_of(examples.dataset) if not each.words and each.use != "left out"]


def correlations(values: NDArray[np.float64], way: Way = "pearson") -> NDArray[np.float64]:
    """(columns, columns) of values (rows, columns); nan where a column never changes, or two have fewer than two rows.

    Sources: Pearson 1895; Spearman 1904, equal values having the mean of their ranks.
    """
    count = values.shape[1]
    found = np.full((count, count), np.nan)
    known = np.isfinite(values)
    whole = np.flatnonzero(known.all(axis=0))
    if len(values) > 1:
        found[np.ix_(whole, whole)] = _without_gaps(values[:, whole], way)
    for first in range(count):
        for second in range(first, count):
            if first in whole and second in whole:
                continue
            both = known[:, first] & known[:, second]
            found[first, second] = found[second, first] = _of(values[both, first], values[both, second], way)
    return found


def _without_gaps(values: NDArray[np.float64], way: Way) -> NDArray[np.float64]:
    """All pairs at once."""
    if way == "spearman":
        values = np.stack([ranks(column) for column in values.T], axis=1) if values.size else values
    away = values - values.mean(axis=0)
    scale = np.sqrt((away * away).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: NDArray[np.float64] = np.where(scale > 1e-12 * len(values), away / scale, np.nan)
    return np.clip(shares.T @ shares, -1, 1)


def _of(a: NDArray[np.float64], b: NDArray[np.float64], way: Way) -> float:
    if len(a) < 2:
        return float("nan")
    if way == "spearman":
        a, b = ranks(a), ranks(b)
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float(np.clip((a * b).sum() / scale, -1, 1)) if scale > 1e-12 * len(a) else float("nan")


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    shared: NDArray[np.float64] = (last - (counts - 1) / 2)[places.reshape(-1)]
    return shared

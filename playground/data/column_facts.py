"""What can be seen of one column of a table: its spread, its gaps, and how it hangs together with the target.

Only training and validation rows are looked at. Knows numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Examples, Ints

Measure = Literal["r", "η", "V", ""]
BINS = 30
MOST_KINDS = 30
"""Words that are counted one by one; the rest together."""
FENCE = 1.5
"""How many times the distance of the quartiles a value may lie beyond them: Tukey 1977, "Exploratory Data Analysis"."""


@dataclass(frozen=True, eq=False)
class ColumnFacts:
    """Figures of one column over the training and validation rows."""

    name: str
    use: str
    """input, target, or what else is done with it."""
    count: int
    """Rows with a value."""
    missing: int
    kinds: int
    """Different values."""
    mean: float
    sd: float
    least: float
    quartiles: tuple[float, float, float]
    most: float
    outside: int
    """Values beyond Tukey's fences."""
    link: float
    """With the target, from 0 to 1 (r: from −1)."""
    measure: Measure
    """r: Pearson's correlation, of numbers. η: the correlation ratio, of numbers and classes (Fisher 1925): the root
    of the share of the variance that lies between the classes. V: Cramér's, of words and classes (Cramér 1946)."""
    counts: tuple[Ints, Ints]
    """Of training and validation rows, a bin or word each."""
    edges: NDArray[np.float64] | None
    """Of the bins; None for words."""
    words: tuple[str, ...] = ()
    is_date: bool = False
    """Whether its numbers are seconds since the beginning of 1970."""


def column_facts(examples: Examples) -> tuple[ColumnFacts, ...]:
    """The columns of a table or of points, the target first; empty for other data."""
    dataset = examples.dataset
    if dataset.kind not in ("table", "points"):
        return ()
    parts = examples.train.rows, examples.valid.rows
    wanted = _target(dataset)
    columns = columns_of(dataset)
    return tuple(_of(each, None if each.use == "target" else wanted, parts) for each in columns)


def columns_of(dataset: Dataset) -> tuple[ColumnValues, ...]:
    """The columns of a table or of points, the target first; empty for other data."""
    if dataset.kind not in ("table", "points"):
        return ()
    answers = np.asarray(dataset.targets, np.float64).reshape(len(dataset.targets), -1)
    names = [column.name for column in dataset.columns if column.role == "target"]
    if len(names) != answers.shape[1]:
        names = ["target"] if answers.shape[1] == 1 else [f"target {place}" for place in range(1, 1 + answers.shape[1])]
    targets = [
        ColumnValues(name, "target", values, dataset.class_names) for name, values in zip(names, answers.T, strict=True)
    ]
    return (*targets, *_inputs(dataset))


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """One column: numbers, nan where empty, or places in words, below 0 or nan where empty."""

    name: str
    use: str
    values: NDArray[np.float64]
    words: tuple[str, ...] = ()
    is_date: bool = False


def _inputs(dataset: Dataset) -> list[ColumnValues]:
    if dataset.table is not None:
        roles = {column.name: column.role for column in dataset.columns}
        columns = [column for column in dataset.table.columns if not column.clipped]
        return [
            ColumnValues(
                column.name,
                roles.get(column.name, "input"),
                column.values.astype(np.float64),
                column.words,
                column.storage == "date",
            )
            for column in columns
        ]
    plain = dataset.plane if dataset.plane is not None else dataset.inputs
    names = ("x", "y") if dataset.plane is not None else dataset.feature_names
    values = np.asarray(plain, np.float64).reshape(len(plain), -1)
    titles = names if len(names) == values.shape[1] else tuple(str(number) for number in range(values.shape[1]))
    return [ColumnValues(name, "input", column) for name, column in zip(titles, values.T, strict=True)]


@dataclass(frozen=True, eq=False)
class _Target:
    values: NDArray[np.float64]
    is_class: bool


def _target(dataset: Dataset) -> _Target | None:
    if dataset.targets.ndim == 1 and dataset.task == "classes":
        return _Target(dataset.targets.astype(np.float64), True)
    if dataset.targets.ndim == 2 and dataset.targets.shape[1] == 1 and dataset.task == "numbers":
        return _Target(dataset.targets[:, 0].astype(np.float64), False)
    return None


def _of(column: ColumnValues, wanted: _Target | None, parts: tuple[Ints, Ints]) -> ColumnFacts:
    is_words = bool(column.words)
    train, valid = (column.values[rows] for rows in parts)
    both = np.concatenate([train, valid])
    known = np.isfinite(both) & ((both >= 0) | (not is_words))
    values = both[known]
    link, measure = _NOTHING
    if wanted is not None:
        answers = np.concatenate([wanted.values[rows] for rows in parts])[known]
        link, measure = linked(values, answers, is_words, wanted.is_class)
    counts, edges, words = _words(column, (train, valid)) if is_words else _bins(values, (train, valid))
    figures = values if len(values) and not is_words else np.array([nan])
    low, middle, high = np.percentile(figures, [25, 50, 75])
    fence = FENCE * (high - low)
    outside = int(((values < low - fence) | (values > high + fence)).sum()) if not is_words else 0
    return ColumnFacts(
        column.name, column.use, len(values), int((~known).sum()), len(np.unique(values)), float(figures.mean()),
        float(figures.std()), float(figures.min()), (float(low), float(middle), float(high)), float(figures.max()),
        outside, link, measure, counts, edges, words, column.is_date,
    )  # fmt: skip


def _bins(values: NDArray[Any], parts: tuple[Any, Any]) -> tuple[tuple[Ints, Ints], NDArray[np.float64], tuple[()]]:
    edges = np.histogram_bin_edges(values if len(values) else np.zeros(1), BINS)
    counts = [np.histogram(part[np.isfinite(part)], edges)[0].astype(np.int64) for part in parts]
    return (counts[0], counts[1]), edges, ()


def _words(column: ColumnValues, parts: tuple[Any, Any]) -> tuple[tuple[Ints, Ints], None, tuple[str, ...]]:
    """The most frequent words, most frequent first (classes in their order), and what is left as “others”."""
    counts = [
        np.bincount(part[np.isfinite(part) & (part >= 0)].astype(np.int64), minlength=len(column.words))
        for part in parts
    ]
    order = np.argsort(-(counts[0] + counts[1]), kind="stable")
    if column.use == "target":
        order = np.arange(len(column.words))
    shown, rest = order[:MOST_KINDS], order[MOST_KINDS:]
    words = tuple(column.words[place] for place in shown) + (("others",) if len(rest) else ())
    made = [np.append(each[shown], each[rest].sum()) if len(rest) else each[shown] for each in counts]
    return (made[0], made[1]), None, words


_NOTHING: tuple[float, Measure] = (nan, "")


def linked(
    values: NDArray[np.float64], wanted: NDArray[np.float64], is_words: bool, is_class: bool
) -> tuple[float, Measure]:
    """How strongly two columns without gaps hang together, and by which measure; nan where one never changes."""
    if len(values) < 2 or np.ptp(values) == 0 or np.ptp(wanted) == 0:
        return _NOTHING
    if is_words and is_class:
        return _cramer(values.astype(np.int64), wanted.astype(np.int64)), "V"
    if is_words or is_class:
        groups, numbers = (values, wanted) if is_words else (wanted, values)
        return _correlation_ratio(numbers, groups.astype(np.int64)), "η"
    return float(np.corrcoef(values, wanted)[0, 1]), "r"


def _correlation_ratio(numbers: NDArray[np.float64], groups: Ints) -> float:
    """√(Σ nₖ (mean of class k − mean)² / Σ (value − mean)²)."""
    groups = np.unique(groups, return_inverse=True)[1]
    counts = np.bincount(groups)
    means = np.bincount(groups, numbers) / counts
    between = (counts * (means - numbers.mean()) ** 2).sum()
    return sqrt(float(between / ((numbers - numbers.mean()) ** 2).sum()))


def _cramer(first: Ints, second: Ints) -> float:
    """√(χ² / (n · (smaller side − 1)))."""
    first, second = (np.unique(each, return_inverse=True)[1] for each in (first, second))
    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1)
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    chi2 = ((table - expected) ** 2 / expected).sum()
    return sqrt(float(chi2 / (table.sum() * (min(table.shape) - 1))))

"""What may be wrong with divided data before anything is learned: duplicates across the split, columns that leak or
never change, classes of one example, inputs on wild scales.

Knows numpy only. What to do about it is said by playground.app.advice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Examples, Floats, Part
from playground.data.table import Column

LEAKS = 0.999
"""|correlation| of a column with a target from which on it is taken for the target itself."""
MOST_ROWS = 20_000
"""Training examples that correlations are taken over."""
MOST_VALUES = 20_000_000
"""Values that spreads are taken over."""


MOST_REPEATS = 20
FEWEST_NAMES = 5
WHOSE = re.compile(
    r"(.*[ _.-])?(subjects?|patients?|participants?|persons?|people|animals?|users?|customers?|clients?|students?"
    r"|pupils?|speakers?|writers?|donors?|famil(y|ies)|households?|mouse|rat|id)([ _.-]?(id|nr|no|num|number|code))?",
    re.IGNORECASE,
)
"""What a column of whole numbers is called that says whose row it is."""


def repeated_names(dataset: Dataset) -> tuple[str, ...]:
    """Inputs whose words look like names of who or what was measured several times: rows that belong together.

    That is: a column of words, or of whole numbers that is called WHOSE; no more than MOST_REPEATS rows for each on
    average, and nearly each more than once.
    Split between training and validation they let a network recognise whom it has seen.
    """
    if dataset.table is None or dataset.groups is not None:
        return ()
    found = []
    for column in dataset.columns:
        own = dataset.table.by_name.get(column.name)
        if column.role != "input" or own is None or own.gaps.any() or not _can_name(own, column.type):
            continue
        counts = np.unique(own.values, return_counts=True)[1]
        is_many = len(counts) >= FEWEST_NAMES and own.values.size <= MOST_REPEATS * len(counts)
        if is_many and float((counts > 1).mean()) >= 0.9 and counts.max() <= 3 * np.median(counts):
            found.append(column.name)
    return tuple(found)


def _can_name(column: Column, type: str) -> bool:
    if column.storage == "number":
        return type in ("whole number", "category") and WHOSE.fullmatch(column.name.strip()) is not None
    return column.storage == "words"


@dataclass(frozen=True)
class Suspicions:
    """Figures of one divided data set. Columns are numbers of features, for vectors only."""

    shared: int
    """Validation examples whose inputs, to the last digit, are also among the training examples."""
    leaking: tuple[tuple[int, float], ...]
    """Columns whose correlation with a target (or with being of a class) is LEAKS or more, with that correlation."""
    constant: tuple[int, ...]
    """Columns that never change in the training part."""
    alone: tuple[int, ...]
    """Classes with exactly one training example."""
    counts: tuple[int, ...]
    """Training examples a class; empty for numbers and for answers at each step."""
    spread: tuple[float, float]
    """Smallest and largest standard deviation among the scaled columns that change; (1, 1) if there are none."""
    offset: float
    """Largest |mean| of a scaled column, in its standard deviations."""


def suspicions(examples: Examples) -> Suspicions:
    """Look through the training and validation parts; the test part is not looked at."""
    train = examples.train
    is_vector = train.inputs.ndim == 2 and examples.dataset.kind != "text"
    spreads, means = _scales(train.inputs) if examples.dataset.kind != "text" else (np.ones(1), np.zeros(1))
    changing = spreads > 0
    counts = _counts(examples)
    return Suspicions(
        shared=_shared(train, examples.valid),
        leaking=_leaking(examples, changing) if is_vector else (),
        constant=tuple(int(column) for column in np.flatnonzero(~changing)) if is_vector else (),
        alone=tuple(label for label, count in enumerate(counts) if count == 1),
        counts=counts,
        spread=(float(spreads[changing].min()), float(spreads[changing].max())) if changing.any() else (1.0, 1.0),
        offset=float((np.abs(means[changing]) / spreads[changing]).max()) if changing.any() else 0.0,
    )


def first_of_each(inputs: NDArray[Any]) -> NDArray[np.bool_]:
    """(n,) whether no earlier example has the same inputs, to the last digit."""
    seen: set[bytes] = set()
    first = np.zeros(len(inputs), dtype=bool)
    for number, key in enumerate(keys(inputs)):
        first[number] = key not in seen
        seen.add(key)
    return first


def keys(inputs: NDArray[Any]) -> Iterator[bytes]:
    """Something short for each example that only those with the same inputs share."""
    for row in inputs:
        yield blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).digest()


def _shared(train: Part, valid: Part) -> int:
    known = set(keys(train.inputs))
    return sum(key in known for key in keys(valid.inputs))


def _scales(inputs: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Standard deviation and mean of each feature; of images and films, over all pixels."""
    is_image = inputs.ndim >= 4
    most = min(MOST_ROWS, max(1, MOST_VALUES // max(1, prod(inputs.shape[1:]))))
    flat = inputs[:most].reshape(-1, 1 if is_image else inputs.shape[-1])
    if inputs.ndim == 3:
        flat = flat[~np.isnan(flat).any(axis=1)]  # a sequence's own steps
    return flat.std(axis=0, dtype=np.float64), flat.mean(axis=0, dtype=np.float64)


def _counts(examples: Examples) -> tuple[int, ...]:
    targets = examples.train.targets
    if examples.targets is not None or targets.ndim > 1:
        return ()
    return tuple(np.bincount(targets.astype(np.int64), minlength=len(examples.dataset.class_names)).tolist())


def _leaking(examples: Examples, changing: NDArray[np.bool_]) -> tuple[tuple[int, float], ...]:
    """Pearson's correlation of each column with each target column, or with each class as 0 and 1."""
    inputs = examples.train.inputs[:MOST_ROWS].astype(np.float64)
    targets = examples.train.targets[:MOST_ROWS]
    if targets.ndim > 1 and examples.targets is None:
        return ()
    if examples.targets is None:
        wanted = (targets[:, None] == np.arange(len(examples.dataset.class_names))).astype(np.float64)
    else:
        wanted = targets.reshape(len(targets), -1).astype(np.float64)
    found = []
    for column in np.flatnonzero(changing):
        strongest = max((abs(_correlation(inputs[:, column], each)) for each in wanted.T), default=0.0)
        if strongest >= LEAKS:
            found.append((int(column), strongest))
    return tuple(found)


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / scale) if scale > 1e-12 else 0.0

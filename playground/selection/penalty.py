"""The strength of a penalty, chosen by validation inside the training part. Validation and test parts are not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold, StratifiedKFold, StratifiedShuffleSplit, cross_val_score

Array = NDArray[Any]
FOLDS = 5
MOST_ROWS = 2_000
"""Training examples that a choice is made on, at most."""
MOST_VALUES = 1_000_000
"""Values that it is made on: beyond it one held-out fifth is judged on instead of five folds."""
SEED = 0


def subsample(wanted: Array, most: int, is_classes: bool) -> NDArray[np.int64]:
    """Rows of at most so many examples, each class in its share; all of them where there are no more."""
    count = len(wanted)
    if count <= most:
        return np.arange(count)
    if is_classes and np.unique(wanted, return_counts=True)[1].min() > 1 and most > len(np.unique(wanted)):
        splitter = StratifiedShuffleSplit(1, train_size=most, random_state=SEED)
        return np.sort(next(splitter.split(np.zeros((count, 1)), wanted))[0])
    return np.sort(np.random.default_rng(SEED).choice(count, most, replace=False))


def chosen(
    make: Callable[[Any], Any],
    values: Sequence[Any],
    inputs: Array,
    wanted: Array,
    is_classes: bool,
    scoring: str | None = None,
) -> tuple[Any, str]:
    """The value of `values` (the simplest first) with the best score, and how it was found, in a few words.

    Scores are accuracy or r2, or what scikit-learn calls `scoring`, over FOLDS folds, or on one held-out fifth for
    large data. Of equals the first is taken.
    """
    rows = subsample(wanted, MOST_ROWS, is_classes)
    inputs, wanted = inputs[rows], wanted[rows]
    splitter = _splitter(inputs, wanted, is_classes)
    if splitter is None:
        return values[len(values) // 2], "too few examples to choose"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = [_score(make(value), inputs, wanted, splitter, scoring) for value in values]
    if not np.isfinite(scores).any():
        return values[len(values) // 2], "too few examples to choose"
    count = splitter.get_n_splits()
    how = f"{count}-fold validation" if count > 1 else "a held-out fifth"
    size = "" if len(rows) == len(inputs) and len(rows) < MOST_ROWS else f" of {len(rows):,} of its examples"
    best = int(np.nanargmax(np.round(scores, 9)))
    return values[best], f"chosen by {how} in the training part{size}"


def _score(model: Any, inputs: Array, wanted: Array, splitter: Any, scoring: str | None) -> float:
    return float(np.mean(cross_val_score(model, inputs, wanted, cv=splitter, scoring=scoring, error_score=np.nan)))


def _splitter(inputs: Array, wanted: Array, is_classes: bool) -> Any:
    count = len(wanted)
    if is_classes:
        least = int(np.unique(wanted, return_counts=True)[1].min())
        if len(np.unique(wanted)) < 2 or count < 2 * FOLDS:
            return None
        if inputs.size > MOST_VALUES and least > 1:
            return StratifiedShuffleSplit(1, test_size=0.2, random_state=SEED)
        if least >= FOLDS:
            return StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return KFold(FOLDS, shuffle=True, random_state=SEED) if count >= 2 * FOLDS else None

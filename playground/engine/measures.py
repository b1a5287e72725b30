"""How well answers fit the truth. Arrays in, plain numbers out.

Definitions: accuracy is the share of right answers; rmse = √mean(e²) and mae = mean|e| in the data's own units;
r2 = 1 − Σe² / Σ(t − mean t)², as scikit-learn has it, columns averaged; for a rebuilt input, columns weighted by
their variance (scikit-learn's "variance_weighted").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]


def accuracy(truth: Array, predicted: Array) -> float:
    """Share of right answers, 0 to 1, where there is a right one (not below 0)."""
    return float(np.mean((truth == predicted)[np.asarray(truth, np.int64) >= 0]))


def regression(truth: Array, predicted: Array, is_weighted: bool = False) -> dict[str, float]:
    """rmse, mae and r2 of (n, columns) in the data's units; of (n, steps, columns), steps counting as examples."""
    columns = np.shape(truth)[-1]
    true, guess = (np.asarray(values, np.float64).reshape(-1, columns) for values in (truth, predicted))
    error = guess - true
    if np.isnan(error).any():  # NaN: what fills up a sequence, and has no right value
        known = ~np.isnan(true)
        counts = np.maximum(known.sum(axis=0), 1)
        spread = np.where(known, true - np.where(known, true, 0).sum(axis=0) / counts, 0)
        spread, error = (spread**2).sum(axis=0), np.where(known, error, np.nan)
        left, error = np.nansum(error**2, axis=0), error[known]
    else:
        spread = ((true - true.mean(axis=0)) ** 2).sum(axis=0)
        left = (error**2).sum(axis=0)
    if is_weighted:
        left, spread = left.sum(keepdims=True), spread.sum(keepdims=True)
    each = np.where(spread > 0, 1 - left / np.where(spread > 0, spread, 1), np.where(left > 0, 0.0, 1.0))
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "r2": float(np.mean(each)),
    }


def confusion(truth: Array, predicted: Array, classes: int) -> NDArray[np.int64]:
    """Counts (classes, classes): row the truth, column the answer."""
    labels = np.ravel(truth).astype(np.int64)
    known = labels >= 0
    pairs = labels[known] * classes + np.ravel(predicted).astype(np.int64)[known]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)

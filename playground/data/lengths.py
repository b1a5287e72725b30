"""Sequences of unequal length in one array: each at the end, zeros before it.

At the end, because a recurrent layer answers with its state after the last step: that is the sequence's own last step.
What is before stands for nothing: scaling is fitted without it. In the scaled inputs of a Part it is NaN, so that it
goes wherever they go and nobody can take it for a value: networks leave it out of account (engine/ragged.py), and
who must have numbers asks for them by filled(). Where each step is answered, the steps before have the answer
UNANSWERED, or NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset, Floats, Ints

MOST_BYTES = 2**30
UNANSWERED = -100
"""In place of a class that nobody knows, as torch's losses have it (ignore_index)."""


def at_the_end(series: Sequence[NDArray[np.float64]], name: str) -> tuple[Floats, Ints | None]:
    """(n, steps, channels) of series (steps, channels), and their own lengths if they differ.

    Raises: DataProblem: If the array would not fit in memory.
    """
    lengths = np.array([len(each) for each in series], np.int64)
    steps, channels = int(lengths.max()), series[0].shape[1]
    size = 4 * len(series) * steps * channels
    if size > MOST_BYTES:
        raise DataProblem(
            f"The series in {name} would take {size / 2**20:,.0f} MB at the length of the longest, {steps:,} steps. "
            "Leave out the longest, or use fewer."
        )
    made = np.zeros((len(series), steps, channels), np.float32)
    with np.errstate(over="ignore"):
        for row, each in zip(made, series, strict=True):
            row[steps - len(each) :] = each
    return made, lengths if lengths.min() < steps else None


def is_filling(lengths: Ints, steps: int) -> NDArray[np.bool_]:
    """(n, steps) whether a step stands before the sequence's own."""
    return np.arange(steps) < (steps - lengths)[:, None]


def own_steps(dataset: Dataset, rows: Ints) -> tuple[Floats, Ints]:
    """What a scaler is fitted to: inputs and rows as they are, or (1, steps, features) of the sequences' own steps."""
    inputs = np.asarray(dataset.inputs, np.float32) if dataset.lengths is not None else dataset.inputs
    if dataset.lengths is None:
        return inputs, rows
    own = inputs[rows][~is_filling(dataset.lengths[rows], inputs.shape[1])]
    return own[None], np.zeros(1, np.int64)


def emptied(scaled: Floats, dataset: Dataset, rows: Ints) -> Floats:
    """Scaled inputs of those rows with NaN before each sequence's own steps."""
    if dataset.lengths is not None:
        scaled[is_filling(dataset.lengths[rows], scaled.shape[1])] = np.nan
    return scaled


def unanswered(targets: Ints | Floats, dataset: Dataset, rows: Ints) -> Ints | Floats:
    """The targets of those rows without answers before each sequence's own steps, where each step has one."""
    if dataset.lengths is None or dataset.signature.steps != dataset.inputs.shape[1]:
        return targets
    known = targets.copy()
    known[is_filling(dataset.lengths[rows], dataset.inputs.shape[1])] = (
        UNANSWERED if dataset.task == "classes" else np.nan
    )
    return known


def filled(inputs: NDArray[Any]) -> NDArray[Any]:
    """Inputs of a Part with zeros, the mean, for what fills up a sequence; others as they are, unless they are bytes
    in a file.
    """
    if not isinstance(inputs, np.ndarray) or inputs.dtype == np.uint8 or inputs.ndim > 3 or not np.isnan(inputs).any():
        return inputs
    numbers: NDArray[Any] = np.nan_to_num(inputs, nan=0.0)
    return numbers

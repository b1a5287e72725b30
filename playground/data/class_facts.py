"""The classes of a data set: how many examples each part has of them, their means, their lengths.

Knows numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.corrections import can_be_labelled
from playground.data.dataset import Examples, Ints

MOST_AVERAGED = 20_000
"""Training examples that means are taken over, at most; of more, as many equally far apart in their order."""


@dataclass(frozen=True, eq=False)
class ClassFacts:
    """One class, or all examples where there are no classes."""

    name: str
    counts: tuple[int, int, int]
    """Training, validation and test examples."""
    mean: NDArray[np.float64] | None
    """*(shape of an example): the mean of its training examples; None where a mean says nothing, or there are none."""
    sd: NDArray[np.float64] | None


def class_facts(examples: Examples) -> tuple[ClassFacts, ...]:
    """Of the test part only how many examples it has of each class."""
    dataset = examples.dataset
    has_mean = dataset.kind in ("image", "sequence") and dataset.lengths is None
    rows = examples.train.rows[:: -(-len(examples.train) // MOST_AVERAGED)]
    values = np.asarray(dataset.inputs[rows], np.float64) if has_mean else None
    parts = examples.train, examples.valid, examples.test
    if not can_be_labelled(dataset):
        sizes = len(parts[0]), len(parts[1]), len(parts[2])
        return (_facts("all", sizes, values),)
    labels = dataset.targets
    found = []
    for number, name in enumerate(dataset.class_names):
        train, valid, test = (int((labels[part.rows] == number).sum()) for part in parts)
        found.append(_facts(name, (train, valid, test), None if values is None else values[labels[rows] == number]))
    return tuple(found)


def _facts(name: str, counts: tuple[int, int, int], values: NDArray[np.float64] | None) -> ClassFacts:
    if values is None or not len(values):
        return ClassFacts(name, counts, None, None)
    return ClassFacts(name, counts, values.mean(axis=0), values.std(axis=0))


def lengths(examples: Examples) -> tuple[tuple[Ints, Ints], NDArray[np.float64]] | None:
    """How many training and validation examples have how many steps, and the edges; None where all are as long."""
    own = examples.dataset.lengths
    if own is None:
        return None
    parts = own[examples.train.rows], own[examples.valid.rows]
    least, most = min(int(part.min()) for part in parts), max(int(part.max()) for part in parts)
    edges = np.unique(np.linspace(least, most + 1, min(30, most + 1 - least) + 1).round())
    train, valid = (np.histogram(part, edges)[0].astype(np.int64) for part in parts)
    return (train, valid), edges

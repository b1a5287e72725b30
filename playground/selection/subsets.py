"""Growing parts of the training examples, each within the next: what a learning curve is drawn over.

Knows numpy only. What is trained on them is said in learning_curve.py.
"""

from __future__ import annotations

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Examples, Ints
from playground.data.split import assembled

FEWEST = 10
"""Examples that a part has at least."""
A_CLASS = 2
"""Examples of each class that a part has at least, as far as the classes are equally frequent."""
NARROWEST = 128
"""How many times smaller than the whole the smallest part is, at most."""


def sizes_of(examples: Examples, count: int = 8) -> tuple[int, ...]:
    """At most that many sizes, equally far apart as logarithms; the last is the whole training part.

    The smallest has A_CLASS examples a class on average, FEWEST in all, and one in NARROWEST of the whole.
    """
    whole, classes = len(examples.train), len(examples.dataset.class_names)
    least = min(whole, max(FEWEST, A_CLASS * classes, -(-whole // NARROWEST)))
    return tuple(int(size) for size in np.unique(np.geomspace(least, whole, max(1, count)).round().astype(np.int64)))


def nested_order(examples: Examples, seed: int) -> Ints:
    """(n,) the training rows of the data set in an order of which each beginning is a part.

    Classes: stratified, so that each beginning has each class in its share, one more or less, and the first few rows
    are one of each class. Groups come whole, one after the other. Where rows stand in the order of time, the latest
    come first whatever the seed: whoever had begun to collect later would have these.
    """
    random, dataset, rows = np.random.default_rng(seed), examples.dataset, np.asarray(examples.train.rows)
    if dataset.times is not None:
        return rows[np.argsort(-dataset.times[rows], kind="stable")]
    if dataset.gap is not None:
        return np.sort(rows)[::-1]
    mixed = random.permutation(rows)
    if dataset.groups is not None:
        names, which = np.unique(dataset.groups[mixed], return_inverse=True)
        return mixed[np.argsort(random.permutation(len(names))[which], kind="stable")]
    if dataset.task == "numbers" or dataset.targets.ndim > 1:
        return mixed
    return mixed[np.argsort(_shares(dataset.targets[mixed]), kind="stable")]


def _shares(labels: Ints) -> np.ndarray:
    """(n,) which share of an example's class comes before it."""
    shares = np.empty(len(labels))
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        shares[own] = np.arange(len(own)) / len(own)
    return shares


def subset(dataset: Dataset, choice: DataChoice, rows: Ints, valid: Ints) -> Examples:
    """Examples with those training rows, scaled by figures of theirs alone, and all validation rows; no test part."""
    return assembled(dataset, choice, (rows, valid, rows[:0]))

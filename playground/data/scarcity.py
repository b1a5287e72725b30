"""Made scarce, uneven or wrong on purpose, to learn from: few training examples, rare classes, flipped labels.

Only the training part is touched, and that after the data were divided, so that every score is honest. Knows numpy
only. Called by split.py; the same choice gives the same examples, and fewer of them are among the more.
"""

from __future__ import annotations

import numpy as np

from playground.data.dataset import DataChoice, DataProblem, Dataset, Examples, Floats, Ints

_ORDER, _THINNED, _FLIPPED = 11, 12, 13
"""What the seed is mixed with, so that each is drawn by itself."""


def learned_from(dataset: Dataset, choice: DataChoice, train: Ints) -> Ints:
    """Those of the training rows that are learned from, in ascending order.

    Raises: DataProblem: If the classes are to be uneven, and there are none.
    """
    rows = np.asarray(train)
    if choice.imbalance > 1:
        _refuse_numbers(dataset, "The classes can be made uneven", "data.imbalance to 1")
        rows = _thinned(dataset, choice, rows)
    if choice.train_on is not None and choice.train_on < len(rows):
        rows = nested_order(dataset, rows, (choice.seed, _ORDER))[: choice.train_on]
    return rows if len(rows) == len(train) else np.sort(rows)


def with_wrong_labels(dataset: Dataset, choice: DataChoice, rows: Ints) -> Ints | Floats:
    """The answers to those training rows, some of them another class, each other class as likely.

    Raises: DataProblem: If an example is not of one class.
    """
    if not choice.label_noise:
        return dataset.targets[rows]
    _refuse_numbers(dataset, "Labels can be made wrong", "data.label_noise to 0")
    random = np.random.default_rng((choice.seed, _FLIPPED))
    ranks = random.random(len(dataset.targets))
    steps = random.integers(1, max(2, len(dataset.class_names)), len(dataset.targets))
    flipped = rows[np.argsort(ranks[rows], kind="stable")[: round(choice.label_noise * len(rows))]]
    wrong: Ints = dataset.targets.astype(np.int64)
    wrong[flipped] = (wrong[flipped] + steps[flipped]) % len(dataset.class_names)
    return wrong[rows]


def _refuse_numbers(dataset: Dataset, what: str, way_out: str) -> None:
    if dataset.task == "numbers" or dataset.targets.ndim > 1:
        raise DataProblem(
            f"{what} on purpose where each example is of one class; {dataset.title} has none. Set {way_out}."
        )


def _thinned(dataset: Dataset, choice: DataChoice, rows: Ints) -> Ints:
    """The first class whole, the last 1 in `imbalance`, those between in even ratios; at least one example of each.

    Source: Cui et al. 2019, arXiv:1901.05555, section 5.1, long-tailed classes.
    """
    random = np.random.default_rng((choice.seed, _THINNED))
    mixed, classes = random.permutation(rows), max(len(dataset.class_names) - 1, 1)
    labels = dataset.targets_as_came[mixed]
    kept = []
    for label in np.unique(labels):
        own = mixed[labels == label]
        kept.append(own[: max(1, round(len(own) * choice.imbalance ** (-int(label) / classes)))])
    return np.concatenate(kept)


def nested_order(dataset: Dataset, rows: Ints, seed: int | tuple[int, ...]) -> Ints:
    """(n,) rows of the data set in an order of which each beginning is a part.

    Classes: stratified, so that each beginning has each class in its share, one more or less, and the first few rows
    are one of each class. Groups come whole, one after the other. Where rows stand in the order of time, the latest
    come first whatever the seed: whoever had begun to collect later would have these.
    """
    random, rows = np.random.default_rng(seed), np.asarray(rows)
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
    return mixed[np.argsort(_shares(dataset.targets_as_came[mixed]), kind="stable")]


def _shares(labels: Ints | Floats) -> Floats:
    """(n,) which share of an example's class comes before it."""
    shares = np.empty(len(labels), np.float64)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        shares[own] = np.arange(len(own)) / len(own)
    return shares  # type: ignore[return-value]


def told(examples: Examples, choice: DataChoice) -> tuple[str, ...]:
    """What a person should know beside every score: sentences, or none.

    >>> from types import SimpleNamespace
    >>> told(SimpleNamespace(train=range(50), unused=range(1207)), DataChoice(train_on=50, label_noise=0.2))
    ('Learned from 50 of 1,257 training examples.', 'On purpose 20 % of the training labels are wrong.')
    """
    words = []
    if len(examples.unused):
        used, pool = len(examples.train), len(examples.train) + len(examples.unused)
        words.append(f"Learned from {used:,} of {pool:,} training examples.")
    if choice.imbalance > 1:
        words.append(f"On purpose the classes are uneven in training, up to 1 in {choice.imbalance:g}.")
    if choice.label_noise:
        words.append(f"On purpose {choice.label_noise:.0%} of the training labels are wrong.".replace("%", " %"))
    return tuple(words)

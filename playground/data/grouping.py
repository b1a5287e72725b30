"""Dividing where examples hang together: by groups, which stay whole, in the order of time, or by lots that each has.

Called by split.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset, Ints
from playground.data.suspicions import FEWEST_NAMES, repeated_names
from playground.data.table import Column

Parts = tuple[Ints, Ints, Ints]
"""Rows for training, validation and test, each in ascending order."""


def groups_of(column: Column) -> Ints:
    """A number for each different value; a row without one is a group of its own."""
    codes = np.unique(column.spelled().values, return_inverse=True)[1].reshape(-1).astype(np.int64)
    codes[column.gaps] = codes.max() + 1 + np.arange(int(column.gaps.sum()))
    return codes


def group_column(dataset: Dataset) -> str:
    """The column whose rows stay together in every part; empty if there is none."""
    return next((column.name for column in dataset.columns if column.role == "group"), "")


def group_columns(dataset: Dataset) -> tuple[str, ...]:
    """Inputs by which a table's rows could be kept together, those that look like it first.

    That is: words or whole numbers of FEWEST_NAMES kinds at least, and of no more than one for every second row.
    """
    if dataset.table is None or dataset.groups is not None:
        return ()
    likely = repeated_names(dataset)
    others = [
        column.name
        for column in dataset.columns
        if column.role == "input"
        and column.type in ("category", "whole number")
        and column.name not in likely
        and FEWEST_NAMES <= len(np.unique(dataset.table.by_name[column.name].values)) <= dataset.table.rows / 2
    ]
    return (*likely, *others)


def by_group(dataset: Dataset, rows: Ints, valid: float, test: float, random: np.random.Generator) -> Parts:
    """Whole groups to each part, so that sizes and shares of classes come as close to those asked for as they can.

    Large groups are placed first, each where it is missed most; ties are broken by the seed. The idea is that of
    scikit-learn's StratifiedGroupKFold.
    Raises: DataProblem: If there are fewer than three groups.
    """
    assert dataset.groups is not None
    groups = np.unique(dataset.groups[rows], return_inverse=True)[1]
    count = int(groups.max()) + 1
    if count < 3:
        raise DataProblem(
            f"{dataset.title} has {count} groups; three parts need at least 3. Choose another group column."
        )
    labels = _labels(dataset)[rows]
    members = np.zeros((count, int(labels.max()) + 1))
    np.add.at(members, (groups, labels), 1)
    shares = np.array([1 - valid - test, valid, test])
    place = _placed(members, shares, random)
    train, valid_rows, test_rows = (rows[place[groups] == part] for part in range(3))
    return train, valid_rows, test_rows


def _placed(members: NDArray[np.float64], shares: NDArray[np.float64], random: np.random.Generator) -> Ints:
    """The part of each group. members: (groups, classes) how many examples."""
    mixed = random.permutation(len(members))
    order = mixed[np.argsort(-members[mixed].sum(axis=1), kind="stable")]
    total = members.sum(axis=0)
    wanted = shares[:, None] * total
    have = np.zeros_like(wanted)
    found = np.zeros(len(members), np.int64)
    asked = [int(part) for part in np.flatnonzero(shares > 0)]
    for number, group in enumerate(order):
        # How far each part would be off, class by class, beside what it would be without the group.
        after, before = have + members[group] - wanted, have - wanted
        cost = ((after**2 - before**2) / np.maximum(total, 1) / shares[:, None].clip(1e-9)).sum(axis=1)
        empty = [part for part in asked if not have[part].any()]
        choices = empty if len(order) - number <= len(empty) else asked
        best = min(choices, key=lambda part: cost[part])
        found[group] = best
        have[best] += members[group]
    return found


def _labels(dataset: Dataset) -> Ints:
    if dataset.task == "numbers" or dataset.targets.ndim > 1:
        return np.zeros(len(dataset.targets), np.int64)
    return dataset.targets_as_came.astype(np.int64)


def by_lot(dataset: Dataset, rows: Ints, valid: float, test: float) -> Parts:
    """Each by its own lot: whatever else is there, an example stays in its part."""
    assert dataset.lots is not None
    lots = dataset.lots[rows]
    is_valid, is_test = lots < valid, (lots >= valid) & (lots < valid + test)
    return rows[~is_valid & ~is_test], rows[is_valid], rows[is_test]


def by_time(dataset: Dataset, rows: Ints, valid: float, test: float) -> Parts:
    """The earliest train, the latest are the test part; nothing is shuffled.

    Examples of the same time stay in one part, as far as that leaves none empty.
    """
    assert dataset.times is not None
    order = rows[np.argsort(dataset.times[rows], kind="stable")]
    times = dataset.times[order]
    last = _cut(times, len(order) - round(test * len(order)))
    first = _cut(times[:last], last - round(valid * len(order)))
    train, valid_rows, test_rows = (np.sort(piece) for piece in np.split(order, [first, last]))
    return train, valid_rows, test_rows


def _cut(times: NDArray[np.float64], place: int) -> int:
    """Where to cut near that place so that no time is on both sides."""
    if not 0 < place < len(times) or times[place - 1] != times[place]:
        return place
    before = int(np.searchsorted(times, times[place], side="left"))
    after = int(np.searchsorted(times, times[place], side="right"))
    near = sorted((before, after), key=lambda each: abs(each - place))
    return next((each for each in near if 0 < each < len(times)), place)

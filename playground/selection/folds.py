"""Dividing the examples again and again: folds for cross-validation. The test part stays locked, outside of all folds.

Which rows belong together is scikit-learn's splitters' business, imported when needed; each fold is scaled by figures
of its own training rows (data.split.assembled). What is done with folds is in crossval.py and tune.py; which recipes
let validation choose, in stopping.py.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from playground.data.dataset import DataChoice, DataProblem, Dataset, Examples, Ints
from playground.data.grouping import Parts, group_column, groups_of
from playground.data.split import assembled, divide

Kind = Literal["holdout", "usual", "k-fold", "stratified", "grouped", "forward", "leave-one-out"]
FEWEST = 10
"""Training rows below which none is set apart."""
APART = 5
"""One in so many training rows is set apart to choose the epoch by."""
MOST_ROWS = 30_000_000
"""Rows of all folds together: 240 MB, and more networks than anyone waits for."""


@dataclass(frozen=True)
class Folding:
    """How the training and validation rows are divided into folds."""

    kind: Kind = "usual"
    """holdout: the project's own split, once. usual: by the data, see resolved(). forward: in order, training on what
    came before alone."""
    count: int = 5
    repeats: int = 1
    """How often all of it is done anew, with other random folds; for k-fold and stratified."""
    seed: int = 0
    group: str = ""
    """For grouped and leave-one-out: an input whose equal values stay on one side; of words, any of its columns."""

    def resolved(self, dataset: Dataset) -> Folding:
        """What is usual for such data: stratified for classes, forward in the order of time, groups whole."""
        if self.kind != "usual":
            return self
        if dataset.gap is not None or dataset.times is not None:
            return replace(self, kind="forward", repeats=1)
        if dataset.groups is not None:
            return replace(self, kind="grouped")
        is_by_class = dataset.task == "classes" and dataset.targets.ndim == 1
        return replace(self, kind="stratified" if is_by_class else "k-fold")


HOLDOUT = Folding("holdout", 1)


@dataclass(frozen=True)
class Division:
    """Folds of all rows but the test part's; or, nested, of the rows that one outer fold trains on."""

    folding: Folding = HOLDOUT
    outer: Folding | None = None
    place: int = 0
    """Which of the outer folds."""


def read_folding(text: str, seed: int = 0) -> Folding:
    """What a person writes: 5, 5x3 (repeated), loo, holdout, k-fold:5, stratified:5x3, forward:5, group:COLUMN:5,
    group:COLUMN:loo (each value of the column left out once).

    Raises: DataProblem: With a sentence.

    >>> read_folding("10x3").repeats, read_folding("group:farm:4").group
    (3, 'farm')
    """
    if text in ("loo", "leave-one-out"):
        return Folding("leave-one-out", seed=seed)
    if text == "holdout":
        return replace(HOLDOUT, seed=seed)
    if found := re.fullmatch(r"group:(.+):(?:loo|leave-one-out)", text):
        return Folding("leave-one-out", seed=seed, group=found[1])
    if found := re.fullmatch(r"(?:(k-fold|stratified|forward):|group:(.+):)?(\d{1,6})(?:x(\d{1,6}))?", text):
        named, group, count, repeats = found.groups()
        kind: Any = named or ("grouped" if group else "usual")
        if repeats is None or kind not in ("grouped", "forward"):
            return Folding(kind, int(count), int(repeats or 1), seed, group or "")
    raise DataProblem(
        f"“{text}” is no way to divide the data. Write a number of folds, as 5, or 5x3 to repeat them, loo, holdout, "
        "k-fold:5, stratified:5, forward:5, group:COLUMN:5 or group:COLUMN:loo."
    )


class Folds:
    """The folds of a data set: rows[i] are those that fold i trains on and is judged on, self[i] its examples.

    groups: one id a row of the whole data set, in place of folding.group.
    Raises: DataProblem: If the data cannot be divided like that.
    """

    def __init__(
        self, dataset: Dataset, choice: DataChoice, division: Division | Folding, groups: Ints | None = None
    ) -> None:
        if isinstance(division, Folding):
            division = Division(division)
        self.dataset, self.choice = dataset, choice
        if not np.isfinite(dataset.inputs).all() or not np.isfinite(dataset.targets).all():
            raise DataProblem(f"{dataset.title} has values that are not finite numbers. Remove those rows.")
        self.is_holdout = division.folding.kind == "holdout"
        self.folding, self._groups = division.folding.resolved(dataset), groups
        self._parts: dict[int, Parts | None] = {}
        train, valid, _ = divide(dataset, choice)
        if division.outer is not None:
            train = rows_of(dataset, np.sort(np.concatenate([train, valid])), division.outer, groups)[division.place][0]
            valid = train[:0]
        if division.folding.kind == "holdout":
            self.rows = [(train, valid)] if len(valid) else rows_of(dataset, train, Folding(count=5), groups)[:1]
        else:
            self.rows = rows_of(dataset, np.sort(np.concatenate([train, valid])), division.folding, groups)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Examples:
        """Training and validation examples of a fold, scaled by its training rows; the test part is empty."""
        train, valid = self.rows[place]
        return assembled(self.dataset, self.choice, (train, valid, train[:0]))

    def parts(self, place: int) -> Parts | None:
        """Rows to train on, to choose the epoch by, and to be judged on; None where a fold has too few for that.

        In the project's own split validation is what it is for every run: it chooses the epoch, and is told of.
        """
        if self.is_holdout:
            return None
        if place not in self._parts:
            train, valid = self.rows[place]
            inner = set_apart(self.dataset, train, self.folding, self._groups)
            self._parts[place] = None if inner is None else (*inner, valid)
        return self._parts[place]

    def stopping(self, place: int) -> Examples:
        """As self[place], but what the fold keeps back is the test part, and validation is set apart of its training
        rows (parts()), so that what judges has no say in when to stop.
        """
        parts = self.parts(place)
        return self[place] if parts is None else assembled(self.dataset, self.choice, parts)

    def __iter__(self) -> Iterator[Examples]:
        return (self[place] for place in range(len(self)))


def rows_of(dataset: Dataset, rows: Ints, folding: Folding, groups: Ints | None = None) -> list[tuple[Ints, Ints]]:
    """Rows to train on and rows to be judged on, a pair a fold: scikit-learn's splitters, applied to these rows."""
    folding = folding.resolved(dataset)
    if groups is None and (folding.kind == "grouped" or folding.group):
        groups = _groups(dataset, folding.group)
    elif folding.kind == "leave-one-out" and groups is None:
        groups = dataset.groups
    elif folding.kind == "forward" and dataset.times is not None:
        rows = rows[np.argsort(dataset.times[rows], kind="stable")]
    own_groups = groups[rows] if groups is not None else None
    splitter = _splitter(folding, dataset, own_groups is not None)
    labels = dataset.targets[rows] if folding.kind == "stratified" else None
    _refuse(dataset, rows, folding, labels, own_groups)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class with fewer examples than there are folds
        pairs = list(splitter.split(np.zeros(len(rows)), labels, own_groups))
    return [(rows[train], rows[valid]) for train, valid in pairs]


def _splitter(folding: Folding, dataset: Dataset, has_groups: bool) -> Any:
    from sklearn import model_selection as made

    count, repeats, seed = folding.count, folding.repeats, folding.seed
    if folding.kind == "leave-one-out":
        return made.LeaveOneGroupOut() if has_groups else made.LeaveOneOut()
    if folding.kind == "grouped":
        return _RepeatedGroups(max(2, count), repeats, seed) if repeats > 1 else made.GroupKFold(max(2, count))
    if folding.kind == "forward":
        return made.TimeSeriesSplit(max(2, count), gap=getattr(dataset, "gap", None) or 0)
    if folding.kind == "stratified":
        if repeats > 1:
            return made.RepeatedStratifiedKFold(n_splits=max(2, count), n_repeats=repeats, random_state=seed)
        return made.StratifiedKFold(max(2, count), shuffle=True, random_state=seed)
    if repeats > 1:
        return made.RepeatedKFold(n_splits=max(2, count), n_repeats=repeats, random_state=seed)
    return made.KFold(max(2, count), shuffle=True, random_state=seed)


@dataclass(frozen=True)
class _RepeatedGroups:
    """Whole groups, dealt out anew each time."""

    count: int
    repeats: int
    seed: int

    def split(self, x: Any, labels: Any, groups: Any) -> Iterator[tuple[Ints, Ints]]:
        """As scikit-learn's splitters have it."""
        from sklearn.model_selection import GroupKFold

        which = np.unique(groups, return_inverse=True)[1]
        for repeat in range(self.repeats):
            mixed = np.random.default_rng([self.seed, repeat]).permutation(int(which.max()) + 1)
            yield from GroupKFold(self.count).split(x, labels, mixed[which])


def set_apart(
    dataset: Dataset, rows: Ints, folding: Folding | None = None, groups: Ints | None = None
) -> tuple[Ints, Ints] | None:
    """Rows of a training part to learn from, and a fifth of them to choose the epoch by; None for too few.

    Groups stay whole, and the latest choose where rows stand in the order of time, as in the folds themselves.
    Source: scikit-learn's MLPClassifier (early_stopping, validation_fraction) sets part of its training data apart.
    """
    group = folding.group if folding is not None else ""
    kind = folding.kind if folding is not None and folding.kind in ("grouped", "forward") else "usual"
    kind = "grouped" if group else kind
    seed = folding.seed if folding is not None else 0
    if len(rows) < FEWEST:
        return None
    try:
        return rows_of(dataset, rows, Folding(kind, APART, 1, seed, group), groups)[-1]
    except DataProblem:  # fewer groups, or examples of each class, than parts
        return None


def _refuse(dataset: Dataset, rows: Ints, folding: Folding, labels: Any, groups: Ints | None) -> None:
    """Raise DataProblem for folds that these rows do not give."""
    count = folding.count
    if folding.kind == "leave-one-out":
        count = len(rows) if groups is None else len(np.unique(groups))
    if count < 2:
        raise DataProblem("Cross-validation needs at least 2 folds. Choose 5 or 10, or loo for one an example.")
    if count * folding.repeats * len(rows) > MOST_ROWS:
        raise DataProblem(f"{count * folding.repeats:,} folds of {len(rows):,} examples are too many. Choose 10.")
    most, what = len(rows), "training and validation examples"
    if folding.kind == "grouped" and groups is not None:
        most, what = len(np.unique(groups)), f"different values of {folding.group or 'the groups'}"
    elif folding.kind == "stratified":
        most, what = int(np.unique(labels, return_counts=True)[1].max()), "examples of the largest class"
    elif folding.kind == "forward":
        most = (len(rows) - 1) // (1 + (getattr(dataset, "gap", None) or 0))
        what = "examples that leave something to train on"
    if count > most:
        raise DataProblem(f"{count:,} folds cannot be made of {most:,} {what}. Choose {max(2, most):,} or fewer.")


def groups_left(examples: Examples, name: str) -> int:
    """How many groups there are outside of the test part: as many folds can be made of them. name: as in Folding."""
    rows = np.concatenate([examples.train.rows, examples.unused, examples.valid.rows])
    return len(np.unique(_groups(examples.dataset, name)[rows]))


def _groups(dataset: Dataset, name: str) -> Ints:
    """A number for each different value of an input; without a name, the table's own groups."""
    if dataset.groups is not None and name in ("", group_column(dataset)):
        return dataset.groups
    if dataset.table is not None and name in dataset.table.by_name and not dataset.table.by_name[name].clipped:
        return groups_of(dataset.table.by_name[name])
    names = list(dataset.feature_names)
    own = [place for place, each in enumerate(names) if each == name or each.startswith(f"{name} = ")]
    if not own or dataset.inputs.ndim != 2:
        there = ", ".join(dict.fromkeys(each.split(" = ")[0] for each in names)) or "none"
        raise DataProblem(f"There is no input “{name}” to group by. {dataset.title} has: {there}.")
    return np.unique(dataset.inputs[:, own], axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)

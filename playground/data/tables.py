"""A table from a CSV, TSV, Excel or Parquet file as a Dataset: what is predicted, from what, what was left out, and all
of it said.

A file is data from a stranger: table_files.py reads it within limits. Filling, counting out and scaling: preparing.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.data.columns import Judged, judged, left_out_notes, listed, one
from playground.data.dataset import DataChoice, DataProblem, Dataset
from playground.data.grouping import groups_of
from playground.data.preparing import Preparation, fitted
from playground.data.reading import AS_UNDERSTOOD
from playground.data.split import FEWEST, divide
from playground.data.suspicions import repeated_names
from playground.data.table import Column, Table
from playground.data.table_files import SUFFIXES, read, understand
from playground.data.table_plan import TablePlan
from playground.data.text_rows import Tell, silent

__all__ = ["SUFFIXES", "load_table", "new_rows"]

MOST_CLASSES = 20
"""Different whole numbers up to which a target is classes, in a table of more than ten times as many rows."""


def load_table(path: Path, choice: DataChoice, tell: Tell = silent) -> Dataset:
    """Read a table. The target is the column that was named, or the last one.

    Words, and whole numbers of at most 20 kinds in a large enough table, are classes; other numbers are regressed.
    What is fitted is fitted to the training part that `choice` gives; split.prepare fits anew to another.
    tell: called as the file is read with how much is done and how much there is, and then, until all is ready, with
    zeros: that is not known; what it raises ends the reading.
    Raises: DataProblem: If there is nothing to learn from.
    """
    reading = choice.table or AS_UNDERSTOOD
    plan = understand(path, reading, tell)
    targets, notes = targets_of(path, plan, choice)
    said = {column.name: column.role for column in reading.columns}
    left_out = [name for name, role in said.items() if role == "left out" and name not in targets]
    keys = [name for name, role in said.items() if role in ("group", "time")]
    table = read(path, plan, tell, left_out, (*targets, *keys))
    tell(0, 0)  # how long the rest takes is not known
    if not table.rows or len(plan.columns) < 2:
        rows, width = (_count(table.rows, "row"), _count(len(plan.columns), "column"))
        sheets = [name for name in plan.sheets if name != plan.sheet]
        other = f" Its other sheets: {listed(sheets)}; choose one when it is opened in the window." if sheets else ""
        raise DataProblem(
            f"{path.name} has {rows} and {width}; a table needs a header, some rows, and at least two columns.{other}"
        )
    if table.rows == 1:
        raise DataProblem(f"{path.name} has one row of data; one row teaches nothing. Choose a table with more rows.")
    targets, notes = _not_empty(path, table, plan, choice, targets, notes)
    columns = judged(table, reading, targets)
    tell(0, 0)
    notes += [*table.notes, *left_out_notes(columns)]
    table = _usable(table, columns, path, notes)
    if table.rows < FEWEST:
        notes.append(f"{table.rows} rows are too few to train: at least {FEWEST} are needed.")
    dataset = _dataset(path, table, columns, targets)
    notes += [*_filled(table, columns), *_disguised(dataset), *_together(dataset), *_alike(dataset)]
    tell(0, 0)
    return replace(_prepared(dataset, choice), notes=tuple(notes))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _alike(dataset: Dataset) -> Iterator[str]:
    """Classes that are perhaps one, written in two ways."""
    ways: dict[str, list[str]] = {}
    for name in dataset.class_names:
        ways.setdefault("".join(name.casefold().split()), []).append(name)
    for names in ways.values():
        if len(names) > 1:
            yield (
                f"The classes {' and '.join(f'“{name}”' for name in names)} differ only in capitals or spaces. If they "
                "are one, put the labels right under Browse, or in the file."
            )


def _together(dataset: Dataset) -> list[str]:
    return [
        f"“{name}” repeats: rows of the same one may belong together. If so, give it the role “group”, so that "
        "they stay in one part."
        for name in repeated_names(dataset)
    ]


def new_rows(path: Path, preparation: Preparation, tell: Tell = silent) -> Table:
    """Other rows for a trained network: a file's columns, read as those were that it was trained on.

    Preparation.apply makes inputs of them. Raises DataProblem.
    """
    reading = preparation.needed()
    wanted = {column.name for column in preparation.columns}
    plan = understand(path, reading, tell)
    if wanted.isdisjoint(plan.names) and not plan.header:  # a few rows of words look like the names above them
        named = understand(path, reading.model_copy(update={"header": True}), tell)
        plan = plan if wanted.isdisjoint(named.names) else named
    formats = {column.name: column.format for column in preparation.columns if column.encoding == "date"}
    columns = tuple(
        column.model_copy(update={"format": formats[column.name]}) if column.name in formats else column
        for column in plan.columns
    )
    others = [] if wanted.isdisjoint(plan.names) else [name for name in plan.names if name not in wanted]
    return read(path, plan.model_copy(update={"columns": columns}), tell, others, tuple(wanted))


def targets_of(path: Path, plan: TablePlan, choice: DataChoice) -> tuple[tuple[str, ...], list[str]]:
    """The columns to predict, and what to say of their choice."""
    said = choice.table.columns if choice.table is not None else ()
    named = (choice.target,) if choice.target is not None else tuple(
        column.name for column in said if column.role == "target"
    )  # fmt: skip
    used = [column.name for column in said if column.role in ("group", "time")]
    for name in (*named, *used):
        if name not in plan.names:
            close = get_close_matches(name, plan.names, 1)
            hint = f"Did you mean “{close[0]}”? " if close else ""
            raise DataProblem(f"{path.name} has no column “{name}”. {hint}It has: {listed(plan.names)}.")
    gone = [column.name for column in said if column.name not in plan.names]
    notes = [f"The file has no column {listed(gone)} any more."] if gone else []
    if named:
        return named, notes
    own = plan.names[: plan.own]  # what was made for longer rows is nobody's target
    last = next(name for name in reversed(own) if name not in used or len(own) == len(used))
    others = [name for name in plan.names if name != last]
    named_others = f" Another can be chosen (in a terminal with --target): {listed(others)}." if others else ""
    return (last,), [f"No target was named, so the last column, “{last}”, is predicted.{named_others}", *notes]


def _not_empty(
    path: Path, table: Table, plan: TablePlan, choice: DataChoice, targets: tuple[str, ...], notes: list[str]
) -> tuple[tuple[str, ...], list[str]]:
    """Where no target was named and the last column is wholly empty, the last that is not."""
    empty = [column.name for column in table.columns if column.gaps.all()]
    is_named = choice.target is not None or any(
        column.role == "target" for column in (choice.table.columns if choice.table is not None else ())
    )
    if is_named or targets[0] not in empty or len(empty) == len(table.columns):
        return targets, notes
    filled = plan.model_copy(update={"columns": tuple(each for each in plan.columns if each.name not in empty)})
    return targets_of(path, filled, choice)


def _usable(table: Table, columns: Sequence[Judged], path: Path, notes: list[str]) -> Table:
    """Without the rows that have no target or no time, or a gap where such rows were to be dropped."""
    needed = [
        column for column in columns
        if column.role in ("target", "time") or (column.role == "input" and column.missing == "drop")
    ]  # fmt: skip
    whole = np.ones(table.rows, bool)
    for column in needed:
        whole &= ~table.by_name[column.name].gaps
    if whole.all():
        return table
    gone = table.rows - int(whole.sum())
    names = [column.name for column in needed if table.by_name[column.name].gaps.any()]
    notes.append(f"{gone:,} of {table.rows:,} rows have gaps in {listed(names)} and were left out.")
    if not whole.any():
        raise DataProblem(
            f"Every row of {path.name} has a gap somewhere in {listed(names)}. Fill the gaps and try again."
        )
    return table.at(whole)


def _dataset(path: Path, table: Table, columns: tuple[Judged, ...], targets: tuple[str, ...]) -> Dataset:
    """The data set, its inputs still to be made."""
    names = {column.name for column in columns if column.role == "input"}
    if not names:
        why = "".join(f" {note}" for note in table.notes if "too large" in note)
        raise DataProblem(
            f"{path.name} has no column of numbers beside the target, and none of categories.{why} Choose another "
            "target with --target, or a table with numbers."
        )
    answers = _answers(path, table, columns, targets)
    group, time = one(columns, "group", path.name), one(columns, "time", path.name)
    if group is not None and time is not None:
        raise DataProblem("Examples cannot be divided by group and by time at once. Choose one of them.")
    inputs = replace(table, columns=tuple(column for column in table.columns if column.name in names))
    about = f"{table.rows:,} rows of {path.name}; predicts {listed(targets)}."
    return Dataset(
        path.name, path.stem, "table", np.zeros((table.rows, 0), np.float32), answers.values,
        "numbers" if answers.classes is None else "classes", answers.classes or (), about=about, table=inputs,
        columns=columns,
        groups=groups_of(table.by_name[group]) if group is not None else None,
        times=_times(table.by_name[time]) if time is not None else None,
        file_rows=table.file_rows,
    )  # fmt: skip


def _prepared(dataset: Dataset, choice: DataChoice) -> Dataset:
    """With inputs, so that their number is known before training."""
    try:
        train = divide(dataset, choice)[0]
    except DataProblem:  # said again when it is divided for training; until then a template can be looked at
        train = np.arange(len(dataset.inputs))
    return fitted(dataset, choice, train)


@dataclass(frozen=True, eq=False)
class _Answers:
    """Targets: classes as numbers from 0 with their names, or numbers (n, columns)."""

    values: NDArray[np.int64] | NDArray[np.float32]
    classes: tuple[str, ...] | None


def _answers(path: Path, table: Table, columns: Sequence[Judged], targets: tuple[str, ...]) -> _Answers:
    types = {column.name: column.type for column in columns}
    if len(targets) == 1 and _is_classes(table.by_name[targets[0]], types[targets[0]]):
        return _classes(path, table.by_name[targets[0]].spelled(), table)
    for name in targets:
        column = table.by_name[name]
        if column.storage != "number":
            kind = "a date" if column.storage == "date" else "words"
            raise DataProblem(
                f"“{name}” is {kind}, which cannot be predicted as a number. Choose another target with --target."
            )
        if column.values.min() == column.values.max():
            raise _all_same(path, name, table)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which split.prepare refuses
        return _Answers(np.stack([table.by_name[name].values for name in targets], axis=1).astype(np.float32), None)


def _is_classes(column: Column, type: str) -> bool:
    if column.storage != "number":
        return column.storage == "words"
    kinds = np.unique(column.values)
    few = len(kinds) <= MOST_CLASSES and len(kinds) < len(column.values) / 10 and bool((kinds % 1 == 0).all())
    return few and type != "number"


def _all_same(path: Path, name: str, table: Table) -> DataProblem:
    left = "".join(f" {note}" for note in table.notes if " left out" in note)
    if left:
        return DataProblem(
            f"Every row that is left of {path.name} has the same {name}.{left} Mend them in the file: each row needs a "
            "cell a column."
        )
    return DataProblem(f"Every row of {path.name} has the same {name}. Choose another target with --target.")


def _classes(path: Path, column: Column, table: Table) -> _Answers:
    places, codes = np.unique(column.values, return_inverse=True)
    names = [column.words[place] for place in places]
    if len(names) < 2:
        raise _all_same(path, column.name, table)
    if len(names) > len(codes) / 2:
        raise DataProblem(
            f"{column.name} has {len(names)} different values in {len(codes)} rows: it looks like a label of each row. "
            "Choose another target with --target."
        )
    order = sorted(range(len(names)), key=lambda place: names[place])
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return _Answers(rank[codes.reshape(-1)], tuple(names[place] for place in order))


def _times(column: Column) -> NDArray[np.float64]:
    """Any order will do: numbers, dates, or words as they are sorted."""
    return column.values.astype(np.float64)


_BECOME = {
    "mean": "the training part's mean", "median": "the training part's median", "own": "a category of their own",
    "most frequent": "the training part's most frequent value",
}  # fmt: skip


def _filled(table: Table, columns: Sequence[Judged]) -> Iterator[str]:
    """What empty cells become, and how many there are of each."""
    found: dict[str, list[str]] = {}
    for column in columns:
        gaps = int(table.by_name[column.name].gaps.sum()) if column.role == "input" else 0
        if gaps:
            found.setdefault(column.missing, []).append(f"{column.name} ({gaps:,})")
    for missing, names in found.items():
        yield f"Empty cells become {_BECOME[missing]}: {listed(names)}."


def _disguised(dataset: Dataset) -> Iterator[str]:
    """Columns that say the same as the target in other words: each of their values stands for one class."""
    if dataset.task != "classes" or dataset.table is None:
        return
    classes = len(dataset.class_names)
    for column in dataset.table.columns:
        kinds = column.spelled() if column.storage == "words" or _has_few(column, classes) else None
        if kinds is None or len(kinds.words) != classes or kinds.gaps.any():
            continue
        pairs = len(np.unique(kinds.values.astype(np.int64) * classes + dataset.targets.astype(np.int64)))
        if pairs == classes:
            yield (
                f"“{column.name}” says the same as the target in other words. Leave it out, unless it is known "
                "before the target is."
            )


def _has_few(column: Column, most: int) -> bool:
    """Whether a column of numbers has few different ones, as far as its beginning tells."""
    return column.storage == "number" and len(np.unique(column.values[:1000])) <= most

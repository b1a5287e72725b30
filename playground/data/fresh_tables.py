"""Rows of a table for a trained network: by the columns' names, gaps filled as in training, what is new named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.data.cells import date_like, dates, number
from playground.data.columns import YES, listed
from playground.data.dataset import DataProblem, Floats
from playground.data.fresh import Fresh, chunks
from playground.data.intake import Intake, SeenColumn
from playground.data.points import engineer
from playground.data.preparing import Preparation, PreparedColumn
from playground.data.reading import MISSING_WORDS
from playground.data.table import Column, Table, plain
from playground.data.table_files import SUFFIXES
from playground.data.table_plan import is_missing
from playground.data.tables import new_rows
from playground.data.text_rows import Tell

BEYOND = 0.5
"""Share of a column's range by which a number may lie outside of it before that is said: of many columns with long
tails, one or another is a little outside in many rows.
"""


def examples(intake: Intake, path: Path, tell: Tell) -> Iterator[Fresh]:
    """Rows of a table's file. Raises DataProblem."""
    assert intake.preparation is not None
    if path.is_dir() or path.suffix.lower() not in (*SUFFIXES, ".txt"):
        raise DataProblem(f"{path.name} is no table. Give a {', '.join(SUFFIXES[:2])}, .xlsx or .parquet file of rows.")
    table = new_rows(path, intake.preparation, tell)
    if not table.rows:
        raise DataProblem(f"{path.name} has no rows below its header.")
    table, notes = _completed(table, intake.preparation)
    names = tuple(f"row {row + 1}" for row in range(table.rows))
    for rows in chunks(table.rows, intake):
        made = of_table(intake, table.at(np.arange(rows.start, rows.stop)), names[rows])
        yield replace(made, notes=(*table.notes, *notes) if not rows.start else ())


def of_cells(intake: Intake, cells: Mapping[str, str]) -> Fresh:
    """One row that was typed in: a text a column, empty for none. Raises DataProblem for what is no number or date."""
    assert intake.preparation is not None
    columns = tuple(_typed(how, cells.get(how.name, "")) for how in intake.preparation.columns)
    return of_table(intake, Table("the form", 1, columns), ("the form",))


def of_table(intake: Intake, table: Table, names: tuple[str, ...]) -> Fresh:
    """Inputs of a table's rows. Raises DataProblem."""
    assert intake.preparation is not None
    inputs: Floats = intake.preparation.apply(table)
    if intake.kind == "points":
        inputs = engineer(inputs, intake.engineered)
    if _is_unscaled(intake.preparation):
        inputs = intake.inputs.scaler().apply(inputs)
    return Fresh(names, inputs, _remarks(intake, table), file_rows=table.file_rows)


def _is_unscaled(preparation: Preparation) -> bool:
    """Whether it only names columns: the set came as numbers, and is scaled as a whole."""
    return all(each.shift == (0.0,) and each.scale == (1.0,) for each in preparation.columns)


def _completed(table: Table, preparation: Preparation) -> tuple[Table, list[str]]:
    """With columns that are missing, empty. Raises DataProblem if most are."""
    wanted = preparation.columns
    gone = [each for each in wanted if each.name not in table.by_name or table.by_name[each.name].clipped]
    if len(gone) == len(wanted) == len(table.columns):
        unnamed = all(column.name.startswith("column ") for column in table.columns)
        if unnamed:
            columns = tuple(replace(column, name=each.name) for column, each in zip(table.columns, wanted, strict=True))
            return replace(table, columns=columns), [f"{table.name} has no header: columns are taken in their order."]
    if 2 * len(gone) > len(wanted):
        has = listed([column.name for column in table.columns])
        raise DataProblem(
            f"{table.name} has no column {listed([each.name for each in gone])}, which the network takes as an "
            f"input. It has: {has or 'none of them'}."
        )
    if not gone:
        return table, []
    notes = [f"{table.name} has no column {listed([each.name for each in gone])}: it counts as empty in every row."]
    empty = tuple(_empty(each, table.rows) for each in gone)
    kept = tuple(column for column in table.columns if not column.clipped)
    return replace(table, columns=(*kept, *empty)), notes


def _empty(how: PreparedColumn, rows: int) -> Column:
    if how.encoding in ("categories", "yes/no"):
        return Column(how.name, "words", np.full(rows, -1, np.int32))
    return Column(how.name, "date" if how.encoding == "date" else "number", np.full(rows, np.nan), format=how.format)


def _typed(how: PreparedColumn, cell: str) -> Column:
    cell = cell.strip()
    if is_missing(cell, MISSING_WORDS):
        return _empty(how, 1)
    if how.encoding in ("categories", "yes/no"):
        return Column(how.name, "words", np.zeros(1, np.int32), (cell,))
    value = dates([cell], how.format)[0] if how.encoding == "date" else number(cell, ".", "")
    if value is None or not np.isfinite(value):
        kind = f"a date such as {date_like(how.format)}" if how.encoding == "date" else "a number"
        raise DataProblem(f"“{cell[:40]}” in {how.name} is not {kind}.")
    return Column(how.name, "date" if how.encoding == "date" else "number", np.array([float(value)]), format=how.format)


# What is odd


def _remarks(intake: Intake, table: Table) -> tuple[tuple[str, ...], ...]:
    assert intake.preparation is not None
    found: list[list[str]] = [[] for _ in range(table.rows)]
    seen = {each.name: each for each in intake.seen}
    for how in intake.preparation.columns:
        if how.name in seen:
            for row, words in _odd(table.by_name[how.name], how, seen[how.name]):
                found[row].append(words)
    return tuple(tuple(each) for each in found) if any(found) else ()


def _odd(column: Column, how: PreparedColumn, seen: SeenColumn) -> Iterator[tuple[int, str]]:
    """Rows whose cell is unlike those of training, and how."""
    if how.encoding in ("categories", "yes/no"):
        if seen.words is None:
            return
        spelled = column.spelled()
        known = set(seen.words)
        new = np.array([_is_new(word, how, known) for word in spelled.words] + [False])
        for row in np.flatnonzero(new[spelled.values]):
            yield int(row), f"{how.name}: “{spelled.words[spelled.values[row]][:60]}” was not there in training."
        return
    figures = column.counted(".", "") if how.encoding == "number" else column.dated(how.format)
    for row in np.flatnonzero(figures.gaps & ~column.gaps):
        word = column.words[column.values[row]][:60]
        kind = "number" if how.encoding == "number" else "date"
        yield int(row), f"{how.name}: “{word}” is no {kind} and counts as empty."
    if seen.low is None or seen.high is None:
        return
    slack = BEYOND * (seen.high - seen.low)
    with np.errstate(invalid="ignore"):
        far = (figures.values < seen.low - slack) | (figures.values > seen.high + slack)
    for row in np.flatnonzero(far):
        value, low, high = (_shown(each, how) for each in (float(figures.values[row]), seen.low, seen.high))
        yield int(row), f"{how.name}: {value} lies outside of {low} to {high}, which was there in training."


def _is_new(word: str, how: PreparedColumn, known: set[str]) -> bool:
    if how.encoding == "yes/no":
        return word not in known and (word.casefold() in YES) not in {each.casefold() in YES for each in known}
    return word not in known


def _shown(value: float, how: PreparedColumn) -> str:
    if how.encoding != "date":
        return plain(float(f"{value:.5g}"))
    return str(np.datetime64(int(value), "s")).replace("T00:00:00", "").replace("T", " ")

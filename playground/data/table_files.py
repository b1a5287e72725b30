"""Tables from files of every kind: understood, then read in chunks into columns. What is made of them: tables.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.data import excel_rows, parquet_rows, text_rows
from playground.data.collecting import Collector
from playground.data.dataset import DataProblem
from playground.data.ragged import ragged, told
from playground.data.reading import AS_UNDERSTOOD, TableReading
from playground.data.row_numbers import numbered
from playground.data.table import Ints, Table
from playground.data.table_plan import MOST_CELLS, ColumnPlan, Head, TablePlan, planned, widened
from playground.data.text_rows import Chunk, LongRow, Tell, silent

if TYPE_CHECKING:
    import pandas as pd

EXCEL = (".xlsx", ".xlsm", ".xls")
PARQUET = (".parquet", ".pq")
SUFFIXES = (".csv", ".tsv", ".tab", *EXCEL, *PARQUET)

MOST_READINGS = 12
"""Times that a file is begun anew, when a row further down is longer or a column of another kind than thought."""


def understand(path: Path, reading: TableReading = AS_UNDERSTOOD, tell: Tell = silent) -> TablePlan:
    """How a table's file is written and what its columns hold; what `reading` says is taken as said.

    Raises: DataProblem: If it cannot be read, or is too large.
    """
    return planned(beginning(path, reading, tell), reading, path.name)


def beginning(path: Path, reading: TableReading = AS_UNDERSTOOD, tell: Tell = silent) -> Head:
    """The first rows of a file as text. Raises DataProblem."""
    suffix = path.suffix.lower()
    if suffix in EXCEL:
        return excel_rows.head(path, reading)
    return parquet_rows.head(path) if suffix in PARQUET else text_rows.head(path, reading, tell)


def read(
    path: Path,
    plan: TablePlan,
    tell: Tell = silent,
    left_out: Sequence[str] = (),
    keeps_all: Sequence[str] = (),
    most_rows: int | None = None,
) -> Table:
    """All rows of a file as columns.

    tell: called after each chunk with how much is done and how much there is; what it raises ends the reading.
    left_out: columns that are not kept. keeps_all: columns of words that are kept however many there are.
    most_rows: where to stop.
    A column whose cells turn out further down to be of another kind than at the beginning is read again as words.
    Raises: DataProblem: If it cannot be read, or is too large.
    """
    for _ in range(MOST_READINGS):
        try:
            taken = _collected(path, plan, tell, left_out, keeps_all, most_rows)
        except LongRow as found:
            plan = _wider(plan, found.cells)
            continue
        others = {place for place, collector in taken.collectors.items() if collector.is_of_other_kind}
        if not others:
            break
        plan = plan.model_copy(update={"columns": tuple(
            column.model_copy(update={"storage": "words", "format": ""}) if place in others else column
            for place, column in enumerate(plan.columns)
        )})  # fmt: skip
    else:
        raise AssertionError("a file that is read ever wider is read in the end")
    return _table(path, plan, taken, tell)


def _wider(plan: TablePlan, cells: int) -> TablePlan:
    """The plan that also reads a row of so many cells, to count it; or passes it by, if it is absurdly long."""
    if cells > 4 * plan.own + 100:
        return plan.model_copy(update={"skips_long": True})
    width = max(cells, 2 * plan.width)
    if plan.long_rows != "widen":
        return plan.model_copy(update={"width": width})
    new = widened(plan.names, width)[len(plan.columns) :]
    more = tuple(ColumnPlan(name=name, storage="number", is_beyond=True) for name in new)
    return plan.model_copy(update={"width": width, "columns": (*plan.columns, *more)})


@dataclass(frozen=True, eq=False)
class _Taken:
    """What one reading gave."""

    collectors: dict[int, Collector]
    rows: int
    """That were kept."""
    long: NDArray[np.bool_]
    """Of all rows that were read, whether they have too many cells."""
    numbers: Ints | None
    """Of the same, which of the file's rows they are, where the reader knows."""
    used: int
    """Columns up to the last that is not wholly empty."""
    has_gap: bool
    """Whether that one is empty somewhere: a row may have too few cells."""
    is_whole: bool


def _collected(
    path: Path, plan: TablePlan, tell: Tell, left_out: Sequence[str], keeps_all: Sequence[str], most_rows: int | None
) -> _Taken:
    out, kept = set(left_out), set(keeps_all)
    collectors = {
        place: Collector(column, plan, column.name in kept)
        for place, column in enumerate(plan.columns)
        if column.name not in out
    }
    rows, long, numbers, ends = 0, [], [], _Ends(plan.own)
    wanted = {place: plan.columns[place].storage != "number" for place in collectors}
    is_whole = True
    for frame, places in _chunks(path, plan, wanted, tell):
        beyond = list(range(plan.own, plan.width))
        long.append(frame[beyond].notna().any(axis=1).to_numpy() if plan.kind == "text" else np.zeros(len(frame), bool))
        numbers.append(places)
        if plan.kind == "text":
            ends.look(frame)
        kept_rows = frame.loc[~long[-1]] if plan.long_rows == "drop" and long[-1].any() else frame
        for place, collector in collectors.items():
            collector.add(kept_rows[place])
        rows += len(kept_rows)
        if rows * max(1, len(collectors)) > MOST_CELLS:
            raise DataProblem(f"{path.name} has more than {MOST_CELLS:,} cells. Use a part of it.")
        if most_rows is not None and rows >= most_rows:
            is_whole = False
            break
    known = [each for each in numbers if each is not None]
    return _Taken(
        collectors, rows, np.concatenate(long or [np.zeros(0, bool)]), np.concatenate(known) if known else None,
        ends.used, ends.has_gap, is_whole,
    )  # fmt: skip


class _Ends:
    """Which column is the last with anything in it, and whether each row reaches to it, as far as its gaps tell."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self.used = self._rows = 0
        self.has_gap = False

    def look(self, frame: pd.DataFrame) -> None:
        """At the next rows."""
        used = next((place for place in range(self._columns, self.used, -1) if frame[place - 1].notna().any()), 0)
        if used > self.used:
            self.used, self.has_gap = used, self._rows > 0
        if self.used:
            self.has_gap = self.has_gap or bool(frame[self.used - 1].isna().any())
        self._rows += len(frame)


def _table(path: Path, plan: TablePlan, taken: _Taken, tell: Tell) -> Table:
    """What was collected, with the rows' places in the file."""
    numbers, are_short = taken.numbers, np.zeros(len(taken.long), bool)
    if plan.kind == "text":
        found = numbered(path, plan, len(taken.long), taken.is_whole, taken.has_gap, tell)
        numbers = found.numbers if found is not None else None
        if found is not None and taken.has_gap:
            are_short = found.cells < taken.used
    long, short = ragged(taken.long, numbers), ragged(are_short, numbers)
    columns = [(plan.columns[place], collector) for place, collector in taken.collectors.items()]
    columns = [(column, collector) for column, collector in columns if collector.present or not column.is_beyond]
    notes = list(told(long, plan.long_rows, sum(column.is_beyond for column, _ in columns), short, plan.short_rows))
    if plan.skips_long:
        notes.append(f"Rows of more than {plan.width:,} cells were passed by.")
    for column, collector in columns:
        notes.extend(_oddities(column, collector))
    kept = ~taken.long if plan.long_rows == "drop" else np.ones(len(taken.long), bool)
    table = Table(
        path.name, taken.rows, tuple(collector.column() for _, collector in columns), tuple(notes),
        numbers[kept] if numbers is not None else None, long, short,
    )  # fmt: skip
    return table.at(~are_short[kept]) if plan.short_rows == "drop" and short.count else table


def _chunks(path: Path, plan: TablePlan, wanted: dict[int, bool], tell: Tell) -> Iterator[Chunk]:
    if plan.kind == "excel":
        return excel_rows.chunks(path, plan, wanted, tell)
    if plan.kind == "parquet":
        return parquet_rows.chunks(path, plan, wanted, tell)
    return text_rows.chunks(path, plan, wanted, tell)


def _oddities(column: ColumnPlan, collector: Collector) -> Iterator[str]:
    kind = "date" if column.storage == "date" else "number"
    if collector.failed:
        shown = ", ".join(f"“{word[:40]}”" for word in collector.odd)
        one = collector.failed == 1
        many = f"1 cell is no {kind} and counts" if one else f"{collector.failed:,} cells are no {kind}s and count"
        yield f"{column.name}: {many} as empty: {shown}."
    if collector.infinite:
        one = collector.infinite == 1
        many = "1 infinite value counts" if one else f"{collector.infinite:,} infinite values count"
        yield f"{column.name}: {many} as empty."
    if collector.large:
        many = "1 value is" if collector.large == 1 else f"{collector.large:,} values are"
        counts = "counts" if collector.large == 1 else "count"
        yield f"{column.name}: {many} too large to compute with and {counts} as empty."

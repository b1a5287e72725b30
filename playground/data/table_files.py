"""Tables from files of every kind: understood, then read in chunks into columns. What is made of them: tables.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from playground.data import excel_rows, parquet_rows, text_rows
from playground.data.collecting import Collector
from playground.data.dataset import DataProblem
from playground.data.reading import AS_UNDERSTOOD, TableReading
from playground.data.table import Table
from playground.data.table_plan import MOST_CELLS, ColumnPlan, Head, TablePlan, planned
from playground.data.text_rows import LongRow, Tell, silent

if TYPE_CHECKING:
    import pandas as pd

EXCEL = (".xlsx", ".xlsm", ".xls")
PARQUET = (".parquet", ".pq")
SUFFIXES = (".csv", ".tsv", ".tab", *EXCEL, *PARQUET)

MOST_NAMED = 8
"""Lines of the file that are named."""
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
            collectors, rows, notes = _collected(path, plan, tell, left_out, keeps_all, most_rows)
        except LongRow as found:
            plan = _wider(plan, found.cells)
            continue
        others = {place for place, collector in collectors.items() if collector.is_of_other_kind}
        if not others:
            break
        plan = plan.model_copy(update={"columns": tuple(
            ColumnPlan(name=column.name, storage="words") if place in others else column
            for place, column in enumerate(plan.columns)
        )})  # fmt: skip
    else:
        raise AssertionError("a file that is read ever wider is read in the end")
    for place, collector in collectors.items():
        notes.extend(_oddities(plan.columns[place], collector))
    return Table(path.name, rows, tuple(collector.column() for collector in collectors.values()), tuple(notes))


def _wider(plan: TablePlan, cells: int) -> TablePlan:
    """The plan that also reads a row of so many cells, to count it; or passes it by, if it is absurdly long."""
    if cells > 4 * len(plan.columns) + 100:
        return plan.model_copy(update={"skips_long": True})
    return plan.model_copy(update={"width": max(cells, 2 * plan.width)})


def _collected(
    path: Path, plan: TablePlan, tell: Tell, left_out: Sequence[str], keeps_all: Sequence[str], most_rows: int | None
) -> tuple[dict[int, Collector], int, list[str]]:
    out, kept = set(left_out), set(keeps_all)
    collectors = {
        place: Collector(column, plan, column.name in kept)
        for place, column in enumerate(plan.columns)
        if column.name not in out
    }
    rows = ragged = 0
    wanted = {place: plan.columns[place].storage != "number" for place in collectors}
    for frame, skipped in _chunks(path, plan, wanted, tell):
        for place, collector in collectors.items():
            collector.add(frame[place])
        rows, ragged = rows + len(frame), ragged + skipped
        if rows * max(1, len(collectors)) > MOST_CELLS:
            raise DataProblem(f"{path.name} has more than {MOST_CELLS:,} cells. Use a part of it.")
        if most_rows is not None and rows >= most_rows:
            break
    notes = [_told(path, plan, ragged)] if ragged else []
    if plan.skips_long:
        notes.append(f"Rows of more than {plan.width:,} cells were passed by.")
    return collectors, rows, notes


def _told(path: Path, plan: TablePlan, ragged: int) -> str:
    """What became of rows with too many cells, and where in the file they are."""
    many = "1 row has" if ragged == 1 else f"{ragged:,} rows have"
    lines = text_rows.long_lines(path, plan, MOST_NAMED + 1) if plan.kind == "text" else ()
    named = ", ".join(f"{line:,}" for line in lines[:MOST_NAMED]) + ("…" if len(lines) > MOST_NAMED else "")
    where = f" ({'line' if len(lines) == 1 else 'lines'} {named})" if lines else ""
    if plan.keeps_long:
        return f"{many} more cells than there are columns{where}: what is beyond the last column was left off."
    return f"{many} more cells than there are columns and were left out{where}."


def _chunks(path: Path, plan: TablePlan, wanted: dict[int, bool], tell: Tell) -> Iterator[tuple[pd.DataFrame, int]]:
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

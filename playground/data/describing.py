"""A table as a person is shown it before it is used: its first rows as they are written, and each column's facts, with
what is proposed to be done with it and why.

Looks at the beginning of the file alone, so that it answers at once. What is then done: tables.load_table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from playground.data.columns import Judged, judged
from playground.data.dataset import DataChoice
from playground.data.giving_away import giving_away
from playground.data.ragged import NO_ROWS, Ragged
from playground.data.reading import AS_UNDERSTOOD
from playground.data.table import Column, plain
from playground.data.table_files import beginning, read
from playground.data.table_plan import TablePlan, planned
from playground.data.tables import targets_of
from playground.data.text_rows import Tell, silent

SHOWN = 50
LOOKED_AT = 20_000
LONGEST_CELL = 200


@dataclass(frozen=True)
class ColumnSight:
    """One column's facts, of the rows that were looked at."""

    proposal: Judged
    """Its name, type, role, reason and treatment."""
    gaps: int
    kinds: int
    """Different values; 0 if they are too many to count."""
    examples: tuple[str, ...]
    """Some different values."""
    low: str
    high: str
    """Smallest and largest number or date; empty for words."""
    gives_away: str = ""
    """The target that it says by itself, if it does."""


@dataclass(frozen=True)
class TableSight:
    """What a file looks like."""

    plan: TablePlan
    """How it is written, as understood and as said."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows below the header, as they are written."""
    columns: tuple[ColumnSight, ...]
    seen: int
    """Rows that the facts are of."""
    is_whole: bool
    """Whether that is all of them."""
    targets: tuple[str, ...]
    notes: tuple[str, ...]
    """Which column is predicted and why, where none was named; what was odd."""
    long: Ragged = NO_ROWS
    """Rows with more cells than there are columns, of those that were looked at."""
    short: Ragged = NO_ROWS
    """Rows with fewer."""


def describe(path: Path, choice: DataChoice, tell: Tell = silent) -> TableSight:
    """Look at a table as `choice` says to read it.

    Raises: DataProblem: If it cannot be read, or has no column of a name that the choice gives.
    """
    reading = choice.table or AS_UNDERSTOOD
    head = beginning(path, reading, tell)
    plan = planned(head, reading, path.name)
    targets, notes = targets_of(path, plan, choice)
    table = read(path, plan, tell, most_rows=LOOKED_AT)
    filled = [row for row in head.records if any(cell.strip() for cell in row)]
    below = filled[1:] if plan.header and head.named is None else filled
    rows = tuple(tuple(cell[:LONGEST_CELL] for cell in row) for row in below[:SHOWN])
    columns = judged(table, reading, targets)
    leaks = giving_away(table, columns, targets)
    sights = tuple(
        replace(_sight(column, proposal), gives_away=leaks.get(column.name, ""))
        for column, proposal in zip(table.columns, columns, strict=True)
    )
    return TableSight(
        plan, rows, sights, table.rows, table.rows < LOOKED_AT, targets, tuple([*notes, *table.notes]), table.long,
        table.short,
    )  # fmt: skip


def _sight(column: Column, proposal: Judged) -> ColumnSight:
    if column.clipped:
        return ColumnSight(proposal, 0, 0, (), "", "")
    kept = column.values[~column.gaps]
    kinds, firsts = np.unique(kept, return_index=True)
    shown = tuple(_written(column, kept[place])[:LONGEST_CELL] for place in np.sort(firsts)[:5])
    has_ends = column.storage != "words" and len(kept) > 0
    low, high = (_written(column, kinds[0]), _written(column, kinds[-1])) if has_ends else ("", "")
    return ColumnSight(proposal, int(column.gaps.sum()), len(kinds), shown, low, high)


def _written(column: Column, value: float) -> str:
    """A number with its figures, a date as 2020-01-31 12:30:00, a word as it is."""
    if column.storage == "words":
        return column.words[int(value)]
    if column.storage == "number":
        return plain(float(value))
    moment = str(np.datetime64(int(value), "s")).replace("T", " ")
    return moment.removesuffix(" 00:00:00")

"""A table in memory: columns of numbers, dates or words with their gaps, before anything is fitted to it.

Knows numpy and no files. Made by tables.py; turned into inputs by preparing.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.data.cells import dates, numbers
from playground.data.ragged import NO_ROWS, Ragged

Storage = Literal["number", "date", "words"]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """One column."""

    name: str
    storage: Storage
    values: NDArray[Any]
    """(n,) numbers as float64, dates as seconds since the beginning of 1970, both nan where the cell is empty; words
    as int32 places in `words`, -1 where empty."""
    words: tuple[str, ...] = ()
    format: str = ""
    """Of dates."""
    clipped: bool = False
    """Whether there are so many different words that they were no longer told apart: no values are kept then."""

    @cached_property
    def gaps(self) -> NDArray[np.bool_]:
        """(n,) whether the cell is empty."""
        found: NDArray[np.bool_] = self.values < 0 if self.storage == "words" else np.isnan(self.values)
        return found

    def cell(self, row: int) -> str:
        """What stands there, as in the file; empty for a gap."""
        value = self.values[row]
        if self.gaps[row]:
            return ""
        if self.storage == "words":
            return self.words[int(value)]
        if self.storage == "date":
            return str(np.datetime64(int(value), "s")).replace("T00:00:00", "").replace("T", " ")
        return plain(float(value))

    def at(self, rows: NDArray[Any] | slice) -> Column:
        """These rows of it."""
        return replace(self, values=self.values[rows])

    def spelled(self) -> Column:
        """Its numbers as words: 3.0 as “3”."""
        if self.storage == "words":
            return self
        kinds, places = np.unique(self.values[~self.gaps], return_inverse=True)
        codes = np.full(len(self.values), -1, np.int32)
        codes[~self.gaps] = places
        return Column(self.name, "words", codes, tuple(plain(value) for value in kinds))

    def counted(self, decimal: str, thousands: str) -> Column:
        """Its words as numbers, nan where one spells none."""
        if self.storage != "words":
            return self
        figures = np.append(numbers(self.words, decimal, thousands), np.nan)
        return Column(self.name, "number", figures[self.values])

    def dated(self, format: str) -> Column:
        """Its words as dates of that format."""
        if self.storage != "words":
            return self
        return Column(self.name, "date", np.append(dates(self.words, format), np.nan)[self.values], format=format)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length."""

    name: str
    """Of the file."""
    rows: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    file_rows: Ints | None = None
    """(rows,) which row of its file each is, as a spreadsheet counts, the header included; None where not known."""
    long: Ragged = NO_ROWS
    """Rows of the file with more cells than there are columns."""
    short: Ragged = NO_ROWS
    """Rows with fewer."""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def at(self, rows: NDArray[Any]) -> Table:
        """These rows of it."""
        kept = tuple(column if column.clipped else column.at(rows) for column in self.columns)
        count = int(rows.sum()) if rows.dtype == bool else len(rows)
        places = self.file_rows[rows] if self.file_rows is not None else None
        return replace(self, rows=count, columns=kept, file_rows=places)

    def cells(self) -> NDArray[np.float64]:
        """(rows, columns) a number a cell, equal where the cells are: to find rows that are the same."""
        kept = [column.values.astype(np.float64) for column in self.columns if not column.clipped]
        return np.stack(kept, axis=1) if kept else np.zeros((self.rows, 0))

    def holds_same(self, other: Table) -> bool:
        """Whether both have the same columns with the same cells."""
        return len(self.columns) == len(other.columns) and all(
            (a.name, a.storage, a.words) == (b.name, b.storage, b.words)
            and np.array_equal(a.values, b.values, equal_nan=a.storage != "words")
            for a, b in zip(self.columns, other.columns, strict=True)
        )


def plain(value: float) -> str:
    """A number as a person writes it: whole ones without a point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.10g}"

"""How a table's file is understood: where it begins, how its cells are written, what each column holds.

A plan is found out from the beginning of a file (table_files.understand) and followed by the readers: text_rows.py for
CSV and TSV, excel_rows.py, parquet_rows.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Literal

from pydantic import BaseModel

from playground.data.cells import ENOUGH, date_format, is_coded, is_infinite, number
from playground.data.dataset import DataProblem
from playground.data.reading import MISSING_WORDS, LongRows, ShortRows, TableReading
from playground.data.sniffing import Records, sniff_decimal, sniff_header
from playground.data.table import Storage

MOST_BYTES = 2**30
MOST_COLUMNS = 20_000
MOST_CELLS = 100_000_000
MOST_SAMPLED = 200_000
"""Cells at the beginning of a file that the kinds of its columns are found out from, in 2,000 rows at most."""
LONGEST_NAME = 200


class ColumnPlan(BaseModel, frozen=True):
    """How one column is kept in memory."""

    name: str
    storage: Storage
    format: str = ""
    """Of dates, as in Python's strptime."""
    is_beyond: bool = False
    """Whether it was made for cells beyond the last column."""


class TablePlan(BaseModel, frozen=True):
    """What was understood of a file, what a person said about it already taken in."""

    kind: Literal["text", "excel", "parquet"]
    columns: tuple[ColumnPlan, ...]
    header: bool
    encoding: str = ""
    separator: str = ""
    quote: str = '"'
    escape: str | None = None
    comment: str | None = None
    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = MISSING_WORDS
    """In small letters."""
    skip: int = 0
    """Lines (rows, of Excel) before the header, or before the data where there is none."""
    data_from: int = 0
    """Lines (rows, of Excel) before the first row of data."""
    width: int
    """Cells a row that are read; those beyond the columns should be empty."""
    long_rows: LongRows = "drop"
    short_rows: ShortRows = "fill"
    skips_long: bool = False
    """Whether rows with still more cells are passed by uncounted, since reading them would take too much."""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    rows: int | None = None
    """How many there are, where the file says so."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def own(self) -> int:
        """How many columns the file has by its header, or by most of its rows."""
        return sum(not column.is_beyond for column in self.columns)


@dataclass(frozen=True)
class Head:
    """The beginning of a file as cells, header included, and what is known of how they were written."""

    kind: Literal["text", "excel", "parquet"]
    records: Records
    ends: tuple[int, ...]
    """Lines (rows, of Excel) before the end of each record."""
    skip: int = 0
    encoding: str = ""
    separator: str = ""
    quote: str = '"'
    escape: str | None = None
    comment: str | None = None
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    named: tuple[str, ...] | None = None
    """The columns' names where the file has them apart from its rows."""
    rows: int | None = None


def planned(head: Head, reading: TableReading, name: str) -> TablePlan:
    """The plan of a file from its beginning. Raises DataProblem for one without cells or with too many columns.

    name: of the file, for messages.
    """
    rows = [row for row in head.records if any(cell.strip() for cell in row)]
    if not rows and head.named is None:
        raise DataProblem(f"{name} cannot be read as a table: it is empty. Choose another file.")
    missing = (
        tuple(word.strip().casefold() for word in reading.missing) if reading.missing is not None else MISSING_WORDS
    )
    sampled = rows[: max(20, min(2000, MOST_SAMPLED // max(1, len(rows[0]) if rows else 1)))]
    decimal, thousands = _signs(sampled, head.separator, reading)
    kind_of = partial(_kind, missing=missing, decimal=decimal, thousands=thousands, day_first=reading.day_first)
    header = _has_header(sampled, head, reading, kind_of)
    names, body = (list(head.named), sampled) if head.named is not None else _named(sampled, header)
    if len(names) > MOST_COLUMNS:
        raise DataProblem(f"{name} has {len(names):,} columns; at most {MOST_COLUMNS:,} are read. Use a part of it.")
    width = max([len(names), *(len(row) for row in body)])
    own = len(names)
    if reading.long_rows == "widen":
        names = widened(names, max([own, *(_filled(row) for row in body)]))
    said = {column.name: column.type for column in reading.columns}
    columns = []
    for place, each in enumerate(names):
        storage, format = _storage([row[place] for row in body if place < len(row)], kind_of, said.get(each))
        columns.append(ColumnPlan(name=each, storage=storage, format=format, is_beyond=place >= own))
    first = _first_end(head, header)
    return TablePlan(
        kind=head.kind, columns=tuple(columns), header=header, encoding=head.encoding, separator=head.separator,
        quote=head.quote, escape=head.escape, comment=head.comment, decimal=decimal, thousands=thousands,
        missing=missing, skip=head.skip, data_from=first, width=min(width, 2 * MOST_COLUMNS), sheet=head.sheet,
        sheets=head.sheets, rows=head.rows, long_rows=reading.long_rows or "drop",
        short_rows=reading.short_rows or "fill",
    )  # fmt: skip


def _signs(rows: Records, separator: str, reading: TableReading) -> tuple[str, str]:
    decimal, thousands = sniff_decimal(islice((cell for row in rows for cell in row), 50_000), separator)
    if reading.decimal is not None and reading.decimal != decimal:
        decimal, thousands = reading.decimal, "." if reading.decimal == "," else ","
    if reading.thousands is not None:
        thousands = reading.thousands
        decimal = decimal if decimal != thousands else "," if thousands == "." else "."
    return decimal, thousands


def _has_header(rows: Records, head: Head, reading: TableReading, kind_of: partial[tuple[Storage, str] | None]) -> bool:
    if head.named is not None:
        return True
    if reading.header is not None:
        return reading.header

    def told(cells: Sequence[str]) -> str:
        found = kind_of(cells)
        return found[0] if found else ""

    return sniff_header(rows[:300], told)


def _first_end(head: Head, header: bool) -> int:
    if not header or head.named is not None:
        return head.skip
    filled = next(place for place, row in enumerate(head.records) if any(cell.strip() for cell in row))
    return head.ends[filled]


def _named(rows: Records, header: bool) -> tuple[list[str], Records]:
    """Names, none twice, and the rows below them. Cells beyond the header get names where most rows have them."""
    body = rows[1:] if header else rows
    given = rows[0] if header else []
    filled = Counter(place for row in body for place, cell in enumerate(row) if cell.strip())
    widths = Counter(len(row) for row in body)
    usual = widths.most_common(1)[0][0] if widths and not header else 0
    beyond = [place + 1 for place, count in filled.items() if count > len(body) / 2]
    width = max([len(given), usual, *beyond])
    return unique([given[place] if place < len(given) else "" for place in range(width)]), body


def _filled(row: Sequence[str]) -> int:
    """Cells of a row up to the last that is not empty."""
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


def widened(names: Sequence[str], width: int) -> list[str]:
    """Names for so many columns, those that are there first."""
    return unique([*names, *[""] * (min(width, MOST_COLUMNS) - len(names))])


def unique(names: Sequence[str]) -> list[str]:
    """Names on one line, “column 3” for one that is missing, “a (2)” for a second a."""
    found: list[str] = []
    times: dict[str, int] = {}
    for place, raw in enumerate(names):
        name = " ".join(raw.replace("\0", "").split())[:LONGEST_NAME] or f"column {place + 1}"
        new = name
        while new in times:  # “a (2)” may be a name of its own
            times[name] = times.get(name, 1) + 1
            new = f"{name} ({times[name]})"
        times[new] = 1
        found.append(new)
    return found


def is_missing(cell: str, missing: Sequence[str]) -> bool:
    """Whether a cell stands for nothing."""
    stripped = cell.strip().strip("\0")
    return not stripped or stripped.casefold() in missing


def _kind(
    cells: Sequence[str], missing: Sequence[str], decimal: str, thousands: str, day_first: bool | None
) -> tuple[Storage, str] | None:
    """What nearly all of these cells are; None where all are empty."""
    present = [cell.strip() for cell in cells if not is_missing(cell, missing)]
    if not present:
        return None
    count = sum(number(cell, decimal, thousands) is not None or is_infinite(cell) for cell in present)
    if count >= ENOUGH * len(present):
        if all(len(cell) == 8 and cell.isdigit() for cell in present) and (format := date_format(present, day_first)):
            return "date", format
        return ("words" if is_coded(present) else "number"), ""
    format = date_format(present, day_first)
    return ("date", format) if format else ("words", "")


def _storage(
    cells: Sequence[str], kind_of: partial[tuple[Storage, str] | None], said: str | None
) -> tuple[Storage, str]:
    """How a column is kept. A column without any cell is one of numbers, which all are missing."""
    found = kind_of(cells) or ("number", "")
    if said in ("category", "text", "id", "yes/no"):
        return "words", ""
    if said in ("number", "whole number"):
        return "number", ""
    if said == "date" and found[0] != "date":
        format = date_format([cell for cell in cells if cell.strip()])
        return ("date", format) if format else found
    return found

"""Rows of an Excel file (.xlsx), read by openpyxl: values alone, no formulas are worked out, nothing outside is opened.

The file is a zip of XML from a stranger: sizes are looked at before unpacking, and XML that declares entities is
refused.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.dataset import DataProblem
from playground.data.reading import TableReading
from playground.data.sniffing import Layout, lines_before
from playground.data.table_plan import MOST_COLUMNS, Head, TablePlan
from playground.data.text_rows import Chunk, Tell, silent

MOST_UNPACKED = 512 * 2**20
MOST_RATIO = 500
"""Times that a part of the file may grow when it is unpacked; sheets seldom grow more than 30-fold."""
MOST_PARTS = 10_000
CHUNK = 5000
MOST_ROWS = 1_048_576
"""As many as Excel itself has."""
MOST_SPANNED = 30_000_000
"""Cells from the first column to the last that is not empty, over all rows."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError,
    SyntaxError, NotImplementedError, RuntimeError, OverflowError, AssertionError,
)  # fmt: skip
"""What openpyxl and zipfile raise on damaged files; SyntaxError is the XML parser's."""


def head(path: Path, reading: TableReading) -> Head:
    """The first rows of a sheet as text. Raises DataProblem."""
    with _Book(path) as book:
        sheets = tuple(str(name) for name in book.sheetnames)
        sheet, found = _first_rows(path, book, sheets, reading.sheet)
    rows = [row for _, row in found]
    lines = [",".join("x" if cell.strip() else "" for cell in row) + "\n" for row in rows[:300]]
    before = reading.skip
    if before is None:
        before = found[lines_before(lines, Layout(","), None) - 1][0] if lines_before(lines, Layout(","), None) else 0
    kept = [(number, row) for number, row in found if number > before]
    ends = tuple(number for number, _ in kept)
    return Head("excel", [row for _, row in kept], ends, before, sheet=sheet, sheets=sheets)


def chunks(path: Path, plan: TablePlan, wanted: dict[int, bool], tell: Tell = silent) -> Iterator[Chunk]:
    """Rows as frames of text whose columns are numbered, as text_rows.chunks has them.

    Remarks beside the table, in cells beyond its columns, are no part of it.
    """
    import pandas as pd

    done = 0
    with _Book(path) as book:
        rows = (each for each in _rows(path, book, plan.sheet) if each[0] > plan.data_from)
        while taken := list(islice(rows, CHUNK)):
            columns = {
                place: pd.Series([row[place] if place < len(row) else "" for _, row in taken], dtype=object)
                for place in wanted
            }
            done += len(taken)
            yield Chunk(pd.DataFrame(columns), np.array([number for number, _ in taken], np.int64))
            tell(done, max(done, plan.rows or 0))


class _Book:
    """An open workbook whose outside was looked at first."""

    def __init__(self, path: Path) -> None:
        self._path, self._book = path, None

    def __enter__(self) -> Any:
        try:
            _looked_through(self._path)
            import openpyxl

            # It warns of what it leaves out, such as a sheet's filters: nothing of the table.
            warnings.filterwarnings("ignore", module="openpyxl")
            self._book = openpyxl.load_workbook(
                self._path, read_only=True, data_only=True, keep_links=False, rich_text=False
            )
        except _BROKEN as error:
            raise _unreadable(self._path) from error
        return self._book

    def __exit__(self, *_: object) -> None:
        if self._book is not None:
            self._book.close()


def _unreadable(path: Path) -> DataProblem:
    return DataProblem(f"{path.name} cannot be read as an Excel file. Save it anew as .xlsx, or as CSV.")


def _looked_through(path: Path) -> None:
    """Raise for a file that would unpack to too much, or whose XML may name what lies elsewhere."""
    with path.open("rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise DataProblem(
                f"{path.name} is in Excel's old format, or has a password. Save it as .xlsx without a password, or as "
                "CSV."
            )
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
            raise DataProblem(
                f"{path.name} would unpack to {unpacked / 2**20:,.0f} MB in {len(parts):,} parts; at most "
                f"{MOST_UNPACKED / 2**20:,.0f} MB are read. Save a part of it as CSV."
            )
        for part in parts:
            if part.file_size > 2**20 and part.file_size > MOST_RATIO * max(1, part.compress_size):
                raise DataProblem(f"{path.name} grows more than {MOST_RATIO}-fold when unpacked. Save it as CSV.")
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(part) as opened:
                    _plain_xml(path, opened.read(2**16))


def _plain_xml(path: Path, beginning: bytes) -> None:
    """Raise unless the XML's first element follows at once: entities would be declared before it."""
    wide = beginning[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in beginning[:4]
    text = beginning.decode("utf-16" if wide else "utf-8", errors="replace")
    text = text.lstrip("\ufeff").lstrip()
    if text.startswith("<?xml"):
        text = text.partition("?>")[2].lstrip()
    while text.startswith("<!--"):
        text = text.partition("-->")[2].lstrip()
    if not re.match("<[A-Za-z_]", text):
        raise DataProblem(f"{path.name} declares entities in its XML, which is not safe to read. Save it as CSV.")


def _first_rows(
    path: Path, book: Any, sheets: tuple[str, ...], wanted: str | None
) -> tuple[str, list[tuple[int, list[str]]]]:
    """The sheet that was asked for, or the first that is not empty, and how it begins."""
    if wanted is not None and wanted not in sheets:
        raise DataProblem(f"{path.name} has no sheet “{wanted}”. It has: {', '.join(sheets)}.")
    for sheet in sheets if wanted is None else (wanted,):
        if found := list(islice(_rows(path, book, sheet), 3000)):
            return sheet, found
    raise DataProblem(f"{path.name} cannot be read as a table: it is empty. Choose another file.")


def _rows(path: Path, book: Any, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with its number from 1. Raises DataProblem."""
    try:
        page = book[sheet]
        if not hasattr(page, "iter_rows"):  # a chart
            return
        if hasattr(page, "reset_dimensions"):
            page.reset_dimensions()  # files may lie about their size
        spanned = 0
        for number, row in enumerate(page.iter_rows(values_only=True), 1):
            spanned += len(row)
            if number > MOST_ROWS or spanned > MOST_SPANNED:
                raise DataProblem(
                    f"{path.name} has more than {MOST_ROWS:,} rows or {MOST_SPANNED:,} cells. Save it as CSV."
                )
            cells = [_spelled(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise DataProblem(f"{path.name} has more than {MOST_COLUMNS:,} columns. Use a part of it.")
            if cells:
                yield number, cells
    except _BROKEN as error:
        raise _unreadable(path) from error


def _spelled(value: Any) -> str:
    """A cell as text, so that one reader understands all files."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("\0", "")

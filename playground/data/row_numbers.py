"""Which row of its text file each row of a table is, and how many cells it has: as a spreadsheet counts them.

A spreadsheet's first row is row 1; header, remarks and empty lines count, and a cell of several lines is still in one
row. pandas tells none of that, so the file is looked through once more where it can matter; what is found is used only
if it is as many rows as pandas read, so that no row is ever told under another's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from playground.data.sniffing import Layout, records
from playground.data.table_plan import TablePlan
from playground.data.text_rows import Tell, decoded

Ints = NDArray[np.int64]
BLOCK = 2**22
MOST_AT_ONCE = 20_000
"""Records after which is told how far it is, so that it can be stopped."""


@dataclass(frozen=True, eq=False)
class Found:
    """Of the rows of data in a file, from the first."""

    numbers: Ints
    """(n,) their places in the file, from 1."""
    cells: Ints
    """(n,) how many cells each has; empty where nobody wanted to know."""


def numbered(path: Path, plan: TablePlan, rows: int, is_whole: bool, with_cells: bool, tell: Tell) -> Found | None:
    """Where the first rows of data are; None where that cannot be said for certain.

    rows: how many pandas read, of all that there are if is_whole. with_cells: whether their number is wanted too.
    """
    before = _rows_before(path, plan)
    is_quoted, lines = _looked_over(path, plan)
    if is_whole and not with_cells and lines == rows:  # a line each, and none between
        return Found(before + 1 + np.arange(rows), np.zeros(0, np.int64))
    is_plain = not is_quoted and plan.escape is None and plan.comment is None and plan.separator != " "
    found = _taken(_lines(path, plan) if is_plain else _records(path, plan, tell), rows)
    if len(found.numbers) < rows or (is_whole and len(found.numbers) > rows):
        return None
    return Found(before + found.numbers[:rows], found.cells[:rows])


def _taken(pieces: Iterator[Found], rows: int) -> Found:
    """The pieces as one, up to the first that goes beyond so many rows."""
    kept, count = [Found(np.zeros(0, np.int64), np.zeros(0, np.int64))], 0
    for piece in pieces:
        kept.append(piece)
        count += len(piece.numbers)
        if count > rows:
            break
    return Found(np.concatenate([each.numbers for each in kept]), np.concatenate([each.cells for each in kept]))


def _rows_before(path: Path, plan: TablePlan) -> int:
    """Rows of a spreadsheet before the first row of data: one a line that is skipped, and the header's."""
    with path.open("rb") as raw, decoded(raw, plan.encoding) as file:
        lines = [file.readline().replace("\0", "") for _ in range(plan.data_from)]
    return plan.skip + sum(1 for _ in records(lines[plan.skip :], _layout(plan)))


def _layout(plan: TablePlan) -> Layout:
    return Layout(plan.separator, plan.quote, plan.escape)


def _blocks(path: Path, plan: TablePlan) -> Iterator[str]:
    """The text below the header, a newline after each line but perhaps the last."""
    with path.open("rb") as raw, decoded(raw, plan.encoding, newline=None) as file:
        _pass(file, plan)
        while block := file.read(BLOCK):
            yield block


def _pass(file: IO[str], plan: TablePlan) -> None:
    for _ in range(plan.data_from):
        file.readline()


def _looked_over(path: Path, plan: TablePlan) -> tuple[bool, int]:
    """Whether there are quotation marks below the header, and how many lines."""
    lines, is_quoted, end = 0, False, "\n"
    for block in _blocks(path, plan):
        is_quoted = is_quoted or plan.quote in block
        lines, end = lines + block.count("\n"), block[-1]
    return is_quoted, lines + (end != "\n")


def _lines(path: Path, plan: TablePlan) -> Iterator[Found]:
    """Of a file in which every line is a row: 20 times as quick as _records."""
    at, rest = 0, ""
    for block in _blocks(path, plan):
        text, newline, rest = (rest + block).rpartition("\n")
        if newline:
            yield _counted(text.encode() + b"\n", plan, at)
            at += text.count("\n") + 1
    if rest:
        yield _counted(rest.encode() + b"\n", plan, at)


def _counted(text: bytes, plan: TablePlan, before: int) -> Found:
    signs = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    apart = np.searchsorted(np.flatnonzero(signs == ord(plan.separator)), ends)
    cells = np.diff(apart, prepend=0) + 1
    begins = np.append(0, ends[:-1] + 1)
    is_row = np.ones(len(ends), bool)
    for place in np.flatnonzero(cells == 1):
        is_row[place] = bool(text[begins[place] : ends[place]].strip(b" \t\0"))
    if plan.skips_long:
        is_row &= cells <= plan.width
    return Found(before + 1 + np.flatnonzero(is_row), cells[is_row])


def _records(path: Path, plan: TablePlan, tell: Tell) -> Iterator[Found]:
    """The same of any file; stops where the text is no such table."""
    size = path.stat().st_size
    with path.open("rb") as raw, decoded(raw, plan.encoding) as file:
        _pass(file, plan)
        numbers, cells = [], []
        text = (line.replace("\0", "") for line in file)
        for number, (_, row) in enumerate(records(text, _layout(plan)), 1):
            if len(row) > 1 or (row and row[0].strip()):
                is_remark = plan.comment is not None and row[0].lstrip().startswith(plan.comment)
                if not is_remark and not (plan.skips_long and len(row) > plan.width):
                    numbers.append(number)
                    cells.append(len(row))
            if number % MOST_AT_ONCE == 0:
                yield Found(np.array(numbers, np.int64), np.array(cells, np.int64))
                numbers, cells = [], []
                tell(size, size)
    yield Found(np.array(numbers, np.int64), np.array(cells, np.int64))

"""Which row of a text file opens a quotation mark that is never closed. Knows no pandas, which says another number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from playground.data.sniffing import Layout, records


def row_of_open_quote(lines: Iterable[str], skip: int, layout: Layout) -> int:
    """As a spreadsheet counts: from 1, and a cell of several lines is still in one row.

    lines: of the whole file, in which some row does not end. skip: how many come before the table.
    """
    reading = _Lines(islice(lines, skip, None))
    whole = sum(1 for _ in records(reading, layout))  # with what stands there when the text ends, if that was reached
    return skip + whole + (0 if reading.is_over else 1)


class _Lines:
    """Lines, and whether somebody asked for more than there are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.is_over = lines, False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            yield line.replace("\0", "")
        self.is_over = True

"""Rows of CSV, TSV and the like: the beginning as cells, and all of them in chunks, read by pandas.

How they are understood is said in table_plan.py; limits hold before memory is taken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from playground.data.dataset import DataProblem
from playground.data.no_text import refuse_what_is_no_text
from playground.data.open_quote import row_of_open_quote
from playground.data.reading import TableReading
from playground.data.sniffing import Layout, lines_before, records, sniff_comment, sniff_encoding, sniff_layout
from playground.data.table_plan import MOST_BYTES, Head, TablePlan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

LONGEST_LINE = 8_000_000
MOST_LINES = 5000
PEEKED = 65_536
"""Bytes that show whether it is text at all."""
LONGEST_CHUNK = 64_000_000
"""Characters that one chunk of rows may take: more is a quotation mark that is never closed."""
CHUNK_CELLS = 1_000_000
Tell = Callable[[int, int], None]
"""Takes how much is done and how much there is. It may raise, which ends the reading."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def head(path: Path, reading: TableReading, tell: Tell = silent) -> Head:
    """The beginning of a file, and how it is written. Raises DataProblem."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise DataProblem(f"{path.name} has {size / 2**20:,.0f} MB; at most 1,024 MB are read. Use a part of it.")
    with path.open("rb") as raw:
        refuse_what_is_no_text(path.name, raw.read(PEEKED))
    # Looking through the file is a small part of reading it.
    encoding = reading.encoding or sniff_encoding(path, lambda done: tell(done // 20, size))
    with path.open("rb") as raw, decoded(raw, encoding) as file:
        lines, is_cut = _first_lines(file, path)
    few = lines[:300]
    while len(few) > 20 and sum(map(len, few)) > 200_000:
        few = few[: len(few) // 2]
    comment = reading.comment or sniff_comment(few)
    bare = [line for line in few if comment is None or not line.startswith(comment)]
    layout = sniff_layout(bare, path.suffix.lower(), reading.separator)
    if reading.quote is not None:
        layout = type(layout)(layout.separator, reading.quote, layout.escape)
    before = reading.skip if reading.skip is not None else lines_before(few, layout, comment)
    found = list(records(lines[before:], layout))
    if is_cut and len(found) > 1:
        found.pop()
    kept = [(line + before, row) for line, row in found if not (comment and row and row[0].startswith(comment))]
    return Head(
        "text", [row for _, row in kept], tuple(line for line, _ in kept), before, encoding, layout.separator,
        layout.quote, layout.escape, comment,
    )  # fmt: skip


def decoded(raw: io.BufferedReader, encoding: str, newline: str | None = "") -> io.TextIOWrapper:
    """Its text; the ends of lines as they are, or with None as newlines."""
    return io.TextIOWrapper(raw, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=newline)


def _first_lines(file: IO[str], path: Path) -> tuple[list[str], bool]:
    """Some lines, without zeros, and whether there are more."""
    lines: list[str] = []
    total = 0
    try:
        while len(lines) < MOST_LINES and (total < 1_000_000 or len(lines) < 50) and total < 2 * LONGEST_LINE:
            line = file.readline(LONGEST_LINE)
            if not line:
                return lines, False
            if len(line) == LONGEST_LINE:
                raise DataProblem(
                    f"Line {len(lines) + 1} of {path.name} is longer than {LONGEST_LINE:,} characters. Check that the "
                    "file is a table with one row a line."
                )
            lines.append(line.replace("\0", ""))
            total += len(line)
    except UnicodeError as error:
        raise wrong_encoding(path, error) from error
    return lines, bool(file.readline(1))


def wrong_encoding(path: Path, error: UnicodeError) -> DataProblem:
    """What to say of bytes that the encoding does not know."""
    name = getattr(error, "encoding", "this encoding").upper()
    return DataProblem(f"{path.name} is not text in {name}. Save it as CSV UTF-8, or choose its encoding.")


class Chunk(NamedTuple):
    """Some rows of a file, in its order."""

    frame: pd.DataFrame
    numbers: NDArray[np.int64] | None = None
    """(n,) which rows of the file they are, from 1, where the reader knows; see row_numbers.py."""


class LongRow(Exception):
    """A row with more cells than the plan reads."""

    def __init__(self, cells: int) -> None:
        super().__init__(f"a row of {cells} cells")
        self.cells = cells


_OPEN_QUOTE = "EOF inside string"
_LONG_ROW = re.compile(r"Expected \d+ fields in line \d+, saw (\d+)")


class _Stream(io.TextIOBase):
    """What pandas reads from: text without zeros, which ends with a sentence where a row does not end."""

    def __init__(self, file: IO[str], name: str) -> None:
        super().__init__()
        self._file, self._name, self.since = file, name, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        text = self._file.read(min(size, 2**18) if size is not None and size > 0 else 2**18)
        self.since += len(text)
        if self.since > LONGEST_CHUNK:
            raise DataProblem(
                f"A row of {self._name} does not end: a quotation mark may be open. Mend the file, or choose how it is "
                "quoted."
            )
        return text.replace("\0", "") if "\0" in text else text


def chunks(path: Path, plan: TablePlan, wanted: dict[int, bool], tell: Tell = silent) -> Iterator[Chunk]:
    """Rows as frames whose columns are numbered, as many as the plan is wide.

    wanted: which columns are read, and whether as words.
    Raises: DataProblem: For a file that is no table. LongRow. What tell raises.
    """
    size = path.stat().st_size
    with path.open("rb") as raw, decoded(raw, plan.encoding) as file:
        for _ in range(plan.data_from):
            file.readline()
        stream = _Stream(file, path.name)
        with _told(path, plan):
            reader = _reader(stream, plan, wanted)
        with reader:
            while True:
                with _told(path, plan):
                    frame = next(reader, None)
                if frame is None:
                    return
                stream.since = 0
                yield Chunk(frame)
                tell(size // 20 + raw.tell() * (size - size // 20) // size, size)


@contextmanager
def _told(path: Path, plan: TablePlan) -> Iterator[None]:
    """What pandas raises, as a sentence."""
    import pandas as pd

    try:
        yield
    except UnicodeError as error:
        raise wrong_encoding(path, error) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        if found := _LONG_ROW.search(str(error)):
            raise LongRow(int(found[1])) from error
        if _OPEN_QUOTE in str(error):
            raise _open_quote(path, plan) from error
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataProblem(f"{path.name} cannot be read as a table: {reason}. Mend the file and try again.") from error


def _open_quote(path: Path, plan: TablePlan) -> DataProblem:
    with path.open("rb") as raw, decoded(raw, plan.encoding) as file:
        row = row_of_open_quote(file, plan.skip, Layout(plan.separator, plan.quote, plan.escape))
    return DataProblem(
        f"Row {row:,} of {path.name} opens a quotation mark that is never closed. Close it or take it away, and read "
        "the file again."
    )


def _reader(stream: _Stream, plan: TablePlan, wanted: dict[int, bool]) -> pd.io.parsers.TextFileReader:
    import pandas as pd

    # No usecols: with them, pandas takes a chunk whose rows are all short for an error.
    words = {place: object for place in range(plan.width) if wanted.get(place, True)}
    long: Literal["skip", "error"] = "skip" if plan.skips_long else "error"
    spellings = {each for word in plan.missing for each in (word, word.upper(), word.capitalize(), word.title())}
    return pd.read_csv(
        stream, sep=plan.separator, quotechar=plan.quote, escapechar=plan.escape, comment=plan.comment, header=None,
        names=list(range(plan.width)), dtype=words, na_values=sorted({"", *spellings}),
        keep_default_na=False, skipinitialspace=plan.separator != "\t", index_col=False, on_bad_lines=long,
        decimal=plan.decimal, chunksize=max(200, min(100_000, CHUNK_CELLS // plan.width)), low_memory=False, engine="c",
    )  # fmt: skip

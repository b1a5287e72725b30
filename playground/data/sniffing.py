"""How a text file of rows is written: encoding, separator, quotes, lines before the header, the header, decimal sign.

Looks at the beginning of the file, and at every byte only to tell UTF-8 from older encodings. Nothing here keeps data.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playground.data.cells import number

SEPARATORS = (",", "\t", ";", "|", ":", " ")
RARELY = 0.6
"""What a colon or a space counts for beside other separators: they also stand in dates, times and sentences."""
BLOCK = 2**20
MOST_SNIFFED = 300
"""Records that the layout is found out from."""
MOST_BEFORE = 30
"""Lines of remarks that are looked past for the header."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
Records = list[list[str]]


@dataclass(frozen=True)
class Layout:
    """How cells are written."""

    separator: str
    quote: str = '"'
    escape: str | None = None
    """A sign that takes away the next one's meaning, mostly a backslash."""


def sniff_encoding(path: Path, tell: Callable[[int], None] = lambda _: None) -> str:
    """UTF-8 if every byte of the file agrees, UTF-16 by its mark or its zeros, else Windows' Western European.

    tell: called with the bytes looked at so far.
    """
    with path.open("rb") as file:
        first = file.read(BLOCK)
        for bom, name in _BOMS:
            if first.startswith(bom):
                return name
        if wide := _utf16(first):
            return wide
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = first
        try:
            while block:
                if not block.isascii() or decoder.getstate()[0]:
                    decoder.decode(block)
                tell(file.tell())
                block = file.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", block) else "cp1252"
    return "utf-8"


def _utf16(first: bytes) -> str:
    """Latin letters in UTF-16 have a zero in every other byte."""
    even, odd = first[0:2000:2].count(0), first[1:2000:2].count(0)
    half = len(first[:2000]) // 2
    if half >= 4 and odd > 0.7 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if half >= 4 and even > 0.7 * half and not odd else ""


def records(text: Iterable[str], layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of lines read up to its end; stops where the text is no such table."""
    reader = csv.reader(
        text,
        delimiter=layout.separator,
        quotechar=layout.quote,
        escapechar=layout.escape,
        skipinitialspace=layout.separator != "\t",
    )
    while True:
        try:
            record = next(reader)
        except (StopIteration, csv.Error):
            return
        yield reader.line_num, record


def sniff_layout(lines: Sequence[str], suffix: str = "", separator: str | None = None) -> Layout:
    """The separator, quote and escape under which the lines fall into rows of one width and cells of one kind."""
    usual = "\t" if suffix in (".tsv", ".tab") else ","
    text = "".join(lines)
    quotes = "'" if '"' not in text and text.count("'") > 2 * len(lines) else '"'
    candidates = [separator] if separator else [usual, *(each for each in SEPARATORS if each != usual)]
    best, best_score = Layout(separator or usual, quotes), 0.0
    for each in candidates:
        escapes = [None, "\\"] if f"\\{each}" in text or f"\\{quotes}" in text else [None]
        for escape in escapes:
            layout = Layout(each, quotes, escape)
            rows = [row for _, row in records(lines, layout)][:MOST_SNIFFED]
            score = _consistency([row for row in rows if any(row)]) * (RARELY if each in ": " else 1)
            if score > best_score * 1.001:
                best, best_score = layout, score
    return best


_MOMENT = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}(:\d\d){1,2}\S{0,8})?\s*|\d{1,2}(:\d\d){1,2}")
_CLEAN = re.compile(r"\s*([-\w.+/%$€£ '()&]*)\s*", re.UNICODE)


def _consistency(rows: Records) -> float:
    """High where many cells a row are the same number in each row, and cells look like figures and words."""
    if not rows:
        return 0.0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    if width < 2:
        return 0.0
    cells = [cell for row in rows for cell in row]
    clean = sum(_cleanness(cell) for cell in cells) / len(cells)
    return (count / len(rows)) ** 2 * (1 - 1 / width) * clean


def _cleanness(cell: str) -> float:
    if not cell:
        return 0.8
    if number(cell) is not None or number(cell, ",", ".") is not None or _MOMENT.fullmatch(cell):
        return 1.0
    return 0.9 if len(cell) <= 100 and _CLEAN.fullmatch(cell) else 0.4


def lines_before(lines: Sequence[str], layout: Layout, comment: str | None) -> int:
    """Lines before the table begins: empty ones, remarks, a title."""
    found = list(records(lines, layout))[: MOST_SNIFFED + MOST_BEFORE]
    widths = Counter(len(row) for _, row in found if any(row))
    width = max(widths, key=lambda each: (widths[each] * (each > 1), each), default=1)
    before = 0
    for line, row in found[:MOST_BEFORE]:
        filled = sum(bool(cell.strip()) for cell in row)
        is_remark = comment is not None and bool(row) and row[0].startswith(comment)
        is_title = width >= 3 and filled <= 1 and filled < width / 2
        is_narrow = width >= 2 and len(row) == 1
        if not (filled == 0 or is_remark or is_title or is_narrow) or line >= found[-1][0]:
            break
        before = line
    return before


def sniff_comment(lines: Sequence[str]) -> str | None:
    """The sign that begins remarks, if the file starts with some."""
    first = next((line.lstrip("\ufeff \t") for line in lines if line.strip()), "")
    sign = first[:1]
    if sign not in ("#", "%"):
        return None
    elsewhere = any(sign in line.lstrip()[1:] for line in lines if not line.lstrip().startswith(sign))
    commented = sum(line.lstrip().startswith(sign) for line in lines)
    return sign if not elsewhere and commented < max(2, len(lines) / 2) else None


def sniff_header(rows: Records, kind_of: Callable[[Sequence[str]], str]) -> bool:
    """Whether the first row names the columns: it differs from what is below it in kind.

    kind_of: "number", "date" or "words" for a column's cells; empty where there are none.
    """
    first, rest = rows[0], rows[1 : MOST_SNIFFED + 1]
    named = [cell.strip() for cell in first]
    votes = sum(_vote(cell, [row[place].strip() for row in rest if place < len(row)], kind_of)
                for place, cell in enumerate(named))  # fmt: skip
    if votes:
        return votes > 0
    filled = [cell for cell in named if cell]
    return len(set(filled)) == len(filled) and not any(kind_of([cell]) in ("number", "date") for cell in filled)


def _vote(cell: str, below: list[str], kind_of: Callable[[Sequence[str]], str]) -> int:
    """Above 0 if the cell seems to name what is below it, below 0 if it seems to be one more of it."""
    kind, own = kind_of(below), kind_of([cell])
    if own in ("number", "date"):
        return -2
    if not own or not kind:
        return 0
    if kind in ("number", "date"):
        return 2
    kinds = set(below)
    if below.count(cell) > 1:
        return -1
    return 1 if len(kinds) <= len(below) / 4 else 0


_DECIMAL_COMMA = re.compile(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|0,\d+|\d+,(\d{1,2}|\d{4,})")
_DECIMAL_POINT = re.compile(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|0\.\d+|\d+\.(\d{1,2}|\d{4,})")
_GROUPED_COMMA = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_GROUPED_POINT = re.compile(r"[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})")


def sniff_decimal(cells: Iterable[str], separator: str) -> tuple[str, str]:
    """The decimal and the thousands sign of a file's numbers; the latter empty if none is used.

    A single comma before three digits parts thousands, unless other cells show that it cannot.
    """
    comma = point = grouped_comma = grouped_point = 0
    for raw in cells:
        cell = raw.strip().strip("$€£¥₹%+-− ")
        if not cell[:1].isdigit() or len(cell) > 40:
            continue
        comma += _DECIMAL_COMMA.fullmatch(cell) is not None
        point += _DECIMAL_POINT.fullmatch(cell) is not None
        grouped_comma += _GROUPED_COMMA.fullmatch(cell) is not None
        grouped_point += _GROUPED_POINT.fullmatch(cell) is not None
    is_comma = comma > point or (comma == point and separator == ";" and grouped_comma > 0 and not point)
    if is_comma:
        return ",", "." if grouped_point else ""
    return ".", "," if grouped_comma else ""

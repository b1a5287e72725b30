"""Telling that a file is no text before its bytes are taken for words. Knows only how files of other kinds begin."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from playground.data.dataset import DataProblem

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "images"),
    (b"\xff\xd8\xff", "a JPEG image", "images"),
    (b"GIF8", "a GIF image", "images"),
    (b"%PDF-", "a PDF document", ""),
    (b"PAR1", "a Parquet table", ".parquet"),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"\x1f\x8b", "packed with gzip", ""),
    (b"PK\x03\x04", "an Excel table or a ZIP archive", ".xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word document", ""),
)
"""How a file begins, what it is, and the ending under which it is opened here, or one of the ways below."""
_WAYS = {
    "": "Save it as CSV with the program that made it.",
    "images": "Images are opened by their folder, in which each class has a folder of its own.",
}
MOST_CONTROLS = 0.02
"""Share of signs that no text holds from which on a file is none."""
_CONTROLS = re.compile(rb"[\x01-\x06\x0e-\x1a\x7f]")


def refuse_what_is_no_text(name: str, first: bytes) -> None:
    """name, first: of a file, its beginning. Raises DataProblem."""
    suffix = Path(name).suffix or "a table"
    for beginning, what, ending in BEGINNINGS:
        if first.startswith(beginning):
            way = _WAYS.get(ending, f"Give it the ending {ending} and open it again.")
            raise DataProblem(f"{name} is {what}, whatever its name says, and no {suffix} file. {way}")
    is_wide = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 3 * first.count(0) > len(first)
    if not is_wide and len(_CONTROLS.findall(first)) > MOST_CONTROLS * len(first):
        raise DataProblem(
            f"{name} is no text: it holds signs that no table is written with. Choose the CSV file itself, or save it "
            "as CSV again."
        )

"""What a zip file may hold before any of it is read: zipfile itself would read a directory of any length into memory.

Nothing is ever unpacked to the disk, so that names in a zip lead nowhere: files.py asks for the few it knows.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MOST_MEMBERS = 64
MOST_DIRECTORY = 2**16
"""Bytes; a project's has some four hundred."""
MOST_RATIO = 200
"""To so many times its size a member of more than a few MB may grow."""
SMALL = 4 * 2**20
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 2**16


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file whose directory is of a sane size. Raises zipfile.BadZipFile and OSError."""
    with path.open("rb") as file:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            yield archive


def _check_directory(file: BinaryIO) -> None:
    """Look at the end of the file as zipfile will: the record at the very end, else the last one before a comment."""
    size = file.seek(0, 2)
    file.seek(max(size - _END.size - _LONGEST_COMMENT - 20, 0))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise zipfile.BadZipFile("There is no directory.")
    _, _, _, _, count, length, _, _ = _END.unpack_from(tail, at)
    if tail[max(at - 20, 0) : at].startswith(b"PK\6\7"):
        raise zipfile.BadZipFile("It is of a form for files above 4 GB.")
    if count > MOST_MEMBERS or length > MOST_DIRECTORY:
        raise zipfile.BadZipFile(f"It has {count:,} members; at most {MOST_MEMBERS} are read.")
    file.seek(0)


def is_bomb(info: zipfile.ZipInfo) -> bool:
    """Whether a member would grow beyond all proportion."""
    return info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1)

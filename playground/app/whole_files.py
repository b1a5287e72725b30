"""Files that are there whole or not at all: written beside, flushed to the disk, and moved into place.

Whoever reads one after a crash, a power cut or a full disk finds the old content or the new one.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

from playground.exchange.writing import permissions

LEFT_BEHIND = 3600.0
"""Seconds after which a half-written file is nobody's."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the path's place when the block is left without an error. Raises OSError."""
    target = path.resolve()  # a link stays a link, and what it leads to is replaced
    _tidy_up(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(permissions(target))
        beside.replace(target)
        _flush_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file. Raises OSError."""
    with whole_file(path) as file:
        file.write(content)


def _tidy_up(target: Path) -> None:
    """Take away what earlier writings of the same file left that were killed."""
    for left in target.parent.glob(f".{escape(target.name)}.*.part"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                left.unlink()


def _flush_folder(folder: Path) -> None:
    """A file's name is kept by its folder: only when that is on the disk too, a power cut cannot undo the move."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some file systems cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

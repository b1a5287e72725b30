"""How much memory this machine has, asked of the system. What a network needs is in graph/footprint.py."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where a container on Linux finds the memory that it may use."""


def memory_bytes() -> int | None:
    """Memory of this machine, or of the container it runs in, in bytes; None where nobody says.

    All of it, not what is free just now: a network is not wrong because another program is open.
    """
    whole = _windows() if sys.platform == "win32" else _pages()
    limits = [limit for path in LIMITS if (limit := _limit(path)) is not None]
    return min((*limits, *([whole] if whole else [])), default=None)


def _pages() -> int | None:
    """Linux and macOS."""
    try:
        count = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return count if count > 0 else None


def _limit(path: Path) -> int | None:
    """What a container may use; without a limit there is no file, a word, or a number beyond any machine."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdecimal() and 0 < int(text) < 2**60 else None


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("free_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("free_virtual", ctypes.c_uint64),
        ("free_extended", ctypes.c_uint64),
    )


def _windows() -> int | None:
    library = getattr(ctypes, "windll", None)
    if library is None:
        return None
    status = _Status(length=ctypes.sizeof(_Status))
    return int(status.total) if library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None

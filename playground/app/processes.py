"""Which program wrote something, and whether that program still runs.

A process number alone is not enough: it is given out again. So the machine's name and, on Linux, the time at which the
process began are part of the key.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path

STILL_ACTIVE = 259
QUERY_LIMITED = 0x1000


def process_key() -> str:
    """The key of this program: machine, process number, and when the process began, in the system's own count."""
    return f"{platform.node()}:{os.getpid()}:{_began(os.getpid())}"


def is_gone(key: str) -> bool:
    """Whether the program of that key has ended; False for one on another machine, of which nothing is known."""
    machine, _, rest = key.rpartition(":")[0].rpartition(":")
    began = key.rpartition(":")[2]
    if machine != platform.node():
        return False
    if not rest.isdecimal() or int(rest) < 1:
        return True
    number = int(rest)
    return not _exists(number) or (began != "" and _began(number) not in ("", began))


def _began(number: int) -> str:
    """Ticks since the machine's start; empty where the system does not say so in a file."""
    fields = _fields(number)
    return fields[19] if len(fields) > 19 else ""


def _fields(number: int) -> list[str]:
    """What Linux says of a process, from its state on; nothing elsewhere."""
    try:
        line = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return line.rpartition(")")[2].split()  # the name before it may hold spaces


def _exists(number: int) -> bool:
    if sys.platform == "win32":
        return _exists_on_windows(number)
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another person's
    return _fields(number)[:1] != ["Z"]  # ended, and only its parent has not asked yet how


def _exists_on_windows(number: int) -> bool:
    """Signal 0 would end the process there."""
    library = getattr(ctypes, "windll", None)
    if library is None:
        return True
    handle = library.kernel32.OpenProcess(QUERY_LIMITED, False, number)
    if not handle:
        return False
    code = ctypes.c_ulong()
    known = library.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
    library.kernel32.CloseHandle(handle)
    return not known or code.value == STILL_ACTIVE

"""What a process holds: memory without what is free, objects by type, Qt's widgets. Linux tells it."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playground.app.system import give_back_free_memory

MOST_NAMED = 25
"""Types whose growth is told."""


@dataclass(frozen=True)
class Held:
    """At one moment, after a collection and with what malloc has free given back."""

    own: float
    """MB, as own_memory()."""
    allocated: float
    """MB that malloc has handed out; what `own` grows more than this is in the gaps between."""
    objects: Counter[str] = field(repr=False)
    """By type, without those that were set aside: ui/garbage.py."""
    modules: frozenset[str] = field(repr=False)
    widgets: int

    @classmethod
    def now(cls) -> Held:
        from PySide6.QtWidgets import QApplication

        gc.collect()
        give_back_free_memory()  # where malloc is not glibc's what is free counts
        objects = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
        return cls(own_memory(), _allocated(), objects, frozenset(sys.modules), len(QApplication.allWidgets()))

    def told(self) -> str:
        """In a line."""
        return (
            f"{self.own:.0f} MB, {self.allocated:.0f} of them malloc's; {self.objects.total():,} objects, "
            f"{self.widgets} widgets, {len(self.modules)} modules."
        )

    def grown(self, since: Held) -> list[str]:
        """Types of which there are many more than then, and the packages that came since, as lines."""
        more = self.objects - since.objects
        came = Counter(name.split(".")[0] for name in self.modules - since.modules)
        return [f"{count:+,} {name}" for name, count in more.most_common(MOST_NAMED) if count >= 20] + [
            f"{count:+,} modules of {name}" for name, count in came.most_common(MOST_NAMED)
        ]


def own_memory() -> float:
    """Memory of this process in MB, without pages of files: code of libraries that comes in as it is first used."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem"))) / 1024


class _Allocated(ctypes.Structure):
    """As malloc.h declares struct mallinfo2."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def _allocated() -> float:
    with suppress(OSError, AttributeError):
        tell = ctypes.CDLL("libc.so.6").mallinfo2
        tell.restype = _Allocated
        told = tell()
        return (told.uordblks + told.hblkhd) / 2**20
    return 0.0

"""What a process holds: memory without what is free, objects by type, Qt's widgets."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

MOST_NAMED = 25
"""Types whose growth is told."""


@dataclass(frozen=True)
class Held:
    """At one moment."""

    resident: float
    """MB, with what is free but not yet given back."""
    trimmed: float
    """MB, without it: what grows here is held by somebody."""
    objects: Counter[str] = field(repr=False)
    modules: int
    widgets: int

    @classmethod
    def now(cls) -> Held:
        from PySide6.QtWidgets import QApplication

        gc.collect()
        before = resident()
        with suppress(OSError, AttributeError):  # glibc's alone; elsewhere both are the same
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        objects = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
        return cls(before, resident(), objects, len(sys.modules), len(QApplication.allWidgets()))

    def told(self) -> str:
        """In a line."""
        return (
            f"{self.resident:.0f} MB, of which in use {self.trimmed:.0f}; {self.objects.total():,} objects, "
            f"{self.widgets} widgets, {self.modules} modules."
        )

    def grown(self, since: Held) -> list[str]:
        """Types of which there are many more than then, as lines."""
        more = self.objects - since.objects
        return [f"{count:+,} {name}" for name, count in more.most_common(MOST_NAMED) if count >= 20]


def resident() -> float:
    """Memory of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

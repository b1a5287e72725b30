"""Python's cyclic garbage is collected on the window's thread alone, and between two events.

Left to itself, Python collects on whichever thread makes one object too many: mostly the one that trains. A menu or
an item of a scene that was part of a cycle would then be destroyed there, while Qt draws on the window's thread, and
the program would die. What malloc has free goes back to the system from time to time, too. Knows nothing of what the
garbage is.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

from playground.app.system import give_back_free_memory

INTERVAL = 1000
"""Milliseconds between two looks. Training makes next to no cyclic garbage; hands at the window make some."""
GIVEN_BACK = 60_000
"""Milliseconds between two times at which malloc returns what it has free."""
IMPORTS = 20
"""Modules more than before at which their objects are set aside: torch brings 1,500."""


class Collector(QObject):
    """Collects in Python's place between begin() and end(). One for the program, owned by the application."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._modules = 0
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._giving = QTimer(self, interval=GIVEN_BACK)
        self._giving.timeout.connect(give_back_free_memory)

    def begin(self) -> None:
        """From now on nothing is collected on other threads, nor in the middle of an event."""
        gc.disable()
        self._set_aside()
        self._timer.start()
        self._giving.start()

    def end(self) -> None:
        """As Python does it by itself."""
        self._timer.stop()
        self._giving.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        """Collect what is due by Python's own thresholds; after an import, set aside what it brought.

        What modules hold lives as long as the program. To look through torch's 300,000 objects each time takes 0.2 s.
        """
        if len(sys.modules) >= self._modules + IMPORTS:
            self._set_aside()
            return
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [number for number, limit in enumerate(limits) if limit and counts[number] > limit]
        if due:
            gc.collect(due[-1])

    def _set_aside(self) -> None:
        self._modules = len(sys.modules)
        gc.freeze()

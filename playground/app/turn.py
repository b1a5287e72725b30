"""Whose turn it is: the window's, while it answers or draws, or that of the threads which train.

Python lets one thread at a time run, and Qt gives that right away in the middle of most of what it draws: beside a
thread in plain Python a picture of 8 ms takes 16, half of it spent waiting to be let in again. So between two slices
of steps the training waits for the window's turn to end, and where cores are short the window's thread gets one first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, get_native_id
from time import monotonic

LONGEST = 0.05
"""Seconds that a turn is waited for. What takes longer is a dialog, beside which training goes on."""

NICE = 5
"""Of the threads that train, on top of the process's own; a search's processes have 10."""


class Turn:
    """One for the program, as Python's lock is."""

    def __init__(self) -> None:
        self._is_over = Event()
        self._is_over.set()
        self._depth = 0
        self._began = 0.0
        self.spent = 0.0
        """Seconds that all turns which are over took together."""

    @property
    def is_taken(self) -> bool:
        return not self._is_over.is_set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The window's thread is at work. One turn may begin within another."""
        if not self._depth:
            self._began = monotonic()
        self._depth += 1
        self._is_over.clear()
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self.spent += monotonic() - self._began
                self._is_over.set()

    def wait(self) -> None:
        """From another thread: until the turn is over; one that lasts is not waited for again."""
        if self.is_taken and not self._is_over.wait(LONGEST):
            self._is_over.set()


def step_back() -> None:
    """Have the system prefer the window's thread to this one, and to those which torch makes for it.

    They are as many as there are cores: of the window's pictures each took twice as long, for half of the time it was
    not on a core. Linux gives each thread a niceness of its own; elsewhere nothing is changed.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE))


window_turn = Turn()

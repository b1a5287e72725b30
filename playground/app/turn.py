"""Whose turn it is: the window's, while it answers or draws, or that of the threads which train.

Python lets one thread at a time run, and Qt gives that right away in the middle of most of what it draws: beside a
thread in plain Python a picture of 8 ms takes 16, half of it spent waiting to be let in again. So between two slices
of steps the training waits for the window's turn to end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

LONGEST = 0.05
"""Seconds that a turn is waited for. What takes longer is a dialog, beside which training goes on."""


class Turn:
    """One for the program, as Python's lock is."""

    def __init__(self) -> None:
        self._is_over = Event()
        self._is_over.set()
        self._depth = 0

    @property
    def is_taken(self) -> bool:
        return not self._is_over.is_set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The window's thread is at work. One turn may begin within another."""
        self._depth += 1
        self._is_over.clear()
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._is_over.set()

    def wait(self) -> None:
        """From another thread: until the turn is over; one that lasts is not waited for again."""
        if self.is_taken and not self._is_over.wait(LONGEST):
            self._is_over.set()


window_turn = Turn()

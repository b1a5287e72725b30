"""Long work as a generator of slices: it yields the share that is done, 0 to 1, and returns what it found."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def finish(slices: Generator[float, None, T]) -> T:
    """Go through all of it at once.

    >>> def work():
    ...     yield 0.5
    ...     return "found"
    >>> finish(work())
    'found'
    """
    while True:
        try:
            next(slices)
        except StopIteration as end:
            found: T = end.value
            return found

"""Rows of a text file with more or fewer cells than there are columns: how many, which, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.reading import LongRows, ShortRows

MOST_NAMED = 8
"""Rows of the file that are named."""


@dataclass(frozen=True)
class Ragged:
    """Rows that are too long, or too short."""

    count: int = 0
    first: tuple[int, ...] = ()
    """Where the first are in the file, as a spreadsheet counts; none if that is not known."""

    @property
    def where(self) -> str:
        """Which they are, in words.

        >>> Ragged(2, (4, 1007)).where, Ragged(1, (3,)).where, Ragged(1).where
        ('rows 4, 1,007', 'row 3', '')
        """
        if not self.first:
            return ""
        named = ", ".join(f"{row:,}" for row in self.first) + ("…" if self.count > len(self.first) else "")
        return f"{'row' if self.count == 1 else 'rows'} {named}"


NO_ROWS = Ragged()


def ragged(are_such: NDArray[np.bool_], numbers: NDArray[np.int64] | None) -> Ragged:
    """Of the rows that were read, those that are too long or too short. numbers: their places in the file."""
    places = np.flatnonzero(are_such)[:MOST_NAMED]
    return Ragged(int(are_such.sum()), tuple(numbers[places].tolist()) if numbers is not None else ())


def told(long: Ragged, became: LongRows, added: int, short: Ragged, short_became: ShortRows) -> Iterator[str]:
    """What became of them, a sentence each. added: unnamed columns that were made for what is beyond the last."""
    if long.count:
        begins = f"{_many(long)} more cells than there are columns"
        if became == "drop":
            yield f"{begins} and {_were(long)} left out{_named(long)}."
        elif became == "widen" and added:
            more = "1 unnamed column was" if added == 1 else f"{added:,} unnamed columns were"
            yield f"{begins}{_named(long)}: {more} added."
        else:
            yield f"{begins}{_named(long)}: what is beyond the last column was left off."
    if short.count:
        begins = f"{_many(short)} fewer cells than there are columns"
        if short_became == "drop":
            yield f"{begins} and {_were(short)} left out{_named(short)}."
        else:
            yield f"{begins}{_named(short)}: those that are missing count as empty."


def _many(found: Ragged) -> str:
    return "1 row has" if found.count == 1 else f"{found.count:,} rows have"


def _were(found: Ragged) -> str:
    return "was" if found.count == 1 else "were"


def _named(found: Ragged) -> str:
    return f" ({found.where})" if found.where else ""

"""A long curve, kept so that drawing it costs the same however long it is: smallest and largest of longer and longer
pieces.

Knows no Qt. The pieces of a level are FOLD values of the level below; what is drawn is the finest level that has no
more points than the screen has columns, with each piece's two extremes, so that no spike is lost. A new value costs a
constant share of work. The values themselves stay where they are; beside them this takes 2.3 bytes for each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FOLD = 8
"""Values of one level in a piece of the next."""
POINTS = 2048
"""Points drawn at most, or a few more: some two for each column of a pane."""
Floats = NDArray[np.float64]


class Grown:
    """Numbers that are added to at the end, without copying all of them each time."""

    def __init__(self) -> None:
        self._room = np.empty(64)
        self.count = 0

    def extend(self, values: Floats) -> None:
        needed = self.count + len(values)
        if needed > len(self._room):
            wider = np.empty(max(needed, 2 * len(self._room)))
            wider[: self.count] = self._room[: self.count]
            self._room = wider
        self._room[self.count : needed] = values
        self.count = needed

    @property
    def values(self) -> Floats:
        """What is there, as a view."""
        return self._room[: self.count]


class Pyramid:
    """The values of one curve, at 0, 1, 2 and so on; a gap is nan."""

    def __init__(self, read: Callable[[int, int], Floats]) -> None:
        """read: the values from a place up to and without another; those that were there once stay as they are."""
        self._read, self._count = read, 0
        self._levels: list[tuple[Grown, Grown]] = []
        """Smallest and largest of whole pieces, each level of FOLD pieces of the one before."""

    def __len__(self) -> int:
        return self._count

    def grow(self, count: int) -> None:
        """There are so many values now."""
        self._count, level, below = count, 0, count
        while below >= FOLD:
            if level == len(self._levels):
                self._levels.append((Grown(), Grown()))
            lows, highs = self._levels[level]
            first, last = lows.count * FOLD, below // FOLD * FOLD
            if first == last:
                return
            low, high = (
                (each.values[first:last] for each in self._levels[level - 1])
                if level
                else 2 * [self._read(first, last)]
            )
            lows.extend(np.fmin.reduce(low.reshape(-1, FOLD), axis=1))
            highs.extend(np.fmax.reduce(high.reshape(-1, FOLD), axis=1))
            below, level = lows.count, level + 1

    def drawn(self, first: int, last: int, points: int = POINTS) -> tuple[Floats, Floats]:
        """Places and values that look like all from first up to and without last, at a screen's resolution."""
        first, last = max(0, first), min(len(self), last)
        if last - first <= points:
            return np.arange(first, last, dtype=np.float64), self._read(first, last)
        level, piece = 0, FOLD
        while 2 * (last - first) > points * piece and level + 1 < len(self._levels):
            level, piece = level + 1, piece * FOLD
        lows, highs = self._levels[level]
        begin, end = -(-first // piece), (last - 1) // piece  # the very end is drawn as it is
        x = np.arange(begin, end, dtype=np.float64)
        values = np.stack([lows.values[begin:end], highs.values[begin:end]], axis=1).ravel()
        places = np.stack([x * piece, x * piece + piece / 2], axis=1).ravel()
        ahead, behind = self._rest(first, begin * piece), self._rest(end * piece, last)
        return (
            np.concatenate([ahead[0], places, behind[0]]),
            np.concatenate([ahead[1], values, behind[1]]),
        )

    def _rest(self, first: int, last: int) -> tuple[Floats, Floats]:
        """The two extremes, and the very end, of what is less than a piece."""
        own = self._read(first, last)
        if not len(own):
            return np.empty(0), np.empty(0)
        with np.errstate(invalid="ignore"):
            extremes = [np.fmin.reduce(own), np.fmax.reduce(own), own[-1]]
        return np.array([first, (first + last - 1) / 2, last - 1]), np.array(extremes)

"""The epochs of a run, kept as columns of numbers: a small network does a hundred epochs a second, for hours.

An EpochDone with its Scores takes some 850 bytes, here 48 at most with one measure, and less where a figure stays as it
is. They are made again where one is asked for.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from playground.engine.events import EpochDone, Scores

LEADING = 6
"""Numbers of a row before the measures: epoch, rate, seconds, samples a second, and the two losses."""
SECONDS = 2
"""The place of an epoch's seconds in its row."""
BLOCK = 512
"""Rows."""
Names = tuple[tuple[str, ...], tuple[str, ...]]
"""Of the measures of the training and of the validation part."""


class _Block:
    """Up to BLOCK rows, a column for each number of a row. A full one never changes, and copies share it.

    Epochs are kept less their place. In a full block a number that stays the same all along is there once, as the
    epochs' are where they follow one another, and a learning rate.
    """

    def __init__(self, columns: Iterable[Iterable[float]], count: int) -> None:
        self._columns = tuple(array("d", column) for column in columns)
        self.count = count
        """Rows; readers on other threads see a row or none."""

    def append(self, row: Iterable[float]) -> None:
        for column, number in zip(self._columns, row, strict=True):
            column.append(number)
        self._columns[0][-1] -= self.count
        if self.count + 1 == BLOCK:
            self._columns = tuple(
                array("d", column[:1] if column.count(column[0]) == BLOCK else column) for column in self._columns
            )
        self.count += 1

    def row(self, place: int) -> list[float]:
        found = [column[place if len(column) > 1 else 0] for column in self._columns]
        found[0] += place
        return found

    def numbers(self, column: int, begin: int, end: int) -> array[float]:
        """Those of one column, but the epochs', from the row `begin` up to and without `end`."""
        there = self._columns[column]
        return there * (end - begin) if self.count > len(there) == 1 else there[begin:end]

    def first(self, count: int) -> _Block:
        """A copy of so many rows, to be added to."""
        columns = (self.numbers(column, 0, count) for column in range(len(self._columns)))
        return _Block(columns, count)

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + sum(map(sys.getsizeof, (self._columns, *self._columns)))


class _Stretch:
    """Epochs with the same measures, one after the other, in blocks of rows."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.width = LEADING + len(names[0]) + len(names[1])
        self.blocks: list[_Block] = []

    def __len__(self) -> int:
        full = len(self.blocks) - 1
        return full * BLOCK + self.blocks[full].count if full >= 0 else 0

    def append(self, row: Iterable[float]) -> None:
        """Readers on other threads see a row or none."""
        if not self.blocks or self.blocks[-1].count == BLOCK:
            self.blocks.append(_Block([()] * self.width, 0))
        self.blocks[-1].append(row)

    def epoch(self, at: int) -> EpochDone:
        block, place = divmod(at, BLOCK)
        row = self.blocks[block].row(place)
        behind = LEADING + len(self.names[0])
        train = Scores(row[4], dict(zip(self.names[0], row[LEADING:behind], strict=True)))
        valid = Scores(row[5], dict(zip(self.names[1], row[behind:], strict=True)))
        return EpochDone(int(row[0]), train, valid, *row[1:4])

    def numbers(self, column: int, first: int, last: int) -> list[array[float]]:
        """Those of one column from the row `first` up to and without `last`, in pieces."""
        return [
            self.blocks[block].numbers(column, max(first - block * BLOCK, 0), min(last - block * BLOCK, BLOCK))
            for block in range(first // BLOCK, -(-last // BLOCK))
        ]

    def seconds(self) -> float:
        """Of all of them together."""
        return sum(map(sum, self.numbers(SECONDS, 0, len(self))))

    def first(self, count: int) -> _Stretch:
        """A copy of so many rows."""
        kept = _Stretch(self.names)
        full, rest = divmod(count, BLOCK)
        kept.blocks = [*self.blocks[:full], *([self.blocks[full].first(rest)] if rest else [])]
        return kept

    def column(self, part: Literal["train", "valid"], name: str) -> int | None:
        """Where that figure is in a row; "loss" or a measure."""
        side = ("train", "valid").index(part)
        if name == "loss":
            return 4 + side
        if name not in self.names[side]:
            return None
        return LEADING + side * len(self.names[0]) + self.names[side].index(name)


class Epochs(Sequence[EpochDone]):
    """In order, for one who adds and any number who read, on any thread. Equal to any sequence of the same epochs."""

    def __init__(self, epochs: Iterable[EpochDone] = ()) -> None:
        self._stretches: list[_Stretch] = []
        self.seconds = 0.0
        """Of all of them together."""
        self.extend(epochs)

    def append(self, done: EpochDone) -> None:
        names = tuple(done.train.measures), tuple(done.valid.measures)
        if not self._stretches or self._stretches[-1].names != names:
            self._stretches.append(_Stretch(names))
        measures = (*done.train.measures.values(), *done.valid.measures.values())
        leading = done.epoch, done.learning_rate, done.seconds, done.samples_per_second
        self._stretches[-1].append((*leading, done.train.loss, done.valid.loss, *measures))
        self.seconds += done.seconds

    def extend(self, epochs: Iterable[EpochDone]) -> None:
        for done in epochs:
            self.append(done)

    def until(self, last: float) -> Epochs:
        """A copy of those up to and with that epoch."""
        return self._first(bisect_right(self, last, key=lambda done: done.epoch))

    def copy(self) -> Epochs:
        """What there is now."""
        return self._first(len(self))

    def values(
        self, part: Literal["train", "valid"], name: str = "loss", first: int = 0, last: int | None = None
    ) -> NDArray[np.float64]:
        """One figure of the epochs at the places from `first` up to and without `last`, or to the end; nan where an
        epoch has no such measure.
        """
        last = len(self) if last is None else last
        found, begin = [], 0
        for stretch in self._stretches:
            count, at = len(stretch), stretch.column(part, name)
            here = min(max(first - begin, 0), count), min(max(last - begin, 0), count)
            if at is None:
                found.append(np.full(max(0, here[1] - here[0]), np.nan))
            else:
                found += map(np.array, stretch.numbers(at, *here))
            begin += count
        return np.concatenate(found) if found else np.empty(0)

    def __len__(self) -> int:
        return sum(map(len, self._stretches))

    @overload
    def __getitem__(self, at: int) -> EpochDone: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[EpochDone, ...]: ...

    def __getitem__(self, at: int | slice) -> EpochDone | tuple[EpochDone, ...]:
        if isinstance(at, slice):
            return tuple(self[place] for place in range(*at.indices(len(self))))
        place = range(len(self))[at]
        for stretch in self._stretches:
            if place < len(stretch):
                return stretch.epoch(place)
            place -= len(stretch)
        raise IndexError(at)

    def __iter__(self) -> Iterator[EpochDone]:
        for stretch in self._stretches:
            for at in range(len(stretch)):
                yield stretch.epoch(at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # it grows

    def _first(self, count: int) -> Epochs:
        made = Epochs()
        for stretch in self._stretches:
            kept = stretch.first(min(count, len(stretch)))
            if len(kept):
                made._stretches.append(kept)
            count -= len(kept)
        is_whole = len(made) == len(self)
        made.seconds = self.seconds if is_whole else sum(stretch.seconds() for stretch in made._stretches)
        return made

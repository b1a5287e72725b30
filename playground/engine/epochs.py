"""The epochs of a run, kept as columns of numbers: a small network does a hundred epochs a second, for hours.

An EpochDone with its Scores takes some 850 bytes, here 48 at most with one measure, and some 26 as a rule: numbers that
need no more are kept in single precision, or as one of a few. They are made again where one is asked for.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from playground.engine.events import EpochDone, Scores

LEADING = 6
"""Numbers of a row before the measures: epoch, rate, seconds, samples a second, and the two losses."""
SECONDS, SPEED = 2, 3
"""The places of an epoch's seconds and of its samples a second in its row."""
BLOCK = 512
"""Rows."""
Floats = NDArray[np.float64]
Names = tuple[tuple[str, ...], tuple[str, ...]]
"""Of the measures of the training and of the validation part."""


class _Column:
    """Numbers that stay as they are, with as little room as holds them exactly."""

    def __init__(self, numbers: array[float]) -> None:
        each = numbers.tolist()
        few = dict.fromkeys(each)
        self._places = b""
        """Where there are few different numbers, those of each in `_numbers`; where all are the same, none."""
        if len(few) == 1:
            self._numbers = array("d", few)
        elif len(few) <= 256:
            at = {number: place for place, number in enumerate(few)}
            self._numbers, self._places = array("d", few), bytes(map(at.__getitem__, each))
        else:
            single = array("f", numbers)
            self._numbers = single if single == numbers else array("d", numbers)

    def __getitem__(self, place: int) -> float:
        if self._places:
            return self._numbers[self._places[place]]
        return self._numbers[place if len(self._numbers) > 1 else 0]

    def numbers(self, begin: int, end: int) -> Floats:
        """From a place up to and without another."""
        if self._places:
            return np.array(self._numbers)[np.frombuffer(self._places, np.uint8)[begin:end]]
        if len(self._numbers) == 1:
            return np.full(end - begin, self._numbers[0])
        return np.array(self._numbers[begin:end], np.float64)

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + sys.getsizeof(self._numbers) + sys.getsizeof(self._places)


class _Speed:
    """Samples a second, kept as the samples: what they are divided by is in another column."""

    def __init__(self, samples: _Column, seconds: Packed) -> None:
        self._samples, self._seconds = samples, seconds

    def __getitem__(self, place: int) -> float:
        return self._samples[place] / self._seconds[place]

    def numbers(self, begin: int, end: int) -> Floats:
        """As those of a column."""
        return self._samples.numbers(begin, end) / self._seconds.numbers(begin, end)

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + sys.getsizeof(self._samples)


Packed = _Column | _Speed


def _packed(columns: Sequence[array[float]]) -> tuple[Packed, ...]:
    """The same numbers, each as it was."""
    packed: list[Packed] = list(map(_Column, columns))
    seconds, speed = np.array(columns[SECONDS]), np.array(columns[SPEED])
    with np.errstate(all="ignore"):
        samples = np.rint(speed * seconds)
        if np.array_equal(samples / seconds, speed):
            packed[SPEED] = _Speed(_Column(array("d", samples.tolist())), packed[SECONDS])
    return tuple(packed)


class _Block:
    """Up to BLOCK rows, a column for each number of a row. A full one never changes, and copies share it.

    Epochs are kept less their place: where they follow one another, that is one number.
    """

    def __init__(self, columns: Sequence[array[float]]) -> None:
        self.count = len(columns[0])
        """Rows; readers on other threads see a row or none."""
        is_full = self.count == BLOCK
        self._growing, self._full = (() if is_full else columns), (_packed(columns) if is_full else ())
        """Of these one is empty."""

    def append(self, row: Iterable[float]) -> None:
        for column, number in zip(self._growing, row, strict=True):
            column.append(number)
        self._growing[0][-1] -= self.count
        if self.count + 1 == BLOCK:
            self._full = _packed(self._growing)
            self._growing = ()
        self.count += 1

    def row(self, place: int) -> list[float]:
        found = [column[place] for column in self._columns]
        found[0] += place
        return found

    def numbers(self, column: int, begin: int, end: int) -> Floats:
        """Those of one column, but the epochs', from the row `begin` up to and without `end`."""
        there = self._columns[column]
        return np.array(there[begin:end]) if isinstance(there, array) else there.numbers(begin, end)

    def first(self, count: int) -> _Block:
        """A copy of so many rows, to be added to."""
        columns = (self.numbers(column, 0, count) for column in range(len(self._columns)))
        return _Block([array("d", numbers.tolist()) for numbers in columns])

    @property
    def _columns(self) -> Sequence[array[float] | Packed]:
        growing = self._growing  # before the other: it is emptied after that is filled
        return self._full or growing

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + sum(map(sys.getsizeof, (*self._growing, self._full, *self._full)))


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
            self.blocks.append(_Block([array("d") for _ in range(self.width)]))
        self.blocks[-1].append(row)

    def epoch(self, at: int) -> EpochDone:
        block, place = divmod(at, BLOCK)
        row = self.blocks[block].row(place)
        behind = LEADING + len(self.names[0])
        train = Scores(row[4], dict(zip(self.names[0], row[LEADING:behind], strict=True)))
        valid = Scores(row[5], dict(zip(self.names[1], row[behind:], strict=True)))
        return EpochDone(int(row[0]), train, valid, *row[1:4])

    def numbers(self, column: int, first: int, last: int) -> Iterator[Floats]:
        """Those of one column from the row `first` up to and without `last`, in pieces."""
        for block in range(first // BLOCK, -(-last // BLOCK)):
            yield self.blocks[block].numbers(column, max(first - block * BLOCK, 0), min(last - block * BLOCK, BLOCK))

    def seconds(self) -> float:
        """Of all of them together."""
        return sum(float(each.sum()) for each in self.numbers(SECONDS, 0, len(self)))

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
        self._lowest, self._best = inf, 0
        self.extend(epochs)

    @property
    def best(self) -> int:
        """The place of the lowest validation loss, the first of several; 0 where none is a number."""
        return self._best

    def append(self, done: EpochDone) -> None:
        names = tuple(done.train.measures), tuple(done.valid.measures)
        if not self._stretches or self._stretches[-1].names != names:
            self._stretches.append(_Stretch(names))
        measures = (*done.train.measures.values(), *done.valid.measures.values())
        leading = done.epoch, done.learning_rate, done.seconds, done.samples_per_second
        self._stretches[-1].append((*leading, done.train.loss, done.valid.loss, *measures))
        self.seconds += done.seconds
        if done.valid.loss < self._lowest:
            self._lowest, self._best = done.valid.loss, len(self) - 1

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
    ) -> Floats:
        """One figure of the epochs at the places from `first` up to and without `last`, or to the end; nan where an
        epoch has no such measure.
        """
        last = len(self) if last is None else last
        found, begin = np.full(max(0, last - first), np.nan), 0
        for stretch in self._stretches:
            end = begin + len(stretch)
            here, there, at = max(first, begin), min(last, end), stretch.column(part, name)
            if here < there and at is not None:
                for piece in stretch.numbers(at, here - begin, there - begin):
                    found[here - first : here - first + len(piece)] = piece
                    here += len(piece)
            begin = end
        return found[: max(0, min(last, begin) - first)]

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
        if self._best < len(made):
            made._lowest, made._best = self._lowest, self._best
        elif len(made):
            losses = np.nan_to_num(made.values("valid"), nan=inf, posinf=inf, neginf=-inf)
            made._lowest, made._best = float(losses.min()), int(losses.argmin())
        return made

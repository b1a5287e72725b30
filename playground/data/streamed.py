"""Inputs of a part that stay bytes, in memory or in a file, and are scaled batch by batch: for large sets of images.

A Streamed is asked like an array of scaled inputs; whoever needs all of them at once pays with the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Bytes, Floats, Ints, Scaler

ABOVE = 512 * 2**20
"""Bytes of all inputs as 32-bit numbers above which they are streamed."""
CHUNK = 1024
"""Rows that are gone through at once."""


def is_streamed(inputs: NDArray[Any]) -> bool:
    """Whether inputs are so large that they stay bytes."""
    return inputs.dtype == np.uint8 and 4 * prod(inputs.shape) > ABOVE


class Rows:
    """Rows of an array of bytes, in memory or mapped from a file, which is then read instead.

    Every page of a mapped file that was looked at counts as the program's memory; what is read is forgotten again.
    """

    def __init__(self, source: Bytes) -> None:
        self.source = source
        self._width = prod(source.shape[1:])
        self._offset = int(getattr(source, "offset", 0))
        name = getattr(source, "filename", None) if isinstance(source, np.memmap) else None
        self._file = None if name is None else Path(name).open("rb", buffering=0)  # noqa: SIM115
        if self._file is not None:
            finalize(self, self._file.close)
        self._lock = Lock()

    def take(self, rows: Ints) -> Bytes:
        """A copy of those rows."""
        if self._file is None:
            return self.source[rows]
        width = self._width
        taken = bytearray(len(rows) * width)
        view, read = memoryview(taken), 0
        with self._lock:  # the window looks at pictures while the training draws
            for number, place in enumerate((rows * width + self._offset).tolist()):
                self._file.seek(place)
                read += self._file.readinto(view[number * width : (number + 1) * width])
        if read != len(taken):
            raise OSError(f"{self._file.name} was cut short while it was read")
        return np.frombuffer(taken, np.uint8).reshape(len(rows), *self.source.shape[1:])

    def chunks(self, rows: Ints) -> Iterator[Bytes]:
        """Copies of those rows, some at a time."""
        for start in range(0, len(rows), CHUNK):
            yield self.take(rows[start : start + CHUNK])


class Streamed:
    """Scaled inputs (n, *shape) of some rows, made when they are asked for."""

    dtype = np.dtype(np.float32)

    def __init__(self, source: Rows, rows: Ints, scaler: Scaler) -> None:
        self.source, self.rows, self.scaler = source, rows, scaler
        self.shape: tuple[int, ...] = (len(rows), *source.source.shape[1:])
        self.ndim = len(self.shape)
        self.size = prod(self.shape)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: Any) -> Any:
        """As of an array: one example, a slice, numbers of rows, a mask; and places within them behind a comma."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        rows = np.atleast_1d(self.rows[first])
        scaled = self.scaler.apply(self.source.take(rows))
        if isinstance(first, int | np.integer):
            return scaled[(0, *rest)]
        return scaled[(slice(None), *rest)] if rest else scaled

    def __iter__(self) -> Iterator[Floats]:
        for chunk in self.chunks():
            yield from chunk

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        made = np.empty(self.shape, np.float32)
        for number, chunk in enumerate(self.chunks()):
            made[number * CHUNK : number * CHUNK + len(chunk)] = chunk
        return made if dtype is None else made.astype(dtype)

    def raw(self, places: Ints) -> Bytes:
        """A copy of the bytes of those examples."""
        return self.source.take(self.rows[places])

    def chunks(self) -> Iterator[Floats]:
        """All of it, some examples at a time."""
        for chunk in self.source.chunks(self.rows):
            yield self.scaler.apply(chunk)

    def reshape(self, *shape: int) -> Floats:
        """All of it in memory, in another shape."""
        return np.asarray(self).reshape(*shape)

    def min(self) -> float:
        return min(float(chunk.min()) for chunk in self.chunks())

    def max(self) -> float:
        return max(float(chunk.max()) for chunk in self.chunks())


def byte_counts(source: Bytes, rows: Ints) -> Ints:
    """(256,) how often each byte occurs in those rows, without holding them all."""
    counts = np.zeros(256, np.int64)
    for chunk in Rows(source).chunks(rows):
        counts += np.bincount(chunk.reshape(-1), minlength=256)
    return counts

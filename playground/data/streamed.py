"""Inputs of a part that stay bytes, in memory or in a file, and are scaled batch by batch: for large sets of images.

A Streamed is asked like an array of scaled inputs; whoever needs all of them at once pays with the memory. A mapped
file is opened anew after some rows, since every page that was looked at counts as the program's memory until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Bytes, Floats, Ints, Scaler

ABOVE = 512 * 2**20
"""Bytes of all inputs as 32-bit numbers above which they are streamed."""
RENEWED = 1024
"""Rows taken from a mapped file before it is opened anew. A row's page brings its neighbours, some 64 KB."""
CHUNK = 1024
"""Rows that are gone through at once."""


def is_streamed(inputs: NDArray[Any]) -> bool:
    """Whether inputs are so large that they stay bytes."""
    return inputs.dtype == np.uint8 and 4 * prod(inputs.shape) > ABOVE


class Rows:
    """Rows of an array of bytes, in memory or mapped from a file."""

    def __init__(self, source: Bytes) -> None:
        self.source = source
        file = getattr(source, "filename", None) if isinstance(source, np.memmap) else None
        self._file = None if file is None else str(file)
        self._offset = int(getattr(source, "offset", 0))
        self._open: Bytes | None = None
        self._drawn = 0
        self._lock = Lock()

    def take(self, rows: Ints) -> Bytes:
        """A copy of those rows."""
        return self._opened(len(rows))[rows]

    def chunks(self, rows: Ints) -> Iterator[Bytes]:
        """Copies of those rows, some at a time."""
        for start in range(0, len(rows), CHUNK):
            yield self.take(rows[start : start + CHUNK])

    def _opened(self, drawn: int) -> Bytes:
        if self._file is None:
            return self.source
        with self._lock:  # the window looks at pictures while the training draws
            self._drawn += drawn
            if self._open is None or self._drawn > RENEWED:
                mapped = np.memmap(self._file, np.uint8, "r", self._offset, self.source.shape)
                self._open, self._drawn = mapped.view(np.ndarray), drawn
            return self._open


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

"""Where examples stand in the files they come from, told when it is asked for: there may be millions of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np


class LinesOf(Sequence[str]):
    """Of each example the file and the line, counted from 1.

    >>> LinesOf(["a.txt", "b.txt"], [(0, 1), (1, 12)])[1]
    'line 12 of b.txt'
    """

    def __init__(self, files: Sequence[str], places: Iterable[tuple[int, int]]) -> None:
        """places: of each example which of the files, from 0, and which line."""
        self._files = tuple(files)
        self._places = np.array(list(places), np.int32).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        file, line = self._places[at]
        return f"line {line:,} of {self._files[file]}"

"""New examples for a trained network, read as its training data were, each with what is odd about it.

Which reader takes a file: fresh_files.py. Tables are read in fresh_tables.py, images in fresh_images.py, series in
fresh_series.py, text in fresh_text.py. Nothing is fitted: all figures come from the Intake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats, Ints
from playground.data.intake import Intake

CHUNK = 1024
"""Examples handed over at once, at most."""
MOST_BYTES = 32 * 2**20
"""Of the inputs handed over at once."""


@dataclass(frozen=True, eq=False)
class Fresh:
    """Some new examples, ready for the network."""

    names: tuple[str, ...]
    """What each is called: a file's name, a row's number."""
    inputs: Floats
    """(n, *shape), scaled as in training."""
    remarks: tuple[tuple[str, ...], ...] = ()
    """What is odd about each, in sentences; empty where nothing is of any."""
    pictures: NDArray[Any] | None = None
    """(n, channels, height, width) to look at, before scaling."""
    unreadable: tuple[str | None, ...] = ()
    """Of each why it could not be read; its inputs then mean nothing. Empty where all could."""
    file_rows: Ints | None = None
    """(n,) which row of its file each is, as a spreadsheet counts; None where they are no rows, or it is not known."""
    notes: tuple[str, ...] = ()
    """What is to be said of the whole file."""

    def remarks_of(self, row: int) -> tuple[str, ...]:
        """What is odd about one."""
        return self.remarks[row] if self.remarks else ()

    def reason(self, row: int) -> str | None:
        """Why one could not be read."""
        return self.unreadable[row] if self.unreadable else None


def chunks(count: int, intake: Intake) -> Iterator[slice]:
    """Rows that are handed over together."""
    each = 4 * int(np.prod(intake.shape))
    size = max(1, min(CHUNK, MOST_BYTES // each))
    for begin in range(0, count, size):
        yield slice(begin, min(begin + size, count))

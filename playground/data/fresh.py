"""New files for a trained network: read as its training data were, some examples at a time, each with what is odd.

Which reader takes a file: here. Tables are read in fresh_tables.py, images in fresh_images.py, series in
fresh_series.py, text in fresh_text.py. Nothing is fitted: all figures come from the Intake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.arrays import inputs_in
from playground.data.dataset import DataProblem, Floats
from playground.data.intake import Intake
from playground.data.text_rows import Tell, silent

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
    notes: tuple[str, ...] = ()
    """What is to be said of the whole file."""

    def remarks_of(self, row: int) -> tuple[str, ...]:
        """What is odd about one."""
        return self.remarks[row] if self.remarks else ()

    def reason(self, row: int) -> str | None:
        """Why one could not be read."""
        return self.unreadable[row] if self.unreadable else None


def fresh(intake: Intake, path: Path, tell: Tell = silent) -> Iterator[Fresh]:
    """Examples of a file or folder, CHUNK at a time.

    tell: called with how much is done and how much there is; what it raises ends the reading.
    Raises: DataProblem: If it holds nothing that such a network takes.
    """
    from playground.data import fresh_images, fresh_series, fresh_tables, fresh_text

    if not path.exists():
        raise DataProblem(f"There is no file or folder {path}. Check its name.")
    if path.suffix.lower() == ".npz":
        return _arrays(intake, path)
    readers = {
        "image": fresh_images.examples, "sequence": fresh_series.examples, "text": fresh_text.examples,
        "table": fresh_tables.examples, "points": fresh_tables.examples,
    }  # fmt: skip
    return readers[intake.kind](intake, path, tell)


def _arrays(intake: Intake, path: Path) -> Iterator[Fresh]:
    """An .npz file's x, of the training data's own shape and values."""
    if intake.kind == "text":
        raise DataProblem(f"{path.name} holds arrays, but the network reads text. Give a .txt file.")
    values = inputs_in(path)
    if intake.kind == "points" and values.shape[1:] == (2,):
        from playground.data.points import engineer

        values = engineer(values, intake.engineered)
    if values.shape[1:] != intake.shape:
        wanted, got = ("×".join(map(str, shape)) for shape in (intake.shape, values.shape[1:]))
        raise DataProblem(f"An example in {path.name} is {got}, but the network takes {wanted}. Save such arrays.")
    if not np.isfinite(values).all():
        raise DataProblem(f"{path.name} has values that are not finite numbers. Remove those rows.")
    scaler = intake.inputs.scaler()
    for rows in chunks(len(values), intake):
        some = values[rows]
        yield Fresh(
            tuple(f"{path.stem} {number + 1}" for number in range(rows.start, rows.stop)), scaler.apply(some),
            pictures=some if intake.kind == "image" else None,
        )  # fmt: skip


def chunks(count: int, intake: Intake) -> Iterator[slice]:
    """Rows that are handed over together."""
    each = 4 * int(np.prod(intake.shape))
    size = max(1, min(CHUNK, MOST_BYTES // each))
    for begin in range(0, count, size):
        yield slice(begin, min(begin + size, count))

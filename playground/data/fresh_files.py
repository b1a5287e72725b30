"""Which reader takes a new file for a trained network, and arrays, which need none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from playground.data import fresh_images, fresh_series, fresh_tables, fresh_text
from playground.data.arrays import inputs_in
from playground.data.dataset import DataProblem
from playground.data.fresh import Fresh, chunks
from playground.data.intake import Intake
from playground.data.points import engineer
from playground.data.text_rows import Tell, silent


def fresh(intake: Intake, path: Path, tell: Tell = silent) -> Iterator[Fresh]:
    """Examples of a file or folder, CHUNK at a time.

    tell: called with how much is done and how much there is; what it raises ends the reading.
    Raises: DataProblem: If it holds nothing that such a network takes.
    """
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

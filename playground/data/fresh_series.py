"""Series for a trained network: labelled files, a row or a file each, or one long series to be gone on with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Floats
from playground.data.fresh import Fresh, chunks
from playground.data.intake import Intake
from playground.data.lengths import is_filling
from playground.data.own_files import MOST_PEEKED
from playground.data.text_rows import Tell
from playground.data.ts_files import read_series
from playground.data.windows import is_number, read_columns

Series = NDArray[np.float64]
SUFFIXES = (".ts", ".tsv", ".csv", ".txt")


def examples(intake: Intake, path: Path, tell: Tell) -> Iterator[Fresh]:
    """Series in a file, or in each file of a folder. Raises DataProblem."""
    if len(intake.shape) != 2:
        raise DataProblem("The network takes films, which are read from .npz arrays alone. Give such a file.")
    if not path.is_dir():
        return _of_file(intake, path)
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
    if not files:
        raise DataProblem(f"{path} has no series in it. Give a .ts, .tsv or .csv file.")

    def each() -> Iterator[Fresh]:
        for done, file in enumerate(files):
            yield from _of_file(intake, file)
            tell(done + 1, len(files))

    return each()


def of_values(intake: Intake, text: str) -> Fresh:
    """A series as it was typed or pasted: a moment a line, or, of one channel, all in a line. A first line of words
    names the columns. Where the network forecasts, its last values count.

    Raises: DataProblem: With a sentence.
    """
    steps, channels = intake.shape
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    cells = [re.split(r"\s*[;\t]\s*|\s*,\s+|\s+|,", row.strip(",;")) for row in rows]
    names = tuple(cells[0]) if cells and not any(is_number(cell) for cell in cells[0]) else ()
    body = cells[1:] if names else cells
    if channels == 1 and len(body) == 1:
        body = [[cell] for cell in body[0]]
    order = [names.index(name) for name in intake.features] if set(intake.features) <= set(names) else range(channels)
    for number, row in enumerate(body, 1 + bool(names)):
        odd = next((cell for cell in row if not is_number(cell)), None)
        if odd is not None:
            raise DataProblem(f"“{odd[:40]}” in line {number} is not a number. Write numbers alone, a moment a line.")
        if len(row) != (len(names) or channels):
            raise DataProblem(
                f"Line {number} has {len(row):,} value{'s' * (len(row) != 1)}, but a moment has {channels:,}: "
                f"{', '.join(intake.features[:8])}."
            )
    if not body or (intake.windows is not None and len(body) < steps):
        raise DataProblem(f"There are {len(body):,} moments, but the network looks at {steps:,}. Give more.")
    series = np.array([[float(row[place]) for place in order] for row in body], np.float64)
    return next(_each(intake, "the values", [series], [], is_alone=True))


def _of_file(intake: Intake, path: Path) -> Iterator[Fresh]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataProblem(f"{path.name} holds no series that can be read. Give a .ts, .tsv or .csv file.")
    if intake.windows is not None:
        return _windows(intake, path)
    notes: list[str] = []
    if suffix == ".ts" or (suffix == ".tsv" and _is_labelled(path)):
        return _each(intake, path.stem, read_series(path, notes), notes)
    _, columns, _ = read_columns(path, notes)
    steps, channels = intake.shape
    if columns.shape[1] == channels:
        return _each(intake, path.name, [columns], notes, is_alone=True)
    if channels == 1 and columns.shape[1] == steps:
        return _each(intake, path.stem, [row[:, None] for row in columns], notes)
    raise DataProblem(
        f"{path.name} has {columns.shape[1]:,} columns, but the network takes {channels:,} "
        f"channel{'s' * (channels > 1)} of {steps:,} steps. Give a column a channel and a row a step."
    )


def _is_labelled(path: Path) -> bool:
    """Whether its lines have as many cells as a label and a series have, more than columns of channels do."""
    with path.open("rb") as file:
        start = file.read(MOST_PEEKED).decode("utf-8", "replace").splitlines()
    return len(start) > 0 and start[0].count("\t") > 8


def _each(
    intake: Intake, name: str, series: Sequence[Series], notes: list[str], is_alone: bool = False
) -> Iterator[Fresh]:
    """Series (steps, channels), brought to the network's steps: the last ones of longer, NaN before shorter."""
    steps, channels = intake.shape
    odd = next((each.shape[1] for each in series if each.shape[1] != channels), None)
    if odd is not None:
        raise DataProblem(f"A series in {name} has {odd:,} channels, but the network takes {channels:,}.")
    longer, shorter = (sum(test) for test in zip(*((len(s) > steps, len(s) < steps) for s in series), strict=True))
    if longer:
        notes.append(f"Of {longer:,} series only the last {steps:,} steps are seen: the network takes no more.")
    if shorter:
        notes.append(f"{shorter:,} series are shorter than {steps:,} steps: only their own steps are looked at.")
    names = (name,) if is_alone else tuple(f"{name} {row + 1}" for row in range(len(series)))
    for rows in chunks(len(series), intake):
        yield Fresh(names[rows], _scaled(intake, series[rows]), notes=tuple(notes) if not rows.start else ())


def _scaled(intake: Intake, series: Sequence[Series]) -> Floats:
    steps = intake.shape[0]
    made = np.zeros((len(series), *intake.shape), np.float32)
    for row, each in zip(made, series, strict=True):
        row[max(steps - len(each), 0) :] = each[-steps:]
    if not np.isfinite(made).all():
        raise DataProblem("A series has values that are not finite numbers. Remove it.")
    scaled = intake.inputs.scaler().apply(made)
    lengths = np.minimum([len(each) for each in series], steps)
    scaled[is_filling(lengths, steps)] = np.nan
    return scaled


def _windows(intake: Intake, path: Path) -> Iterator[Fresh]:
    """All windows of one long series, each named by its last row; what follows the last is yet to come."""
    notes: list[str] = []
    names, columns, _ = read_columns(path, notes)
    gone = [name for name in intake.features if name not in names]
    if gone and len(names) == len(intake.features):
        notes.append(f"The columns of {path.name} have other names than in training: they are taken in their order.")
    elif gone:
        raise DataProblem(f"{path.name} has no column {', '.join(gone[:8])}. It has: {', '.join(names[:12])}.")
    else:
        columns = columns[:, [names.index(name) for name in intake.features]]
    steps = intake.shape[0]
    if len(columns) < steps:
        raise DataProblem(f"{path.name} has {len(columns):,} rows, but the network looks at {steps:,}. Give more.")
    windows = sliding_window_view(columns, steps, axis=0).transpose(0, 2, 1)
    for rows in chunks(len(windows), intake):
        called = tuple(f"after row {row + steps}" for row in range(rows.start, rows.stop))
        yield Fresh(called, _scaled(intake, list(windows[rows])), notes=tuple(notes) if not rows.start else ())

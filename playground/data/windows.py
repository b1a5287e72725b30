"""One long series, a row each moment, as examples for forecasting: windows, and the values that come after them.

Examples stay in the order of time: they are divided in it, by split.py, with a gap so that no part sees another's rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from playground.data.choices import SeriesReading
from playground.data.dataset import DataChoice, DataProblem, Dataset, Forecast, Ints
from playground.data.plain_text import read_text

MOST_BYTES = 128 * 2**20
MOST_VALUES = 2**28
"""Values in all windows together: one gigabyte."""
MOST_CHANNELS = 1000
FEWEST = 20
"""Rows from which on a single column of numbers is taken for a series."""
_DATE = re.compile(
    r"(\d{1,4}[-/]\d{1,2}|\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}|[A-Za-z]{3,9}[- ]\d{1,4})"
    r"([ T]\d{1,2}:\d{2}\S*)?$"
)


def is_single_series(first: list[str], suffix: str) -> bool:
    """Whether lines are one number each, perhaps with a date: nothing but its own past to predict it by."""
    rows = [row for row in _rows(first, suffix) if row]
    body = rows[1:] if rows and not any(is_number(cell) for cell in rows[0]) else rows
    if len(body) < FEWEST or {len(row) for row in body} - {1, 2}:
        return False
    if len(body[0]) == 1:
        return all(len(row) == 1 for row in body) and _share(row[0] for row in body) > 0.9
    columns = list(zip(*(row for row in body if len(row) == 2), strict=True))
    dated = [np.mean([bool(_DATE.match(cell)) for cell in column]) > 0.9 for column in columns]
    numbers = [_share(column) > 0.9 and not date for column, date in zip(columns, dated, strict=True)]
    return sorted(dated) == sorted(numbers) == [False, True]


def load_windows(path: Path, choice: DataChoice) -> Dataset:
    """Read a table as one series; the target is the chosen column, or the last one of numbers.

    Raises: DataProblem: If there is no such column, or the series is too short for its windows.
    """
    reading = choice.series or SeriesReading()
    notes: list[str] = []
    names, table, places = read_columns(path, notes)
    target = _target(path, names, choice.target)
    if reading.alone:
        names, table, target = (names[target],), table[:, target : target + 1], 0
    count = len(table)
    length = reading.length or max(1, min(30, count // 12))
    span = length + reading.horizon
    if count < span + 10 * reading.stride:
        raise DataProblem(
            f"{path.name} has {count:,} rows, too few for windows of {length:,} and {reading.horizon:,} after them. "
            "Choose shorter windows, or a longer series."
        )
    windows = (count - span) // reading.stride + 1
    if windows * span * len(names) > MOST_VALUES:
        raise DataProblem(f"The windows of {path.name} would take more than 1,024 MB. Choose a longer stride.")
    starts = np.arange(windows) * reading.stride
    inputs = sliding_window_view(table, length, axis=0)[starts].transpose(0, 2, 1)
    after = sliding_window_view(table[length:, target], reading.horizon)[starts]
    ahead = "the next one" if reading.horizon == 1 else f"the next {reading.horizon}"
    with np.errstate(over="ignore"):
        return Dataset(
            path.name, path.stem, "sequence",
            np.ascontiguousarray(inputs, np.float32), np.ascontiguousarray(after, np.float32), "numbers", (), names,
            f"{windows:,} windows of {length} rows of {path.name}; predicts {ahead} of {names[target]}.",
            notes=(*notes, "Divided in the order of time: training first, then validation, then test."),
            forecast=Forecast(target, reading.horizon), gap=-(-span // reading.stride) - 1,
            file_rows=None if places is None else np.stack([places[starts], places[starts + span - 1]], axis=1),
        )  # fmt: skip


def _rows(lines: list[str], suffix: str) -> list[list[str]]:
    mark = "\t" if suffix.lower() == ".tsv" else max(",;\t", key=lines[0].count) if lines else ","
    try:
        found = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in found]


Columns = tuple[tuple[str, ...], NDArray[np.float64], Ints | None]
"""Names, values (rows, columns), and which row of the file each is, from 1; None if they were put in another order."""


def read_columns(path: Path, notes: list[str]) -> Columns:
    """The columns of numbers, in the order of time, gaps filled in. Raises DataProblem."""
    every = _rows(read_text(path, MOST_BYTES, notes).split("\n"), path.suffix)
    places, rows = [number for number, row in enumerate(every, 1) if row], [row for row in every if row]
    if not rows:
        raise DataProblem(f"{path.name} cannot be read as a table. Mend the file and try again.")
    is_headed = not any(is_number(cell) for cell in rows[0])
    header = rows[0] if is_headed else [f"column {number + 1}" for number in range(len(rows[0]))]
    whole = [at for at in range(is_headed, len(rows)) if len(rows[at]) == len(header)]
    body = [rows[at] for at in whole]
    if left := len(rows) - is_headed - len(body):
        notes.append(f"{left:,} rows have more or fewer cells than the first and were left out.")
    if not body or len(header) > MOST_CHANNELS:
        raise DataProblem(f"{path.name} has {len(body)} rows and {len(header)} columns; no series can be made of it.")
    in_file, body = body, _in_time(header, body, notes)
    names, columns = [], []
    for name, cells in zip(header, zip(*body, strict=True), strict=True):
        values = np.array([float(cell) if is_number(cell) else np.nan for cell in cells])
        missing = int(np.isnan(values).sum())
        if missing > len(values) / 2:
            continue
        if missing:
            there = np.flatnonzero(~np.isnan(values))
            values = np.interp(np.arange(len(values)), there, values[there])
            notes.append(f"{missing:,} missing values of {name} were filled in: a straight line over the gap.")
        names.append(name)
        columns.append(values)
    if not columns:
        raise DataProblem(f"{path.name} has no column of numbers. Choose another file.")
    kept = np.array([places[at] for at in whole], np.int64) if body is in_file else None
    return tuple(names), np.stack(columns, axis=1), kept


def _in_time(header: list[str], body: list[list[str]], notes: list[str]) -> list[list[str]]:
    """The rows in the order of the first column of dates, if there is one and all of it can be read."""
    import pandas as pd

    for column, name in enumerate(header):
        cells = [row[column] for row in body]
        if not all(_DATE.match(cell) for cell in cells) or _share(cells) > 0.9:
            continue
        times = pd.to_datetime(pd.Series(cells), errors="coerce", format="mixed")
        if times.isna().any() or times.is_monotonic_increasing:
            return body
        notes.append(f"The rows were put in the order of {name}.")
        return [body[row] for row in np.argsort(times.to_numpy(), kind="stable")]
    return body


def _target(path: Path, names: tuple[str, ...], target: str | None) -> int:
    if target is None:
        return len(names) - 1
    if target not in names:
        raise DataProblem(f"{path.name} has no column of numbers “{target}”. It has: {', '.join(names[:12])}.")
    return names.index(target)


def _share(cells: Iterable[str]) -> float:
    return float(np.mean([is_number(cell) for cell in cells]))


def is_number(cell: str) -> bool:
    """Whether it spells a finite number."""
    try:
        return bool(np.isfinite(float(cell))) and "_" not in cell
    except ValueError:
        return False

"""A table with a column of image files and a column of what is to be predicted: classes, or numbers.

Paths are within the table's own folder; others are not followed.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.data.choices import ImageReading, LeftOut, Progress
from playground.data.dataset import DataChoice, DataProblem, Dataset, Floats, Ints
from playground.data.image_cache import decoded
from playground.data.image_files import MOST_FILES, Found
from playground.data.image_folders import as_dataset
from playground.data.images import SUFFIXES
from playground.data.plain_text import read_text

MOST_BYTES = 256 * 2**20
MOST_CLASSES = 20
"""Different whole numbers up to which they are classes, in a table large enough for them."""
SEEN = 50
"""Rows by which a column is told to be file names."""


def is_image_table(path: Path, first: list[str], target: str | None) -> bool:
    """Whether a column names image files that exist beside the table; by its first lines."""
    rows = _rows(first[: SEEN + 1], path.suffix)
    return len(rows) > 1 and _file_column(rows[0], rows[1:], path.parent, target) is not None


def labels_in(folder: Path) -> Path | None:
    """The one table of image files that lies in a folder, if there is one."""
    tables = sorted(each for each in folder.iterdir() if each.suffix.lower() in (".csv", ".tsv") and each.is_file())
    for table in tables[:10]:
        with table.open(encoding="utf-8-sig", errors="replace") as file:
            first = [file.readline(10_000) for _ in range(SEEN)]
        if is_image_table(table, [line for line in first if line.strip()], None):
            return table
    return None


def load_image_table(path: Path, choice: DataChoice, progress: Progress | None = None) -> Dataset:
    """Read such a table; the target is the chosen column, or the last other one.

    Text, and whole numbers of at most 20 kinds in a large enough table, are classes; other numbers are regressed.
    Raises: DataProblem: If a column is missing, or no image can be read.
    """
    notes: list[str] = []
    rows = _rows(read_text(path, MOST_BYTES, notes).split("\n"), path.suffix)
    header, every = rows[0], [(place, row) for place, row in enumerate(rows[1:], 2) if row]
    whole = [(place, row) for place, row in every if len(row) == len(header)]
    rows = [row for _, row in whole]
    if short := len(every) - len(whole):
        notes.append(f"{short:,} rows have more or fewer cells than the first and were left out.")
    files = _file_column(header, rows[:SEEN], path.parent, choice.target)
    wanted = _target_column(path, header, files, choice.target)
    if files is None:
        raise DataProblem(f"{path.name} has no column of image files beside {choice.target}. Choose another target.")
    found = Found(path.parent, notes=notes)
    words: list[str] = []
    root = path.parent.resolve()
    places: list[int] = []
    for place, row in whole[:MOST_FILES]:
        name, word = row[files].strip(), row[wanted].strip()
        if not word:
            found.left.append(LeftOut(name, "its target is missing"))
        elif not _is_inside(root, name):
            found.left.append(LeftOut(name, "it lies outside of the table's folder"))
        else:
            found.files.append(name)
            words.append(word)
            places.append(place)
    targets = _targets(path, header[wanted], words, found)
    images = decoded(path.parent, found.files, choice.images or ImageReading(), progress)
    dataset = as_dataset(found, images, targets[list(images.kept)])
    origins = tuple(f"{found.files[at]}, row {places[at]:,} of {path.name}" for at in images.kept)
    return replace(dataset, origins=origins)


def _rows(lines: list[str], suffix: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter="\t" if suffix.lower() == ".tsv" else ","))
    except csv.Error:
        return []


def _file_column(header: list[str], rows: list[list[str]], folder: Path, target: str | None) -> int | None:
    for column, name in enumerate(header):
        cells = [row[column].strip() for row in rows if len(row) == len(header)]
        named = [cell for cell in cells if Path(cell).suffix.lower() in SUFFIXES]
        if name == target or not cells or len(named) < 0.8 * len(cells):
            continue
        if any(_is_inside(folder.resolve(), cell) and (folder / cell).is_file() for cell in named):
            return column
    return None


def _target_column(path: Path, header: list[str], files: int | None, target: str | None) -> int:
    if target is not None and target not in header:
        raise DataProblem(f"{path.name} has no column “{target}”. It has: {', '.join(header[:12])}.")
    others = [number for number in range(len(header)) if number != files]
    if not others:
        raise DataProblem(f"{path.name} has file names only. Add a column with what is to be predicted.")
    return header.index(target) if target is not None else others[-1]


def _is_inside(root: Path, name: str) -> bool:
    try:
        return bool(name) and "\0" not in name and (root / name).resolve().is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        return False


def _targets(path: Path, name: str, words: list[str], found: Found) -> Ints | Floats:
    """Classes, of which the names go into `found`, or numbers (n, 1)."""
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError:
        numbers = np.full(0, np.nan)
    kinds = sorted(set(words))
    if len(numbers) and np.isfinite(numbers).all():
        is_class = len(kinds) <= MOST_CLASSES and len(kinds) < len(words) / 10 and bool((numbers % 1 == 0).all())
        if not is_class:
            return numbers.astype(np.float32)[:, None]
        kinds.sort(key=float)
    if len(kinds) < 2:
        raise DataProblem(f"Every row of {path.name} has the same {name}. Choose another target.")
    if len(kinds) > len(words) / 2:
        raise DataProblem(
            f"{name} has {len(kinds):,} different values in {len(words):,} rows: it looks like a label of each row. "
            "Choose another target."
        )
    found.names = tuple(kinds)
    codes = {word: code for code, word in enumerate(kinds)}
    return np.array([codes[word] for word in words], np.int64)

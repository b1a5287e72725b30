"""Labelled series as the UCR and UEA archives give them: .ts, and .tsv with the label first; _TRAIN and _TEST in pairs.

Series of unequal length are filled up at the front; where a value is missing, a straight line is drawn over the gap.
Format: Middlehurst et al. 2024, aeon, "The .ts file format"; Dau et al. 2018, the UCR archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset, Floats
from playground.data.lengths import at_the_end
from playground.data.origins import LinesOf
from playground.data.plain_text import read_text

MOST_BYTES = 512 * 2**20
MOST_CHANNELS = 10_000
_PARTS = {"_TRAIN": "_TEST", "_train": "_test", "_Train": "_Test"}

Series = NDArray[np.float64]
"""(steps, channels)"""


@dataclass
class _Read:
    """Series of one file, with what each is labelled."""

    series: list[Series] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    names: tuple[str, ...] = ()
    """Classes as the file's header lists them."""
    is_number: bool = False
    """Whether the label is a number to predict."""
    missing: int = 0
    lines: list[int] = field(default_factory=list)
    """Where each series stands in the file, from 1."""


def train_file_in(folder: Path) -> Path | None:
    """The file to read in a folder of labelled series, the one that bears the folder's name before others."""
    for suffix in (".ts", ".tsv"):
        files = [each for each in folder.iterdir() if each.suffix.lower() == suffix and each.is_file()]
        train = sorted((each for each in files if each.stem[-6:] in _PARTS), key=lambda each: (len(each.name), each))
        own = [each for each in train if each.stem[:-6] == folder.name]
        if train or (suffix == ".ts" and len(files) == 1):
            return (own or train or files)[0]
    return None


def is_labelled_tsv(path: Path, first: list[str]) -> bool:
    """Whether a .tsv file is one of the UCR archive: no header, a label, and then many numbers."""
    if path.stem[-6:] not in _PARTS and path.stem[-5:] not in _PARTS.values():
        return False
    return bool(first) and all(len(cells := line.split("\t")) > 3 and _is_number(cells[1]) for line in first[:5])


def load_series_file(path: Path) -> Dataset:
    """Read one file, or both of a pair, of which the second stays the test part. Raises DataProblem."""
    pair = _pair(path)
    notes: list[str] = []
    read = [_file(each, notes) for each in pair]
    series = [each for one in read for each in one.series]
    channels = {each.shape[1] for each in series}
    if len(channels) > 1:
        few, many = min(channels), max(channels)
        raise DataProblem(f"The series in {path.name} have from {few} to {many} channels. Give each as many.")
    if missing := sum(one.missing for one in read):
        notes.append(f"{missing:,} missing values were filled in: a straight line over the gap.")
    name = pair[0].stem[:-6] if pair[0].stem[-6:] in _PARTS else pair[0].stem
    inputs, lengths = at_the_end(series, name)
    if lengths is not None:
        notes.append(
            f"The series have {lengths.min()} to {lengths.max()} steps. Layers look at each one's own steps alone; "
            "Flatten sees zeros before shorter ones, and so do the baselines."
        )
    names = () if read[0].is_number else _names(read, name)
    targets = _numbers(read, name) if read[0].is_number else _codes(read, names)
    width = inputs.shape[2]
    return Dataset(
        name, name, "sequence", inputs, targets, "classes" if names else "numbers", names,
        tuple(f"channel {number + 1}" for number in range(width)) if width > 1 else ("value",),
        f"{len(series):,} series of {inputs.shape[1]} steps and {width} channel{'s' * (width > 1)} from {name}.",
        test_from=len(read[0].series) if len(read) > 1 else None, notes=tuple(notes), lengths=lengths,
        origins=LinesOf([each.name for each in pair],
                        ((file, line) for file, one in enumerate(read) for line in one.lines)),
    )  # fmt: skip


def read_series(path: Path, notes: list[str]) -> list[Series]:
    """The series of one file alone, whatever they are labelled. Raises DataProblem."""
    return _file(path, notes).series


def _pair(path: Path) -> tuple[Path, ...]:
    """The file and its other half, in either format: training first."""
    for train, test in _PARTS.items():
        for own, other in ((train, test), (test, train)):
            if path.stem.endswith(own):
                name = path.stem.removesuffix(own) + other
                ways = (path.with_name(name + suffix) for suffix in (path.suffix, ".ts", ".tsv"))
                beside = next((way for way in ways if way.is_file()), None)
                if beside is None:
                    return (path,)
                return (path, beside) if own == train else (beside, path)
    return (path,)


def _file(path: Path, notes: list[str]) -> _Read:
    text = read_text(path, MOST_BYTES, notes)
    read = _tsv(path, text) if path.suffix.lower() == ".tsv" else _ts(path, text)
    if not read.series:
        raise DataProblem(f"{path.name} has no series after “@data”. Choose another file.")
    return read


def _ts(path: Path, text: str) -> _Read:
    read = _Read()
    lines = iter(enumerate(text.split("\n"), 1))
    _header(path, lines, read)
    for number, line in lines:
        if not (line := line.strip()) or line.startswith("#"):
            continue
        *dims, label = line.split(":")
        if not dims or len(dims) > MOST_CHANNELS:
            raise _wrong(path, number, "has no series and label, apart by a colon")
        columns = [_values(path, number, dim) for dim in dims]
        steps = max(len(column) for column in columns)
        if not steps:
            raise _wrong(path, number, "has a series without values")
        _add(read, [np.pad(each, (0, steps - len(each)), constant_values=np.nan) for each in columns], label, number)
    return read


def _header(path: Path, lines: Iterator[tuple[int, str]], read: _Read) -> None:
    """Read up to @data. Raises DataProblem for a file without it, without labels, or with times."""
    labelled = False
    for _, line in lines:
        word, *rest = line.strip().split() or [""]
        word = word.lower()
        truth = bool(rest) and rest[0].lower() == "true"
        if word == "@timestamps" and truth:
            raise DataProblem(f"{path.name} has a time for each value, which is not read. Save it without them.")
        if word in ("@classlabel", "@targetlabel"):
            labelled, read.is_number = truth, word == "@targetlabel"
            read.names = tuple(dict.fromkeys(rest[1:]))
        if word == "@data":
            if not labelled:
                raise DataProblem(f"{path.name} has no labels (@classLabel true …). Choose a file with labels.")
            return
    raise DataProblem(f"{path.name} has no line “@data”: it is no series in the .ts format. Choose another file.")


def _tsv(path: Path, text: str) -> _Read:
    read = _Read()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            label, _, rest = line.partition("\t")
            values = _values(path, number, rest.replace("\t", ","))
            there = np.flatnonzero(~np.isnan(values))
            if not len(there):
                raise _wrong(path, number, "has a series without values")
            _add(read, [values[: there[-1] + 1]], label, number)
    return read


def _values(path: Path, number: int, cells: str) -> NDArray[np.float64]:
    try:
        return np.array(cells.replace("?", "nan").split(",") if cells.strip() else [], np.float64)
    except ValueError as error:
        raise _wrong(path, number, "has a value that is no number") from error


def _add(read: _Read, columns: list[NDArray[np.float64]], label: str, line: int) -> None:
    for column in columns:
        gaps = np.isnan(column)
        if gaps.any():
            read.missing += int(gaps.sum())
            there = np.flatnonzero(~gaps)
            column[gaps] = np.interp(np.flatnonzero(gaps), there, column[there]) if len(there) else 0.0
    read.series.append(np.stack(columns, axis=1))
    read.labels.append(label.strip())
    read.lines.append(line)


def _names(read: list[_Read], name: str) -> tuple[str, ...]:
    """The classes in the header's order, or sorted. Raises DataProblem if the training part has fewer than two."""
    learned = set(read[0].labels)
    if len(learned) < 2:
        raise DataProblem(f"Every series in {name} is of one class. A network needs two classes to tell apart.")
    strange = {label for one in read for label in one.labels} - learned
    if strange:
        raise DataProblem(f"The test series have the class “{min(strange)[:60]}”, which the training series lack.")
    if len(learned) > len(read[0].labels) / 2:
        raise DataProblem(f"{name} has {len(learned):,} classes in {len(read[0].labels):,} series: too many to learn.")
    listed = tuple(label for label in read[0].names if label in learned)
    return listed if set(listed) == learned else tuple(sorted(learned))


def _codes(read: list[_Read], names: tuple[str, ...]) -> NDArray[np.int64]:
    codes = {label: code for code, label in enumerate(names)}
    return np.array([codes[label] for one in read for label in one.labels], np.int64)


def _numbers(read: list[_Read], name: str) -> Floats:
    try:
        return np.array([[float(label)] for one in read for label in one.labels], np.float32)
    except ValueError as error:
        raise DataProblem(f"{name} has a target that is no number. Mend the file and try again.") from error


def _wrong(path: Path, number: int, what: str) -> DataProblem:
    return DataProblem(f"Line {number:,} of {path.name} {what}. Mend the file and try again.")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

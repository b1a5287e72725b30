"""Texts to be told apart: a file a class with an example a line, or a folder a class with a text a file.

Codes stand at the end of their steps, 0 before them: a recurrent layer's last state has then just read the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.data.choices import TextReading
from playground.data.dataset import DataChoice, DataProblem, Dataset
from playground.data.origins import LinesOf
from playground.data.plain_text import read_text
from playground.data.prose import load_prose
from playground.data.vocabulary import (
    MOST,
    UNKNOWN,
    Unit,
    as_inputs,
    chosen,
    counted,
    filled_up,
    numbered,
    split_up,
    training_rows,
)

MOST_BYTES = 32 * 2**20
MOST_FILES = 200_000
LONGEST: dict[Unit, int] = {"characters": 200, "words": 100}
"""Symbols of an example, unless the choice says otherwise."""
SHORT = 64
"""Characters up to which an example is usually read as characters, not as words."""


def is_text_folder(folder: Path) -> bool:
    """Whether there are .txt files in it or in its folders."""
    return bool(_texts(folder)) or any(_texts(inner) for inner in _classes(folder))


def load_text_folder(folder: Path, choice: DataChoice) -> Dataset:
    """Read such a folder; one with a single text is read as prose.

    Raises: DataProblem: If there are no two classes, or too much to read.
    """
    notes: list[str] = []
    texts = _texts(folder)
    if len(texts) == 1 and not _classes(folder):
        return load_prose(texts[0], choice)
    if len(texts) > 1:
        names = tuple(path.stem for path in texts)
        files = [(path, label) for label, path in enumerate(texts)]
    else:
        named = [(inner.name, _texts(inner)) for inner in _classes(folder)]
        full = [(name, inside) for name, inside in named if inside]
        names = tuple(name for name, _ in full)
        files = [(path, label) for label, (_, inside) in enumerate(full) for path in inside]
    if len(names) < 2 or len(files) > MOST_FILES:
        raise DataProblem(
            f"{folder} has {len(files):,} texts in {len(names)} classes; two classes are needed, and at most "
            f"{MOST_FILES:,} texts. Make a file a class with an example a line, or a folder a class."
        )
    examples, labels, origins = _examples(files, len(texts) > 1, notes)
    return replace(_dataset(folder, choice, examples, labels, names, notes), origins=origins)


def _texts(folder: Path) -> list[Path]:
    inside = (each for each in folder.iterdir() if each.suffix.lower() == ".txt" and not each.name.startswith("."))
    return sorted(each for each in inside if each.is_file() and not each.is_symlink())


def _classes(folder: Path) -> list[Path]:
    inside = sorted(folder.iterdir())
    return [each for each in inside if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")]


def _examples(
    files: list[tuple[Path, int]], are_lines: bool, notes: list[str]
) -> tuple[list[str], list[int], Sequence[str]]:
    """Texts, the place of each one's class, and where they come from."""
    examples: list[str] = []
    labels: list[int] = []
    places: list[tuple[int, int]] = []
    room = MOST_BYTES
    for number, (path, label) in enumerate(files):
        if not path.stat().st_size:
            continue
        text = read_text(path, room, notes)
        room -= path.stat().st_size
        found = [line.strip() for line in text.split("\n")] if are_lines else [text.strip()]
        kept = [(line, each) for line, each in enumerate(found, 1) if each]
        examples += [each for _, each in kept]
        labels += [label] * len(kept)
        places += [(number, line) for line, _ in kept]
    names = [path.name if are_lines else f"{path.parent.name}/{path.name}" for path, _ in files]
    return examples, labels, LinesOf(names, places) if are_lines else [names[file] for file, _ in places]


def _dataset(
    folder: Path, choice: DataChoice, examples: list[str], labels: Sequence[int], names: tuple[str, ...],
    notes: list[str],
) -> Dataset:  # fmt: skip
    reading = choice.text or TextReading()
    if not examples:
        raise DataProblem(f"The texts in {folder} are empty. Choose others.")
    usual: Unit = "characters" if np.median([len(each) for each in examples]) <= SHORT else "words"
    unit: Unit = usual if reading.unit == "auto" else reading.unit
    found = numbered(split_up(each, unit, reading.lower) for each in examples)
    longest = reading.longest or LONGEST[unit]
    if cut := sum(len(each) > longest for each in found.examples):
        notes.append(f"{cut:,} of {len(examples):,} texts were cut after {longest} {unit}.")
    short = [each[:longest] for each in found.examples]
    steps = max(1, *(len(each) for each in short))
    wide = filled_up(short, steps, -1, at_front=True) + 1
    targets = np.array(labels, np.int64)
    before = Dataset(folder.name, folder.name, "text", as_inputs(wide), targets, "classes", names)
    train = training_rows(before, choice)
    symbols = tuple(found.numbers)
    again, kept = chosen(counted(short, train, len(symbols)), symbols, reading.most or MOST[unit], 1)
    codes = np.concatenate([np.zeros(1, np.int64), again])[wide]
    if unknown := int((codes == 1).sum()):
        notes.append(f"{unknown:,} of {int((codes > 0).sum()):,} {unit} are rare or not in the training part.")
    return Dataset(
        folder.name, folder.name, "text", as_inputs(codes), targets, "classes", names, ("", UNKNOWN, *kept),
        f"{len(examples):,} texts of {len(names)} classes from {folder.name}, as {unit}.", notes=tuple(notes),
    )  # fmt: skip

"""Text for a trained network: lines or whole files as codes, the symbols that are new named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from playground.data.dataset import DataProblem
from playground.data.fresh import Fresh, chunks
from playground.data.intake import Intake, Writing
from playground.data.plain_text import read_text
from playground.data.text_folders import MOST_BYTES
from playground.data.text_rows import Tell
from playground.data.vocabulary import UNKNOWN, as_inputs, split_up, symbol_of

STRANGE = 0.2
"""Share of unknown symbols from which on a text is unlike those of training."""


def examples(intake: Intake, path: Path, tell: Tell) -> Iterator[Fresh]:
    """Texts of a file, or of each .txt file of a folder. Raises DataProblem."""
    assert intake.writing is not None
    files = [path] if not path.is_dir() else sorted(each for each in path.rglob("*.txt") if each.is_file())
    if not files:
        raise DataProblem(f"{path} has no .txt file in it. Give a text.")
    notes: list[str] = []
    named: list[tuple[str, str]] = []
    room = MOST_BYTES
    for done, file in enumerate(files):
        text = read_text(file, room, notes)
        room -= file.stat().st_size
        named += _cut(file, text, intake.writing)
        tell(done + 1, len(files))
    return _coded(intake, named, notes)


def of_text(intake: Intake, text: str) -> Fresh:
    """One text that was typed in."""
    return next(_coded(intake, [("the text", text)], []))


def _cut(file: Path, text: str, writing: Writing) -> list[tuple[str, str]]:
    """Names and texts: a line each where examples were lines, or questions to be answered."""
    if not (writing.lines or writing.mode == "answer"):
        return [(file.name, text.strip() if writing.mode == "classify" else text.rstrip("\n"))]
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return [(f"{file.stem} {number}", line.split("\t")[0] if writing.mode == "answer" else line)
            for number, line in lines]  # fmt: skip


def codes_of(intake: Intake, text: str) -> tuple[list[int], list[str]]:
    """The codes of a text, and the symbols that have none of their own."""
    writing = intake.writing
    assert writing is not None
    places = {symbol_of(name): code for code, name in enumerate(intake.features)}
    rest = places.get(UNKNOWN, places.get(" ", 0))
    symbols = split_up(text, writing.unit, writing.lower)
    return [places.get(each, rest) for each in symbols], [each for each in symbols if each not in places]


def filled(intake: Intake, codes: Sequence[int]) -> list[int]:
    """Exactly as many codes as the network reads: the last of them, with empty ones (or blanks) before."""
    assert intake.writing is not None
    steps = intake.shape[0]
    blank = 0 if intake.features[0] == "" else next((n for n, name in enumerate(intake.features) if name == " "), 0)
    keep = codes[:steps] if intake.writing.mode == "classify" else codes[-steps:]
    return [blank] * (steps - len(keep)) + list(keep)


def _coded(intake: Intake, named: list[tuple[str, str]], notes: list[str]) -> Iterator[Fresh]:
    steps = intake.shape[0]
    found = [codes_of(intake, text) for _, text in named]
    longer = sum(len(codes) > steps for codes, _ in found)
    if longer and intake.writing is not None and intake.writing.mode != "continue":
        notes.append(f"{longer:,} texts are longer than the {steps:,} {intake.writing.unit} that the network reads.")
    for rows in chunks(len(named), intake):
        some = found[rows]
        inputs = as_inputs(np.array([filled(intake, codes) for codes, _ in some], np.int64).reshape(len(some), steps))
        remarks = tuple(_strange(codes, new) for codes, new in some)
        names = tuple(name for name, _ in named[rows])
        yield Fresh(names, inputs, remarks if any(remarks) else (), notes=tuple(notes) if not rows.start else ())


def _strange(codes: list[int], new: list[str]) -> tuple[str, ...]:
    if not codes or len(new) < STRANGE * len(codes):
        return ()
    shown = ", ".join(f"“{each[:20]}”" for each in dict.fromkeys(new[:3]))
    return (f"{len(new):,} of {len(codes):,} symbols were not there in training, such as {shown}.",)

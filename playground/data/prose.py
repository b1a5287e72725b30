"""A text as a language model's examples: pieces that do not overlap; the answer at each symbol is the next one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.choices import TextReading
from playground.data.dataset import DataChoice, DataProblem, Dataset, Ints
from playground.data.plain_text import read_text
from playground.data.vocabulary import MOST, UNKNOWN, Unit, as_inputs, chosen, numbered, split_up, training_rows

MOST_BYTES = 32 * 2**20
STEPS: dict[Unit, int] = {"characters": 64, "words": 16}
"""Symbols in one example, unless the choice says otherwise."""
FEWEST = 40
"""Examples that a short text is cut into; the pieces are the shorter for it."""


def load_prose(path: Path, choice: DataChoice) -> Dataset:
    """Read a text; it is divided in its own order. Raises DataProblem if it is too short or no text."""
    reading = choice.text or TextReading()
    unit: Unit = "words" if reading.unit == "words" else "characters"
    notes: list[str] = []
    text = read_text(path, MOST_BYTES, notes)
    codes, symbols = _codes(text, unit, reading.lower)
    steps = choice.steps or reading.longest or max(2, min(STEPS[unit], len(codes) // FEWEST))
    count = (len(codes) - 1) // steps
    if len(symbols) < 2:
        raise DataProblem(f"{path.name} is one {unit[:-1]} again and again. Choose a text with more of them.")
    if count < 10:
        raise DataProblem(
            f"{path.name} has {len(codes):,} {unit}, too few for ten examples of {steps}. Choose a longer text."
        )
    inputs, targets = codes[: count * steps].reshape(count, steps), codes[1 : count * steps + 1].reshape(count, steps)
    before = Dataset(path.name, path.stem, "text", as_inputs(inputs), targets, "classes", gap=0)
    counts = np.bincount(inputs[training_rows(before, choice)].ravel(), minlength=len(symbols))
    again, names = chosen(counts, symbols, reading.most or MOST[unit], 0)
    names = (UNKNOWN, *names)
    if unknown := int((again[codes] == 0).sum()):
        notes.append(f"{unknown:,} of {len(codes):,} {unit} are rare, or not in the training part: “unknown”.")
    notes.append("Divided in the order of the text: training first, then validation, then test.")
    return Dataset(
        path.name, path.stem, "text", as_inputs(again[inputs]), again[targets], "classes", names, names,
        f"{path.name} in {count:,} pieces of {steps} {unit}: which of {len(names):,} comes next?",
        notes=tuple(notes), gap=0,
    )  # fmt: skip


def _codes(text: str, unit: Unit, lower: bool | None) -> tuple[Ints, tuple[str, ...]]:
    """The whole text as numbers, and what they stand for."""
    if unit == "words":
        found = numbered([split_up(text, unit, lower)])
        return np.array(found.examples[0], np.int64), tuple(found.numbers)
    text = text.lower() if lower else text
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds, codes = np.unique(points, return_inverse=True)
    return codes.reshape(-1).astype(np.int64), tuple(chr(point) for point in kinds)

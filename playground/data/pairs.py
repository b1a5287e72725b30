"""Pairs of texts, apart by a tab, to be translated: words in, words out, one answer a step until “end”.

The form is that of language.reverse, on which the encoders and decoders learn. What goes in stands at the end of its
steps, so that the state after the last step has just read it; answers stand at the beginning, “end” in all that is
left.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from playground.data.choices import TextReading
from playground.data.dataset import DataChoice, DataProblem, Dataset, Ints
from playground.data.origins import LinesOf
from playground.data.plain_text import read_text
from playground.data.vocabulary import (
    END,
    MOST,
    UNKNOWN,
    Codes,
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
MOST_STEPS = 24
"""Symbols of the longest pair, unless the choice says otherwise."""
COVERED = 0.98
"""Share of pairs that the usual length takes in."""
_COLUMNS = range(2, 6)


def is_pairs(first: list[str]) -> bool:
    """Whether lines have two texts apart by a tab, and perhaps remarks behind them."""
    split = [line.split("\t") for line in first]
    good = [cells for cells in split if len(cells) in _COLUMNS and cells[0].strip() and cells[1].strip()]
    return len(split) >= 2 and len(good) > 0.9 * len(split)


def load_pairs(path: Path, choice: DataChoice) -> Dataset:
    """Read such a file. Raises DataProblem if there are too few pairs."""
    reading = choice.text or TextReading()
    unit: Unit = "characters" if reading.unit == "characters" else "words"
    notes: list[str] = []
    lines = (line.split("\t") for line in read_text(path, MOST_BYTES, notes).split("\n"))
    numbered_lines = [(number, line) for number, line in enumerate(lines, 1) if len(line) in _COLUMNS]
    cells = [(line[0], line[1]) for _, line in numbered_lines]
    asked, answer = (numbered(split_up(pair[side], unit, reading.lower) for pair in cells) for side in (0, 1))
    steps = reading.longest or _usual(asked, answer)
    fits = [
        row
        for row, (given, wanted) in enumerate(zip(asked.examples, answer.examples, strict=True))
        if 0 < len(given) <= steps and 0 < len(wanted) < steps
    ]
    if len(fits) < 10:
        raise DataProblem(f"{path.name} has {len(fits)} pairs of at most {steps} {unit}; at least 10 are needed.")
    if left := len(cells) - len(fits):
        notes.append(f"{left:,} of {len(cells):,} pairs are empty or longer than {steps} {unit} and were left out.")
    for side in (asked, answer):
        side.examples = [side.examples[row] for row in fits]
    origins = LinesOf([path.name], ((0, numbered_lines[row][0]) for row in fits))
    return replace(_dataset(path, choice, asked, answer, steps, unit, notes), origins=origins)


def _usual(asked: Codes, answer: Codes) -> int:
    """Steps that nearly all pairs fit into, “end” included."""
    if not asked.examples:
        return 1
    each = [max(len(a), len(b) + 1) for a, b in zip(asked.examples, answer.examples, strict=True)]
    return int(min(MOST_STEPS, max(2, np.quantile(each, COVERED))))


def _dataset(
    path: Path, choice: DataChoice, asked: Codes, answer: Codes, steps: int, unit: Unit, notes: list[str]
) -> Dataset:
    wide = [filled_up(side.examples, steps, -1, at_front=side is asked) + 1 for side in (asked, answer)]
    before = Dataset(path.name, path.stem, "text", as_inputs(wide[0]), wide[1], "classes")
    train = training_rows(before, choice)
    most = (choice.text.most if choice.text else None) or MOST[unit]
    given, names = _again(asked, wide[0], train, most)
    wanted, answers = _again(answer, wide[1], train, most)
    unknown = float((wanted == 1).sum() / max(1, (wanted > 0).sum()))
    notes.append(f"Of the answers' {unit}, {unknown:.1%} are rare or not in the training part: “unknown”.")
    notes.append("Answers are filled up with “end”, which counts as an answer at each step that is left.")
    return Dataset(
        path.name, path.stem, "text", as_inputs(given), wanted, "classes", (END, UNKNOWN, *answers),
        ("", UNKNOWN, *names),
        f"{len(given):,} pairs of {path.name}, of at most {steps} {unit}: the first is to be answered by the second.",
        notes=tuple(notes),
    )  # fmt: skip


def _again(codes: Codes, wide: Ints, train: Ints, most: int) -> tuple[Ints, tuple[str, ...]]:
    """Codes with 0 for what is filled up, 1 for unknown, and then the symbols of the training part."""
    symbols = tuple(codes.numbers)
    again, names = chosen(counted(codes.examples, train, len(symbols)), symbols, most, 1)
    return np.concatenate([np.zeros(1, np.int64), again])[wide], names

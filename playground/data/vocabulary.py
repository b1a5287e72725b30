"""Text as symbols, characters or words, and symbols as codes: whole numbers, the more frequent ones each its own.

Which symbols get a code of their own is found in the training part alone; all others share “unknown”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Floats, Ints
from playground.data.split import divide

Unit = Literal["characters", "words"]
UNKNOWN = "<unknown>"
END = "<end>"
MOST: dict[Unit, int] = {"characters": 200, "words": 2000}
"""Symbols with a code of their own, unless the choice says otherwise."""
_WORD = re.compile(r"\w+(?:['’\-]\w+)*|[^\w\s]")
_SHOWN = {"\n": "↵", "\t": "⇥"}
_WRITTEN = {shown: symbol for symbol, shown in _SHOWN.items()}


@dataclass
class Codes:
    """Symbols numbered in the order in which they came."""

    numbers: dict[str, int]
    examples: list[list[int]]


def split_up(text: str, unit: Unit, lower: bool | None = None) -> list[str]:
    """The symbols of a text. Words are in small letters, unless told otherwise; marks are words of their own.

    >>> split_up("Don't go!", "words"), split_up("Hi", "characters")
    (["don't", 'go', '!'], ['H', 'i'])
    """
    if (unit == "words") if lower is None else lower:
        text = text.lower()
    return _WORD.findall(text) if unit == "words" else list(text)


def numbered(texts: Iterable[Sequence[str]]) -> Codes:
    """A number for each symbol, in the order in which they come."""
    numbers: dict[str, int] = {}
    examples = [[numbers.setdefault(symbol, len(numbers)) for symbol in text] for text in texts]
    return Codes(numbers, examples)


def training_rows(dataset: Dataset, choice: DataChoice) -> Ints:
    """Which examples will be the training part: the same as when the data set is divided later."""
    return divide(dataset, choice)[0]


def chosen(counts: Ints, symbols: Sequence[str], most: int, first: int) -> tuple[Ints, tuple[str, ...]]:
    """New codes of old ones, and the names of the new ones from `first` + 1 on.

    counts: how often each old code occurs in the training part. first: the code of “unknown”; those before are taken.
    """
    by_count = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], symbols[code]))[:most]
    kept = sorted(by_count, key=lambda code: symbols[code])
    again = np.full(len(symbols), first, np.int64)
    again[kept] = np.arange(first + 1, first + 1 + len(kept))
    return again, tuple(_SHOWN.get(symbols[code], symbols[code]) for code in kept)


def counted(examples: Sequence[Sequence[int]], rows: Ints, symbols: int) -> Ints:
    """How often each code occurs in those examples."""
    counts = np.zeros(symbols, np.int64)
    for row in rows:
        np.add.at(counts, np.asarray(examples[row], np.int64), 1)
    return counts


def filled_up(examples: Sequence[Sequence[int]], steps: int, value: int, at_front: bool) -> Ints:
    """(n, steps) of codes, those of shorter examples at the end or at the beginning, `value` in what is left."""
    made = np.full((len(examples), steps), value, np.int64)
    for row, codes in zip(made, examples, strict=True):
        if codes:
            row[slice(steps - len(codes), None) if at_front else slice(0, len(codes))] = codes
    return made


def symbol_of(name: str) -> str:
    """The symbol that a name stands for: “↵” is the end of a line."""
    return _WRITTEN.get(name, name)


def as_inputs(codes: Ints) -> Floats:
    """Codes as a network's input holds them."""
    return codes.astype(np.float32)

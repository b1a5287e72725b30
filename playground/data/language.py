"""Sequences of symbols with an answer for each step: text to go on with, sequences to turn round.

Symbols are whole numbers from 0; feature_names are what they stand for in the input, class_names in the answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.dataset import DataChoice, Dataset

LETTERS = tuple("abcdefgh")
ALICE = Path(__file__).with_name("alice.txt")
WINDOW = 32
"""Letters of text in one example, unless the choice says otherwise."""


def reverse(choice: DataChoice) -> Dataset:
    """Random letters; the answer is the same letters, last one first. A network must read all before it answers."""
    random = np.random.default_rng(choice.seed)
    count, steps = choice.samples or 3000, choice.steps or 8
    codes = random.integers(0, len(LETTERS), (count, steps))
    return Dataset(
        "reverse", "Turned round", "text", codes.astype(np.float32), codes[:, ::-1].copy(), "classes", LETTERS, LETTERS,
        f"{steps} random letters, made here; the answer is the same letters, the last one first, as in the copying "
        "tasks of Sutskever, Vinyals and Le 2014.",
    )  # fmt: skip


def alice(choice: DataChoice) -> Dataset:
    """Pieces of a text that do not overlap; the answer at each letter is the next one."""
    text = " ".join(ALICE.read_text(encoding="utf-8").lower().split())
    symbols = tuple(sorted(set(text)))
    codes = np.array([symbols.index(letter) for letter in text])
    steps = choice.steps or WINDOW
    count = (len(codes) - 1) // steps
    inputs = codes[: count * steps].reshape(count, steps)
    targets = codes[1 : count * steps + 1].reshape(count, steps)
    return Dataset(
        "alice", "Alice", "text", inputs.astype(np.float32), targets, "classes", symbols, symbols,
        f"The beginning of Lewis Carroll's “Alice's Adventures in Wonderland” (1865) in pieces of {steps} letters: "
        "which letter comes next?",
    )  # fmt: skip


def running_parity(choice: DataChoice) -> Dataset:
    """Random bits; at each step the answer says whether the number of ones so far is odd."""
    random = np.random.default_rng(choice.seed)
    count, steps = choice.samples or 2000, choice.steps or 12
    bits = random.integers(0, 2, (count, steps))
    return Dataset(
        "running-parity", "Running parity", "sequence", bits[:, :, None].astype(np.float32), bits.cumsum(axis=1) % 2,
        "classes", ("even", "odd"), ("bit",),
        f"Sequences of {steps} random bits, made here: is the number of ones so far even or odd, at each step?",
    )  # fmt: skip


LANGUAGE = {"reverse": reverse, "alice": alice, "running-parity": running_parity}

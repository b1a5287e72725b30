"""Generated sequences on which a memory is needed or helps. Seeded; made anew from the data choice."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import DataChoice, Dataset

FREQUENCIES = (1.0, 2.0, 3.0, 4.0)
"""Periods in one sequence, a class each."""


def frequency(choice: DataChoice) -> Dataset:
    """Noisy sine waves of random phase; the class is the number of periods in the sequence."""
    random = np.random.default_rng(choice.seed)
    count, steps = choice.samples or 1200, choice.steps or 40
    classes = np.arange(count) % len(FREQUENCIES)
    random.shuffle(classes)
    time = np.arange(steps) / steps
    phase = random.uniform(0, 2 * np.pi, (count, 1))
    waves = np.sin(2 * np.pi * np.array(FREQUENCIES)[classes, None] * time + phase)
    waves += random.normal(0, 0.2 + choice.noise / 100, waves.shape)
    return Dataset(
        "frequency", "Frequency", "sequence", waves[:, :, None].astype(np.float32), classes.astype(np.int64), "classes",
        tuple(f"{periods:g} period{'s' * (periods > 1)}" for periods in FREQUENCIES), ("wave",),
        f"Noisy waves of {steps} steps, made here: how many periods are in each?",
    )  # fmt: skip


def parity(choice: DataChoice) -> Dataset:
    """Random bits; the class says whether the number of ones is odd. Only a memory of one bit can tell."""
    random = np.random.default_rng(choice.seed)
    count, steps = choice.samples or 2000, choice.steps or 10
    bits = random.integers(0, 2, (count, steps, 1))
    about = f"Sequences of {steps} random bits, made here: is the number of ones even or odd?"
    inputs, targets = bits.astype(np.float32), (bits.sum(axis=(1, 2)) % 2).astype(np.int64)
    return Dataset("parity", "Parity", "sequence", inputs, targets, "classes", ("even", "odd"), ("bit",), about)


def adding(choice: DataChoice) -> Dataset:
    """The adding problem: the sum of the two values that are marked, one in each half of the sequence.

    Source: Hochreiter and Schmidhuber 1997, section 5.4, with values from U(0, 1).
    """
    random = np.random.default_rng(choice.seed)
    count, steps = choice.samples or 2000, choice.steps or 20
    values = random.uniform(0, 1, (count, steps))
    marks = np.zeros((count, steps))
    row, half = np.arange(count), steps // 2
    first, second = random.integers(0, half, count), random.integers(half, steps, count)
    marks[row, first] = marks[row, second] = 1
    sums = values[row, first] + values[row, second]
    return Dataset(
        "adding", "Adding problem", "sequence", np.stack([values, marks], axis=2).astype(np.float32),
        sums[:, None].astype(np.float32), "numbers", (), ("value", "mark"),
        f"Sequences of {steps} numbers, two of them marked, made here: what is their sum? "
        "Hochreiter and Schmidhuber 1997.",
    )  # fmt: skip


SERIES = {"frequency": frequency, "parity": parity, "adding": adding}

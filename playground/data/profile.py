"""What a person should know of their data before training: counts, classes, and what the validation part can tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from playground.data.dataset import Dataset, Examples, Floats

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Profile:
    """Figures of one divided data set."""

    train: int
    valid: int
    test: int
    class_counts: tuple[tuple[str, int], ...]
    """Training examples a class; empty for numbers, and for an answer at each step."""
    half_width: float
    """Half of the widest 95 % interval that an accuracy on the validation part can have: Wilson's at 50 %,
    z / (2 √(n + z²))."""

    @property
    def smallest_class(self) -> tuple[str, int] | None:
        return min(self.class_counts, key=lambda pair: pair[1]) if self.class_counts else None


def profile(examples: Examples) -> Profile:
    """Count the parts and classes."""
    dataset = examples.dataset
    counts: tuple[tuple[str, int], ...] = ()
    if dataset.task == "classes" and examples.train.targets.ndim == 1:
        found = np.bincount(examples.train.targets.astype(np.int64), minlength=len(dataset.class_names))
        counts = tuple(zip(dataset.class_names, found.tolist(), strict=True))
    sizes = (len(examples.train), len(examples.valid), len(examples.test))
    return Profile(*sizes, counts, Z95 / (2 * sqrt(len(examples.valid) + Z95**2)))


def one_of_each(dataset: Dataset, most: int = 10) -> Floats:
    """The first example of each class (or simply the first ones), as they came: (at most `most`, *shape)."""
    if dataset.task == "classes" and dataset.targets.ndim == 1:
        firsts = [np.flatnonzero(dataset.targets == number)[:1] for number in range(len(dataset.class_names))]
        rows = np.concatenate(firsts)[:most]
    else:
        rows = np.arange(min(most, len(dataset.inputs)))
    return dataset.inputs[rows]

"""What values a setting may take in a search, as a person writes it: a list, or a range. Knows no Optuna."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

Value = bool | int | float | str
Params = Mapping[str, Value]
"""Values by dotted path."""
GRID_POINTS = 5
"""Taken from a range in a grid search."""
MOST_WHOLE = 16
"""Whole numbers in a range up to which a grid takes all."""


class SpaceProblem(Exception):
    """A space that cannot be searched: one sentence, with a way out."""


@dataclass(frozen=True)
class Choices:
    """One of a list."""

    values: tuple[Value, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether they are numbers."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)

    def grid(self) -> tuple[Value, ...]:
        return self.values

    def draw(self, random: np.random.Generator) -> Value:
        return self.values[int(random.integers(len(self.values)))]


@dataclass(frozen=True)
class Range:
    """A number between two, both included; with is_log every order of magnitude is as likely."""

    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False
    step: float | None = None

    is_ordered = True

    def grid(self) -> tuple[Value, ...]:
        """Some values from the lowest to the highest: each step, each whole number if they are few, else five."""
        if self.step is not None:
            count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
            points = self.low + self.step * np.arange(count)
        elif self.is_whole and not self.is_log and self.high - self.low < MOST_WHOLE:
            points = np.arange(self.low, self.high + 1)
        else:
            points = (np.geomspace if self.is_log else np.linspace)(self.low, self.high, GRID_POINTS)
        return tuple(dict.fromkeys(self._rounded(float(point)) for point in points))

    def draw(self, random: np.random.Generator) -> Value:
        if self.step is not None:
            return self.grid()[int(random.integers(len(self.grid())))]
        if self.is_log:
            half = 0.5 if self.is_whole else 0.0
            point = math.exp(random.uniform(math.log(self.low - half), math.log(self.high + half)))
        elif self.is_whole:
            return int(random.integers(int(self.low), int(self.high) + 1))
        else:
            point = random.uniform(self.low, self.high)
        return self._rounded(point)

    def _rounded(self, value: float) -> Value:
        if self.is_whole:
            return int(min(max(round(value), self.low), self.high))
        return float(min(max(float(f"{value:.12g}"), self.low), self.high))


Space = Choices | Range
Spaces = Mapping[str, Space]


def grid(spaces: Spaces) -> list[dict[str, Value]]:
    """All combinations, the last setting changing fastest.

    >>> grid({"a": Choices((1, 2)), "b": Range(1, 100, is_log=True, is_whole=True)})[:2]
    [{'a': 1, 'b': 1}, {'a': 1, 'b': 3}]
    """
    points = [space.grid() for space in spaces.values()]
    if math.prod(map(len, points)) > 1_000_000:
        raise SpaceProblem("This grid has more than a million points. Vary fewer settings, or use --search random.")
    return [dict(zip(spaces, point, strict=True)) for point in product(*points)]


def draw(spaces: Spaces, seed: int, place: int) -> dict[str, Value]:
    """The random point of that place: the same for the same seed, whoever asks, so that processes can share a search.

    Source: Bergstra and Bengio 2012, "Random search for hyper-parameter optimization".
    """
    random = np.random.default_rng([seed, place])
    return {path: space.draw(random) for path, space in spaces.items()}


def read_range(text: str) -> tuple[str, str, str] | None:
    """Lowest, highest, and "log", a step, or nothing, of low..high, low..high:log or low..high:STEP; None if no range.

    >>> read_range("1e-4..0.1:log")
    ('1e-4', '0.1', 'log')
    """
    low, dots, rest = text.partition("..")
    if not dots:
        return None
    high, _, how = rest.partition(":")
    return low.strip(), high.strip(), how.strip()


def range_of(low: Value, high: Value, how: str) -> Range:
    """A range between two values that the setting can take. Raises SpaceProblem."""
    if any(isinstance(end, bool | str) for end in (low, high)):
        raise SpaceProblem("Only numbers have a range. Write a list, as relu,tanh.")
    is_whole = isinstance(low, int) and isinstance(high, int)
    first, last = float(low), float(high)
    if not first < last:
        raise SpaceProblem(f"The range {low}..{high} is empty. Write the smaller number first.")
    if how == "log":
        if first <= 0:
            raise SpaceProblem(f"A logarithmic range cannot begin at {low}. Begin above 0, or leave :log out.")
        return Range(first, last, True, is_whole)
    step: float | None = None
    if how:
        try:
            step = float(how)
        except ValueError:
            step = math.nan
        if not 0 < step <= last - first or (is_whole and step != int(step)):
            raise SpaceProblem(f"“{how}” is no step of {low}..{high}. Write log, or a step between the two.")
    return Range(first, last, False, is_whole, step)

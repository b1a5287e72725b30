"""What a sum is written out with: terms, stages, and all that one unit's value depends on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.layers.layer import Layer
from playground.layers.shape import Shape

Unit = tuple[int, ...]
"""Index into what a layer gives for one example."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """One product of a sum, or one value among which a layer chooses."""

    at: Unit | None
    """Index into what arrives; None where it lies in the padding."""
    value: float
    weight: float | None
    """None where nothing is weighted."""
    product: float
    at_kernel: Unit = ()
    """Index into the filter, (channel, row, column); or of the weight."""


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum of terms and a bias."""

    title: str
    terms: tuple[Term, ...]
    bias: float | None
    total: float

    @property
    def largest(self) -> tuple[Term, ...]:
        """By their size, the largest first."""
        return tuple(sorted(self.terms, key=lambda term: -abs(term.product)))


@dataclass(frozen=True)
class Stage:
    """What is done with a value, and what comes out."""

    words: str
    value: float


@dataclass(frozen=True, eq=False)
class Case:
    """One layer with all that its value depends on."""

    layer: Layer
    given: tuple[Shape, ...]
    inputs: tuple[Values, ...]
    """What arrives, an edge after the other."""
    weights: dict[str, Values]
    unit: Unit


Written = tuple[tuple[Sum, ...], tuple[Stage, ...]]
"""Sums, and what is done with the last one's total."""

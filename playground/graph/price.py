"""What one layer costs: numbers to learn, arithmetic, memory. Of whole networks, see cost.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from playground.layers.layer import Layer, Unknown, Weighted
from playground.layers.shape import Shape

BYTES = 4
"""Of one 32-bit floating-point number."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one layer, or all of them, costs."""

    parameters: int = 0
    """Weights, biases and the like; those of another layer count there."""
    multiply_adds: int = 0
    """For one example, forward; one multiplication with addition counts 1 (He et al. 2015)."""
    activation_bytes: int = 0
    """Memory of what the layers give for one example, as 32-bit numbers."""
    trainable: int = 0
    """Those of the parameters that training adjusts; the others are frozen."""

    def __sub__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters - other.parameters,
            self.multiply_adds - other.multiply_adds,
            self.activation_bytes - other.activation_bytes,
            self.trainable - other.trainable,
        )

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.multiply_adds + other.multiply_adds,
            self.activation_bytes + other.activation_bytes,
            self.trainable + other.trainable,
        )


@lru_cache(maxsize=16_384)
def _remembered(layer: Layer, shape: Shape, given: tuple[Shape | None, ...], times: int) -> Cost:
    stored = BYTES * shape.size if layer.gives_output else 0
    shapes = cast(tuple[Shape, ...], given)  # a rule that does not look at a port that is empty
    count = 0 if isinstance(layer, Weighted) and layer.shares else layer.parameters(*shapes)
    trainable = count if getattr(layer, "trainable", True) else 0
    return Cost(count, layer.multiply_adds(*shapes) * times, stored, trainable)


def cost_of_one(layer: Layer, shape: Shape, given: tuple[Shape | None, ...], times: int) -> Cost:
    """What a layer costs that gives such a shape, working so many times for an example. Asked once for each."""
    if isinstance(layer, Unknown):  # what it keeps cannot be hashed
        return Cost()
    return _remembered(layer, shape, given, times)

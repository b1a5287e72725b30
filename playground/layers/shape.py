"""What flows along an edge, and what one unit sees of it: the vocabulary of every layer.

Knows no graph and no torch. Layers are declared in the modules beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal

Task = Literal["classes", "numbers"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of one example, without the batch, in torch's order.

    One number is a vector (units,), two are a sequence (steps, features), three an
    image (channels, height, width), four a film (steps, channels, height, width).

    >>> str(Shape((16, 28, 28))), Shape((16, 28, 28)).size
    ('28×28×16', 12544)
    """

    dims: tuple[int, ...]

    @property
    def rank(self) -> int:
        return len(self.dims)

    @property
    def size(self) -> int:
        """Values in one example."""
        return prod(self.dims)

    @property
    def is_vector(self) -> bool:
        return self.rank == 1

    @property
    def is_sequence(self) -> bool:
        return self.rank == 2

    @property
    def is_image(self) -> bool:
        return self.rank == 3

    @property
    def is_film(self) -> bool:
        return self.rank == 4

    @property
    def channels(self) -> int:
        """Channels of an image, features of a sequence step, units of a vector."""
        return self.dims[(0, 0, -1, 0, 1)[self.rank]]

    @property
    def channel_dim(self) -> int:
        """Where the channels are in a batch of such, whose dimension is 0."""
        return (0, 1, 2, 1, 2)[self.rank]

    @property
    def frame(self) -> Shape:
        """One step of a sequence or a film."""
        return Shape(self.dims[1:])

    def each_of(self, steps: int) -> Shape:
        """That many of these: a sequence of vectors, a film of images."""
        return Shape((steps, *self.dims))

    def with_channels(self, channels: int) -> Shape:
        """The same with another number of channels, features or units."""
        dims = list(self.dims)
        dims[(0, 0, -1, 0, 1)[self.rank]] = channels
        return Shape(tuple(dims))

    @property
    def steps(self) -> int:
        return self.dims[0]

    @property
    def height(self) -> int:
        return self.dims[-2]

    @property
    def width(self) -> int:
        return self.dims[-1]

    def __str__(self) -> str:
        if self.is_image:
            return f"{self.height}×{self.width}×{self.channels}"
        if self.is_film:
            return f"{self.steps}×{self.frame}"
        return "×".join(str(side) for side in self.dims)


MOST_VALUES = 100_000_000
"""Values in one example that any layer may give; more would not fit in memory with a batch around it."""


def described(shape: Shape) -> str:
    """The shape in a sentence about what goes wrong.

    >>> described(Shape((64,))), described(Shape((20, 3))), described(Shape((32, 14, 14)))
    ('a vector of 64', 'a sequence of 20 steps × 3', '14×14×32')
    """
    if shape.is_vector:
        return f"a vector of {shape.size:,}"
    if shape.is_sequence:
        return f"a sequence of {shape.steps:,} steps × {shape.channels:,}"
    if shape.is_film:
        return f"a film of {shape.steps:,} images {shape.frame}"
    return str(shape)


def vector(units: int) -> Shape:
    """A vector of that many units."""
    return Shape((units,))


def image(channels: int, height: int, width: int) -> Shape:
    """An image, channels first."""
    return Shape((channels, height, width))


def sequence(steps: int, features: int) -> Shape:
    """A sequence, time first."""
    return Shape((steps, features))


@dataclass(frozen=True, slots=True)
class Window:
    """What one output unit sees of its layer's input: (height, width) in units of that input."""

    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)


POINTWISE = Window()


@dataclass(frozen=True, slots=True)
class Signature:
    """What a data set asks of a network: the shape of an input and how many values come out.

    outputs counts classes when the task is "classes", target columns when it is "numbers".
    """

    input: Shape
    outputs: int
    task: Task
    steps: int | None = None
    """How many answers an example has, one after the other; None for a single one."""
    symbols: int | None = None
    """How many different codes the input can hold, where it is text."""
    fewest: int | None = None
    """Steps of the shortest sequence, where they are of unequal length and filled up; None where all are as long."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A way out of a problem, as data; check.py turns it into an edit of the graph.

    insert: put a new layer of that type, with those settings, on an incoming edge.
    set: change settings of the layer itself. set_source: of the nearest layer above with such settings.
    remove: take the layer out and heal the edge. remove_source: take out the layer feeding it.
    """

    label: str
    action: Literal["insert", "set", "set_source", "remove", "remove_source"]
    layer: str = ""
    settings: tuple[tuple[str, Any], ...] = ()
    edge: int = 0
    """Which incoming edge, counted from 0 over all ports in order."""


@dataclass(eq=False)
class ShapeProblem(Exception):
    """Inputs that a layer cannot take: one sentence for a person, and ways out."""

    text: str
    repairs: tuple[Repair, ...] = field(default=())

    def __str__(self) -> str:
        return self.text

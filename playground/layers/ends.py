"""Where data enter a network, and where they leave it to be judged by a loss.

Knows no graph, no torch and no data. Whether the ends fit a data set is asked in playground.graph.check.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from playground.layers.layer import Layer
from playground.layers.shape import MOST_VALUES, Repair, Shape, ShapeProblem, Task, Window, described

Loss = Literal["cross_entropy", "binary_cross_entropy", "mean_squared_error", "hinge"]

LOSSES: dict[Loss, tuple[str, Task]] = {
    "cross_entropy": ("cross-entropy", "classes"),
    "binary_cross_entropy": ("binary cross-entropy", "classes"),
    "mean_squared_error": ("mean squared error", "numbers"),
    "hinge": ("hinge", "classes"),
}
"""Name in a sentence and what is predicted, by the setting's value."""

Side = Annotated[int, Field(ge=1, le=1_000_000)]


class Input(Layer, title="Input", family="input/output", stem="input", keywords=("data", "start")):
    """Where an example enters the network. One number is a vector, two are a sequence (steps, features),
    three an image (channels, height, width). It must have the shape of the data.

    Shapes: () -> dims.
    Source: Goodfellow, Bengio and Courville 2016, chapter 6.
    """

    dims: tuple[Side, ...] = Field(
        (2,), min_length=1, max_length=3, title="Shape", description="Units; or steps, features; or channels, H, W."
    )

    @field_validator("dims")
    @classmethod
    def _fits_in_memory(cls, dims: tuple[int, ...]) -> tuple[int, ...]:
        if prod(dims) > MOST_VALUES:
            raise ValueError(
                f"An example of {prod(dims):,} values is more than the {MOST_VALUES:,} that fit in memory."
            )
        return dims

    @property
    def summary(self) -> str:
        return str(Shape(self.dims))

    def shape(self) -> Shape:
        return Shape(self.dims)


class Output(Layer, title="Output", family="input/output", stem="output", keywords=("loss", "target", "task", "end")):
    """Where the network's raw scores are compared with the truth. The loss says what is learned: a class
    (cross-entropy, binary cross-entropy, hinge) or numbers (mean squared error). Softmax and sigmoid are
    inside the cross-entropies, so the layer before needs no activation.

    Formula: cross-entropy −log softmax(s)ₖ; binary −log sigmoid(±s); hinge max(0, 1 ∓ s); squared (s − t)².
    Shapes: (n,) -> (n,), with n the classes or targets; 1 for two classes under binary cross-entropy and hinge.
    Source: Goodfellow, Bengio and Courville 2016, section 6.2.2; hinge: Cortes and Vapnik 1995.
    """

    gives_output: ClassVar[bool] = False

    loss: Loss = Field("cross_entropy", title="Loss", description="What a wrong answer costs.")
    units: int = Field(
        2, ge=1, le=100_000, title="Outputs", description="Classes to tell apart, or numbers to predict."
    )

    @property
    def task(self) -> Task:
        """Whether classes or numbers are predicted."""
        return LOSSES[self.loss][1]

    @property
    def scores(self) -> int:
        """How many values must arrive: one a class or target, or 1 for two classes where one sign is enough."""
        return 1 if self.loss in ("binary_cross_entropy", "hinge") and self.units == 2 else self.units

    @property
    def summary(self) -> str:
        noun = "class" if self.task == "classes" else "number"
        plural = "" if self.units == 1 else "es" if noun == "class" else "s"
        return f"{self.units} {noun}{plural} · {LOSSES[self.loss][0]}"

    def shape(self, scores: Shape) -> Shape:
        if not scores.is_vector:
            raise ShapeProblem(
                f"Output needs a vector of {self._wanted()}, but gets {described(scores)}.", _to_vector(scores)
            )
        if scores.size != self.scores:
            raise ShapeProblem(
                f"Output needs {self._wanted()}, but gets {scores.size:,}.",
                (
                    Repair(f"Set its units to {self.scores}", "set_source", settings=(("units", self.scores),)),
                    Repair(f"Insert Dense {self.scores}", "insert", "Dense", (("units", self.scores),)),
                ),
            )
        return scores

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def _wanted(self) -> str:
        if self.scores != self.units:
            return "1 value, whose sign tells two classes apart"
        each = "class" if self.task == "classes" else "number"
        return f"{self.scores:,} value{'s' if self.scores > 1 else ''}, one for each {each}"


def _to_vector(given: Shape) -> tuple[Repair, ...]:
    if given.is_image:
        return (
            Repair("Insert Flatten", "insert", "Flatten"),
            Repair("Insert global pooling", "insert", "GlobalAvgPool2d"),
        )
    return (
        Repair("Return the last state only", "set_source", settings=(("returns", "last"),)),
        Repair("Insert Flatten", "insert", "Flatten"),
    )

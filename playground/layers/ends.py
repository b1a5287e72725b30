"""Where data enter a network, and where they leave it to be judged by a loss.

Knows no graph, no torch and no data. Whether the ends fit a data set is asked in playground.graph.check.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from playground.layers.layer import Layer
from playground.layers.shape import MOST_VALUES, Repair, Shape, ShapeProblem, Signature, Task, Window, described

Loss = Literal["cross_entropy", "binary_cross_entropy", "mean_squared_error", "hinge"]

LOSSES: dict[Loss, tuple[str, Task]] = {
    "cross_entropy": ("cross-entropy", "classes"),
    "binary_cross_entropy": ("binary cross-entropy", "classes"),
    "mean_squared_error": ("mean squared error", "numbers"),
    "hinge": ("hinge", "classes"),
}
"""Name in a sentence and what is predicted, by the setting's value."""

Side = Annotated[int, Field(ge=1, le=1_000_000)]


class Input(Layer, title="Input", family="input/output", stem="input", keywords=("data", "start", "teacher forcing")):
    """Where an example enters the network. One number is a vector, two are a sequence (steps, features),
    three an image (channels, height, width), four a film. It has the shape of the data, or of some of their
    columns. A decoder's Input reads the answers so far: the right ones in training (teacher forcing), the
    network's own when it predicts (free running), after a first code that says “begin”.

    Shapes: () -> dims; answers so far: () -> (steps,), codes from 0, with the number of classes for “begin”.
    Source: Goodfellow, Bengio and Courville 2016, chapter 6; teacher forcing: Williams and Zipser 1989.
    """

    dims: tuple[Side, ...] = Field(
        (2,),
        min_length=1,
        max_length=4,
        title="Shape",
        description="Units; or steps, features; or channels, H, W; or steps, channels, H, W.",
    )
    reads: Literal["data", "answers"] = Field(
        "data", title="Reads", description="The example, or the answers before the one that is asked for."
    )
    columns: str = Field(
        "",
        max_length=200,
        title="Columns",
        description="Which features or channels it takes, such as 1-4, 7. Empty: all.",
    )

    @field_validator("dims")
    @classmethod
    def _fits_in_memory(cls, dims: tuple[int, ...]) -> tuple[int, ...]:
        if prod(dims) > MOST_VALUES:
            raise ValueError(
                f"An example of {prod(dims):,} values is more than the {MOST_VALUES:,} that fit in memory."
            )
        return dims

    @field_validator("columns")
    @classmethod
    def _is_a_list(cls, columns: str) -> str:
        numbered(columns)
        return columns.strip()

    @property
    def summary(self) -> str:
        return str(Shape(self.dims)) + (" · answers so far" if self.reads == "answers" else "")

    @property
    def chosen(self) -> tuple[int, ...]:
        """The columns it takes, counted from 0; empty for all."""
        return numbered(self.columns)

    def wanted(self, signature: Signature) -> Shape | None:
        """The shape it must have for such data; None if they have not what it reads."""
        if self.reads == "answers":
            return Shape((signature.steps,)) if signature.steps and signature.task == "classes" else None
        if self.chosen and max(self.chosen) >= signature.input.channels:
            return None
        return signature.input.with_channels(len(self.chosen)) if self.chosen else signature.input

    def shape(self) -> Shape:
        return Shape(self.dims)


def numbered(columns: str) -> tuple[int, ...]:
    """The columns of a list such as 1-4, 7, counted from 0, in its order and each once.

    Raises: ValueError: With a sentence, if it is no such list.

    >>> numbered("1-3, 7"), numbered("")
    ((0, 1, 2, 6), ())
    """
    found: dict[int, None] = {}
    for part in filter(None, (part.strip() for part in columns.split(","))):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        ends = (first, last if dash else first)
        if not all(end.isdecimal() and end.isascii() and 1 <= int(end[:7]) <= 1_000_000 for end in ends):
            raise ValueError(f"“{part[:40]}” is no column. Write numbers from 1 on and ranges, such as 1-4, 7.")
        low, high = int(ends[0][:7]), int(ends[1][:7])
        if high < low or high - low > 100_000:
            raise ValueError(f"The columns {part[:40]} are not in order. Write the lower number first.")
        found.update(dict.fromkeys(range(low - 1, high)))
    return tuple(found)


class Output(Layer, title="Output", family="input/output", stem="output", keywords=("loss", "target", "task", "end")):
    """Where the network's raw scores are compared with the truth. The loss says what is learned: a class
    (cross-entropy, binary cross-entropy, hinge) or numbers (mean squared error). Softmax and sigmoid are
    inside the cross-entropies, so the layer before needs no activation.

    Several Outputs are learned together, each loss times its weight; the one of the largest weight is the
    network's answer, the others only help it learn. For an autoencoder the truth is the input itself.

    Formula: cross-entropy −log softmax(s)ₖ; binary −log sigmoid(±s); hinge max(0, 1 ∓ s); squared (s − t)².
    Shapes: (n,) -> (n,), with n the classes or targets; 1 for two classes under binary cross-entropy and hinge;
    (steps, n) -> (steps, n) with an answer for each step; any as the input's for rebuilding it.
    Source: Goodfellow, Bengio and Courville 2016, section 6.2.2; hinge: Cortes and Vapnik 1995; side classifiers:
    Szegedy et al. 2014, section 5.
    """

    gives_output: ClassVar[bool] = False

    loss: Loss = Field("cross_entropy", title="Loss", description="What a wrong answer costs.")
    units: int = Field(
        2, ge=1, le=100_000, title="Outputs", description="Classes to tell apart, or numbers to predict."
    )
    truth: Literal["targets", "inputs"] = Field(
        "targets", title="Truth", description="What the answer is compared with: the targets, or the input itself."
    )
    each_step: bool = Field(False, title="Each step", description="One answer for each step of a sequence.")
    weight: float = Field(
        1.0, gt=0, le=1000, title="Weight", description="How much its loss counts beside those of other Outputs."
    )

    @property
    def rebuilds(self) -> bool:
        """Whether the network learns to give its input back."""
        return self.truth == "inputs"

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
        if self.rebuilds:
            return f"the input · {LOSSES[self.loss][0]}"
        noun = "class" if self.task == "classes" else "number"
        plural = "" if self.units == 1 else "es" if noun == "class" else "s"
        return f"{self.units} {noun}{plural} · {LOSSES[self.loss][0]}"

    def shape(self, scores: Shape) -> Shape:
        if self.rebuilds:
            return scores
        if self.each_step:
            if not scores.is_sequence:
                raise ShapeProblem(
                    f"Output needs a sequence, with scores for each step, but gets {described(scores)}.",
                    (Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),)),),
                )
            return self.shape_of_step(scores.frame).each_of(scores.steps)
        return self.shape_of_step(scores)

    def shape_of_step(self, scores: Shape) -> Shape:
        """The shape of one answer."""
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
    if given.is_image or given.is_film:
        return (
            Repair("Insert Flatten", "insert", "Flatten"),
            Repair("Insert global pooling", "insert", "GlobalAvgPool2d"),
        )
    return (
        Repair("Return the last state only", "set_source", settings=(("returns", "last"),)),
        Repair("Insert Flatten", "insert", "Flatten"),
    )

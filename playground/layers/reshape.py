"""Layers that arrange the same numbers in another shape, or repeat them. Knows no graph and no torch.

Those that cut pieces out, or put zeros around, are in cut.py.
"""

from __future__ import annotations

import re
from math import prod
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, field_validator
from pydantic.config import JsonDict

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import MOST_VALUES, Repair, Shape, ShapeProblem, Window, described, sequence, vector
from playground.layers.window import shown

MOST_SIDES = 4


def _read_numbers(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[\d×xX,; ]{1,60}", value):
        value = [int(part) for part in re.findall(r"\d+", value)]
    numbers = list(value) if isinstance(value, list | tuple) else [value] if type(value) is int else []
    right = all(type(number) is int and 1 <= number <= 1_000_000 for number in numbers)
    if not right or not 1 <= len(numbers) <= MOST_SIDES:
        raise ValueError(
            f"It must be 1 to {MOST_SIDES} whole numbers from 1 to 1,000,000, such as 4×4, not {shown(value)}."
        )
    return tuple(numbers)


Numbers = Annotated[tuple[int, ...], BeforeValidator(_read_numbers)]
"""One to four numbers, as a list or as text: 4×7×7."""

TYPED: JsonDict = {"typed": True}
"""Marks a list of numbers that a person may type."""


class _Rearranged(Layer):
    """What layers that leave no fixed window behind share."""

    def window(self, *_inputs: Shape) -> Window | None:
        return None


class Flatten(_Rearranged, title="Flatten", family="shape", stem="flatten", keywords=("vector", "reshape", "view")):
    """Writes all values of an image or a sequence one after the other, as a vector. No value changes;
    only the knowledge of which pixels were neighbours is lost. Dense layers need it behind an image. Of a film
    each image becomes a vector, so that a recurrent layer can read them.

    Shapes: (C, H, W) -> (C·H·W,); (steps, n) -> (steps·n,); (steps, C, H, W) -> (steps, C·H·W); a vector stays.
    Source: LeCun et al. 1998, section II.B, between layers S4 and C5.
    """

    each_frame: ClassVar[bool] = True

    def shape(self, inputs: Shape) -> Shape:
        return vector(inputs.size)

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Flatten")


class Reshape(_Rearranged, title="Reshape", family="shape", stem="reshape", keywords=("view", "unflatten")):
    """Writes all values one after the other and cuts them into another shape: a vector into an image or into a
    sequence. No value changes. A decoder needs it between Dense and its convolutions.

    Shapes: any -> the one chosen, of as many values: units; steps, features; channels, height, width; or a film's.
    Source: Radford, Metz and Chintala 2015, figure 1, behind the first layer.
    """

    dims: Numbers = Field(
        (1,), title="Shape", description="Units; or steps × features; or channels × H × W.", json_schema_extra=TYPED
    )

    @field_validator("dims")
    @classmethod
    def _fits_in_memory(cls, dims: tuple[int, ...]) -> tuple[int, ...]:
        if prod(dims) > MOST_VALUES:
            raise ValueError(f"A shape of {prod(dims):,} values is more than the {MOST_VALUES:,} that fit in memory.")
        return dims

    @property
    def summary(self) -> str:
        return f"to {Shape(self.dims)}"

    def shape(self, inputs: Shape) -> Shape:
        if prod(self.dims) != inputs.size:
            raise ShapeProblem(
                f"Reshape makes {described(Shape(self.dims))}, which is {prod(self.dims):,} values, but gets "
                f"{described(inputs)}, which is {inputs.size:,}. Choose sides whose product is {inputs.size:,}.",
                (
                    Repair(f"Reshape to {inputs}", "set", settings=(("dims", inputs.dims),)),
                    Repair("Remove reshape", "remove"),
                ),
            )
        return Shape(self.dims)

    def torch(self, *_inputs: Shape) -> Call:
        return call("reshape", self.dims)


class Permute(_Rearranged, title="Permute", family="shape", stem="permute", keywords=("transpose", "swap axes")):
    """Puts the sides in another order: with 2, 1 it swaps steps and features of a sequence. No value changes,
    only what counts as a neighbour, a channel or a step.

    Formula: side i of the result is side order[i] of the input, counted from 1.
    Shapes: (d₁, d₂, …) -> (d_order[1], d_order[2], …).
    Source: Keras, layer Permute, with the same counting.
    """

    order: Numbers = Field(
        (2, 1), title="Order", description="Which side comes first, second, …, counted from 1.", json_schema_extra=TYPED
    )

    @field_validator("order")
    @classmethod
    def _is_an_order(cls, order: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(order) != list(range(1, len(order) + 1)):
            raise ValueError(f"Order must name each side once, such as 2, 1 or 2, 3, 1, not {shown(order)}.")
        return order

    @property
    def summary(self) -> str:
        return "order " + ", ".join(map(str, self.order))

    def shape(self, inputs: Shape) -> Shape:
        if len(self.order) != inputs.rank:
            swapped = (*range(2, inputs.rank + 1), 1)
            raise ShapeProblem(
                f"Permute puts {len(self.order)} sides in order, but gets {described(inputs)}, which has {inputs.rank}."
                " Name each of them once.",
                (
                    Repair(f"Set order to {', '.join(map(str, swapped))}", "set", settings=(("order", swapped),)),
                    Repair("Remove permute", "remove"),
                ),
            )
        return Shape(tuple(inputs.dims[side - 1] for side in self.order))

    def torch(self, *_inputs: Shape) -> Call:
        return call("permute", self.order)


class Squeeze(_Rearranged, title="Squeeze", family="shape", stem="squeeze", keywords=("drop", "singleton")):
    """Drops the sides that are 1: an image of one pixel becomes a vector, a grey image a sequence of its rows. No
    value changes. Where all sides are 1, one of them stays.

    Shapes: (C, 1, 1) -> (C,); (1, H, W) -> (H, W); (steps, 1) -> (steps,).
    Source: NumPy, numpy.squeeze.
    """

    def shape(self, inputs: Shape) -> Shape:
        return Shape(tuple(side for side in inputs.dims if side != 1) or (1,))

    def torch(self, *inputs: Shape) -> Call:
        return call("reshape", self.shape(*inputs).dims)


class RepeatVector(
    _Rearranged, title="Repeat over time", family="shape", stem="repeat", keywords=("RepeatVector", "tile", "decoder")
):
    """Makes a sequence of a vector by repeating it at every step. A recurrent decoder then reads at each step what
    an encoder has understood of the whole.

    Shapes: (n,) -> (times, n).
    Source: Cho et al. 2014, section 2.2: the summary c is given at every step.
    """

    times: int = Field(10, ge=1, le=100_000, title="Times", description="Steps of the sequence it gives.")

    @property
    def summary(self) -> str:
        return f"{self.times:,} steps"

    def shape(self, values: Shape) -> Shape:
        if not values.is_vector:
            repairs = [Repair("Insert Flatten", "insert", "Flatten")]
            if values.is_sequence:
                repairs.insert(0, Repair("Return the last state only", "set_source", settings=(("returns", "last"),)))
            raise ShapeProblem(
                f"Repeat over time needs a vector, but gets {described(values)}. Flatten it first, or take its last "
                "step.",
                (*repairs, Repair("Remove repeat over time", "remove")),
            )
        return sequence(self.times, values.size)

    def torch(self, *_inputs: Shape) -> Call:
        return call("repeat_steps", self.times)


class LastStep(_Rearranged, title="Last step", family="shape", stem="last", keywords=("final", "end of sequence")):
    """Keeps only the last step of a sequence, or the last image of a film: behind a recurrent layer that returns
    all its states, the state that has read everything.

    Formula: y = x(steps).
    Shapes: (steps, n) -> (n,); (steps, C, H, W) -> (C, H, W).
    Source: Goodfellow, Bengio and Courville 2016, section 10.2, figure 10.5.
    """

    def shape(self, steps: Shape) -> Shape:
        if not (steps.is_sequence or steps.is_film):
            raise ShapeProblem(
                f"Last step needs a sequence or a film, but gets {described(steps)}. Put it behind a layer that "
                "returns the whole sequence.",
                (
                    Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),)),
                    Repair("Remove last step", "remove"),
                ),
            )
        return steps.frame

    def torch(self, *_inputs: Shape) -> Call:
        return call("last_step")

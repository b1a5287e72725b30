"""Layers that bring branches of a network together. Knows no graph and no torch.

How shapes that differ are brought together is in matching.py.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.matching import frame, need_one_shape, same_frame
from playground.layers.shape import Repair, Shape, ShapeProblem, described


class _Elementwise(Layer):
    """What merges of any number of inputs, value by value, share."""

    operation: ClassVar[str] = ""
    """Its name in engine.modules."""

    def shape(self, *inputs: Shape) -> Shape:
        return need_one_shape(self.type_title, *inputs)

    def torch(self, *_inputs: Shape) -> Call:
        return call(self.operation)


class Add(_Elementwise, title="Add", family="merge", stem="add", keywords=("sum", "residual", "skip connection")):
    """Adds its inputs, value by value; all must have the same shape. With a branch that jumps over some
    layers it makes a residual block, through which gradients pass undamped. It has nothing to learn.

    Formula: x₁ + x₂ + …
    Shapes: any, the same for all inputs, unchanged.
    Source: He et al. 2015, Deep Residual Learning, section 3.2.
    """

    operation: ClassVar[str] = "add"


class Concat(Layer, title="Concat", family="merge", stem="concat", keywords=("concatenate", "join", "stack")):
    """Puts its inputs one behind the other: channels of images, units of vectors, features of sequences.
    Nothing is mixed; the next layer sees all of it. It lets branches with different views work side by side.

    Shapes: (C₁, H, W), (C₂, H, W), … -> (C₁ + C₂ + …, H, W); the same with (steps, n), (n,)
    and films.
    Source: Szegedy et al. 2014, section 4.
    """

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        for edge, other in enumerate(inputs):
            if other.rank != first.rank or frame(other) != frame(first):
                raise ShapeProblem(
                    f"Concat needs inputs that differ only in channels, but gets {described(first)} "
                    f"and {described(other)}.",
                    same_frame(first, 0, other, edge),
                )
        total = sum(given.channels for given in inputs)
        return first.with_channels(total)

    def torch(self, *inputs: Shape) -> Call:
        return call("concat", dim=inputs[0].channel_dim)


class Multiply(_Elementwise, title="Multiply", family="merge", stem="mul", keywords=("product", "Hadamard", "gating")):
    """Multiplies its inputs, value by value; all must have the same shape. With values between 0 and 1 in one of
    them, that one decides what of the other passes. It has nothing to learn.

    Formula: x₁ · x₂ · …
    Shapes: any, the same for all inputs, unchanged.
    Source: Hochreiter and Schmidhuber 1997, multiplicative gates; Dauphin et al. 2017, section 2.
    """

    operation: ClassVar[str] = "multiply"


class Average(_Elementwise, title="Average", family="merge", stem="mean", keywords=("mean", "ensemble", "committee")):
    """The mean of its inputs, value by value; all must have the same shape. The mean of several networks' answers
    is often better than each. It has nothing to learn.

    Formula: (x₁ + x₂ + … + xₙ) / n.
    Shapes: any, the same for all inputs, unchanged.
    Source: Goodfellow, Bengio and Courville 2016, section 7.11.
    """

    operation: ClassVar[str] = "average"


class Maximum(_Elementwise, title="Maximum", family="merge", stem="max", keywords=("largest", "maxout")):
    """The largest of its inputs, value by value; all must have the same shape. Over several Dense layers it is
    maxout, an activation that is learned. It has nothing to learn itself.

    Formula: max(x₁, x₂, …).
    Shapes: any, the same for all inputs, unchanged.
    Source: Goodfellow et al. 2013, Maxout Networks, section 3.
    """

    operation: ClassVar[str] = "maximum"


class Subtract(Layer, title="Subtract", family="merge", stem="sub", keywords=("difference", "minus", "siamese")):
    """Takes one input away from the other, value by value. Siamese networks compare two branches by it. It has
    nothing to learn.

    Formula: inputs − minus.
    Shapes: any, the same for both inputs, unchanged.
    Source: Bromley et al. 1993.
    """

    def shape(self, inputs: Shape, minus: Shape) -> Shape:
        return need_one_shape("Subtract", inputs, minus)

    def torch(self, *_inputs: Shape) -> Call:
        return call("subtract")


class DotProduct(Layer, title="Dot product", family="merge", stem="dot", keywords=("similarity", "inner product")):
    """How alike two vectors are: the sum of their products, value by value; of two sequences, step by step. Large
    where both are large in the same places. It has nothing to learn.

    Formula: Σᵢ firstᵢ · secondᵢ, divided by the lengths of both where it is normalised (the cosine).
    Shapes: (n,), (n,) -> (1,); (steps, n), (steps, n) -> (steps, 1).
    Source: Koren, Bell and Volinsky 2009, section "A basic matrix factorization model".
    """

    normalised: bool = Field(
        False, title="Normalise", description="Divides by the lengths of both: the cosine, from −1 to 1."
    )

    @property
    def summary(self) -> str:
        return "cosine" if self.normalised else ""

    def shape(self, first: Shape, second: Shape) -> Shape:
        for edge, given in enumerate((first, second)):
            if given.rank > 2:
                raise ShapeProblem(
                    f"Dot product needs two vectors or two sequences, but gets {described(given)}.",
                    (
                        Repair("Insert Flatten", "insert", "Flatten", edge=edge),
                        Repair("Insert global pooling", "insert", "GlobalAvgPool2d", edge=edge),
                    ),
                )
        return need_one_shape("Dot product", first, second).with_channels(1)

    def multiply_adds(self, *inputs: Shape) -> int:
        return inputs[0].size

    def window(self, *_inputs: Shape) -> None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("dot_product", normalised=self.normalised)


class Scale(Weighted, title="Scale", family="merge", stem="scale", keywords=("gain", "constant", "factor")):
    """Multiplies all values by one number, or each unit, channel or feature by its own that is learned. In front of
    an Add it weighs a branch: started small, a deep network begins as a shallow one.

    Formula: factor · x; learned: γ · x, with every γ the factor at first.
    Shapes: any, unchanged.
    Source: Touvron et al. 2021, Going deeper with Image Transformers, section 2 (LayerScale).
    """

    each_frame: ClassVar[bool] = True

    factor: float = Field(1.0, ge=-1e6, le=1e6, title="Factor", description="What is multiplied by, or begun with.")
    learned: bool = Field(True, title="Learned", description="Off: the factor stays. On: one a channel is learned.")

    @property
    def summary(self) -> str:
        return f"{'from' if self.learned else 'by'} {self.factor:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, *inputs: Shape) -> int:
        return inputs[0].channels * self.learned

    def torch(self, *inputs: Shape) -> Call:
        if not self.learned:
            return call("scale", self.factor)
        return call("learned_scale", inputs[0].channels, self.factor, rank=inputs[0].rank)


class Gate(Layer, title="Gate", family="merge", stem="gate", keywords=("highway", "mix", "interpolate", "switch")):
    """Mixes two inputs by a third: where the gate is 1 the new one passes, where it is 0 the old one. With a Dense
    layer and a sigmoid before the gate it makes a highway block, or a recurrent cell of your own. It has nothing
    to learn itself.

    Formula: gate · new + (1 − gate) · old.
    Shapes: any, the same for all three inputs, unchanged.
    Source: Srivastava, Greff and Schmidhuber 2015, Highway Networks, equation 3.
    """

    def shape(self, new: Shape, old: Shape, gate: Shape) -> Shape:
        return need_one_shape("Gate", new, old, gate)

    def torch(self, *_inputs: Shape) -> Call:
        return call("gate")

"""Layers that arrange the same numbers in another shape. Knows no graph and no torch."""

from __future__ import annotations

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Shape, Window, vector


class Flatten(Layer, title="Flatten", family="shape", stem="flatten", keywords=("vector", "reshape", "view")):
    """Writes all values of an image or a sequence one after the other, as a vector. No value changes;
    only the knowledge of which pixels were neighbours is lost. Dense layers need it behind an image.

    Shapes: (C, H, W) -> (C·H·W,); (steps, n) -> (steps·n,); a vector stays as it is.
    Source: LeCun et al. 1998, section II.B, between layers S4 and C5.
    """

    def shape(self, inputs: Shape) -> Shape:
        return vector(inputs.size)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Flatten")

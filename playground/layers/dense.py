"""The fully connected layer. Knows no graph and no torch."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.layers.activation import Activation, activated, in_summary
from playground.layers.layer import Call, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described


class Dense(
    Weighted, title="Dense", family="dense", stem="dense", keywords=("linear", "fully connected", "perceptron")
):
    """Connects every input with every unit: each unit is a weighted sum of all inputs plus a bias, then
    an activation. With one unit it is a neuron; stacked, it can draw any boundary. On a sequence the same
    weights work on every step.

    Formula: activation(W x + b).
    Shapes: (n,) -> (units,); (steps, n) -> (steps, units).
    Source: Rosenblatt 1958; Goodfellow, Bengio and Courville 2016, chapter 6.
    """

    weighs: ClassVar[bool] = True

    units: int = Field(16, ge=1, le=100_000, title="Units", description="Neurons, each with its own weights.")
    activation: Activation = Field("none", title="Activation", description="What each sum goes through.")
    bias: bool = Field(True, title="Bias", description="Adds a learned number to each sum.")

    @property
    def heading(self) -> str:
        return f"Dense {self.units}"

    @property
    def summary(self) -> str:
        return in_summary(f"{self.units} unit{'s' if self.units > 1 else ''}", self.activation)

    def shape(self, values: Shape) -> Shape:
        if values.rank > 2:
            raise ShapeProblem(
                f"Dense needs a vector, but gets {described(values)}.",
                (
                    Repair("Insert Flatten", "insert", "Flatten"),
                    Repair("Insert global pooling", "insert", "GlobalAvgPool2d"),
                ),
            )
        return Shape((*values.dims[:-1], self.units))

    def parameters(self, *inputs: Shape) -> int:
        return (inputs[0].channels + self.bias) * self.units

    def multiply_adds(self, *inputs: Shape) -> int:
        return inputs[0].size * self.units

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return activated(call("nn.Linear", inputs[0].channels, self.units, bias=self.bias), self.activation)

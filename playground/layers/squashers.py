"""Activations that squash values into a range, beside sigmoid, tanh and softmax in activation.py.

Knows no graph and no torch.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Shape


class HardSigmoid(Layer, title="Hard sigmoid", family="activation", stem="hardsig", keywords=("logistic", "clip")):
    """A sigmoid made of three straight lines: 0, a slope, 1. Cheaper than the curve; outside the slope its
    gradient is 0.

    Formula: min(max(slope · x + offset, 0), 1).
    Shapes: any, unchanged.
    Source: Courbariaux, Bengio and David 2015, BinaryConnect, equation 3; slope 1/6: Howard et al. 2019.
    """

    slope: float = Field(1 / 6, ge=1e-6, le=100, title="Slope", description="How steep it is in the middle.")
    offset: float = Field(0.5, ge=0, le=1, title="Offset", description="Its value at 0.")

    @property
    def summary(self) -> str:
        return f"slope {self.slope:.3g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("hard_sigmoid", self.slope, self.offset)


class HardTanh(Layer, title="Hard tanh", family="activation", stem="hardtanh", keywords=("clip", "clamp", "ReLU6")):
    """Passes values between two bounds and cuts the others off there. Between −1 and 1 it is a tanh made of
    straight lines; between 0 and 6 it is ReLU6.

    Formula: min(max(x, low), high).
    Shapes: any, unchanged.
    Source: Collobert 2004, section 6; ReLU6: Krizhevsky 2010.
    """

    low: float = Field(-1.0, ge=-1e6, le=1e6, title="Low", description="The smallest value that passes.")
    high: float = Field(1.0, ge=-1e6, le=1e6, title="High", description="The largest value that passes.")

    @model_validator(mode="after")
    def _in_order(self) -> HardTanh:
        if self.low >= self.high:
            raise ValueError(f"Low must be less than high, but they are {self.low:g} and {self.high:g}.")
        return self

    @property
    def summary(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Hardtanh", self.low, self.high)


class Step(Layer, title="Step", family="activation", stem="step", keywords=("Heaviside", "threshold", "binary")):
    """Gives 1 for positive values and 0 for all others: the first artificial neurons' all or nothing. It has no
    slope to learn by, so on its way back the gradient passes straight through where |x| ≤ 1, and is 0 elsewhere.

    Formula: 1 if x > 0, else 0; in the gradient dy/dx = 1 if |x| ≤ 1, else 0.
    Shapes: any, unchanged.
    Source: McCulloch and Pitts 1943; straight-through: Hinton 2012, lecture 9c; Bengio, Léonard and Courville 2013.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("step")


class LogSoftmax(Layer, title="Log softmax", family="activation", stem="logsoftmax", keywords=("log-probabilities",)):
    """The logarithms of softmax's shares, computed at once so that tiny ones do not become 0. Works over the units
    of a vector, the features of each step, the channels of each pixel.

    Formula: xᵢ − log Σⱼ exp(xⱼ).
    Shapes: any, unchanged.
    Source: Goodfellow, Bengio and Courville 2016, section 6.2.2.3.
    """

    each_frame: ClassVar[bool] = True

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *inputs: Shape) -> Call:
        return call("nn.LogSoftmax", dim=2 if inputs[0].is_sequence else 1)

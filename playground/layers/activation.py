"""The functions that make a network more than one linear map: as layers of their own, and by name inside others.

Knows no graph and no torch. Dense and the convolutions take one of ACTIVATIONS as a setting. More layers are in
rectifiers.py and squashers.py.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Shape

Activation = Literal[
    "none", "relu", "leaky_relu", "gelu", "sigmoid", "tanh", "elu", "selu", "celu", "silu", "mish", "softplus",
    "hard_swish", "hard_sigmoid", "hard_tanh", "heaviside",
]  # fmt: skip

ACTIVATIONS: dict[Activation, tuple[str, str]] = {
    "relu": ("ReLU", "nn.ReLU"),
    "leaky_relu": ("leaky ReLU", "nn.LeakyReLU"),
    "gelu": ("GELU", "nn.GELU"),
    "sigmoid": ("sigmoid", "nn.Sigmoid"),
    "tanh": ("tanh", "nn.Tanh"),
    "elu": ("ELU", "nn.ELU"),
    "selu": ("SELU", "nn.SELU"),
    "celu": ("CELU", "nn.CELU"),
    "silu": ("SiLU", "nn.SiLU"),
    "mish": ("Mish", "nn.Mish"),
    "softplus": ("softplus", "nn.Softplus"),
    "hard_swish": ("hard swish", "nn.Hardswish"),
    "hard_sigmoid": ("hard sigmoid", "nn.Hardsigmoid"),
    "hard_tanh": ("hard tanh", "nn.Hardtanh"),
    "heaviside": ("step", "step"),
}
"""Name in a summary and torch's class, by the setting's value; "none" is missing."""


def activated(made: Call, activation: Activation) -> Call:
    """That call, followed by an activation unless it is "none"."""
    if activation == "none":
        return made
    return made.followed_by(call(ACTIVATIONS[activation][1]))


def in_summary(first: str, activation: Activation) -> str:
    """A card's line of settings.

    >>> in_summary("16 filters", "relu"), in_summary("16 filters", "none")
    ('16 filters · ReLU', '16 filters')
    """
    return first if activation == "none" else f"{first} · {ACTIVATIONS[activation][0]}"


class ReLU(Layer, title="ReLU", family="activation", stem="relu", keywords=("rectifier", "rectified linear unit")):
    """Passes positive values and sets negative ones to 0. Its slope is 1 where it passes, so gradients
    do not fade on their way back. The usual choice behind a convolution or a hidden layer.

    Formula: max(0, x).
    Shapes: any, unchanged.
    Source: Nair and Hinton 2010; Goodfellow, Bengio and Courville 2016, section 6.3.1.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.ReLU")


class LeakyReLU(Layer, title="Leaky ReLU", family="activation", stem="leaky", keywords=("lrelu", "rectifier")):
    """Passes positive values and shrinks negative ones by a small slope. A unit whose values are all
    negative still learns, which under ReLU it would not. Try it where many units stay at 0.

    Formula: x if x > 0, else slope · x.
    Shapes: any, unchanged.
    Source: Maas, Hannun and Ng 2013, section 2.
    """

    slope: float = Field(0.01, ge=0, le=1, title="Slope", description="By what negative values are multiplied.")

    @property
    def summary(self) -> str:
        return f"slope {self.slope:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.LeakyReLU", self.slope)


class GELU(Layer, title="GELU", family="activation", stem="gelu", keywords=("gaussian error linear unit",)):
    """A smooth ReLU: multiplies each value by the chance that a standard normal number is smaller.
    Large values pass, very negative ones vanish, and between them the curve bends gently.
    Transformers use it.

    Formula: x · Φ(x), with Φ the normal distribution function.
    Shapes: any, unchanged.
    Source: Hendrycks and Gimpel 2016, section 2.
    """

    approximate: bool = Field(
        False, title="Approximate", description="Computes it by tanh, as the first transformers did."
    )

    @property
    def summary(self) -> str:
        return "by tanh" if self.approximate else ""

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.GELU", approximate="tanh") if self.approximate else call("nn.GELU")


class Sigmoid(Layer, title="Sigmoid", family="activation", stem="sigmoid", keywords=("logistic",)):
    """Squeezes each value into 0 to 1, so that it can be read as a probability. Far from 0 it is almost
    flat and its gradient fades, so hidden layers learn faster with ReLU or tanh. Binary cross-entropy
    contains it already: do not put one before that Output.

    Formula: 1 / (1 + exp(−x)).
    Shapes: any, unchanged.
    Source: Goodfellow, Bengio and Courville 2016, section 6.3.2.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Sigmoid")


class Tanh(Layer, title="Tanh", family="activation", stem="tanh", keywords=("hyperbolic tangent",)):
    """Squeezes each value into −1 to 1, with 0 staying 0. A scaled sigmoid whose outputs are centred,
    which helps the next layer learn. Draws smooth boundaries in small networks.

    Formula: (exp(x) − exp(−x)) / (exp(x) + exp(−x)).
    Shapes: any, unchanged.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.4.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Tanh")


class Softmax(Layer, title="Softmax", family="activation", stem="softmax", keywords=("probabilities",)):
    """Turns scores into shares: all positive, together 1, the largest score with the largest share.
    Works over the units of a vector, over the features of each step of a sequence, over the channels
    of each pixel. Cross-entropy contains it already: do not put one before that Output.

    Formula: exp(xᵢ) / Σⱼ exp(xⱼ).
    Shapes: any, unchanged.
    Source: Bridle 1990; Goodfellow, Bengio and Courville 2016, section 6.2.2.3.
    """

    each_frame: ClassVar[bool] = True

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *inputs: Shape) -> Call:
        return call("nn.Softmax", dim=2 if inputs[0].is_sequence else 1)

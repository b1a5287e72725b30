"""Activations that pass large values and bend or shrink negative ones. Knows no graph and no torch.

Those that squash into a range are in squashers.py; the plainest of both, and the setting of other layers, in
activation.py.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Shape


class PReLU(Weighted, title="PReLU", family="activation", stem="prelu", keywords=("parametric", "rectifier")):
    """Passes positive values and multiplies negative ones by a slope that is learned: one for each unit, channel
    or feature, or one for all. A leaky ReLU that finds its own slope.

    Formula: x if x > 0, else a · x, with a learned, 0.25 at first.
    Shapes: any, unchanged.
    Source: He et al. 2015, Delving Deep into Rectifiers, section 2.1.
    """

    each_frame: ClassVar[bool] = True

    per_channel: bool = Field(True, title="Slope per channel", description="Off: one slope for all of them.")
    start: float = Field(0.25, ge=0, le=1, title="First slope", description="The slope before training.")

    @property
    def summary(self) -> str:
        return "a slope per channel" if self.per_channel else "one slope"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, *inputs: Shape) -> int:
        return inputs[0].channels if self.per_channel else 1

    def torch(self, *inputs: Shape) -> Call:
        name = "steps_prelu" if inputs[0].is_sequence else "nn.PReLU"
        return call(name, self.parameters(*inputs), init=self.start)


class ELU(Layer, title="ELU", family="activation", stem="elu", keywords=("exponential linear unit",)):
    """Passes positive values; negative ones bend smoothly down to −alpha. The mean of its outputs is nearer to 0
    than that of ReLU, which speeds learning up.

    Formula: x if x > 0, else α (exp(x) − 1).
    Shapes: any, unchanged.
    Source: Clevert, Unterthiner and Hochreiter 2015, section 3.
    """

    alpha: float = Field(1.0, ge=0, le=100, title="Alpha", description="How far down negative values can go.")

    @property
    def summary(self) -> str:
        return f"alpha {self.alpha:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.ELU", self.alpha)


class CELU(Layer, title="CELU", family="activation", stem="celu", keywords=("continuously differentiable ELU",)):
    """An ELU whose slope has no jump at 0, whatever alpha is.

    Formula: max(0, x) + min(0, α (exp(x / α) − 1)).
    Shapes: any, unchanged.
    Source: Barron 2017.
    """

    alpha: float = Field(1.0, ge=1e-3, le=100, title="Alpha", description="How far down negative values can go.")

    @property
    def summary(self) -> str:
        return f"alpha {self.alpha:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.CELU", self.alpha)


class SELU(Layer, title="SELU", family="activation", stem="selu", keywords=("self-normalising",)):
    """An ELU scaled so that values keep mean 0 and variance 1 on their way through many Dense layers, without any
    normalisation layer. It wants weights that start with variance 1/n.

    Formula: 1.0507 · (x if x > 0, else 1.6733 (exp(x) − 1)).
    Shapes: any, unchanged.
    Source: Klambauer et al. 2017, equation 2.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.SELU")


class SiLU(Layer, title="SiLU", family="activation", stem="silu", keywords=("swish", "sigmoid linear unit")):
    """A smooth ReLU: each value times its own sigmoid. Slightly negative values pass a little, very negative ones
    vanish. Also called swish; EfficientNet uses it.

    Formula: x / (1 + exp(−x)).
    Shapes: any, unchanged.
    Source: Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.SiLU")


class HardSwish(Layer, title="Hard swish", family="activation", stem="hardswish", keywords=("h-swish", "MobileNet")):
    """A SiLU made of straight pieces and a parabola: nearly the same curve, cheaper on small machines.

    Formula: x · min(max(x + 3, 0), 6) / 6.
    Shapes: any, unchanged.
    Source: Howard et al. 2019, section 5.2.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Hardswish")


class Mish(Layer, title="Mish", family="activation", stem="mish", keywords=("smooth rectifier",)):
    """A smooth ReLU like SiLU, a little deeper below 0. Detection networks such as YOLOv4 use it.

    Formula: x · tanh(log(1 + exp(x))).
    Shapes: any, unchanged.
    Source: Misra 2019, section 2.
    """

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Mish")


class Softplus(Layer, title="Softplus", family="activation", stem="softplus", keywords=("smooth rectifier",)):
    """A ReLU with its corner rounded off: always positive, its slope is a sigmoid. Used where a number must be
    positive, such as a variance.

    Formula: log(1 + exp(β x)) / β.
    Shapes: any, unchanged.
    Source: Dugas et al. 2001; Glorot, Bordes and Bengio 2011, section 3.
    """

    beta: float = Field(1.0, ge=1e-3, le=1e3, title="Beta", description="Large: a sharp corner, nearly ReLU.")

    @property
    def summary(self) -> str:
        return f"beta {self.beta:g}"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Softplus", self.beta)

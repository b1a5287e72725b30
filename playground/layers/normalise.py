"""Layers that keep values in a good range or make learning robust. Knows no graph and no torch."""

from __future__ import annotations

from math import gcd
from typing import ClassVar

from pydantic import Field

from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window
from playground.layers.slide import need_image


class Dropout(Layer, title="Dropout", family="normalisation", stem="drop", keywords=("regularise", "overfitting")):
    """While training, sets a random share of the values to 0 and scales the others up. No unit can rely
    on another, so the network overfits less. When it predicts, everything passes unchanged.

    Formula: x · m / (1 − rate), with each m 0 with chance rate, else 1.
    Shapes: any, unchanged.
    Source: Srivastava et al. 2014.
    """

    rate: float = Field(0.5, ge=0, le=0.99, title="Rate", description="Share of the values set to 0.")

    @property
    def summary(self) -> str:
        return f"{self.rate:.0%} off"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Dropout", self.rate)


class BatchNorm(
    Weighted, title="Batch normalisation", family="normalisation", stem="norm", keywords=("batchnorm", "bn")
):
    """Shifts and scales each unit, each channel of an image or each feature of a sequence to mean 0 and
    variance 1 over the batch; then a learned scale and shift follow. Deep networks learn faster and bear
    larger learning rates. When it predicts, it uses averages remembered from training.

    Formula: γ (x − mean) / √(variance + ε) + β.
    Shapes: (n,) -> (n,); (C, H, W) -> (C, H, W); (steps, n) -> (steps, n), over batch and steps.
    Source: Ioffe and Szegedy 2015, algorithm 1.
    """

    each_frame: ClassVar[bool] = True

    momentum: float = Field(
        0.1, gt=0, le=1, title="Momentum", description="Weight of the newest batch in the averages."
    )
    epsilon: float = Field(1e-5, ge=1e-12, le=1, title="Epsilon", description="Keeps the division away from 0.")

    @property
    def heading(self) -> str:
        return "Batch norm"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0].channels

    def torch(self, *inputs: Shape) -> Call:
        name = "nn.BatchNorm2d" if inputs[0].is_image else "nn.BatchNorm1d"
        if inputs[0].is_sequence:
            name = "steps_batch_norm"
        return call(name, inputs[0].channels, eps=self.epsilon, momentum=self.momentum)


class LayerNorm(
    Weighted, title="Layer normalisation", family="normalisation", stem="norm", keywords=("layernorm", "ln")
):
    """Shifts and scales each example by itself to mean 0 and variance 1: all units of a vector, each step of a
    sequence over its features, an image as a whole over channels and pixels. A learned scale and shift for each
    value follow. It does the same in training and after, whatever the batch; transformers are built on it.

    Formula: γ (x − mean) / √(variance + ε) + β.
    Shapes: (n,), (steps, n) or (C, H, W), unchanged.
    Source: Ba, Kiros and Hinton 2016, section 3.
    """

    each_frame: ClassVar[bool] = True

    epsilon: float = Field(1e-5, ge=1e-12, le=1, title="Epsilon", description="Keeps the division away from 0.")
    affine: bool = Field(True, title="Scale and shift", description="A learned factor and summand for each value.")

    @property
    def heading(self) -> str:
        return "Layer norm"

    def shape(self, inputs: Shape) -> Shape:
        return inputs

    def parameters(self, *inputs: Shape) -> int:
        return 2 * Shape(_together(inputs[0])).size * self.affine

    def window(self, *inputs: Shape) -> Window | None:
        return None if inputs[0].is_image else super().window(*inputs)

    def torch(self, *inputs: Shape) -> Call:
        return call("nn.LayerNorm", _together(inputs[0]), eps=self.epsilon, elementwise_affine=self.affine)


class GroupNorm(Weighted, title="Group normalisation", family="normalisation", stem="norm", keywords=("groupnorm",)):
    """Shifts and scales groups of an image's channels to mean 0 and variance 1, each example by itself; then a
    learned scale and shift for each channel follow. It works with small batches, where batch normalisation
    does not. One group normalises the image as a whole.

    Formula: γ (x − mean) / √(variance + ε) + β, with mean and variance over a group's channels and pixels.
    Shapes: (C, H, W), unchanged; C a multiple of the groups.
    Source: Wu and He 2018, section 3.
    """

    each_frame: ClassVar[bool] = True

    groups: int = Field(4, ge=1, le=65_536, title="Groups", description="Parts that the channels are split into.")
    epsilon: float = Field(1e-5, ge=1e-12, le=1, title="Epsilon", description="Keeps the division away from 0.")

    @property
    def heading(self) -> str:
        return "Group norm"

    @property
    def summary(self) -> str:
        return f"{self.groups} group{'s' if self.groups > 1 else ''}"

    def shape(self, image: Shape) -> Shape:
        need_image("Group normalisation", image)
        if image.channels % self.groups:
            fits = gcd(image.channels, self.groups)
            raise ShapeProblem(
                f"Group normalisation splits channels into {self.groups:,} groups, which must divide the "
                f"{image.channels:,} it gets. Use {fits:,}.",
                (
                    Repair(f"Set groups to {fits}", "set", settings=(("groups", fits),)),
                    Repair("Remove group normalisation", "remove"),
                ),
            )
        return image

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0].channels

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return call("nn.GroupNorm", self.groups, inputs[0].channels, eps=self.epsilon)


class InstanceNorm2d(
    Weighted, title="Instance normalisation", family="normalisation", stem="norm", keywords=("instancenorm", "style")
):
    """Shifts and scales each channel of each image by itself to mean 0 and variance 1: its contrast is gone.
    Networks that change the style of pictures use it.

    Formula: (x − mean) / √(variance + ε), with mean and variance over the pixels of a channel; affine: γ · … + β.
    Shapes: (C, H, W), unchanged; more than one pixel.
    Source: Ulyanov, Vedaldi and Lempitsky 2016, section 2.
    """

    each_frame: ClassVar[bool] = True

    affine: bool = Field(False, title="Scale and shift", description="A learned factor and summand for each channel.")
    epsilon: float = Field(1e-5, ge=1e-12, le=1, title="Epsilon", description="Keeps the division away from 0.")

    @property
    def heading(self) -> str:
        return "Instance norm"

    def shape(self, image: Shape) -> Shape:
        need_image("Instance normalisation", image)
        if image.height * image.width < 2:
            raise ShapeProblem(
                f"Instance normalisation needs more than one pixel in each channel, but gets {image}: it would set "
                "all to 0. Put it before the image is that small.",
                (Repair("Remove instance normalisation", "remove"),),
            )
        return image

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0].channels * self.affine

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        return call("nn.InstanceNorm2d", inputs[0].channels, eps=self.epsilon, affine=self.affine)


class LocalResponseNorm(
    Layer, title="Local response norm", family="normalisation", stem="norm", keywords=("LRN", "AlexNet")
):
    """Divides each value by how strongly the neighbouring channels answer at the same pixel, so that one pattern
    stands out. AlexNet used it; batch normalisation has taken its place. It has nothing to learn.

    Formula: x / (k + α/size · Σ x²)^β, summed over the size channels around it. The paper's α is α/size here.
    Shapes: (C, H, W), unchanged.
    Source: Krizhevsky, Sutskever and Hinton 2012, section 3.3; divided by size as in Caffe and ONNX.
    """

    each_frame: ClassVar[bool] = True

    size: int = Field(5, ge=1, le=1024, title="Channels", description="How many neighbouring channels count.")
    alpha: float = Field(5e-4, ge=0, le=1e6, title="Alpha", description="How much their mean square counts.")
    beta: float = Field(0.75, ge=0, le=100, title="Beta", description="The power of the divisor.")
    k: float = Field(2.0, ge=1e-12, le=1e6, title="K", description="Added before the power, away from 0.")

    @property
    def heading(self) -> str:
        return "Local response norm"

    @property
    def summary(self) -> str:
        return f"over {self.size} channels"

    def shape(self, image: Shape) -> Shape:
        need_image("Local response norm", image)
        return image

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.LocalResponseNorm", self.size, alpha=self.alpha, beta=self.beta, k=self.k)


def _together(shape: Shape) -> tuple[int, ...]:
    """What layer normalisation reckons as one."""
    return shape.dims[1:] if shape.is_sequence else shape.dims

"""Layers that cut a piece out of their input, or put something around it. Knows no graph and no torch."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described
from playground.layers.slide import need_image
from playground.layers.window import PaddingMode


class Crop(Layer, title="Crop", family="shape", stem="crop", keywords=("cut", "region")):
    """Keeps a rectangle of the image and drops the rest: U-Nets cut what they copy across so.

    Formula: y(c, i, j) = x(c, top + i, left + j).
    Shapes: (C, H, W) -> (C, height, width).
    Source: Ronneberger, Fischer and Brox 2015, section 2.
    """

    each_frame: ClassVar[bool] = True

    top: int = Field(0, ge=0, le=100_000, title="Top", description="Rows dropped above.")
    left: int = Field(0, ge=0, le=100_000, title="Left", description="Columns dropped on the left.")
    height: int = Field(1, ge=1, le=100_000, title="Height", description="Rows kept.")
    width: int = Field(1, ge=1, le=100_000, title="Width", description="Columns kept.")

    @property
    def summary(self) -> str:
        return f"{self.height}×{self.width} from {self.top}, {self.left}"

    def shape(self, image: Shape) -> Shape:
        need_image("Crop", image)
        if self.top + self.height > image.height or self.left + self.width > image.width:
            top, left = min(self.top, image.height - 1), min(self.left, image.width - 1)
            height, width = min(self.height, image.height - top), min(self.width, image.width - left)
            fitting = (("top", top), ("left", left), ("height", height), ("width", width))
            raise ShapeProblem(
                f"Crop takes {self.height}×{self.width} pixels from row {self.top} and column {self.left} on, which "
                f"reach out of the {image.height}×{image.width} image. Take a smaller piece.",
                (
                    Repair(f"Crop {height}×{width} from {top}, {left}", "set", settings=fitting),
                    Repair("Remove crop", "remove"),
                ),
            )
        return Shape((image.channels, self.height, self.width))

    def window(self, *_inputs: Shape) -> Window:
        return Window(padding=(-self.top, -self.left))

    def torch(self, *_inputs: Shape) -> Call:
        return call("crop", self.top, self.left, self.height, self.width)


class Slice(Layer, title="Slice", family="shape", stem="slice", keywords=("part", "select", "narrow", "split")):
    """Keeps some neighbouring channels, features or units, or some neighbouring steps, and drops the others.

    Formula: y(i) = x(start + i), for i up to stop − start.
    Shapes: one side, of steps or of channels, becomes stop − start; the others stay.
    Source: NumPy, basic slicing.
    """

    along: Literal["channels", "steps"] = Field(
        "channels", title="Along", description="Channels of images, features of sequences, units; or steps."
    )
    start: int = Field(0, ge=0, le=1_000_000, title="From", description="The first that is kept, counted from 0.")
    stop: int = Field(0, ge=0, le=1_000_000, title="Up to", description="The first that is dropped; 0: keep the rest.")

    @property
    def summary(self) -> str:
        return f"{self.along} {self.start} to {self.stop or 'the end'}"

    def shape(self, inputs: Shape) -> Shape:
        if self.along == "steps" and not (inputs.is_sequence or inputs.is_film):
            raise ShapeProblem(
                f"Slice takes steps, but gets {described(inputs)}, which has none. Slice along channels.",
                (
                    Repair("Slice along channels", "set", settings=(("along", "channels"),)),
                    Repair("Remove slice", "remove"),
                ),
            )
        at = self._dim(inputs) - 1
        there = inputs.dims[at]
        if not self.start < (self.stop or there) <= there:
            raise ShapeProblem(
                f"Slice takes {self.along} from {self.start:,} up to {self.stop or there:,}, but there are "
                f"{there:,} in {described(inputs)}. Choose a start before the end, and an end of at most {there:,}.",
                (
                    Repair(f"Take all {there}", "set", settings=(("start", 0), ("stop", 0))),
                    Repair("Remove slice", "remove"),
                ),
            )
        return Shape((*inputs.dims[:at], (self.stop or there) - self.start, *inputs.dims[at + 1 :]))

    def _dim(self, inputs: Shape) -> int:
        return 1 if self.along == "steps" else inputs.channel_dim

    def torch(self, *inputs: Shape) -> Call:
        dim = self._dim(inputs[0])
        return call("slice", dim, self.start, self.stop or inputs[0].dims[dim - 1])


class ZeroPad2d(Layer, title="Pad 2D", family="shape", stem="pad", keywords=("border", "reflect", "zero padding")):
    """Puts rows and columns around the image: zeros, its own reflection, or its outermost pixels repeated.

    Formula: y(c, top + i, left + j) = x(c, i, j), and the filling elsewhere.
    Shapes: (C, H, W) -> (C, top + H + bottom, left + W + right).
    Source: Dumoulin and Visin 2016, section 2.2.
    """

    each_frame: ClassVar[bool] = True

    top: int = Field(1, ge=0, le=1024, title="Top", description="Rows added above.")
    bottom: int = Field(1, ge=0, le=1024, title="Bottom", description="Rows added below.")
    left: int = Field(1, ge=0, le=1024, title="Left", description="Columns added on the left.")
    right: int = Field(1, ge=0, le=1024, title="Right", description="Columns added on the right.")
    mode: PaddingMode = Field("zeros", title="With", description="Zeros, the image reflected, or its edge repeated.")

    @property
    def summary(self) -> str:
        return f"{self.top}, {self.bottom}, {self.left}, {self.right} · {self.mode}"

    def shape(self, image: Shape) -> Shape:
        need_image("Pad 2D", image)
        if self.mode == "reflect" and not (
            max(self.top, self.bottom) < image.height and max(self.left, self.right) < image.width
        ):
            raise ShapeProblem(
                f"Pad 2D cannot reflect a {image.height}×{image.width} image by {self.top}, {self.bottom} rows and "
                f"{self.left}, {self.right} columns: they must be fewer than it has. Pad with zeros, or by less.",
                (
                    Repair("Pad with zeros", "set", settings=(("mode", "zeros"),)),
                    Repair("Remove pad 2D", "remove"),
                ),
            )
        return Shape((image.channels, self.top + image.height + self.bottom, self.left + image.width + self.right))

    def window(self, *_inputs: Shape) -> Window:
        return Window(padding=(self.top, self.left))

    def torch(self, *_inputs: Shape) -> Call:
        names = {"zeros": "nn.ZeroPad2d", "reflect": "nn.ReflectionPad2d", "replicate": "nn.ReplicationPad2d"}
        return call(names[self.mode], (self.left, self.right, self.top, self.bottom))


class PadChannels(
    Layer, title="Pad channels", family="shape", stem="shortcut", keywords=("option A", "identity", "ResNet")
):
    """Gives an image more channels without weights: takes every stride-th pixel and puts channels of zeros half in
    front and half behind. ResNet's option A: the shortcut where a block has more filters than its input.

    Formula: y(c + front, i, j) = x(c, s·i, s·j), and 0 in the other channels, with front = (channels − C) // 2.
    Shapes: (C, H, W) -> (channels, (H − 1) // s + 1, (W − 1) // s + 1); unchanged if C = channels and s = 1.
    Source: He et al. 2015, Deep Residual Learning, section 3.3, option A.
    """

    each_frame: ClassVar[bool] = True

    channels: int = Field(16, ge=1, le=65_536, title="Channels", description="How many channels it gives.")
    stride: int = Field(1, ge=1, le=16, title="Stride", description="Which pixels stay: every first, second, ….")

    @property
    def summary(self) -> str:
        return f"to {self.channels}" + (f" · stride {self.stride}" if self.stride > 1 else "")

    def shape(self, image: Shape) -> Shape:
        need_image("Pad channels", image)
        if image.channels > self.channels:
            raise ShapeProblem(
                f"Pad channels gives {self.channels:,} channels, but gets {image.channels:,} already. It can only add: "
                f"use at least {image.channels:,}, or a 1×1 convolution.",
                (
                    Repair(f"Set channels to {image.channels}", "set", settings=(("channels", image.channels),)),
                    Repair("Remove pad channels", "remove"),
                ),
            )
        return Shape((self.channels, *((side - 1) // self.stride + 1 for side in image.dims[1:])))

    def window(self, *_inputs: Shape) -> Window:
        return Window(stride=(self.stride, self.stride))

    def torch(self, *inputs: Shape) -> Call:
        more = self.channels - inputs[0].channels
        return call("pad_channels", more // 2, more - more // 2, self.stride)

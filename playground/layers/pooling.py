"""Layers that make an image smaller without weights. Knows no graph and no torch. For sequences see steps.py."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described, vector
from playground.layers.slide import Slide, need_half_a_window, need_image, slid, slide
from playground.layers.window import Padding, Sides, pair, written


class _Window2d(Layer):
    """What the windowed poolings share."""

    each_frame: ClassVar[bool] = True
    short: ClassVar[str] = ""
    """How its card's heading begins."""

    kernel: Sides = Field(2, title="Window", description="Side of the square window in pixels, or height × width.")
    stride: int = Field(2, ge=1, le=64, title="Stride", description="Step between windows, in pixels.")
    ceil_mode: bool = Field(False, title="Round up", description="A last window that only partly fits counts too.")

    @property
    def heading(self) -> str:
        return f"{self.short} pool {written(self.kernel)}"

    @property
    def summary(self) -> str:
        return f"stride {self.stride}"

    def shape(self, image: Shape) -> Shape:
        need_image(self.type_title, image)
        return slide(self.type_title, image, image.channels, self._way(image), self._smaller(image))

    def window(self, *inputs: Shape) -> Window:
        return self._way(inputs[0]).window

    def _way(self, image: Shape) -> Slide:
        return slid(image.dims[-2:], self.kernel, self.stride, "valid", is_rounded_up=self.ceil_mode)

    def _ceil(self) -> dict[str, Any]:
        return {"ceil_mode": True} if self.ceil_mode else {}

    def _smaller(self, image: Shape) -> tuple[Repair, ...]:
        side = min(image.height, image.width, *pair(self.kernel))
        remove = Repair(f"Remove {self.type_title.lower()}", "remove")
        if side < 2:
            return (remove,)
        return (Repair(f"Set window to {side}×{side}", "set", settings=(("kernel", side),)), remove)


class _Pool2d(_Window2d):
    """What those that can be padded share."""

    padding: Padding = Field(
        "valid", title="Padding", description="Valid: none; same: as much as keeps the size; or a number of pixels."
    )

    def shape(self, image: Shape) -> Shape:
        need_image(self.type_title, image)
        need_half_a_window(self.type_title, pair(self.kernel), self.padding)
        return slide(self.type_title, image, image.channels, self._way(image), self._smaller(image))

    def _way(self, image: Shape) -> Slide:
        return slid(image.dims[-2:], self.kernel, self.stride, self.padding, is_rounded_up=self.ceil_mode)

    def _padding(self, image: Shape) -> dict[str, Any]:
        way = self._way(image)
        if not way.is_even:
            return {"around": way.flat}
        height, width = way.before
        return {"padding": height if height == width else (height, width)} if height or width else {}


class MaxPool2d(_Pool2d, title="Max pooling", family="pooling", stem="pool", keywords=("maximum", "downsample")):
    """Keeps the largest value of each window: the image gets smaller, and small shifts matter less.
    It asks whether a pattern is there, not where exactly. It has nothing to learn; padding never wins.

    Formula: the maximum over a k×k window.
    Shapes: (C, H, W) -> (C, H', W') with H' = (H + 2p − k) // s + 1, or rounded up.
    Source: Ranzato et al. 2007; Goodfellow, Bengio and Courville 2016, section 9.3.
    """

    short: ClassVar[str] = "Max"

    def torch(self, *inputs: Shape) -> Call:
        padding = self._padding(inputs[0])
        name = "padded_max_pool2d" if "around" in padding else "nn.MaxPool2d"
        return call(name, self.kernel, stride=self.stride, **padding, **self._ceil())


class AvgPool2d(_Pool2d, title="Average pooling", family="pooling", stem="pool", keywords=("mean", "downsample")):
    """Keeps the mean of each window: the image gets smaller and smoother. It weighs every pixel alike,
    where max pooling keeps only the strongest. It has nothing to learn.

    Formula: the mean over a k×k window: of the pixels in it, or with zeros for the padding.
    Shapes: (C, H, W) -> (C, H', W') with H' = (H + 2p − k) // s + 1, or rounded up.
    Source: LeCun et al. 1998, section II.B, where it is called subsampling.
    """

    short: ClassVar[str] = "Avg"

    count_include_pad: bool = Field(
        False, title="Padding counts", description="On: the padding's zeros are part of the mean. Off: pixels only."
    )

    def torch(self, *inputs: Shape) -> Call:
        padding = self._padding(inputs[0])
        name = "padded_avg_pool2d" if "around" in padding else "nn.AvgPool2d"
        counted = {"count_include_pad": self.count_include_pad} if padding else {}
        return call(name, self.kernel, stride=self.stride, **padding, **self._ceil(), **counted)


class LpPool2d(_Window2d, title="Lp pooling", family="pooling", stem="pool", keywords=("power", "norm", "L2 pooling")):
    """Keeps the p-norm of each window: between the sum (p = 1) and, for large p, the maximum. With p = 2 it
    measures how strongly a pattern answers, whatever its sign. It has nothing to learn.

    Formula: (Σ xᵖ)^(1/p) over a k×k window; 0 where an odd power's sum is negative.
    Shapes: (C, H, W) -> (C, H', W') with H' = (H − k) // s + 1, or rounded up.
    Source: Sermanet, Chintala and LeCun 2012, section 2.1.
    """

    short: ClassVar[str] = "Lp"

    power: int = Field(2, ge=1, le=16, title="Power", description="The p of the norm: large ones take the most.")

    @property
    def summary(self) -> str:
        return f"p = {self.power} · stride {self.stride}"

    def torch(self, *_inputs: Shape) -> Call:
        return call("lp_pool2d", self.power, self.kernel, stride=self.stride, **self._ceil())


class _Adaptive2d(Layer):
    """What the adaptive poolings share."""

    each_frame: ClassVar[bool] = True
    short: ClassVar[str] = ""

    size: Sides = Field(1, title="Size", description="Sides of the image it gives: one number, or height × width.")

    @property
    def heading(self) -> str:
        return f"{self.short} pool to {written(self.size)}"

    def shape(self, image: Shape) -> Shape:
        need_image(self.type_title, image)
        return Shape((image.channels, *pair(self.size)))

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call(f"nn.{self.type}", self.size)


class AdaptiveAvgPool2d(
    _Adaptive2d, title="Adaptive average pooling", family="pooling", stem="pool", keywords=("mean", "resize")
):
    """Divides the image into so many windows that the result has the wanted size, and keeps their means.
    What follows then fits images of any size. It has nothing to learn.

    Formula: y(i, j) = the mean over rows ⌊i·H / H'⌋ to ⌈(i + 1)·H / H'⌉ and the same columns.
    Shapes: (C, H, W) -> (C, H', W') with the size chosen.
    Source: He et al. 2014, Spatial Pyramid Pooling, section 2.
    """

    short: ClassVar[str] = "Avg"


class AdaptiveMaxPool2d(
    _Adaptive2d, title="Adaptive max pooling", family="pooling", stem="pool", keywords=("maximum", "resize")
):
    """Divides the image into so many windows that the result has the wanted size, and keeps the largest value
    of each. What follows then fits images of any size. It has nothing to learn.

    Formula: y(i, j) = the maximum over rows ⌊i·H / H'⌋ to ⌈(i + 1)·H / H'⌉ and the same columns.
    Shapes: (C, H, W) -> (C, H', W') with the size chosen.
    Source: He et al. 2014, Spatial Pyramid Pooling, section 2.
    """

    short: ClassVar[str] = "Max"


class _Global(Layer):
    """What the poolings over everything share."""

    each_frame: ClassVar[bool] = True

    def shape(self, image: Shape) -> Shape:
        if image.is_vector:
            raise ShapeProblem(
                f"{self.type_title} needs an image or a sequence, but gets {described(image)}.",
                (
                    Repair("Remove the layer before it", "remove_source"),
                    Repair(f"Remove {self.type_title.lower()}", "remove"),
                ),
            )
        return vector(image.channels)

    def window(self, *_inputs: Shape) -> Window | None:
        return None


class GlobalAvgPool2d(
    _Global, title="Global average pooling", family="pooling", stem="gap", keywords=("mean", "gap", "mean over time")
):
    """Keeps one number a channel: its mean over the whole image, or over the steps of a sequence. It makes a
    vector of an image of any size with far fewer weights behind it than Flatten. Use it between the last
    convolution and Dense.

    Formula: the mean over all H·W pixels of a channel, or over all steps of a feature.
    Shapes: (C, H, W) -> (C,); (steps, n) -> (n,).
    Source: Lin, Chen and Yan 2013, section 3.2.
    """

    @property
    def heading(self) -> str:
        return "Global avg pool"

    def torch(self, *inputs: Shape) -> Call:
        return call("global_avg_pool", dims=_all_but_channels(inputs[0]))


class GlobalMaxPool(
    _Global, title="Global max pooling", family="pooling", stem="gmp", keywords=("maximum", "max over time")
):
    """Keeps one number a channel: its largest value in the whole image, or over the steps of a sequence. It says
    whether a pattern is anywhere, and not where.

    Formula: the maximum over all H·W pixels of a channel, or over all steps of a feature.
    Shapes: (C, H, W) -> (C,); (steps, n) -> (n,).
    Source: Oquab et al. 2015, section 3.1; over time: Kim 2014, section 2.
    """

    @property
    def heading(self) -> str:
        return "Global max pool"

    def torch(self, *inputs: Shape) -> Call:
        return call("global_max_pool", dims=_all_but_channels(inputs[0]))


def _all_but_channels(shape: Shape) -> tuple[int, ...]:
    """Dimensions of a batch."""
    return (1,) if shape.is_sequence else (2, 3)

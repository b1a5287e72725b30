"""Layers that make an image smaller without weights. Knows no graph and no torch."""

from __future__ import annotations

from pydantic import Field

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, Window, vector
from playground.layers.slide import need_image, slide


class _Pool2d(Layer):
    """What the windowed poolings share."""

    kernel: int = Field(2, ge=2, le=16, title="Window", description="Side of the square window, in pixels.")
    stride: int = Field(2, ge=1, le=16, title="Stride", description="Step between windows, in pixels.")

    @property
    def summary(self) -> str:
        return f"stride {self.stride}"

    def shape(self, image: Shape) -> Shape:
        need_image(self.type_title, image)
        return slide(self.type_title, image, image.channels, self.window(), self._smaller(image))

    def window(self, *_inputs: Shape) -> Window:
        return Window((self.kernel,) * 2, (self.stride,) * 2)

    def _smaller(self, image: Shape) -> tuple[Repair, ...]:
        side = min(image.height, image.width, self.kernel)
        remove = Repair(f"Remove {self.type_title.lower()}", "remove")
        if side < 2:
            return (remove,)
        return (Repair(f"Set window to {side}×{side}", "set", settings=(("kernel", side),)), remove)


class MaxPool2d(_Pool2d, title="Max pooling", family="pooling", stem="pool", keywords=("maximum", "downsample")):
    """Keeps the largest value of each window: the image gets smaller, and small shifts matter less.
    It asks whether a pattern is there, not where exactly. It has nothing to learn.

    Formula: the maximum over a k×k window.
    Shapes: (C, H, W) -> (C, H', W') with H' = (H − k) // s + 1.
    Source: Ranzato et al. 2007; Goodfellow, Bengio and Courville 2016, section 9.3.
    """

    @property
    def heading(self) -> str:
        return f"Max pool {self.kernel}×{self.kernel}"

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.MaxPool2d", self.kernel, stride=self.stride)


class AvgPool2d(_Pool2d, title="Average pooling", family="pooling", stem="pool", keywords=("mean", "downsample")):
    """Keeps the mean of each window: the image gets smaller and smoother. It weighs every pixel alike,
    where max pooling keeps only the strongest. It has nothing to learn.

    Formula: the mean over a k×k window.
    Shapes: (C, H, W) -> (C, H', W') with H' = (H − k) // s + 1.
    Source: LeCun et al. 1998, section II.B, where it is called subsampling.
    """

    @property
    def heading(self) -> str:
        return f"Avg pool {self.kernel}×{self.kernel}"

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.AvgPool2d", self.kernel, stride=self.stride)


class GlobalAvgPool2d(Layer, title="Global average pooling", family="pooling", stem="gap", keywords=("mean", "gap")):
    """Keeps one number a channel: its mean over the whole image. It makes a vector of an image of any
    size with far fewer weights behind it than Flatten. Use it between the last convolution and Dense.

    Formula: the mean over all H·W pixels of a channel.
    Shapes: (C, H, W) -> (C,).
    Source: Lin, Chen and Yan 2013, section 3.2.
    """

    @property
    def heading(self) -> str:
        return "Global avg pool"

    def shape(self, image: Shape) -> Shape:
        need_image("Global average pooling", image)
        return vector(image.channels)

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("global_avg_pool")

"""Layers that find patterns in images. Knows no graph and no torch. Poolings are in pooling.py."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from playground.layers.activation import Activation, activated, in_summary
from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, Window
from playground.layers.slide import need_image, slide

Padding = Literal["same", "valid"]


class Conv2d(Layer, title="Conv 2D", family="convolution", stem="conv", keywords=("convolution", "filter", "kernel")):
    """Slides small filters over the image; each answers where its pattern is found. The same few weights
    serve every place, so a pattern learned in one corner is known in all. Stacked convolutions see larger
    and larger parts of the image.

    Formula: yₖ(i, j) = activation(bₖ + Σ wₖ(c, u, v) · x(c, s·i + u − p, s·j + v − p)).
    Shapes: (C, H, W) -> (filters, H', W') with H' = (H + 2p − k) // s + 1. Valid: p = 0. Same: H' = H for
    stride 1, where an even window pads one more on the far side; for larger strides p = k // 2.
    Source: LeCun et al. 1998, section II.A; Dumoulin and Visin 2016.
    """

    filters: int = Field(16, ge=1, le=65_536, title="Filters", description="Patterns looked for: output channels.")
    kernel: int = Field(3, ge=1, le=31, title="Window", description="Side of the square filter, in pixels.")
    stride: int = Field(1, ge=1, le=16, title="Stride", description="Step between windows, in pixels.")
    padding: Padding = Field("same", title="Padding", description="Same: zeros around the image; valid: none.")
    activation: Activation = Field("none", title="Activation", description="What each sum goes through.")
    bias: bool = Field(True, title="Bias", description="Adds a learned number for each filter.")

    @property
    def heading(self) -> str:
        return f"Conv {self.kernel}×{self.kernel}"

    @property
    def summary(self) -> str:
        filters = f"{self.filters} filter{'s' if self.filters > 1 else ''}"
        step = f" · stride {self.stride}" if self.stride > 1 else ""
        return in_summary(filters + step, self.activation)

    def shape(self, image: Shape) -> Shape:
        need_image("Conv 2D", image)
        if self._keeps_size:
            return Shape((self.filters, image.height, image.width))
        return slide("Conv 2D", image, self.filters, self.window(), self._smaller(image))

    def parameters(self, *inputs: Shape) -> int:
        return (inputs[0].channels * self.kernel**2 + self.bias) * self.filters

    def multiply_adds(self, *inputs: Shape) -> int:
        return self.shape(*inputs).size * inputs[0].channels * self.kernel**2

    def window(self, *_inputs: Shape) -> Window:
        padding = 0 if self.padding == "valid" else (self.kernel - 1) // 2 if self.stride == 1 else self.kernel // 2
        return Window((self.kernel,) * 2, (self.stride,) * 2, (padding,) * 2)

    def torch(self, *inputs: Shape) -> Call:
        padding = "same" if self._keeps_size else self.window().padding[0]
        made = call(
            "nn.Conv2d",
            inputs[0].channels,
            self.filters,
            self.kernel,
            stride=self.stride,
            padding=padding,
            bias=self.bias,
        )
        return activated(made, self.activation)

    @property
    def _keeps_size(self) -> bool:
        return self.padding == "same" and self.stride == 1

    def _smaller(self, image: Shape) -> tuple[Repair, ...]:
        side = min(image.height, image.width, self.kernel)
        return (
            Repair("Set padding to same", "set", settings=(("padding", "same"),)),
            Repair(f"Set window to {side}×{side}", "set", settings=(("kernel", side),)),
        )

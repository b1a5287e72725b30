"""Layers that find patterns in images. Knows no graph and no torch. See also pooling.py and steps.py."""

from __future__ import annotations

from math import gcd
from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.layers.activation import Activation, activated, in_summary
from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, ShapeProblem, Window
from playground.layers.slide import Slide, need_image, need_room_to_reflect, slid, slide
from playground.layers.window import Groups, Padding, PaddingMode, Sides, pair, written


class Conv2d(
    Weighted, title="Conv 2D", family="convolution", stem="conv", keywords=("convolution", "filter", "kernel")
):
    """Slides small filters over the image; each answers where its pattern is found. The same few weights
    serve every place, so a pattern learned in one corner is known in all. Stacked convolutions see larger
    and larger parts of the image. With as many groups as channels it is depthwise.

    Formula: yₖ(i, j) = activation(bₖ + Σ wₖ(c, u, v) · x(c, s·i + d·u − p, s·j + d·v − p)).
    Shapes: (C, H, W) -> (filters, H', W') with H' = (H + 2p − d(k − 1) − 1) // s + 1. Valid: p = 0. Same: H' = H
    for stride 1, where an even window pads one more on the far side; for larger strides p = (d(k − 1) + 1) // 2.
    Same (TensorFlow): H' = ⌈H / s⌉, with what is odd in the padding on the far side.
    Source: LeCun et al. 1998, section II.A; Dumoulin and Visin 2016; groups: Krizhevsky et al. 2012.
    """

    each_frame: ClassVar[bool] = True
    weighs: ClassVar[bool] = True

    filters: int = Field(16, ge=1, le=65_536, title="Filters", description="Patterns looked for: output channels.")
    kernel: Sides = Field(3, title="Window", description="Side of the square filter in pixels, or height × width.")
    stride: int = Field(1, ge=1, le=16, title="Stride", description="Step between windows, in pixels.")
    padding: Padding = Field(
        "same", title="Padding", description="Same: as much as keeps the size; valid: none; or a number of pixels."
    )
    dilation: int = Field(1, ge=1, le=16, title="Dilation", description="Distance of the pixels that a filter sees.")
    groups: Groups = Field(1, title="Groups", description="Parts that channels and filters are split into, unmixed.")
    padding_mode: PaddingMode = Field("zeros", title="Padding with", description="What the padding is filled with.")
    activation: Activation = Field("none", title="Activation", description="What each sum goes through.")
    bias: bool = Field(True, title="Bias", description="Adds a learned number for each filter.")

    @property
    def heading(self) -> str:
        return f"Conv {written(self.kernel)}" + (f" dil. {self.dilation}" if self.dilation > 1 else "")

    @property
    def summary(self) -> str:
        return filters_in_summary(self.filters, self.stride, self.groups, self.activation)

    def shape(self, image: Shape) -> Shape:
        need_image("Conv 2D", image)
        need_groups("Conv 2D", image.channels, self.filters, self.groups)
        way = self._way(image)
        need_room_to_reflect("Conv 2D", image.dims[1:], way, self.padding_mode)
        return slide("Conv 2D", image, self.filters, way, self._smaller(image))

    def parameters(self, *inputs: Shape) -> int:
        return (self._weights(inputs[0]) + self.bias) * self.filters

    def multiply_adds(self, *inputs: Shape) -> int:
        return self.shape(*inputs).size * self._weights(inputs[0])

    def window(self, *inputs: Shape) -> Window:
        return self._way(inputs[0]).window

    def torch(self, *inputs: Shape) -> Call:
        way = self._way(inputs[0])
        padding = torch_padding(way, self.padding)
        name = "padded_conv2d" if padding is None else "nn.Conv2d"
        settings = {"stride": self.stride} | (padding or {"around": way.flat})
        settings |= beyond_default(self.dilation, self.groups, self.padding_mode) | {"bias": self.bias}
        made = call(name, inputs[0].channels, self.filters, self.kernel, **settings)
        return activated(made, self.activation)

    def _way(self, image: Shape) -> Slide:
        return slid(image.dims[-2:], self.kernel, self.stride, self.padding, self.dilation)

    def _weights(self, image: Shape) -> int:
        """Of one filter."""
        height, width = pair(self.kernel)
        return image.channels // self.groups * height * width

    def _smaller(self, image: Shape) -> tuple[Repair, ...]:
        side = min(image.height, image.width, *pair(self.kernel))
        smaller = Repair(f"Set window to {side}×{side}", "set", settings=(("kernel", side),))
        return (Repair("Set padding to same", "set", settings=(("padding", "same"),)), *([smaller] if side else []))


class ConvTranspose2d(
    Weighted,
    title="Transposed conv 2D",
    family="convolution",
    stem="deconv",
    keywords=("deconvolution", "upsampling", "fractionally strided"),
):
    """Makes an image larger by learned patterns: each pixel paints its filter into the output, stride pixels
    apart, and where they overlap they add. It is the backward pass of a convolution. Autoencoders and
    segmentation networks end with it.

    Formula: y(k, s·i + d·u − p, s·j + d·v − p) = activation(bₖ + Σ w(c, k, u, v) · x(c, i, j)).
    Shapes: (C, H, W) -> (filters, H', W') with H' = (H − 1)·s − 2p + d(k − 1) + 1 + output padding.
    Source: Zeiler et al. 2010; Dumoulin and Visin 2016, relationship 14.
    """

    each_frame: ClassVar[bool] = True
    weighs: ClassVar[bool] = True

    filters: int = Field(16, ge=1, le=65_536, title="Filters", description="Patterns painted: output channels.")
    kernel: Sides = Field(2, title="Window", description="Side of the square filter in pixels, or height × width.")
    stride: int = Field(2, ge=1, le=16, title="Stride", description="How many times larger the image gets.")
    padding: int = Field(0, ge=0, le=64, title="Padding", description="Pixels cut off all around.")
    output_padding: int = Field(0, ge=0, le=15, title="Output padding", description="Pixels added at bottom and right.")
    dilation: int = Field(1, ge=1, le=16, title="Dilation", description="Distance of the pixels that a filter paints.")
    groups: Groups = Field(1, title="Groups", description="Parts that channels and filters are split into, unmixed.")
    activation: Activation = Field("none", title="Activation", description="What each sum goes through.")
    bias: bool = Field(True, title="Bias", description="Adds a learned number for each filter.")

    @property
    def heading(self) -> str:
        return f"Deconv {written(self.kernel)}"

    @property
    def summary(self) -> str:
        return filters_in_summary(self.filters, self.stride, self.groups, self.activation)

    def shape(self, image: Shape) -> Shape:
        need_image("Transposed conv 2D", image)
        need_groups("Transposed conv 2D", image.channels, self.filters, self.groups)
        most = max(self.stride, self.dilation) - 1
        if self.output_padding > most:
            raise ShapeProblem(
                f"Transposed conv 2D has output padding {self.output_padding}, which must be smaller than its stride "
                f"or dilation of {most + 1}. Use at most {most}.",
                (Repair(f"Set output padding to {most}", "set", settings=(("output_padding", most),)),),
            )
        height, width = (self._side(*both) for both in zip(image.dims[1:], pair(self.kernel), strict=True))
        if min(height, width) < 1:
            raise ShapeProblem(
                f"Transposed conv 2D cuts {self.padding} pixels off all around, and nothing is left of "
                f"{height + 2 * self.padding}×{width + 2 * self.padding}. Use less padding.",
                (Repair("Set padding to 0", "set", settings=(("padding", 0),)),),
            )
        return Shape((self.filters, height, width))

    def _side(self, side: int, kernel: int) -> int:
        return (side - 1) * self.stride - 2 * self.padding + self.dilation * (kernel - 1) + 1 + self.output_padding

    def _weights(self, image: Shape) -> int:
        height, width = pair(self.kernel)
        return image.channels * (self.filters // self.groups) * height * width

    def parameters(self, *inputs: Shape) -> int:
        return self._weights(inputs[0]) + self.bias * self.filters

    def multiply_adds(self, *inputs: Shape) -> int:
        return self._weights(inputs[0]) * inputs[0].height * inputs[0].width

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *inputs: Shape) -> Call:
        more = {"output_padding": self.output_padding} | beyond_default(self.dilation, self.groups, "zeros")
        made = call(
            "nn.ConvTranspose2d",
            inputs[0].channels,
            self.filters,
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            **more,
            bias=self.bias,
        )
        return activated(made, self.activation)


class Upsample(Layer, title="Upsample", family="convolution", stem="up", keywords=("enlarge", "resize", "unpool")):
    """Makes an image larger without weights: repeats each pixel (nearest), or draws straight lines between
    pixels (bilinear). A convolution behind it gives smoother images than a transposed convolution does.

    Formula: nearest y(i, j) = x(i // f, j // f); bilinear: the four nearest pixel centres, weighed by distance.
    Shapes: (C, H, W) -> (C, f·H, f·W).
    Source: Odena, Dumoulin and Olah 2016, doi:10.23915/distill.00003.
    """

    each_frame: ClassVar[bool] = True

    factor: int = Field(2, ge=1, le=16, title="Factor", description="How many times larger both sides get.")
    mode: Literal["nearest", "bilinear"] = Field(
        "nearest", title="Between pixels", description="Repeat the nearest pixel, or draw straight lines between them."
    )

    @property
    def heading(self) -> str:
        return f"Upsample ×{self.factor}"

    @property
    def summary(self) -> str:
        return self.mode

    def shape(self, image: Shape) -> Shape:
        need_image("Upsample", image)
        return Shape((image.channels, image.height * self.factor, image.width * self.factor))

    def window(self, *_inputs: Shape) -> Window | None:
        return None

    def torch(self, *_inputs: Shape) -> Call:
        return call("nn.Upsample", scale_factor=self.factor, mode=self.mode)


def need_groups(name: str, channels: int, filters: int, groups: int) -> None:
    """Raise ShapeProblem unless channels and filters split evenly into the groups."""
    if channels % groups == 0 and filters % groups == 0:
        return
    common = gcd(channels, filters)
    most = max(part for part in range(1, min(common, groups) + 1) if common % part == 0)
    repairs = [Repair(f"Set groups to {most}", "set", settings=(("groups", most),))]
    if channels % groups == 0:
        whole = -(-filters // groups) * groups
        repairs.append(Repair(f"Set filters to {whole}", "set", settings=(("filters", whole),)))
    raise ShapeProblem(
        f"{name} splits its input into {groups:,} groups, which must divide both its {channels:,} input channels "
        f"and its {filters:,} filters. Use {most:,} groups, or other numbers of channels.",
        tuple(repairs),
    )


def filters_in_summary(filters: int, stride: int, groups: int, activation: Activation) -> str:
    """A convolution's line of settings on its card: as many as fit."""
    parts = [f"{filters} filter{'s' if filters > 1 else ''}"]
    parts += [f"stride {stride}"] if stride > 1 else []
    parts += [f"{groups} groups"] if groups > 1 else []
    while len(line := in_summary(" · ".join(parts), activation)) > 40:
        parts.pop()
    return line


def torch_padding(way: Slide, padding: str | int) -> dict[str, Any] | None:
    """What torch's own convolution is told about such padding; None where it cannot do it.

    torch itself pads both ends alike, or keeps the size; anything else is padded first by modules of our own.
    """
    if padding == "same" and way.stride == 1:
        return {"padding": "same"}
    if not way.is_even:
        return None
    before = way.before
    return {"padding": before[0] if len(set(before)) == 1 else before}


def beyond_default(dilation: int, groups: int, padding_mode: PaddingMode) -> dict[str, Any]:
    """A convolution's rarer arguments, where they are not what torch takes anyway."""
    settings = {"dilation": (dilation, 1), "groups": (groups, 1), "padding_mode": (padding_mode, "zeros")}
    return {name: value for name, (value, usual) in settings.items() if value != usual}

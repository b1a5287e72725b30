"""Layers that slide over the steps of a sequence. Knows no graph and no torch. Those for images are in image.py."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from playground.layers.activation import Activation, activated
from playground.layers.image import beyond_default, filters_in_summary, need_groups, torch_padding
from playground.layers.layer import Call, Layer, Weighted, call
from playground.layers.shape import Repair, Shape, Window
from playground.layers.slide import (
    Slide,
    need_half_a_window,
    need_room_to_reflect,
    need_sequence,
    slid,
    slide_steps,
)
from playground.layers.window import Groups, Padding, PaddingMode


class Conv1d(
    Weighted, title="Conv 1D", family="convolution", stem="conv", keywords=("temporal convolution", "filter", "TCN")
):
    """Slides small filters over the steps of a sequence; each answers when its pattern is heard. The same few
    weights serve every moment. It sees a fixed number of steps, where a recurrent layer remembers.

    Formula: yₖ(t) = activation(bₖ + Σ wₖ(c, u) · x(c, s·t + d·u − p)).
    Shapes: (steps, n) -> (steps', filters) with steps' = (steps + 2p − d(k − 1) − 1) // s + 1.
    Source: Waibel et al. 1989; Dumoulin and Visin 2016.
    """

    weighs: ClassVar[bool] = True

    filters: int = Field(16, ge=1, le=65_536, title="Filters", description="Patterns looked for: features given.")
    kernel: int = Field(3, ge=1, le=512, title="Window", description="Length of the filter, in steps.")
    stride: int = Field(1, ge=1, le=64, title="Stride", description="Step between windows.")
    padding: Padding = Field(
        "same", title="Padding", description="Same: as much as keeps the length; valid: none; or a number of steps."
    )
    dilation: int = Field(1, ge=1, le=512, title="Dilation", description="Distance of the steps that a filter sees.")
    groups: Groups = Field(1, title="Groups", description="Parts that features and filters are split into, unmixed.")
    padding_mode: PaddingMode = Field("zeros", title="Padding with", description="What the padding is filled with.")
    activation: Activation = Field("none", title="Activation", description="What each sum goes through.")
    bias: bool = Field(True, title="Bias", description="Adds a learned number for each filter.")

    @property
    def heading(self) -> str:
        return f"Conv1d {self.kernel}" + (f" dil. {self.dilation}" if self.dilation > 1 else "")

    @property
    def summary(self) -> str:
        return filters_in_summary(self.filters, self.stride, self.groups, self.activation)

    def shape(self, steps: Shape) -> Shape:
        need_sequence("Conv 1D", steps)
        need_groups("Conv 1D", steps.channels, self.filters, self.groups)
        way = self.slide(steps.steps)
        need_room_to_reflect("Conv 1D", steps.dims[:1], way, self.padding_mode)
        same = Repair("Set padding to same", "set", settings=(("padding", "same"),))
        return slide_steps("Conv 1D", steps, self.filters, way, (same, *_shorter(steps, self.kernel)))

    def slide(self, steps: int) -> Slide:
        """How its window moves over so many steps."""
        return slid((steps,), self.kernel, self.stride, self.padding, self.dilation)

    def _weights(self, steps: Shape) -> int:
        return steps.channels // self.groups * self.kernel

    def parameters(self, *inputs: Shape) -> int:
        return (self._weights(inputs[0]) + self.bias) * self.filters

    def multiply_adds(self, *inputs: Shape) -> int:
        return self.shape(*inputs).size * self._weights(inputs[0])

    def window(self, *inputs: Shape) -> Window:
        return _window(self.slide(inputs[0].steps))

    def torch(self, *inputs: Shape) -> Call:
        way = self.slide(inputs[0].steps)
        settings = {"stride": self.stride} | (torch_padding(way, self.padding) or {"around": way.flat})
        settings |= beyond_default(self.dilation, self.groups, self.padding_mode) | {"bias": self.bias}
        made = call("steps_conv1d", inputs[0].channels, self.filters, self.kernel, **settings)
        return activated(made, self.activation)


class Pool1d(Layer):
    """What the poolings of sequences share."""

    short: ClassVar[str] = ""

    kernel: int = Field(2, ge=1, le=1024, title="Window", description="Length of the window, in steps.")
    stride: int = Field(2, ge=1, le=1024, title="Stride", description="Step between windows.")
    ceil_mode: bool = Field(False, title="Round up", description="A last window that only partly fits counts too.")
    padding: Padding = Field(
        "valid", title="Padding", description="Valid: none; same: as much as keeps the length; or a number of steps."
    )

    @property
    def heading(self) -> str:
        return f"{self.short} pool {self.kernel}"

    @property
    def summary(self) -> str:
        return f"stride {self.stride}"

    def shape(self, steps: Shape) -> Shape:
        need_sequence(self.type_title, steps)
        need_half_a_window(self.type_title, (self.kernel,), self.padding)
        remove = Repair(f"Remove {self.type_title.lower()}", "remove")
        repairs = (*_shorter(steps, self.kernel), remove)
        return slide_steps(self.type_title, steps, steps.channels, self.slide(steps.steps), repairs)

    def window(self, *inputs: Shape) -> Window:
        return _window(self.slide(inputs[0].steps))

    def slide(self, steps: int) -> Slide:
        """How its window moves over so many steps."""
        return slid((steps,), self.kernel, self.stride, self.padding, is_rounded_up=self.ceil_mode)

    def _settings(self, steps: Shape) -> dict[str, Any]:
        way = self.slide(steps.steps)
        padding = {"padding": way.before[0]} if way.is_even else {"around": way.flat}
        return {"stride": self.stride, **padding, "ceil_mode": self.ceil_mode}


class MaxPool1d(Pool1d, title="Max pooling 1D", family="pooling", stem="pool", keywords=("maximum", "downsample")):
    """Keeps the largest value of each window of steps: the sequence gets shorter, and small shifts in time
    matter less. It has nothing to learn; padding never wins.

    Formula: the maximum over k steps, for each feature.
    Shapes: (steps, n) -> (steps', n) with steps' = (steps + 2p − k) // s + 1, or rounded up.
    Source: Goodfellow, Bengio and Courville 2016, section 9.3.
    """

    short: ClassVar[str] = "Max"

    def torch(self, *inputs: Shape) -> Call:
        return call("steps_max_pool1d", self.kernel, **self._settings(inputs[0]))


class AvgPool1d(Pool1d, title="Average pooling 1D", family="pooling", stem="pool", keywords=("mean", "smooth")):
    """Keeps the mean of each window of steps: the sequence gets shorter and smoother. It has nothing to learn.

    Formula: the mean over k steps, for each feature: of the steps in it, or with zeros for the padding.
    Shapes: (steps, n) -> (steps', n) with steps' = (steps + 2p − k) // s + 1, or rounded up.
    Source: Goodfellow, Bengio and Courville 2016, section 9.3.
    """

    short: ClassVar[str] = "Avg"

    count_include_pad: bool = Field(
        False, title="Padding counts", description="On: the padding's zeros are part of the mean. Off: steps only."
    )

    def torch(self, *inputs: Shape) -> Call:
        settings = self._settings(inputs[0])
        return call("steps_avg_pool1d", self.kernel, **settings, count_include_pad=self.count_include_pad)


def _window(way: Slide) -> Window:
    return Window((way.kernel[0], 1), (way.stride, 1), (way.before[0], 0))


def _shorter(steps: Shape, kernel: int) -> tuple[Repair, ...]:
    length = min(steps.steps, kernel)
    return (Repair(f"Set window to {length}", "set", settings=(("kernel", length),)),) if length else ()

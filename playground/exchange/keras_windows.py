"""Keras' convolutions, poolings and what else moves a window over an image or a sequence. See keras_layers.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.exchange.keras_making import Making, Value, whole
from playground.exchange.made import Unsayable
from playground.layers.window import Padding


def conv(kind: str) -> Callable[[Making], Value]:
    """Conv1D and Conv2D."""

    def row(making: Making) -> Value:
        settings = _window(making, kind, "kernel_size") | {"groups": making.get("groups", 1)}
        settings["dilation"] = making.side("dilation_rate")
        return making.activated(kind, [making.only()], filters=making.get("filters"), bias=_bias(making), **settings)

    return row


def depthwise(making: Making) -> Value:
    """As many groups as there are channels."""
    return making.activated("Conv2d", [making.only()], bias=_bias(making), **_by_channel(making))


def separable(making: Making) -> Value:
    """Each channel by itself, then all of them at each pixel."""
    first = making.add("Conv2d", [making.only()], bias=False, **_by_channel(making))
    settings = {"kernel": 1, "padding": "valid", "bias": _bias(making)}
    return making.activated("Conv2d", [first], filters=making.get("filters"), **settings)


def transposed(making: Making) -> Value:
    """Same means a side as often as large as the stride says."""
    making.need_channels_last()
    kernel, stride, given = making.sides("kernel_size"), making.side("strides"), dict[str, Any]()
    if making.get("padding", "valid") == "same":
        over = [side - stride for side in kernel]
        if min(over) < 0 or over[0] != over[1]:
            raise Unsayable("its window is smaller than its stride, or not square")
        given = {"padding": (over[0] + 1) // 2, "output_padding": over[0] % 2}
        if over[0] % 2:
            making.tell(f"{making.use.name[:60]} paints one pixel further up and left than Keras' does.")
    elif making.get("output_padding") is not None or min(kernel) < stride:
        raise Unsayable("it pads what it gives in a way of its own")
    if making.side("dilation_rate") != 1:
        raise Unsayable("its filters have gaps")
    settings = {"kernel": kernel, "stride": stride, "filters": making.get("filters"), "bias": _bias(making)}
    return making.activated("ConvTranspose2d", [making.only()], **settings, **given)


def pool(kind: str) -> Callable[[Making], Value]:
    """The stride is the window's side where none is said."""

    def row(making: Making) -> Value:
        return making.add(kind, [making.only()], **_window(making, kind, "pool_size"))

    return row


def overall(kind: str) -> Callable[[Making], Value]:
    """Over all pixels or steps."""

    def row(making: Making) -> Value:
        making.need_channels_last()
        if making.get("keepdims"):
            raise Unsayable("it keeps sides of length 1")
        return making.add(kind, [making.only()])

    return row


def upsample(making: Making) -> Value:
    """By a whole factor."""
    making.need_channels_last()
    mode = making.get("interpolation", "nearest")
    return making.add("Upsample", [making.only()], factor=making.side("size", 2), mode=mode)


def zero_pad(making: Making) -> Value:
    """In pixels on each side."""
    (top, bottom), (left, right) = _borders(making, "padding")
    return making.add("ZeroPad2d", [making.only()], top=top, bottom=bottom, left=left, right=right)


def crop(making: Making) -> Value:
    """In pixels off each side."""
    (top, bottom), (left, right) = _borders(making, "cropping")
    value = making.only()
    if not (value.shape.is_image or value.shape.is_film):
        raise Unsayable("it needs an image")
    sides = {"height": value.shape.height - top - bottom, "width": value.shape.width - left - right}
    return making.add("Crop", [value], top=top, left=left, **sides)


def _window(making: Making, kind: str, size: str) -> dict[str, Any]:
    """Window, stride and padding, as both kinds of layers have them."""
    making.need_channels_last()
    kernel: Any = making.sides(size, 2) if kind.endswith("2d") else making.side(size, 2)
    if size == "kernel_size" or making.get("strides") is not None:
        stride = making.side("strides")
    else:
        stride = making.side(size, 2)
    return {"kernel": kernel, "stride": stride, "padding": _padding(making, stride)}


def _padding(making: Making, stride: int) -> Padding:
    said = making.get("padding", "valid")
    if said == "valid":
        return "valid"
    if said != "same":
        raise Unsayable(f"its padding is {str(said)[:20]}")
    is_conv = "filters" in making.use.settings
    return "same" if stride == 1 and is_conv else "tf_same"


def _by_channel(making: Making) -> dict[str, Any]:
    channels = making.only().shape.channels
    if making.side("dilation_rate") != 1:
        raise Unsayable("its filters have gaps")
    filters = channels * whole(making.get("depth_multiplier", 1))
    return _window(making, "Conv2d", "kernel_size") | {"filters": filters, "groups": channels}


def _bias(making: Making) -> Any:
    return making.get("use_bias", True)


def _borders(making: Making, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
    making.need_channels_last()
    pairs = making.listed(name)
    if len(pairs) != 2 or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise Unsayable(f"its {name} is no pair of pairs")
    (top, bottom), (left, right) = pairs
    return (whole(top), whole(bottom)), (whole(left), whole(right))


WINDOWS = {
    "Conv1D": conv("Conv1d"), "Conv2D": conv("Conv2d"), "Convolution2D": conv("Conv2d"),
    "DepthwiseConv2D": depthwise, "SeparableConv2D": separable, "Conv2DTranspose": transposed,
    "MaxPooling1D": pool("MaxPool1d"), "MaxPooling2D": pool("MaxPool2d"), "AveragePooling1D": pool("AvgPool1d"),
    "AveragePooling2D": pool("AvgPool2d"), "GlobalAveragePooling1D": overall("GlobalAvgPool2d"),
    "GlobalAveragePooling2D": overall("GlobalAvgPool2d"), "GlobalMaxPooling1D": overall("GlobalMaxPool"),
    "GlobalMaxPooling2D": overall("GlobalMaxPool"), "UpSampling2D": upsample, "ZeroPadding2D": zero_pad,
    "Cropping2D": crop,
}  # fmt: skip

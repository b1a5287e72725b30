"""Which layer an ONNX operator is: what slides over images and sequences, and what normalises. A row an operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from playground.exchange.made import Unsayable
from playground.exchange.onnx_operators import Rule, number
from playground.exchange.onnx_reading import Array
from playground.exchange.onnx_values import Making, Value
from playground.layers.window import around


def _single(name: str, values: tuple[int, ...]) -> int:
    if len(set(values)) > 1:
        raise Unsayable(f"it has {name} that differs by side: {values}")
    return int(values[0]) if values else 1


def features_first(making: Making, value: Value) -> Value:
    """An image, or a sequence with its features in front of its steps."""
    if value.shape.is_image:
        return making.natural(value)
    if not value.shape.is_sequence:
        raise Unsayable("it slides over something that is neither an image nor a sequence")
    if value.sides == (0, 2, 1):
        return value
    turned = making.add("Permute", [making.natural(value)], order=(2, 1))
    return replace(turned, sides=(0, 2, 1))


def _slid(making: Making, kind: str, value: Value, made: Callable[[str, Value], Value]) -> Value:
    """The layer for images or for sequences, whose sides stay turned."""
    if value.shape.is_image:
        return made(f"{kind}2d", value)
    return replace(made(f"{kind}1d", making.untwisted(value)), sides=(0, 2, 1))


def _spatial(value: Value) -> tuple[int, ...]:
    return value.shape.dims[1:] if value.shape.is_image else value.shape.dims[:1]


def _padding(
    making: Making, sides: tuple[int, ...], reach: tuple[int, ...], stride: int
) -> int | str | tuple[int, ...]:
    """A number, "tf_same" or "same", or all of ONNX's pads where no setting says them. reach: the window, dilated."""
    pads, auto = making.attribute("pads", (0,) * 2 * len(sides)), making.attribute("auto_pad", "NOTSET")
    if auto == "VALID":
        return 0
    if auto.startswith("SAME"):
        edges = [around(side, far, stride, "tf_same") for side, far in zip(sides, reach, strict=True)]
        if auto == "SAME_LOWER" and any(before != behind for before, behind in edges):
            raise Unsayable("it pads more in front than behind, which nothing but ONNX does")
        return "tf_same"
    if any(pad < 0 for pad in pads):
        raise Unsayable("it cuts the borders off")
    if len(set(pads)) == 1:
        return int(pads[0])
    half = len(pads) // 2
    both = tuple(zip(pads[:half], pads[half:], strict=True))
    for name in ("same", "tf_same"):
        if both == tuple(around(side, far, stride, name) for side, far in zip(sides, reach, strict=True)):
            return name
    return tuple(pads)


def _window(making: Making, value: Value, kernel: tuple[int, ...]) -> dict[str, Any]:
    stride = _single("a stride", making.attribute("strides", (1,)))
    dilation = _single("a dilation", making.attribute("dilations", (1,)))
    reach = tuple((side - 1) * dilation + 1 for side in kernel)
    padding = _padding(making, _spatial(value), reach, stride)
    settings = {"kernel": kernel if len(kernel) == 2 else kernel[0], "stride": stride, "padding": padding}
    return settings | ({"dilation": dilation} if dilation > 1 else {})


def _padded(making: Making, value: Value, settings: dict[str, Any]) -> Value:
    """Padding that no setting says becomes a layer before it."""
    if not isinstance(settings["padding"], tuple):
        return value
    if not value.shape.is_image:
        raise Unsayable("it pads both ends of a sequence by different numbers")
    top, left, bottom, right = settings["padding"]
    settings["padding"] = 0
    return making.add("ZeroPad2d", [value], top=top, left=left, bottom=bottom, right=right)


def _weights(weight: Array | None, bias: Array | None) -> dict[str, Array]:
    return {name: array for name, array in (("weight", weight), ("bias", bias)) if array is not None}


def _conv(making: Making) -> Value:
    weight, bias = making.const(1), making.const(2)
    value = features_first(making, making.data())
    if weight is None or weight.ndim != len(value.sides):
        raise Unsayable("its filters do not fit what arrives")
    settings = _window(making, value, weight.shape[2:]) | {"groups": making.attribute("group", 1)}
    value = _padded(making, value, settings)
    if weight.shape[1] * settings["groups"] != value.shape.channels:
        raise Unsayable("its filters do not fit what arrives")
    return _slid(
        making, "Conv", value,
        lambda kind, given: making.add(
            kind, [given], _weights(weight, bias), making.node.inputs[1:], filters=weight.shape[0],
            bias=bias is not None, **settings,
        ),
    )  # fmt: skip


def _conv_transpose(making: Making) -> Value:
    weight, bias, value = making.const(1), making.const(2), making.natural(making.data())
    if weight is None or weight.ndim != 4 or not value.shape.is_image:
        raise Unsayable("it is not for images")
    if making.attribute("auto_pad", "NOTSET") != "NOTSET" or making.attribute("output_shape"):
        raise Unsayable("it finds its padding by itself")
    groups = making.attribute("group", 1)
    settings = _window(making, value, weight.shape[2:]) | {"groups": groups}
    if not isinstance(settings["padding"], int):
        raise Unsayable("it cuts each border by another number")
    more = _single("an output padding", making.attribute("output_padding", (0,)))
    return making.add(
        "ConvTranspose2d", [value], _weights(weight, bias), making.node.inputs[1:], filters=weight.shape[1] * groups,
        bias=bias is not None, output_padding=more, **settings,
    )  # fmt: skip


def _pool(kind: str) -> Rule:
    def rule(making: Making) -> Value:
        value = features_first(making, making.data())
        kernel = tuple(making.attribute("kernel_shape", ()))
        if len(kernel) != len(_spatial(value)) or making.reads_more():
            raise Unsayable("it tells where it found the largest, or slides over other sides")
        settings = _window(making, value, kernel)
        if settings.pop("dilation", 1) != 1:
            raise Unsayable("its windows have gaps, which a pooling's have not")
        settings["ceil_mode"] = bool(making.attribute("ceil_mode", 0))
        if kind == "Avg":
            settings["count_include_pad"] = bool(making.attribute("count_include_pad", 0))
        padding = settings["padding"]
        if isinstance(padding, tuple) and kind == "Max":
            raise Unsayable("it pads each border by another number")
        if isinstance(padding, tuple) and not settings["count_include_pad"]:
            raise Unsayable("it pads each border by another number")
        value = _padded(making, value, settings)
        return _slid(making, f"{kind}Pool", value, lambda name, given: making.add(name, [given], **settings))

    return rule


def _global_pool(kind: str) -> Rule:
    def rule(making: Making) -> Value:
        value = making.data()
        if value.shape.is_image:
            return making.add(f"Adaptive{kind}Pool2d", [making.natural(value)], size=1)
        value = features_first(making, value)
        name = "GlobalAvgPool2d" if kind == "Avg" else "GlobalMaxPool"
        pooled = making.add(name, [making.untwisted(value)])
        return making.add("Reshape", [pooled], dims=(pooled.shape.size, 1))

    return rule


def _batch_norm(making: Making) -> Value:
    if making.attribute("training_mode", 0):
        raise Unsayable("it was saved for training")
    value = making.data()
    if value.shape.is_sequence:
        value = features_first(making, value)
    names = ("weight", "bias", "running_mean", "running_var")
    weights = {name: array for at, name in enumerate(names, 1) if (array := making.const(at)) is not None}
    if len(value.sides) < 2 or value.side(1) != value.shape.channel_dim:
        raise Unsayable("it normalises other sides than channels")
    epsilon = float(making.attribute("epsilon", 1e-5))
    made = making.add("BatchNorm", [making.untwisted(value)], weights, making.node.inputs[1:], epsilon=epsilon)
    return replace(made, sides=value.sides)


def _layer_norm(making: Making) -> Value:
    value = making.natural(making.data())
    axis = making.attribute("axis", -1) % len(value.sides)
    first = 2 if value.shape.is_sequence else 1
    if axis != first or making.reads_more():
        raise Unsayable("it normalises other sides than a layer does")
    together = value.shape.dims[axis - 1 :]
    scale, shift = making.const(1), making.const(2)
    assert scale is not None
    shift = np.zeros(together, scale.dtype) if shift is None else shift
    if prod(together) != scale.size or scale.size != shift.size:
        raise Unsayable("its numbers do not fit what arrives")
    weights = {"weight": scale.reshape(together), "bias": shift.reshape(together)}
    epsilon = float(making.attribute("epsilon", 1e-5))
    return making.add("LayerNorm", [value], weights, making.node.inputs[1:], epsilon=epsilon)


def _group_norm(making: Making) -> Value:
    value, scale, shift = making.natural(making.data()), making.const(1), making.const(2)
    assert scale is not None
    assert shift is not None
    groups, channels = making.attribute("num_groups", 1), value.shape.channels
    if scale.size == groups != channels and channels % groups == 0:  # opset 18: a number a group
        scale, shift = (np.repeat(each, channels // groups) for each in (scale, shift))
    if scale.size != channels:
        raise Unsayable("its numbers do not fit what arrives")
    epsilon = float(making.attribute("epsilon", 1e-5))
    settings: dict[str, Any] = {"groups": groups, "epsilon": epsilon}
    return making.add("GroupNorm", [value], _weights(scale, shift), making.node.inputs[1:], **settings)


def _instance_norm(making: Making) -> Value:
    value, weights = making.natural(making.data()), _weights(making.const(1), making.const(2))
    epsilon = float(making.attribute("epsilon", 1e-5))
    return making.add("InstanceNorm2d", [value], weights, making.node.inputs[1:], affine=True, epsilon=epsilon)


def _lrn(making: Making) -> Value:
    size = making.attribute("size", 1)
    if size % 2 == 0:
        raise Unsayable("it looks at an even number of channels, where torch looks one further back")
    settings: dict[str, Any] = {name: float(making.attribute(theirs, usual)) for name, theirs, usual in LRN}
    return making.add("LocalResponseNorm", [making.natural(making.data())], size=size, **settings)


LRN = (("alpha", "alpha", 1e-4), ("beta", "beta", 0.75), ("k", "bias", 1.0))


def _pad(making: Making) -> Value:
    value = making.natural(making.data())
    pads, axes = making.numbers("pads", 1), making.numbers("axes", 3)
    filling = making.attribute("value", 0.0) if making.model.opset < 11 else number(making.const(2), 0.0)
    mode = making.attribute("mode", "constant")
    if pads is None or not value.shape.is_image or mode == "wrap" or (mode == "constant" and filling != 0):
        raise Unsayable("it pads with something that no layer pads with")
    half = len(pads) // 2
    names = range(len(value.sides)) if axes is None else [axis % len(value.sides) for axis in axes]
    added = {side: (int(pads[at]), int(pads[half + at])) for at, side in enumerate(names)}
    channels = added.pop(1, (0, 0))
    if added.pop(0, (0, 0)) != (0, 0) or any(pad < 0 for both in (*added.values(), channels) for pad in both):
        raise Unsayable("it adds examples, or cuts")
    (top, bottom), (left, right) = added.get(2, (0, 0)), added.get(3, (0, 0))
    kinds = {"constant": "zeros", "reflect": "reflect", "edge": "replicate"}
    if any(channels):
        more = sum(channels)
        if (
            (top, bottom, left, right) != (0, 0, 0, 0)
            or channels != (more // 2, more - more // 2)
            or mode != "constant"
        ):
            raise Unsayable("it pads channels unevenly")
        before, name = making.made[value.source], making.name(0)
        if before.layer.type == "PadChannels" and before.output == name and making.used_once(name):
            before.layer, before.output = (
                before.layer.with_settings(channels=value.shape.channels + more),
                making.node.outputs[0],
            )
            return replace(value, shape=value.shape.with_channels(value.shape.channels + more))
        return making.add("PadChannels", [value], channels=value.shape.channels + more)
    return making.add("ZeroPad2d", [value], top=top, bottom=bottom, left=left, right=right, mode=kinds[mode])


def _resize(making: Making) -> Value:
    """Upsample up to opset 9, Resize from 10 on."""
    value = making.natural(making.data())
    at = 1 if making.node.op == "Upsample" or making.model.opset == 10 else 2
    scales = making.attribute("scales") or making.const(at)
    if scales is None or not value.shape.is_image or making.name(3):
        raise Unsayable("it makes an image of a certain size, and not so many times as large")
    factors = [float(each) for each in np.asarray(scales).ravel()[-2:]]
    mode = {"nearest": "nearest", "linear": "bilinear"}.get(making.attribute("mode", "nearest"), "")
    how = making.attribute("coordinate_transformation_mode", "half_pixel")
    is_plain = making.node.op == "Upsample" and mode == "nearest"
    is_floor = how == "asymmetric" and making.attribute("nearest_mode", "round_prefer_floor") == "floor"
    is_usual = {"nearest": is_plain or is_floor or how == "half_pixel", "bilinear": "half_pixel" in how}.get(
        mode, False
    )
    if not is_usual or factors[0] != factors[1] or factors[0] != int(factors[0]):
        raise Unsayable("it draws between pixels in another way than a layer does")
    return making.add("Upsample", [value], factor=int(factors[0]), mode=mode)


WINDOWS: dict[str, Rule] = {
    "AveragePool": _pool("Avg"),
    "BatchNormalization": _batch_norm,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "GlobalAveragePool": _global_pool("Avg"),
    "GlobalMaxPool": _global_pool("Max"),
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _instance_norm,
    "LRN": _lrn,
    "LayerNormalization": _layer_norm,
    "MaxPool": _pool("Max"),
    "Pad": _pad,
    "Resize": _resize,
    "Upsample": _resize,
}

"""Which layer an ONNX operator is, with which settings, inputs and weights. Knows no torch; test_onnx_node.py runs it.

ONNX counts the batch among an array's sides: where an operator treats all sides alike, the whole array becomes one
example here. Sequences have their features in front of the steps there, and behind them here.
Source: ONNX operator schemas, opsets 9 to 25.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from playground.layers import LAYERS
from playground.layers.layer import Layer
from playground.layers.window import around
from tests.onnx_files import Array, OnnxCase


class Skipped(Exception):
    """An operator with settings that no layer has: which."""


def _as_it_is(array: Array) -> Array:
    return array


@dataclass(frozen=True)
class Matched:
    """A layer and what to feed it."""

    layer: Layer
    inputs: tuple[Array, ...]
    """With the batch in front."""
    wanted: Callable[[Array], Array] = _as_it_is
    """From what ONNX wants to what the layer then gives."""
    weights: Mapping[str, Array] = field(default_factory=dict)
    is_training: bool = False


def layer_for(case: OnnxCase) -> Matched:
    """Raises: Skipped: With the reason, if no layer has these settings."""
    if len(case.nodes) != 1:
        raise Skipped("more than one operator")
    return OPERATORS[case.node.op](case)


def _made(name: str, **settings: Any) -> Layer:
    return LAYERS[name].model_validate(settings)


def _first(case: OnnxCase) -> Array:
    array = case.given(0)
    assert array is not None
    return array.astype(np.float32)


def _with_batch(array: Array) -> Array:
    return array[None]


def _pointwise(name: str, **names: str) -> Callable[[OnnxCase], Matched]:
    """An operator that treats all values alike; names: our settings by ONNX's attributes."""

    def matched(case: OnnxCase) -> Matched:
        known = case.node.attributes
        settings = {ours: known[theirs] for theirs, ours in names.items() if theirs in known}
        return Matched(_made(name, **settings), (_with_batch(_first(case)),), _with_batch)

    return matched


def _hard_sigmoid(case: OnnxCase) -> Matched:
    known = case.node.attributes
    layer = _made("HardSigmoid", slope=known.get("alpha", 0.2), offset=known.get("beta", 0.5))
    return Matched(layer, (_with_batch(_first(case)),), _with_batch)


def _selu(case: OnnxCase) -> Matched:
    if case.node.attributes:
        raise Skipped("SELU's two numbers follow from its derivation: they are no settings")
    return _pointwise("SELU")(case)


def _gelu(case: OnnxCase) -> Matched:
    layer = _made("GELU", approximate=case.node.attributes.get("approximate") == "tanh")
    return Matched(layer, (_with_batch(_first(case)),), _with_batch)


def _leaky_relu(case: OnnxCase) -> Matched:
    layer = _made("LeakyReLU", slope=case.node.attributes.get("alpha", 0.01))
    return Matched(layer, (_with_batch(_first(case)),), _with_batch)


def _clip(case: OnnxCase) -> Matched:
    bounds = [case.given(1), case.given(2)]
    low, high = (float(far if bound is None else bound) for bound, far in zip(bounds, (-1e6, 1e6), strict=True))
    if low >= high:
        raise Skipped("hard tanh wants its bounds in order")
    return Matched(_made("HardTanh", low=low, high=high), (_with_batch(_first(case)),), _with_batch)


def _over_channels(name: str) -> Callable[[OnnxCase], Matched]:
    """Softmax and its logarithm: the axis becomes the units, the features or the channels."""

    def matched(case: OnnxCase) -> Matched:
        x = _first(case)
        axis = case.node.attributes.get("axis", -1) % x.ndim
        if axis == x.ndim - 1:
            return Matched(_made(name), (x,))
        seen = (prod(x.shape[:axis]), x.shape[axis], prod(x.shape[axis + 1 :]), 1)
        return Matched(_made(name), (x.reshape(seen),), lambda wanted: wanted.reshape(seen))

    return matched


def _merge(name: str) -> Callable[[OnnxCase], Matched]:
    def matched(case: OnnxCase) -> Matched:
        first, second = _first(case), case.given(1)
        assert second is not None
        if first.shape != second.shape:
            raise Skipped("merges take inputs of one shape: nothing is broadcast")
        return Matched(_made(name), (_with_batch(first), _with_batch(second)), _with_batch)

    return matched


def _concat(case: OnnxCase) -> Matched:
    arrays = tuple(case.inputs[name] for name in case.node.inputs)
    sides = arrays[0].ndim
    axis = case.node.attributes["axis"] % sides
    if (sides, axis) in ((1, 0), (2, 1), (3, 0)):  # units, features, channels
        return Matched(_made("Concat"), tuple(map(_with_batch, arrays)), _with_batch)
    if axis == sides - 1:
        return Matched(_made("Concat"), arrays)
    raise Skipped("Concat joins channels, features or units: not steps or rows")


def _single(name: str, values: tuple[int, ...]) -> int:
    if len(set(values)) > 1:
        raise Skipped(f"{name} that differs by side: {values}")
    return values[0]


def _window(case: OnnxCase, kernel: tuple[int, ...], has_own_limit: bool = False) -> dict[str, Any]:
    """Settings of a window; has_own_limit: a pooling, which cannot be padded by more than half of it."""
    known, sides = case.node.attributes, _first(case).shape[2:]
    stride = _single("a stride", known.get("strides", (1,)))
    dilation = _single("a dilation", known.get("dilations", (1,)))
    padding: int | str = _single("a padding", known.get("pads", (0,)))
    auto = known.get("auto_pad", "NOTSET")
    if auto.startswith("SAME"):
        padding = "tf_same"
        edges = [around(side, (k - 1) * dilation + 1, stride, padding) for side, k in zip(sides, kernel, strict=True)]
        if auto == "SAME_LOWER" and any(before != behind for before, behind in edges):
            raise Skipped("more padding in front than behind: no framework but ONNX has it")
    elif has_own_limit and isinstance(padding, int) and padding > min(kernel) // 2:
        raise Skipped("padding of more than half a window: some means would be of nothing")
    settings = {"kernel": kernel if len(kernel) == 2 else kernel[0], "stride": stride, "padding": padding}
    return settings | ({"dilation": dilation} if dilation > 1 else {})


def _conv(case: OnnxCase) -> Matched:
    weight, bias = case.given(1), case.given(2)
    assert weight is not None
    settings = _window(case, weight.shape[2:]) | {"groups": case.node.attributes.get("group", 1)}
    layer = _made("Conv2d", filters=weight.shape[0], bias=bias is not None, **settings)
    return Matched(layer, (_first(case),), weights=_weights(weight, bias))


def _conv_transpose(case: OnnxCase) -> Matched:
    weight, known = case.given(1), case.node.attributes
    assert weight is not None
    if weight.ndim != 4:
        raise Skipped("transposed convolutions are for images")
    if known.get("auto_pad", "NOTSET") != "NOTSET":
        raise Skipped("transposed convolutions have no automatic padding")
    groups = known.get("group", 1)
    settings = _window(case, weight.shape[2:]) | {"groups": groups}
    more = _single("an output padding", known.get("output_padding", (0,)))
    layer = _made("ConvTranspose2d", filters=weight.shape[1] * groups, bias=False, output_padding=more, **settings)
    return Matched(layer, (_first(case),), weights=_weights(weight, None))


def _steps_last(array: Array) -> Array:
    """Features in front of steps become features behind them."""
    return array.transpose(0, 2, 1)


def _pool(kind: str) -> Callable[[OnnxCase], Matched]:
    def matched(case: OnnxCase) -> Matched:
        known = case.node.attributes
        settings = _window(case, known["kernel_shape"], has_own_limit=True)
        settings["ceil_mode"] = bool(known.get("ceil_mode", 0))
        if kind == "Avg":
            settings["count_include_pad"] = bool(known.get("count_include_pad", 0))
        x = _first(case)
        if x.ndim == 3:
            return Matched(_made(f"{kind}Pool1d", **settings), (_steps_last(x),), _steps_last)
        return Matched(_made(f"{kind}Pool2d", **settings), (x,))

    return matched


def _global_pool(name: str) -> Callable[[OnnxCase], Matched]:
    return lambda case: Matched(_made(name), (_first(case),), lambda wanted: wanted.reshape(wanted.shape[:2]))


def _weights(weight: Array | None, bias: Array | None) -> dict[str, Array]:
    return {name: array for name, array in (("weight", weight), ("bias", bias)) if array is not None}


def _batch_norm(case: OnnxCase) -> Matched:
    names = ("weight", "bias", "running_mean", "running_var")
    weights = {name: array for index, name in enumerate(names, 1) if (array := case.given(index)) is not None}
    layer = _made("BatchNorm", epsilon=case.node.attributes.get("epsilon", 1e-5))
    training = bool(case.node.attributes.get("training_mode", 0))
    return Matched(layer, (_first(case),), weights=weights, is_training=training)


def _norm(name: str, **fixed: Any) -> Callable[[OnnxCase], Matched]:
    def matched(case: OnnxCase) -> Matched:
        known = case.node.attributes
        settings = fixed | ({"groups": known["num_groups"]} if "num_groups" in known else {})
        layer = _made(name, epsilon=known.get("epsilon", 1e-5), **settings)
        return Matched(layer, (_first(case),), weights=_weights(case.given(1), case.given(2)))

    return matched


def _layer_norm(case: OnnxCase) -> Matched:
    """Whatever is normalised together becomes a vector, the features of a step, or an image."""
    x, known = _first(case), case.node.attributes
    axis = known.get("axis", -1) % x.ndim
    together = x.shape[axis:]
    if len(together) == 1 and axis > 1:
        seen: tuple[int, ...] = (prod(x.shape[: axis - 1]), x.shape[axis - 1], *together)
    elif len(together) == 3:
        seen = (prod(x.shape[:axis]), *together)
    else:
        seen, together = (prod(x.shape[:axis]), prod(together)), (prod(together),)
    arrays = (case.given(1), case.given(2))
    weights = _weights(*(None if array is None else array.reshape(together) for array in arrays))
    layer = _made("LayerNorm", epsilon=known.get("epsilon", 1e-5))
    return Matched(layer, (x.reshape(seen),), lambda wanted: wanted.reshape(seen), weights)


def _lrn(case: OnnxCase) -> Matched:
    known = case.node.attributes
    settings = {"alpha": known.get("alpha", 1e-4), "beta": known.get("beta", 0.75), "k": known.get("bias", 1.0)}
    return Matched(_made("LocalResponseNorm", size=known["size"], **settings), (_first(case),))


def _dropout(case: OnnxCase) -> Matched:
    return Matched(_made("Dropout"), (_with_batch(_first(case)),), _with_batch)


def _gemm(case: OnnxCase) -> Matched:
    known, a, b, c = case.node.attributes, _first(case), case.given(1), case.given(2)
    assert b is not None
    a, weight = (a.T if known.get("transA") else a), (b if known.get("transB") else b.T)
    units = weight.shape[0]
    if c is not None and c.size not in (1, units):
        raise Skipped("a bias for each example")
    bias = None if c is None else np.broadcast_to(c.reshape(-1), (units,)) * np.float32(known.get("beta", 1.0))
    weights = _weights(weight * np.float32(known.get("alpha", 1.0)), bias)
    return Matched(_made("Dense", units=units, bias=bias is not None), (a,), weights=weights)


def _matmul(case: OnnxCase) -> Matched:
    a, b = _first(case), case.given(1)
    assert b is not None
    if a.ndim == b.ndim == 1:
        return Matched(_made("DotProduct"), (a[None], b[None]), lambda wanted: wanted.reshape(1, 1))
    if b.ndim == 2:
        return Matched(_made("Dense", units=b.shape[1], bias=False), (a,), weights={"weight": b.T})
    raise Skipped("a product of matrices that both are data")


def _prelu(case: OnnxCase) -> Matched:
    x, slope = _first(case), case.given(1)
    assert slope is not None
    if slope.ndim > 1:
        raise Skipped("a slope for each value: here there is one a channel, or one")
    return Matched(_made("PReLU"), (x,), weights={"weight": slope})


def _flatten(case: OnnxCase) -> Matched:
    x = _first(case)
    axis = case.node.attributes.get("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    if x.ndim - axis > 3:
        raise Skipped("an example of four sides is a film: each of its images is flattened by itself")
    return Matched(_made("Flatten"), (x.reshape(prod(x.shape[:axis]), *x.shape[axis:]),))


def _reshape(case: OnnxCase) -> Matched:
    x, dims = _first(case), case.wanted().shape
    if not x.size:
        raise Skipped("no values at all")
    if len(dims) <= 4:
        return Matched(_made("Reshape", dims=dims), (_with_batch(x),), _with_batch)
    if len(dims) == 5 and dims[0] == x.shape[0]:
        return Matched(_made("Reshape", dims=dims[1:]), (x,))
    raise Skipped("more sides than a film has")


def _squeeze(case: OnnxCase) -> Matched:
    x, wanted = _first(case), case.wanted()
    if x.shape[0] == wanted.shape[0]:
        return Matched(_made("Squeeze"), (x,))
    return Matched(_made("Squeeze"), (_with_batch(x),), _with_batch)


def _transpose(case: OnnxCase) -> Matched:
    x = _first(case)
    order = case.node.attributes.get("perm", tuple(reversed(range(x.ndim))))
    return Matched(_made("Permute", order=tuple(side + 1 for side in order)), (_with_batch(x),), _with_batch)


def _pad(case: OnnxCase) -> Matched:
    x, pads, value, axes = _first(case), case.given(1), case.given(2), case.given(3)
    assert pads is not None
    if value is not None and float(value) != 0:
        raise Skipped(f"a filling of {float(value):g}: zeros, reflections and edges there are")
    sides = range(4) if axes is None else [int(axis) % 4 for axis in axes]
    half = len(pads) // 2
    added = {side: (int(pads[at]), int(pads[half + at])) for at, side in enumerate(sides)}
    if any(added.get(side, (0, 0)) != (0, 0) for side in (0, 1)):
        raise Skipped("padding of channels")
    (top, bottom), (left, right) = added.get(2, (0, 0)), added.get(3, (0, 0))
    mode = {"constant": "zeros", "reflect": "reflect", "edge": "replicate"}[case.node.attributes["mode"]]
    return Matched(_made("ZeroPad2d", top=top, bottom=bottom, left=left, right=right, mode=mode), (x,))


def _upsample(case: OnnxCase) -> Matched:
    scales = case.given(1)
    assert scales is not None
    factor = _single("a factor", tuple(map(int, scales[2:])))
    return Matched(_made("Upsample", factor=factor, mode=case.node.attributes["mode"]), (_first(case),))


OPERATORS: dict[str, Callable[[OnnxCase], Matched]] = {
    "Add": _merge("Add"),
    "AveragePool": _pool("Avg"),
    "BatchNormalization": _batch_norm,
    "Celu": _pointwise("CELU", alpha="alpha"),
    "Clip": _clip,
    "Concat": _concat,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Dropout": _dropout,
    "Elu": _pointwise("ELU", alpha="alpha"),
    "Flatten": _flatten,
    "Gelu": _gelu,
    "Gemm": _gemm,
    "GlobalAveragePool": _global_pool("GlobalAvgPool2d"),
    "GlobalMaxPool": _global_pool("GlobalMaxPool"),
    "GroupNormalization": _norm("GroupNorm"),
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _pointwise("HardSwish"),
    "InstanceNormalization": _norm("InstanceNorm2d", affine=True),
    "LRN": _lrn,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": _leaky_relu,
    "LogSoftmax": _over_channels("LogSoftmax"),
    "MatMul": _matmul,
    "MaxPool": _pool("Max"),
    "Mish": _pointwise("Mish"),
    "Mul": _merge("Multiply"),
    "PRelu": _prelu,
    "Pad": _pad,
    "Relu": _pointwise("ReLU"),
    "Reshape": _reshape,
    "Selu": _selu,
    "Sigmoid": _pointwise("Sigmoid"),
    "Softmax": _over_channels("Softmax"),
    "Softplus": _pointwise("Softplus"),
    "Squeeze": _squeeze,
    "Sub": _merge("Subtract"),
    "Swish": _pointwise("SiLU"),
    "Tanh": _pointwise("Tanh"),
    "Transpose": _transpose,
    "Unsqueeze": _reshape,
    "Upsample": _upsample,
}
"""How each operator is matched."""

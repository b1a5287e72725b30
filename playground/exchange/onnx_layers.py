"""What each torch call of a layer is in ONNX's operators (opset 17). A row a call, as in layer_code.py.

Recurrent layers are in onnx_recurrent.py, windows in onnx_windows.py, attention in onnx_attention.py.
Source of what operators do: onnx.ai/onnx/operators, opset 17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from math import sqrt
from typing import Any

import numpy as np

from playground.exchange.onnx_sheet import Name, Sheet
from playground.layers.layer import Call
from playground.layers.shape import Shape


@dataclass(frozen=True)
class Place:
    """A layer where it is written: its call, what arrives, and whose weights it uses."""

    sheet: Sheet
    call: Call
    given: tuple[Name, ...]
    """A port after the other; "" for one without an edge."""
    shapes: tuple[Shape, ...]
    """Of what arrives, in that order."""
    owner: str = ""
    """The layer whose weights it uses; empty: its own."""

    @property
    def x(self) -> Name:
        """What arrives first."""
        return self.given[0]

    @property
    def settings(self) -> Mapping[str, Any]:
        return dict(self.call.kwargs)

    def arg(self, at: int, name: str, default: Any = None) -> Any:
        """An argument by its place or its name."""
        return self.call.args[at] if at < len(self.call.args) else self.settings.get(name, default)

    def weight(self, name: str) -> Name:
        return self.sheet.weight(name, self.owner)

    def has(self, name: str) -> bool:
        """Whether the layer has such a weight."""
        return f"{self.owner or self.sheet.layer}.{name}" in self.sheet.weights


Rule = Callable[[Place], Name]


def _plain(type_: str, **attributes: Any) -> Rule:
    return lambda at: at.sheet.op(type_, at.x, **attributes)


def _with_alpha(type_: str, usual: float) -> Rule:
    return lambda at: at.sheet.op(type_, at.x, alpha=float(at.call.args[0] if at.call.args else usual))


def _gelu(at: Place) -> Name:
    s = at.sheet
    if at.settings.get("approximate") == "tanh":
        cube = s.op("Mul", s.op("Mul", at.x, at.x), at.x)
        inner = s.op("Add", at.x, s.op("Mul", cube, s.const(0.044715)))
        bent = s.op("Tanh", s.op("Mul", inner, s.const(sqrt(2 / np.pi))))
    else:
        bent = s.op("Erf", s.op("Mul", at.x, s.const(sqrt(0.5))))
    return s.op("Mul", s.op("Mul", at.x, s.const(0.5)), s.op("Add", bent, s.const(1.0)))


def _silu(at: Place) -> Name:
    return at.sheet.op("Mul", at.x, at.sheet.op("Sigmoid", at.x))


def _mish(at: Place) -> Name:
    return at.sheet.op("Mul", at.x, at.sheet.op("Tanh", at.sheet.op("Softplus", at.x)))


def _softplus(at: Place) -> Name:
    beta = float(at.arg(0, "beta", 1.0))
    if beta == 1.0:
        return at.sheet.op("Softplus", at.x)
    s = at.sheet
    return s.op("Div", s.op("Softplus", s.op("Mul", at.x, s.const(beta))), s.const(beta))


def _hard_sigmoid(at: Place) -> Name:
    slope, offset = at.call.args or (1 / 6, 0.5)
    return at.sheet.op("HardSigmoid", at.x, alpha=float(slope), beta=float(offset))


def _hard_tanh(at: Place) -> Name:
    low, high = at.call.args or (-1.0, 1.0)
    return at.sheet.op("Clip", at.x, at.sheet.const(low), at.sheet.const(high))


def _step(at: Place) -> Name:
    return at.sheet.op("Cast", at.sheet.op("Greater", at.x, at.sheet.const(0.0)), to=1)


def _softmax(type_: str) -> Rule:
    return lambda at: at.sheet.op(type_, at.x, axis=int(at.settings["dim"]))


def _prelu(at: Place) -> Name:
    slopes = at.sheet.value("weight", at.owner)
    if not at.shapes[0].is_image or slopes.size == 1:
        return at.sheet.op("PRelu", at.x, at.weight("weight"))
    return at.sheet.op("PRelu", at.x, _beside_pixels(at, "weight"))


def _beside_pixels(at: Place, name: str) -> Name:
    """A number for each channel, as an image of one pixel."""
    values = at.sheet.value(name, at.owner)
    return at.sheet.weight(name, at.owner, "/pixels", values.reshape(-1, 1, 1))


def _dropout(at: Place) -> Name:
    return at.sheet.op("Dropout", at.x, at.sheet.const(at.call.args[0]))


def _linear(at: Place) -> Name:
    s, has_bias = at.sheet, at.has("bias")
    if at.shapes[0].is_vector:
        return s.op("Gemm", at.x, at.weight("weight"), *([at.weight("bias")] if has_bias else []), transB=1)
    turned = s.weight("weight", at.owner, "/turned", s.value("weight", at.owner).T)
    product = s.op("MatMul", at.x, turned)
    return s.op("Add", product, at.weight("bias")) if has_bias else product


def _batch_norm(at: Place) -> Name:
    own = [at.weight(name) if name in ("weight", "bias") else at.sheet.weight(name) for name in BATCH_NORM]
    return at.sheet.op("BatchNormalization", at.x, *own, epsilon=float(at.settings["eps"]))


BATCH_NORM = ("weight", "bias", "running_mean", "running_var")


def features_first(rule: Rule) -> Rule:
    """For what ONNX does with features in front of the steps."""

    def turned(at: Place) -> Name:
        inner = Place(at.sheet, at.call, (at.sheet.turned(at.x, 0, 2, 1),), at.shapes, at.owner)
        return at.sheet.turned(rule(inner), 0, 2, 1)

    return turned


def _layer_norm(at: Place) -> Name:
    dims = at.call.args[0]
    ones = at.weight("weight") if at.has("weight") else at.sheet.const(np.ones(dims))
    more = (at.weight("bias"),) if at.has("bias") else ()
    return at.sheet.op("LayerNormalization", at.x, ones, *more, axis=-len(dims), epsilon=float(at.settings["eps"]))


def _group_norm(at: Place) -> Name:
    s, (groups, _) = at.sheet, at.call.args
    image = at.shapes[0]
    flat = s.reshaped(at.x, groups, image.size // groups)
    one, none = s.const(np.ones(groups)), s.const(np.zeros(groups))
    even = s.op("InstanceNormalization", flat, one, none, epsilon=float(at.settings["eps"]))
    whole = s.reshaped(even, *image.dims)
    return s.op("Add", s.op("Mul", whole, _beside_pixels(at, "weight")), _beside_pixels(at, "bias"))


def _instance_norm(at: Place) -> Name:
    s, count = at.sheet, at.call.args[0]
    if at.settings["affine"]:
        own = (at.weight("weight"), at.weight("bias"))
    else:
        own = (s.const(np.ones(count)), s.const(np.zeros(count)))
    return s.op("InstanceNormalization", at.x, *own, epsilon=float(at.settings["eps"]))


def _local_response_norm(at: Place) -> Name:
    """ONNX's own for an odd number of channels; of an even one it looks further on, and torch further back."""
    s, size = at.sheet, at.call.args[0]
    alpha, beta, k = (float(at.settings[name]) for name in ("alpha", "beta", "k"))
    if size % 2:
        return s.op("LRN", at.x, size=size, alpha=alpha, beta=beta, bias=k)
    image = at.shapes[0]
    rows = s.reshaped(s.op("Mul", at.x, at.x), 1, image.channels, image.height * image.width)
    means = s.op(
        "AveragePool", rows, kernel_shape=[size, 1], pads=[size // 2, 0, (size - 1) // 2, 0], count_include_pad=1
    )
    divisor = s.op("Add", s.op("Mul", s.reshaped(means, *image.dims), s.const(alpha)), s.const(k))
    return s.op("Div", at.x, s.op("Pow", divisor, s.const(beta)))


def _chain(type_: str) -> Rule:
    return lambda at: reduce(lambda first, second: at.sheet.op(type_, first, second), at.given)


def _several(type_: str) -> Rule:
    return lambda at: at.sheet.op(type_, *at.given)


def _sum(at: Place) -> Name:
    return at.sheet.op("Add" if len(at.given) == 2 else "Sum", *at.given)


def _concat(at: Place) -> Name:
    return at.sheet.op("Concat", *at.given, axis=int(at.settings["dim"]))


def _dot_product(at: Place) -> Name:
    s, given = at.sheet, at.given
    if at.settings["normalised"]:
        least = s.const(1e-12)
        lengths = [s.op("Max", s.op("ReduceL2", value, axes=[-1], keepdims=1), least) for value in given]
        given = tuple(s.op("Div", value, length) for value, length in zip(given, lengths, strict=True))
    return s.op("ReduceSum", s.op("Mul", *given), s.whole(-1), keepdims=1)


def _gate(at: Place) -> Name:
    s, (new, old, gate) = at.sheet, at.given
    return s.op("Add", s.op("Mul", gate, new), s.op("Mul", s.op("Sub", s.const(1.0), gate), old))


def _scale(at: Place) -> Name:
    return at.sheet.op("Mul", at.x, at.sheet.const(at.call.args[0]))


def _learned_scale(at: Place) -> Name:
    return at.sheet.op("Mul", at.x, _beside_pixels(at, "weight") if at.shapes[0].is_image else at.weight("weight"))


def _reshape(at: Place) -> Name:
    return at.sheet.reshaped(at.x, *at.call.args[0])


def _permute(at: Place) -> Name:
    return at.sheet.turned(at.x, 0, *at.call.args[0])


def _repeat_steps(at: Place) -> Name:
    s = at.sheet
    return s.op("Expand", s.op("Unsqueeze", at.x, s.whole(1)), s.whole(1, at.call.args[0], 1))


def _last_step(at: Place) -> Name:
    return at.sheet.op("Gather", at.x, at.sheet.const(-1, np.int64), axis=1)


def cut(sheet: Sheet, value: Name, starts: list[int], stops: list[int], axes: list[int], steps: list[int]) -> Name:
    """A piece of each of these sides."""
    numbers = (sheet.whole(*each) for each in (starts, stops, axes, steps))
    return sheet.op("Slice", value, *numbers)


def _slice(at: Place) -> Name:
    dim, start, stop = at.call.args
    return cut(at.sheet, at.x, [start], [stop], [dim], [1])


def _crop(at: Place) -> Name:
    top, left, height, width = at.call.args
    return cut(at.sheet, at.x, [top, left], [top + height, left + width], [2, 3], [1, 1])


def _pad_channels(at: Place) -> Name:
    s, (front, behind, stride) = at.sheet, at.call.args
    image = at.shapes[0]
    thinned = at.x
    if stride > 1:
        thinned = cut(s, at.x, [0, 0], [image.height, image.width], [2, 3], [stride, stride])
    return s.op("Pad", thinned, s.whole(0, front, 0, 0, 0, behind, 0, 0), mode="constant")


def _reduced(type_: str) -> Rule:
    return lambda at: at.sheet.op(type_, at.x, axes=list(at.settings["dims"]), keepdims=0)


FORMULA = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "^": "Pow", "max": "Max", "min": "Min", "relu": "Relu",
    "sigmoid": "Sigmoid", "tanh": "Tanh", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "abs": "Abs", "sin": "Sin",
    "cos": "Cos", "softplus": "Softplus",
}  # fmt: skip


def _expression(at: Place) -> Name:
    def part(tree: tuple[Any, ...]) -> Name:
        name, parts = str(tree[0]), tree[1:]
        if name == "number":
            return at.sheet.const(float(parts[0]))
        if name == "input":
            return at.given[int(parts[0])]
        return at.sheet.op(FORMULA[name], *map(part, parts))

    tree = at.call.args[0]
    if _is_constant(tree):  # it has the sides of what arrives all the same
        return at.sheet.op("Expand", part(tree), at.sheet.op("Shape", at.x))
    return part(tree)


def _is_constant(tree: tuple[Any, ...]) -> bool:
    return tree[0] != "input" and all(_is_constant(each) for each in tree[1:] if isinstance(each, tuple))


def codes(at: Place, count: int) -> Name:
    """Whole numbers (n, steps) from 0 to count − 1."""
    s, value = at.sheet, at.x
    if at.shapes[0].rank == 2:
        value = s.op("Squeeze", value, s.whole(-1))
    known = s.op("Where", s.op("IsNaN", value), s.const(0.0), value)
    bounded = s.op("Clip", s.op("Round", known), s.const(0.0), s.const(float(count - 1)))
    return s.op("Cast", bounded, to=7)


def _embedding(at: Place) -> Name:
    return at.sheet.op("Gather", at.weight("weight"), codes(at, at.call.args[0]), axis=0)


def _one_hot(at: Place) -> Name:
    count = at.call.args[0]
    s = at.sheet
    return s.op("OneHot", codes(at, count), s.const(count, np.int64), s.const([0.0, 1.0]), axis=-1)


def _positional_encoding(at: Place) -> Name:
    from playground.engine.attention import PositionalEncoding

    return at.sheet.op("Add", at.x, at.sheet.const(PositionalEncoding(*at.call.args).waves.numpy()))


ACTIVATIONS: dict[str, Rule] = {
    "nn.ReLU": _plain("Relu"),
    "nn.LeakyReLU": _with_alpha("LeakyRelu", 0.01),
    "nn.ELU": _with_alpha("Elu", 1.0),
    "nn.CELU": _with_alpha("Celu", 1.0),
    "nn.SELU": _plain("Selu"),
    "nn.SiLU": _silu,
    "nn.GELU": _gelu,
    "nn.Mish": _mish,
    "nn.Softplus": _softplus,
    "nn.Hardswish": _plain("HardSwish"),
    "nn.Hardsigmoid": _hard_sigmoid,
    "nn.Hardtanh": _hard_tanh,
    "nn.Sigmoid": _plain("Sigmoid"),
    "nn.Tanh": _plain("Tanh"),
    "step": _step,
    "hard_sigmoid": _hard_sigmoid,
}
RULES: dict[str, Rule] = {
    **ACTIVATIONS,
    "nn.PReLU": _prelu,
    "steps_prelu": _prelu,
    "nn.Softmax": _softmax("Softmax"),
    "nn.LogSoftmax": _softmax("LogSoftmax"),
    "nn.Dropout": _dropout,
    "nn.Flatten": _plain("Flatten", axis=1),
    "nn.Linear": _linear,
    "nn.BatchNorm1d": _batch_norm,
    "nn.BatchNorm2d": _batch_norm,
    "steps_batch_norm": features_first(_batch_norm),
    "nn.LayerNorm": _layer_norm,
    "nn.GroupNorm": _group_norm,
    "nn.InstanceNorm2d": _instance_norm,
    "nn.LocalResponseNorm": _local_response_norm,
    "add": _sum,
    "average": _several("Mean"),
    "concat": _concat,
    "crop": _crop,
    "dot_product": _dot_product,
    "embedding": _embedding,
    "expression": _expression,
    "gate": _gate,
    "global_avg_pool": _reduced("ReduceMean"),
    "global_max_pool": _reduced("ReduceMax"),
    "last_step": _last_step,
    "learned_scale": _learned_scale,
    "maximum": _several("Max"),
    "multiply": _chain("Mul"),
    "one_hot": _one_hot,
    "pad_channels": _pad_channels,
    "permute": _permute,
    "positional_encoding": _positional_encoding,
    "repeat_steps": _repeat_steps,
    "reshape": _reshape,
    "scale": _scale,
    "slice": _slice,
    "subtract": _several("Sub"),
}

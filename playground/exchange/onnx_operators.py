"""Which layer an ONNX operator is: the pointwise, the shaping and the merging ones. A row an operator.

Windows are in onnx_operators_windows.py, recurrent layers in onnx_operators_recurrent.py.
Source: ONNX operator schemas, opsets 7 to 23.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from playground.exchange.made import Unsayable
from playground.exchange.onnx_patterns import erf, patterned
from playground.exchange.onnx_reading import Array
from playground.exchange.onnx_values import Making, Value
from playground.layers.activation import ACTIVATIONS

Found = Value | Array
Rule = Callable[[Making], Found]


def number(value: Array | None, usual: float | None = None) -> float:
    """A constant that is one number."""
    if value is None and usual is not None:
        return usual
    if value is None or value.size != 1:
        raise Unsayable("it reads a list where a layer has one number")
    return float(value.reshape(()))


def on(making: Making, kind: str, value: Value, **settings: Any) -> Value:
    """A layer that treats all values alike: however the sides are turned, they stay so."""
    made = making.add(kind, [making.untwisted(value)], **settings)
    return replace(made, sides=value.sides)


def pointwise(kind: str, **names: str) -> Callable[[Making], Value]:
    """names: our settings by ONNX's attributes."""

    def rule(making: Making) -> Value:
        known = making.node.attributes
        settings: dict[str, Any] = {ours: known[theirs] for theirs, ours in names.items() if theirs in known}
        return _fused(making, making.data(), kind, settings) or on(making, kind, making.data(), **settings)

    return rule


FUSED = {
    "ReLU": "relu", "GELU": "gelu", "Sigmoid": "sigmoid", "Tanh": "tanh", "ELU": "elu", "SELU": "selu", "CELU": "celu",
    "SiLU": "silu", "Mish": "mish", "Softplus": "softplus", "HardSwish": "hard_swish",
    "LeakyReLU": "leaky_relu",
}  # fmt: skip
"""Layers that Dense and convolutions can have as their activation, when their settings are the usual ones."""


def _fused(making: Making, value: Value, kind: str, settings: dict[str, Any]) -> Value | None:
    """The activation as a setting of the layer before it, where nothing else reads that layer."""
    before = making.made[value.source]
    name = FUSED.get(kind)
    usual = all(given == 1.0 for given in settings.values())
    if not name or not usual or getattr(before.layer, "activation", "") != "none":
        return None
    if not making.used_once(making.name(0)) or before.output != making.name(0):
        return None
    assert name in ACTIVATIONS
    before.layer, before.output = before.layer.with_settings(activation=name), making.node.outputs[0]
    return value


def _formula(text: str) -> Rule:
    """Values one by one, where no layer of its own is: of one input, or of several."""

    def rule(making: Making) -> Value:
        return on(making, "Expression", making.data(), formula=text)

    return rule


def _gelu(making: Making) -> Value:
    if making.attribute("approximate") == "tanh":
        return on(making, "GELU", making.data(), approximate=True)
    return pointwise("GELU")(making)


def _selu(making: Making) -> Value:
    alpha, gamma = making.attribute("alpha", 1.67326), making.attribute("gamma", 1.0507)
    if abs(alpha - 1.67326) > 1e-4 or abs(gamma - 1.0507) > 1e-4:
        raise Unsayable("SELU's two numbers follow from its derivation: they are no settings")
    return pointwise("SELU")(making)


def _hard_sigmoid(making: Making) -> Value:
    slope, offset = making.attribute("alpha", 0.2), making.attribute("beta", 0.5)
    return on(making, "HardSigmoid", making.data(), slope=slope, offset=offset)


def _leaky_relu(making: Making) -> Value:
    slope = float(making.attribute("alpha", 0.01))
    is_usual = abs(slope - 0.01) < 1e-8
    fused = _fused(making, making.data(), "LeakyReLU", {}) if is_usual else None
    return fused or on(making, "LeakyReLU", making.data(), slope=slope)


def _clip(making: Making) -> Value:
    low = making.attribute("min", number(making.const(1), -1e6) if making.model.opset >= 11 else -1e6)
    high = making.attribute("max", number(making.const(2), 1e6) if making.model.opset >= 11 else 1e6)
    value = making.data(allow_codes=True)
    if value.is_code:
        return value
    return on(making, "HardTanh", value, low=max(low, -1e6), high=min(high, 1e6))


def over_channels(kind: str) -> Rule:
    """Softmax and its logarithm, where their axis is what the layer works over."""

    def rule(making: Making) -> Value:
        value, newer = making.data(), making.model.opset >= 13
        axis = making.attribute("axis", -1 if newer else 1)
        side = value.side(axis)
        is_last = axis in (-1, len(value.sides) - 1)
        if side != value.shape.channel_dim or not (newer or is_last):
            raise Unsayable("it does not work over units, features or channels")
        return on(making, kind, value)

    return rule


def merge(kind: str, formula: str = "", constant: str = "") -> Rule:
    """Several inputs, value by value; with a number instead of one of them, a formula ("a + %s", first "%s + a")."""

    def rule(making: Making) -> Found:
        given = [making.values.get(name) for name in making.node.inputs]
        if (whole := patterned(making, given)) is not None:
            return whole
        if all(isinstance(each, np.ndarray) for each in given):
            raise Unsayable("all of it is known beforehand")
        if any(isinstance(each, np.ndarray) for each in given):
            return _with_constant(making, kind, constant)
        values = together(making, [making.data(at) for at in range(len(given))])
        shapes = {value.shape for value in values}
        if len(shapes) > 1:
            raise Unsayable("its inputs have different sides, and nothing is repeated to fit")
        inner = [making.untwisted(value) for value in values]
        settings: dict[str, Any] = {"formula": formula} if formula else {}
        made = making.add(kind, inner, **settings)
        return replace(made, sides=values[0].sides)

    return rule


def together(making: Making, values: list[Value]) -> list[Value]:
    """Values whose sides are turned alike."""
    if len({value.sides for value in values}) == 1:
        return values
    return [making.natural(value) for value in values]


def _with_constant(making: Making, kind: str, formula: str) -> Value:
    """A layer's bias, or a formula with a number in it."""
    at = next(n for n in range(2) if not isinstance(making.values.get(making.name(n)), Value))
    constant, value = making.const(at), making.data(1 - at)
    assert constant is not None
    if kind == "Add" and constant.size > 1:
        return _biased(making, value, constant)
    if not formula or len(making.node.inputs) != 2:
        raise Unsayable("it computes with a constant of many numbers")
    written = f"{number(constant):.9g}"
    written = f"(0 - {written[1:]})" if written.startswith("-") else written
    left, right = (written, "a") if at == 0 else ("a", written)
    return on(making, "Expression", value, formula=formula.replace("L", left).replace("R", right))


def _biased(making: Making, value: Value, constant: Array) -> Value:
    before = making.made[value.source]
    units = getattr(before.layer, "units", 0)
    name = making.node.inputs[0] if isinstance(making.values.get(making.name(0)), Value) else making.name(1)
    is_last = value.sides[-1] == value.shape.rank
    fits = before.layer.type == "Dense" and constant.size == units == constant.shape[-1] and is_last
    if not fits or getattr(before.layer, "bias", True) or before.output != name or not making.used_once(name):
        raise Unsayable("it adds a number of its own to each value")
    if getattr(before.layer, "activation", "none") != "none":
        raise Unsayable("it adds a number of its own to each value")
    before.layer, before.output = before.layer.with_settings(bias=True), making.node.outputs[0]
    before.weights["bias"] = constant.reshape(-1)
    return value


def _concat(making: Making) -> Value:
    values = together(making, [making.data(at) for at in range(len(making.node.inputs))])
    if len(values) == 1:
        return values[0]
    if values[0].side(making.attribute("axis", 1)) != values[0].shape.channel_dim:
        raise Unsayable("it joins other sides than channels, features or units")
    made = making.add("Concat", [making.untwisted(value) for value in values])
    return replace(made, sides=values[0].sides)


def _dense(making: Making, value: Value, weight: Array, bias: Array | None, of: list[str]) -> Value:
    if value.sides[-1] != value.shape.rank or value.shape.rank > 2:
        value = making.natural(value)
    if value.shape.rank > 2:
        raise Unsayable("it multiplies the last side of an image by a matrix")
    weights = {"weight": weight} | ({} if bias is None else {"bias": bias})
    if weight.ndim != 2 or weight.shape[1] != value.shape.channels:
        raise Unsayable("its matrix does not fit what arrives")
    made = making.add("Dense", [making.untwisted(value)], weights, of, units=weight.shape[0], bias=bias is not None)
    return replace(made, sides=value.sides)


def _gemm(making: Making) -> Value:
    if making.attribute("transA"):
        raise Unsayable("it turns the examples around")
    matrix, bias = making.const(1), making.const(2)
    assert matrix is not None
    weight = (matrix if making.attribute("transB") else matrix.T) * np.float32(making.attribute("alpha", 1.0))
    if bias is not None:
        if bias.size not in (1, weight.shape[0]):
            raise Unsayable("it adds another bias to each example")
        bias = np.broadcast_to(bias.reshape(-1), weight.shape[:1]) * np.float32(making.attribute("beta", 1.0))
    return _dense(making, making.natural(making.data()), weight, bias, list(making.node.inputs[1:]))


def _matmul(making: Making) -> Value:
    if not isinstance(making.values.get(making.name(0)), Value):
        raise Unsayable("it multiplies a constant by what flows")
    if isinstance(making.values.get(making.name(1)), Value):
        raise Unsayable("it multiplies two things that both flow")
    matrix = making.const(1)
    assert matrix is not None
    return _dense(making, making.data(), matrix.T, None, [making.name(1)])


def _dropout(making: Making) -> Value:
    if isinstance(making.values.get(making.name(2)), np.ndarray) and number(making.const(2)):
        raise Unsayable("it was saved for training")
    if making.reads_more():
        raise Unsayable("it tells which values it dropped")
    rate = making.attribute("ratio", number(making.const(1), 0.5) if making.name(1) else 0.5)
    return on(making, "Dropout", making.data(), rate=min(max(rate, 0.0), 0.99))


def _same(making: Making) -> Found:
    value = making.values.get(making.name(0))
    if value is None:
        raise Unsayable("nothing arrives")
    return value


def _cast(making: Making) -> Found:
    """To whole numbers only where they are looked up: what flows here are numbers with a point."""
    value = _same(making)
    if isinstance(value, Value) and making.attribute("to") not in (1, 10, 11):
        return replace(value, is_code=True)
    return value


def _prelu(making: Making) -> Value:
    value, slopes = making.data(), making.const(1)
    assert slopes is not None
    count = value.shape.channels
    where = [side for side, length in zip(value.sides[-slopes.ndim :] or (), slopes.shape, strict=True) if length > 1]
    if slopes.size != 1 and (slopes.size != count or where != [value.shape.channel_dim]):
        raise Unsayable("it has a slope for each value, where a layer has one a channel, or one")
    made = making.add(
        "PReLU", [making.untwisted(value)], {"weight": slopes.reshape(-1)}, [making.name(1)],
        per_channel=slopes.size != 1 or count == 1,
    )  # fmt: skip
    return replace(made, sides=value.sides)


RULES: dict[str, Rule] = {
    "Abs": _formula("abs(a)"),
    "Add": merge("Add", constant="L + R"),
    "Cast": _cast,
    "Celu": pointwise("CELU", alpha="alpha"),
    "Clip": _clip,
    "Concat": _concat,
    "Cos": _formula("cos(a)"),
    "Div": merge("Expression", "a / b", "L / R"),
    "Dropout": _dropout,
    "Elu": pointwise("ELU", alpha="alpha"),
    "Erf": erf,
    "Exp": _formula("exp(a)"),
    "Gelu": _gelu,
    "Gemm": _gemm,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": pointwise("HardSwish"),
    "Identity": _same,
    "LeakyRelu": _leaky_relu,
    "Log": _formula("log(a)"),
    "LogSoftmax": over_channels("LogSoftmax"),
    "MatMul": _matmul,
    "Max": merge("Maximum", constant="max(L, R)"),
    "Mean": merge("Average"),
    "Min": merge("Expression", "min(a, b)", "min(L, R)"),
    "Mish": pointwise("Mish"),
    "Mul": merge("Multiply", constant="L * R"),
    "Neg": _formula("-a"),
    "PRelu": _prelu,
    "Pow": merge("Expression", "a ^ b", "L ^ R"),
    "Reciprocal": _formula("1 / a"),
    "Relu": pointwise("ReLU"),
    "Selu": _selu,
    "Sigmoid": pointwise("Sigmoid"),
    "Sin": _formula("sin(a)"),
    "Softmax": over_channels("Softmax"),
    "Softplus": pointwise("Softplus"),
    "Sqrt": _formula("sqrt(a)"),
    "Sub": merge("Subtract", constant="L - R"),
    "Sum": merge("Add"),
    "Swish": pointwise("SiLU"),
    "Tanh": pointwise("Tanh"),
}

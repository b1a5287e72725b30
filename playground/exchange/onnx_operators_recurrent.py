"""ONNX's RNN, LSTM and GRU as recurrent layers, where they are torch's. See onnx_recurrent.py for the other way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from playground.exchange.made import Unsayable
from playground.exchange.onnx_reading import Array
from playground.exchange.onnx_values import BATCH, WAYS, Making, Value
from playground.layers.shape import Shape

ORDER = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Which of ONNX's gates stands where in torch."""
USUAL = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}


def recurrent(making: Making) -> tuple[Value, ...]:
    """Its results: all states, and the last one. Raises Unsayable, with what torch's layer has not."""
    kind, units = making.node.op, int(making.attribute("hidden_size", 0))
    ways = _ways(making)
    value = _in_steps(making)
    weights = _weights(making, kind, units, ways)
    settings = {"units": units, "bidirectional": ways == 2} | _nonlinearity(making, kind, ways)
    state = _state(making, kind, units, ways)
    found: list[Value] = []
    names = (*making.node.outputs, "", "", "")
    if names[2] and making.used[names[2]]:
        raise Unsayable("its memory cell is read by another operator")
    for at, returns in enumerate(("sequence", "last")):
        if not names[at] or not making.used[names[at]]:
            found.append(value)  # nobody reads it
            continue
        inputs = [value] if state is None else [value, state]
        made = making.add(kind, inputs, weights, making.node.inputs[1:4], returns=returns, **settings)
        making.made[made.source].output = names[at]
        found.append(_turned(made, at == 0, ways, bool(making.attribute("layout", 0))))
    return tuple(found)


def _turned(made: Value, is_all: bool, ways: int, has_batch_first: bool) -> Value:
    """The layer's result with ONNX's sides: (steps, ways, n, units), or (ways, n, units)."""
    sides: tuple[int, ...]
    if is_all:
        sides = (BATCH, 1, WAYS, 2) if has_batch_first else (1, WAYS, BATCH, 2)
    else:
        sides = (BATCH, WAYS, 1) if has_batch_first else (WAYS, BATCH, 1)
    return replace(made, sides=sides, ways=ways)


def _ways(making: Making) -> int:
    direction = making.attribute("direction", "forward")
    if direction not in ("forward", "bidirectional"):
        raise Unsayable("it reads backwards only")
    return 2 if direction == "bidirectional" else 1


def _in_steps(making: Making) -> Value:
    """What it reads, as (n, steps, features)."""
    value = making.data()
    wanted = (0, 1, 2) if making.attribute("layout", 0) else (1, 0, 2)
    if value.shape.is_sequence and value.sides == wanted:
        return making.untwisted(value)
    if value.shape.is_sequence and value.sides[0] == BATCH and making.attribute("layout", 0):
        return making.natural(value)
    raise Unsayable("what it reads has the examples in front of the steps; ONNX has the steps first")


def _nonlinearity(making: Making, kind: str, ways: int) -> dict[str, Any]:
    said = making.attribute("activations") or USUAL[kind] * ways
    if making.attribute("clip") or making.attribute("input_forget", 0) or making.name(7):
        raise Unsayable("it clips its gates, ties them, or lets them see the memory cell, which torch's does not")
    if kind == "RNN" and set(said) == {"Relu"}:
        return {"nonlinearity": "relu"}
    if tuple(said) != USUAL[kind] * ways:
        raise Unsayable("its gates have other functions than torch's")
    if kind == "GRU" and not making.attribute("linear_before_reset", 0):
        raise Unsayable("its reset gate works before the matrix (linear_before_reset = 0), and torch's behind it")
    return {}


def _state(making: Making, kind: str, units: int, ways: int) -> Value | None:
    """The state it begins with, as a vector; None where that is zeros."""
    value = making.values.get(making.name(5))
    if not isinstance(value, Value) and not isinstance(making.values.get(making.name(6)), Value):
        if any((start := making.const(at)) is not None and start.any() for at in (5, 6)):
            raise Unsayable("it begins with a state of its own")
        return None
    if not isinstance(value, Value) or kind == "LSTM" or ways != 1:
        raise Unsayable("it begins with a state that no single vector is")
    if value.sides == (WAYS, BATCH, 1):
        return making.untwisted(value)
    before = making.made[value.source]
    if value.sides != (1, BATCH, 2) or value.shape.dims != (1, units) or before.layer.type != "Reshape":
        raise Unsayable("it begins with a state that no single vector is")
    return Value(before.inputs[0][0], Shape((units,)), (0, 1))


def _weights(making: Making, kind: str, units: int, ways: int) -> dict[str, Array]:
    inner, outer, biases = making.const(1), making.const(2), making.const(3)
    if inner is None or outer is None or making.name(4):
        raise Unsayable("it reads sequences of different lengths, or has no weights")
    gates = len(ORDER[kind])
    if inner.shape[:2] != (ways, gates * units) or outer.shape != (ways, gates * units, units):
        raise Unsayable("its weights do not fit its settings")
    if biases is None:
        biases = np.zeros((ways, 2 * gates * units), np.float32)
    found: dict[str, Array] = {}
    for way, suffix in enumerate(("l0", "l0_reverse")[:ways]):
        found[f"weight_ih_{suffix}"] = _reordered(inner[way], kind)
        found[f"weight_hh_{suffix}"] = _reordered(outer[way], kind)
        found[f"bias_ih_{suffix}"] = _reordered(biases[way][: gates * units], kind)
        found[f"bias_hh_{suffix}"] = _reordered(biases[way][gates * units :], kind)
    return found


def _reordered(array: Array, kind: str) -> Array:
    parts = np.split(array, len(ORDER[kind]))
    return np.concatenate([parts[at] for at in ORDER[kind]])

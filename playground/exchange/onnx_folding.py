"""What of an ONNX graph is known before anything flows: shapes that are computed, constants that are turned.

Exporters write “reshape to (its first side, -1)” as five operators. Only small whole numbers and no large array are
computed here. The number of examples is not known; it stands as -1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from playground.exchange.made import Unsayable
from playground.exchange.onnx_reading import MOST_SIDES, Array
from playground.exchange.onnx_values import BATCH, Making, Value

MOST = 4096
"""Numbers in what is computed here; constants that are only turned may be larger, as they are there already."""


def folded(making: Making) -> Array | None:
    """The operator's result if it is known, else None. Raises Unsayable."""
    op = making.node.op
    if op == "Shape":
        value = making.values.get(making.name(0))
        if isinstance(value, Value):
            return np.array([-1 if side == BATCH else value.shape.dims[side - 1] for side in value.sides], np.int64)
        return None if value is None else np.array(value.shape, np.int64)
    if op not in FOLDED:
        return None
    given = [making.values.get(name) for name in making.node.inputs if name]
    if any(not isinstance(each, np.ndarray) for each in given):
        return None
    try:
        return FOLDED[op](making)
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise Unsayable("its constants do not fit each other") from error


def _constant(making: Making) -> Array | None:
    for name in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if name in making.node.attributes:
            found = making.attribute(name)
            kind = np.int64 if "int" in name else np.float32
            return found if isinstance(found, np.ndarray) else np.array(found, kind)
    return None


def _first(making: Making) -> Array:
    value = making.const(0)
    assert value is not None
    return value


def _constant_of_shape(making: Making) -> Array:
    """The same number everywhere, for each example: those are not known, and one stands for all."""
    sides = [1 if side == -1 else int(side) for side in _first(making).ravel()]
    if len(sides) > MOST_SIDES or min(sides, default=1) < 0 or prod(sides) > MOST:
        raise Unsayable("it makes a large constant")
    filling = making.attribute("value", np.zeros(1, np.float32))
    return np.full(sides, filling.ravel()[0])


def _gather(making: Making) -> Array:
    index = making.const(1)
    assert index is not None
    return np.asarray(np.take(_small(_first(making)), _small(index), axis=making.attribute("axis", 0)))


def _small(array: Array) -> Array:
    if array.size > MOST:
        raise Unsayable("it computes with a large constant")
    return array


def _unsqueeze(making: Making) -> Array:
    axes = making.numbers("axes", 1)
    assert axes is not None
    return np.expand_dims(_first(making), axes)


def _squeeze(making: Making) -> Array:
    axes = making.numbers("axes", 1)
    return np.squeeze(_first(making), axes)


def _concat(making: Making) -> Array:
    parts = [_small(each) for at in range(len(making.node.inputs)) if (each := making.const(at)) is not None]
    return _small(np.concatenate(parts, axis=making.attribute("axis", 0)))


def _slice(making: Making) -> Array:
    starts, stops = making.numbers("starts", 1), making.numbers("ends", 2)
    assert starts is not None
    assert stops is not None
    axes = making.numbers("axes", 3) or tuple(range(len(starts)))
    steps = making.numbers("steps", 4) or (1,) * len(starts)
    cuts = [slice(None)] * _first(making).ndim
    for axis, start, stop, step in zip(axes, starts, stops, steps, strict=True):
        cuts[axis] = slice(start, stop, step)
    return _first(making)[tuple(cuts)]


def _reshape(making: Making) -> Array:
    target = making.numbers("shape", 1)
    assert target is not None
    return _first(making).reshape(target)


def _cast(making: Making) -> Array:
    kind = {1: np.float32, 6: np.int32, 7: np.int64, 11: np.float64}.get(making.attribute("to", 1))
    if kind is None:
        raise Unsayable("it makes numbers of a kind that is not read")
    return _first(making).astype(kind)


def _pair(operation: Callable[[Array, Array], Array]) -> Callable[[Making], Array]:
    def rule(making: Making) -> Array:
        other = making.const(1)
        assert other is not None
        first, second = _small(_first(making)), _small(other)
        if np.broadcast_shapes(first.shape, second.shape) and first.size * second.size > MOST * 64:
            raise Unsayable("it computes with a large constant")
        return np.asarray(operation(first, second))

    return rule


FOLDED: dict[str, Callable[[Making], Array | None]] = {
    "Add": _pair(np.add),
    "Cast": _cast,
    "Concat": _concat,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Gather": _gather,
    "Identity": _first,
    "Mul": _pair(np.multiply),
    "Reshape": _reshape,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Sub": _pair(np.subtract),
    "Transpose": lambda making: np.transpose(_first(making), making.attribute("perm")),
    "Unsqueeze": _unsqueeze,
}

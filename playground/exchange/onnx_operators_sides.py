"""Which layer an ONNX operator is: those that turn, cut, join or look up. A row an operator.

Most of them need no layer: a value knows how its sides are turned (onnx_values.py).
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

from playground.exchange.made import Unsayable
from playground.exchange.onnx_operators import Rule, number
from playground.exchange.onnx_values import BATCH, WAYS, Making, Value
from playground.layers import LAYERS
from playground.layers.shape import Shape

Numbers = tuple[int, ...]


def _flatten(making: Making) -> Value:
    value = making.data()
    if making.attribute("axis", 1) % len(value.sides) != 1:
        raise Unsayable("it puts several examples into one")
    return flat(making, value)


def flat(making: Making, value: Value) -> Value:
    """As a vector; behind a pooling to one pixel, that pooling gives it."""
    before, name = making.made[value.source], making.name(0)
    wide = {"AdaptiveAvgPool2d": "GlobalAvgPool2d", "AdaptiveMaxPool2d": "GlobalMaxPool"}.get(before.layer.type)
    if wide and value.shape.dims[1:] == (1, 1) and making.used_once(name) and before.output == name:
        before.layer, before.output = LAYERS[wide](), making.node.outputs[0]
        return replace(value, shape=Shape(value.shape.dims[:1]), sides=(0, 1))
    if value.shape.is_vector:
        return value
    natural = making.natural(value)
    if natural.shape.is_film:
        return making.add("Reshape", [natural], dims=(natural.shape.size,))
    return making.add("Flatten", [natural])


def _reshape(making: Making) -> Value:
    target = making.numbers("shape", 1)
    value = making.values.get(making.name(0))
    assert target is not None
    if not isinstance(value, Value):
        raise Unsayable("it shapes what is known beforehand")
    if WAYS in value.sides:
        return _joined(value, target)
    return reshaped(making, making.data(), target)


def _joined(value: Value, target: tuple[int, ...]) -> Value:
    """A recurrent layer's directions become part of its features again, where the two sides stand in that order."""
    at = value.sides.index(WAYS)
    is_next = at + 2 == len(value.sides) and value.sides[-1] == value.shape.rank
    if not is_next or len(target) != len(value.sides) - 1:
        raise Unsayable("it takes the directions of a recurrent layer apart")
    return replace(value, sides=(*value.sides[:at], value.shape.rank))


def reshaped(making: Making, value: Value, target: tuple[int, ...]) -> Value:
    """The same values of each example in other sides; the first of the target is the examples."""
    natural = making.natural(value)
    size, rest = natural.shape.size, list(target[1:])
    for at, side in enumerate(rest):
        if side == 0 and at < natural.shape.rank:
            rest[at] = natural.shape.dims[at]
    if rest.count(-1) == 1:
        known = prod(side for side in rest if side != -1)
        if not known or size % known:
            raise Unsayable("its sides do not fit what arrives")
        rest[rest.index(-1)] = size // known
    if not rest and target == (-1,):
        raise Unsayable("it puts all examples into one")
    if prod(rest) != size or any(side < 1 for side in rest):
        raise Unsayable("it puts several examples into one, or cuts them")
    if tuple(rest) == natural.shape.dims:
        return natural
    if len(rest) == 1:
        return flat(making, natural)
    if not 1 <= len(rest) <= 4:
        raise Unsayable(f"it makes {len(rest)} sides of an example, and a layer's have 1 to 4")
    return making.add("Reshape", [natural], dims=tuple(rest))


def _transpose(making: Making) -> Value:
    value = making.values.get(making.name(0))
    if not isinstance(value, Value):
        raise Unsayable("it turns what is known beforehand")
    order = making.attribute("perm", tuple(reversed(range(len(value.sides)))))
    if sorted(order) != list(range(len(value.sides))):
        raise Unsayable("its order does not name each side once")
    return replace(value, sides=tuple(value.sides[side] for side in order))


def _squeeze(making: Making) -> Value:
    value, axes = making.values.get(making.name(0)), making.numbers("axes", 1)
    if not isinstance(value, Value):
        raise Unsayable("it shapes what is known beforehand")
    if axes is None:
        axes = tuple(at for at, side in enumerate(value.sides) if side > 0 and value.shape.dims[side - 1] == 1)
    gone = {axis % len(value.sides) for axis in axes}
    if any(value.sides[at] == WAYS for at in gone):
        if value.ways != 1 or len(gone) != 1:
            raise Unsayable("it takes the directions of a recurrent layer apart")
        return replace(value, sides=tuple(side for side in value.sides if side != WAYS))
    if any(value.sides[at] == BATCH for at in gone):
        raise Unsayable("it takes the examples' own side away")
    natural = making.natural(replace(value, is_code=False))
    dims = [side for at, side in enumerate(natural.shape.dims) if value.sides.index(at + 1) not in gone]
    if value.is_code or not gone:
        return replace(value, sides=tuple(range(len(dims) + 1)), shape=Shape(tuple(dims))) if gone else value
    return reshaped(making, natural, (0, *dims)) if dims else reshaped(making, natural, (0, 1))


def _unsqueeze(making: Making) -> Value:
    value, axes = making.natural(making.data()), making.numbers("axes", 1)
    assert axes is not None
    count = len(value.sides) + len(axes)
    new = sorted(axis % count for axis in axes)
    if 0 in new:
        raise Unsayable("it makes one example of all")
    dims = list(value.shape.dims)
    for axis in new:
        dims.insert(axis - 1, 1)
    return reshaped(making, value, (0, *dims))


def _slice(making: Making) -> Value:
    value = making.data()
    starts, stops = making.numbers("starts", 1), making.numbers("ends", 2)
    assert starts is not None
    assert stops is not None
    axes = making.numbers("axes", 3) or tuple(range(len(starts)))
    steps = making.numbers("steps", 4) or (1,) * len(starts)
    if any(step != 1 for step in steps):
        return _thinned(making, making.natural(value), starts, stops, axes, steps)
    pieces: dict[int, tuple[int, int]] = {}
    for axis, start, stop in zip(axes, starts, stops, strict=True):
        side = value.side(axis)
        if side == BATCH:
            raise Unsayable("it takes some of the examples")
        length = value.shape.dims[side - 1]
        first, last, _ = slice(start, stop).indices(length)
        if (first, last) != (0, length):
            pieces[side] = (first, last)
    return _cut(making, making.natural(value), pieces)


def _thinned(making: Making, value: Value, starts: Numbers, stops: Numbers, axes: Numbers, steps: Numbers) -> Value:
    """Every second pixel, or third, of all: what the shortcuts of residual networks do."""
    sides = [axis % len(value.sides) for axis in axes]
    is_whole = all(
        start == 0 and stop >= value.shape.dims[side - 1]
        for side, start, stop in zip(sides, starts, stops, strict=True)
    )
    if not value.shape.is_image or sorted(sides) != [2, 3] or len(set(steps)) > 1 or not is_whole:
        raise Unsayable("it takes every second value or such")
    return making.add("PadChannels", [value], channels=value.shape.channels, stride=steps[0])


def _cut(making: Making, value: Value, pieces: dict[int, tuple[int, int]]) -> Value:
    if value.shape.is_image and pieces and pieces.keys() <= {2, 3}:
        (top, bottom), (left, right) = (pieces.get(at, (0, value.shape.dims[at - 1])) for at in (2, 3))
        return making.add("Crop", [value], top=top, left=left, height=bottom - top, width=right - left)
    for side, (start, stop) in pieces.items():
        has_steps = value.shape.is_sequence or value.shape.is_film
        along = "channels" if side == value.shape.channel_dim else "steps" if side == 1 and has_steps else ""
        if not along or stop <= start:
            raise Unsayable("it takes a piece of a side that no layer cuts")
        value = making.add("Slice", [value], along=along, start=start, stop=stop)
    return value


def _gather(making: Making) -> Value:
    value = making.values.get(making.name(0))
    if isinstance(value, Value):
        return _one_way(making, value) if WAYS in value.sides else _one_step(making)
    table, value = making.const(0), making.data(1, allow_codes=True)
    assert table is not None
    if table.ndim != 2 or making.attribute("axis", 0) != 0 or not value.is_natural:
        raise Unsayable("it picks from other things than the rows of a table")
    weights = {"weight": table}
    return making.add("Embedding", [value], weights, [making.name(0)], vocabulary=len(table), size=table.shape[1])


def _one_way(making: Making, value: Value) -> Value:
    """Of a recurrent layer with one direction, that one."""
    index, axis = making.const(1), making.attribute("axis", 0)
    is_first = index is not None and index.size == 1 and int(index.reshape(())) in (0, -1)
    if value.ways != 1 or not is_first or value.side(axis) != WAYS:
        raise Unsayable("it takes the directions of a recurrent layer apart")
    return replace(value, sides=tuple(side for side in value.sides if side != WAYS))


def _one_step(making: Making) -> Value:
    value, index = making.data(), making.const(1)
    if index is None or index.size != 1:
        raise Unsayable("it picks several values")
    side = value.side(making.attribute("axis", 0))
    at = int(index.reshape(()))
    natural = making.natural(value)
    steps = natural.shape.dims[0]
    if side != 1 or natural.shape.rank not in (2, 4):
        raise Unsayable("it picks from a side that has no steps")
    if at not in (-1, steps - 1):
        natural = making.add("Slice", [natural], along="steps", start=at % steps, stop=at % steps + 1)
    return making.add("LastStep", [natural])


def _one_hot(making: Making) -> Value:
    count, values = number(making.const(1)), making.const(2)
    if values is None or values.tolist() != [0, 1] or making.attribute("axis", -1) != -1:
        raise Unsayable("it has other numbers than 0 and 1")
    return making.add("OneHot", [making.data(allow_codes=True)], symbols=int(count))


def _is_nan(making: Making) -> Value:
    return replace(making.data(), is_code=True)


def _where(making: Making) -> Value:
    """“0 where it is no number”, before codes are looked up."""
    asked, value = making.values.get(making.name(0)), making.values.get(making.name(2))
    if isinstance(asked, Value) and isinstance(value, Value) and asked == replace(value, is_code=True):
        return value
    raise Unsayable("it chooses between two by a third")


def _round(making: Making) -> Value:
    return replace(making.data(), is_code=True)


def _reduced(kind: str) -> Rule:
    def rule(making: Making) -> Value:
        value = making.data()
        axes = making.numbers("axes", 1)
        sides = {value.side(axis) for axis in axes} if axes else set(range(1, value.shape.rank + 1))
        rank = value.shape.rank
        wanted = {2: {1}, 3: {2, 3}}.get(rank)
        if sides != wanted:
            raise Unsayable("it sums up other sides than pixels or steps")
        made = making.add(kind, [making.natural(value)])
        if not making.attribute("keepdims", 1):
            return made
        channels = made.shape.dims[0]
        return making.add("Reshape", [made], dims=(channels, 1, 1) if rank == 3 else (1, channels))

    return rule


SIDES: dict[str, Rule] = {
    "Flatten": _flatten,
    "Gather": _gather,
    "IsNaN": _is_nan,
    "OneHot": _one_hot,
    "ReduceMax": _reduced("GlobalMaxPool"),
    "ReduceMean": _reduced("GlobalAvgPool2d"),
    "Reshape": _reshape,
    "Round": _round,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}

"""An ONNX file as plain values: operators, constants, inputs and outputs.

Its limits are checked before memory is taken. It needs no onnx package, runs nothing, and follows no path that the
file names. What operators mean is not known here.
Source: onnx.proto3 of ONNX 1.17 for the fields' numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.exchange.onnx_wire import WireProblem, fields, message, number, text, whole_numbers
from playground.exchange.problem import ExportProblem

MOST_BYTES = 2**31
MOST_OPERATORS = 20_000
MOST_CONSTANTS = 50_000
MOST_LISTED = 10_000
"""Numbers in an attribute, names at an operator."""
MOST_PIECES = 100_000
"""Fields of one tensor: exporters pack its numbers into one."""
MOST_WRITTEN = 10_000_000
"""Whole numbers of a tensor that are not packed as bytes."""
MOST_SIDES = 8
MOST_METADATA = 100
NOTHING = memoryview(b"")
KINDS: dict[int, type[np.generic]] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16,
    11: np.float64, 12: np.uint32, 13: np.uint64,
}  # fmt: skip
"""numpy's type by TensorProto.DataType."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One operator: its type, the names of what goes in and comes out ("" where left out), its attributes."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """An input or output: its name, and its sides; None for one that is left open."""

    name: str
    sides: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class Model:
    """What an ONNX file holds."""

    opset: int
    nodes: tuple[Node, ...]
    constants: Mapping[str, Array]
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    known: Mapping[str, tuple[int | None, ...] | None]
    """Sides of values in between, as far as the file says them."""
    metadata: Mapping[str, str]


def read_model(path: Path) -> Model:
    """Read an ONNX file. Raises ExportProblem: nothing in it is trusted."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ExportProblem(f"{path} has {size / 2**30:,.1f} GB; an ONNX file holds 2 GB at most. Choose another.")
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise ExportProblem(f"{path} is a folder. Choose an .onnx file in it.") from error
    except FileNotFoundError as error:
        raise ExportProblem(f"There is no file {path}. Check its name.") from error
    except OSError as error:
        raise ExportProblem(f"{path} cannot be read: {error.strerror or error}. Choose another file.") from error
    try:
        return model_of(content)
    except (WireProblem, ValueError, KeyError, struct.error) as error:
        raise ExportProblem(
            f"{path} is not an ONNX model, or it was cut short on its way. Choose another, or copy it again."
        ) from error
    except ExportProblem as problem:
        raise ExportProblem(f"{path} cannot be read. {problem}") from problem


def model_of(content: bytes) -> Model:
    """Read a file's content. Raises ExportProblem, or ValueError where it is no ONNX at all."""
    graph, opset, metadata = None, 0, dict[str, str]()
    for at, value in fields(memoryview(content)):
        if at == 7:
            graph = message(value)
        elif at == 8:
            domain, version = _opset(message(value))
            opset = max(opset, version) if domain in ("", "ai.onnx") else opset
        elif at == 14 and len(metadata) < MOST_METADATA:
            pair = dict(fields(message(value)))
            metadata[text(pair.get(1, NOTHING))] = text(pair.get(2, NOTHING), 1_000_000)
    if graph is None:
        raise ValueError("no graph")
    return _graph(graph, opset, metadata)


def _opset(data: memoryview) -> tuple[str, int]:
    found = dict(fields(data))
    return text(found.get(1, NOTHING)), number(found.get(2, 0))


def _graph(data: memoryview, opset: int, metadata: Mapping[str, str]) -> Model:
    counts = {1: MOST_OPERATORS, 5: MOST_CONSTANTS, 11: MOST_LISTED, 12: MOST_LISTED, 13: MOST_CONSTANTS}
    found: dict[int, list[memoryview]] = {at: [] for at in counts}
    for at, value in fields(data):
        if at == 15:
            raise ExportProblem("It has sparse weights, which are not read. Save it with dense ones.")
        if at not in found:
            continue
        found[at].append(message(value))
        if len(found[at]) > counts[at]:
            what = "operators" if at == 1 else "values"
            raise ExportProblem(f"It has more than {counts[at]:,} {what}, which is too much for a picture.")
    constants = dict(_tensor(each) for each in found[5])
    inputs = tuple(end for end in map(_end, found[11]) if end.name not in constants)
    known = {end.name: end.sides for end in map(_end, found[13])}
    return Model(opset, tuple(map(_node, found[1])), constants, inputs, tuple(map(_end, found[12])), known, metadata)


def _node(data: memoryview) -> Node:
    inputs, outputs, attributes = list[str](), list[str](), dict[str, Any]()
    said = {3: "", 4: "", 7: ""}
    for at, value in fields(data):
        if at in (1, 2):
            (inputs if at == 1 else outputs).append(text(value))
        elif at in said:
            said[at] = text(value)
        elif at == 5:
            name, found = _attribute(message(value))
            attributes[name] = found
        if len(inputs) + len(outputs) + len(attributes) > MOST_LISTED:
            raise ExportProblem(f"An operator has more than {MOST_LISTED:,} inputs, outputs and attributes.")
    return Node(said[4], tuple(inputs), tuple(outputs), attributes, said[3], said[7])


UNREAD = object()
"""An attribute of a kind that no layer has, such as a graph."""


def _attribute(data: memoryview) -> tuple[str, Any]:
    name, kind = "", 0
    values: dict[int, list[int | memoryview]] = {}
    for at, value in fields(data):
        if at == 1:
            name = text(value)
        elif at == 20:
            kind = number(value)
        elif at in (2, 3, 4, 5, 7, 8, 9):
            values.setdefault(at, []).append(value)
    return name, _said(kind, values)


def _said(kind: int, values: Mapping[int, list[int | memoryview]]) -> Any:
    """An attribute's value by AttributeProto.AttributeType."""
    if kind == 1:
        return struct.unpack("<f", message(values.get(2, [memoryview(bytes(4))])[-1]))[0]
    if kind == 2:
        return number(values.get(3, [0])[-1])
    if kind == 3:
        return text(values.get(4, [NOTHING])[-1])
    if kind == 4:
        return _tensor(message(values[5][-1]))[1]
    if kind == 6:
        return tuple(np.frombuffer(b"".join(map(message, values.get(7, []))), "<f4").tolist())
    if kind == 7:
        return _listed(values.get(8, []))
    if kind == 8:
        return tuple(map(text, values.get(9, [])))
    return UNREAD


def _listed(values: list[int | memoryview]) -> tuple[int, ...]:
    found: list[int] = []
    for value in values:
        found.extend(whole_numbers(value))
        if len(found) > MOST_LISTED:
            raise ExportProblem(f"An operator lists more than {MOST_LISTED:,} numbers.")
    return tuple(found)


def _tensor(data: memoryview) -> tuple[str, Array]:
    """A tensor whose sides agree with the bytes that are there, so that it takes no more memory than the file."""
    dims: list[int] = []
    values: dict[int, list[int | memoryview]] = {}
    for pieces, (at, value) in enumerate(fields(data)):
        if pieces > MOST_PIECES or len(dims) > MOST_SIDES:
            raise ExportProblem("It has a constant in more pieces than any exporter writes.")
        if at == 1:
            dims.extend(islice(whole_numbers(value), MOST_SIDES + 1))
        else:
            values.setdefault(at, []).append(value)
    name, kind = text(values.get(8, [NOTHING])[-1]), number(values.get(2, [0])[-1])
    is_outside = 13 in values or values.get(14, [0])[-1] == 1
    if is_outside:
        raise ExportProblem(
            "It keeps its weights in other files, which are not opened. Save it as one file: onnx.save(model, "
            "path, save_as_external_data=False)."
        )
    if kind not in KINDS:
        raise ExportProblem(f"The constant {name[:60]} has numbers of a kind that is not read (number {kind}).")
    if len(dims) > MOST_SIDES or any(side < 0 for side in dims):
        raise ValueError("sides that no tensor has")
    flat = _numbers(KINDS[kind], values)
    if flat.size != prod(dims):
        raise ValueError("sides that do not fit the numbers")
    return name, flat.reshape(dims)


def _numbers(kind: type[np.generic], values: Mapping[int, list[int | memoryview]]) -> Array:
    if 9 in values:
        return np.frombuffer(message(values[9][-1]), np.dtype(kind).newbyteorder("<")).astype(kind, copy=False)
    for at, own in ((4, "<f4"), (10, "<f8")):
        if at in values:
            return np.frombuffer(b"".join(map(message, values[at])), own).astype(kind)
    written = (each for at in (5, 7, 11) for value in values.get(at, []) for each in whole_numbers(value))
    whole = np.fromiter(islice(written, MOST_WRITTEN + 1), np.int64)
    if whole.size > MOST_WRITTEN:
        raise ExportProblem(f"It has a constant of more than {MOST_WRITTEN:,} numbers that are not packed as bytes.")
    return whole.astype(np.uint16).view(np.float16) if kind is np.float16 else whole.astype(kind)


def _end(data: memoryview) -> End:
    name, sides = "", None
    for at, value in fields(data):
        if at == 1:
            name = text(value)
        elif at == 2:
            sides = _sides(message(value))
    return End(name, sides)


def _sides(data: memoryview) -> tuple[int | None, ...] | None:
    """Of a TypeProto that is a tensor with a shape."""
    tensor = dict(fields(data)).get(1)
    shape = dict(fields(message(tensor))).get(2) if tensor is not None else None
    if shape is None:
        return None
    found: list[int | None] = []
    for at, value in fields(message(shape)):
        if at == 1:
            side = dict(fields(message(value))).get(1)
            found.append(None if side is None else number(side))
        if len(found) > MOST_SIDES:
            raise ExportProblem(f"A value has more than {MOST_SIDES} sides.")
    return tuple(found)

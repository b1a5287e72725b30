"""Reads ONNX models and tensors without the onnx package: protobuf's wire format, and the few fields the tests need.

Knows no layers. What the operators mean is in tests/layers/test_onnx_node.py and its neighbours.
Source: protobuf.dev "Encoding"; onnx.proto of ONNX 1.16 for the field numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_,
    10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
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


@dataclass(frozen=True, slots=True)
class OnnxCase:
    """One folder of the backend tests: the operators, and the arrays by their names in the graph."""

    name: str
    opset: int
    nodes: tuple[Node, ...]
    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array]

    @property
    def node(self) -> Node:
        """The first operator; most folders have only that one."""
        return self.nodes[0]

    def given(self, index: int) -> Array | None:
        """The array at that input of the first operator; None where it is left out."""
        names = self.node.inputs
        return self.inputs[names[index]] if index < len(names) and names[index] else None

    def wanted(self, index: int = 0) -> Array:
        """The array the first operator should give at that output."""
        return self.outputs[self.node.outputs[index]]


def read_case(folder: Path) -> OnnxCase:
    """Read model.onnx and test_data_set_0 of one folder."""
    model = _grouped((folder / "model.onnx").read_bytes())
    graph = _grouped(model[7][0])
    opset = max(_signed(_grouped(entry).get(2, [0])[0]) for entry in model.get(8, [b""]))
    data = folder / "test_data_set_0"
    inputs = {_text(_grouped(entry)[1][0]): i for i, entry in enumerate(graph.get(11, []))}
    outputs = {_text(_grouped(entry)[1][0]): i for i, entry in enumerate(graph.get(12, []))}
    known = dict(_named_tensor(entry) for entry in graph.get(5, []))
    return OnnxCase(
        folder.name,
        opset,
        tuple(_node(entry) for entry in graph.get(1, [])),
        known | _arrays(data, "input", inputs),
        _arrays(data, "output", outputs),
    )


def read_tensor(path: Path) -> Array | None:
    """Read one TensorProto file; None where the file holds something else, such as an optional value."""
    fields = _grouped(path.read_bytes())
    return _named_tensor(path.read_bytes())[1] if isinstance(fields.get(2, [None])[0], int) else None


def _arrays(folder: Path, kind: str, names: Mapping[str, int]) -> dict[str, Array]:
    read = {name: read_tensor(folder / f"{kind}_{index}.pb") for name, index in names.items()}
    return {name: array for name, array in read.items() if array is not None}


def _node(data: bytes) -> Node:
    fields = _grouped(data)
    return Node(
        _text(fields[4][0]),
        tuple(map(_text, fields.get(1, []))),
        tuple(map(_text, fields.get(2, []))),
        dict(_attribute(entry) for entry in fields.get(5, [])),
    )


def _attribute(data: bytes) -> tuple[str, Any]:
    fields = _grouped(data)
    name, kind = _text(fields[1][0]), fields.get(20, [0])[0]
    if kind == 1:
        return name, struct.unpack("<f", fields.get(2, [bytes(4)])[0])[0]
    if kind == 2:
        return name, _signed(fields.get(3, [0])[0])
    if kind == 3:
        return name, _text(fields.get(4, [b""])[0])
    if kind == 4:
        return name, _named_tensor(fields[5][0])[1]
    if kind == 6:
        return name, tuple(np.frombuffer(_packed(fields.get(7, [])), "<f4").tolist())
    if kind == 7:
        return name, tuple(_whole_numbers(fields.get(8, [])))
    if kind == 8:
        return name, tuple(map(_text, fields.get(9, [])))
    raise ValueError(f"Attribute {name} is of kind {kind}, which this reader does not know.")


def _named_tensor(data: bytes) -> tuple[str, Array]:
    fields = _grouped(data)
    dims, kind = _whole_numbers(fields.get(1, [])), TYPES[fields[2][0]]
    if 9 in fields:
        values = np.frombuffer(fields[9][0], np.dtype(kind).newbyteorder("<")).astype(kind)
    elif 4 in fields:
        values = np.frombuffer(_packed(fields[4]), "<f4").astype(kind)
    elif 10 in fields:
        values = np.frombuffer(_packed(fields[10]), "<f8").astype(kind)
    elif 5 in fields and kind is np.float16:
        values = np.array(_whole_numbers(fields[5]), np.uint16).view(np.float16)
    else:
        values = np.array(_whole_numbers(fields.get(5, fields.get(7, fields.get(11, [])))), kind)
    return _text(fields.get(8, [b""])[0]), values.reshape(dims)


def _grouped(data: bytes) -> dict[int, list[Any]]:
    """A message's values by field number, in order: whole numbers as int, all else as bytes."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        value: int | bytes
        if wire == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(wire, 0)
            if wire == 2:
                size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        found.setdefault(number, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _packed(values: list[bytes]) -> bytes:
    """Fixed-size numbers, however they were packed."""
    return b"".join(values)


def _whole_numbers(values: list[int | bytes]) -> list[int]:
    """Repeated whole numbers, packed or one by one."""
    return [_signed(number) for value in values for number in _unpacked(value)]


def _unpacked(value: int | bytes) -> Iterator[int]:
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        number, at = _varint(value, at)
        yield number


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _text(value: bytes) -> str:
    return value.decode("utf-8")

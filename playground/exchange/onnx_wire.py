"""Protobuf's wire format, read without trust: every length is checked against the bytes that are there.

Nothing is copied: what is longer than a number is a view of the file. Knows no messages; see onnx_reading.py.
Source: protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST = 10
"""Bytes of a whole number."""


class WireProblem(ValueError):
    """Bytes that are no protobuf."""


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """A whole number, and where it ends. Raises WireProblem."""
    value = shift = 0
    for end in range(at, min(at + LONGEST, len(data))):
        byte = data[end]
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (2**64 - 1), end + 1
        shift += 7
    raise WireProblem("a whole number without an end")


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """A message's fields in order: number, and value; whole numbers as int, all else as bytes. Raises WireProblem."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = varint(data, at)
            yield number, value
            continue
        if wire == BYTES:
            size, at = varint(data, at)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise WireProblem(f"a field of the kind {wire}")
        if size > len(data) - at:
            raise WireProblem("a field longer than its message")
        yield number, data[at : at + size]
        at += size


def whole_numbers(value: int | memoryview) -> Iterator[int]:
    """Signed whole numbers, packed or a single one."""
    if isinstance(value, int):
        yield _signed(value)
        return
    at = 0
    while at < len(value):
        number, at = varint(value, at)
        yield _signed(number)


def text(value: int | memoryview, most: int = 1000) -> str:
    """A text, cut after so many bytes; what is no UTF-8 is replaced. Raises WireProblem for a number."""
    if isinstance(value, int):
        raise WireProblem("a number where a text should be")
    return bytes(value[:most]).decode("utf-8", "replace")


def message(value: int | memoryview) -> memoryview:
    """A message within a message. Raises WireProblem for a number."""
    if isinstance(value, int):
        raise WireProblem("a number where a message should be")
    return value


def number(value: int | memoryview) -> int:
    """A whole number. Raises WireProblem for bytes."""
    if isinstance(value, memoryview):
        raise WireProblem("bytes where a number should be")
    return _signed(value)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value

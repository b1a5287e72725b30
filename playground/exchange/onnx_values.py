"""The network while it is made of ONNX operators: layers with numbers for names, values with their sides, constants.

ONNX counts the batch among a value's sides, and puts features in front of steps, or steps in front of the batch. A
value here knows which of its sides is which of a layer's, so that such turns need no layer of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.exchange.made import Made, Unsayable, ports_of, settled
from playground.exchange.onnx_reading import Array, Model, Node
from playground.layers.shape import Shape

BATCH, WAYS = 0, -1
"""Sides that no layer counts: the examples; and a recurrent layer's directions, which lie in its features."""


@dataclass(frozen=True)
class Value:
    """What flows along an edge of the file."""

    source: int
    """The layer that gives it, by its place in Making.made."""
    shape: Shape
    sides: tuple[int, ...]
    """Which side of the layer's result each of its own is: 1 is the first behind the batch."""
    is_code: bool = False
    """Whether it was rounded, as the numbers of symbols are: only what looks up in a table may read it then."""
    ways: int = 1
    pending: str = ""
    """What of a longer formula was computed of it so far, where only the whole of that is a layer (GELU)."""

    @property
    def is_natural(self) -> bool:
        return self.sides == tuple(range(self.shape.rank + 1))

    def side(self, axis: int) -> int:
        """Which side of the layer's an axis is; negative ones are counted from the end."""
        if not -len(self.sides) <= axis < len(self.sides):
            raise Unsayable(f"it names side {axis} of {len(self.sides)}")
        return self.sides[axis]


class Making:
    """All of it. values: what each name of the file stands for: a Value, or an array that is known."""

    def __init__(self, model: Model, nodes: Sequence[Node]) -> None:
        """nodes: those of the model's operators that are needed."""
        self.model = model
        self.made: list[Made] = []
        self.values: dict[str, Value | Array] = dict(model.constants)
        self.used = Counter(name for node in nodes for name in node.inputs)
        self.used.update(end.name for end in model.outputs)
        self.node = Node("", (), ())

    # Reading the present operator

    def data(self, at: int = 0, allow_codes: bool = False) -> Value:
        """An input that flows. Raises Unsayable where it is a constant or left out."""
        value = self.values.get(self.name(at))
        if not isinstance(value, Value):
            raise Unsayable("it reads a constant where a layer reads what flows")
        if value.is_code and not allow_codes:
            raise Unsayable("it computes with numbers that were rounded")
        if value.pending:
            raise Unsayable(f"it reads a part of a formula ({value.pending}) that no layer gives by itself")
        if WAYS in value.sides:
            raise Unsayable("it takes the directions of a recurrent layer apart")
        return value

    def name(self, at: int) -> str:
        return self.node.inputs[at] if at < len(self.node.inputs) else ""

    def const(self, at: int) -> Array | None:
        """An input that is known; None where it is left out. Raises Unsayable where it flows."""
        if not self.name(at):
            return None
        value = self.values.get(self.name(at))
        if value is None or isinstance(value, Value):
            raise Unsayable("it reads from the network what a layer keeps as a weight or setting")
        return value

    def attribute(self, name: str, default: Any = None) -> Any:
        return self.node.attributes.get(name, default)

    def numbers(self, name: str, at: int) -> tuple[int, ...] | None:
        """A list of whole numbers that is an attribute, or an input in newer opsets."""
        if name in self.node.attributes:
            found = self.attribute(name)
            return found if isinstance(found, tuple) else (int(found),)
        value = self.const(at)
        return None if value is None else tuple(int(each) for each in value.ravel()[:64])

    def reads_more(self) -> bool:
        """Whether somebody reads another of the operator's results than the first."""
        return any(self.used[name] for name in self.node.outputs[1:] if name)

    def used_once(self, name: str) -> bool:
        return self.used[name] == 1

    # Adding layers

    def add(
        self, kind: str, inputs: Sequence[Value], weights: Mapping[str, Array] | None = None, of: Sequence[str] = (),
        ports: Sequence[str] = (), **settings: Any,
    ) -> Value:  # fmt: skip
        """A layer of what arrives in its natural order. Raises Unsayable if it cannot have such settings or inputs."""
        layer, shape = settled(kind, [value.shape for value in inputs], settings)
        names = list(ports) or ports_of(layer, len(inputs))
        kept = dict(weights or {})
        edges = [(value.source, port) for value, port in zip(inputs, names, strict=True)]
        self.made.append(Made(layer, edges, kept, self.node.outputs[0] if self.node.outputs else "", tuple(of)))
        return Value(len(self.made) - 1, shape, tuple(range(shape.rank + 1)))

    def natural(self, value: Value) -> Value:
        """The value in the order of its layer's sides; turned by a Permute where it is not."""
        if value.pending or value.is_code:
            raise Unsayable(f"it is a part of a formula, {value.pending or 'rounded numbers'}, that no layer gives")
        if value.is_natural:
            return value
        if WAYS in value.sides:
            raise Unsayable("a recurrent layer's directions have a side of their own there")
        if value.sides[0] != BATCH:
            raise Unsayable("its first side is not the examples")
        return self.add("Permute", [self.untwisted(value)], order=tuple(value.sides[1:]))

    @staticmethod
    def untwisted(value: Value) -> Value:
        """What its layer gives, as it gives it."""
        return replace(value, sides=tuple(range(value.shape.rank + 1)))

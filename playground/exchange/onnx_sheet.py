"""An ONNX graph while it is written: operators, constants and names, as plain values.

What a layer is in operators is said in onnx_layers.py; onnx_file.py makes the file.
Knows no layers, and not the onnx package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Name = str
"""What a value is called in the file; a layer's result has the layer's own name."""


@dataclass(frozen=True)
class Operator:
    """One node of an ONNX graph."""

    type: str
    inputs: tuple[Name, ...]
    outputs: tuple[Name, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Numbers, texts, lists of them, or a Body."""
    layer: str = ""


@dataclass(frozen=True)
class Body:
    """A graph inside of an operator: what a loop does at each step."""

    operators: tuple[Operator, ...]
    inputs: tuple[Name, ...]
    outputs: tuple[Name, ...]


class Sheet:
    """Operators in the order of computing. One layer is written at a time."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.weights = weights
        """By "<layer>.<name>", as the engine names them."""
        self.operators: list[Operator] = []
        self.constants: dict[Name, NDArray[Any]] = {}
        self.layer = ""
        self.mark = ""
        """What values of a layer are called beside its name, inside a loop."""
        self._numbers = 0

    def begin(self, layer: str) -> None:
        """The operators that follow are that layer's."""
        self.layer, self._numbers = layer, 0

    def _fresh(self) -> Name:
        self._numbers += 1
        return f"{self.layer}{self.mark}/{self._numbers}"

    def op(self, type_: str, *inputs: Name, **attributes: Any) -> Name:
        """Write an operator with one result; the result's name."""
        return self.ops(type_, inputs, 1, **attributes)[0]

    def ops(self, type_: str, inputs: Sequence[Name], count: int, **attributes: Any) -> tuple[Name, ...]:
        """Write an operator with several results."""
        while inputs and not inputs[-1]:
            inputs = inputs[:-1]
        outputs = tuple(self._fresh() for _ in range(count))
        self.operators.append(Operator(type_, tuple(inputs), outputs, attributes, self.layer))
        return outputs

    def finish(self, result: Name) -> Name:
        """The layer's result gets the layer's name."""
        own = f"{self.layer}{self.mark}"
        last = self.operators[-1] if self.operators else None
        if last is None or last.layer != self.layer or last.outputs != (result,) or result == own:
            self.op("Identity", result)
            last = self.operators[-1]
        self.operators[-1] = replace(last, outputs=(own,))
        return own

    def weight(self, name: str, owner: str = "", variant: str = "", values: NDArray[Any] | None = None) -> Name:
        """A weight of the layer, or of the one whose weights it uses; variant and values: arranged in another way."""
        whole = f"{owner or self.layer}.{name}"
        named = f"{whole}{variant}"
        self.constants.setdefault(named, self.weights[whole] if values is None else values)
        return named

    def value(self, name: str, owner: str = "") -> NDArray[Any]:
        """The numbers of a weight."""
        return self.weights[f"{owner or self.layer}.{name}"]

    def const(self, values: ArrayLike, kind: type[np.generic] = np.float32) -> Name:
        """A constant that is no weight; equal ones are one."""
        array = np.asarray(values, kind)
        key = f"constant/{array.dtype.name}/{'x'.join(map(str, array.shape))}/"
        key += (
            "_".join(f"{number:g}" for number in array.ravel().tolist()) if array.size <= 8 else str(self._same(array))
        )
        if key in self.constants and not np.array_equal(self.constants[key], array, equal_nan=True):
            key = f"{key}/{len(self.constants)}"  # two that are written alike
        self.constants.setdefault(key, array)
        return key

    def whole(self, *numbers: int) -> Name:
        """A list of whole numbers, such as axes or a shape."""
        return self.const(numbers, np.int64)

    def _same(self, array: NDArray[Any]) -> int:
        known = [each for name, each in self.constants.items() if name.startswith("constant/") and each.size > 8]
        return next((at for at, each in enumerate(known) if np.array_equal(each, array)), len(known))

    def reshaped(self, value: Name, *dims: int) -> Name:
        """The same numbers of each example in other sides."""
        return self.op("Reshape", value, self.whole(-1, *dims))

    def turned(self, value: Name, *order: int) -> Name:
        """The sides in another order, the batch counted."""
        return self.op("Transpose", value, perm=list(order))

"""Recurrent layers in ONNX: its own RNN, LSTM and GRU, one operator for each stacked layer.

ONNX orders an LSTM's gates i, o, f, c and a GRU's z, r, h, where torch has i, f, g, o and r, z, n; with
linear_before_reset a GRU multiplies by r behind the matrix, as torch does. Steps come first there, the batch second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.exchange.onnx_layers import Place
from playground.exchange.onnx_sheet import Name

ORDER = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2), "RNN": (0,)}
"""Which of torch's gates stands where in ONNX."""


class Recurrent:
    """One recurrent layer; result and state are written once made."""

    def __init__(self, at: Place, wants_state: bool) -> None:
        self.at, self.sheet, self.kind = at, at.sheet, at.call.name.removeprefix("nn.")
        self.units = at.call.args[1]
        self.layers = at.settings.get("num_layers", 1)
        self.directions = 2 if at.settings.get("bidirectional") else 1
        passed = dict(at.call.then[0].kwargs)
        self._returns, self._hidden, self._wide = passed["returns"], passed["hidden"], passed["wide"]
        states, lasts, cells = self._stacked(self._returns == "sequence")
        self.state = ""
        """The whole final state (n, numbers), where it is wanted."""
        if wants_state or self._returns == "state":
            flat = [self._flat(lasts), *([self._flat(cells)] if cells else [])]
            self.state = self.sheet.op("Concat", *flat, axis=1) if len(flat) > 1 else flat[0]
        self.result = self._result(states, lasts)

    def _result(self, states: Name, lasts: list[Name]) -> Name:
        if self._returns == "state":
            return self.state
        if self._returns == "sequence":
            return self.sheet.turned(states, 1, 0, 2)
        return self._flat(lasts[-1:])

    def _flat(self, lasts: list[Name]) -> Name:
        """(directions, n, units) of each layer as (n, numbers)."""
        all_ = self.sheet.op("Concat", *lasts, axis=0) if len(lasts) > 1 else lasts[0]
        numbers = len(lasts) * self.directions * self.units
        return self.sheet.reshaped(self.sheet.turned(all_, 1, 0, 2), numbers)

    def _stacked(self, wants_all: bool) -> tuple[Name, list[Name], list[Name]]:
        value = self.sheet.turned(self.at.x, 1, 0, 2)
        lasts: list[Name] = []
        cells: list[Name] = []
        begun = self._initial()
        for layer in range(self.layers):
            more: dict[str, Any] = {"linear_before_reset": 1} if self.kind == "GRU" else {}
            if self.kind == "RNN":
                more["activations"] = [self.at.settings["nonlinearity"].capitalize()] * self.directions
            direction = "bidirectional" if self.directions == 2 else "forward"
            count = 3 if self.kind == "LSTM" else 2
            inputs = [value, *self._weights(layer), "", *begun[layer]]
            outputs = self.sheet.ops(self.kind, inputs, count, hidden_size=self.units, direction=direction, **more)
            if wants_all or layer + 1 < self.layers:
                value = self._joined(outputs[0])
            lasts.append(outputs[1])
            cells += outputs[2:]
        return value, lasts, cells

    def _joined(self, states: Name) -> Name:
        """(steps, directions, n, units) as (steps, n, directions · units)."""
        if self.directions == 1:
            return self.sheet.op("Squeeze", states, self.sheet.whole(1))
        turned = self.sheet.turned(states, 0, 2, 1, 3)
        return self.sheet.op("Reshape", turned, self.sheet.whole(0, 0, self.directions * self.units))

    def _weights(self, layer: int) -> list[Name]:
        """W, R and both biases of one stacked layer, its directions behind one another."""
        suffixes = [f"l{layer}{way}" for way in ("", "_reverse")[: self.directions]]
        name = f"_l{layer}/onnx" if self.layers > 1 else "/onnx"
        kinds = [("weight_ih", name), ("weight_hh", name)]
        found = [
            self.sheet.weight(
                f"{kind}_l0", self.at.owner, variant, np.stack([self._gates(f"{kind}_{s}") for s in suffixes])
            )
            for kind, variant in kinds
        ]
        both = [np.concatenate([self._gates(f"bias_ih_{s}"), self._gates(f"bias_hh_{s}")]) for s in suffixes]
        return [*found, self.sheet.weight("bias_ih_l0", self.at.owner, name, np.stack(both))]

    def _gates(self, name: str) -> NDArray[Any]:
        parts = np.split(self.sheet.value(name, self.at.owner), len(ORDER[self.kind]))
        return np.concatenate([parts[at] for at in ORDER[self.kind]])

    def _initial(self) -> list[list[Name]]:
        """The first state of each stacked layer, of what arrives at its port: h, or h and c."""
        if len(self.at.given) < 2 or not self.at.given[1]:
            return [[] for _ in range(self.layers)]
        given, size = self.at.given[1], self.at.shapes[1].size
        count = self.layers * self.directions
        sheet, vectors = self.sheet, size // (count * self.units)
        whole = sheet.turned(sheet.reshaped(given, vectors * count, self.units), 1, 0, 2)
        if vectors * count == self.directions:
            return [[whole]]
        pieces = sheet.ops(
            "Split", [whole, sheet.whole(*[self.directions] * (vectors * self.layers))], vectors * self.layers, axis=0
        )
        return [list(pieces[layer :: self.layers]) for layer in range(self.layers)]

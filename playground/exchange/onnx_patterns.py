"""Activations that older ONNX writes as several operators: SiLU, Mish, and GELU by the error function.

x · sigmoid(x); x · tanh(softplus(x)); ½ · x · (1 + erf(x / √2)), in any order of the factors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from playground.exchange.made import Unsayable
from playground.exchange.onnx_reading import Array
from playground.exchange.onnx_values import Making, Value
from playground.layers.expression import Expression

ERF, SUM, DOUBLE = "erf(x / √2)", "1 + erf(x / √2)", "x · (1 + erf(x / √2))"
_TIMES = re.compile(r"(?:a ([*/]) ([\d.]+)|([\d.]+) \* a)")


def erf(making: Making) -> Value:
    """A part of GELU: its argument must be x / √2."""
    value = making.data()
    scaled = _scaled(making, value)
    if scaled is None or abs(scaled[1] - sqrt(0.5)) > 1e-4:
        raise Unsayable("no layer computes that")
    return replace(value, source=scaled[0], pending=ERF)


def patterned(making: Making, given: Sequence[Value | Array | None]) -> Value | None:
    """The layer that an Add or Mul completes, or the part of one; None if it is an ordinary one."""
    if len(given) != 2 or making.node.op not in ("Add", "Mul"):
        return None
    for first, second in (tuple(given), tuple(reversed(given))):
        found = None
        if isinstance(first, Value) and first.pending:
            found = _further(making, first, second)
        elif isinstance(first, Value) and isinstance(second, Value) and making.node.op == "Mul":
            found = _gated(making, first, second)
        if found is not None:
            return found
    return None


def _further(making: Making, part: Value, other: Value | Array | None) -> Value | None:
    number = (
        float(other.reshape(())) if not isinstance(other, Value) and other is not None and other.size == 1 else None
    )
    if making.node.op == "Add":
        return replace(part, pending=SUM) if part.pending == ERF and number == 1 else None
    if part.pending == DOUBLE and number == 0.5:
        return _made(making, "GELU", part)
    if part.pending == SUM and isinstance(other, Value) and not other.pending:
        if other.source == part.source:
            return replace(part, pending=DOUBLE)
        halved = _scaled(making, other)
        if halved == (part.source, 0.5):
            return _made(making, "GELU", part)
    return None


def _gated(making: Making, x: Value, gate: Value) -> Value | None:
    """SiLU or Mish: a value times a function of itself."""
    if x.sides != gate.sides:
        return None
    chain: list[str] = []
    source = gate.source
    while len(chain) < 2 and source != x.source and len(making.made[source].inputs) == 1:
        chain.append(making.made[source].layer.type)
        source = making.made[source].inputs[0][0]
    kind = {("Sigmoid",): "SiLU", ("Tanh", "Softplus"): "Mish"}.get(tuple(chain))
    return _made(making, kind, x) if kind and source == x.source else None


def _made(making: Making, kind: str, value: Value) -> Value:
    plain = replace(value, pending="")
    return replace(making.add(kind, [making.untwisted(plain)]), sides=value.sides)


def _scaled(making: Making, value: Value) -> tuple[int, float] | None:
    """The layer whose result a formula multiplies by a number, and that number."""
    made = making.made[value.source]
    match = _TIMES.fullmatch(made.layer.formula) if isinstance(made.layer, Expression) else None
    if match is None:
        return None
    number = float(match[2] or match[3])
    return made.inputs[0][0], 1 / number if match[1] == "/" and number else number

"""Recurrent layers step by step, gate by gate, from their weights alone: for the arithmetic and for the unrolled view.

Formulas and the gates' order are torch's (documentation of nn.RNN, nn.LSTM and nn.GRU; Hochreiter and Schmidhuber
1997; Cho et al. 2014). Only the layer's lowest level, forwards, is written out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.insight.terms import Case, Stage, Sum, Term, Values, Written

GATES = {
    "RNN": ("state",),
    "LSTM": ("input gate", "forget gate", "candidate", "output gate"),
    "GRU": ("reset gate", "update gate", "candidate"),
}
"""In the order in which torch stacks their weights."""


@dataclass(frozen=True, eq=False)
class Course:
    """A recurrent layer over time."""

    hidden: Values
    """h (steps, units), behind each step."""
    cell: Values | None
    """c (steps, units) of an LSTM."""
    gates: dict[str, Values]
    """(steps, units) each, after its activation."""


def course(
    kind: str, inputs: Values, weights: dict[str, Values], state: Values | None = None, nonlinearity: str = "tanh"
) -> Course:
    """Go through a sequence (steps, features), beginning at a flat state (h, and behind it an LSTM's c), or at zeros.

    weights: weight_ih_l0 (gates · units, features), weight_hh_l0 (gates · units, units), and biases if it has them.
    """
    names = GATES[kind]
    units = weights["weight_hh_l0"].shape[1]
    h, c = np.zeros(units), np.zeros(units)
    if state is not None:
        h, c = state[:units], state[units : 2 * units] if len(state) >= 2 * units else c
    states, cells = [], []
    gates: dict[str, list[Values]] = {name: [] for name in names}
    for x in inputs:
        values, h, c = _step(kind, _sums(weights, x, h), h, c, nonlinearity)
        for name, value in zip(names, values, strict=True):
            gates[name].append(value)
        states.append(h)
        cells.append(c)
    stacked = {name: np.array(values) for name, values in gates.items()}
    return Course(np.array(states), np.array(cells) if kind == "LSTM" else None, stacked)


def _sums(weights: dict[str, Values], x: Values, h: Values) -> tuple[Values, Values]:
    """What the input and what the state before contribute, all gates below each other; biases with each."""
    zero = np.zeros(len(weights["weight_hh_l0"]))
    from_input = weights["weight_ih_l0"] @ x + weights.get("bias_ih_l0", zero)
    return from_input, weights["weight_hh_l0"] @ h + weights.get("bias_hh_l0", zero)


def _step(
    kind: str, sums: tuple[Values, Values], h: Values, c: Values, nonlinearity: str
) -> tuple[tuple[Values, ...], Values, Values]:
    """The gates, and the new h and c."""
    own, back = sums
    if kind == "RNN":
        state = np.tanh(own + back) if nonlinearity == "tanh" else np.maximum(own + back, 0)
        return (state,), state, c
    if kind == "LSTM":
        i, f, g, o = np.split(own + back, 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        c = f * c + i * g
        return (i, f, g, o), o * np.tanh(c), c
    (r, z, n), (back_r, back_z, back_n) = np.split(own, 3), np.split(back, 3)
    r, z = _sigmoid(r + back_r), _sigmoid(z + back_z)
    n = np.tanh(n + r * back_n)
    return (r, z, n), (1 - z) * n + z * h, c


def _sigmoid(x: Values) -> Values:
    value: Values = 0.5 * (1 + np.tanh(x / 2))
    return value


def _write(case: Case) -> Written:
    """The gates of one unit at its step: a sum each, then how they make the new state."""
    kind = case.layer.type
    step, unit = case.unit if len(case.unit) == 2 else (len(case.inputs[0]) - 1, case.unit[0])
    curve = str(getattr(case.layer, "nonlinearity", "tanh"))
    run = course(kind, case.inputs[0], case.weights, nonlinearity=curve)
    units = run.hidden.shape[1]
    before = run.hidden[step - 1] if step else np.zeros(units)
    x = case.inputs[0][step]
    sums = []
    for number, name in enumerate(GATES[kind]):
        row = number * units + unit
        terms = [
            Term((step, at), float(value), float(w), float(value * w), (row, at))
            for at, (value, w) in enumerate(zip(x, case.weights["weight_ih_l0"][row], strict=True))
        ]
        own = sum(term.product for term in terms) + _bias(case, "bias_ih_l0", row)
        recurrent = [
            Term(None, float(value), float(w), float(value * w), (row, at))
            for at, (value, w) in enumerate(zip(before, case.weights["weight_hh_l0"][row], strict=True))
        ]
        back = sum(term.product for term in recurrent) + _bias(case, "bias_hh_l0", row)
        damped = kind == "GRU" and name == "candidate"
        total = own + (float(run.gates["reset gate"][step, unit]) if damped else 1.0) * back
        title = f"{name}: Σ w · x + {'r · ' if damped else ''}(Σ u · h before) + b"
        sums.append(Sum(title, (*terms, *recurrent), _both(case, row), total))
    stages = [Stage(f"{name}: {_curve(name, curve)} of it", float(run.gates[name][step, unit])) for name in GATES[kind]]
    if kind == "LSTM" and run.cell is not None:
        last = float(run.cell[step - 1, unit]) if step else 0.0
        stages.append(Stage(f"c = f · {last:.4g} + i · g", float(run.cell[step, unit])))
        stages.append(Stage("h = o · tanh(c)", float(run.hidden[step, unit])))
    elif kind == "GRU":
        stages.append(Stage(f"h = (1 − z) · n + z · {float(before[unit]):.4g}", float(run.hidden[step, unit])))
    return tuple(sums), tuple(stages)


def _curve(gate: str, nonlinearity: str) -> str:
    return {"candidate": "tanh", "state": nonlinearity}.get(gate, "σ")


def _bias(case: Case, name: str, row: int) -> float:
    return float(case.weights[name][row]) if name in case.weights else 0.0


def _both(case: Case, row: int) -> float | None:
    if "bias_ih_l0" not in case.weights:
        return None
    return _bias(case, "bias_ih_l0", row) + _bias(case, "bias_hh_l0", row)


WRITERS: dict[str, Callable[[Case], Written]] = dict.fromkeys(GATES, _write)

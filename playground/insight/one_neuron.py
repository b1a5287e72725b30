"""One neuron with two weights: its true loss surface, and how different rules walk on it.

Knows numpy only. Examples are (n, 2), labels −1 or +1 (or numbers, for squared error); there is no bias.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Loss = Literal["cross-entropy", "squared error", "hinge", "perceptron"]
LOSSES: tuple[Loss, ...] = ("cross-entropy", "squared error", "hinge", "perceptron")
Rule = Literal["gradient descent", "momentum", "Newton", "perceptron rule"]
RULES: tuple[Rule, ...] = ("gradient descent", "momentum", "Newton", "perceptron rule")
Array = NDArray[np.float64]
MOMENTUM = 0.9
DAMPING = 1e-6
"""Added to the Hessian's diagonal, so that it can be inverted."""


def loss(kind: Loss, w: Array, x: Array, y: Array) -> Array:
    """Mean loss for weights (..., 2): log(1 + exp(−y w·x)), ½(w·x − y)², max(0, 1 − y w·x) or max(0, −y w·x)."""
    scores = w @ x.T
    margin = y * scores
    if kind == "cross-entropy":
        return np.asarray(np.logaddexp(0, -margin).mean(axis=-1))
    if kind == "squared error":
        return np.asarray(0.5 * ((scores - y) ** 2).mean(axis=-1))
    return np.asarray(np.maximum(0, (1.0 if kind == "hinge" else 0.0) - margin).mean(axis=-1))


def gradient(kind: Loss, w: Array, x: Array, y: Array) -> Array:
    """(2,) of the mean loss; at a kink of hinge and perceptron, one of its subgradients."""
    scores = x @ w
    margin = y * scores
    if kind == "cross-entropy":
        slope = -y / (1 + np.exp(np.clip(margin, -500, 500)))
    elif kind == "squared error":
        slope = scores - y
    else:
        slope = np.where(margin < (1.0 if kind == "hinge" else 0.0), -y, 0.0)
    return np.asarray((slope[:, None] * x).mean(axis=0))


def hessian(kind: Loss, w: Array, x: Array, _y: Array) -> Array:
    """(2, 2) of the mean loss; 0 for the losses that are made of straight lines."""
    if kind == "squared error":
        return np.asarray(x.T @ x / len(x))
    if kind == "cross-entropy":
        chance = 1 / (1 + np.exp(-np.clip(x @ w, -500, 500)))
        return np.asarray((x * (chance * (1 - chance))[:, None]).T @ x / len(x))
    return np.zeros((2, 2))


def walk(rule: Rule, kind: Loss, start: Array, x: Array, y: Array, rate: float, steps: int) -> Array:
    """The weights (steps + 1, 2) from a start on.

    Gradient descent: w − η g. Momentum (Polyak 1964): v ← 0.9 v + g, w − η v. Newton: w − H⁻¹ g, damped, and with
    halved steps while the loss would rise. Perceptron rule (Rosenblatt 1958): one example after the other, w + η y x
    for those that are on the wrong side; a point a pass.
    """
    w, v = np.asarray(start, dtype=np.float64).copy(), np.zeros(2)
    path = [w.copy()]
    for _ in range(steps):
        if rule == "perceptron rule":
            for row, label in zip(x, y, strict=True):
                if label * (row @ w) <= 0:
                    w = w + rate * label * row
        elif rule == "Newton":
            w = _newton(kind, w, x, y)
        else:
            v = gradient(kind, w, x, y) + (MOMENTUM * v if rule == "momentum" else 0.0)
            w = w - rate * v
        path.append(w.copy())
    return np.array(path)


def _newton(kind: Loss, w: Array, x: Array, y: Array) -> Array:
    step = np.linalg.solve(hessian(kind, w, x, y) + DAMPING * np.eye(2), gradient(kind, w, x, y))
    now = float(loss(kind, w, x, y))
    for halving in range(30):
        there = w - step / 2**halving
        if float(loss(kind, there, x, y)) <= now:
            return np.asarray(there)
    return w


def unsupervised(x: Array, start: Array, rate: float, steps: int, rule: Literal["Hebb", "Oja"]) -> Array:
    """Weights (steps + 1, 2) of a linear neuron that learns without labels; a point a pass through the examples.

    Hebb 1949: w + η y x with y = w·x: it grows without end. Oja 1982, equation 3: w + η y (x − y w): it stays of
    length 1 and turns to the first principal component.
    """
    w = np.asarray(start, dtype=np.float64).copy()
    path = [w.copy()]
    for _ in range(steps):
        for row in x:
            answer = float(row @ w)
            w = w + rate * answer * (row - answer * w if rule == "Oja" else row)
        path.append(w.copy())
    return np.array(path)

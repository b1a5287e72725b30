"""Activations worked out on one number, with their formulas in words. Sources stand with the layers themselves."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, expm1, log1p, pi, sqrt, tanh

from playground.layers.layer import Layer

ACTIVATED = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "GELU": "gelu", "Sigmoid": "sigmoid", "Tanh": "tanh", "ELU": "elu",
    "SELU": "selu", "CELU": "celu", "SiLU": "silu", "Mish": "mish", "Softplus": "softplus", "HardSwish": "hard_swish",
    "HardSigmoid": "hard_sigmoid", "HardTanh": "hard_tanh", "Step": "heaviside",
}  # fmt: skip
"""Layers that are one activation, by its name as a setting."""
ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
"""Of SELU: Klambauer et al. 2017, section 1."""


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _softplus(x: float) -> float:
    return max(x, 0.0) + log1p(exp(-abs(x)))


FORMULAS: dict[str, tuple[str, Callable[[float], float]]] = {
    "relu": ("max(0, x)", lambda x: max(0.0, x)),
    "leaky_relu": ("x if x > 0, else 0.01 · x", lambda x: x if x > 0 else 0.01 * x),
    "gelu": ("x · Φ(x)", lambda x: x * 0.5 * (1 + erf(x / sqrt(2)))),
    "sigmoid": ("1 / (1 + exp(−x))", _sigmoid),
    "tanh": ("tanh(x)", tanh),
    "elu": ("x if x > 0, else exp(x) − 1", lambda x: x if x > 0 else expm1(x)),
    "selu": ("1.0507 · (x if x > 0, else 1.6733 · (exp(x) − 1))", lambda x: SCALE * (x if x > 0 else ALPHA * expm1(x))),
    "celu": ("x if x > 0, else exp(x) − 1", lambda x: x if x > 0 else expm1(x)),
    "silu": ("x · σ(x)", lambda x: x * _sigmoid(x)),
    "mish": ("x · tanh(softplus(x))", lambda x: x * tanh(_softplus(x))),
    "softplus": ("ln(1 + exp(x))", _softplus),
    "hard_swish": ("x · min(max(x / 6 + ½, 0), 1)", lambda x: x * min(max(x / 6 + 0.5, 0.0), 1.0)),
    "hard_sigmoid": ("min(max(x / 6 + ½, 0), 1)", lambda x: min(max(x / 6 + 0.5, 0.0), 1.0)),
    "hard_tanh": ("min(max(x, −1), 1)", lambda x: min(max(x, -1.0), 1.0)),
    "heaviside": ("1 if x > 0, else 0", lambda x: 1.0 if x > 0 else 0.0),
}


def activated(name: str, x: float, layer: Layer | None = None) -> tuple[str, float]:
    """Formula and value. layer: whose own settings count, where it has some.

    >>> activated("relu", -2.0)
    ('max(0, x)', 0.0)
    """
    settings = layer.settings if layer is not None else {}
    if name == "leaky_relu" and "slope" in settings:
        slope = float(settings["slope"])
        return f"x if x > 0, else {slope:g} · x", x if x > 0 else slope * x
    if name == "hard_tanh" and "low" in settings:
        low, high = float(settings["low"]), float(settings["high"])
        return f"min(max(x, {low:g}), {high:g})", min(max(x, low), high)
    if name == "hard_sigmoid" and "slope" in settings:
        slope, offset = float(settings["slope"]), float(settings["offset"])
        return f"min(max({slope:.4g} · x + {offset:g}, 0), 1)", min(max(slope * x + offset, 0.0), 1.0)
    if name in ("elu", "celu") and "alpha" in settings:
        alpha = float(settings["alpha"])
        words, inner = ("x", x) if name == "elu" else (f"x / {alpha:g}", x / alpha)
        return f"x if x > 0, else {alpha:g} · (exp({words}) − 1)", x if x > 0 else alpha * expm1(inner)
    if name == "softplus" and "beta" in settings:
        beta = float(settings["beta"])
        return f"ln(1 + exp({beta:g} · x)) / {beta:g}", _softplus(beta * x) / beta
    if name == "gelu" and settings.get("approximate"):
        return "½ · x · (1 + tanh(√(2/π) · (x + 0.0447 · x³)))", 0.5 * x * (
            1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
        )
    words, formula = FORMULAS[name]
    return words, formula(x)

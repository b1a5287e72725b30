"""Attention in ONNX's operators: matrix products and a softmax, as playground.engine.attention computes it."""

from __future__ import annotations

from math import sqrt

import numpy as np

from playground.exchange.onnx_layers import Place, Rule
from playground.exchange.onnx_sheet import Name, Sheet


def _masked(sheet: Sheet, fit: Name, steps: int) -> Name:
    """No step looks at a later one."""
    return sheet.op("Add", fit, sheet.const(np.triu(np.full((steps, steps), -np.inf), 1)))


def _attention(at: Place) -> Name:
    s, (query, keys, *values) = at.sheet, at.given
    single = at.shapes[0].is_vector
    asked = s.op("Unsqueeze", query, s.whole(1)) if single else query
    fit = s.op("MatMul", asked, s.turned(keys, 0, 2, 1))
    if at.settings["scaled"]:
        fit = s.op("Div", fit, s.const(sqrt(at.shapes[1].channels)))
    if at.settings["causal"]:
        fit = _masked(s, fit, at.shapes[1].steps)
    found = s.op("MatMul", s.op("Softmax", fit, axis=-1), values[0] if values and values[0] else keys)
    return s.op("Squeeze", found, s.whole(1)) if single else found


def _multi_head(at: Place) -> Name:
    s, (size, heads) = at.sheet, at.call.args
    query = at.x
    has_memory = len(at.given) > 1 and bool(at.given[1])
    memory, memory_shape = (at.given[1], at.shapes[1]) if has_memory else (query, at.shapes[0])
    weights, biases = s.value("in_proj_weight", at.owner), s.value("in_proj_bias", at.owner)
    each = size // heads
    split = []
    for number, (part, source) in enumerate((("query", query), ("key", memory), ("value", memory))):
        rows = slice(number * size, (number + 1) * size)
        weight = s.weight("in_proj_weight", at.owner, f"/{part}", weights[rows].T)
        bias = s.weight("in_proj_bias", at.owner, f"/{part}", biases[rows])
        projected = s.op("Add", s.op("MatMul", source, weight), bias)
        steps = at.shapes[0].steps if part == "query" else memory_shape.steps
        split.append(s.turned(s.reshaped(projected, steps, heads, each), 0, 2, 1, 3))
    fit = s.op("Div", s.op("MatMul", split[0], s.turned(split[1], 0, 1, 3, 2)), s.const(sqrt(each)))
    if at.settings["causal"]:
        fit = _masked(s, fit, memory_shape.steps)
    found = s.turned(s.op("MatMul", s.op("Softmax", fit, axis=-1), split[2]), 0, 2, 1, 3)
    joined = s.reshaped(found, at.shapes[0].steps, size)
    out = s.weight("out_proj.weight", at.owner, "/turned", s.value("out_proj.weight", at.owner).T)
    return s.op("Add", s.op("MatMul", joined, out), at.weight("out_proj.bias"))


def _additive(at: Place) -> Name:
    s, (query, memory) = at.sheet, at.given
    single = at.shapes[0].is_vector
    asked = s.op("Unsqueeze", query, s.whole(1)) if single else query
    turned = {
        name: s.weight(f"{name}.weight", at.owner, "/turned", s.value(f"{name}.weight", at.owner).T)
        for name in ("of_query", "of_memory", "judge")
    }
    questions = s.op("Unsqueeze", s.op("MatMul", asked, turned["of_query"]), s.whole(2))
    answers = s.op("Unsqueeze", s.op("MatMul", memory, turned["of_memory"]), s.whole(1))
    judged = s.op("MatMul", s.op("Tanh", s.op("Add", questions, answers)), turned["judge"])
    weights = s.op("Softmax", s.op("Squeeze", judged, s.whole(-1)), axis=-1)
    found = s.op("MatMul", weights, memory)
    return s.op("Squeeze", found, s.whole(1)) if single else found


ATTENTION: dict[str, Rule] = {
    "attention": _attention,
    "multi_head_attention": _multi_head,
    "additive_attention": _additive,
}

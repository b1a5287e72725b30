"""Formulas, printed from their trees, compute what the engine computes of them."""

from __future__ import annotations

import ast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.engine.formula import Expression
from playground.exchange.formula_code import arity, method
from playground.layers.expression import NAMES, parse

FORMULAS = (
    "a", "2", "-a", "-2", "a - (b - c)", "a / (b / c)", "a ^ 2", "2 ^ a", "-a ^ 2", "(-a) ^ 2", "a ^ b ^ 2",
    "1 - 2 - a", "max(a, 1)", "min(1, 2)", "relu(3)", "a * sigmoid(b) + c * (1 - sigmoid(b))", "2 - -a",
    "a - -b * c", "sqrt(abs(a))", "softplus(a) / log(2 + exp(b))",
    "((a + b) * (b + c)) ^ 2 - tanh(a * b * c) / (1 + abs(sin(a) * cos(b)))", "1e3 * a",
)  # fmt: skip


def computed(tree, *values: torch.Tensor) -> torch.Tensor:
    text = "import torch\nimport torch.nn.functional as F\nfrom torch import Tensor\n"
    text += "class It:\n" + "\n".join(method("formula", tree))
    room: dict[str, object] = {}
    exec(compile(text, "formula", "exec"), room)  # what is tested is that this text is a program
    return room["It"].formula(*values[: arity(tree)])


def same(formula: str) -> None:
    tree = parse(formula)
    values = [torch.linspace(-2, 2, 9) + 0.25 * number for number in range(8)]
    expected = Expression(tree)(*values)
    found = computed(tree, *values)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6, equal_nan=True)
    assert max(map(len, method("formula", tree))) <= 88


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_gives_the_same(formula: str) -> None:
    same(formula)


numbers = st.sampled_from(["0", "1", "2", "0.5"])
parts = st.recursive(
    numbers | st.sampled_from(NAMES[:3]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})")
        | st.tuples(inner, st.sampled_from("+-*"), inner).map(" ".join)
        | inner.map(lambda each: f"-{each}")
        | st.tuples(st.sampled_from(["relu", "tanh", "exp"]), inner).map(lambda each: f"{each[0]}({each[1]})")
        | st.tuples(inner, inner).map(lambda each: f"max({each[0]}, {each[1]})")
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(parts.filter(lambda formula: len(formula) <= 200))
def test_any_formula_gives_the_same(formula: str) -> None:
    same(formula)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_only_operators_and_functions_of_torch(formula: str) -> None:
    tree = ast.parse("class It:\n" + "\n".join(method("formula", parse(formula))))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert all(name.startswith(("torch.", "F.")) for name in called)

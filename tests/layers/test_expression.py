"""Formulas are read by a parser of their own; what they compute is held against numpy."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.engine.modules import make
from playground.graph.check import check
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.layers.expression import FUNCTIONS, Expression, FormulaProblem, parse
from playground.layers.refusal import refusal
from playground.layers.shape import Shape, ShapeProblem

A, B = np.array([[0.5, 1.5, 2.0]]), np.array([[2.0, 1.0, 3.0]])


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("a + b * 2", A + B * 2),
        ("(a + b) * 2", (A + B) * 2),
        ("a - b - 1", A - B - 1),
        ("a / b / 2", A / B / 2),
        ("a ^ b ^ 2", A ** (B**2)),
        ("-a ^ 2", -(A**2)),
        ("2 ^ -a", 2.0**-A),
        ("max(a, b) − min(a, 1.5e0)", np.maximum(A, B) - np.minimum(A, 1.5)),
        ("tanh(a) · sigmoid(b)", np.tanh(A) / (1 + np.exp(-B))),
        ("log(exp(a)) + sqrt(abs(-b)) + .5", A + np.sqrt(B) + 0.5),
        ("relu(a - 1) + sin(a) + cos(b)", np.maximum(A - 1, 0) + np.sin(A) + np.cos(B)),
        ("softplus(a)", np.log1p(np.exp(A))),
    ],
)  # fmt: skip
def test_it_computes_what_is_written(formula: str, wanted: np.ndarray) -> None:
    module = make(Expression(formula=formula).torch())

    assert module(torch.from_numpy(A), torch.from_numpy(B)).numpy() == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("", "The formula ends where a number, an input or a bracket is expected. Complete it."),
        ("a +", "The formula ends where a number, an input or a bracket is expected. Complete it."),
        ("(a", "The formula ends where ) is expected. Complete it."),
        ("a b", "The formula has “b” as sign 3, where +, −, *, / or the end is expected."),
        ("max(a)", "The formula has “)” as sign 6, where a comma and a second value is expected."),
        ("a + 1e999", "The formula has “1e999” as sign 5, where a number below 1e308 is expected."),
        ("relu a", "The formula has “a” as sign 6, where ( is expected."),
        ("a" * 201, "A formula has at most 200 letters, not 201. Shorten it."),
        ("(" * 40 + "a" + ")" * 40, "The formula has more than 30 brackets and signs in each other. Simplify it."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(formula: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Expression(formula=formula)

    assert refusal(Expression, caught.value) == sentence


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "a.b", "open(a)", "[a]", "a; b", "lambda: a", "a if b else a", "i"]
)
def test_no_program_is_a_formula(formula: str) -> None:
    with pytest.raises(FormulaProblem, match=r"^The formula has “.+” as sign \d+, where "):
        parse(formula)


@given(st.text(alphabet="abz()+-*/^,.019 emaxrlu", max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(formula: str) -> None:
    with suppress(FormulaProblem):
        parse(formula)


def test_every_function_is_computed() -> None:
    for name, count in FUNCTIONS.items():
        arguments = ", ".join("ab"[:count])
        make(Expression(formula=f"{name}({arguments})").torch())(torch.ones(1), torch.ones(1))


def test_an_input_that_is_not_there_is_told() -> None:
    with pytest.raises(ShapeProblem, match=r"^The formula uses the input b, but there is 1 input\. Connect another"):
        Expression(formula="a + b").shape(Shape((3,)))


def test_inputs_that_differ_in_shape_are_told_with_ways_out() -> None:
    with pytest.raises(ShapeProblem) as caught:
        Expression(formula="a + b").shape(Shape((3,)), Shape((4,)))

    assert str(caught.value) == "Expression needs inputs of one shape, but gets a vector of 3 and a vector of 4."
    assert [repair.label for repair in caught.value.repairs] == ["Insert Dense 3 to match", "Insert Dense 4 to match"]


def test_the_longest_formula_is_computed_and_learns() -> None:
    a, b = torch.ones(1, 2, requires_grad=True), torch.zeros(1, 2)

    make(Expression(formula="a+" * 99 + "b").torch())(a, b).sum().backward()

    assert a.grad is not None
    assert a.grad.tolist() == [[99.0, 99.0]]


def test_a_formula_of_one_input_is_not_called_idle() -> None:
    graph = Graph({"input1": layer_like("Input"), "formula1": Expression(formula="relu(a) ^ 2")})
    graph = graph.with_edge(Edge("input1", "formula1", "inputs"))

    assert not [
        problem.text for problem in check(graph).problems if problem.node == "formula1" and problem.severity == "hint"
    ]

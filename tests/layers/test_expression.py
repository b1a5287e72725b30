"""Formulas that a person writes: what they compute, and what is said about those that cannot be read."""

from __future__ import annotations

import math

import pytest
import torch
from pydantic import ValidationError

from playground.engine.formula import OPERATORS
from playground.engine.modules import make
from playground.layers.expression import Expression
from playground.layers.formula import FUNCTIONS, parse
from playground.layers.refusal import refusal
from playground.layers.shape import Shape, ShapeProblem

A, B, C = 0.7, -1.3, 2.5


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a", A),
        ("a + b * c", A + B * C),
        ("(a + b) * c", (A + B) * C),
        ("a - b - c", A - B - C),
        ("a / b / c", A / B / C),
        ("c ^ a ^ 2", C ** (A**2)),
        ("-a ^ 2", -(A**2)),
        ("c ^ -a", C**-A),
        ("2 * -a", -2 * A),
        ("--a", A),
        ("1 - a * sigmoid(b) + 0.5", 1 - A / (1 + math.exp(-B)) + 0.5),
        ("relu(b) + relu(a)", A),
        ("tanh(a) + exp(b) + log(c)", math.tanh(A) + math.exp(B) + math.log(C)),
        ("sqrt(c) + abs(b) + sin(a) - cos(a)", math.sqrt(C) - B + math.sin(A) - math.cos(A)),
        ("softplus(b)", math.log1p(math.exp(B))),
        ("max(a, b) - min(b, 0.5)", A - B),
        ("max(2, min(a, 1) + b)", 2),
        ("1e2*a+.5", 100 * A + 0.5),
        ("a * (1 / 0)", math.inf),
        (" a\t+\n1 ", A + 1),
    ],
)
def test_a_formula_computes_what_mathematics_says(formula: str, value: float) -> None:
    inputs = [torch.full((2, 3), number) for number in (A, B, C)]

    given = make(Expression(formula=formula).torch())(*inputs)

    assert given.shape == (2, 3)
    assert torch.allclose(given, torch.tensor(value, dtype=torch.float32), rtol=1e-5)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("", "Expected a number, a name or ( at the end of the formula."),
        ("a + * b", "Expected a number, a name or ( at “*”, the 5th sign."),
        ("a b", "Expected an operator such as + or * at “b”, the 3rd sign."),
        ("2a", "Expected an operator such as + or * at “a”, the 2nd sign."),
        ("(a + b", "Expected ) at the end of the formula."),
        ("a)", "Expected an operator such as + or * at “)”, the 2nd sign."),
        ("sigmoid a", "Expected ( behind sigmoid at “a”, the 9th sign."),
        ("max(a)", "Expected a comma, since max takes 2 values, at “)”, the 6th sign."),
        ("relu(a, b)", "Expected ) at “,”, the 7th sign."),
        ("a = 1", "A formula cannot have “=”, the 3rd sign. Use + - * / ^ ( )."),
        ("a.real", "A formula cannot have “.”, the 2nd sign. Use + - * / ^ ( )."),
        ("a²", "A formula cannot have “²”, the 2nd sign. Use + - * / ^ ( )."),
        (
            "a + __import__",
            "“__import__”, at the 5th sign, is no input (a, b, c) and none of relu, sigmoid, tanh, exp, log, sqrt, "
            "abs, sin, cos, softplus, max, min.",
        ),
        ("3 + 4", "The formula uses no input. Write a for the first one, b for the second."),
        ("a + 1e999", "A number in the formula is too large to compute with. Use one below 1e308."),
        ("a+" * 110 + "a", "A formula may have 200 signs, but this one has 221. Split it over layers."),
        (
            "(" * 40 + "a" + ")" * 40,
            "The formula is nested more than 30 deep at “(”, the 31st sign. Split it over two layers.",
        ),
        ("-" * 150 + "a", "The formula is nested more than 30 deep at “-”, the 31st sign. Split it over two layers."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(formula: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Expression(formula=formula)

    assert refusal(Expression, caught.value) == text


def test_every_function_that_can_be_written_can_be_computed() -> None:
    assert set(OPERATORS) == {*FUNCTIONS, "+", "-", "*", "/", "^", "negate"}


def test_the_longest_formula_is_computed_and_learns() -> None:
    formula = "a+" * 99 + "b"
    a, b = torch.ones(1, 2, requires_grad=True), torch.zeros(1, 2)

    make(Expression(formula=formula).torch())(a, b).sum().backward()

    assert parse(formula)[0] == "+"
    assert a.grad is not None
    assert a.grad.tolist() == [[99.0, 99.0]]


@pytest.mark.parametrize(
    ("formula", "dims", "text", "repairs"),
    [
        (
            "a * b",
            [(3,)],
            "The formula a * b uses 2 inputs (a and b), but 1 comes in. Change the formula or the connections.",
            [],
        ),
        (
            "a * c",
            [(3,)] * 4,
            "The formula a * c uses 3 inputs (a to c), but 4 come in. Change the formula or the connections.",
            [],
        ),
        (
            "a * b",
            [(3,), (4,)],
            "Expression needs inputs of one shape, but gets a vector of 3 and a vector of 4.",
            ["Insert Dense 3 to match", "Insert Dense 4 to match"],
        ),
        (
            "a * b",
            [(3,), (5, 3)],
            "Expression needs inputs of one shape, but gets a vector of 3 and a sequence of 5 steps × 3.",
            [],
        ),
    ],
)
def test_inputs_that_do_not_suit_the_formula_are_told(
    formula: str, dims: list[tuple[int, ...]], text: str, repairs: list[str]
) -> None:
    with pytest.raises(ShapeProblem) as caught:
        Expression(formula=formula).infer(*(Shape(sides) for sides in dims))

    assert str(caught.value) == text
    assert [repair.label for repair in caught.value.repairs] == repairs

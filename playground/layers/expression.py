"""A formula of its inputs as a layer: read by a small parser of its own into nested tuples, never run as a program.

Knows no graph and no torch; the tuples are computed in engine/formula.py.
"""

from __future__ import annotations

import re
from math import isinf
from typing import Any, cast

from pydantic import Field, field_validator

from playground.layers.layer import Call, Layer, call
from playground.layers.matching import need_one_shape
from playground.layers.shape import Shape, ShapeProblem

Tree = tuple[Any, ...]
"""("number", 2.0), ("input", 0), ("+", left, right), ("relu", inner), …"""

FUNCTIONS = {
    "relu": 1, "sigmoid": 1, "tanh": 1, "exp": 1, "log": 1, "sqrt": 1, "abs": 1, "sin": 1, "cos": 1, "softplus": 1,
    "max": 2, "min": 2,
}  # fmt: skip
"""How many values each takes."""
NAMES = "abcdefgh"
"""The inputs, in order."""
LONGEST, DEEPEST = 200, 30
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z]+)|(.))")


class FormulaProblem(ValueError):
    """A formula that cannot be read: what was expected where."""


def parse(formula: str) -> Tree:
    """Read a formula. Raises FormulaProblem with a sentence.

    >>> parse("a * relu(b) + 1")
    ('+', ('*', ('input', 0), ('relu', ('input', 1))), ('number', 1.0))
    """
    if len(formula) > LONGEST:
        raise FormulaProblem(f"A formula has at most {LONGEST} letters, not {len(formula):,}. Shorten it.")
    return _Parser(formula).whole()


class _Parser:
    """Recursive descent: sums of products of powers of numbers, inputs, functions and brackets."""

    def __init__(self, formula: str) -> None:
        self._tokens = [
            (match.start(match.lastindex), match) for match in _TOKEN.finditer(formula) if match.lastindex is not None
        ]
        self._tokens = [(at, match) for at, match in self._tokens if match.group().strip()]
        self._next = self._depth = 0

    def whole(self) -> Tree:
        tree = self._sum()
        if self._next < len(self._tokens):
            raise self._expected("+, −, *, / or the end")
        return tree

    def _sign(self) -> str:
        return self._tokens[self._next][1].group().strip() if self._next < len(self._tokens) else ""

    def _take(self, *signs: str) -> str:
        """The next sign if it is one of these; it counts as read."""
        sign = self._sign()
        if sign and sign in signs:
            self._next += 1
            return sign
        return ""

    def _expected(self, what: str) -> FormulaProblem:
        if self._next >= len(self._tokens):
            return FormulaProblem(f"The formula ends where {what} is expected. Complete it.")
        at, sign = self._tokens[self._next][0] + 1, self._sign()
        return FormulaProblem(f"The formula has “{sign[:20]}” as sign {at}, where {what} is expected.")

    def _sum(self) -> Tree:
        tree = self._product()
        while sign := self._take("+", "-", "−"):
            tree = ("+" if sign == "+" else "-", tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while sign := self._take("*", "/", "·"):
            tree = ("/" if sign == "/" else "*", tree, self._signed())
        return tree

    def _signed(self) -> Tree:
        if self._take("-", "−"):
            return ("-", ("number", 0.0), self._deeper(self._signed))
        return self._power()

    def _power(self) -> Tree:
        base = self._atom()
        return ("^", base, self._deeper(self._signed)) if self._take("^") else base

    def _atom(self) -> Tree:
        if self._next >= len(self._tokens):
            raise self._expected("a number, an input or a bracket")
        number, name, _ = self._tokens[self._next][1].groups()
        if number is not None:
            if isinf(float(number)):
                raise self._expected("a number below 1e308")
            self._next += 1
            return ("number", float(number))
        if self._take("("):
            return self._closed(self._deeper(self._sum))
        if name in FUNCTIONS:
            return self._function(name)
        if name is not None and len(name) == 1 and name in NAMES:
            self._next += 1
            return ("input", NAMES.index(name))
        raise self._expected(f"a number, an input (a to {NAMES[-1]}), a bracket or one of {', '.join(FUNCTIONS)}")

    def _function(self, name: str) -> Tree:
        self._next += 1
        if not self._take("("):
            raise self._expected("(")
        values = [self._deeper(self._sum)]
        for _ in range(FUNCTIONS[name] - 1):
            if not self._take(","):
                raise self._expected("a comma and a second value")
            values.append(self._deeper(self._sum))
        return self._closed((name, *values))

    def _closed(self, tree: Tree) -> Tree:
        if not self._take(")"):
            raise self._expected(")")
        return tree

    def _deeper(self, part: Any) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaProblem(f"The formula has more than {DEEPEST} brackets and signs in each other. Simplify it.")
        tree = part()
        self._depth -= 1
        return cast(Tree, tree)


def inputs_in(tree: Tree) -> set[int]:
    """Which inputs a formula uses."""
    if tree[0] == "input":
        return {tree[1]}
    return set().union(*(inputs_in(part) for part in tree[1:] if isinstance(part, tuple)))


class Expression(Layer, title="Expression", family="merge", stem="formula", keywords=("formula", "custom", "lambda")):
    """Computes a formula of its inputs, value by value: a is the first, b the second, up to h. It knows + − * / ^,
    brackets, numbers, and relu, sigmoid, tanh, exp, log, sqrt, abs, sin, cos, softplus, max(a, b), min(a, b).

    Formula: the one that is written in it.
    Shapes: any, the same for all inputs, unchanged.
    Source: for gates of this kind, Srivastava, Greff and Schmidhuber 2015.
    """

    formula: str = Field("a", max_length=1000, title="Formula", description="Of the inputs a, b, …: a * sigmoid(b).")

    @field_validator("formula")
    @classmethod
    def _can_be_read(cls, formula: str) -> str:
        parse(formula)
        return formula.strip()

    @property
    def summary(self) -> str:
        return self.formula if len(self.formula) <= 40 else self.formula[:39] + "…"

    def shape(self, *inputs: Shape) -> Shape:
        used = inputs_in(parse(self.formula))
        if used and max(used) >= len(inputs):
            raise ShapeProblem(
                f"The formula uses the input {NAMES[max(used)]}, but there {_are(len(inputs))}. Connect another, or "
                "change the formula."
            )
        return need_one_shape("Expression", *inputs)

    def torch(self, *_inputs: Shape) -> Call:
        return call("expression", parse(self.formula))


def _are(count: int) -> str:
    return f"is {count} input" if count == 1 else f"are {count} inputs"

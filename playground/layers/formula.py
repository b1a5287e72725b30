"""Reads a formula such as "a * sigmoid(b) + 0.5" into a tree of tuples, or says what is wrong where.

A tree is ("number", value), ("input", index), or an operator's or function's name with its trees:
("+", left, right), ("negate", tree), ("max", left, right). Knows no layer and no torch; playground.engine.formula
computes a tree. Nothing is handed to Python's own parser, so that a file cannot run anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isinf
from typing import Any

Tree = tuple[Any, ...]

FUNCTIONS = {
    "relu": 1, "sigmoid": 1, "tanh": 1, "exp": 1, "log": 1, "sqrt": 1, "abs": 1, "sin": 1, "cos": 1, "softplus": 1,
    "max": 2, "min": 2,
}  # fmt: skip
"""How many values each function takes."""
LONGEST = 200
DEEPEST = 30
"""How many parentheses, signs and powers may stand in one another."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\S))", re.A
)
_SIGNS = "+-*/^(),"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """"number", "name", "sign", or "end"."""
    text: str
    at: int
    """Which sign of the formula it begins at, counted from 1."""

    def __str__(self) -> str:
        return f"at “{self.text}”, the {ordinal(self.at)} sign"


def parse(formula: str) -> Tree:
    """Read a formula: + - * / ^, parentheses, numbers, the inputs a, b, c, … and FUNCTIONS.

    ^ binds most tightly and to the right, then a minus in front, then * and /, then + and −.
    Raises: ValueError: With one sentence for a person, and where in the formula it went wrong.

    >>> parse("a * -b + 2")
    ('+', ('*', ('input', 0), ('negate', ('input', 1))), ('number', 2.0))
    """
    if len(formula) > LONGEST:
        raise ValueError(
            f"A formula may have {LONGEST} signs, but this one has {len(formula):,}. Split it over layers."
        )
    reader = _Reader(_tokens(formula))
    tree = reader.sum()
    if reader.next.kind != "end":
        raise ValueError(f"Expected an operator such as + or * {reader.next}.")
    if not inputs_in(tree):
        raise ValueError("The formula uses no input. Write a for the first one, b for the second.")
    return tree


def inputs_in(tree: Tree) -> int:
    """How many inputs a tree asks for: one more than the largest index in it."""
    if tree[0] == "number":
        return 0
    return int(tree[1]) + 1 if tree[0] == "input" else max(inputs_in(part) for part in tree[1:])


def ordinal(number: int) -> str:
    """As in a sentence.

    >>> ordinal(1), ordinal(12), ordinal(23)
    ('1st', '12th', '23rd')
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _tokens(formula: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(formula):
        kind = str(match.lastgroup)
        token = _Token(kind, match[kind], match.start(kind) + 1)
        if kind == "sign" and token.text not in _SIGNS:
            raise ValueError(f"A formula cannot have “{token.text}”, the {ordinal(token.at)} sign. Use + - * / ^ ( ).")
        found.append(token)
    return [*found, _Token("end", "", len(formula) + 1)]


class _Reader:
    """Recursive descent: one method a level of binding."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._at]

    def sum(self) -> Tree:
        tree = self._product()
        while self.next.text in ("+", "-"):
            tree = (self._take().text, tree, self._product())
        return tree

    def _product(self) -> Tree:
        tree = self._signed()
        while self.next.text in ("*", "/"):
            tree = (self._take().text, tree, self._signed())
        return tree

    def _signed(self) -> Tree:
        self._deeper()
        if self.next.text == "-":
            self._take()
            tree: Tree = ("negate", self._signed())
        else:
            tree = self._power()
        self._depth -= 1
        return tree

    def _power(self) -> Tree:
        tree = self._value()
        if self.next.text == "^":
            self._take()
            return ("^", tree, self._signed())
        return tree

    def _value(self) -> Tree:
        token = self.next
        if token.kind == "number":
            return self._number()
        if token.kind == "name":
            return self._named()
        if token.text != "(":
            raise self._expected("a number, a name or (")
        self._take()
        tree = self.sum()
        self._closed()
        return tree

    def _number(self) -> Tree:
        value = float(self._take().text)
        if isinf(value):
            raise ValueError("A number in the formula is too large to compute with. Use one below 1e308.")
        return ("number", value)

    def _named(self) -> Tree:
        token = self._take()
        if token.text in FUNCTIONS:
            return (token.text, *self._arguments(token.text))
        if len(token.text) == 1 and token.text.islower():
            return ("input", ord(token.text) - ord("a"))
        known = ", ".join(FUNCTIONS)
        raise ValueError(
            f"“{_short(token.text)}”, at the {ordinal(token.at)} sign, is no input (a, b, c) and none of {known}."
        )

    def _arguments(self, name: str) -> list[Tree]:
        if self.next.text != "(":
            raise self._expected(f"( behind {name}")
        self._take()
        found = [self.sum()]
        while len(found) < FUNCTIONS[name]:
            if self.next.text != ",":
                raise self._expected(f"a comma, since {name} takes {FUNCTIONS[name]} values,")
            self._take()
            found.append(self.sum())
        self._closed()
        return found

    def _closed(self) -> None:
        if self.next.text != ")":
            raise self._expected(")")
        self._take()

    def _take(self) -> _Token:
        token = self.next
        self._at += 1
        return token

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"The formula is nested more than {DEEPEST} deep {self.next}. Split it over two layers.")

    def _expected(self, what: str) -> ValueError:
        if self.next.kind == "end":
            return ValueError(f"Expected {what} at the end of the formula.")
        return ValueError(f"Expected {what} {self.next}.")


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"

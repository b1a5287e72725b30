"""A formula as a Python method, printed from the tree that layers/expression.py has read; its text is never copied.

Long formulas get a variable for each part, so that no line is too long.
"""

from __future__ import annotations

from typing import Any

from playground.exchange.page import called
from playground.layers.expression import NAMES, inputs_in

FUNCTIONS = {
    "relu": "torch.relu", "sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "exp": "torch.exp", "log": "torch.log",
    "sqrt": "torch.sqrt", "abs": "torch.abs", "sin": "torch.sin", "cos": "torch.cos", "softplus": "F.softplus",
    "max": "torch.maximum", "min": "torch.minimum",
}  # fmt: skip
OPERATORS = {"+": " + ", "-": " - ", "*": " * ", "/": " / ", "^": "**"}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
"""How tightly operators bind in Python; 5 is what needs no brackets."""
LONGEST = 24
"""Letters of a part, above which it gets a variable."""


class _Written:
    """The lines of one formula while they are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tensor(self, tree: tuple[Any, ...]) -> str:
        """A part that must be a tensor, as an argument."""
        text, _ = self.part(tree)
        return f"torch.full_like(a, {text})" if _is_number(tree) else text

    def part(self, tree: tuple[Any, ...]) -> tuple[str, int]:
        """A part as code, and how tightly it binds."""
        name, parts = str(tree[0]), tree[1:]
        if name == "number":
            return repr(float(parts[0])), 5
        if name == "input":
            return NAMES[parts[0]], 5
        if name in FUNCTIONS:
            return self._short(f"{FUNCTIONS[name]}({', '.join(map(self.tensor, parts))})", 5)
        return self._short(*self._operation(name, *parts))

    def _operation(self, sign: str, left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[str, int]:
        if sign == "-" and left == ("number", 0.0) and not _is_number(right):
            return f"-{self._bound(right, 4)}", 3
        binds = BINDS[sign]
        first = self.tensor(left) if _is_number(left) and _is_number(right) else ""
        first = first or self._bound(left, 5 if sign == "^" else binds)
        second = self._bound(right, 5 if sign == "^" else binds + 1)
        between = " ** " if sign == "^" and not (_is_simple(first) and _is_simple(second)) else OPERATORS[sign]
        return f"{first}{between}{second}", binds

    def _bound(self, tree: tuple[Any, ...], binds: int) -> str:
        text, own = self.part(tree)
        return text if own >= binds else f"({text})"

    def _short(self, text: str, binds: int) -> tuple[str, int]:
        if len(text) <= LONGEST:
            return text, binds
        name = f"part{len(self.lines) + 1}"
        self.lines.append(f"{name} = {text}")
        return name, 5


def method(name: str, tree: tuple[Any, ...], indent: int = 4) -> list[str]:
    """A static method that computes a formula of its arguments a, b, …"""
    written, pad = _Written(), " " * indent
    result = written.tensor(tree)
    args = [f"{letter}: Tensor" for letter in NAMES[: arity(tree)]]
    head = called(f"def {name}", args, indent)
    head[-1] += " -> Tensor:"
    if len(head[-1]) > 88:
        head = [f"{pad}def {name}(", f"{pad}    {', '.join(args)}", f"{pad}) -> Tensor:"]
    body = [f"{pad}    {line}" for line in (*written.lines, f"return {result}")]
    return [f"{pad}@staticmethod", *head, *body]


def arity(tree: tuple[Any, ...]) -> int:
    """How many inputs the method takes."""
    return max(inputs_in(tree), default=0) + 1


def _is_number(tree: tuple[Any, ...]) -> bool:
    return str(tree[0]) == "number"


def _is_simple(text: str) -> bool:
    """Whether formatters write a power of it without blanks: a name or a number."""
    return text.replace(".", "").isalnum()

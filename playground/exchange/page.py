"""Lines of Python as they are written, laid out as Python's formatters lay them out; which lines are whose.

Knows no layers. A line that is too long is broken at its call, an argument a line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from playground.exchange.names import WIDTH

Arg = str | tuple[str, ...]
"""Code of an argument, or of the values of a tuple."""


def literal(value: Any) -> str:
    """A setting as Python.

    >>> literal((1, 2.5)), literal((3,)), literal("zeros"), literal(True), literal(None)
    ('(1, 2.5)', '(3,)', '"zeros"', 'True', 'None')
    """
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, tuple | list):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    assert value is None or isinstance(value, bool | int | float)
    return repr(value)


def arguments(args: Sequence[Any], kwargs: Sequence[tuple[str, Any]]) -> tuple[str, ...]:
    """A call's arguments as Python."""
    return (*map(literal, args), *(f"{name}={literal(value)}" for name, value in kwargs))


def flat(arg: Arg) -> str:
    """An argument on one line."""
    return arg if isinstance(arg, str) else f"({', '.join(arg)}{',' if len(arg) == 1 else ''})"


def called(begin: str, args: Sequence[Arg], indent: int) -> list[str]:
    """`begin(args)` on one line, or an argument a line."""
    pad = " " * indent
    line = f"{pad}{begin}({', '.join(map(flat, args))})"
    if len(line) <= WIDTH or not args:
        return [line]
    lines = [f"{pad}{begin}("]
    for arg in args:
        whole = f"{pad}    {flat(arg)},"
        if isinstance(arg, str) or len(whole) <= WIDTH:
            lines.append(whole)
        else:
            lines += [f"{pad}    (", *(f"{pad}        {part}," for part in arg), f"{pad}    ),"]
    return [*lines, f"{pad})"]


@dataclass(frozen=True)
class Step:
    """One step of a value: a function of it, a method of it, or what is written behind it."""

    head: str
    args: tuple[Arg, ...] = ()
    kind: str = "function"
    """function, method, or behind."""

    def around(self, value: str) -> str:
        if self.kind == "behind":
            return value + self.head
        args = [flat(arg) for arg in self.args]
        if self.kind == "method":
            return f"{value}.{self.head}({', '.join(args)})"
        return f"{self.head}({', '.join([value, *args])})"

    def written(self, target: str, value: str, indent: int) -> list[str]:
        """`target = …` of a value that has a name."""
        if self.kind == "behind":
            return [f"{' ' * indent}{target} = {value}{self.head}"]
        if self.kind == "method":
            return called(f"{target} = {value}.{self.head}", self.args, indent)
        return called(f"{target} = {self.head}", (value, *self.args), indent)


@dataclass(frozen=True)
class Value:
    """What a layer gives: a name, a call or a chain of one operator, and the steps after it."""

    head: str
    args: tuple[Arg, ...] = ()
    kind: str = "call"
    """name, call, or chain (head is the operator)."""
    steps: tuple[Step, ...] = field(default=())

    def function(self, head: str, *args: Arg) -> Value:
        return replace(self, steps=(*self.steps, Step(head, args)))

    def method(self, head: str, *args: Arg) -> Value:
        return replace(self, steps=(*self.steps, Step(head, args, "method")))

    def behind(self, text: str) -> Value:
        return replace(self, steps=(*self.steps, Step(text, (), "behind")))

    def flat(self) -> str:
        """On one line."""
        text = self._first()
        is_atom = self.kind != "chain"
        for step in self.steps:
            if step.kind != "function" and not is_atom:
                text = f"({text})"
            text = step.around(text)
            is_atom = step.kind != "behind" or step.head.startswith("[")
        return text

    def _first(self) -> str:
        if self.kind == "name":
            return self.head
        args = [flat(arg) for arg in self.args]
        return f" {self.head} ".join(args) if self.kind == "chain" else f"{self.head}({', '.join(args)})"

    def written(self, target: str, indent: int) -> list[str]:
        """`target = …` on one line, or a line a step."""
        pad = " " * indent
        line = f"{pad}{target} = {self.flat()}"
        if len(line) <= WIDTH:
            return [] if self.flat() == target else [line]
        if self.kind == "name":
            lines, value = [], self.head
        else:
            lines, value = self._begun(target, indent), target
        for step in self.steps:
            lines += step.written(target, value, indent)
            value = target
        return lines

    def _begun(self, target: str, indent: int) -> list[str]:
        pad = " " * indent
        if self.kind == "call":
            return called(f"{target} = {self.head}", self.args, indent)
        line = f"{pad}{target} = {self._first()}"
        if len(line) <= WIDTH:
            return [line]
        first, *others = (flat(arg) for arg in self.args)
        more = [f"{pad}    {self.head} {other}" for other in others]
        return [f"{pad}{target} = (", f"{pad}    {first}", *more, f"{pad})"]


def named(name: str) -> Value:
    """A variable."""
    return Value(name, kind="name")


def chain(operator: str, values: Sequence[str]) -> Value:
    """Values with an operator between them."""
    return Value(operator, tuple(values), "chain") if len(values) > 1 else named(values[0])

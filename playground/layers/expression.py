"""A merge whose formula a person writes. Knows no graph and no torch; what a formula may be is in formula.py."""

from __future__ import annotations

from pydantic import Field, field_validator

from playground.layers.formula import inputs_in, parse
from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, described


class Expression(
    Layer,
    title="Expression",
    family="merge",
    stem="formula",
    keywords=("formula", "custom", "gate", "lambda"),
):
    """Computes a formula of your own from its inputs, value by value. The first input is called a, the second b,
    and so on. It knows + - * / ^, parentheses, numbers, and relu, sigmoid, tanh, exp, log, sqrt, abs, sin, cos,
    softplus, max(a, b), min(a, b).

    Formula: yours, such as a * sigmoid(b) + 0.5.
    Shapes: any, the same for all inputs, unchanged.
    Source: a * sigmoid(b) is the gated linear unit of Dauphin et al. 2017, section 2.
    """

    formula: str = Field("a * b", title="Formula", description="What is computed; the inputs are a, b, c and so on.")

    @field_validator("formula")
    @classmethod
    def _readable(cls, formula: str) -> str:
        parse(formula)
        return formula

    @property
    def summary(self) -> str:
        return self.formula if len(self.formula) <= 30 else self.formula[:29] + "…"

    def shape(self, *inputs: Shape) -> Shape:
        wanted = inputs_in(parse(self.formula))
        if len(inputs) != wanted:
            used = f"{wanted} input{'s' if wanted > 1 else ''} ({_names(wanted)})"
            raise ShapeProblem(
                f"The formula {self.summary} uses {used}, but {len(inputs)} come{'s' if len(inputs) == 1 else ''} in. "
                "Change the formula or the connections."
            )
        first = inputs[0]
        for edge, other in enumerate(inputs):
            if other != first:
                raise ShapeProblem(
                    f"Expression needs inputs of one shape, but gets {described(first)} and {described(other)}.",
                    _match(first, other, edge),
                )
        return first

    def torch(self, *_inputs: Shape) -> Call:
        return call("expression", parse(self.formula))


def _names(count: int) -> str:
    """The inputs' names: a; a and b; a to e."""
    last = chr(ord("a") + count - 1)
    return "a" if count == 1 else f"a and {last}" if count == 2 else f"a to {last}"


def _match(first: Shape, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Dense layers that make one of two vectors, or sequences of equal length, as wide as the other."""
    if first.rank != other.rank or first.rank > 2 or first.dims[:-1] != other.dims[:-1]:
        return ()
    return tuple(
        Repair(f"Insert Dense {units} to match", "insert", "Dense", (("units", units),), at)
        for units, at in ((first.channels, edge), (other.channels, 0))
    )

"""Layers that bring branches of a network together. Knows no graph and no torch."""

from __future__ import annotations

from playground.layers.layer import Call, Layer, call
from playground.layers.shape import Repair, Shape, ShapeProblem, described


class Add(Layer, title="Add", family="merge", stem="add", keywords=("sum", "residual", "skip connection")):
    """Adds its inputs, value by value; all must have the same shape. With a branch that jumps over some
    layers it makes a residual block, through which gradients pass undamped. It has nothing to learn.

    Formula: x₁ + x₂ + …
    Shapes: any, the same for all inputs, unchanged.
    Source: He et al. 2015, Deep Residual Learning, section 3.2.
    """

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        for edge, other in enumerate(inputs):
            if other != first:
                raise ShapeProblem(
                    f"Add needs inputs of one shape, but gets {described(first)} and {described(other)}.",
                    _match(first, 0, other, edge),
                )
        return first

    def torch(self, *_inputs: Shape) -> Call:
        return call("add")


class Concat(Layer, title="Concat", family="merge", stem="concat", keywords=("concatenate", "join", "stack")):
    """Puts its inputs one behind the other: channels of images, units of vectors, features of sequences.
    Nothing is mixed; the next layer sees all of it. It lets branches with different views work side by side.

    Shapes: (C₁, H, W), (C₂, H, W), … -> (C₁ + C₂ + …, H, W); the same with (steps, n) and (n,).
    Source: Szegedy et al. 2014, section 4.
    """

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        for edge, other in enumerate(inputs):
            if other.rank != first.rank or _frame(other) != _frame(first):
                raise ShapeProblem(
                    f"Concat needs inputs that differ only in channels, but gets {described(first)} "
                    f"and {described(other)}.",
                    _same_frame(first, 0, other, edge),
                )
        total = sum(given.channels for given in inputs)
        return Shape((first.steps, total)) if first.is_sequence else Shape((total, *_frame(first)))

    def torch(self, *inputs: Shape) -> Call:
        return call("concat", dim=2 if inputs[0].is_sequence else 1)


def _frame(shape: Shape) -> tuple[int, ...]:
    """All but the channels: height and width, or steps."""
    return shape.dims[:1] if shape.is_sequence else shape.dims[1:]


def _match(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Ways to give one of two inputs the other's shape."""
    if first.rank != other.rank:
        return _to_vectors(first, first_edge, other, edge)
    if first.is_image:
        return _project(first, other, edge) + _project(other, first, first_edge)
    if _frame(first) != _frame(other):
        return _to_last(first, first_edge, other, edge)
    return tuple(
        Repair(f"Insert Dense {units} to match", "insert", "Dense", (("units", units),), at)
        for units, at in ((first.channels, edge), (other.channels, first_edge))
    )


def _same_frame(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Ways to let two inputs be joined."""
    if first.rank != other.rank:
        return _to_vectors(first, first_edge, other, edge)
    if first.is_image:
        return _project(first, other, edge) + _project(other, first, first_edge)
    return _to_last(first, first_edge, other, edge)


def _project(wanted: Shape, given: Shape, edge: int) -> tuple[Repair, ...]:
    """A 1×1 convolution, as in ResNet's option B, if some stride leads from one size to the other."""
    for stride in range(1, 17):
        if ((given.height - 1) // stride + 1, (given.width - 1) // stride + 1) == _frame(wanted):
            settings = (("filters", wanted.channels), ("kernel", 1), ("stride", stride), ("padding", "valid"))
            step = f", stride {stride}," if stride > 1 else ""
            return (Repair(f"Insert Conv 1×1{step} to match channels", "insert", "Conv2d", settings, edge),)
    return ()


def _to_vectors(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Where only one is a vector, or they are an image and a sequence: make a vector of what is none."""
    given, at = (other, edge) if first.is_vector else (first, first_edge)
    flatten = Repair("Insert Flatten", "insert", "Flatten", edge=at)
    if given.is_image:
        return (flatten, Repair("Insert global pooling", "insert", "GlobalAvgPool2d", edge=at))
    return (flatten,)


def _to_last(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Sequences of different lengths meet only as vectors."""
    longer = edge if other.steps > first.steps else first_edge
    return (Repair("Insert Flatten", "insert", "Flatten", edge=longer),)

"""Ways to give inputs of a merge one shape, as repairs. Knows no graph and no torch. The layers are in merge.py."""

from __future__ import annotations

from playground.layers.shape import Repair, Shape, ShapeProblem, described


def need_one_shape(name: str, *inputs: Shape) -> Shape:
    """Their shape. Raises ShapeProblem, with repairs, unless they all have the same."""
    first = inputs[0]
    for edge, other in enumerate(inputs):
        if other != first:
            raise ShapeProblem(
                f"{name} needs inputs of one shape, but gets {described(first)} and {described(other)}.",
                match(first, 0, other, edge),
            )
    return first


def frame(shape: Shape) -> tuple[int, ...]:
    """All but the channels: height and width, or steps, or both."""
    at = shape.channel_dim - 1
    return shape.dims[:at] + shape.dims[at + 1 :]


def match(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Ways to give one of two inputs the other's shape."""
    if first.rank != other.rank:
        return _to_vectors(first, first_edge, other, edge)
    if first.rank > 2:
        return _project(first, other, edge) + _project(other, first, first_edge)
    if frame(first) != frame(other):
        return _to_last(first, first_edge, other, edge)
    return tuple(
        Repair(f"Insert Dense {units} to match", "insert", "Dense", (("units", units),), at)
        for units, at in ((first.channels, edge), (other.channels, first_edge))
    )


def same_frame(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Ways to let two inputs be joined."""
    if first.rank != other.rank:
        return _to_vectors(first, first_edge, other, edge)
    if first.rank > 2:
        return _project(first, other, edge) + _project(other, first, first_edge)
    return _to_last(first, first_edge, other, edge)


def _project(wanted: Shape, given: Shape, edge: int) -> tuple[Repair, ...]:
    """A 1×1 convolution, as in ResNet's option B, if some stride leads from one size to the other."""
    if wanted.is_film and wanted.steps != given.steps:
        return ()
    for stride in range(1, 17):
        if ((given.height - 1) // stride + 1, (given.width - 1) // stride + 1) == wanted.dims[-2:]:
            settings = (("filters", wanted.channels), ("kernel", 1), ("stride", stride), ("padding", "valid"))
            step = f", stride {stride}," if stride > 1 else ""
            return (Repair(f"Insert Conv 1×1{step} to match channels", "insert", "Conv2d", settings, edge),)
    return ()


def _to_vectors(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Where only one is a vector, or they are an image and a sequence: make a vector of what is none."""
    given, at = (other, edge) if first.is_vector else (first, first_edge)
    flatten = Repair("Insert Flatten", "insert", "Flatten", edge=at)
    if given.rank > 2:
        return (flatten, Repair("Insert global pooling", "insert", "GlobalAvgPool2d", edge=at))
    return (flatten,)


def _to_last(first: Shape, first_edge: int, other: Shape, edge: int) -> tuple[Repair, ...]:
    """Sequences of different lengths meet only as vectors."""
    longer = edge if other.steps > first.steps else first_edge
    return (Repair("Insert Flatten", "insert", "Flatten", edge=longer),)

"""How much of the input image one value of a layer sees: receptive fields, composed along the edges.

Knows no torch: this is what the architecture allows, not what training made of it. Each layer's own
window is in its declaration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.layers.shape import Shape, Window

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Field:
    """What one value sees: (height, width) in pixels of the input image."""

    size: Pair
    """Sides of the region."""
    stride: Pair
    """How far the region moves when the value does by one."""
    padding: Pair
    """How far the first value's region reaches over the top left corner."""


def fields(graph: Graph, report: Report) -> dict[NodeId, Field | None]:
    """The receptive field of each layer whose shape is known; None where there is no 2-D map or all is seen.

    Copies in a repeated block have ids of their own, such as conv1.3. Where branches meet it is the union of theirs;
    where they moved at different strides there is no fixed one, which is None too.
    Source: Araujo, Norris and Sim 2019, doi:10.23915/distill.00021, equations 1 to 4 and "arbitrary graphs".
    """
    if "fields" in report.__dict__:
        return dict(report.__dict__["fields"])
    flat = report.written_out if report.written_out.nodes else graph
    found: dict[NodeId, Field | None] = {}
    for id in flat.order:
        if id not in report.shapes:
            continue
        found[id] = None
        if not report.shapes[id].is_image or id in report.times:
            continue
        sources = [edge.source for edge in flat.incoming[id]]
        window = flat.nodes[id].window(*cast(tuple[Shape, ...], report.given[id]))
        before = _union([found[source] for source in sources]) if sources else Field((1, 1), (1, 1), (0, 0))
        if before is not None and window is not None:
            found[id] = _through(before, window)
    report.__dict__["fields"] = found  # several panes ask the same
    return found


def _through(before: Field, window: Window) -> Field:
    """One layer further.

    >>> _through(Field((3, 3), (2, 2), (1, 1)), Window((3, 3), (2, 2), (1, 1)))
    Field(size=(7, 7), stride=(4, 4), padding=(3, 3))
    """
    return Field(
        _pair(
            size + (kernel - 1) * step
            for size, kernel, step in zip(before.size, window.kernel, before.stride, strict=True)
        ),
        _pair(step * stride for step, stride in zip(before.stride, window.stride, strict=True)),
        _pair(
            outer + inner * step
            for outer, inner, step in zip(before.padding, window.padding, before.stride, strict=True)
        ),
    )


def _union(several: list[Field | None]) -> Field | None:
    """The smallest region that holds all of them."""
    known = [field for field in several if field is not None]
    if len(known) < len(several) or len({field.stride for field in known}) != 1:
        return None
    padding = _pair(max(field.padding[axis] for field in known) for axis in (0, 1))
    size = _pair(padding[axis] + max(field.size[axis] - field.padding[axis] for field in known) for axis in (0, 1))
    return Field(size, known[0].stride, padding)


def _pair(values: Iterable[int]) -> Pair:
    height, width = values
    return height, width

"""What one unit sees of every earlier layer: intervals of places, followed backwards through the network.

Receptive fields of whole layers, with stride and padding, are in receptive.py. Knows no torch: this is what the
architecture allows. What training made of it is playground.insight.receptive's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from playground.graph.loops import stages
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.layers.layer import Layer
from playground.layers.shape import Shape

Interval = tuple[int, int]
"""First and last place, both counted in."""
Back = Callable[[Interval, int], Interval]
"""What an interval of a layer's places sees along one axis of its input."""


@dataclass(frozen=True, slots=True)
class Region:
    """A box of places of one layer's map: rows and columns of an image, steps of a sequence, nothing of a vector."""

    reach: tuple[Interval, ...]
    """An axis each, as if maps had no end: it lies over the border where a window does."""
    seen: tuple[Interval, ...]
    """What of it is there: clipped at this map's border and at those of the maps between."""
    sides: tuple[int, ...]
    """How many places there are along each axis."""

    @property
    def is_all(self) -> bool:
        """Whether it is the whole map."""
        return all(ends == (0, side - 1) for ends, side in zip(self.seen, self.sides, strict=True))


def places(shape: Shape) -> tuple[int, ...]:
    """The axes along which a window can move: height and width of images, steps of sequences, none of vectors."""
    if shape.is_image:
        return shape.dims[-2:]
    return shape.dims[:1] if shape.is_sequence else ()


def has_place(shape: Shape, place: tuple[int, ...]) -> bool:
    """Whether that is one of places()."""
    sides = places(shape)
    return len(place) == len(sides) and all(0 <= at < side for at, side in zip(place, sides, strict=True))


def unit_fields(graph: Graph, report: Report, id: NodeId, place: tuple[int, ...]) -> dict[NodeId, Region]:
    """What the unit at a place of a layer sees of that layer and of each one before it, the smallest box that holds it.

    Layers without a window (dense ones, recurrent ones, merges along a map's axes) see all there is, or of a sequence
    what came before. Where branches meet it is the union of what they see.
    Source: Araujo, Norris and Sim 2019, doi:10.23915/distill.00021, "Computing the receptive field region".
    Raises: ValueError: If the layer has no such place.
    """
    flat = report.written_out if report.written_out.nodes else graph
    sides = places(report.shapes[id])
    if not has_place(report.shapes[id], place):
        raise ValueError(f"{id} has no place {place}: its map is {' × '.join(map(str, sides)) or 'a vector'}.")
    here = tuple((at, at) for at in place)
    found = {id: Region(here, here, sides)}
    looping = {node for stage in stages(flat) if stage.is_loop for node in stage.nodes}
    for node in reversed(_order(flat)):
        if node not in found or node not in report.given:
            continue
        for edge in flat.incoming[node]:
            if edge.source in report.shapes:
                seen = _before(flat.nodes[node], report, node, edge.source, found[node], node in looping)
                found[edge.source] = _union(found.get(edge.source), seen)
    return found


def _order(graph: Graph) -> list[NodeId]:
    return [id for stage in stages(graph) for id in stage.nodes]


def _before(layer: Layer, report: Report, id: NodeId, source: NodeId, region: Region, loops: bool) -> Region:
    """What a region of a layer sees of one layer before it."""
    sides = places(report.shapes[source])
    back = _way_back(layer, report, id, sides, loops) if len(sides) == len(region.sides) else None
    if back is None:
        whole = tuple((0, side - 1) for side in sides)
        return Region(whole, whole, sides)
    mirrors = getattr(layer, "padding_mode", "") == "reflect"
    reach, seen = [], []
    for axis, side in enumerate(sides):
        reach.append(back(region.reach[axis], axis))
        ends = back(region.seen[axis], axis)
        seen.append(_clipped(_mirrored(ends, side) if mirrors else ends, side))
    return Region(tuple(reach), tuple(seen), sides)


def _way_back(layer: Layer, report: Report, id: NodeId, sides: tuple[int, ...], loops: bool) -> Back | None:
    """From places of a layer to those of its input; None where it sees all of it."""
    if id in report.times and not loops:
        return None
    if len(sides) == 1 and (loops or _is_causal(layer)):
        return lambda ends, _: (0, ends[1])
    if len(sides) == 1 and layer.type in STEPWISE:
        return lambda ends, _: ends
    if layer.type in BACKWARDS:
        return BACKWARDS[layer.type](layer, sides)
    window = layer.window(*cast(tuple[Shape, ...], report.given[id]))
    if window is None:
        return None

    def back(ends: Interval, axis: int) -> Interval:
        stride, padding, kernel = window.stride[axis], window.padding[axis], window.kernel[axis]
        return ends[0] * stride - padding, ends[1] * stride - padding + kernel - 1

    return back


def _clipped(ends: Interval, side: int) -> Interval:
    """Within the map; of what lies wholly outside, the nearest place."""
    return min(max(ends[0], 0), side - 1), max(min(ends[1], side - 1), 0)


def _is_causal(layer: Layer) -> bool:
    """Whether a step's answer depends on what came before it, and on nothing after."""
    if layer.family == "recurrent" and "bidirectional" in type(layer).model_fields:
        return not getattr(layer, "bidirectional", False) and getattr(layer, "returns", "") == "sequence"
    return bool(getattr(layer, "causal", False))


def _mirrored(ends: Interval, side: int) -> Interval:
    """Over a border the picture is mirrored: what lies outside is seen inside."""
    low, high = ends
    mirrored_high = max(high, -low) if low < 0 else high
    mirrored_low = min(low, 2 * (side - 1) - high) if high > side - 1 else low
    return mirrored_low, mirrored_high


def _union(a: Region | None, b: Region) -> Region:
    if a is None:
        return b

    def both(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return tuple((min(x[0], y[0]), max(x[1], y[1])) for x, y in zip(one, other, strict=True))

    return Region(both(a.reach, b.reach), both(a.seen, b.seen), b.sides)


def _upsampled(layer: Layer, sides: tuple[int, ...]) -> Back:
    factor, is_smooth = int(getattr(layer, "factor", 1)), getattr(layer, "mode", "") == "bilinear"

    def back(ends: Interval, axis: int) -> Interval:
        if not is_smooth:
            return ends[0] // factor, ends[1] // factor
        # Pixel y lies at (y + ½) / factor − ½ of the smaller image, between two of its pixels.
        low, high = ((2 * end + 1 - factor) // (2 * factor) for end in ends)
        return max(low, 0), min(high + 1, sides[axis] - 1)

    return back


def _transposed(layer: Layer, _sides: tuple[int, ...]) -> Back:
    kernel = getattr(layer, "kernel", 1)
    pair = (kernel, kernel) if isinstance(kernel, int) else tuple(kernel)
    stride, padding, dilation = (int(getattr(layer, name)) for name in ("stride", "padding", "dilation"))

    def back(ends: Interval, axis: int) -> Interval:
        reach = (pair[axis] - 1) * dilation
        return -((reach - ends[0] - padding) // stride), (ends[1] + padding) // stride

    return back


BACKWARDS: dict[str, Callable[[Layer, tuple[int, ...]], Back]] = {
    "Upsample": _upsampled,
    "ConvTranspose2d": _transposed,
}
"""Layers whose map is larger than their input."""
STEPWISE = ("Dense", "Embedding", "OneHot", "PositionalEncoding", "LayerNorm")
"""Layers that work on every step of a sequence by itself."""

"""The same network without its pooling layers, and plain rivals for the same data: what is compared with a network.

Knows no torch and no training. insight/tolerance.py trains them beside a network; templates.py has networks to begin
with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from playground.graph.building import fitted, flat
from playground.graph.check import check
from playground.graph.dense_nets import perceptron
from playground.graph.edits import Delete
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.problem import Report
from playground.layers.image import Conv2d
from playground.layers.layer import Layer
from playground.layers.normalise import Dropout
from playground.layers.pooling import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    GlobalMaxPool,
    LpPool2d,
    MaxPool2d,
)
from playground.layers.reshape import Flatten
from playground.layers.shape import POINTWISE, Shape, Signature
from playground.layers.window import pair

Windowed = MaxPool2d | AvgPool2d | LpPool2d
Adaptive = AdaptiveAvgPool2d | AdaptiveMaxPool2d
Global = GlobalAvgPool2d | GlobalMaxPool
HIDDEN = 64
"""Units of the multilayer perceptron that a network is compared with."""


@dataclass(frozen=True)
class Twin:
    """A network without pooling, and what became of each pooling layer."""

    graph: Graph
    strided: tuple[NodeId, ...] = ()
    """Removed: the convolution before steps further instead."""
    learned: tuple[NodeId, ...] = ()
    """In its place stands a convolution of the same window and stride, which treats each channel by itself."""
    left: tuple[NodeId, ...] = ()
    """Still there: no convolution gives the same shape."""

    @property
    def differs(self) -> bool:
        return bool(self.strided or self.learned)


def without_pooling(graph: Graph) -> Twin:
    """Every pooling of images replaced, so that all shapes behind it stay as they are.

    Source: Springenberg, Dosovitskiy, Brox and Riedmiller 2015, "Striving for simplicity", section 2: first their
    Strided-CNN (a larger stride in the convolution before), else a convolution in the pooling's place.
    """
    report = check(graph)
    fate: dict[str, list[NodeId]] = {"strided": [], "learned": [], "left": []}
    for id, layer in graph.nodes.items():
        image = _image(report, id)
        if not isinstance(layer, Windowed | Adaptive | Global) or image is None:
            continue
        if isinstance(layer, Adaptive) and pair(layer.size) == image.dims[1:]:
            continue  # every window is one pixel: it changes nothing
        for how, candidate, changed in _candidates(graph, report, id, layer, image):
            found = check(candidate, before=report)
            if not found.errors and _same_shapes(report, found, {*changed, id}):
                graph, report = candidate, found
                fate[how].append(id)
                break
        else:
            fate["left"].append(id)
    return Twin(graph, *(tuple(fate[how]) for how in ("strided", "learned", "left")))


def multilayer_perceptron(signature: Signature) -> Graph:
    """One hidden layer of HIDDEN units with ReLU over all pixels."""
    return perceptron(HIDDEN, activation="relu")(signature)


def logistic_regression(signature: Signature) -> Graph:
    """All pixels, one weight each a class: Input, Flatten, Dense, Output."""
    return fitted(signature, *flat(signature))


def _image(report: Report, id: NodeId) -> Shape | None:
    """What a layer is given, in its first copy if it is repeated; None if that is no single image."""
    given = report.given.get(id) or report.given.get(f"{id}.1") or ()
    shape = given[0] if given else None
    return shape if shape is not None and shape.is_image and id not in report.times else None


def _candidates(
    graph: Graph, report: Report, id: NodeId, layer: Layer, image: Shape
) -> Iterator[tuple[str, Graph, set[NodeId]]]:
    """Ways without that pooling, the plainest first, and the layers before it whose shapes they change."""
    if isinstance(layer, Windowed):
        convolution, between = _convolution_before(graph, report, id)
        if layer.stride == 1:
            yield "strided", Delete((id,)).apply(graph), set()
        elif convolution and not between & graph.lenders:
            old = cast(Conv2d, graph.nodes[convolution])
            stride = old.stride * layer.stride
            if stride <= 16 and not old.shares:
                fewer = Delete((id,)).apply(graph)
                for padding in dict.fromkeys((old.padding, "same", "tf_same", "valid")):
                    further = old.with_settings(stride=stride, padding=padding)
                    yield "strided", fewer.with_node(convolution, further), between
    for learned in _learned(layer, image):
        yield "learned", _in_place(graph, id, learned, isinstance(layer, Global)), set()


def _convolution_before(graph: Graph, report: Report, id: NodeId) -> tuple[NodeId, set[NodeId]]:
    """The convolution that feeds this layer alone, past what treats each pixel by itself, and all on the way."""
    way: set[NodeId] = set()
    while len(graph.incoming[id]) == 1:
        id = graph.incoming[id][0].source
        layer, image = graph.nodes[id], _image(report, id)
        if len(graph.outgoing[id]) != 1 or any(id in (e.source, e.target) for e in graph.feedback) or image is None:
            break
        way.add(id)
        if isinstance(layer, Conv2d):
            return id, way
        is_plain = layer.family in ("activation", "normalisation") and layer.window(image) == POINTWISE
        if not (is_plain or isinstance(layer, Dropout)):
            break
    return "", set()


def _learned(layer: Layer, image: Shape) -> Iterator[Conv2d]:
    """Convolutions that look through the same windows, each channel by itself."""
    sides = image.height, image.width
    if isinstance(layer, Windowed):
        kernel, stride = pair(layer.kernel), (layer.stride, layer.stride)
    elif isinstance(layer, Adaptive):
        wanted = pair(layer.size)
        stride = (sides[0] // wanted[0], sides[1] // wanted[1])
        kernel = (sides[0] - (wanted[0] - 1) * stride[0], sides[1] - (wanted[1] - 1) * stride[1])
    else:
        kernel, stride = sides, (1, 1)
    if stride[0] != stride[1] or not 1 <= stride[0] <= 16 or not 1 <= min(kernel) <= max(kernel) <= 64:
        return
    for padding in dict.fromkeys((getattr(layer, "padding", "valid"), "valid", "same", "tf_same")):
        yield Conv2d(filters=image.channels, kernel=kernel, stride=stride[0], padding=padding, groups=image.channels)


def _in_place(graph: Graph, id: NodeId, learned: Conv2d, is_flattened: bool) -> Graph:
    """That convolution under the pooling's name; behind one over everything, a Flatten."""
    placed = graph.with_node(id, learned)
    if not is_flattened:
        return placed
    flatten = placed.fresh_id(Flatten)
    edges = tuple(Edge(flatten if e.source == id else e.source, e.target, e.port, e.feedback) for e in graph.edges)
    blocks = {
        name: replace(block, members=(*block.members, flatten)) if id in block.members else block
        for name, block in placed.blocks.items()
    }
    placed = Graph({**placed.nodes, flatten: Flatten()}, edges, blocks)
    return placed.with_edge(Edge(id, flatten, Flatten.needed_ports()[0]))


def _same_shapes(before: Report, after: Report, but: set[NodeId]) -> bool:
    """Whether all other layers, copies in repeated blocks too, give what they gave."""
    return all(
        after.shapes.get(id, shape) == shape for id, shape in before.shapes.items() if id.partition(".")[0] not in but
    )

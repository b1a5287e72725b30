"""What flows along every edge: shapes from the inputs to the outputs, as far as they can be known.

Knows no torch. Each layer's own rule is in its declaration; what to do about a misfit, in repairs.py.
"""

from __future__ import annotations

from functools import lru_cache

from playground.graph.model import Graph, NodeId
from playground.layers.layer import Layer, Unknown
from playground.layers.shape import Shape, ShapeProblem


@lru_cache(maxsize=16_384)
def remembered(layer: Layer, inputs: tuple[Shape, ...]) -> Shape | ShapeProblem:
    """What infer says, kept for the next check: after an edit only layers with other settings or inputs are asked."""
    return _asked(layer, inputs)


def _asked(layer: Layer, inputs: tuple[Shape, ...]) -> Shape | ShapeProblem:
    try:
        return layer.infer(*inputs)
    except ShapeProblem as problem:
        return problem


def infer(layer: Layer, inputs: tuple[Shape, ...]) -> Shape | ShapeProblem:
    """What a layer gives for such inputs, or why it cannot. Asked once for each layer and inputs."""
    if isinstance(layer, Unknown):  # what it keeps cannot be hashed
        return _asked(layer, inputs)
    return remembered(layer, inputs)


def inputs_of(graph: Graph, id: NodeId, shapes: dict[NodeId, Shape]) -> tuple[Shape, ...] | None:
    """The shapes that reach a layer, in the order of its ports; None while one is missing."""
    incoming = graph.incoming[id]
    filled = {edge.port for edge in incoming}
    if any(port not in filled for port in free_ports_of_type(graph.nodes[id])):
        return None
    if any(edge.source not in shapes for edge in incoming):
        return None
    return tuple(shapes[edge.source] for edge in incoming)


def free_ports_of_type(layer: Layer) -> tuple[str, ...]:
    """The ports that must have an edge. An unknown layer may do without."""
    return () if isinstance(layer, Unknown) else layer.needed_ports()


def infer_all(graph: Graph) -> tuple[dict[NodeId, Shape], dict[NodeId, ShapeProblem]]:
    """All known shapes, and the layers that cannot take what they get. What stands behind those is in neither."""
    shapes: dict[NodeId, Shape] = {}
    broken: dict[NodeId, ShapeProblem] = {}
    for id in graph.order:
        inputs = inputs_of(graph, id, shapes)
        if inputs is None:
            continue
        found = infer(graph.nodes[id], inputs)
        if isinstance(found, ShapeProblem):
            broken[id] = found
        else:
            shapes[id] = found
    return shapes, broken

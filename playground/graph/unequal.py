"""What becomes of sequences of unequal length: layers that cannot leave out what fills up the shorter ones.

How all others do is in playground.engine.ragged. Knows no torch and no data: the shortest length is the signature's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from playground.graph.edits import SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.rewiring import Replace
from playground.graph.shapes import infer_all
from playground.layers.ends import Input
from playground.layers.layer import LAYERS
from playground.layers.shape import Shape, Signature

MIXING = ("Flatten", "Reshape", "Permute")
"""They take the place of a step for something else."""
WINDOWED = ("Conv1d", "MaxPool1d", "AvgPool1d", "Slice")


def unequal(graph: Graph, shapes: Mapping[NodeId, Shape], signature: Signature | None) -> Iterator[Problem]:
    """Warnings where sequences are of unequal length."""
    if signature is None or signature.fewest is None or not signature.input.is_sequence:
        return
    yield from _mixed(graph, shapes, signature)
    yield from _too_short(graph, signature.input, signature.fewest)


def _mixed(graph: Graph, shapes: Mapping[NodeId, Shape], signature: Signature) -> Iterator[Problem]:
    for id, layer in graph.nodes.items():
        given = [shapes.get(edge.source) for edge in graph.incoming[id]]
        if layer.type not in MIXING or not given or given[0] is None or not given[0].is_sequence:
            continue
        text = (
            f"The series have from {signature.fewest:,} to {signature.input.steps:,} steps, but {id} takes a fixed "
            "number: before a shorter one it sees zeros, as if something had happened there. Average over the steps, "
            "or let a recurrent layer read them."
        )
        pooled = LAYERS["GlobalAvgPool2d"].model_validate({})
        fixes = (Fix("Average over the steps instead", (Replace(id, pooled, id),)),) if layer.type == "Flatten" else ()
        yield Problem(id, text, "warning", fixes)


def _too_short(graph: Graph, whole: Shape, fewest: int) -> Iterator[Problem]:
    """The first layers whose window is longer than what the shortest series leaves."""
    least = whole.frame.each_of(fewest)
    nodes = {
        id: layer.with_settings(dims=least.dims) if isinstance(layer, Input) and layer.dims == whole.dims else layer
        for id, layer in graph.nodes.items()
    }
    for id in infer_all(replace(graph, nodes=nodes)).broken:
        layer = graph.nodes[id]
        if layer.type in WINDOWED:
            text = (
                f"The shortest series has {fewest:,} steps, too few for {id}: it answers such a one as if zeros "
                "followed it. Use a smaller window, or padding."
            )
            same = getattr(layer, "padding", None) == "valid"
            fixes = (Fix("Set padding to same", (SetSettings(id, (("padding", "same"),)),)),) if same else ()
            yield Problem(id, text, "warning", fixes)

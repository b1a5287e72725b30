"""The autoencoder twin of a network's front part: all but its last layer, and layers that give the input back.

Its layers keep their names, so that weights can be carried from one to the other. Knows no torch and no training.
Source: Hinton and Salakhutdinov 2006, doi:10.1126/science.1127647; Bengio et al. 2006, greedy layer-wise training.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.graph.building import Net
from playground.graph.check import check
from playground.graph.model import Graph, NodeId
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.layer import Weighted
from playground.layers.reshape import Flatten, Reshape
from playground.layers.shape import Signature

WIDEST = 256
"""Units of the decoder's hidden layer, at most."""


class EncoderProblem(Exception):
    """A network that has no front part to pre-train: one sentence, with a way out."""


@dataclass(frozen=True)
class Encoder:
    """The twin, and the layers that both have."""

    graph: Graph
    front: tuple[NodeId, ...]


def autoencoder_of(graph: Graph, signature: Signature) -> Encoder:
    """The twin. Raises EncoderProblem with the first thing that prevents one."""
    if signature.symbols is not None:
        raise EncoderProblem("Text cannot be given back as numbers, so its encoder is not pre-trained like this.")
    outputs = [id for id, layer in graph.nodes.items() if isinstance(layer, Output)]
    inputs = [layer for layer in graph.nodes.values() if isinstance(layer, Input)]
    if len(outputs) != 1 or len(inputs) != 1 or graph.nodes[outputs[0]].settings["truth"] == "inputs":
        raise EncoderProblem("Pre-training needs a network with one Input and one Output that answers something.")
    heads = [edge.source for edge in graph.incoming[outputs[0]]]
    if len(heads) != 1 or not isinstance(graph.nodes[heads[0]], Dense):
        raise EncoderProblem("Pre-training takes all but the last Dense layer: the Output needs one before it.")
    head = heads[0]
    if head in graph.block_of or any(edge.feedback for edge in graph.edges if head in (edge.source, edge.target)):
        raise EncoderProblem(f"The last layer, {head}, is part of a block or a loop. Take it out of it first.")
    before = [edge.source for edge in graph.incoming[head]]
    gone = {head, outputs[0]}
    front = tuple(id for id, layer in graph.nodes.items() if id not in gone and isinstance(layer, Weighted))
    if len(before) != 1 or not front:
        raise EncoderProblem("There is no layer with weights before the last: nothing can be pre-trained. Add one.")
    kept = replace(
        graph,
        nodes={id: layer for id, layer in graph.nodes.items() if id not in gone},
        edges=tuple(edge for edge in graph.edges if not gone & {edge.source, edge.target}),
    )
    code = check(graph).shapes.get(before[0])
    if code is None:
        raise EncoderProblem("The network has a problem that must be mended first.")
    return Encoder(_decoded(kept, before[0], code.size, not code.is_vector, signature), front)


def _decoded(front: Graph, code: NodeId, size: int, is_flattened: bool, signature: Signature) -> Graph:
    """Behind the code a hidden layer, and as many values as the input has, in its form."""
    wanted = signature.input
    net = Net(graph=front, last=code)
    if is_flattened:
        net.line(Flatten())
    net.line(Dense(units=max(1, min(WIDEST, size)), activation="relu"), Dense(units=wanted.size))
    if not wanted.is_vector:
        net.line(Reshape(dims=wanted.dims))
    net.line(Output(loss="mean_squared_error", truth="inputs"))
    return net.graph

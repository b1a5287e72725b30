"""A network around each layer, so that every declaration can be compared with what torch computes."""

from __future__ import annotations

from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.layers import LAYERS
from playground.layers.layer import Layer
from playground.layers.shape import Shape

VECTOR, SEQUENCE, IMAGE = (6,), (5, 3), (3, 9, 7)

CASES: tuple[tuple[Layer, tuple[int, ...]], ...] = tuple(
    (LAYERS[name].model_validate(settings), dims)
    for name, settings, dims in (
        ("Input", {"dims": VECTOR}, VECTOR),
        ("Input", {"dims": IMAGE}, IMAGE),
        ("Dense", {"units": 4}, VECTOR),
        ("Dense", {"units": 4, "activation": "gelu", "bias": False}, VECTOR),
        ("Dense", {"units": 4, "activation": "leaky_relu"}, SEQUENCE),
        ("Conv2d", {"filters": 4}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 4, "activation": "relu"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 3, "stride": 2, "bias": False}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 4, "stride": 3}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 5, "stride": 2, "padding": "valid", "activation": "tanh"}, IMAGE),
        ("Conv2d", {"filters": 2, "kernel": 1, "activation": "sigmoid"}, IMAGE),
        ("MaxPool2d", {}, IMAGE),
        ("MaxPool2d", {"kernel": 3, "stride": 1}, IMAGE),
        ("AvgPool2d", {"kernel": 3, "stride": 2}, IMAGE),
        ("GlobalAvgPool2d", {}, IMAGE),
        ("Flatten", {}, VECTOR),
        ("Flatten", {}, SEQUENCE),
        ("Flatten", {}, IMAGE),
        ("ReLU", {}, IMAGE),
        ("LeakyReLU", {"slope": 0.3}, VECTOR),
        ("GELU", {}, VECTOR),
        ("Sigmoid", {}, SEQUENCE),
        ("Tanh", {}, VECTOR),
        ("Softmax", {}, VECTOR),
        ("Softmax", {}, SEQUENCE),
        ("Softmax", {}, IMAGE),
        ("Dropout", {"rate": 0.5}, IMAGE),
        ("BatchNorm", {}, VECTOR),
        ("BatchNorm", {"momentum": 0.5, "epsilon": 1e-3}, IMAGE),
        ("RNN", {"units": 4}, SEQUENCE),
        ("RNN", {"units": 4, "returns": "sequence", "nonlinearity": "relu"}, SEQUENCE),
        ("LSTM", {"units": 4}, SEQUENCE),
        ("LSTM", {"units": 4, "returns": "sequence"}, SEQUENCE),
        ("GRU", {"units": 4}, SEQUENCE),
        ("GRU", {"units": 4, "returns": "sequence"}, SEQUENCE),
        ("RNN", {"units": 4, "layers": 2, "bidirectional": True}, SEQUENCE),
        ("LSTM", {"units": 4, "layers": 3, "dropout": 0.5, "returns": "sequence"}, SEQUENCE),
        ("LSTM", {"units": 4, "layers": 2, "bidirectional": True, "returns": "state"}, SEQUENCE),
        ("GRU", {"units": 5, "bidirectional": True, "returns": "sequence"}, SEQUENCE),
        ("GRU", {"units": 5, "layers": 2, "returns": "state"}, SEQUENCE),
        ("Add", {}, VECTOR),
        ("Add", {}, IMAGE),
        ("Concat", {}, VECTOR),
        ("Concat", {}, SEQUENCE),
        ("Concat", {}, IMAGE),
        ("Attention", {}, SEQUENCE),
        ("Attention", {"scaled": False, "causal": True}, SEQUENCE),
        ("AdditiveAttention", {"size": 4}, SEQUENCE),
        ("MultiHeadAttention", {"heads": 3}, SEQUENCE),
        ("MultiHeadAttention", {"heads": 1, "causal": True}, SEQUENCE),
        ("Expression", {}, VECTOR),
        ("Expression", {"formula": "a * sigmoid(-b) + max(a, 0.5) / 2 - 3 ^ b"}, IMAGE),
        ("Embedding", {"vocabulary": 7, "size": 4}, VECTOR),
        ("Embedding", {"vocabulary": 7, "size": 4, "padding": True}, (5, 1)),
        ("OneHot", {"classes": 7}, VECTOR),
        ("OneHot", {"classes": 7}, (5, 1)),
        ("PositionalEncoding", {}, SEQUENCE),
        ("Output", {"units": 3}, (3,)),
        ("Output", {"loss": "hinge", "units": 2}, (1,)),
    )
)


def name_of(case: object) -> str:
    """What pytest calls a case."""
    return f"{case.type}" if isinstance(case, Layer) else "×".join(map(str, case)) if isinstance(case, tuple) else ""


def network_with(layer: Layer, dims: tuple[int, ...]) -> Graph:
    """Input, that layer as "it", and what leads on to an Output.

    Where it needs several inputs, they are the Input and ReLUs of it.
    """
    if layer.type == "Input":
        return _ended(Graph({"it": layer}), "it")
    graph = Graph({"begin": layer_like("Input", (("dims", dims),)), "it": layer})
    for number, port in enumerate(_fed(layer)):
        source = "begin" if number == 0 else f"other{number}"
        if number:
            graph = graph.with_node(source, layer_like("ReLU")).with_edge(Edge("begin", source, "inputs"))
        graph = graph.with_edge(Edge(source, "it", port))
    return graph if layer.type == "Output" else _ended(graph, "it")


def inputs_of(layer: Layer, dims: tuple[int, ...]) -> tuple[Shape, ...]:
    """The shapes that reach the layer in that network."""
    return (Shape(dims),) * len(_fed(layer))


def _fed(layer: Layer) -> tuple[str, ...]:
    """The ports that get an edge: every one that needs one, and twice one that takes several."""
    return tuple(port for port in layer.needed_ports() for _ in range(2 if layer.takes_several(port) else 1))


def _ended(graph: Graph, last: str) -> Graph:
    for id, layer in (
        ("flat", layer_like("Flatten")),
        ("scores", layer_like("Dense", (("units", 2),))),
        ("end", layer_like("Output")),
    ):
        graph = graph.with_node(id, layer).with_edge(Edge(last, id, layer.ports()[0]))
        last = id
    return graph


__all__ = ["CASES", "inputs_of", "name_of", "network_with"]

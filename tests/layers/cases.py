"""A network around each layer, so that every declaration can be compared with what torch computes."""

from __future__ import annotations

from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.layers import LAYERS
from playground.layers.layer import Layer
from playground.layers.shape import Shape

VECTOR, SEQUENCE, IMAGE, FILM = (6,), (5, 3), (3, 9, 7), (4, 3, 9, 7)

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
        ("Conv2d", {"filters": 4, "kernel": (3, 5)}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": (4, 1), "padding": "valid"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": (2, 5), "dilation": 2}, IMAGE),
        ("Conv2d", {"filters": 4, "stride": 2, "dilation": 3, "padding": 3}, IMAGE),
        ("Conv2d", {"filters": 6, "groups": 3}, IMAGE),
        ("Conv2d", {"filters": 3, "groups": 3, "kernel": 4, "padding": "tf_same"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 4, "stride": 2, "padding": "tf_same", "padding_mode": "reflect"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 1, "stride": 3, "padding": "tf_same"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 5, "padding": 4, "padding_mode": "reflect", "activation": "silu"}, IMAGE),
        ("Conv2d", {"filters": 4, "kernel": 4, "padding_mode": "replicate", "activation": "heaviside"}, IMAGE),
        ("ConvTranspose2d", {"filters": 4}, IMAGE),
        ("ConvTranspose2d", {"filters": 6, "kernel": (3, 5), "stride": 3, "padding": 2, "output_padding": 2}, IMAGE),
        ("ConvTranspose2d", {"filters": 6, "kernel": 3, "dilation": 2, "groups": 3, "bias": False}, IMAGE),
        ("Upsample", {}, IMAGE),
        ("Upsample", {"factor": 3, "mode": "bilinear"}, IMAGE),
        ("Conv1d", {"filters": 4}, SEQUENCE),
        ("Conv1d", {"filters": 4, "kernel": 4, "dilation": 2, "bias": False}, SEQUENCE),
        ("Conv1d", {"filters": 4, "kernel": 3, "stride": 2, "padding": "tf_same"}, (8, 3)),
        ("Conv1d", {"filters": 4, "kernel": 4, "padding": "tf_same", "padding_mode": "replicate"}, SEQUENCE),
        ("Conv1d", {"filters": 3, "kernel": 3, "groups": 3, "padding": "valid", "activation": "relu"}, SEQUENCE),
        ("Conv1d", {"filters": 4, "kernel": 3, "padding": 4, "padding_mode": "reflect"}, SEQUENCE),
        ("MaxPool2d", {}, IMAGE),
        ("MaxPool2d", {"kernel": (3, 2), "stride": 2, "ceil_mode": True}, IMAGE),
        ("MaxPool2d", {"kernel": 3, "stride": 4, "ceil_mode": True, "padding": 1}, (3, 8, 6)),
        ("MaxPool2d", {"kernel": 1, "stride": 2, "ceil_mode": True}, (3, 2, 2)),
        ("MaxPool2d", {"kernel": 2, "stride": 1, "padding": "same"}, IMAGE),
        ("MaxPool2d", {"kernel": 3, "stride": 2, "padding": "tf_same"}, (3, 8, 7)),
        ("MaxPool2d", {"kernel": 4, "stride": 2, "padding": "same"}, IMAGE),
        ("AvgPool2d", {"kernel": 3, "stride": 2, "padding": 1, "count_include_pad": True}, IMAGE),
        ("AvgPool2d", {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": True}, (3, 8, 6)),
        ("AvgPool2d", {"kernel": (2, 3), "stride": 1, "padding": "same"}, IMAGE),
        ("AvgPool2d", {"kernel": 3, "stride": 2, "padding": "tf_same", "count_include_pad": True}, (3, 8, 8)),
        ("LpPool2d", {}, IMAGE),
        ("LpPool2d", {"kernel": (3, 2), "stride": 2, "power": 3, "ceil_mode": True}, IMAGE),
        ("AdaptiveAvgPool2d", {"size": (4, 2)}, IMAGE),
        ("AdaptiveMaxPool2d", {"size": 3}, IMAGE),
        ("GlobalAvgPool2d", {}, SEQUENCE),
        ("GlobalMaxPool", {}, IMAGE),
        ("GlobalMaxPool", {}, SEQUENCE),
        ("MaxPool1d", {}, SEQUENCE),
        ("MaxPool1d", {"kernel": 2, "stride": 1, "padding": "same"}, SEQUENCE),
        ("MaxPool1d", {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": True}, (6, 3)),
        ("AvgPool1d", {"ceil_mode": True}, SEQUENCE),
        ("AvgPool1d", {"kernel": 3, "stride": 2, "padding": "tf_same"}, (6, 3)),
        ("AvgPool1d", {"kernel": 3, "padding": 1, "count_include_pad": True}, SEQUENCE),
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
        ("MultiHeadAttention", {"heads": 3}, SEQUENCE),
        ("MultiHeadAttention", {"heads": 1, "causal": True}, SEQUENCE),
        ("AdditiveAttention", {"units": 4}, SEQUENCE),
        ("Embedding", {"vocabulary": 9, "size": 4}, VECTOR),
        ("Embedding", {"vocabulary": 9, "size": 4, "padding": True}, (5, 1)),
        ("OneHot", {"symbols": 7}, VECTOR),
        ("PositionalEncoding", {}, SEQUENCE),
        ("Expression", {"formula": "a * sigmoid(b) - 0.5 ^ 2"}, IMAGE),
        ("Concat", {}, (1,)),
        ("Multiply", {}, IMAGE),
        ("Multiply", {}, SEQUENCE),
        ("Average", {}, VECTOR),
        ("Maximum", {}, IMAGE),
        ("Subtract", {}, IMAGE),
        ("Subtract", {}, VECTOR),
        ("DotProduct", {}, VECTOR),
        ("DotProduct", {}, SEQUENCE),
        ("DotProduct", {"normalised": True}, SEQUENCE),
        ("Scale", {}, VECTOR),
        ("Scale", {"factor": 0.1}, SEQUENCE),
        ("Scale", {}, IMAGE),
        ("Scale", {"factor": -2.0, "learned": False}, IMAGE),
        ("Gate", {}, VECTOR),
        ("Gate", {}, IMAGE),
        ("BatchNorm", {}, SEQUENCE),
        ("LayerNorm", {}, VECTOR),
        ("LayerNorm", {}, SEQUENCE),
        ("LayerNorm", {}, IMAGE),
        ("LayerNorm", {"affine": False}, IMAGE),
        ("GroupNorm", {"groups": 3}, IMAGE),
        ("GroupNorm", {"groups": 1, "epsilon": 0.1}, IMAGE),
        ("InstanceNorm2d", {}, IMAGE),
        ("InstanceNorm2d", {"affine": True}, IMAGE),
        ("LocalResponseNorm", {}, IMAGE),
        ("LocalResponseNorm", {"size": 2, "alpha": 0.5, "beta": 0.5, "k": 1.0}, IMAGE),
        ("GELU", {"approximate": True}, VECTOR),
        ("PReLU", {}, VECTOR),
        ("PReLU", {}, SEQUENCE),
        ("PReLU", {}, IMAGE),
        ("PReLU", {"per_channel": False, "start": 0.1}, SEQUENCE),
        ("ELU", {"alpha": 2.0}, VECTOR),
        ("CELU", {"alpha": 2.0}, IMAGE),
        ("SELU", {}, SEQUENCE),
        ("SiLU", {}, VECTOR),
        ("HardSwish", {}, VECTOR),
        ("Mish", {}, IMAGE),
        ("Softplus", {"beta": 3.0}, VECTOR),
        ("HardSigmoid", {}, VECTOR),
        ("HardSigmoid", {"slope": 0.2, "offset": 0.4}, IMAGE),
        ("HardTanh", {"low": 0.0, "high": 6.0}, VECTOR),
        ("Step", {}, VECTOR),
        ("LogSoftmax", {}, VECTOR),
        ("LogSoftmax", {}, SEQUENCE),
        ("LogSoftmax", {}, IMAGE),
        ("Crop", {"top": 2, "left": 1, "height": 4, "width": 6}, IMAGE),
        ("Slice", {"start": 1, "stop": 4}, VECTOR),
        ("Slice", {"start": 1}, IMAGE),
        ("Slice", {"start": 2}, SEQUENCE),
        ("Slice", {"along": "steps", "stop": 3}, SEQUENCE),
        ("ZeroPad2d", {}, IMAGE),
        ("ZeroPad2d", {"top": 8, "bottom": 0, "left": 3, "right": 6, "mode": "reflect"}, IMAGE),
        ("ZeroPad2d", {"top": 0, "bottom": 10, "mode": "replicate"}, IMAGE),
        ("PadChannels", {"channels": 3}, IMAGE),
        ("PadChannels", {"channels": 8, "stride": 2}, IMAGE),
        ("Reshape", {"dims": (3, 2)}, VECTOR),
        ("Reshape", {"dims": (9, 21)}, IMAGE),
        ("Reshape", {"dims": (3, 1, 5)}, SEQUENCE),
        ("Permute", {}, SEQUENCE),
        ("Permute", {"order": (2, 3, 1)}, IMAGE),
        ("Permute", {"order": (1,)}, VECTOR),
        ("Squeeze", {}, (3, 1, 1)),
        ("Squeeze", {}, (1, 9, 7)),
        ("Squeeze", {}, (1, 1, 1)),
        ("RepeatVector", {"times": 4}, VECTOR),
        ("LastStep", {}, SEQUENCE),
        ("LastStep", {}, FILM),
        ("Slice", {"along": "steps", "start": 1, "stop": 3}, FILM),
        ("Slice", {"start": 1}, FILM),
        ("Concat", {}, FILM),
        ("Multiply", {}, FILM),
        ("Conv2d", {"filters": 4, "kernel": 4, "stride": 2, "padding": "tf_same"}, FILM),
        ("MaxPool2d", {"padding": "same"}, FILM),
        ("GlobalAvgPool2d", {}, FILM),
        ("BatchNorm", {}, FILM),
        ("LayerNorm", {}, FILM),
        ("PReLU", {}, FILM),
        ("Scale", {}, FILM),
        ("Softmax", {}, FILM),
        ("Permute", {"order": (2, 1, 3, 4)}, FILM),
        ("Squeeze", {}, (1, 3, 9, 1)),
        ("Reshape", {"dims": (2, 6, 3, 21)}, FILM),
        ("ZeroPad2d", {}, FILM),
        ("Output", {"units": 3}, (3,)),
        ("Output", {"loss": "hinge", "units": 2}, (1,)),
    )
)


def name_of(case: object) -> str:
    """What pytest calls a case."""
    return f"{case.type}" if isinstance(case, Layer) else "×".join(map(str, case)) if isinstance(case, tuple) else ""


def network_with(layer: Layer, dims: tuple[int, ...]) -> Graph:
    """Input, that layer as "it", and what leads on to an Output. It gets the Input first, then ReLUs of it."""
    if layer.type == "Input":
        return _ended(Graph({"it": layer}), "it")
    graph = Graph({"begin": layer_like("Input", (("dims", dims),)), "it": layer})
    for number, port in enumerate(_edges(layer)):
        source = f"other{number}" if number else "begin"
        if number:
            graph = graph.with_node(source, layer_like("ReLU")).with_edge(Edge("begin", source, "inputs"))
        graph = graph.with_edge(Edge(source, "it", port))
    return graph if layer.type == "Output" else _ended(graph, "it")


def inputs_of(layer: Layer, dims: tuple[int, ...]) -> tuple[Shape, ...]:
    """The shapes that reach the layer in that network."""
    return (Shape(dims),) * len(_edges(layer))


def asked_with(layer: Layer, dims: tuple[int, ...]) -> tuple[Shape, ...]:
    """What its rules of costs are asked with: of a film one image, where it works on each by itself."""
    return tuple(given.frame if given.is_film and layer.each_frame else given for given in inputs_of(layer, dims))


def _edges(layer: Layer) -> tuple[str, ...]:
    """The ports that get an edge: each that is needed, and twice those that take several."""
    return tuple(port for port in layer.needed_ports() for _ in range(2 if layer.takes_several(port) else 1))


def _ended(graph: Graph, last: str) -> Graph:
    for id, layer in (
        ("frames", layer_like("Flatten")),
        ("flat", layer_like("Flatten")),
        ("scores", layer_like("Dense", (("units", 2),))),
        ("end", layer_like("Output")),
    ):
        graph = graph.with_node(id, layer).with_edge(Edge(last, id, layer.ports()[0]))
        last = id
    return graph


__all__ = ["CASES", "asked_with", "inputs_of", "name_of", "network_with"]

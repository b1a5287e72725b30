"""The blocks that come with the program: parts of networks to put in whole, each as it was published.

Each is made for the number of channels (or units) that reach it. Networks to begin with are in templates.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.graph.blocks import MakeBlock
from playground.graph.folding import entries
from playground.graph.model import Edge, Graph, NodeId
from playground.layers.activation import ReLU, Tanh
from playground.layers.cut import PadChannels
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.layers.layer import Layer
from playground.layers.merge import Add, Concat, Gate
from playground.layers.normalise import BatchNorm
from playground.layers.pooling import MaxPool2d

Build = Callable[[int], Graph]
Port = tuple[NodeId, str]


@dataclass(frozen=True)
class Part:
    """Layers to be put into a network as one, and the ports by which they are wired to what comes before."""

    graph: Graph
    entries: tuple[Port, ...]


@dataclass(frozen=True)
class LibraryBlock:
    """One block of the palette."""

    name: str
    title: str
    about: str
    build: Build
    """Makes it for so many channels or units; its entries are the ports without an edge."""
    exposes: tuple[str, ...] = ()
    usual: int = 16
    """Channels it is made for where nobody knows better."""
    also: tuple[Port, ...] = ()
    """Ports that what feeds the block is wired to, beside those without an edge."""

    def made(self, channels: int | None) -> Part:
        """The layers, as one folded block."""
        graph = self.build(channels or self.usual)
        block = MakeBlock(tuple(graph.nodes), self.title, "block1", exposes=self.exposes).apply(graph)
        return Part(block, (*entries(graph, graph.nodes), *self.also))


def _line(graph: Graph, *layers: tuple[str, Layer], after: str = "") -> Graph:
    """Those layers one behind the other, the first behind `after`, if that is given."""
    for id, layer in layers:
        graph = graph.with_node(id, layer)
        if after:
            graph = graph.with_edge(Edge(after, id, layer.ports()[0]))
        after = id
    return graph


def _conv(filters: int, kernel: int = 3, stride: int = 1) -> Conv2d:
    return Conv2d(filters=filters, kernel=kernel, stride=stride, bias=False)


def _branch(filters: int, stride: int) -> Graph:
    """Convolution, normalisation and ReLU twice, the last ReLU behind the addition."""
    return _line(
        Graph(),
        ("conv1", _conv(filters, 3, stride)),
        ("norm1", BatchNorm()),
        ("relu1", ReLU()),
        ("conv2", _conv(filters)),
        ("norm2", BatchNorm()),
        ("add1", Add()),
        ("relu2", ReLU()),
    )


def _identity(channels: int) -> Graph:
    return _branch(channels, 1)


def _option_a(channels: int) -> Graph:
    pad = PadChannels(channels=2 * channels, stride=2)
    return _line(_branch(2 * channels, 2), ("pad1", pad)).with_edge(Edge("pad1", "add1", "inputs"))


def _projection(channels: int) -> Graph:
    graph = _line(_branch(2 * channels, 2), ("project1", _conv(2 * channels, 1, 2)), ("norm3", BatchNorm()))
    return graph.with_edge(Edge("norm3", "add1", "inputs"))


def _inception(channels: int) -> Graph:
    share = max(4, channels // 4)

    def conv(filters: int, kernel: int) -> Conv2d:
        return Conv2d(filters=filters, kernel=kernel, activation="relu")

    graph = _line(Graph(), ("conv1", conv(share, 1)), ("concat1", Concat()))
    graph = _line(graph, ("reduce3", conv(share, 1)), ("conv3", conv(2 * share, 3)))
    graph = _line(graph, ("reduce5", conv(max(2, share // 4), 1)), ("conv5", conv(max(4, share // 2), 5)))
    graph = _line(graph, ("pool1", MaxPool2d(kernel=3, stride=1, padding=1)), ("project1", conv(max(4, share // 2), 1)))
    for id in ("conv3", "conv5", "project1"):
        graph = graph.with_edge(Edge(id, "concat1", "inputs"))
    return graph


def _highway(units: int) -> Graph:
    graph = _line(Graph(), ("new1", Dense(units=units, activation="tanh")))
    graph = graph.with_node("gate1", Dense(units=units, activation="sigmoid")).with_node("mix1", Gate())
    return graph.with_edge(Edge("new1", "mix1", "new")).with_edge(Edge("gate1", "mix1", "gate"))


def _cell(units: int) -> Graph:
    """Elman's network from its parts: input weights, state weights, a sum through tanh, and the way back."""
    graph = _line(Graph(), ("input_weights", Dense(units=units)), ("sum1", Add()), ("state", Tanh()))
    graph = _line(graph, ("state_weights", Dense(units=units, bias=False)))
    graph = graph.with_edge(Edge("state_weights", "sum1", "inputs"))
    return graph.with_edge(Edge("state", "state_weights", "values", feedback=True))


def _plain(channels: int) -> Graph:
    return _line(
        Graph(),
        ("conv1", _conv(channels)),
        ("norm1", BatchNorm()),
        ("relu1", ReLU()),
        ("conv2", _conv(channels)),
        ("norm2", BatchNorm()),
        ("relu2", ReLU()),
    )


_ALL = (
    LibraryBlock(
        "residual",
        "Residual",
        "Two convolutions learn what is to be added to their input. He et al. 2015, figure 2.",
        _identity,
        ("filters",),
        also=(("add1", "inputs"),),
    ),
    LibraryBlock(
        "residual-a",
        "Residual, option A",
        "Half the size, twice the channels; the way round leaves pixels out and fills channels up with zeros. "
        "He et al. 2015, section 3.3.",
        _option_a,
        ("filters", "stride"),
    ),
    LibraryBlock(
        "residual-projection",
        "Residual, projection",
        "Half the size, twice the channels; the way round is a 1×1 convolution. He et al. 2015, section 3.3, option B.",
        _projection,
        ("filters", "stride"),
    ),
    LibraryBlock(
        "inception",
        "Inception",
        "Windows of 1, 3 and 5 pixels and a pooling side by side, each behind a narrow 1×1 convolution. "
        "Szegedy et al. 2014, figure 2b.",
        _inception,
        usual=64,
    ),
    LibraryBlock(
        "highway",
        "Highway",
        "A learned gate decides how much of the input passes unchanged. Srivastava, Greff and Schmidhuber 2015.",
        _highway,
        ("units",),
    ),
    LibraryBlock(
        "recurrent-cell",
        "Recurrent cell",
        "An Elman network from its parts, with the feedback edge that makes it remember. Elman 1990.",
        _cell,
        ("units",),
    ),
    LibraryBlock(
        "plain",
        "Plain block",
        "Two convolutions without a way round: the twin of the residual block. He et al. 2015, figure 3, middle.",
        _plain,
        ("filters",),
    ),
)
BLOCKS: dict[str, LibraryBlock] = {block.name: block for block in _ALL}
"""By name, in the palette's order."""

"""Writing networks down: what a template is, layers in line, branches, blocks, and the ends that fit the data.

For templates.py and the families of networks beside it. Everything here returns a new Graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.graph.blocks import MakeBlock
from playground.graph.edits import adapt
from playground.graph.model import Edge, Graph, NodeId
from playground.layers.dense import Dense
from playground.layers.ends import Input, Loss, Output
from playground.layers.layer import Layer
from playground.layers.reshape import Flatten
from playground.layers.shape import Signature

FAMILIES = ("One neuron", "Dense", "Convolutional", "Residual", "Recurrent", "Translation")
"""Groups of templates, from the simplest on."""


@dataclass(frozen=True)
class Template:
    """A network to begin with."""

    name: str
    title: str
    summary: str
    data: str
    """The data set it was made for, by its name."""
    build: Callable[[Signature], Graph]
    """Makes the graph for such data."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """Fields of Recipe that differ from their defaults."""
    choice: Mapping[str, Any] = field(default_factory=dict)
    """Fields of DataChoice that differ from their defaults, beside the source."""
    family: str = "Dense"


def chain(*layers: Layer) -> Graph:
    """One layer after another.

    >>> [edge.target for edge in chain(Input(), Dense(), Output()).edges]
    ['dense1', 'output1']
    """
    net = Net()
    net.line(*layers)
    return net.graph


@dataclass
class Net:
    """A network being written down. `last` is what the next line hangs on."""

    graph: Graph = field(default_factory=Graph)
    last: NodeId = ""
    _blocks: int = 0

    def line(self, *layers: Layer, after: NodeId | None = None) -> NodeId:
        """Those layers one behind the other, behind `after` (the last layer, if not given); returns the last."""
        self.last = self.last if after is None else after
        for layer in layers:
            id = self.graph.fresh_id(type(layer))
            graph = self.graph.with_node(id, layer)
            self.graph = graph.with_edge(Edge(self.last, id, layer.needed_ports()[0])) if self.last else graph
            self.last = id
        return self.last

    def named(self, id: NodeId, layer: Layer, after: NodeId = "") -> NodeId:
        """One layer under a name of its own, behind another if one is given."""
        self.graph = self.graph.with_node(id, layer)
        if after:
            self.wire(after, id)
        self.last = id
        return id

    def wire(self, source: NodeId, target: NodeId, port: str = "", feedback: bool = False) -> None:
        """An edge; without a port, to the first."""
        name = port or self.graph.nodes[target].needed_ports()[0]
        self.graph = self.graph.with_edge(Edge(source, target, name, feedback))

    def join(self, layer: Layer, *sources: NodeId) -> NodeId:
        """A layer that takes several, fed by those."""
        id = self.graph.fresh_id(type(layer))
        self.graph = self.graph.with_node(id, layer)
        for source in sources:
            self.wire(source, id)
        self.last = id
        return id

    def block(self, title: str, since: Iterable[NodeId], repeat: int = 1, exposes: tuple[str, ...] = ()) -> None:
        """Fold all layers but those that were there before into a block."""
        before = set(since)
        ids = tuple(id for id in self.graph.nodes if id not in before)
        self._blocks += 1
        self.graph = MakeBlock(ids, title, f"block{self._blocks}", repeat, True, exposes).apply(self.graph)


def loss_for(signature: Signature, of_two: Loss = "cross_entropy") -> Loss:
    """The loss for such data; of_two: where one sign is enough."""
    if signature.task == "numbers":
        return "mean_squared_error"
    return of_two if signature.outputs == 2 else "cross_entropy"


def output_for(signature: Signature, of_two: Loss = "cross_entropy", weight: float = 1.0) -> Output:
    """An Output for such data."""
    loss = loss_for(signature, of_two)
    each_step = signature.steps is not None
    return Output(loss=loss, units=signature.outputs, weight=weight, each_step=each_step)


def fitted(signature: Signature, *layers: Layer, of_two: Loss = "cross_entropy") -> Graph:
    """An Input, those layers, a Dense for the scores and an Output, for such data."""
    output = output_for(signature, of_two)
    return adapt(chain(Input(dims=signature.input.dims), *layers, Dense(units=output.scores), output), signature)


def ended(net: Net, signature: Signature, of_two: Loss = "cross_entropy") -> Graph:
    """The network with a Dense for the scores and an Output behind its last layer."""
    output = output_for(signature, of_two)
    net.line(Dense(units=output.scores), output)
    return net.graph


def flat(signature: Signature) -> tuple[Layer, ...]:
    """A Flatten, where the data need one before a Dense."""
    return () if signature.input.is_vector else (Flatten(),)

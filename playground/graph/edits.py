"""Every change a person can make to a network, as values: a label, and a graph made of another.

There is no undo here: whoever applies an edit keeps the old graph. An edit that means nothing any more,
because its node is gone, gives the graph back as it was. Knows no torch and no Qt; what an edit may
break, check.py says.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from keyword import iskeyword, issoftkeyword
from typing import Any, Protocol

from pydantic import ValidationError

from playground.graph.model import Edge, Graph, NodeId
from playground.layers.ends import Input, Loss, Output
from playground.layers.layer import LAYERS, Layer, Unknown, Weighted
from playground.layers.refusal import refusal
from playground.layers.shape import Signature

RESERVED = frozenset({"self", "x", "nn", "torch", "F", "forward"})
"""Ids become variable names in exported Python, where these mean something else."""

LONGEST_NAME = 60


class Edit(Protocol):
    """A change of the graph. Successive edits with the same merge_key are one step of undo."""

    @property
    def label(self) -> str: ...

    @property
    def merge_key(self) -> Hashable | None: ...

    def apply(self, graph: Graph) -> Graph: ...


@dataclass(frozen=True, slots=True)
class _Single:
    """An edit that is always a step of undo of its own."""

    @property
    def merge_key(self) -> Hashable | None:
        return None


@dataclass(frozen=True, slots=True)
class AddLayer(_Single):
    """Put a new layer into the network, not wired to anything."""

    id: NodeId
    layer: Layer

    @property
    def label(self) -> str:
        return f"Add {self.layer.heading}"

    def apply(self, graph: Graph) -> Graph:
        return graph if self.id in graph.nodes else graph.with_node(self.id, self.layer)


@dataclass(frozen=True, slots=True)
class Delete(_Single):
    """Take layers out; where one with a single input goes, that input is wired to what it fed."""

    ids: tuple[NodeId, ...]

    @property
    def label(self) -> str:
        return f"Delete {self.ids[0]}" if len(self.ids) == 1 else f"Delete {len(self.ids)} layers"

    def apply(self, graph: Graph) -> Graph:
        for id in self.ids:
            if id in graph.nodes:
                graph = replace(graph, edges=tuple(_healed(graph, id))).without([id])
        return graph


@dataclass(frozen=True, slots=True)
class Connect(_Single):
    """Draw an edge. On a port that takes one, it takes the place of the edge there.

    Backwards, to the same or an earlier layer, it carries the previous step.
    """

    edge: Edge

    @property
    def label(self) -> str:
        back = " back" if self.edge.feedback else ""
        return f"Connect {self.edge.source}{back} to {self.edge.target}"

    def apply(self, graph: Graph) -> Graph:
        if not connectable(graph, self.edge):
            return graph
        edge = drawn(graph, self.edge)
        return graph.with_edge(edge) if connectable(graph, edge) else graph


@dataclass(frozen=True, slots=True)
class Disconnect(_Single):
    """Take an edge away."""

    edge: Edge

    @property
    def label(self) -> str:
        return f"Disconnect {self.edge.source} from {self.edge.target}"

    def apply(self, graph: Graph) -> Graph:
        return graph.without_edge(self.edge) if self.edge in graph.edges else graph


@dataclass(frozen=True, slots=True)
class InsertOnEdge(_Single):
    """Put a new layer between the two ends of an edge."""

    edge: Edge
    id: NodeId
    layer: Layer

    @property
    def label(self) -> str:
        return f"Insert {self.layer.heading}"

    def apply(self, graph: Graph) -> Graph:
        ports = self.layer.ports()
        if self.edge not in graph.edges or self.id in graph.nodes or not ports or not self.layer.gives_output:
            return graph
        # The new edge stands where the old one stood: the order of edges is the order of inputs.
        at = graph.edges.index(self.edge)
        through = (Edge(self.edge.source, self.id, ports[0]), replace(self.edge, source=self.id))
        edges = (*graph.edges[:at], *through, *graph.edges[at + 1 :])
        block = graph.block_of.get(self.edge.target, "")
        if block and block == graph.block_of.get(self.edge.source):
            own = graph.blocks[block]
            blocks = {**graph.blocks, block: replace(own, members=(*own.members, self.id))}
            graph = replace(graph, blocks=blocks)
        return replace(graph.with_node(self.id, self.layer), edges=edges)


@dataclass(frozen=True, slots=True)
class SetSettings:
    """Change settings of one layer. Raises ValueError with a sentence for values out of range."""

    id: NodeId
    settings: tuple[tuple[str, Any], ...]

    @property
    def label(self) -> str:
        names = ", ".join(name.replace("_", " ") for name, _ in self.settings)
        return f"Change {names} of {self.id}"

    @property
    def merge_key(self) -> Hashable | None:
        return ("settings", self.id, tuple(name for name, _ in self.settings))

    def apply(self, graph: Graph) -> Graph:
        layer = graph.nodes.get(self.id)
        if layer is None or isinstance(layer, Unknown):
            return graph
        try:
            return graph.with_node(self.id, layer.with_settings(**dict(self.settings)))
        except ValidationError as error:
            raise ValueError(refusal(type(layer), error)) from error


@dataclass(frozen=True, slots=True)
class Rename(_Single):
    """Give a layer another id. Raises ValueError with a sentence for ids that cannot be."""

    old: NodeId
    new: NodeId

    @property
    def label(self) -> str:
        return f"Rename {self.old} to {self.new}"

    def apply(self, graph: Graph) -> Graph:
        if self.old not in graph.nodes or self.old == self.new:
            return graph
        refuse_name(self.new, graph.nodes)
        return renamed(graph, {self.old: self.new})


@dataclass(frozen=True, slots=True)
class Several(_Single):
    """Some edits as one step."""

    label: str
    edits: tuple[Edit, ...]

    def apply(self, graph: Graph) -> Graph:
        return apply_all(graph, self.edits)


def apply_all(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """The graph after all these edits, in their order."""
    for edit in edits:
        graph = edit.apply(graph)
    return graph


def connectable(graph: Graph, edge: Edge) -> bool:
    """Whether such an edge can be drawn at all; what it breaks is another question."""
    source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
    if source is None or target is None or not source.gives_output or not target.has_port(edge.port):
        return False
    return not (edge.feedback and edge.port == target.state_port)


def drawn(graph: Graph, edge: Edge) -> Edge:
    """The edge as a person means it who draws it: one to the same or an earlier layer carries the previous step."""
    if edge.source == edge.target or edge.source in graph.reached_from(edge.target):
        return replace(edge, feedback=True)
    return edge


def renamed(graph: Graph, names: Mapping[NodeId, NodeId]) -> Graph:
    """The graph with other ids: for nodes, edges, members of blocks, and layers whose weights are shared."""

    def new(id: NodeId) -> NodeId:
        return names.get(id, id)

    def layer_of(layer: Layer) -> Layer:
        sharing = isinstance(layer, Weighted) and layer.shares in names
        return layer.model_copy(update={"shares": new(layer.shares)}) if sharing else layer  # type: ignore[attr-defined]

    return Graph(
        {new(id): layer_of(layer) for id, layer in graph.nodes.items()},
        tuple(replace(edge, source=new(edge.source), target=new(edge.target)) for edge in graph.edges),
        {id: replace(block, members=tuple(map(new, block.members))) for id, block in graph.blocks.items()},
    )


def refuse_name(name: str, taken: Iterable[NodeId]) -> None:
    """Raise ValueError with a sentence if a layer cannot have that id."""
    if not name.isidentifier() or not name.isascii():
        raise ValueError(f"“{name[:LONGEST_NAME]}” cannot name a layer. Use letters, digits and _, a letter first.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"A name of {len(name)} letters is too long. Use at most {LONGEST_NAME}.")
    if iskeyword(name) or issoftkeyword(name) or name in RESERVED:
        raise ValueError(f"“{name}” has a meaning in Python code, which this network can be exported to. Use another.")
    if name in set(taken):
        raise ValueError(f"There is a layer “{name}” already. Use another name.")


def adapt(graph: Graph, signature: Signature) -> Graph:
    """The network with its ends fitted to the data: the Input's shape, the Output's loss, the last layer's units.

    What lies between stays as it is; whether it fits, check says.
    """
    return apply_all(graph, fitting_edits(graph, signature))


def fitting_edits(graph: Graph, signature: Signature) -> Iterator[Edit]:
    """The edits that adapt makes."""
    for id in graph.of_type("Input"):
        yield from input_edits(graph, id, signature)
    for id in graph.of_type("Output"):
        yield from output_edits(graph, id, signature)
    yield from symbol_edits(graph, signature)


def symbol_edits(graph: Graph, signature: Signature) -> Iterator[SetSettings]:
    """Give layers that read codes straight from an Input as many symbols as the data have."""
    for id, layer in graph.nodes.items():
        for edge in graph.incoming[id]:
            source = graph.nodes[edge.source]
            name = {"Embedding": "vocabulary", "OneHot": "symbols"}.get(layer.type)
            if name is None or not isinstance(source, Input) or signature.symbols is None:
                continue
            codes = signature.outputs + 1 if source.reads == "answers" else signature.symbols
            if getattr(layer, name) != codes:
                yield SetSettings(id, ((name, codes),))


def input_edits(graph: Graph, id: NodeId, signature: Signature) -> Iterator[Edit]:
    """Fit one Input to the data; what it reads that these data have not, is let go."""
    layer = graph.nodes[id]
    if isinstance(layer, Input):
        dims = layer.wanted(signature)
        if dims is not None:
            yield SetSettings(id, (("dims", dims.dims),))
        else:
            settings = (("reads", "data"), ("columns", ""), ("dims", signature.input.dims))
            yield SetSettings(id, settings)


def output_edits(graph: Graph, id: NodeId, signature: Signature) -> Iterator[Edit]:
    """Fit one Output to the data, and the last layer before it that has units. A loss for the task is kept."""
    old = graph.nodes[id]
    loss: Loss = "cross_entropy" if signature.task == "classes" else "mean_squared_error"
    if isinstance(old, Output) and old.rebuilds:
        return  # it is judged by the input itself
    if isinstance(old, Output) and old.task == signature.task:
        loss = old.loss
    each_step = signature.steps is not None
    new = Output(loss=loss, units=signature.outputs, each_step=each_step)
    if not (isinstance(old, Output) and old.each_step == each_step):
        yield SetSettings(id, (("each_step", each_step),))
    yield SetSettings(id, (("loss", new.loss), ("units", new.units)))
    above = id
    for _ in graph.nodes:  # no farther than all of them, should they form a loop
        if len(graph.incoming[above]) != 1:
            return
        above = graph.incoming[above][0].source
        if "units" in type(graph.nodes[above]).model_fields:
            yield SetSettings(above, (("units", new.scores),))
            return


def layer_like(type_name: str, settings: Iterable[tuple[str, Any]] = ()) -> Layer:
    """A new layer by its type name."""
    return LAYERS[type_name].model_validate(dict(settings))


def _healed(graph: Graph, id: NodeId) -> Iterator[Edge]:
    """All edges, with those out of that node moved to its source if it has exactly one."""
    sources = [edge.source for edge in graph.incoming[id] if edge.source != id]
    seen: set[Edge] = set()
    for edge in graph.edges:
        if edge.feedback and id in (edge.source, edge.target):
            continue
        if edge.source == id and edge.target != id and len(sources) == 1:
            edge = replace(edge, source=sources[0])
        if edge not in seen:
            seen.add(edge)
            yield edge

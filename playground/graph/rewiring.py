"""Changes of several layers or of a layer's kind: replace, swap, set one setting of many, graft a part on.

Values like those in edits.py, which holds the simple ones. Knows no torch and no Qt.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from playground.graph.edits import SetSettings, apply_all, connectable, refuse_name, renamed
from playground.graph.model import Block, BlockId, Edge, Graph, NodeId, only_filled
from playground.graph.repeat import inside
from playground.layers.layer import Layer, Unknown


@dataclass(frozen=True, slots=True)
class Replace:
    """Put a layer of another kind in a layer's place; edges that the new one can have stay.

    An edge goes to the port of the same name, else to the first free one. Raises ValueError for a name that cannot be.
    """

    id: NodeId
    layer: Layer
    name: NodeId
    """The new layer's id; may be the old one's."""
    merge_key: None = None

    @property
    def label(self) -> str:
        return f"Replace {self.id} by {self.layer.heading}"

    def apply(self, graph: Graph) -> Graph:
        if self.id not in graph.nodes:
            return graph
        if self.name != self.id:
            refuse_name(self.name, graph.nodes)
        named = renamed(graph, {self.id: self.name}).with_node(self.name, self.layer)
        edges = _renamed(graph.edges, {self.id: self.name}, _new_ports(graph, self.id, self.layer))
        kept = replace(named, edges=())
        for edge in edges:
            if connectable(kept, edge) and not _is_taken(kept, edge):
                kept = replace(kept, edges=(*kept.edges, edge))
        return kept


@dataclass(frozen=True, slots=True)
class Swap:
    """Exchange two layers' places in the wiring. Raises ValueError where one cannot have the other's edges."""

    first: NodeId
    second: NodeId
    merge_key: None = None

    @property
    def label(self) -> str:
        return f"Swap {self.first} and {self.second}"

    def apply(self, graph: Graph) -> Graph:
        a, b = self.first, self.second
        if a == b or a not in graph.nodes or b not in graph.nodes:
            return graph
        ports = _new_ports(graph, a, graph.nodes[b]) | _new_ports(graph, b, graph.nodes[a])
        edges = tuple(_renamed(graph.edges, {a: b, b: a}, ports))
        if len(edges) < len(graph.edges) or not all(connectable(graph, edge) for edge in edges):
            raise ValueError(
                f"{a} and {b} cannot change places: one of them cannot have the other's edges. "
                "Choose two layers that both take and give values."
            )
        return replace(graph, edges=edges)


@dataclass(frozen=True, slots=True)
class SetAll:
    """Change one setting of several layers at once. Raises ValueError with a sentence for a value out of range."""

    ids: tuple[NodeId, ...]
    name: str
    value: Any

    @property
    def label(self) -> str:
        return f"Change {self.name.replace('_', ' ')} of {len(self.ids)} layers"

    @property
    def merge_key(self) -> Hashable | None:
        return ("settings", self.ids, self.name)

    def apply(self, graph: Graph) -> Graph:
        knowing = [id for id in self.ids if id in graph.nodes and self.name in type(graph.nodes[id]).model_fields]
        return apply_all(graph, (SetSettings(id, ((self.name, self.value),)) for id in knowing))


@dataclass(frozen=True, slots=True)
class Graft:
    """Add layers with the edges between them, as in pasting. Ids that are taken mean it changes nothing."""

    part: Graph
    verb: str = "Paste"
    of: NodeId = ""
    """The layer that a single one is a copy of, where that is in the network."""
    merge_key: None = None

    @property
    def label(self) -> str:
        layers = list(self.part.nodes.values())
        if len(layers) != 1:
            return f"{self.verb} {len(layers)} layers"
        return f"{self.verb} {self.of or layers[0].heading}"

    def apply(self, graph: Graph) -> Graph:
        if not self.part.nodes or self.part.nodes.keys() & graph.nodes.keys():
            return graph
        return Graph(
            {**graph.nodes, **self.part.nodes},
            tuple(dict.fromkeys((*graph.edges, *self.part.edges))),
            {**graph.blocks, **_unused(self.part.blocks, graph.blocks)},
        )


def part_of(graph: Graph, ids: Iterable[NodeId]) -> Graph:
    """Some layers in the graph's order, the edges between them, and the blocks that lie wholly among them."""
    wanted = set(ids)
    whole = {id: block for id, block in graph.blocks.items() if set(inside(graph, id)) <= wanted}
    part = replace(graph, blocks={}).without(id for id in graph.nodes if id not in wanted)
    return replace(part, blocks=only_filled(whole))


def _unused(blocks: Mapping[BlockId, Block], taken: Mapping[BlockId, Block]) -> dict[BlockId, Block]:
    """The same blocks under ids that are free."""
    names: dict[BlockId, BlockId] = {}
    number = 1
    for id in blocks:
        while f"block{number}" in taken or f"block{number}" in names.values():
            number += 1
        names[id] = f"block{number}"
    return {names[id]: replace(block, parent=names.get(block.parent, "")) for id, block in blocks.items()}


def settled_like(old: Layer, new: Layer) -> Layer:
    """The new layer with those settings of the old one that both know and the new one can have.

    >>> from playground.layers.dense import Dense
    >>> from playground.layers.image import Conv2d
    >>> settled_like(Dense(units=9, activation="tanh"), Conv2d()).settings["activation"]
    'tanh'
    """
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        return new
    own = {name: field.annotation for name, field in type(new).model_fields.items()}
    for name, value in old.settings.items():
        if name in own:
            try:
                new = new.with_settings(**{name: value})
            except ValidationError:
                continue
    return new


def name_for(graph: Graph, id: NodeId, layer: type[Layer]) -> NodeId:
    """What a layer is called that takes another's place: a name that a person gave stays, one like conv1 does not."""
    stem = graph.nodes[id].stem
    is_given = not (id.startswith(stem) and id[len(stem) :].isdigit())
    return id if is_given or layer.stem == stem else graph.fresh_id(layer)


def _new_ports(graph: Graph, id: NodeId, layer: Layer) -> dict[Edge, str | None]:
    """For each edge into a node the port it has on that other layer; None where there is none left."""
    found: dict[Edge, str | None] = {}
    taken: set[str] = set()
    edges = graph.incoming[id]
    for edge in (edge for edge in graph.feedback if edge.target == id):
        found[edge] = edge.port if layer.has_port(edge.port) else next(iter(layer.ports()), None)
    for edge in sorted(edges, key=lambda edge: not layer.has_port(edge.port)):
        own = [edge.port] if layer.has_port(edge.port) else []
        free = (port for port in (*own, *layer.ports()) if port not in taken or layer.takes_several(port))
        found[edge] = port = next(free, None)
        if port is not None:
            taken.add(port)
    return found


def _renamed(edges: Iterable[Edge], names: dict[NodeId, NodeId], ports: dict[Edge, str | None]) -> Iterator[Edge]:
    for edge in edges:
        port = ports.get(edge, edge.port)
        if port is not None:
            source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
            yield replace(edge, source=source, target=target, port=port)


def _is_taken(graph: Graph, edge: Edge) -> bool:
    """Whether there is that edge already, or another at a port that takes one."""
    if edge in graph.edges:
        return True
    if edge.feedback or graph.nodes[edge.target].takes_several(edge.port):
        return False
    return any((e.target, e.port, e.feedback) == (edge.target, edge.port, False) for e in graph.edges)

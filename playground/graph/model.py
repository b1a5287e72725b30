"""The network as immutable values: nodes, edges, blocks, and the questions asked of them.

Knows no torch, no numpy and no Qt. Every change returns a new Graph; edits.py lists the changes
a person can make, check.py says whether the result can be built. Loops through time are found in loops.py,
repeated blocks written out in repeat.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from playground.graph.steps import step_from
from playground.layers.layer import Layer, Weighted

NodeId = str
BlockId = str


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """What source computes is an input of target, at that port; by a feedback edge, what it computed a step before."""

    source: NodeId
    target: NodeId
    port: str
    feedback: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Layers that are one part of the network: folded into one card, or repeated in a row, each time with own weights.

    Cost, weights and checking take no notice of folding. parent: the block this one lies in.
    """

    title: str
    members: tuple[NodeId, ...]
    repeat: int = 1
    folded: bool = True
    parent: BlockId = ""
    exposes: tuple[str, ...] = ()
    """Names of settings that its folded card offers for all its layers, such as "filters"."""


@dataclass(frozen=True)
class Graph:
    """Layers by id, and the edges between them. Never changed in place.

    Edges into a port that takes several keep the order they stand in. incoming, outgoing, order, looped and
    reached_from take no notice of feedback edges, which are in feedback.
    """

    nodes: Mapping[NodeId, Layer] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    blocks: Mapping[BlockId, Block] = field(default_factory=dict)

    @cached_property
    def incoming(self) -> dict[NodeId, tuple[Edge, ...]]:
        """Edges into each node, in the order of its ports, then of drawing."""
        found: dict[NodeId, list[Edge]] = {id: [] for id in self.nodes}
        for edge in self.edges:
            if not edge.feedback:
                found[edge.target].append(edge)
        return {id: tuple(_by_port(self.nodes[id], edges)) for id, edges in found.items()}

    @cached_property
    def outgoing(self) -> dict[NodeId, tuple[Edge, ...]]:
        """Edges out of each node."""
        found: dict[NodeId, list[Edge]] = {id: [] for id in self.nodes}
        for edge in self.edges:
            if not edge.feedback:
                found[edge.source].append(edge)
        return {id: tuple(edges) for id, edges in found.items()}

    @cached_property
    def feedback(self) -> tuple[Edge, ...]:
        """The edges that carry the previous step."""
        return tuple(edge for edge in self.edges if edge.feedback)

    @cached_property
    def block_of(self) -> dict[NodeId, BlockId]:
        """The innermost block that each node is in, for those that are in one."""
        return {member: id for id, block in self.blocks.items() for member in block.members}

    @cached_property
    def order(self) -> tuple[NodeId, ...]:
        """The nodes from input to output; those on or after a loop are missing."""
        waiting = {id: len(edges) for id, edges in self.incoming.items()}
        ready = [id for id, count in waiting.items() if count == 0]
        for id in ready:
            for edge in self.outgoing[id]:
                waiting[edge.target] -= 1
                if waiting[edge.target] == 0:
                    ready.append(edge.target)
        return tuple(ready)

    @cached_property
    def lenders(self) -> frozenset[NodeId]:
        """Layers whose weights others use too."""
        return frozenset(layer.shares for layer in self.nodes.values() if isinstance(layer, Weighted) and layer.shares)

    @cached_property
    def places(self) -> dict[NodeId, int]:
        """Where each of these stands in the order."""
        return {id: number for number, id in enumerate(self.order)}

    @cached_property
    def looped(self) -> frozenset[NodeId]:
        """Nodes that can be reached from themselves."""
        on_or_after = set(self.nodes) - set(self.order)
        return frozenset(id for id in on_or_after if id in self.reached_from(id))

    def reached_from(self, id: NodeId) -> set[NodeId]:
        """All nodes behind this one, along the edges; itself only on a loop."""
        found: set[NodeId] = set()
        stack = [edge.target for edge in self.outgoing[id]]
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack.extend(edge.target for edge in self.outgoing[node])
        return found

    def with_node(self, id: NodeId, layer: Layer) -> Graph:
        """Add a layer, or put another in its place."""
        return step_from(self, replace(self, nodes={**self.nodes, id: layer}), (id,))

    def without(self, ids: Iterable[NodeId]) -> Graph:
        """Leave nodes out, with every edge that touches them."""
        gone = set(ids)
        return Graph(
            {id: layer for id, layer in self.nodes.items() if id not in gone},
            tuple(e for e in self.edges if e.source not in gone and e.target not in gone),
            _blocks_without(self.blocks, gone),
        )

    def with_edge(self, edge: Edge) -> Graph:
        """Draw an edge; on a port that takes one, it takes the place of the edge there."""
        single = not self.nodes[edge.target].takes_several(edge.port) and not edge.feedback
        place = (edge.target, edge.port, edge.feedback)
        kept = [e for e in self.edges if e != edge and not (single and (e.target, e.port, e.feedback) == place)]
        return replace(self, edges=(*kept, edge))

    def without_edge(self, edge: Edge) -> Graph:
        return replace(self, edges=tuple(e for e in self.edges if e != edge))

    def of_type(self, type_name: str) -> tuple[NodeId, ...]:
        """Ids of all layers of one type, such as "Input"."""
        return tuple(id for id, layer in self.nodes.items() if layer.type == type_name)

    def fresh_id(self, layer: type[Layer]) -> NodeId:
        """An unused id for a new layer: conv1, conv2, and so on."""
        number = 1
        while f"{layer.stem}{number}" in self.nodes:
            number += 1
        return f"{layer.stem}{number}"


def _blocks_without(blocks: Mapping[BlockId, Block], gone: set[NodeId]) -> Mapping[BlockId, Block]:
    """Blocks with what is left of their members; one in which nothing is left is no block."""
    if not blocks or not any(gone & set(block.members) for block in blocks.values()):
        return blocks
    left = {
        id: replace(block, members=tuple(m for m in block.members if m not in gone)) for id, block in blocks.items()
    }
    return only_filled(left)


def only_filled(blocks: Mapping[BlockId, Block]) -> dict[BlockId, Block]:
    """The blocks with a layer in them, or in a block in them; a parent that is gone is that one's own parent."""
    filled: set[BlockId] = set()
    for id, block in blocks.items():
        if not block.members:
            continue
        while id and id not in filled:
            filled.add(id)
            id = blocks[id].parent if id in blocks else ""
    kept = {id: block for id, block in blocks.items() if id in filled}
    return {id: block if block.parent in kept else replace(block, parent="") for id, block in kept.items()}


def _by_port(layer: Layer, edges: list[Edge]) -> list[Edge]:
    ports = layer.ports()
    if len(edges) < 2 or len(ports) < 2:
        return edges
    return sorted(edges, key=lambda edge: ports.index(edge.port))

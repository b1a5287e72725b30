"""Repeated blocks written out: the network that is really computed, every copy a layer of its own.

A copy of conv1 is called conv1.2, conv1.3, …; no layer of a person's can be called so. Knows no shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from playground.graph.model import Block, BlockId, Edge, Graph, NodeId
from playground.layers.layer import Layer, Weighted

MOST_LAYERS = 20_000


@dataclass(frozen=True, slots=True)
class BadBlock:
    """A block that cannot be repeated, and why."""

    id: BlockId
    text: str


def original(id: NodeId) -> NodeId:
    """The layer a copy is made of.

    >>> original("conv1.3"), original("conv1")
    ('conv1', 'conv1')
    """
    return id.partition(".")[0]


def inside(graph: Graph, block: BlockId) -> tuple[NodeId, ...]:
    """All layers in a block and in the blocks in it."""
    members = list(graph.blocks[block].members)
    for id, other in graph.blocks.items():
        if other.parent == block:
            members += inside(graph, id)
    return tuple(members)


def depth(blocks: Mapping[BlockId, Block], id: BlockId) -> int:
    """How many blocks a block lies in."""
    count = 0
    while blocks[id].parent in blocks and count <= len(blocks):
        id, count = blocks[id].parent, count + 1
    return count


def written_out(graph: Graph) -> tuple[Graph, tuple[BadBlock, ...]]:
    """The graph with every repetition as layers of its own, and the blocks for which that cannot be."""
    repeated = [id for id, block in graph.blocks.items() if block.repeat > 1]
    if not repeated:
        return graph, ()
    bad: list[BadBlock] = []
    nodes, edges = dict(graph.nodes), list(graph.edges)
    copies: dict[NodeId, list[NodeId]] = {id: [id] for id in nodes}
    for id in sorted(repeated, key=lambda each: -depth(graph.blocks, each)):
        block = graph.blocks[id]
        members = {copy for member in inside(graph, id) for copy in copies[member]}
        ends = _ends(members, edges)
        text = f"{block.title} cannot be repeated: {ends}" if isinstance(ends, str) else ""
        if not text and len(nodes) + len(members) * (block.repeat - 1) > MOST_LAYERS:
            text = (
                f"{block.title} repeated {block.repeat:,} times makes more than {MOST_LAYERS:,} layers. Repeat it less."
            )
        if text or isinstance(ends, str):
            bad.append(BadBlock(id, text))
            continue
        _repeat(nodes, edges, members, ends, block.repeat, copies)
    return Graph(nodes, tuple(edges)), tuple(bad)


_Ends = tuple[NodeId, NodeId]


def _ends(members: set[NodeId], edges: Iterable[Edge]) -> _Ends | str:
    """What feeds a block and what in it feeds others, one each; else a sentence's end."""
    sources = {e.source for e in edges if e.target in members and e.source not in members}
    exits = {e.source for e in edges if e.source in members and e.target not in members}
    if any(e.feedback for e in edges if (e.source in members) != (e.target in members)):
        return "a feedback edge leads into it or out of it. Repeat it once, or draw the edge inside."
    if len(sources) != 1:
        return f"it is fed by {len(sources)} layers, and must be by one. Take the others into the block."
    if len(exits) != 1:
        return f"{len(exits)} of its layers feed others, and one must. Bring its branches together first."
    return sources.pop(), exits.pop()


def _repeat(
    nodes: dict[NodeId, Layer],
    edges: list[Edge],
    members: set[NodeId],
    ends: _Ends,
    times: int,
    copies: dict[NodeId, list[NodeId]],
) -> None:
    """Put the copies behind the block, one after the other, and note them with their originals."""
    source, exit_ = ends
    inner = [e for e in edges if e.source in members and e.target in members]
    entering = [e for e in edges if e.source == source and e.target in members]
    ordered = [id for id in nodes if id in members]
    made: set[NodeId] = set()
    last = exit_
    for _ in range(times - 1):
        names = {id: _named(original(id), copies) for id in ordered}
        nodes.update({new: _copied(nodes[id], names) for id, new in names.items()})
        edges += [replace(e, source=names[e.source], target=names[e.target]) for e in inner]
        edges += [replace(e, source=last, target=names[e.target]) for e in entering]
        made.update(names.values())
        last = names[exit_]
    for at, edge in enumerate(edges):
        if edge.source == exit_ and edge.target not in members and edge.target not in made:
            edges[at] = replace(edge, source=last)


def _named(id: NodeId, copies: dict[NodeId, list[NodeId]]) -> NodeId:
    """The name of the next copy of a layer, noted."""
    copies[id].append(f"{id}.{len(copies[id]) + 1}")
    return copies[id][-1]


def _copied(layer: Layer, names: Mapping[NodeId, NodeId]) -> Layer:
    """Weights shared inside the block are shared inside each copy."""
    if isinstance(layer, Weighted) and layer.shares in names:
        return layer.model_copy(update={"shares": names[layer.shares]})
    return layer

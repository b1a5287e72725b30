"""Edits of blocks: making one of layers, taking it apart, folding, naming, repeating, and its layers' common settings.

What a repetition computes is written out in repeat.py. Knows no shapes.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from playground.graph.edits import SetSettings, _Single, apply_all
from playground.graph.model import Block, BlockId, Graph, NodeId, only_filled
from playground.graph.repeat import inside

MOST_REPEATS = 1000
LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class MakeBlock(_Single):
    """Group layers. Blocks that lie wholly among them become part of it; a layer is taken out of other blocks."""

    ids: tuple[NodeId, ...]
    title: str
    id: BlockId
    repeat: int = 1
    folded: bool = True
    exposes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"Group {len(self.ids)} layers as {self.title}"

    def apply(self, graph: Graph) -> Graph:
        ids = {id for id in self.ids if id in graph.nodes}
        if not ids or self.id in graph.blocks:
            return graph
        whole = {id for id in graph.blocks if set(inside(graph, id)) <= ids and inside(graph, id)}
        parents = {graph.block_of.get(id, "") for id in ids if graph.block_of.get(id, "") not in whole}
        parents |= {graph.blocks[id].parent for id in whole if graph.blocks[id].parent not in whole}
        parent = parents.pop() if len(parents) == 1 else ""
        blocks = {}
        for id, block in graph.blocks.items():
            if id in whole:
                blocks[id] = replace(block, parent=self.id) if block.parent not in whole else block
            else:
                blocks[id] = replace(block, members=tuple(m for m in block.members if m not in ids))
        inner = {member for id in whole for member in inside(graph, id)}
        members = tuple(id for id in graph.nodes if id in ids - inner)
        blocks[self.id] = Block(self.title, members, self.repeat, self.folded, parent, self.exposes)
        return replace(graph, blocks=only_filled(blocks))


@dataclass(frozen=True, slots=True)
class Ungroup(_Single):
    """Take a block apart; its layers stay. What was repeated stands there once."""

    id: BlockId

    @property
    def label(self) -> str:
        return "Ungroup"

    def apply(self, graph: Graph) -> Graph:
        if self.id not in graph.blocks:
            return graph
        gone = graph.blocks[self.id]
        blocks = {
            id: replace(block, parent=gone.parent) if block.parent == self.id else block
            for id, block in graph.blocks.items()
            if id != self.id
        }
        if gone.parent in blocks:
            outer = blocks[gone.parent]
            blocks[gone.parent] = replace(outer, members=(*outer.members, *gone.members))
        return replace(graph, blocks=blocks)


@dataclass(frozen=True, slots=True)
class SetBlock:
    """Change what is said of a block: title, repeat, folded, exposes. Raises ValueError for values out of range."""

    id: BlockId
    settings: tuple[tuple[str, Any], ...]

    @property
    def label(self) -> str:
        names = dict(self.settings)
        if "folded" in names:
            return "Fold" if names["folded"] else "Unfold"
        return "Change " + ", ".join(name.replace("exposes", "settings") for name in names) + " of a block"

    @property
    def merge_key(self) -> Hashable | None:
        return ("block", self.id, tuple(name for name, _ in self.settings))

    def apply(self, graph: Graph) -> Graph:
        block = graph.blocks.get(self.id)
        if block is None:
            return graph
        changed = replace(block, **dict(self.settings))
        if not 1 <= changed.repeat <= MOST_REPEATS:
            raise ValueError(
                f"A block is repeated at least once and at most {MOST_REPEATS:,} times, not {changed.repeat:,}."
            )
        if not changed.title.strip() or len(changed.title) > LONGEST_TITLE:
            raise ValueError(f"A block has a name of 1 to {LONGEST_TITLE} letters. Shorten it, or write one.")
        return graph if changed == block else replace(graph, blocks={**graph.blocks, self.id: changed})


@dataclass(frozen=True, slots=True)
class SetInBlock:
    """Change a setting of all layers in a block that have it, such as filters. Raises ValueError as SetSettings."""

    id: BlockId
    name: str
    value: Any

    @property
    def label(self) -> str:
        return f"Change {self.name.replace('_', ' ')} in a block"

    @property
    def merge_key(self) -> Hashable | None:
        return ("in block", self.id, self.name)

    def apply(self, graph: Graph) -> Graph:
        if self.id not in graph.blocks:
            return graph
        having = [id for id in inside(graph, self.id) if self.name in type(graph.nodes[id]).model_fields]
        return apply_all(graph, (SetSettings(id, ((self.name, self.value),)) for id in having))


def fresh_block(graph: Graph) -> BlockId:
    """An unused id for a new block: block1, block2, and so on."""
    number = 1
    while f"block{number}" in graph.blocks:
        number += 1
    return f"block{number}"

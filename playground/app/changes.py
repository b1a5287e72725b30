"""What a person can change about a document. Changes of the graph alone are in playground.graph.edits.

Each is a frozen value with a label for the undo menu; history.py applies them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playground.app.document import LONGEST_NAME, Document, Note, Position, with_fitting_batch
from playground.app.starting import begun
from playground.data.catalogue import is_own
from playground.data.dataset import DataChoice
from playground.engine.recipe import Recipe
from playground.graph.arrange import CARD, ROW
from playground.graph.blocks import SetBlock
from playground.graph.difference import same_layers
from playground.graph.edits import Edit, adapt
from playground.graph.folding import corner, laid_out
from playground.graph.model import BlockId, NodeId
from playground.graph.repeat import inside
from playground.layers.shape import Signature

MOST_REARRANGED = 300
"""Layers up to which an untouched layout is made anew with every edit."""


@dataclass(frozen=True)
class EditGraph:
    """An edit of the graph; nodes that it adds stand where positions says, else near their neighbours."""

    edit: Edit
    positions: Mapping[NodeId, Position] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.edit.label

    @property
    def merge_key(self) -> Hashable | None:
        return self.edit.merge_key

    def apply(self, document: Document) -> Document:
        graph = self.edit.apply(document.graph)
        if graph is document.graph:
            return document
        if not self.positions and same_layers(document.graph, graph):
            return replace(document, graph=graph)
        if not self.positions and _is_arranged(document):
            return replace(document, graph=graph, positions=laid_out(graph))
        moved = replace(document, graph=graph, positions={**document.positions, **self.positions})
        return moved.placed()


def _is_arranged(document: Document) -> bool:
    """Whether nobody has chosen a place by hand: then the layout follows the network."""
    return len(document.positions) <= MOST_REARRANGED and dict(document.positions) == laid_out(document.graph)


@dataclass(frozen=True)
class Move:
    """Put nodes elsewhere. Moves of the same nodes in one drag are one step."""

    positions: Mapping[NodeId, Position]
    gesture: int = 0
    """A number per drag."""

    @property
    def label(self) -> str:
        return f"Move {next(iter(self.positions))}" if len(self.positions) == 1 else "Move layers"

    @property
    def merge_key(self) -> Hashable | None:
        return ("move", self.gesture, tuple(self.positions)) if self.gesture else None

    def apply(self, document: Document) -> Document:
        known = {id: place for id, place in self.positions.items() if id in document.graph.nodes}
        return replace(document, positions={**document.positions, **known})


@dataclass(frozen=True)
class Fold:
    """Show a block as one card, or its layers; the cards right of and below it make room, or close up."""

    id: BlockId
    folded: bool
    merge_key: None = None

    @property
    def label(self) -> str:
        return "Fold" if self.folded else "Unfold"

    def apply(self, document: Document) -> Document:
        graph = SetBlock(self.id, (("folded", self.folded),)).apply(document.graph)
        if graph is document.graph:
            return document
        if _is_arranged(document):
            return replace(document, graph=graph, positions=laid_out(graph))
        members = set(inside(graph, self.id))
        x, y = corner(document.positions, members)
        wide = max(document.positions[id][0] for id in members) - x
        high = max(document.positions[id][1] for id in members) - y
        sign, reach = (-1, (wide, high)) if self.folded else (1, (0.0, 0.0))
        moved = {
            id: (
                left + sign * wide * (left >= x + reach[0] + CARD[0]),
                top + sign * high * (top >= y + reach[1] + CARD[1]),
            )
            for id, (left, top) in document.positions.items()
            if id not in members
        }
        return replace(document, graph=graph, positions={**document.positions, **moved})


@dataclass(frozen=True)
class Arrange:
    """Lay the whole network out anew, from left to right or from top to bottom.

    row: height of a row, where cards need more than usual.
    """

    down: bool = False
    row: float = ROW
    merge_key: None = None

    @property
    def label(self) -> str:
        return "Arrange"

    def apply(self, document: Document) -> Document:
        return replace(document, positions=laid_out(document.graph, self.down, self.row))


@dataclass(frozen=True)
class SetNote:
    """Write a note, change or move it; without a note, take it away."""

    id: str
    note: Note | None
    merge_key: None = None

    @property
    def label(self) -> str:
        return "Change a note" if self.note is not None else "Delete a note"

    def apply(self, document: Document) -> Document:
        if document.notes.get(self.id) == self.note:
            return document
        notes = {id: note for id, note in document.notes.items() if id != self.id or self.note is not None}
        return replace(document, notes=notes if self.note is None else {**notes, self.id: self.note})


@dataclass(frozen=True)
class SetRecipe:
    """Change one setting of the recipe. The value must be valid for Recipe."""

    name: str
    value: Any

    @property
    def label(self) -> str:
        return f"Change {Recipe.model_fields[self.name].title}".lower().capitalize()

    @property
    def merge_key(self) -> Hashable | None:
        return ("recipe", self.name)

    def apply(self, document: Document) -> Document:
        values = {**document.recipe.model_dump(), self.name: self.value}
        return replace(document, recipe=Recipe.model_validate(values))


@dataclass(frozen=True)
class ChooseData:
    """Take other data, or divide or scale them otherwise; the network's ends follow when the signature is known."""

    choice: DataChoice
    signature: Signature | None = None
    setting: str = ""
    """Which setting was moved, so that a slider's drag is one step."""
    words: str = ""
    """What Undo says; empty: what the choice says."""
    count: int = 0
    """Training examples; a batch that needs more becomes smaller. 0: not known."""

    @property
    def label(self) -> str:
        if self.words:
            return self.words
        return f"Change {self.setting}" if self.setting else f"Use {self.choice.source}"

    @property
    def merge_key(self) -> Hashable | None:
        return ("data", self.setting) if self.setting else None

    def apply(self, document: Document) -> Document:
        chosen = replace(document, data=self.choice)
        if is_own(self.choice.source) and self.signature is not None and not document.graph.nodes:
            # Who names a data set beside an empty canvas means to build.
            name = Path(self.choice.source).stem[:LONGEST_NAME] if document.name == Document.name else document.name
            return begun(replace(chosen, name=name), self.signature, self.count)
        if self.count:
            chosen = replace(chosen, recipe=with_fitting_batch(chosen.recipe, self.count))
        if self.signature is not None:
            chosen = replace(chosen, graph=adapt(chosen.graph, self.signature))
        return chosen.placed()


@dataclass(frozen=True)
class GoBack:
    """Have the network that there was before an edit again, the very same value; recipe, data and notes stay."""

    to: Document
    epoch: float
    merge_key: None = None

    @property
    def label(self) -> str:
        return f"Go back to epoch {self.epoch:g}"

    def apply(self, document: Document) -> Document:
        return replace(document, graph=self.to.graph, positions=self.to.positions)


@dataclass(frozen=True)
class RenameProject:
    """Give the project another name."""

    name: str
    merge_key: None = None

    @property
    def label(self) -> str:
        return "Rename the project"

    def apply(self, document: Document) -> Document:
        return replace(document, name=self.name)

"""Layers as text for the clipboard, and back: how networks are copied, also between two windows.

Text from a clipboard is anybody's: it is measured before it is read, and read by the same code as a project file.
Knows no Qt. What pasting does to a graph is graph/rewiring.py's Graft.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.app.bounded import MOST_DEPTH, TooDeep, parsed
from playground.app.changes import EditGraph
from playground.app.document import Damaged, Document, DocumentProblem, Position, from_json, to_json
from playground.app.migrations import FORMAT
from playground.graph.alignment import Box, bounds
from playground.graph.arrange import CARD
from playground.graph.edits import refuse_name, renamed
from playground.graph.model import Graph, NodeId
from playground.graph.rewiring import Graft, part_of

KIND = "layers"
PARTS = ("nodes", "edges", "blocks")
"""What of a project goes with copied layers."""
MOST_TEXT = 8 * 2**20
"""Characters."""
MOST_LAYERS = 5_000
GAP = 46.0
"""Between what is there and its copy, in scene units."""
GRID = 10.0


class ClipProblem(DocumentProblem):
    """Text that cannot be pasted: one sentence for a person, with a way out."""


@dataclass(frozen=True)
class Fragment:
    """Some layers, the edges between them, and where they stand."""

    graph: Graph
    positions: Mapping[NodeId, Position]

    @property
    def box(self) -> Box:
        return bounds(self.positions.values())


def fragment_of(document: Document, ids: Iterable[NodeId]) -> Fragment:
    """Those layers of a document; edges to others are left out."""
    part = part_of(document.graph, ids)
    return Fragment(part, {id: document.positions[id] for id in part.nodes})


def to_text(fragment: Fragment) -> str:
    """The fragment as JSON text, readable by from_text."""
    whole = to_json(Document(graph=fragment.graph, positions=fragment.positions))
    own = {name: whole[name] for name in PARTS}
    return json.dumps({"nnplay": KIND, "format": FORMAT, **own}, indent=1)


def from_text(text: str) -> Fragment:
    """Read what to_text wrote. Raises ClipProblem with a sentence for anything else."""
    if not text.strip():
        raise ClipProblem("The clipboard holds no text. Copy layers first.")
    if len(text) > MOST_TEXT:
        raise ClipProblem(
            f"The clipboard holds {len(text) / 2**20:,.0f} MB of text; at most {MOST_TEXT / 2**20:,.0f} MB are pasted. "
            "Copy fewer layers."
        )
    values = _header(text)
    nodes = values.get("nodes")
    if isinstance(nodes, list) and len(nodes) > MOST_LAYERS:
        raise ClipProblem(f"The clipboard holds {len(nodes):,} layers; at most {MOST_LAYERS:,} are pasted. Copy fewer.")
    read = _read(values)
    if not read.graph.nodes:
        raise ClipProblem("The clipboard holds no layers. Copy some first.")
    return Fragment(read.graph, read.positions)


def _header(text: str) -> dict[str, Any]:
    try:
        values = parsed(text)
    except TooDeep as error:
        raise ClipProblem(
            f"What the clipboard holds is nested more than {MOST_DEPTH} deep. Copy the layers again."
        ) from error
    except ValueError:
        values = None
    if not isinstance(values, dict) or values.get("nnplay") != KIND:
        raise ClipProblem("The clipboard holds text, but no layers. Copy layers in this program first.")
    return values


def _read(values: Mapping[str, Any]) -> Document:
    """By the reading of project files, with the rest of a project filled in."""
    empty = to_json(Document())
    own = {name: value for name, value in values.items() if name != "nnplay"}
    strange = own.keys() - {"format", *PARTS}
    if strange:
        raise ClipProblem(f"The layers in the clipboard are damaged: {min(strange)!r} is not known. Copy them again.")
    try:
        return from_json({**empty, **own})
    except DocumentProblem as problem:
        reason = problem.reason if isinstance(problem, Damaged) else str(problem)
        raise ClipProblem(f"The layers in the clipboard are damaged: {reason} Copy them again.") from problem


@dataclass(frozen=True)
class Pasting:
    """A change that adds a fragment, and the ids that its layers get."""

    change: EditGraph
    ids: tuple[NodeId, ...]


def pasting(document: Document, fragment: Fragment, at: Position | None = None, verb: str = "Paste") -> Pasting:
    """Add a fragment under new ids: its middle at a place, else beside what is there, where no card is covered."""
    names = new_names(document.graph, fragment.graph)
    left, top, width, height = fragment.box
    if at is not None:
        shift = (_on_grid(at[0] - width / 2 - left), _on_grid(at[1] - height / 2 - top))
    else:
        shift = _free_shift(fragment.box, document.positions.values())
    places = {names[id]: (x + shift[0], y + shift[1]) for id, (x, y) in fragment.positions.items()}
    return Pasting(EditGraph(Graft(renamed(fragment.graph, names), verb), places), tuple(names.values()))


def new_names(graph: Graph, part: Graph) -> dict[NodeId, NodeId]:
    """An id for each layer of the part that is free in the graph: its own, else the next number."""
    names: dict[NodeId, NodeId] = {}
    taken = set(graph.nodes)
    for id, layer in part.nodes.items():
        names[id] = _free_name(id, layer.stem or "layer", taken)
        taken.add(names[id])
    return names


def _free_name(id: NodeId, stem: str, taken: set[NodeId]) -> NodeId:
    if id not in taken and _can_name(id):
        return id
    base = id.rstrip("0123456789")[:50] or stem
    base = base if _can_name(f"{base}1") else stem
    number = 1
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def _can_name(id: NodeId) -> bool:
    try:
        refuse_name(id, ())
    except ValueError:
        return False
    return True


def _free_shift(box: Box, places: Iterable[Position]) -> Position:
    """How far down a copy goes so that it covers no card; far enough is always below them all."""
    cards = list(places)
    left, top, width, height = box
    down = 0.0
    while any(
        x < left + width and left < x + CARD[0] and y < top + down + height and top + down < y + CARD[1]
        for x, y in cards
    ):
        down += _on_grid(CARD[1] + GAP)
    return 0.0, down


def _on_grid(length: float) -> float:
    return round(length / GRID) * GRID

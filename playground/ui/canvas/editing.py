"""Edits of what is selected on the canvas: copy and paste, replace, swap, align, disconnect.

Each asks the selection, makes one change of the document and selects what came of it. Deleting, nudging and adding
are in view.py; the pure functions in app/clipping.py, graph/rewiring.py and graph/alignment.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from playground.app.adding import new_layer
from playground.app.changes import EditGraph, Move
from playground.app.clipping import ClipProblem, Pasting, duplicating, fragment_of, from_text, pasting, to_text
from playground.app.document import Position
from playground.graph.alignment import Side, aligned, distributed
from playground.graph.edits import Delete, Disconnect, Edit, Several
from playground.graph.folding import CardId
from playground.graph.model import Edge, NodeId
from playground.graph.rewiring import Replace, Swap, name_for, settled_like

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

SIDES: tuple[Side, ...] = ("left", "centre", "right", "top", "middle", "bottom")


class Editing(QObject):
    """What can be done with the selection. Owned by the canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the names that actions have."""
        found: dict[str, Callable[[], object]] = {
            "copy": self.copy,
            "cut": self.cut,
            "paste": self.paste,
            "duplicate": self.duplicate,
            "swap": self.swap,
            "replace": self._view.ask_replacement,
            "disconnect": self.unwire,
            "distribute_across": partial(self.distribute, "across"),
            "distribute_down": partial(self.distribute, "down"),
        }
        return found | {f"align_{side}": partial(self.align, side) for side in SIDES}

    # The clipboard

    def copy(self) -> bool:
        """Put the selected layers into the clipboard as text; False if none is selected."""
        ids = self._view.selected()
        if not ids:
            return False
        QGuiApplication.clipboard().setText(to_text(fragment_of(self._view.session.document, ids)))
        words = self.tr("Copied 1 layer.") if len(ids) == 1 else self.tr("Copied %1 layers.")
        self._view.session.say(words.replace("%1", str(len(ids))), is_complaint=False)
        return True

    def cut(self) -> None:
        """Copy, then delete; the edges heal."""
        ids = self._view.selected()
        if self.copy():
            edit = Delete(ids)
            label = edit.label.replace("Delete", "Cut", 1)
            self._view.session.do(EditGraph(Several(label, (edit,))))

    def paste(self) -> None:
        """Add what the clipboard holds: under the mouse if it is over free paper, else beside what is there."""
        try:
            fragment = from_text(QGuiApplication.clipboard().text())
        except ClipProblem as problem:
            self._view.session.say(str(problem))
            return
        self._add(pasting(self._view.session.document, fragment, self._view.free_pointer()))

    def duplicate(self) -> None:
        """A copy of the selected layers beside them; the clipboard stays as it is."""
        ids = self._view.selected()
        if ids:
            self._add(duplicating(self._view.session.document, ids))

    def _add(self, made: Pasting) -> None:
        if self._view.session.do(made.change):
            self._view.select(made.ids)
            self._view.reveal(made.ids)
            self._view.setFocus()

    # Kinds and wires

    def replace(self, ids: Sequence[NodeId], type_name: str) -> None:
        """Put layers of that kind in the places of some, with their wires and what settings both know."""
        document, signature = self._view.session.document, self._view.session.signature
        graph, edits, places = document.graph, list[Edit](), dict[NodeId, Position]()
        for id in ids:
            old = graph.nodes.get(id)
            if old is None or old.type == type_name:
                continue
            layer = settled_like(old, new_layer(type_name, signature))
            edit = Replace(id, layer, name_for(graph, id, type(layer)))
            places[edit.name] = document.positions[id]
            graph = edit.apply(graph)
            edits.append(edit)
        if not edits:
            return
        kind = new_layer(type_name, None).type_title
        label = edits[0].label if len(edits) == 1 else f"Replace {len(edits)} layers by {kind}"
        if self._view.session.do(EditGraph(Several(label, tuple(edits)), places)):
            self._view.select(tuple(places))
            self._view.setFocus()

    def swap(self) -> None:
        """Let the two selected layers change places, in the wiring and on the paper."""
        ids = self._view.selected()
        if len(ids) != 2:
            self._view.session.say(
                self.tr("Two layers can swap places; selected: %1. Select two.").replace("%1", str(len(ids)))
            )
            return
        first, second = ids
        places = self._view.session.document.positions
        try:
            self._view.session.do(EditGraph(Swap(first, second), {first: places[second], second: places[first]}))
        except ValueError as refusal:
            self._view.session.say(str(refusal))

    def unwire(self) -> None:
        """Take away the selected edges, and all edges of the selected layers."""
        edges = list(self._view.network.selected_edges())
        graph = self._view.session.document.graph
        for id in self._view.selected():
            edges += [*graph.incoming[id], *graph.outgoing[id]]
        self.cut_edges(tuple(dict.fromkeys(edges)))

    def cut_edges(self, edges: Sequence[Edge]) -> None:
        """Take these edges away as one step."""
        if edges:
            cuts = tuple(Disconnect(edge) for edge in edges)
            label = cuts[0].label if len(cuts) == 1 else f"Disconnect {len(cuts)} edges"
            self._view.session.do(EditGraph(Several(label, cuts)))

    # Places

    def align(self, side: Side) -> None:
        """Bring the selected cards into line."""
        self._move(aligned(self._places(), side))

    def distribute(self, axis: Literal["across", "down"]) -> None:
        """Even gaps between the selected cards."""
        self._move(distributed(self._places(), axis))

    def _places(self) -> dict[CardId, Position]:
        stood, network = self._view.session.document.positions, self._view.network
        return {card: network.place_of(card, stood) for card in network.selected_cards()}

    def _move(self, places: dict[CardId, Position]) -> None:
        """Put cards elsewhere, a folded block with all its layers."""
        stood, network = self._view.session.document.positions, self._view.network
        moved: dict[NodeId, Position] = {}
        for card, (x, y) in places.items():
            left, top = network.place_of(card, stood)
            for id in network.view.nodes_of((card,)):
                moved[id] = (stood[id][0] + x - left, stood[id][1] + y - top)
        if moved:
            self._view.session.do(Move(moved))

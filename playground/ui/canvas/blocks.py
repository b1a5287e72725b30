"""What can be done with blocks on the canvas: grouping, folding, taking apart, keeping for other networks.

The edits are graph/blocks.py's, how a folded block is seen is said in graph/folding.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from playground.app.changes import EditGraph, Fold
from playground.app.clipping import fragment_of
from playground.app.own_blocks import keep_block
from playground.graph.blocks import MakeBlock, Ungroup, fresh_block
from playground.graph.folding import block_with, entries
from playground.graph.model import BlockId
from playground.graph.repeat import inside

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView


class Blocks(QObject):
    """Edits of blocks. Owned by the canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view

    def handlers(self) -> dict[str, Callable[[], object]]:
        """By the names that actions have."""
        return {
            "group": self.group,
            "ungroup": self.ungroup,
            "fold": self.toggle,
            "keep_block": self.keep,
        }

    @property
    def selected(self) -> BlockId | None:
        """The block whose layers, and no others, are selected; else the one around the selected layer."""
        graph, ids = self._view.session.document.graph, self._view.selected()
        exact = block_with(graph, ids) if ids else None
        if exact is not None or not ids:
            return exact
        around = {graph.block_of.get(id) for id in ids}
        return around.pop() if len(around) == 1 else None

    def group(self) -> None:
        """Make a block of the selected layers, unfolded, so that it is seen what became of them."""
        session, ids = self._view.session, self._view.selected()
        if not ids:
            session.say(self.tr("No layers are selected. Select those that shall be one block."))
            return
        graph = session.document.graph
        id = fresh_block(graph)
        title = self.tr("Block %1").replace("%1", id.removeprefix("block"))
        session.do(EditGraph(MakeBlock(ids, title, id, folded=False)))
        self._view.select(ids)

    def ungroup(self) -> None:
        """Take the selected block apart."""
        id = self.selected
        if id is None:
            self._view.session.say(self.tr("No block is selected. Select one, or a layer in it."))
            return
        members = inside(self._view.session.document.graph, id)
        self._view.session.do(EditGraph(Ungroup(id)))
        self._view.select(members)

    def toggle(self) -> None:
        """Fold the selected block, or unfold it."""
        id = self.selected
        if id is None:
            self._view.session.say(self.tr("No block is selected. Select one, or a layer in it."))
        elif self._view.session.document.graph.blocks[id].folded:
            self.unfold(id)
        else:
            self.fold(id)

    def fold(self, id: BlockId) -> None:
        """Show a block as one card."""
        self._set(id, True)

    def unfold(self, id: BlockId) -> None:
        """Show a block's layers."""
        self._set(id, False)

    def _set(self, id: BlockId, folded: bool) -> None:
        self._view.session.do(Fold(id, folded))
        self._view.select(inside(self._view.session.document.graph, id))
        self._view.reveal(self._view.selected())

    def keep(self) -> None:
        """Put the selected block, or the selected layers, among the person's own blocks in the palette."""
        session, ids = self._view.session, self._view.selected()
        if not ids:
            session.say(self.tr("No layers are selected. Select those that shall be kept as a block."))
            return
        block = block_with(session.document.graph, ids)
        title = session.document.graph.blocks[block].title if block is not None else self.tr("My block")
        name, is_given = QInputDialog.getText(
            self._view, self.tr("Keep as a block"), self.tr("Name in the palette"), text=title
        )
        if not is_given or not name.strip():
            return
        try:
            graph = session.document.graph
            keep_block(name.strip(), fragment_of(session.document, ids), entries(graph, ids))
        except OSError as error:
            session.say(self.tr("The block cannot be kept: %1.").replace("%1", error.strerror or str(error)))
            return
        session.say(self.tr("Kept as %1. It is in the palette, under Blocks.").replace("%1", name.strip()), False)
        self._view.blocks_changed.emit()

"""The selected block: its name, how often it is repeated, which settings its card offers, and what it costs and sees.

The settings themselves are edited in layer_form.py, as those of any selected layers.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QFormLayout, QLineEdit, QMenu, QSpinBox, QToolButton, QWidget

from playground.app.changes import EditGraph, Fold
from playground.app.session import Session
from playground.graph.blocks import MOST_REPEATS, SetBlock
from playground.graph.folding import exit_of
from playground.graph.model import BlockId, Graph, NodeId
from playground.graph.problem import Report
from playground.graph.receptive import Field, fields
from playground.graph.repeat import original


class BlockForm(QWidget):
    """Edits what is said of one block."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._id: BlockId = ""
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Name of the block"))
        self.title.editingFinished.connect(self._rename)
        self.repeat = QSpinBox()
        self.repeat.setRange(1, MOST_REPEATS)
        self.repeat.setKeyboardTracking(False)
        self.repeat.setAccessibleName(self.tr("Repeat"))
        self.repeat.setToolTip(
            "<p>" + self.tr("How often it stands in a row, each time with weights of its own.") + "</p>"
        )
        self.repeat.valueChanged.connect(lambda value: self._set("repeat", value))
        self.fold = QToolButton()
        self.fold.clicked.connect(self._toggle)
        self.offers = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.offers.setText(self.tr("Settings on the card…"))
        self.offers.setToolTip("<p>" + self.tr("Which settings the folded block offers for all its layers.") + "</p>")
        self.offers.setMenu(QMenu(self.offers))
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addRow(self.tr("Block"), self.title)
        layout.addRow(self.tr("Repeat"), self.repeat)
        layout.addRow(self.fold, self.offers)

    def show_block(self, id: BlockId, settings: Iterable[str]) -> None:
        """Show that block; settings: those that its layers share."""
        self._id = id
        block = self._session.document.graph.blocks[id]
        if not self.title.isModified():
            self.title.setText(block.title)
        blocked = self.repeat.blockSignals(True)
        self.repeat.setValue(block.repeat)
        self.repeat.blockSignals(blocked)
        self.fold.setText(self.tr("Unfold") if block.folded else self.tr("Fold"))
        menu = self.offers.menu()
        menu.clear()
        for name in settings:
            action = menu.addAction(name.replace("_", " "))
            action.setCheckable(True)
            action.setChecked(name in block.exposes)
            action.toggled.connect(lambda is_on, name=name: self._offer(name, is_on))
        self.offers.setEnabled(not menu.isEmpty())

    def _rename(self) -> None:
        is_new = self.title.isModified()
        self.title.setModified(False)
        if is_new:
            self._set("title", self.title.text().strip())

    def _offer(self, name: str, is_on: bool) -> None:
        kept = tuple(other for other in self._session.document.graph.blocks[self._id].exposes if other != name)
        self._set("exposes", (*kept, name) if is_on else kept)

    def _toggle(self) -> None:
        folded = self._session.document.graph.blocks[self._id].folded
        self._session.do(Fold(self._id, not folded))

    def _set(self, name: str, value: object) -> None:
        if self._id not in self._session.document.graph.blocks:
            return
        try:
            self._session.do(EditGraph(SetBlock(self._id, ((name, value),))))
        except ValueError as refusal:
            self._session.say(str(refusal))
            self.title.setText(self._session.document.graph.blocks[self._id].title)


def sight(graph: Graph, report: Report, ids: Iterable[NodeId]) -> tuple[Field, Field] | None:
    """What a unit before these layers sees of the input image, and one behind them, behind all their repetitions."""
    members = set(ids)
    found, flat = fields(graph, report), report.written_out
    last = exit_of(graph, members)
    before = next((e.source for e in graph.edges if e.target in members and e.source not in members), None)
    copies = [id for id in flat.nodes if original(id) == last]
    first, end = found.get(before or ""), found.get(copies[-1]) if copies else None
    return (first, end) if first is not None and end is not None else None

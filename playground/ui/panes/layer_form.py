"""The selected layer: its settings, shapes, costs and problems; with nothing selected, the whole network's.

With several layers selected, the settings that they share: one change sets all of them. What they share is found in
shared_settings.py.
"""

from __future__ import annotations

from html import escape

from pydantic import BaseModel
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from playground.app.changes import EditGraph
from playground.app.session import Session
from playground.graph.cost import Cost, costs, total
from playground.graph.edits import Rename, SetSettings
from playground.graph.folding import block_with
from playground.graph.model import NodeId
from playground.graph.problem import Problem
from playground.graph.receptive import fields
from playground.graph.rewiring import SetAll
from playground.layers.layer import Layer, Unknown
from playground.ui.bridge import Bridge
from playground.ui.canvas.bubble import ProblemNote
from playground.ui.drawing import compact
from playground.ui.form import SettingsForm
from playground.ui.panes.block_form import BlockForm, sight
from playground.ui.panes.shared_settings import Shared


class LayerForm(QScrollArea):
    """Shows one layer, or the network; every change is an edit of the document."""

    fix_chosen = Signal(object)
    left = Signal()
    """Escape: the keyboard goes back to the canvas."""

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._session = session
        self.id: NodeId | None = None
        self.ids: tuple[NodeId, ...] = ()
        """All selected layers."""
        self._kind: type[BaseModel] | None = None
        self.form: SettingsForm | None = None
        page = QWidget()
        page.setObjectName("place")
        self.setWidget(page)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(8)
        self._title = _label("title")
        self._name = QLineEdit()
        self._name.setAccessibleName(self.tr("Name of the layer"))
        self._name.setToolTip(self.tr("The layer's name, used on the command line and in exported code."))
        self._name.editingFinished.connect(self._rename)
        self.block = BlockForm(session)
        self._figures = _label("note")
        self._problems = QVBoxLayout()
        self._notes: list[ProblemNote] = []
        self._problems.setSpacing(6)
        self._about = _label("note")
        for widget in (self._title, self._name, self.block, self._figures):
            self._column.addWidget(widget)
        self._column.addLayout(self._problems)
        self._column.addWidget(self._about)
        self._column.addStretch(1)
        bridge.document.connect(self._refresh)
        self.show_node(None)

    def show_node(self, id: NodeId | None) -> None:
        """Show that layer; None shows the network."""
        self.show_nodes((id,) if id is not None else ())

    def show_nodes(self, ids: tuple[NodeId, ...]) -> None:
        """Show that layer, or what those have in common; none shows the network."""
        self.ids, self.id = ids, ids[0] if len(ids) == 1 else None
        self._refresh()

    def edit_first(self) -> None:
        """Give the keyboard to the first setting, or to the name where there is none."""
        editors = self.form.editors.values() if self.form is not None else ()
        first = next((editor for editor in editors if editor.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
        if first is None:
            self.edit_name()
            return
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(first, QLineEdit | QSpinBox):
            first.selectAll()

    def edit_name(self) -> None:
        """Give the keyboard to the layer's name."""
        if self._name.isVisible():
            self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._name.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        # What was typed but not entered is dropped.
        for field in self.findChildren(QLineEdit):
            field.setModified(False)
        self._refresh()
        self.left.emit()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._show_problems(())
        self._refresh()

    def _refresh(self) -> None:
        nodes = self._session.document.graph.nodes
        self.ids = tuple(id for id in self.ids if id in nodes)
        if len(self.ids) > 1:
            self._show_several([nodes[id] for id in self.ids])
            return
        layer = nodes.get(self.id) if self.id is not None else None
        if layer is None:
            self.id = None
        self._rebuild(type(layer) if layer is not None else None)
        if layer is None or self.id is None:
            self._show_network()
        else:
            self._show_layer(self.id, layer)

    def _rebuild(self, kind: type[BaseModel] | None) -> None:
        if kind is self._kind:
            return
        self._kind = kind
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if kind is not None and kind is not Unknown and kind.model_fields:
            self.form = SettingsForm(kind)
            self.form.edited.connect(self._set)
            self._column.insertWidget(5, self.form)

    def _show_layer(self, id: NodeId, layer: Layer) -> None:
        graph, report = self._session.document.graph, self._session.report
        self._title.setText(layer.type_title or layer.heading)
        self.block.hide()
        self._name.show()
        if not self._name.isModified():
            self._name.setText(id)
        given = [str(report.shapes[edge.source]) for edge in graph.incoming[id] if edge.source in report.shapes]
        gives = str(report.shapes[id]) if id in report.shapes else "?"
        words = [f"{' + '.join(given)} → {gives}" if given else gives]
        cost = costs(graph, report).get(id)
        if cost is not None and (cost.parameters or cost.multiply_adds):
            words.append(self.tr("%1 parameters · %2 multiply-adds").replace("%1", f"{cost.parameters:,}").replace(
                "%2", compact(cost.multiply_adds)))  # fmt: skip
        field = fields(graph, report).get(id)
        sights = [fields(graph, report).get(edge.source) for edge in graph.incoming[id]]
        if len(sights) > 1 and all(sight is not None for sight in sights):
            sides = ", ".join(f"{one.size[0]}×{one.size[1]}" for one in sights if one is not None)
            words.append(self.tr("its branches see %1 pixels").replace("%1", sides))
        if field is not None and field.size != (1, 1):
            words.append(
                self.tr("each unit sees %1 pixels of the input").replace("%1", f"{field.size[0]}×{field.size[1]}")
            )
        self._figures.setText("\n".join(words))
        if self.form is not None:
            self.form.show_values(layer.model_dump())
        self._show_problems(report.of(id))
        self._about.setText(_manual(type(layer)))

    def _show_several(self, layers: list[Layer]) -> None:
        graph, report = self._session.document.graph, self._session.report
        shared, block = Shared.of(layers), block_with(graph, self.ids)
        self.block.setVisible(block is not None)
        if block is not None:
            self.block.show_block(block, shared.values)
            if graph.blocks[block].folded and graph.blocks[block].exposes:
                shared = Shared.of(layers, graph.blocks[block].exposes)
        self._rebuild(shared.model)
        self._title.setText(self.tr("%1 layers").replace("%1", str(len(layers))))
        self._name.hide()
        spent = costs(graph, report)
        whole = sum((spent[id] for id in self.ids if id in spent), Cost())
        lines = [self.tr("%1 parameters · %2 multiply-adds together").replace("%1", f"{whole.parameters:,}").replace(
            "%2", compact(whole.multiply_adds))]  # fmt: skip
        if (seen := sight(graph, report, self.ids)) is not None:
            sides = [f"{field.size[0]}×{field.size[1]}" for field in seen]
            line = self.tr("a unit sees %1 pixels of the input before, %2 behind")
            lines.append(line.replace("%1", sides[0]).replace("%2", sides[1]))
        self._figures.setText("\n".join(lines))
        if self.form is not None:
            self.form.show_values(shared.values, shared.mixed)
            for name, words in shared.titles.items():
                self.form.relabel(name, words)
        self._show_problems(())  # the canvas marks them; here they would push the settings out of sight
        hint = self.tr("A change here is made in all of them.") if shared.model else self.tr("They share no setting.")
        self._about.setText(f"<p>{hint}</p>")

    def _show_network(self) -> None:
        graph, report = self._session.document.graph, self._session.report
        self._title.setText(self.tr("Network"))
        self.block.hide()
        self._name.hide()
        self._figures.setText(network_figures(total(costs(graph, report)), len(graph.nodes)))
        self._show_problems(report.problems)
        hint = self.tr("Select a layer to see and change its settings.") if graph.nodes else ""
        self._about.setText(f"<p>{hint}</p>")

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        if [note.problem for note in self._notes] == list(problems[:5]):
            return
        for old in self._notes:
            self._problems.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._notes = []
        for problem in problems[:5]:
            note = ProblemNote()
            note.show_problem(problem, most=2)
            note.chosen.connect(self.fix_chosen)
            self._problems.addWidget(note)
            note.show()
            self._notes.append(note)

    def _set(self, name: str, value: object) -> None:
        edit = SetSettings(self.id, ((name, value),)) if self.id is not None else SetAll(self.ids, name, value)
        try:
            self._session.do(EditGraph(edit))
        except ValueError as refusal:
            self._session.say(str(refusal))
            self._refresh()

    def _rename(self) -> None:
        new, self_id = self._name.text().strip(), self.id
        self._name.setModified(False)
        if self_id is None or new == self_id:
            return
        places = self._session.document.positions
        try:
            self.id, self.ids = new, (new,)
            self._session.do(EditGraph(Rename(self_id, new), {new: places[self_id]}))
        except ValueError as refusal:
            self.id, self.ids = self_id, (self_id,)
            self._session.say(str(refusal))
            self._refresh()


def network_figures(cost: Cost, layers: int) -> str:
    """A network's size in a few lines."""
    memory = cost.activation_bytes
    named = "1 layer" if layers == 1 else f"{layers} layers"
    return (
        f"{named}\n{cost.parameters:,} parameters\n{compact(cost.multiply_adds)} multiply-adds an example\n"
        f"{compact(memory)}{'' if memory >= 1000 else ' '}B of activations an example"
    )


def _manual(layer: type[Layer]) -> str:
    """The declaration's docstring as rich text: what it does, formula, shapes, source."""
    parts = (layer.__doc__ or "").strip().split("\n\n")
    about = " ".join(parts[0].split())
    rest = "".join(f"<p>{escape(line.strip())}</p>" for part in parts[1:] for line in part.strip().splitlines())
    return f"<p>{escape(about)}</p>{rest}"


def _label(role: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setProperty("role", role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label

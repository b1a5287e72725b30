"""The selected layer: its settings, shapes, costs and problems; with nothing selected, the whole network's."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from playground.app.changes import EditGraph
from playground.app.session import Session
from playground.graph.cost import Cost, costs, total
from playground.graph.edits import Rename, SetSettings
from playground.graph.model import NodeId
from playground.graph.problem import Problem
from playground.graph.receptive import fields
from playground.layers.layer import Layer, Unknown
from playground.ui.bridge import Bridge
from playground.ui.canvas.bubble import ProblemNote
from playground.ui.drawing import compact
from playground.ui.form import SettingsForm


class LayerForm(QScrollArea):
    """Shows one layer, or the network; every change is an edit of the document."""

    fix_chosen = Signal(object)

    def __init__(self, session: Session, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._session = session
        self.id: NodeId | None = None
        self._kind: type[Layer] | None = None
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
        self._figures = _label("note")
        self._problems = QVBoxLayout()
        self._notes: list[ProblemNote] = []
        self._problems.setSpacing(6)
        self._about = _label("note")
        for widget in (self._title, self._name, self._figures):
            self._column.addWidget(widget)
        self._column.addLayout(self._problems)
        self._column.addWidget(self._about)
        self._column.addStretch(1)
        bridge.document.connect(self._refresh)
        self.show_node(None)

    def show_node(self, id: NodeId | None) -> None:
        """Show that layer; None shows the network."""
        self.id = id
        self._refresh()

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._show_problems(())
        self._refresh()

    def _refresh(self) -> None:
        layer = self._session.document.graph.nodes.get(self.id) if self.id is not None else None
        if layer is None:
            self.id = None
        self._rebuild(type(layer) if layer is not None else None)
        if layer is None or self.id is None:
            self._show_network()
        else:
            self._show_layer(self.id, layer)

    def _rebuild(self, kind: type[Layer] | None) -> None:
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
            self._column.insertWidget(4, self.form)

    def _show_layer(self, id: NodeId, layer: Layer) -> None:
        graph, report = self._session.document.graph, self._session.report
        self._title.setText(layer.type_title or layer.heading)
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
        if field is not None and field.size != (1, 1):
            words.append(
                self.tr("each unit sees %1 pixels of the input").replace("%1", f"{field.size[0]}×{field.size[1]}")
            )
        self._figures.setText("\n".join(words))
        if self.form is not None:
            self.form.show_values(layer.model_dump())
        self._show_problems(report.of(id))
        self._about.setText(_manual(type(layer)))

    def _show_network(self) -> None:
        graph, report = self._session.document.graph, self._session.report
        self._title.setText(self.tr("Network"))
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
        if self.id is None:
            return
        try:
            self._session.do(EditGraph(SetSettings(self.id, ((name, value),))))
        except ValueError as refusal:
            self._session.say(str(refusal))
            self._refresh()

    def _rename(self) -> None:
        new, self_id = self._name.text().strip(), self.id
        self._name.setModified(False)
        if self_id is None or new == self_id:
            return
        try:
            self.id = new
            self._session.do(EditGraph(Rename(self_id, new)))
        except ValueError as refusal:
            self.id = self_id
            self._session.say(str(refusal))
            self._refresh()


def network_figures(cost: Cost, layers: int) -> str:
    """A network's size in a few lines."""
    memory = cost.activation_bytes
    return (
        f"{layers} layers\n{cost.parameters:,} parameters\n{compact(cost.multiply_adds)} multiply-adds an example\n"
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

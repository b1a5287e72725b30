"""The network's neurons and links beside what they do: the boundary all over the plane, and one neuron's sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel

from playground.ui.drawing import figure, signed_image
from playground.ui.looking import Look
from playground.ui.theme import BODY, sized
from playground.ui.views.focus import Focus
from playground.ui.views.naming import counted, input_names, place_words, unit_names
from playground.ui.views.neuron_field import answer_field, neuron_field
from playground.ui.views.painted import SHARE, room_for
from playground.ui.views.plane_map import PlaneMap
from playground.ui.views.products import Products, Row
from playground.ui.views.view import View
from playground.ui.views.web import BIAS, Web

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.arithmetic import Arithmetic
    from playground.insight.boundary import Surface
    from playground.insight.plane import Links

SIDE = 50
"""Places of the plane along each side."""
WIDE = 620
"""Pixels from which on web and plane stand side by side."""
LOW, NARROW = 330, 230
"""Pixels of height below which they stand so too, unless it is as narrow as that."""
LEAST = 110
"""Pixels of the web's height at least."""
MOST = 12
"""Units and inputs of a dense layer whose links are shown."""


@dataclass(frozen=True, eq=False)
class _Answer:
    links: tuple[Links, ...]
    surface: Surface | None
    sum: Arithmetic | None
    neuron: tuple[str, int]
    place: tuple[float, float] | None


class LinksView(View):
    """Weights as widths; what is set by hand can be taken back with Esc or Ctrl+Z."""

    name = "links"
    title = "Neurons and links"
    group = "Everything"
    about = (
        "The dense layers as neurons and links: the width of a link is the size of its weight, blue and solid for "
        "positive, orange and dashed for negative ones. Drag a link or a bias b up or down, or use the arrow keys, to "
        "set it by hand, also while it learns, and see what becomes of the boundary; Esc or Ctrl+Z takes the last "
        "change back. "
        "Point at a neuron, or go to it with Shift and the arrow keys: the plane shows its answer and the line where "
        "its sum is 0, and below stands that sum for the place that you point at. "
        "Each neuron computes activation(Σ w · x + b): Rosenblatt 1958."
    )
    every = 0.05

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._undo: list[tuple[str, int, int, float]] = []
        self._answer: _Answer | None = None
        self._hovered: tuple[float, float] | None = None
        self._place: tuple[float, float] | None = None
        self.web, self.plane = Web(), PlaneMap(self.tr("Plane"), most=420)
        self.products, self.words = Products(self.tr("The neuron's sum")), QLabel(wordWrap=True)
        self.heading = QLabel(wordWrap=True)
        self.heading.setProperty("role", "note")
        self.web.setAccessibleName(self.tr("Links between neurons"))
        self._grid, self._is_wide, self._was_low = QGridLayout(), False, False
        self._grid.setSpacing(8)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)
        self._arrange()
        self.web.changed.connect(self._set)
        self.web.picked.connect(self._tell)
        self.web.neuron_pointed.connect(self._point)
        self.web.neuron_chosen.connect(self._choose)
        self.plane.pointed.connect(self._hover)
        self.plane.left.connect(partial(self._hover, None))
        self.plane.chosen.connect(self._put)
        focus.pointing.connect(self.ask_again)
        focus.bridge.run.connect(self._undo.clear)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_to_room()

    @property
    def _pane(self) -> float:
        """Pixels of height in which all should be seen while a weight is dragged; 0 before it is shown."""
        return room_for(self, 0) / SHARE

    def _wants_width(self) -> bool:
        """Whether web and plane stand side by side: there is room, or too little height for one below the other."""
        is_low = self.width() > NARROW and 0 < self._pane < LOW
        return self._has_plane() and (self.width() >= WIDE or is_low)

    @property
    def _is_low(self) -> bool:
        """Whether there is too little height for web and plane one below the other."""
        return self.width() < WIDE and 0 < self._pane < LOW

    def _arrange(self) -> None:
        """Side by side, or one below the other; in a low pane the sum below both."""
        self._is_wide, self._was_low = self._wants_width(), self._is_low
        below = (self.words, self.heading, self.products)
        self._grid.addWidget(self.web, 0, 0)
        for row, part in enumerate(below, 1 if self._is_wide else 2):
            self._grid.addWidget(part, row, 0, 1, 2 if self._was_low or not self._is_wide else 1)
        if self._is_wide:
            rows = 1 if self._was_low else len(below) + 2
            self._grid.addWidget(self.plane, 0, 1, rows, 1, Qt.AlignmentFlag.AlignTop)
        else:
            self._grid.addWidget(self.plane, 1, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if self._is_wide else 0)

    def fit_to_room(self) -> None:
        """All of it within the pane, where that is possible: a hand that drags looks at plane and sum."""
        is_low = self._is_low
        if (self._is_wide, self._was_low) != (self._wants_width(), is_low):
            self._arrange()
        self.heading.setVisible(not is_low)
        below = max(len(self.products.rows), 3) * (sized(BODY) + 8) + (44 if is_low else 76)
        left = max(self._pane - below - 24, LEAST)
        if self._is_wide or not self._has_plane():
            web, plane = left, left if is_low else self._pane - 24
        else:
            web = max(LEAST, min(0.36 * left, 0.7 * self.width()))
            plane = max(left - web, 1.4 * LEAST)
        self.plane.limit = plane
        self.plane.fit_to_room()
        self.web.setFixedHeight(round(web))

    def _has_plane(self) -> bool:
        return self.focus.kind == "points"

    def focus_changed(self) -> None:
        """Frame the chosen neuron at once; what it answers follows."""
        self._mark()
        super().focus_changed()

    # Asking

    @classmethod
    def misfit(cls, focus: Focus) -> str:
        session = focus.session
        shapes, nodes = session.report.shapes, session.document.graph.nodes
        dense = [id for id in shapes if nodes.get(id) is not None and nodes[id].type == "Dense"]
        small = [id for id in dense if _width(session.report.given.get(id)) <= MOST and shapes[id].size <= MOST]
        return "" if small else focus.tr("No dense layer is small enough: at most 12 units and 12 inputs can be shown.")

    def look(self) -> Look | None:
        return partial(
            _looked,
            own=self.focus.layer,
            neuron=self.focus.neuron,
            place=self._seen_place(),
            example=None if self._has_plane() else self.focus.scaled(),
        )

    def _seen_place(self) -> tuple[float, float] | None:
        """Under the mouse, else chosen, else where the example is that all views look at."""
        examples = self.focus.session.examples
        if not self._has_plane() or examples is None or examples.dataset.plane is None:
            return None
        x, y = examples.dataset.plane[examples.valid.rows[self.focus.example]].tolist() if self.focus.count else (0, 0)
        return self._hovered or self._place or (float(x), float(y))

    # Showing

    def show_answer(self, answer: Any) -> None:
        if answer is None:
            return
        self._answer = answer
        if not self.web.is_dragging:
            self.web.layers = answer.links
        examples = self.focus.session.examples
        first = answer.links[0]
        self.web.names = input_names(examples, first.weight.shape[1]) if self._is_input(first.after) else ()
        if self.web.names == () and first.weight.size:
            self.web.names = unit_names(first.weight.shape[1])
        self._show_plane(answer)
        self._mark()
        self._show_sum(answer)
        self._tell()
        self.fit_to_room()

    def _is_input(self, id: str | None) -> bool:
        nodes = self.focus.session.document.graph.nodes
        return id is not None and id in nodes and nodes[id].type == "Input"

    def _mark(self) -> None:
        """Frame the chosen neuron."""
        columns, unit = self.web.columns(), self.focus.unit
        at = columns.index(self.focus.layer) if self.focus.layer in columns and self.focus.layer else None
        self.web.neuron = (at, unit[0]) if at is not None and unit is not None and len(unit) == 1 else None
        self.web.update()

    def _show_plane(self, answer: _Answer) -> None:
        surface, examples = answer.surface, self.focus.session.examples
        self.plane.setVisible(surface is not None)
        self.web.pictures = {}
        if surface is None or examples is None:
            return
        self.web.pictures = {
            id: [signed_image(unit[::-2, ::2]) for unit in units] for id, units in surface.neurons.items()
        }
        field = neuron_field(surface, self.focus.neuron, examples) or answer_field(surface, examples)
        self.plane.place = answer.place
        self.plane.show_field(field, examples)

    def _show_sum(self, answer: _Answer) -> None:
        found = answer.sum
        if found is None or not found.sums:
            self.products.show_rows(())
            self.heading.setText(found.note if found is not None else "")
            return
        terms, total = found.sums[-1].terms, found.sums[-1].total
        names = self._names(answer, len(terms))
        rows = [
            Row(names[at], figure(term.value), figure(term.weight if term.weight is not None else 1.0), term.product)
            for at, term in enumerate(terms)
        ]
        if found.sums[-1].bias is not None:
            rows.append(Row(self.tr("bias b"), "", "", found.sums[-1].bias))
        rows.append(Row(self.tr("sum w·x + b"), "", "", total, True))
        rows += [Row(stage.words, "", "", stage.value, True) for stage in found.stages]
        self.products.show_rows(rows)
        self.heading.setText(self._where(answer))

    def _names(self, answer: _Answer, count: int) -> list[str]:
        links = next((each for each in answer.links if each.id == answer.neuron[0]), None)
        if links is None or links.after is None or not self._is_input(links.after):
            before = links.after if links is not None and links.after is not None else ""
            return [f"{before} {name}".strip() for name in unit_names(count)]
        return input_names(self.focus.session.examples, count)

    def _where(self, answer: _Answer) -> str:
        words = f"{answer.neuron[0]}, {place_words(answer.neuron[1:])}"
        if answer.place is None:
            return f"{words} · {self.focus.in_words()}"
        x, y = answer.place
        at = self.tr("%1 at x = %2, y = %3 (input × weight; inputs are scaled by the data's mean and deviation)")
        return at.replace("%1", words).replace("%2", figure(x)).replace("%3", figure(y))

    def _tell(self) -> None:
        weight = self.web.weight()
        if weight is None or self.web.chosen is None:
            self.words.setText(self.tr("Drag a link or a bias up or down to set it."))
            return
        number, unit, source = self.web.chosen
        words = (
            self.tr("%1: bias of unit %3 is %4.")
            if source == BIAS
            else self.tr("%1: weight from %2 to unit %3 is %4.").replace("%2", self._source(number, source))
        )
        words = words.replace("%1", self.web.layers[number].id).replace("%3", counted(unit))
        self.words.setText(words.replace("%4", figure(weight)))

    def _source(self, number: int, source: int) -> str:
        names = self.web.names if number == 0 else unit_names(self.web.layers[number].weight.shape[1])
        return names[source] if source < len(names) else counted(source)

    # Hands

    def _point(self, neuron: tuple[int, int] | None) -> None:
        self.focus.point(None if neuron is None else (self.web.columns()[neuron[0]], neuron[1]))

    def _choose(self, column: int, row: int) -> None:
        self.focus.choose_neuron(self.web.columns()[column], row)

    def _hover(self, x: float | None, y: float = 0.0) -> None:
        hovered = None if x is None else (x, y)
        if hovered != self._hovered:
            self._hovered = hovered
            self.ask_again()

    def _put(self, x: float, y: float) -> None:
        self._place, self._hovered = (x, y), None
        self.ask_again()

    def _set(self, id: str, unit: int, source: int, value: float) -> None:
        def change(training: Training) -> float:
            from playground.insight.plane import set_weight

            return set_weight(training, id, unit, source, value)

        is_first = not self.web.has_moved
        self.web.has_moved = self.web.is_dragging
        answer = self.focus.session.ask(change)
        if answer is not None and is_first:  # a whole drag is one change to take back
            answer.add_done_callback(lambda done: self._keep(id, unit, source, done))
        self._tell()
        self._changed()

    def _changed(self) -> None:
        """Whoever shows the network looks anew, and its score is another."""
        self.focus.session.comparing.is_stale = True
        self.focus.bridge.curves.emit()

    def _keep(self, id: str, unit: int, source: int, done: Any) -> None:
        """On the training thread: remember what the weight was."""
        if not done.cancelled() and done.exception() is None:
            self._undo.append((id, unit, source, done.result()))

    def event(self, event: QEvent) -> bool:
        """Undo is the window's, but here for what the hand changed last."""
        is_undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if is_undo and self._undo and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_back = event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Undo)
        if is_back and self._undo:
            id, unit, source, old = self._undo.pop()
            self.focus.session.ask(partial(_put_back, id=id, unit=unit, source=source, value=old))
            self._changed()
        else:
            super().keyPressEvent(event)

    def numbers(self) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {each.id: each.weight for each in self.web.layers}
        found |= {f"{each.id} bias": each.bias for each in self.web.layers if each.bias is not None}
        if self.plane.field is not None:
            found["plane"] = np.asarray(self.plane.field.values)
        return found

    def in_words(self) -> str:
        sums = "; ".join(f"{row.name} {figure(row.product)}" for row in self.products.rows)
        return f"{self.words.text()} {self.heading.text()}: {sums}"


def _width(given: Any) -> int:
    return int(given[0].channels) if given and given[0] is not None else 0


def _looked(
    training: Training,
    own: str | None,
    neuron: tuple[str, int] | None,
    place: tuple[float, float] | None,
    example: NDArray[np.float32] | None,
) -> _Answer | None:
    from playground.data.points import engineer
    from playground.insight.arithmetic import arithmetic
    from playground.insight.boundary import surface
    from playground.insight.plane import chain, links

    found = chain(links(training), own)
    if not found:
        return None
    ids = [each.id for each in found]
    before = [found[0].after] if found[0].after is not None else []
    nodes = training.graph.nodes
    shown = surface(training, SIDE, [*before, *ids]) if place is not None else None
    if place is not None:
        made = engineer(np.array([place]), training.examples.features)
        example = training.examples.inputs.apply(made)[0]
    summed = neuron if neuron is not None and neuron[0] in ids else (ids[-1], 0)
    sum = arithmetic(training, summed[0], (summed[1],), example) if example is not None and summed[0] in nodes else None
    return _Answer(found, shown, sum, summed, place)


def _put_back(training: Training, id: str, unit: int, source: int, value: float) -> None:
    from playground.insight.plane import set_weight

    set_weight(training, id, unit, source, value)

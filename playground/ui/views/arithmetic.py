"""The arithmetic of one unit: the window over the input, the kernel, their products, the sum and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QToolButton

from playground.graph.model import NodeId
from playground.ui.drawing import figure, icon
from playground.ui.looking import Look
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.marks import Mark
from playground.ui.views.naming import cell_words, channel_words, counted, place_words, vector_words
from playground.ui.views.pictured import show_steps
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.arithmetic import Arithmetic
    from playground.insight.terms import Sum, Term

MOST_TERMS = 40
PACE = 450
"""Milliseconds a unit while the window moves by itself."""


class ArithmeticView(View):
    """Choose a unit by click or arrow keys, or let the window move by itself."""

    name = "arithmetic"
    title = "Arithmetic"
    group = "Layer"
    needs_layer = True
    about = (
        "How one unit got its value for this example. Each value under the window is multiplied by a weight; the "
        "products are added up with the bias, b + Σ w · x, and the activation is applied. Click another unit of the "
        "map, or let the window move by itself. All is worked out anew in double precision from weights and inputs "
        "and agrees with the network's own value. Source: Goodfellow, Bengio and Courville 2016, sections 6.1 and 9.1."
    )
    is_live = True
    invitation = "Select one layer: this is about how its units are worked out."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Arithmetic | None = None
        self._listed: list[Term] = []
        self.map = Map(self.tr("The layer's map: choose a unit"), most=300)
        self.input = Map(self.tr("What arrives, with the window"), most=300)
        self.kernel = Map(self.tr("Weights"), most=220)
        self.products = Map(self.tr("Products"), most=220)
        self.result = QLabel(wordWrap=True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.terms = QListWidget()
        self.terms.setAccessibleName(self.tr("Terms, the largest first"))
        self.terms.setMinimumHeight(150)
        self.terms.currentRowChanged.connect(self._point_at_term)
        self._timer = QTimer(self, interval=PACE)
        self._timer.timeout.connect(lambda: self._move(1))
        self.column.addLayout(self._buttons())
        self.pictures = SideBySide((self.map, self.input, self.kernel, self.products), room=240)
        for widget in (self.pictures, self.result, self.terms):
            self.column.addWidget(widget)
        self.map.clicked.connect(focus.choose_place)
        self.input.clicked.connect(self._point_at_input)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.play = QToolButton()
        self.play.setCheckable(True)
        self.play.setIcon(icon("play"))
        self.play.setAccessibleName(self.tr("Let the window move by itself"))
        self.play.setToolTip(self.play.accessibleName())
        self.play.toggled.connect(self._play)
        self._steps = []
        for name, by, words in (("chevron-left", -1, "Previous unit"), ("chevron-right", 1, "Next unit")):
            button = QToolButton()
            button.setIcon(icon(name))
            button.setProperty("icon_name", name)
            button.setToolTip(self.tr(words))
            button.setAccessibleName(self.tr(words))
            button.clicked.connect(lambda _=False, by=by: self._move(by))
            self._steps.append(button)
        self._where = QLabel(wordWrap=True)
        self._where.setProperty("role", "note")
        for widget in (self._steps[0], self.play, self._steps[1]):
            row.addWidget(widget)
        row.addWidget(self._where, 1)
        return row

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        for button in self._steps:
            button.setIcon(icon(str(button.property("icon_name"))))
        self._play(self.play.isChecked())
        super().restyle()

    def hideEvent(self, event: object) -> None:
        self.play.setChecked(False)

    # Choosing

    def _play(self, is_on: bool) -> None:
        self.play.setIcon(icon("pause" if is_on else "play"))
        (self._timer.start if is_on else self._timer.stop)()

    def _move(self, by: int) -> None:
        """To the next unit of the map, row by row; behind the last channel it begins anew."""
        unit, shape = self.focus.aim, self.focus.shape
        if unit is None or shape is None:
            return
        dims = shape.dims
        flat = int(np.ravel_multi_index(unit, dims)) + by
        self.focus.choose_unit(tuple(int(at) for at in np.unravel_index(flat % int(np.prod(dims)), dims)))

    # Asking

    @classmethod
    def unsuited(cls, focus: Focus, id: NodeId) -> str:
        if focus.session.document.graph.nodes[id].type != "Input":
            return ""
        return focus.tr("An Input only hands the example on. Select a layer behind it.")

    def look(self) -> Look | None:
        id, unit = self.focus.layer, self.focus.aim
        if id is None or unit is None:
            return None
        example = self.focus.scaled()
        report = self.focus.session.report
        own = id if id in report.given else f"{id}.1"

        def look(training: Training) -> Any:
            from playground.insight.arithmetic import arithmetic
            from playground.insight.feature_maps import feature_maps

            most = unit[0] + 1 if len(unit) == 3 else 1
            return unit, arithmetic(training, own, unit, example), feature_maps(training, example, [own], most).get(own)

        return look

    # Showing

    def show_answer(self, answer: Any) -> None:
        unit, found, maps = answer
        if unit != self.focus.aim:
            return
        self._found = found
        self._where.setText(place_words(unit))
        self._show_map(unit, maps)
        if found is None:
            for part in (self.input, self.kernel, self.products):
                part.clear()
            self.result.setText(self.tr("This layer computes nothing of its own."))
            self.terms.clear()
            return
        self._show_input(found)
        self._show_kernel(found)
        self.result.setText(_in_words(found))
        self._show_terms(found)

    def numbers(self) -> dict[str, NDArray[Any]]:
        if self._found is None or not self._found.sums:
            return {}
        made = {}
        for each in self._found.sums:
            rows = [(term.value, np.nan if term.weight is None else term.weight, term.product) for term in each.terms]
            if each.bias is not None:  # the last row: 1 · b
                rows.append((1.0, each.bias, each.bias))
            made[f"{each.title.partition(':')[0]}: value, weight, product"] = np.array(rows)
        return made

    def in_words(self) -> str:
        return self.result.text().replace("\n", ". ")

    def _show_map(self, unit: tuple[int, ...], values: NDArray[Any] | None) -> None:
        if values is None:
            self.map.clear()
            return
        self.pictures.limit(4 if values.ndim == 3 else 2)  # steps and rows of cells are wide
        if values.ndim == 3:
            self.map.show_values(values[unit[0]], signed=False, words=channel_words(unit[0]))
            self.map.cursor_at = (unit[1], unit[2])
        else:
            show_steps(self.map, values, self.tr("the layer's answers"))
            self.map.cursor_at = (unit[1], unit[0]) if values.ndim == 2 else (0, unit[0])
        self.map.update()

    def _show_input(self, found: Arithmetic) -> None:
        values = found.arrives
        if values is None:
            self.input.clear()
            return
        channel = _channel(found) if values.ndim == 3 else 0
        inside = [term.at for term in _all_terms(found) if term.at is not None]
        if values.ndim == 3:
            words = self.tr("what arrives, %1").replace("%1", channel_words(channel))
            self.input.show_values(values[channel], signed=False, words=words)
        else:
            show_steps(self.input, values, self.tr("what arrives"))
        places = [at[1:] if values.ndim == 3 else (at[1], at[0]) if values.ndim == 2 else (0, at[0]) for at in inside]
        self.input.marks = [_around(places)] if places and len(places[0]) == 2 else []
        self.input.update()

    def _show_kernel(self, found: Arithmetic) -> None:
        """The filter of the channel that is shown, and its products; for others weights and products in a row."""
        weighted = found.sums[0] if found.sums and found.sums[0].terms[0].weight is not None else None
        if weighted is None:
            self.kernel.clear()
            self.products.clear()
            return
        weights, products = _as_arrays(weighted)
        place = vector_words if len(weights) == 1 else cell_words
        self.kernel.show_values(weights, words=self.tr("weights"), place=place)
        self.products.show_values(products, words=self.tr("weights × values"), place=place)

    def _show_terms(self, found: Arithmetic) -> None:
        self._listed = []
        lines: list[str] = []
        for each in found.sums:
            shown = each.largest[: max(3, MOST_TERMS // len(found.sums))]
            rest = sum(term.product for term in each.terms) - sum(term.product for term in shown)
            if len(found.sums) > 1:
                lines.append(each.title)
                self._listed.append(shown[0])
            for term in shown:
                lines.append(_line(term))
                self._listed.append(term)
            if len(shown) < len(each.terms):
                left = f"{len(each.terms) - len(shown):,}"
                lines.append(self.tr("%1 smaller ones: %2").replace("%1", left).replace("%2", figure(rest)))
                self._listed.append(shown[-1])
        self.terms.blockSignals(True)
        at = self.terms.currentRow()
        self.terms.clear()
        self.terms.addItems(lines)
        self.terms.setCurrentRow(min(at, len(lines) - 1))
        self.terms.blockSignals(False)

    # A term and its pixel

    def _point_at_term(self, row: int) -> None:
        """Frame the value that a term is about."""
        found = self._found
        if not 0 <= row < len(self._listed) or found is None or found.arrives is None:
            return
        at = self._listed[row].at
        if at is None:
            self.input.cursor_at = None
        else:
            ndim = found.arrives.ndim
            self.input.cursor_at = (at[1], at[2]) if ndim == 3 else (at[1], at[0]) if ndim == 2 else (0, at[0])
        self.input.update()

    def _point_at_input(self, row: int, column: int) -> None:
        """Go to the term of a value."""
        for number, term in enumerate(self._listed):
            if term.at is not None and term.at[-2:] in ((row, column), (column, row)):
                self.terms.setCurrentRow(number)
                return


def _all_terms(found: Arithmetic) -> list[Term]:
    return [term for each in found.sums for term in each.terms]


def _channel(found: Arithmetic) -> int:
    """The one with the largest product."""
    largest = [term.at[0] for term in found.sums[0].largest if term.at is not None] if found.sums else []
    return largest[0] if largest else 0


def _around(places: list[tuple[int, ...]]) -> Mark:
    rows, columns = [place[0] for place in places], [place[1] for place in places]
    return Mark(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1)


def _as_arrays(each: Sum) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights and products as pictures: of a filter the channel that counts most, else one row."""
    if len(each.terms[0].at_kernel) >= 3:
        strongest = each.largest[0].at_kernel[0]
        terms = [term for term in each.terms if term.at_kernel[0] == strongest]
        rows = 1 + max(term.at_kernel[1] for term in terms)
        shape: tuple[int, ...] = (rows, len(terms) // rows)
    else:
        terms, shape = list(each.terms), (1, len(each.terms))
    weights = np.array([term.weight or 0.0 for term in terms]).reshape(shape)
    return weights, np.array([term.product for term in terms]).reshape(shape)


def _line(term: Term) -> str:
    place = "padding" if term.at is None else f"x({', '.join(map(counted, term.at))})"
    if term.weight is None:
        return f"{place} = {figure(term.value)}"
    if term.at is None and term.value:
        place = f"h({counted(term.at_kernel[-1])})"
    return f"{place} {figure(term.value)} × {figure(term.weight)} = {figure(term.product)}"


def _in_words(found: Arithmetic) -> str:
    """The way from the sum to the value, a line a stage."""
    if found.note:
        return found.note
    lines = []
    for each in found.sums:
        products = sum(term.product for term in each.terms)
        if each.terms and each.terms[0].weight is None:
            lines.append(f"{each.title}: {len(each.terms):,} values")
        else:
            bias = "" if each.bias is None else f", bias {figure(each.bias)}"
            lines.append(f"{each.title}: {len(each.terms):,} products {figure(products)}{bias} → {figure(each.total)}")
    lines += [f"{stage.words} → {figure(stage.value)}".replace(" -", " −") for stage in found.stages]
    value, own = found.value + 0.0, found.torch + 0.0  # −0 is 0
    lines.append(f"value {value:.6g}, the network's own {own:.6g}".replace("-", "−"))
    return "\n".join(lines)

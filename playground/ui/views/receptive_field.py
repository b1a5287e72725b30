"""Receptive fields: what one unit of the selected layer can see of the input, and what it listens to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel

from playground.graph.model import NodeId
from playground.graph.receptive import fields
from playground.graph.unit_fields import Region, unit_fields
from playground.ui.drawing import figure, grey_image
from playground.ui.looking import Look
from playground.ui.views.bars import Bars
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.marks import Mark
from playground.ui.views.naming import channel_words, counted, input_names, time_words, vector_words
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.pictured import shares, show_example
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.receptive import EffectiveField


LOW = 0.1
"""Height of the maps between that is room enough for growing, as a share of the width: all stands in one pane."""
MOST_BARS = 12
"""Inputs without an order whose strengths are shown: the strongest."""


class ReceptiveField(View):
    """The selected layer's map, on which a unit is pointed at; the input with that unit's field; the maps between."""

    name = "receptive_field"
    title = "Receptive field"
    group = "Layer"
    needs_layer = True
    about = (
        "The part of the input that one unit can see. Point at a unit of the map: the blue frame is its theoretical "
        "field, which the windows between it and the input allow (a window of k over fields of size r, s apart, sees "
        "r + (k − 1)·s). Below is its effective field, what it truly listens to: the mean of |∂unit/∂input| over "
        "16 validation examples, with frames of one and two standard deviations σ around its centre. It is often much "
        "smaller. Sources: Araujo, Norris and Sim 2019; Luo, Li, Urtasun and Zemel 2016."
    )

    invitation = "Select one layer: this is about what its units see of the input."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._effective: EffectiveField | None = None
        self._regions: dict[NodeId, Region] = {}
        self.map = Map(self.tr("Map of the selected layer"), most=250)
        self.input = Map(self.tr("Input with the field"), most=250)
        self.effective = Map(self.tr("Effective field"), most=250)
        self.between = PictureGrid(self.tr("The field on the maps between"), tall=LOW)
        self.between.share = 0.36
        for shown in (self.map, self.input, self.effective):
            shown.share = 0.5
        self.figures = QLabel(wordWrap=True)
        self._between_words = QLabel(self.tr("THE FIELD ON THE MAPS BETWEEN"))
        self._between_words.setProperty("role", "heading")
        self.listens = Bars(self.tr("What the unit listens to"))
        pictures = SideBySide((self.map, self.input, self.effective))
        for widget in (pictures, self.figures, self.listens, self._between_words, self.between):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.map.pointed.connect(focus.choose_place)
        self.map.clicked.connect(focus.choose_place)
        self.between.clicked.connect(self._go_between)
        self._shown_between: list[NodeId] = []

    @classmethod
    def unsuited(cls, focus: Focus, id: NodeId) -> str:
        if focus.session.document.graph.nodes[id].family != "input/output":
            return ""
        return focus.tr("An Input sees the example itself. Select a layer behind it.")

    def look(self) -> Look | None:
        id, unit = self.focus.layer, self.focus.aim
        if id is None or unit is None:
            return None
        example = self.focus.scaled()
        regions = self._find_regions(id, unit)
        copy = next((other for other in regions if other.partition(".")[0] == id), id)
        between = [other for other in regions if other != copy]

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import feature_maps
            from playground.insight.receptive import effective_field

            maps = feature_maps(training, example, [copy, *between], 1 + unit[0] if len(unit) == 3 else 1)
            return id, unit, copy, maps, effective_field(training, copy, unit)

        return look

    def show_answer(self, answer: Any) -> None:
        id, unit, copy, maps, effective = answer
        if id != self.focus.layer or unit != self.focus.aim:
            return
        self._effective, self._regions = effective, self._find_regions(id, unit)
        self._show_map(unit, maps.get(copy))
        self._show_input(unit)
        self._show_effective()
        self._show_between(copy, maps)
        self.figures.setText(self._words(id, unit))

    def numbers(self) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {}
        region = self._input_region()
        if region is not None and region.sides:
            found["field"] = np.array([(*ends, *seen) for ends, seen in zip(region.reach, region.seen, strict=True)])
        if self._effective is not None:
            found["effective"] = self._effective.strength
        return found

    def in_words(self) -> str:
        return self.figures.text()

    # The unit

    def _place(self, unit: tuple[int, ...]) -> tuple[int, ...]:
        shape = self.focus.shape
        if shape is None:
            return ()
        return unit[1:] if shape.is_image else unit[:1] if shape.is_sequence else ()

    def _find_regions(self, id: NodeId, unit: tuple[int, ...]) -> dict[NodeId, Region]:
        session = self.focus.session
        report = session.report
        own = id if id in report.given else max((i for i in report.given if i.partition(".")[0] == id), default=id)
        return unit_fields(session.document.graph, report, own, self._place(unit))

    def _go_between(self, number: int) -> None:
        if number < len(self._shown_between):
            self.focus.choose_layer(self._shown_between[number].partition(".")[0])

    # Showing

    def _input_region(self) -> Region | None:
        inputs = [id for id in self._regions if self.focus.session.report.written_out.nodes[id].type == "Input"]
        return self._regions[inputs[-1]] if inputs else None

    def _show_map(self, unit: tuple[int, ...], values: NDArray[Any] | None) -> None:
        if values is None:
            self.map.clear()
            return
        if values.ndim == 3:
            channel = unit[0]
            words = self.tr("%1 of %2").replace("%1", channel_words(channel))
            words = words.replace("%2", str(self.focus.shape or ""))
            self.map.show_values(values[channel], signed=False, words=words)
            self.map.cursor_at = unit[1:] if len(unit) == 3 else None
        elif values.ndim == 2:
            words = self.tr("units downwards, steps to the right")
            self.map.show_values(values.T, words=words, is_stretched=True, place=time_words)
            self.map.cursor_at = (unit[1], unit[0])
        else:
            self.map.show_values(values[None], words=self.tr("one cell a unit"), place=vector_words)
            self.map.cursor_at = (0, unit[0])
        self.map.update()

    def _is_vector(self) -> bool:
        """Whether the network's inputs stand in no order, so that no part of them is a field."""
        examples = self.focus.session.examples
        return examples is not None and examples.train.inputs.ndim == 2 and examples.dataset.kind != "text"

    def _show_input(self, unit: tuple[int, ...]) -> None:
        region = self._input_region()
        if self._is_vector():
            self.input.clear()
            return
        show_example(self.input, self.focus, self.tr("theoretical field"))
        self.input.marks = [_mark(region, self.input.values)] if region is not None else []
        self.input.update()

    def _show_effective(self) -> None:
        found = self._effective
        self.listens.setVisible(found is not None and self._is_vector())
        if found is not None and self._is_vector():
            names = input_names(self.focus.session.examples, len(found.strength))
            order = np.argsort(-found.strength, kind="stable")[:MOST_BARS]
            self.listens.show_bars([(names[at], float(found.strength[at])) for at in order])
        if found is None or self._is_vector():
            self.effective.clear()
            return
        if found.strength.ndim == 1 and len(found.strength) > 1 and self.focus.kind == "sequence":
            self.effective.show_traces(found.strength[None], self.tr("effective field"))
        else:
            self.effective.show_values(np.atleast_2d(found.strength), signed=False, words=self.tr("effective field"))
        centre, sigma = found.centre, found.sigma
        if len(centre) == 1:
            centre, sigma = (0.0, centre[0]), (0.5, sigma[0])
        self.effective.marks = [
            Mark(
                centre[1] - times * sigma[1] + 0.5,
                centre[0] - times * sigma[0] + 0.5,
                2 * times * sigma[1],
                2 * times * sigma[0],
                "valid",
                f"{times}σ" if times > 1 else "σ",
                is_dashed=times > 1,
            )
            for times in (1, 2)
        ]
        self.effective.update()

    def _show_between(self, own: NodeId, maps: dict[NodeId, NDArray[Any]]) -> None:
        """From the layer back to the input, each with the part that counts framed."""
        tiles, ids = [], []
        for id, region in reversed(list(self._regions.items())):
            values = maps.get(id)
            if id == own or values is None or values.ndim != 3 or len(region.sides) != 2:
                continue
            (top, bottom), (left, right) = region.seen
            size = f"{bottom - top + 1}×{right - left + 1}"
            tip = f"{id}: {size} of its map"
            tiles.append(Tile(grey_image(values[0]), f"{id} {size}", tip, frame=shares(region)))
            ids.append(id)
        self._shown_between = ids
        self._between_words.setVisible(bool(tiles))
        self.between.show_tiles(tiles, 72)

    def _words(self, id: NodeId, unit: tuple[int, ...]) -> str:
        if self._is_vector():
            words = self.tr(
                "A field is a part of an image or of a sequence. These inputs are numbers in no order, and %1 can use "
                "all of them. What unit %2 truly listens to: the mean of |∂unit/∂input| over %3 validation examples."
            )
            number = self._effective.examples if self._effective is not None else 0
            return words.replace("%1", id).replace("%2", counted(unit[-1])).replace("%3", str(number))
        parts = []
        region = self._input_region()
        session = self.focus.session
        whole = fields(session.document.graph, session.report).get(id)
        if region is not None and region.sides:
            size = " × ".join(str(high - low + 1) for low, high in region.reach)
            seen = " × ".join(str(high - low + 1) for low, high in region.seen)
            words = self.tr("Theoretical field %1").replace("%1", size)
            if seen != size:
                words += self.tr(", of which %1 lie within the input").replace("%1", seen)
            if (whole is not None and region.reach != region.seen) or whole is not None:
                words += f" (stride {_both(whole.stride)}, padding {_both(whole.padding)})"
            parts.append(words + ".")
        elif region is not None:
            parts.append(self.tr("It sees the whole input."))
        found = self._effective
        if found is None:
            parts.append(self.tr("Codes of text have no gradient: there is no effective field."))
        elif found.strength.sum() == 0:
            parts.append(self.tr("Nothing in the input changes this unit now: its gradient is 0 for all examples."))
        else:
            spread = " × ".join(figure(sigma) for sigma in found.sigma)
            words = self.tr("Effective field: σ = %1, centre ± σ holds %2 of it, ± 2σ %3 (n = %4).")
            held = f"{found.held_within(1):.0%}", f"{found.held_within(2):.0%}"
            words = words.replace("%1", spread).replace("%2", held[0]).replace("%3", held[1])
            parts.append(words.replace("%4", str(found.examples)))
        return " ".join(parts)


def _both(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"


def _mark(region: Region, values: NDArray[Any] | None) -> Mark:
    """The frame of a region on the picture of the input."""
    if len(region.seen) == 2:
        (top, bottom), (left, right) = region.seen
        return Mark(left, top, right - left + 1, bottom - top + 1)
    height, width = values.shape if values is not None else (1, 1)
    if len(region.seen) == 1:
        first, last = region.seen[0]
        return Mark(first, 0, last - first + 1, height)
    return Mark(0, 0, width, height)

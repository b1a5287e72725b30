"""The first view: the decision surface of 2-D problems; else the example, the layer's filters and its answers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider

from playground.ui.drawing import epoch_words, example_image, figure, signed_image
from playground.ui.looking import Look
from playground.ui.maps import map_pictures, span
from playground.ui.theme import enlargement
from playground.ui.traces import is_traced
from playground.ui.views.class_strip import cells_of, pictures_of
from playground.ui.views.focus import Focus
from playground.ui.views.naming import answer_names, place_words
from playground.ui.views.neuron_field import answer_field, neuron_field
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.pictured import symbols
from playground.ui.views.pictures import STRIP, Pictures
from playground.ui.views.plane_map import PlaneMap
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.telling import Answered
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.boundary import Surface


MOST_PAST = 200
"""Surfaces that are kept; then every second is dropped."""


class Overview(View):
    """The pictures that suit the data and the selected layer."""

    name = "overview"
    title = "Overview"
    group = "Example"
    about = (
        "What the network makes of one example, or of the whole plane where the inputs are two numbers. Select a layer "
        "to see its weights and what its units answer. Signed values go from orange (negative) to blue (positive); "
        "answers of images from their smallest to their largest in grey."
    )
    every = 0.33

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._shown: dict[str, NDArray[Any]] = {}
        self._past: list[tuple[float, Surface]] = []
        self.surface = PlaneMap(self.tr("Decision surface"), most=420)
        self.when, self.epoch = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.when.setAccessibleName(self.tr("Earlier time"))
        self.when.setToolTip(self.tr("Back to what it answered after earlier epochs; to the right end for now"))
        self.epoch.setProperty("role", "note")
        self.when.valueChanged.connect(self._show_time)
        self.filters = Pictures(self.tr("FILTERS — WHAT IT LOOKS FOR"))
        self.maps = Pictures(self.tr("WHAT EACH UNIT ANSWERS"))
        self.units = PictureGrid(self.tr("What each unit answers all over the plane"), tall=0.6)
        self.units.hovered.connect(lambda number, _x, _y: focus.point((focus.layer, number) if focus.layer else None))
        self.units.left.connect(lambda: focus.point(None))
        self.units.clicked.connect(lambda number: focus.choose_neuron(focus.layer, number) if focus.layer else None)
        self.input = Pictures(self.tr("EXAMPLE"))
        self.hint = QLabel(wordWrap=True)
        self.hint.setProperty("role", "note")
        self.plane = SideBySide((self.surface, self.units), least=1)
        for widget in (self.plane, self.when, self.epoch, self.input, self.filters, self.maps, self.hint):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.data.connect(self._data_changed)
        focus.bridge.run.connect(self._forget)
        focus.pointing.connect(self._pointed)
        self._data_changed()

    def _forget(self) -> None:
        """Another network: its past begins anew."""
        self._past.clear()
        self.when.setMaximum(0)
        for widget in (self.when, self.epoch):
            widget.hide()

    def _data_changed(self) -> None:
        self._shown.clear()
        self._forget()
        self.plane.setVisible(self.focus.kind == "points")
        self.surface.show_field(None)
        self.units.show_tiles([])
        for pictures in (self.filters, self.maps, self.input):
            pictures.show_pictures([])
        self.hint.setVisible(self.focus.kind == "table")
        self.hint.setText(
            self.tr("A table's rows have no picture. Select a dense layer: its weights are shown here, a row a unit.")
        )

    def look(self) -> Look | None:
        id = self.focus.layer
        if self.focus.kind == "points":
            pointed = self.focus.pointed[0] if self.focus.pointed is not None else None
            return partial(_surface, ids=[each for each in dict.fromkeys((id, pointed)) if each is not None])
        example = self.focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.classes import chances
            from playground.insight.feature_maps import feature_maps
            from playground.insight.filters import filters

            maps = feature_maps(training, example, [id], 16).get(id) if id else None
            likely = chances(training, id, maps) if id and maps is not None else None
            return id, filters(training, id) if id else None, maps, likely

        return look

    def show_answer(self, answer: Any) -> None:
        if self.focus.kind == "points" and isinstance(answer, tuple) and answer[1] is not None:
            self._remember(self._on_curves(answer[0]), answer[1])
            self._show_time()
        elif self.focus.kind != "points" and isinstance(answer, tuple):
            self._show_example(*answer)

    def numbers(self) -> dict[str, NDArray[Any]]:
        return dict(self._shown)

    def in_words(self) -> str:
        found = [f"{name}: {_reach(values)}" for name, values in self._shown.items() if values.size]
        return ". ".join(found)

    def _show_example(
        self, id: str | None, weights: np.ndarray | None, maps: np.ndarray | None, likely: np.ndarray | None
    ) -> None:
        self._shown = {}
        if self.focus.kind == "image":
            raw = self.focus.raw()
            self._shown["example"] = raw
            self.input.show_pictures([example_image(raw)])
        elif (values := self.focus.scaled()).ndim == 2:  # steps and channels; words have no size
            self._shown["example"] = values
            words = self.tr("time to the right") + ("" if is_traced(values) else self.tr(", channels downwards"))
            curves = values.T if is_traced(values) else None
            self.input.show_pictures(map_pictures(values, side=STRIP), words, curves)
        elif self.focus.kind == "text":
            self.input.show_pictures(map_pictures(self.focus.raw(), symbols(self.focus), side=STRIP))
        self._show_filters(weights)
        if maps is None:
            self.maps.show_pictures([])
        else:
            self._shown["answers"] = maps
            seen = Answered(maps, 0, symbols(self.focus, id), answer_names(self.focus.session, id), likely)
            curves = maps.T if is_traced(maps) else None
            self.maps.show_pictures(pictures_of(seen, STRIP), span(maps), curves, cells_of(seen))
        self.hint.setVisible(id is None)
        if id is None:
            self.hint.setText(self.tr("Select a layer to see its filters and what it makes of this example."))

    def _on_curves(self, done: int) -> float:
        """Where the network that answered is on the curves; done: the epochs that its own run counts."""
        session = self.focus.session
        past = session.timeline.looked_at
        if past is None:
            return done + session.offset
        epoch = done + past.offset
        return past.epoch if epoch <= past.epoch < epoch + 1 else epoch

    def _remember(self, epoch: float, surface: Surface) -> None:
        """One surface an epoch; the slider stays at now, unless it was moved to an earlier one."""
        is_now = self.when.value() == self.when.maximum()
        if self._past and self._past[-1][0] == epoch:
            self._past[-1] = epoch, surface
        else:
            self._past = [*self._past[:-1], *((at, _halved(was)) for at, was in self._past[-1:]), (epoch, surface)]
        if len(self._past) > MOST_PAST:
            del self._past[1:-1:2]
        self.when.blockSignals(True)
        self.when.setMaximum(len(self._past) - 1)
        if is_now:
            self.when.setValue(len(self._past) - 1)
        self.when.blockSignals(False)
        is_small = enlargement() == 1
        self.when.setVisible(len(self._past) > 1 and is_small)
        is_back = self.focus.session.timeline.looked_at is not None
        self.epoch.setVisible((len(self._past) > 1 or is_back) and is_small)

    def _show_time(self, _: int = 0) -> None:
        """The surface of the chosen epoch."""
        if self._past:
            epoch, surface = self._past[min(self.when.value(), len(self._past) - 1)]
            words = self.tr("now, epoch %1") if self.when.value() == self.when.maximum() else self.tr("after epoch %1")
            if self.focus.session.timeline.looked_at is not None:
                words = self.tr("epoch %1")
            self.epoch.setText(words.replace("%1", epoch_words(epoch)))
            self._show_plane(surface)

    def _pointed(self) -> None:
        """Show the neuron under the mouse large: at once if its layer is there, else when it has been asked for."""
        if self.focus.kind == "points" and self.isVisible():
            self._show_time()
            pointed = self.focus.pointed
            if pointed is not None and self._past and pointed[0] not in self._past[-1][1].neurons:
                self.ask_again()

    def _show_plane(self, surface: Surface) -> None:
        """One neuron or the output all over the plane, and each unit of the selected layer."""
        examples = self.focus.session.examples
        if examples is None or examples.dataset.plane is None:
            return
        shown = neuron_field(surface, self.focus.neuron, examples) or answer_field(surface, examples)
        self.surface.show_field(shown, examples)
        units = surface.neurons.get(self.focus.layer or "")
        self._shown = {"surface": surface.output}
        if units is not None:
            self._shown["units"] = units
        self.units.show_tiles(
            [self._tile(number, unit) for number, unit in enumerate(units if units is not None else ())]
        )
        self.units.choose(self.focus.unit[0] if self.focus.unit is not None and len(self.focus.unit) == 1 else None)
        self.units.setVisible(units is not None)
        self.hint.setVisible(enlargement() == 1)
        self.hint.setText(
            self.tr("Select a layer to see what each of its units answers all over the plane.")
            if units is None
            else self.tr(
                "Each from its own −max, orange, to +max, blue. Point at one to see it large; a click keeps it."
            )
        )

    def _tile(self, number: int, unit: NDArray[Any]) -> Tile:
        span = f"{float(unit.min()) + 0.0:.2g}…{float(unit.max()) + 0.0:.2g}".replace("-", "−")
        words = self.tr("%1: from %2 to %3").replace("%1", place_words((number,)))
        words = words.replace("%2", figure(float(unit.min()))).replace("%3", figure(float(unit.max())))
        return Tile(signed_image(unit[::-1]), span, words)

    def _show_filters(self, weights: np.ndarray | None) -> None:
        if weights is None:
            self.filters.show_pictures([])
            return
        self._shown["filters"] = weights
        flat = [each.mean(axis=0) for each in weights[:32]] if weights.ndim == 4 else [weights[:64]]
        reach = max((float(np.abs(each).max(initial=0.0)) for each in flat), default=0.0)
        words = self.tr("orange −%1, neutral 0, blue +%1").replace("%1", f"{reach:.2g}")
        if weights.ndim == 4 and weights.shape[1] > 1:
            words += self.tr(" · mean over %1 channels").replace("%1", str(weights.shape[1]))
        self.filters.show_pictures([signed_image(each, reach) for each in flat], words)


def _reach(values: NDArray[Any]) -> str:
    return (
        f"{' × '.join(map(str, values.shape))} values from {figure(np.nanmin(values))} to {figure(np.nanmax(values))}"
    )


def _halved(surface: Surface) -> Surface:
    """In half the memory, which three digits need."""
    units = {id: values.astype(np.float16) for id, values in surface.neurons.items()}
    return replace(surface, neurons=units, sums={id: values.astype(np.float16) for id, values in surface.sums.items()})


def _surface(training: Training, ids: list[str]) -> Any:
    from playground.insight.boundary import surface

    return training.epoch, surface(training, 64, [id for id in ids if id in training.graph.nodes])

"""What layers make of an example: the selected layer's maps with their histogram, and every layer below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel

from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.maps import MOST_CELLS, map_pictures, span
from playground.ui.views.focus import Focus
from playground.ui.views.histogram import Histogram
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.activity import Activity
    from playground.insight.feature_maps import Answer

MOST_MAPS = 96
MOST_CHANNELS = 12
"""Of each layer among all."""
SIDE = 56
A_ROW = 0.09
"""Height of one layer's pictures among all, as a share of the width."""


class FeatureMaps(View):
    """The selected layer: a tile a channel."""

    name = "feature_maps"
    title = "Feature maps"
    group = "Layer"
    needs_layer = True
    about = (
        "What each channel of the selected layer answers to this example, each from its smallest to its largest value. "
        "The histogram, the share of zeros and the dead units are taken over 128 validation examples: a dead unit is 0 "
        "for all of them, and a ReLU that is dead gets no gradient. Source: Zeiler and Fergus 2014; on dying ReLUs, "
        "Maas, Hannun and Ng 2013, section 2."
    )
    every = 0.4
    invitation = "Select one layer to see what it answers."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._maps: NDArray[Any] | None = None
        self._activity: Activity | None = None
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.grid, self.histogram = PictureGrid(self.tr("Channels")), Histogram(self.tr("All answers"))
        for widget in (self.grid, self.words, self.histogram):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.grid.clicked.connect(self._choose)

    def look(self) -> Look | None:
        id, example = self.focus.layer, self.focus.scaled()
        if id is None:
            return None
        own = id if id in self.focus.session.report.given else f"{id}.1"

        def look(training: Training) -> Any:
            from playground.insight.activity import activity
            from playground.insight.feature_maps import feature_maps

            return id, feature_maps(training, example, [own], MOST_MAPS).get(own), activity(training, own)

        return look

    def show_answer(self, answer: Any) -> None:
        id, self._maps, self._activity = answer
        if id != self.focus.layer or self._maps is None:
            return
        pictures = map_pictures(self._maps)
        dead = set(self._activity.dead.tolist()) if self._activity is not None else set()
        tiles = [
            Tile(picture, ("dead " if number in dead else "") + str(number) if self._maps.ndim == 3 else "")
            for number, picture in enumerate(pictures)
        ]
        self.grid.show_tiles(tiles, SIDE if self._maps.ndim == 3 else 90 if self._maps.ndim == 2 else 22)
        self.words.setText(self._words())
        found = self._activity
        self.histogram.show_counts(*(found.counts, found.edges) if found is not None else (np.zeros(0), np.zeros(0)))

    def _words(self) -> str:
        words = self.tr("this example: %1").replace("%1", span(self._maps))
        found = self._activity
        if found is not None:
            more = self.tr(". Over 128 examples %1 of all answers are 0; %2 of %3 units are dead (always 0).")
            more = more.replace("%1", f"{found.zeros:.0%}").replace("%2", str(len(found.dead)))
            words += more.replace("%3", f"{found.units:,}")
        return words

    def _choose(self, number: int) -> None:
        aim = self.focus.aim
        if aim is not None and len(aim) == 3:
            self.focus.choose_unit((number, *aim[1:]))

    def numbers(self) -> dict[str, NDArray[Any]]:
        made = {"maps": self._maps} if self._maps is not None else {}
        found = self._activity
        if found is not None:
            made["histogram"] = np.column_stack([found.edges[:-1], found.edges[1:], found.counts])
        return made

    def in_words(self) -> str:
        return self.words.text()


class AllLayers(View):
    """Every layer's answer to the example, from the input down."""

    name = "all_layers"
    title = "All layers"
    group = "Example"
    about = (
        "The way of one example through the network: what every layer makes of it, from the first to the last. Images "
        "show their first channels in grey, sequences time to the right, vectors one cell a unit. Click a picture to "
        "select its layer."
    )
    every = 0.5

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._shown: dict[str, Answer] = {}
        self._grids: list[tuple[QLabel, PictureGrid]] = []
        self.column.addStretch(1)

    def look(self) -> Look | None:
        report = self.focus.session.report
        ids = [id for id in report.written_out.order if id in report.shapes][:160]
        example = self.focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import every_answer

            found = every_answer(training, example, ids, MOST_CHANNELS)
            return {id: found[id] for id in ids if id in found}

        return look

    def show_answer(self, answer: Any) -> None:
        self._shown = answer
        while len(self._grids) < len(answer):
            label, grid = QLabel(wordWrap=True), PictureGrid(tall=A_ROW)
            label.setProperty("role", "note")
            number = len(self._grids)
            grid.clicked.connect(lambda _, number=number: self._select(number))
            for widget in (label, grid):
                self.column.insertWidget(self.column.count() - 1, widget)
            self._grids.append((label, grid))
        for number, (label, grid) in enumerate(self._grids):
            is_used = number < len(answer)
            label.setVisible(is_used)
            grid.setVisible(is_used)
        for (label, grid), (id, found) in zip(self._grids, answer.items(), strict=False):
            values = found.maps
            label.setText(f"{self._told(id)}{self._left_out(found)}")
            grid.setAccessibleName(id)
            grid.show_tiles([Tile(picture) for picture in map_pictures(values)], 40 if values.ndim > 1 else 14)

    def _told(self, id: str) -> str:
        """A layer's whole shape, written as on the paper, and its whole range."""
        found = self._shown[id]
        dims = (*found.shape[1:], found.shape[0]) if len(found.shape) == 3 else found.shape
        return f"{id} · {' × '.join(map(str, dims))} · from {figure(found.low)} to {figure(found.high)}"

    def _left_out(self, found: Answer) -> str:
        """What is not shown of it."""
        most = {3: MOST_CHANNELS, 1: MOST_CELLS}.get(len(found.shape), found.shape[0])
        if found.shape[0] <= most:
            return ""
        words = self.tr(" · the first %1 of %2 channels") if len(found.shape) == 3 else self.tr(" · the first %1 of %2")
        return words.replace("%1", str(most)).replace("%2", f"{found.shape[0]:,}")

    def _select(self, number: int) -> None:
        ids = list(self._shown)
        if number < len(ids):
            self.focus.choose_layer(ids[number].partition(".")[0])

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {id: found.maps for id, found in self._shown.items()}

    def in_words(self) -> str:
        return ". ".join(self._told(id) for id in list(self._shown)[:30])

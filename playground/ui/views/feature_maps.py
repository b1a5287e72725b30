"""What layers make of an example: the selected layer's maps with their histogram, and every layer below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel

from playground.ui.drawing import figure
from playground.ui.looking import Look
from playground.ui.maps import side_of
from playground.ui.views.class_strip import cells_of, pictures_of, steps_of, teller
from playground.ui.views.focus import Focus
from playground.ui.views.histogram import Histogram
from playground.ui.views.layer_rows import LayerRows, Page, Row
from playground.ui.views.naming import answer_names, counted
from playground.ui.views.picture_grid import TALL
from playground.ui.views.pictured import symbols
from playground.ui.views.telling import Answered
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.activity import Activity
    from playground.insight.feature_maps import Answer

MOST_MAPS = 96
SIDE = 56


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
        self._answer: Answer | None = None
        self._activity: Activity | None = None
        self.words = QLabel(wordWrap=True)
        self.words.setProperty("role", "note")
        self.rows, self.histogram = LayerRows((MOST_MAPS, MOST_MAPS), TALL), Histogram(self.tr("All answers"))
        self.rows.share = 0.78
        for widget in (self.rows, self.words, self.histogram):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.rows.clicked.connect(self._choose)
        self.rows.turned.connect(self.ask_again)

    def look(self) -> Look | None:
        id, example = self.focus.layer, self.focus.scaled()
        if id is None:
            return None
        own = id if id in self.focus.session.report.given else f"{id}.1"
        first = {own: self.rows.first.get(id, 0)}

        def look(training: Training) -> Any:
            from playground.insight.activity import activity
            from playground.insight.feature_maps import every_answer

            return id, every_answer(training, example, [own], MOST_MAPS, first).get(own), activity(training, own)

        return look

    def show_answer(self, answer: Any) -> None:
        id, found, self._activity = answer
        if id != self.focus.layer or found is None:
            return
        self._answer = found
        self.rows.show_rows([self._row(id, found)])
        self.words.setText(self._words())
        activity = self._activity
        self.histogram.show_counts(
            *(activity.counts, activity.edges) if activity is not None else (np.zeros(0), np.zeros(0))
        )

    def _row(self, id: str, found: Answer) -> Row:
        page, seen = _seen(self.rows, self.focus, id, found)
        maps, most = seen.values, self.rows.cells
        dead = set(self._activity.dead.tolist()) if self._activity is not None else set()
        names: list[str] = []
        if page is not None and maps.ndim == 3:
            numbers = range(page.first, page.first + len(maps))
            names = [self.tr("dead %1").replace("%1", counted(at)) if at in dead else counted(at) for at in numbers]
        side = SIDE if maps.ndim == 3 else 90 if maps.ndim == 2 else 22
        pictures, told = pictures_of(seen, SIDE, most), teller(id, seen, most)
        return Row(id, "", pictures, side, page, names=names, cells=cells_of(seen), told=told, steps=steps_of(seen))

    def _words(self) -> str:
        told = self._answer
        words = f"from {figure(told.low)} to {figure(told.high)}" if told is not None else ""
        words = self.tr("this example: %1").replace("%1", words)
        found = self._activity
        if found is not None:
            more = self.tr(". Over 128 examples %1 of all answers are 0; %2 of %3 units are dead (always 0).")
            more = more.replace("%1", f"{found.zeros:.0%}").replace("%2", str(len(found.dead)))
            words += more.replace("%3", f"{found.units:,}")
        return words

    def _choose(self, _id: str, number: int) -> None:
        aim = self.focus.aim
        if aim is not None and len(aim) == 3:
            self.focus.choose_unit((number, *aim[1:]))

    def numbers(self) -> dict[str, NDArray[Any]]:
        made = {"maps": self._answer.maps} if self._answer is not None else {}
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
        "show their channels in grey, sequences time to the right, vectors one cell a unit; of many a part is shown, "
        "and “more” leads to the next. Click a picture to select its layer."
    )
    every = 0.5

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._shown: dict[str, Answer] = {}
        self.rows = LayerRows()
        self.column.addWidget(self.rows)
        self.column.addStretch(1)
        self.rows.clicked.connect(lambda id, _: focus.choose_layer(id.partition(".")[0]))
        self.rows.turned.connect(self.ask_again)

    def look(self) -> Look | None:
        report = self.focus.session.report
        ids = [id for id in report.written_out.order if id in report.shapes][:160]
        example, first, most = self.focus.scaled(), dict(self.rows.first), self.rows.channels

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import every_answer

            found = every_answer(training, example, ids, most, first)
            return {id: found[id] for id in ids if id in found}

        return look

    def show_answer(self, answer: Any) -> None:
        self._shown = answer
        self.rows.show_rows([self._row(id, found) for id, found in answer.items()])

    def _row(self, id: str, found: Answer) -> Row:
        page, seen = _seen(self.rows, self.focus, id, found)
        most, side = self.rows.cells, side_of(seen.values, seen.symbols)
        pictures, told = pictures_of(seen, most=most), teller(id, seen, most)
        return Row(id, self._told(id), pictures, side, page, cells=cells_of(seen), told=told, steps=steps_of(seen))

    def _told(self, id: str) -> str:
        """A layer's whole shape, written as on the paper, and its whole range."""
        found = self._shown[id]
        dims = (*found.shape[1:], found.shape[0]) if len(found.shape) == 3 else found.shape
        return f"{id} · {' × '.join(map(str, dims))} · from {figure(found.low)} to {figure(found.high)}"

    def numbers(self) -> dict[str, NDArray[Any]]:
        return {id: found.maps for id, found in self._shown.items()}

    def in_words(self) -> str:
        return ". ".join(self._told(id) for id in list(self._shown)[:30])


def _seen(rows: LayerRows, focus: Focus, id: str, found: Answer) -> tuple[Page | None, Answered]:
    """What is shown now of a layer's answer, and which part of it that is."""
    is_image, spelling = len(found.shape) == 3, symbols(focus, id)
    classes = answer_names(focus.session, id)
    if not is_image and (len(found.shape) > 1 or spelling):
        return None, Answered(found.maps, 0, spelling, classes, found.chances)
    page = rows.page(id, found.shape[0], is_image)
    if is_image:
        return page, Answered(found.maps, page.first)
    shown = slice(page.first, page.first + page.count)
    likely = found.chances[shown] if found.chances is not None else None
    return page, Answered(found.maps[shown], page.first, (), classes, likely)

"""What excites a unit: the nine validation examples it answers to most, and an input made to excite it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from playground.graph.model import NodeId
from playground.graph.unit_fields import unit_fields
from playground.ui.drawing import figure
from playground.ui.views.focus import Focus
from playground.ui.views.naming import counted, place_words
from playground.ui.views.neuron_field import neuron_field
from playground.ui.views.picture_grid import PictureGrid, Tile
from playground.ui.views.pictured import Pictured, shares
from playground.ui.views.plane_map import PlaneMap
from playground.ui.views.view import View

if TYPE_CHECKING:
    from collections.abc import Generator

    from playground.engine.train import Training
    from playground.insight.activity import Exciting
    from playground.insight.boundary import Surface

SIDE = 76


class ExcitingView(View):
    """Both are long work: they are begun by buttons, and can be cancelled."""

    name = "exciting"
    title = "What excites a unit"
    group = "Layer"
    needs_layer = True
    about = (
        "What a unit looks for, in two ways. The nine validation examples with its largest answers, with the part that "
        "it sees framed: its receptive field at the place of the answer. And an input made from noise by gradient "
        "ascent on the unit's answer, within the range of the data, in evaluation mode. Sources: Zeiler and Fergus "
        "2014, section 4; Erhan, "
        "Bengio, Courville and Vincent 2009."
    )
    is_live = False
    invitation = "Select one layer: this is about one of its units."

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._numbers: dict[str, NDArray[Any]] = {}
        self._rows: list[int] = []
        self._of: tuple[str | None, int] | None = None
        row = QHBoxLayout()
        self.search, self.make = QPushButton(self.tr("Find the nine")), QPushButton(self.tr("Make an input"))
        self.search.setToolTip(self.tr("Go through the validation part for this unit's largest answers"))
        self.make.setToolTip(self.tr("Gradient ascent from noise on this unit's answer"))
        self.search.clicked.connect(self.begin_search)
        self.make.clicked.connect(self.begin_making)
        for button in (self.search, self.make):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.words, self.grid = QLabel(wordWrap=True), PictureGrid(self.tr("Nine examples"))
        self.made_words, self.made = QLabel(wordWrap=True), PictureGrid(self.tr("Made input"))
        for label in (self.words, self.made_words):
            label.setProperty("role", "note")
        self.plane = PlaneMap(self.tr("What the unit answers all over the plane, and where it answers most"), most=420)
        for widget in (self.plane, self.words, self.grid, self.made_words, self.made):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.grid.clicked.connect(lambda number: focus.choose_example(self._rows[number]))
        self.focus_changed()

    @classmethod
    def unsuited(cls, focus: Focus, id: NodeId) -> str:
        if focus.session.document.graph.nodes[id].type != "Input":
            return ""
        return focus.tr("An Input has no units of its own. Select a layer behind it.")

    def focus_changed(self) -> None:
        aim = self.focus.aim
        of = (self.focus.layer, self._channel(aim)) if aim is not None else None
        if of != self._of:
            self._of, self._numbers, self._rows = of, {}, []
            self.cancel()
            self.grid.show_tiles([])
            self.made.show_tiles([])
            self.plane.show_field(None)
            self.plane.dots = []
            unit = f"{place_words((self._channel(aim),))} of {self.focus.layer}" if aim is not None else ""
            words = self.tr("Which inputs does %1 answer most to? Look through the validation part, or make one.")
            self.words.setText(words.replace("%1", unit))
            self.made_words.setText("")
        self.make.setEnabled(self.focus.kind != "text")  # letters have no slope to climb
        self.plane.setVisible(self._is_plane() and self.plane.field is not None)
        examples = self.focus.session.examples
        # What is made of x and y by hand follows from them; climbed one by one they would leave the plane.
        self.make.setVisible(not self._is_plane() or (examples is not None and set(examples.features) == {"x", "y"}))
        super().focus_changed()

    def _is_plane(self) -> bool:
        return self.focus.kind == "points"

    def _channel(self, aim: tuple[int, ...] | None) -> int:
        return 0 if aim is None else aim[0] if len(aim) != 2 else aim[1]

    def _copy(self) -> str:
        id = self.focus.layer or ""
        return id if id in self.focus.session.report.given else f"{id}.1"

    def begin_search(self) -> None:
        """Look for the nine."""
        id, channel = self._copy(), self._channel(self.focus.aim)

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.activity import exciting
            from playground.insight.boundary import surface

            found = yield from exciting(training, id, channel)
            return "nine", found, surface(training, SIDE, [id])

        self.start(job)

    def begin_making(self) -> None:
        """Climb from noise."""
        id, unit = self._copy(), self.focus.aim
        if unit is None:
            return

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.dreaming import dream

            found = yield from dream(training, id, unit)
            return "made", found, None

        self.start(job)

    def show_answer(self, answer: Any) -> None:
        kind, found, surface = answer
        self._of = (self.focus.layer, self._channel(self.focus.aim))
        if kind == "nine":
            self._show_nine(found)
            if surface is not None:
                self._show_plane(found, surface)
        else:
            self._show_made(found)

    def _show_nine(self, found: Any) -> None:
        examples = self.focus.session.examples
        if examples is None:
            return
        self._rows = [int(row) for row in found.rows]
        self._numbers["nine: example, answer"] = np.column_stack([found.rows + 1, found.values])
        tiles, pictured = [], Pictured(examples.dataset, SIDE)
        for row, value, place in zip(found.rows, found.values, found.places, strict=True):
            image = pictured.of(int(examples.valid.rows[row]))
            truth = ""
            if examples.targets is None and examples.valid.targets.ndim == 1:
                truth = f", “{examples.dataset.class_names[int(examples.valid.targets[row])]}”"
            tip = self.tr("validation example %1").replace("%1", counted(int(row))) + truth
            tiles.append(Tile(image, figure(float(value)), tip, frame=self._field(place)))
        self.grid.show_tiles([] if self._is_plane() else tiles, pictured.side)
        words = self.tr("The largest answers of unit %1 of %2 among %3 validation examples, and what it saw.")
        if self._is_plane():
            words = self.tr("Where the nine lie to which unit %1 of %2 answers most, of %3 validation examples.")
        words = words.replace("%1", counted(self._channel(self.focus.aim))).replace("%2", str(self.focus.layer))
        self.words.setText(words.replace("%3", f"{len(examples.valid):,}"))

    def _show_plane(self, found: Exciting, surface: Surface) -> None:
        """The nine as dots, numbered from the strongest, over what the unit answers."""
        examples = self.focus.session.examples
        if examples is None or examples.dataset.plane is None:
            return
        field = neuron_field(surface, (self._copy(), self._channel(self.focus.aim)), examples)
        places = examples.dataset.plane[examples.valid.rows[found.rows]]
        self._numbers["places"] = places
        self.plane.dots = [
            (float(x), float(y), f"{rank}: {figure(float(value))}" if rank == 1 else str(rank))
            for rank, ((x, y), value) in enumerate(zip(places, found.values, strict=True), 1)
        ]
        self.plane.show_field(field, examples)
        self.plane.setVisible(field is not None)

    def _field(self, place: tuple[int, ...]) -> QRectF | None:
        """What the unit at that place sees of an example; None if it sees all of it, or it is a point of the plane."""
        session, id = self.focus.session, self._copy()
        fields = unit_fields(session.document.graph, session.report, id, place)
        inputs = [other for other in fields if session.report.written_out.nodes[other].type == "Input"]
        region = fields[inputs[-1]] if inputs and self.focus.kind != "points" else None
        return shares(region) if region is not None and region.sides and not region.is_all else None

    def _show_made(self, found: Any) -> None:
        examples = self.focus.session.examples
        if examples is None:
            return
        values = self._numbers["made input"] = found.values
        if self._is_plane():
            x, y = examples.inputs.undo(values).reshape(-1)[[examples.features.index(name) for name in ("x", "y")]]
            self.made_words.setText(
                self.tr("Made: x = %1, y = %2, to which the unit answers %3.")
                .replace("%1", figure(float(x)))
                .replace("%2", figure(float(y)))
                .replace("%3", figure(found.after))
            )
            self.plane.place = float(x), float(y)
            self.plane.update()
            return
        picture = Pictured(examples.dataset, SIDE).of_values(values)
        self.made.show_tiles([Tile(picture)], 150 if values.ndim == 3 else 60)
        words = self.tr("Made: the unit answers %1 at most, as in the nine; to the noise it began with, %2.")
        self.made_words.setText(words.replace("%1", figure(found.after)).replace("%2", figure(found.before)))

    def numbers(self) -> dict[str, NDArray[Any]]:
        return dict(self._numbers)

    def in_words(self) -> str:
        return f"{self.words.text()} {self.made_words.text()}"

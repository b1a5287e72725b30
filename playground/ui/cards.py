"""The live pictures in the cards on the canvas: what each layer that is seen answers, now.

Under the mouse a unit of a map tells its value, and its receptive field is framed on the cards before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from playground.graph.folding import MARK, CardId
from playground.graph.model import NodeId
from playground.graph.unit_fields import Region, has_place, unit_fields
from playground.ui.canvas.node_item import NodeItem
from playground.ui.canvas.view import CanvasView
from playground.ui.drawing import signed_image
from playground.ui.glass import Glass
from playground.ui.looking import Look, Looking
from playground.ui.maps import map_pictures
from playground.ui.views.class_strip import cells_of
from playground.ui.views.focus import Focus
from playground.ui.views.naming import answer_names, input_names
from playground.ui.views.pictured import shares, symbols
from playground.ui.views.telling import Answered

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.boundary import Surface

MOST_PICTURES = 4
"""In a card."""


class CardPictures(QObject):
    """Keeps the cards fresh. Owned by the canvas."""

    def __init__(self, focus: Focus, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._focus, self._canvas = focus, canvas
        self._looking = Looking(focus.session, focus.bridge, canvas, self._look, self._show, every=0.33)
        self._seen: dict[CardId, Answered] = {}
        self._shown_by: dict[CardId, NodeId] = {}
        self.glass = Glass(focus, canvas)
        self._pointed: tuple[NodeId, tuple[int, ...]] | None = None
        focus.changed.connect(self._looking.refresh)
        focus.changed.connect(self._mark)
        focus.bridge.data.connect(canvas.clear_pictures)
        focus.bridge.data.connect(self._seen.clear)
        canvas.network.pointed.connect(self._point)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._looking.refresh()

    def _look(self) -> Look | None:
        session = self._focus.session
        if session.examples is None:
            return None
        self._shown_by = self._layers()
        ids = tuple(self._shown_by.values())
        if self._focus.kind == "points":
            return partial(_plane, ids=ids, neurons=self._canvas.neurons_shown())
        if self._focus.kind not in ("image", "sequence", "text"):
            return None
        example = self._focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.classes import chances
            from playground.insight.feature_maps import feature_maps

            maps = feature_maps(training, example, ids, MOST_PICTURES)
            return maps, {id: chances(training, id, values) for id, values in maps.items()}

        return look

    def _layers(self) -> dict[CardId, NodeId]:
        """Whose answer each card that is seen shows: a layer's own, of a folded block what it ends in."""
        session, found = self._focus.session, dict[CardId, NodeId]()
        graph, report, cards = session.document.graph, session.report, self._canvas.network.view.folded
        for card in self._canvas.visible_nodes():
            layers = cards.get(card, (card,))
            # An Output only passes on what the layer before it shows already.
            giving = [id for id in layers if id in report.shapes and graph.nodes[id].gives_output]
            if giving:
                found[card] = _last_copy(report.given, max(giving, key=graph.order.index))
        return found

    def _show(self, answer: Any) -> None:
        if answer is None:
            return
        if self._focus.kind == "points":
            self._show_plane(*answer)
            return
        maps, likely = answer
        self._seen = {
            card: Answered(maps[id], 0, symbols(self._focus, card), self._classes(card), likely[id])
            for card, id in self._shown_by.items()
            if id in maps
        }
        for card, seen in self._seen.items():
            pictures = map_pictures(seen.values, seen.symbols)[:MOST_PICTURES]
            self._canvas.set_pictures(card, pictures, cells_of(seen))

    def _classes(self, card: CardId) -> tuple[str, ...]:
        """What the units of a card stand for, if they are the network's answer."""
        return answer_names(self._focus.session, self._shown_by[card])

    def _show_plane(self, surface: Surface | None, weights: dict[NodeId, NDArray[np.float64]]) -> None:
        """Each unit all over the plane; of layers whose neurons are drawn one by one all, with their weights."""
        self._seen = {}
        shown, found = self._canvas.neurons_shown(), surface.neurons if surface is not None else {}
        for card, id in self._shown_by.items():
            if id in found:
                units = found[id][: shown.get(card, MOST_PICTURES)]
                self._canvas.set_pictures(card, [signed_image(unit[::-1]) for unit in units])
        self._canvas.show_weights(weights)
        self._canvas.links.refresh()
        self._mark()

    def _mark(self) -> None:
        """Frame the chosen unit, and name the inputs."""
        focus = self._focus
        unit = focus.unit[0] if focus.unit is not None and len(focus.unit) == 1 else None
        nodes = focus.session.document.graph.nodes
        for id, count in self._canvas.neurons_shown().items():
            if id not in nodes:  # another project was opened, and the canvas hears of it next
                continue
            names = input_names(focus.session.examples, count) if nodes[id].type == "Input" else ()
            self._canvas.network.nodes[id].mark_unit(unit if id == focus.layer else None, tuple(names))

    # The unit under the mouse

    def _point(self, item: NodeItem, found: tuple[int, float, float] | None) -> None:
        if self._focus.kind == "points":
            self._focus.point((item.id, found[0]) if found is not None else None)
            return
        seen = self._seen.get(item.id)
        unit = seen.unit_at(found) if found is not None and seen is not None else None
        pointed = (item.id, unit) if unit is not None else None
        if pointed == self._pointed:
            return
        self._pointed = pointed
        regions = self._regions(item.id, unit) if unit is not None else {}
        for id, card in self._canvas.network.nodes.items():
            is_map = id in self._seen and self._seen[id].values.ndim > 1
            card.show_field(shares(regions[id]) if is_map and id in regions else None)
        if unit is None:
            item.describe()
        elif seen is not None:
            item.setToolTip(self._words(item.id.lstrip(MARK), seen.words(unit), regions))

    def _regions(self, id: NodeId, unit: tuple[int, ...]) -> dict[NodeId, Region]:
        session = self._focus.session
        if id not in session.report.given:  # within a repeated block there are several of it
            return {}
        place = unit[1:] if len(unit) == 3 else unit[:1] if len(unit) == 2 else ()
        if not has_place(session.report.shapes[id], place):  # the picture is of the network before the latest edit
            return {}
        return unit_fields(session.document.graph, session.report, id, place)

    def _words(self, id: NodeId, told: str, regions: dict[NodeId, Region]) -> str:
        words = f"{id}, {told}."
        nodes = self._focus.session.report.written_out.nodes
        inputs = [region for each, region in regions.items() if nodes[each].type == "Input" and region.sides]
        if inputs and (id not in nodes or nodes[id].type != "Input"):
            seen = " × ".join(str(high - low + 1) for low, high in inputs[-1].seen)
            sides = " × ".join(map(str, inputs[-1].sides))
            words += self.tr(" It sees %1 of the %2 of the input.").replace("%1", seen).replace("%2", sides)
        return words


def _last_copy(given: Collection[str], id: NodeId) -> NodeId:
    """A layer's id in the written-out network; within a repeated block that of the last copy."""
    copies = [other for other in given if other.partition(".")[0] == id]
    return id if id in given or not copies else max(copies, key=lambda other: (len(other), other))


def _plane(training: Training, ids: Sequence[NodeId], neurons: Collection[NodeId]) -> Any:
    """What units answer on a coarse grid, and the weights between those that are drawn one by one."""
    from playground.insight.boundary import surface
    from playground.insight.plane import links

    known = training.graph.nodes
    shown = [id for id in ids if id in known and (known[id].family in PLANE or id in neurons)]
    weights = {each.id: each.weight for each in links(training) if each.id in neurons} if neurons else {}
    return surface(training, 20, shown), weights


PLANE = ("dense", "activation")
"""Families whose units are shown all over the plane."""

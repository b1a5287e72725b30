"""The live pictures in the cards on the canvas: what each layer that is seen answers, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from playground.ui.canvas.view import CanvasView
from playground.ui.drawing import signed_image
from playground.ui.looking import Look, Looking
from playground.ui.maps import map_pictures
from playground.ui.views.focus import Focus

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST_PICTURES = 4
"""In a card."""


class CardPictures(QObject):
    """Keeps the cards fresh. Owned by the canvas."""

    def __init__(self, focus: Focus, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._focus, self._canvas = focus, canvas
        self._looking = Looking(focus.session, focus.bridge, canvas, self._look, self._show, every=0.33)
        focus.changed.connect(self._looking.refresh)
        focus.bridge.data.connect(canvas.clear_pictures)

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._looking.refresh()

    def _look(self) -> Look | None:
        session = self._focus.session
        if session.examples is None:
            return None
        graph, shapes = session.document.graph, session.report.shapes
        # An Output only passes on what the layer before it shows already.
        ids = tuple(id for id in self._canvas.visible_nodes() if id in shapes and graph.nodes[id].gives_output)
        if self._focus.kind == "points":

            def look_plane(training: Training) -> Any:
                from playground.insight.boundary import surface

                known = training.graph.nodes
                return surface(training, 20, [id for id in ids if id in known and known[id].family in PLANE])

            return look_plane
        if self._focus.kind not in ("image", "sequence"):
            return None
        example = self._focus.scaled()

        def look(training: Training) -> Any:
            from playground.insight.feature_maps import feature_maps

            return feature_maps(training, example, ids, MOST_PICTURES)

        return look

    def _show(self, answer: Any) -> None:
        if answer is None:
            return
        for id, maps in (answer if isinstance(answer, dict) else answer.neurons).items():
            is_plane = self._focus.kind == "points"
            pictures = [signed_image(unit[::-1]) for unit in maps[:MOST_PICTURES]] if is_plane else map_pictures(maps)
            self._canvas.set_pictures(id, pictures[:MOST_PICTURES])


PLANE = ("dense", "activation")
"""Families whose units are shown all over the plane."""

"""Which cards show their units one by one, with the weights between them: small dense layers of problems in the plane.

A card unfolds downwards, and only where nothing lies below it: where cards stand is the document's, not this one's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from playground.app.settings import config_folder
from playground.graph.alignment import Box
from playground.graph.arrange import ROW
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.problem import Report
from playground.ui.bridge import Bridge
from playground.ui.canvas.node_item import HEIGHT, PICTURES, WIDTH, unfolded_height
from playground.ui.canvas.routing import meets

if TYPE_CHECKING:
    from playground.ui.canvas.view import CanvasView

MOST = 12
"""Units of a layer that is shown so."""
KEY = "neurons"
AIR = 6.0


class Neurons(QObject):
    """Keeps the cards unfolded that can be. Owned by the canvas."""

    def __init__(self, view: CanvasView, bridge: Bridge) -> None:
        super().__init__(view)
        self._view = view
        self.is_wanted = _settings().value(KEY, "yes") != "no"
        """Whether a person wants to see them; kept for the next start."""
        self._unfolded: set[NodeId] = set()
        bridge.data.connect(self.refresh)

    def toggle(self) -> None:
        """Neurons, or cards alone."""
        self.is_wanted = not self.is_wanted
        _settings().setValue(KEY, "yes" if self.is_wanted else "no")
        self.refresh()
        wanted = self._wanted()
        left_out = [id for id in wanted if not self._view.network.nodes[id].neurons]
        if left_out:
            words = self.tr("There is no room below %1 to show its neurons. Ctrl+L arranges the network with room.")
            self._view.session.say(words.replace("%1", left_out[0]), is_complaint=False)
        elif self.is_wanted and not wanted:
            words = self.tr("Only dense layers of up to 12 units, in a problem of two inputs, are shown as neurons.")
            self._view.session.say(words, is_complaint=False)

    def refresh(self) -> None:
        """The network, the data or the wish is another one."""
        network, wanted = self._view.network, self._wanted()
        fitting = self._fitting(wanted)
        asked = (self._unfolded | fitting.keys()) & network.nodes.keys()
        resized = [id for id in sorted(asked) if network.nodes[id].neurons != fitting.get(id, 0)]
        self._unfolded = set(fitting)
        for id in resized:
            network.nodes[id].unfold(fitting.get(id, 0))
        if resized:
            network.resized(resized)
        network.show_links(_pairs(self._view.session.document.graph, fitting))
        if resized:
            self._view.fit_again()

    def row(self) -> float:
        """Height of a row in which every card has room to unfold."""
        tallest = max((unfolded_height(count) for count in self._wanted().values()), default=0.0)
        return max(ROW, ROW + tallest - HEIGHT - PICTURES)

    def _wanted(self) -> dict[NodeId, int]:
        """Layers that would be shown as neurons, and how many each has."""
        session = self._view.session
        examples = session.examples
        if not self.is_wanted or examples is None or examples.dataset.kind != "points":
            return {}
        found = small_layers(session.document.graph, session.report)
        return {id: count for id, count in found.items() if id in self._view.network.nodes}

    def _fitting(self, wanted: dict[NodeId, int]) -> dict[NodeId, int]:
        """Those with nothing in the way below."""
        if not wanted:
            return {}
        nodes = self._view.network.nodes
        boxes: dict[NodeId, Box] = {id: (item.x(), item.y(), WIDTH, HEIGHT + PICTURES) for id, item in nodes.items()}
        found: dict[NodeId, int] = {}
        for id, count in wanted.items():
            x, y, wide, _ = boxes[id]
            tall: Box = (x, y, wide, unfolded_height(count) + AIR)
            if not any(meets(tall, box) for other, box in boxes.items() if other != id):
                found[id], boxes[id] = count, tall
        return found


def small_layers(graph: Graph, report: Report) -> dict[NodeId, int]:
    """Dense layers of up to MOST units, and what is wired to them unit by unit: inputs and activations."""
    sizes = {id: shape.size for id, shape in report.shapes.items() if shape.is_vector and shape.size <= MOST}
    found = {id: sizes[id] for id in graph.order if id in sizes and graph.nodes[id].family == "dense"}
    for id in graph.order:
        if id in sizes and graph.nodes[id].family == "activation" and _source(graph, id) in found:
            found[id] = sizes[id]
    for id in graph.order:
        feeds = any(edge.target in found for edge in graph.outgoing[id])
        if id in sizes and graph.nodes[id].type == "Input" and feeds:
            found[id] = sizes[id]
    return found


def _source(graph: Graph, id: NodeId) -> NodeId | None:
    edges = graph.incoming[id]
    return edges[0].source if len(edges) == 1 else None


def _pairs(graph: Graph, shown: dict[NodeId, int]) -> list[Edge]:
    """Edges between two that are shown so, of which the second is fed by the first alone."""
    return [
        edge
        for id in shown
        for edge in graph.incoming[id]
        if edge.source in shown and len(graph.incoming[id]) == 1 and not edge.feedback
    ]


def _settings() -> QSettings:
    return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)

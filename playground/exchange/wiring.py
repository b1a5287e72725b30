"""Which layers of a graph are written, in which order, and what reaches each: what forward_code.py writes down.

As engine/compile.py and engine/stepping.py have it. Knows no names and no text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from playground.graph.loops import stages
from playground.graph.model import Edge, Graph, NodeId
from playground.graph.problem import Report
from playground.layers.ends import Input, Output
from playground.layers.layer import Call, Weighted

WITH_BUFFERS = ("nn.BatchNorm1d", "nn.BatchNorm2d", "steps_batch_norm")
"""Layers that keep more than weights: where they share weights, each keeps its own of the rest."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An edge into a layer; is_state: it brings a recurrent layer's final state."""

    edge: Edge
    is_state: bool


class Wiring:
    """The layers that an Output needs, repeated blocks written out."""

    def __init__(self, report: Report) -> None:
        self.report, self.flat = report, report.written_out
        self.outputs = self.flat.of_type("Output")
        self.main = main_output(self.flat)
        kept = needed(self.flat, self.outputs)
        self.stages = [stage for stage in stages(self.flat) if not kept.isdisjoint(stage.nodes)]
        self._returning: dict[NodeId, list[Edge]] = {}
        for edge in self.flat.feedback:
            self._returning.setdefault(edge.target, []).append(edge)
        ordered = [id for stage in self.stages for id in stage.nodes]
        self.inputs = {id: layer for id in ordered if isinstance(layer := self.flat.nodes[id], Input)}
        self.places = {id: at for at, id in enumerate((*self.inputs, *(id for id in ordered if id not in self.inputs)))}
        """The order of the written lines: Inputs first, then as the graph computes."""
        self.lenders = sorted(id for id in self.flat.lenders if id in self.flat.nodes and id not in self.places)
        """Layers that are not computed, but whose weights are used."""
        self.calls = {id: self._call(id) for id in (*self.places, *self.lenders)}
        self.feeds = {id: list(self._feeds_of(id)) for id in self.places}
        self.wanted_states = {feed.edge.source for feeds in self.feeds.values() for feed in feeds if feed.is_state}
        self.uses: dict[NodeId, list[NodeId]] = {id: [] for id in self.places}
        """The layers that each one feeds, once for each edge."""
        for id, feeds in self.feeds.items():
            for feed in feeds:
                self.uses[feed.edge.source].append(id)
        self.looped = {id for stage in self.stages if stage.is_loop for id in stage.nodes}

    def _call(self, id: NodeId) -> Call | None:
        layer = self.flat.nodes[id]
        given = self.report.given.get(id)
        if given is None and isinstance(layer, Weighted):  # lends its weights alone: it gets what the borrower gets
            given = next(
                self.report.given[other]
                for other, each in self.flat.nodes.items()
                if isinstance(each, Weighted) and each.shares == id and other in self.report.given
            )
        return layer.torch(*given) if given is not None else None  # type: ignore[arg-type]

    def _feeds_of(self, id: NodeId) -> Iterable[Feed]:
        layer, returning = self.flat.nodes[id], self._returning.get(id, [])
        for port in layer.ports():
            for edge in (*self.flat.incoming[id], *returning):
                if edge.port == port:
                    state = port == layer.state_port and self.flat.nodes[edge.source].final_state() is not None
                    yield Feed(edge, state)

    @property
    def has_batch_norm(self) -> bool:
        """Whether a batch of one example would be too small."""
        return any(call is not None and call.name in WITH_BUFFERS for call in self.calls.values())

    @property
    def convolves_images(self) -> bool:
        """Whether the network gets images, and has 2-D convolutions."""
        gets = any(self.report.shapes[id].is_image for id, layer in self.inputs.items() if layer.reads == "data")
        return gets and any(
            call is not None and call.name in ("nn.Conv2d", "padded_conv2d") for call in self.calls.values()
        )

    def is_passed_on(self, id: NodeId) -> bool:
        """Whether the next line alone uses what a layer gives, so that it needs no name."""
        at, uses = self.places[id] + 1, self.uses[id]
        if len(uses) != 1 or self.places[uses[0]] != at or id in self.looped or uses[0] in self.looped:
            return False
        if isinstance(self.flat.nodes[uses[0]], Output) and at != len(self.places) - 1:
            return False  # it is wanted at the end, after other lines
        return not any(feed.is_state or feed.edge.feedback for feed in self.feeds[uses[0]])


def needed(graph: Graph, outputs: Iterable[NodeId]) -> set[NodeId]:
    """The outputs and every layer that feeds them, through feedback too."""
    sources: dict[NodeId, list[NodeId]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(edge.source)
    found, stack = set(outputs), list(outputs)
    while stack:
        for source in sources.get(stack.pop(), ()):
            if source not in found:
                found.add(source)
                stack.append(source)
    return found


def main_output(graph: Graph) -> NodeId:
    """The Output whose scores are the network's answer: the first of the largest weight."""
    weights = {id: layer.weight for id, layer in graph.nodes.items() if isinstance(layer, Output)}
    return max(weights, key=weights.__getitem__)

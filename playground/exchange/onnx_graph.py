"""A graph as ONNX operators: layers in the order of computing, loops as a Scan, what meets at one port joined.

As engine/stepping.py computes it, and forward_code.py writes it. What a single layer is, is said in onnx_layers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.exchange.layer_code import RECURRENT
from playground.exchange.onnx_attention import ATTENTION
from playground.exchange.onnx_layers import ACTIVATIONS, RULES, Place, Rule, cut
from playground.exchange.onnx_recurrent import Recurrent
from playground.exchange.onnx_sheet import Body, Name, Operator, Sheet
from playground.exchange.onnx_windows import WINDOWS
from playground.exchange.problem import ExportProblem
from playground.exchange.wiring import Feed, Wiring
from playground.graph.loops import Stage
from playground.graph.model import NodeId
from playground.graph.problem import Report
from playground.layers.layer import Call, Weighted
from playground.layers.shape import Shape

KNOWN: Mapping[str, Rule] = {**RULES, **WINDOWS, **ATTENTION}
"""What can be said, by the call's name; recurrent layers beside it."""
STEP = "@step"
"""What a layer's result inside a loop is called beside its name."""


@dataclass(frozen=True)
class End:
    """An input or output of the file, and the sides of one example of it."""

    name: Name
    dims: tuple[int, ...]


class OnnxGraph:
    """All of a network, written down. weights: by "<layer>.<name>", as the engine names them.

    Raises: ExportProblem: If a layer cannot be said, naming it.
    """

    def __init__(self, report: Report, weights: Mapping[str, NDArray[Any]]) -> None:
        self.wiring = wiring = Wiring(report)
        self.report = report
        refuse_unsaid(report, wiring)
        self.sheet = Sheet(weights)
        self._states: dict[NodeId, Name] = {}
        self._values: dict[NodeId, Name] = {id: id for id in wiring.inputs}
        for stage in wiring.stages:
            if stage.is_loop:
                self._loop(stage)
            elif stage.nodes[0] not in wiring.inputs:
                self._layer(stage.nodes[0])
        main_first = sorted(wiring.outputs, key=lambda id: id != wiring.main)
        self.inputs = [End(id, report.shapes[id].dims) for id in wiring.inputs]
        self.outputs = [End(self._values[id], report.shapes[id].dims) for id in main_first]

    def _layer(self, id: NodeId) -> None:
        self.sheet.begin(id)
        frames = self.report.times.get(id, 0)
        self._values[id] = self._computed(id, self._given(id, self._values, {}), frames)

    def _computed(self, id: NodeId, given: list[Name], frames: int = 0) -> Name:
        """A layer's result of what arrives."""
        sheet, call = self.sheet, self.wiring.calls[id]
        if call is None:
            return sheet.finish(given[0])
        shapes = tuple(shape for shape in self.report.given[id] if shape is not None)
        if frames:
            given = [sheet.reshaped(given[0], *shapes[0].dims), *given[1:]]
        place = Place(sheet, call, tuple(given), self._in_places(given, shapes), self._owner(id))
        if call.name in RECURRENT:
            made = Recurrent(place, id in self.wiring.wanted_states)
            self._states[id], result = made.state, made.result
        else:
            result = KNOWN[call.name](place)
            for after in call.then:
                result = ACTIVATIONS[after.name](Place(sheet, after, (result,), shapes))
        if frames:
            inner = self.report.shapes[id].frame
            result = sheet.reshaped(result, frames, *inner.dims)
        return sheet.finish(result)

    @staticmethod
    def _in_places(given: list[Name], shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The shapes beside what arrives: a port without an edge has the first one's, which nobody reads."""
        left = iter(shapes)
        return tuple(next(left, shapes[0]) if name else shapes[0] for name in given)

    def _owner(self, id: NodeId) -> str:
        layer = self.wiring.flat.nodes[id]
        return layer.shares if isinstance(layer, Weighted) else ""

    def _given(self, id: NodeId, now: Mapping[NodeId, Name], before: Mapping[NodeId, Name]) -> list[Name]:
        """What arrives, a port after the other; several at one port meet as the layer has it."""
        layer, given = self.wiring.flat.nodes[id], list[Name]()
        for port in layer.ports():
            feeds = [feed for feed in self.wiring.feeds[id] if feed.edge.port == port]
            brought = [self._brought(feed, now, before) for feed in feeds]
            if layer.takes_several(port):
                given += brought
            elif len(brought) < 2:
                given.append(brought[0] if brought else "")
            elif layer.weighs:
                rank = self.report.shapes[feeds[0].edge.source].rank - bool(before)
                given.append(self.sheet.op("Concat", *brought, axis=-3 if rank >= 3 else -1))
            else:
                given.append(self.sheet.op("Sum", *brought))
        return given

    def _brought(self, feed: Feed, now: Mapping[NodeId, Name], before: Mapping[NodeId, Name]) -> Name:
        source = feed.edge.source
        if feed.edge.feedback and source in before:
            return before[source]
        value = self._states[source] if feed.is_state else now[source]
        if not feed.edge.feedback:
            return value
        sheet, rank = self.sheet, self.report.shapes[source].rank + 1
        kept = cut(sheet, value, [0], [-1], [1], [1])
        return sheet.op("Pad", kept, sheet.whole(0, 1, *[0] * (2 * rank - 2)), mode="constant")

    # Loops

    def _loop(self, stage: Stage) -> None:
        """A loop led through time by a Scan: what it carries, what comes in at each step, what goes out."""
        wiring, shapes, sheet = self.wiring, self.report.shapes, self.sheet
        inner = list(stage.nodes)
        feeds = [feed for id in inner for feed in wiring.feeds[id]]
        outside = {feed.edge.source for feed in feeds} - set(inner)
        timed = [id for id in wiring.places if id in outside and (shapes[id].is_sequence or shapes[id].is_film)]
        carried = list(dict.fromkeys(feed.edge.source for feed in feeds if feed.edge.feedback))
        sheet.begin("+".join(inner))
        first = self._values[timed[0]]
        begun = [self._zeros(first, self._dims(id, inner, timed)) for id in carried]
        kept = [id for id in inner if any(user not in inner for user in wiring.uses[id])]
        body, ends = self._body(inner, timed, carried, kept)
        count = len(timed)
        scanned = [self._values[id] for id in timed]
        outputs = (*(f"{id}/last" for id in carried), *kept)
        axes = {"scan_input_axes": [1] * count, "scan_output_axes": [1] * len(kept)}
        attributes = {"body": Body(body, *ends), "num_scan_inputs": count, **axes}
        sheet.operators.append(Operator("Scan", (*begun, *scanned), outputs, attributes, "+".join(inner)))
        self._values.update({id: id for id in kept})

    def _dims(self, id: NodeId, inner: list[NodeId], timed: list[NodeId]) -> tuple[int, ...]:
        shape = self.report.shapes[id]
        return shape.frame.dims if id in inner or id in timed else shape.dims[1:]

    def _zeros(self, like: Name, dims: tuple[int, ...]) -> Name:
        """Zeros for each example of a batch."""
        sheet = self.sheet
        count = cut(sheet, sheet.op("Shape", like), [0], [1], [0], [1])
        return sheet.op(
            "Expand", sheet.const(np.zeros((1, *dims))), sheet.op("Concat", count, sheet.whole(*dims), axis=0)
        )

    def _body(
        self, inner: list[NodeId], timed: list[NodeId], carried: list[NodeId], kept: list[NodeId]
    ) -> tuple[tuple[Operator, ...], tuple[tuple[Name, ...], tuple[Name, ...]]]:
        """What is computed at one step, and what goes in and out."""
        sheet, outer = self.sheet, self.sheet.operators
        sheet.operators, sheet.mark = [], STEP
        before = {id: f"{id}/before" for id in carried}
        now = dict(self._values) | {id: f"{id}{STEP}" for id in timed}
        for id in inner:
            sheet.begin(id)
            now[id] = self._computed(id, self._given(id, now, before))
        sheet.begin("out")
        ends = (
            (*before.values(), *(now[id] for id in timed)),
            (*(sheet.op("Identity", now[id]) for id in carried), *(sheet.op("Identity", now[id]) for id in kept)),
        )
        body, sheet.operators, sheet.mark = tuple(sheet.operators), outer, ""
        return body, ends


def refuse_unsaid(report: Report, wiring: Wiring | None = None) -> None:
    """Raise ExportProblem, naming them, if there are layers that ONNX cannot say."""
    wiring = wiring or Wiring(report)
    unsaid = [id for id, call in wiring.calls.items() if call is not None and not _can_be_said(call)]
    if unsaid:
        nodes = wiring.flat.nodes
        named = ", ".join(f"{id} ({nodes[id].type_title})" for id in unsaid[:5])
        raise ExportProblem(
            f"ONNX has no words for {named}. Replace {'it' if len(unsaid) == 1 else 'them'}, or export Python instead."
        )


def _can_be_said(call: Call) -> bool:
    if call.name in RECURRENT:
        return True
    return call.name in KNOWN and all(after.name in ACTIVATIONS for after in call.then)

"""How much memory training takes, and how to make a network fit.

The figures of single layers are cost.py's. What the machine has is found in app/memory.py; here it is a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from playground.graph.analysis import in_bytes
from playground.graph.cost import BYTES, costs
from playground.graph.edits import Edit, SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem, Report
from playground.graph.shapes import infer_all
from playground.layers.shape import Shape

COPIES = 4
"""Numbers kept for each parameter: itself, its gradient and Adam's two averages (Kingma and Ba 2015)."""
PASSES = 2
"""Each activation is kept for the way back, and its gradient is made there."""
MOST_STEPS = 20
"""Halvings that one click may make."""
SIZES = ("filters", "units")
"""Settings that say how large a layer is."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of training with Adam, in bytes. An estimate from below: working space of the arithmetic comes on top."""

    weights: int
    """Parameters with gradients and averages."""
    activations: int
    """Of a whole batch, with gradients."""

    @property
    def total(self) -> int:
        return self.weights + self.activations


def footprint(graph: Graph, shapes: Mapping[NodeId, Shape], batch: int) -> Footprint:
    """What training on batches of that many examples takes, as far as shapes are known."""
    each = costs(graph, Report(shapes)).values()
    weights = BYTES * COPIES * sum(cost.parameters for cost in each)
    return Footprint(weights, PASSES * batch * sum(cost.activation_bytes for cost in each))


def too_much_memory(graph: Graph, shapes: Mapping[NodeId, Shape], batch: int, memory: int) -> Iterator[Problem]:
    """A warning if training takes more memory than there is."""
    needs = footprint(graph, shapes, batch)
    if needs.total <= memory:
        return
    largest = max(_sizes(graph, shapes, batch).items(), key=lambda item: item[1], default=(None, 0))[0]
    text = (
        f"Training would take about {in_bytes(needs.total)}, more than the {in_bytes(memory)} of memory here: "
        f"{in_bytes(needs.weights)} for parameters with their gradients and Adam's averages, "
        f"{in_bytes(needs.activations)} for the activations of a batch of {batch:,}. "
        "Use a smaller batch, or a smaller network."
    )
    fix = _shrinking(graph, shapes, batch, memory)
    yield Problem(largest, text, "warning", (fix,) if fix is not None else ())


def _sizes(graph: Graph, shapes: Mapping[NodeId, Shape], batch: int) -> dict[NodeId, int]:
    """Bytes by layer."""
    return {
        id: BYTES * COPIES * cost.parameters + PASSES * batch * cost.activation_bytes
        for id, cost in costs(graph, Report(shapes)).items()
    }


def _shrinking(graph: Graph, shapes: Mapping[NodeId, Shape], batch: int, memory: int) -> Fix | None:
    """Halve the largest layers, one after another, until training fits; None if it never does."""
    edits: dict[NodeId, SetSettings] = {}
    steps, fixed = 0, set[NodeId]()
    while footprint(graph, shapes, batch).total > memory:
        sizes = _sizes(graph, shapes, batch)
        candidates = [id for id in sizes if id not in fixed and _setting(graph, id)]
        if not candidates or steps == MOST_STEPS:
            return None
        largest = max(candidates, key=lambda id: sizes[id])
        edit = _halved(graph, largest)
        halved, broken = infer_all(edit.apply(graph)) if edit is not None else ({}, {})
        if edit is None or broken or len(halved) < len(shapes):
            fixed.add(largest)  # something behind it wants its size
            continue
        graph, shapes = edit.apply(graph), halved
        edits[largest] = edit
        steps += 1
    return Fix(_label(graph, list(edits), steps), tuple[Edit, ...](edits.values())) if edits else None


def _setting(graph: Graph, id: NodeId) -> str:
    known = type(graph.nodes[id]).model_fields
    return next((name for name in SIZES if name in known and graph.nodes[id].gives_output), "")


def _halved(graph: Graph, id: NodeId) -> SetSettings | None:
    name = _setting(graph, id)
    now = int(getattr(graph.nodes[id], name))
    edit = SetSettings(id, ((name, now // 2),))
    try:
        return edit if now > 1 and edit.apply(graph) is not graph else None
    except (ValidationError, ValueError):
        return None


def _label(graph: Graph, ids: list[NodeId], steps: int) -> str:
    name = _setting(graph, ids[0])
    if steps == 1:
        return f"Halve the {name} of {ids[0]}"
    if len(ids) == 1:
        return f"Set {name} of {ids[0]} to {getattr(graph.nodes[ids[0]], name):,}"
    return f"Make {len(ids)} layers smaller, so that training fits"

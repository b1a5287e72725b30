"""How much memory training takes, and how to make a network fit.

The figures of single layers are cost.py's. What the machine has is found in app/memory.py; here it is a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from playground.graph.analysis import in_bytes
from playground.graph.cost import BYTES, costs
from playground.graph.edits import SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem, Report
from playground.graph.repeat import written_out
from playground.graph.shapes import infer_all
from playground.layers.layer import Layer

COPIES = 4
"""Numbers kept for each parameter: itself, its gradient and Adam's two averages (Kingma and Ba 2015)."""
PASSES = 2
"""Each activation is kept for the way back, and its gradient is made there."""
MOST_STEPS = 16
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


def footprint(graph: Graph, report: Report, batch: int) -> Footprint:
    """What training on batches of that many examples takes, as far as shapes are known."""
    each = costs(graph, report).values()
    weights = BYTES * COPIES * sum(cost.parameters for cost in each)
    return Footprint(weights, PASSES * batch * sum(cost.activation_bytes for cost in each))


def fits_in(report: Report, batch: int, memory: int) -> bool:
    """Whether training on batches of that many examples takes no more memory than that."""
    whole = report.total
    return BYTES * COPIES * whole.parameters + PASSES * batch * whole.activation_bytes <= memory


def too_much_memory(graph: Graph, report: Report, batch: int, memory: int) -> Iterator[Problem]:
    """A warning if training takes more memory than there is."""
    if fits_in(report, batch, memory):
        return
    needs = footprint(graph, report, batch)
    sizes = _sizes(graph, report, batch)
    text = (
        f"Training would take about {in_bytes(needs.total)}, more than the {in_bytes(memory)} of memory here: "
        f"{in_bytes(needs.weights)} for parameters with their gradients and Adam's averages, "
        f"{in_bytes(needs.activations)} for the activations of a batch of {batch:,}. "
        "Use a smaller batch, or a smaller network."
    )
    fix = _shrinking(graph, report, batch, memory)
    yield Problem(max(sizes, key=lambda id: sizes[id]), text, "warning", (fix,) if fix is not None else ())


def _sizes(graph: Graph, report: Report, batch: int) -> dict[NodeId, int]:
    """Bytes by layer; together the footprint."""
    return {
        id: BYTES * COPIES * cost.parameters + PASSES * batch * cost.activation_bytes
        for id, cost in costs(graph, report).items()
    }


def _asked(graph: Graph) -> Report | None:
    """The shapes of a network, if all are known."""
    flat, bad = written_out(graph)
    found = infer_all(flat)
    if bad or len(found.shapes) < len(flat.nodes):
        return None
    return Report(found.shapes, given=found.given, times=found.times, written_out=flat)


def _shrinking(graph: Graph, report: Report, batch: int, memory: int) -> Fix | None:
    """Halve the largest layers, again and again, until training fits; None if it never does."""
    shrunk: dict[NodeId, None] = {}
    steps, kept = 0, set[NodeId]()
    for _ in range(MOST_STEPS):
        sizes = _sizes(graph, report, batch)
        if sum(sizes.values()) <= memory:
            return Fix(_label(graph, list(shrunk), steps), tuple(_size_of(graph, id) for id in shrunk))
        open_ = [id for id in sizes if id not in kept and _setting(graph.nodes[id])]
        if not open_:
            return None
        largest = max(open_, key=lambda id: sizes[id])
        # Layers of like size at once: few steps for deep networks, and both branches of an addition stay alike.
        alike = [id for id in open_ if 2 * sizes[id] > sizes[largest]]
        for group in (alike, [largest]):
            halved = {id: layer for id in group if (layer := _halved(graph.nodes[id])) is not None}
            smaller = replace(graph, nodes={**graph.nodes, **halved})
            found = _asked(smaller)
            if largest in halved and found is not None:
                graph, report = smaller, found
                shrunk |= dict.fromkeys(halved)
                steps += 1
                break
        else:
            kept.add(largest)  # something behind it wants its size
    return None


def _setting(layer: Layer) -> str:
    known = type(layer).model_fields
    return next((name for name in SIZES if name in known and layer.gives_output), "")


def _halved(layer: Layer) -> Layer | None:
    name = _setting(layer)
    now = int(getattr(layer, name))
    try:
        return layer.with_settings(**{name: now // 2}) if now > 1 else None
    except ValidationError:
        return None


def _size_of(graph: Graph, id: NodeId) -> SetSettings:
    name = _setting(graph.nodes[id])
    return SetSettings(id, ((name, getattr(graph.nodes[id], name)),))


def _label(graph: Graph, ids: list[NodeId], steps: int) -> str:
    if len(ids) > 1:
        return f"Make {len(ids)} layers smaller, so that training fits"
    name = _setting(graph.nodes[ids[0]])
    if steps == 1:
        return f"Halve the {name} of {ids[0]}"
    return f"Set {name} of {ids[0]} to {getattr(graph.nodes[ids[0]], name):,}"

"""Networks that can be trained but are seldom meant so: what is lost, does nothing, or cannot learn well.

Rules of the architecture are here, those of windows over images in dropped.py, those of memory in footprint.py;
activations directly before a loss or after another are fitting.py's. Every problem has a fix made of ordinary edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from math import floor, log10

from playground.graph.dropped import dropped_pixels
from playground.graph.edits import Delete, Edit, InsertOnEdge, SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.unequal import unequal
from playground.layers.activation import ACTIVATIONS, ReLU
from playground.layers.ends import LOSSES, Output
from playground.layers.normalise import Dropout
from playground.layers.shape import Shape, Signature

Shapes = Mapping[NodeId, Shape]

PASSING = ("Dropout", "Flatten")
"""Layers that leave values as they are, or 0."""
BREAKING = ("merge", "recurrent", "attention", "normalisation")
"""Families that keep gradients alive on their way back; Dropout does not."""
MOST_SIGMOIDS, MOST_FLAT = 3, 5
"""Sigmoids, and sigmoids or tanhs, that may follow each other before gradients are said to fade."""


def hygiene(
    graph: Graph,
    shapes: Shapes,
    signature: Signature | None = None,
    batch: int | None = None,
) -> Iterator[Problem]:
    """All these problems. batch: examples a step trains on."""
    yield from dropped_pixels(graph, shapes)
    yield from _idle(graph, shapes)
    yield from _activated_twice(graph)
    yield from _merged_maps(graph)
    yield from _fading(graph)
    if signature is None:
        yield from _nothing_to_tell_apart(graph)
    if batch == 1:
        yield from _batch_of_one(graph, shapes)
    yield from unequal(graph, shapes, signature)


def source_of(graph: Graph, id: NodeId) -> NodeId | None:
    """The layer that feeds this one, if it is a single one."""
    incoming = graph.incoming[id]
    return incoming[0].source if len(incoming) == 1 else None


def _behind_passing(graph: Graph, id: NodeId) -> tuple[NodeId | None, bool]:
    """What feeds a layer, looking through those that leave values as they are; and whether there were any."""
    source, passed = source_of(graph, id), False
    for _ in graph.nodes:  # no farther than all of them, should they form a loop
        if source is None or graph.nodes[source].type not in PASSING:
            return source, passed
        source, passed = source_of(graph, source), True
    return None, passed


def _activation(graph: Graph, id: NodeId) -> str:
    """Which activation a layer ends with; "none" where it has none."""
    layer = graph.nodes[id]
    if layer.family == "activation":
        return next((name for name, (_, call) in ACTIVATIONS.items() if call == f"nn.{layer.type}"), layer.type)
    return str(getattr(layer, "activation", "none"))


# What does nothing, or too much


def _idle(graph: Graph, shapes: Shapes) -> Iterator[Problem]:
    """Layers that change nothing, and dropout of the scores themselves."""
    for id, layer in graph.nodes.items():
        source = source_of(graph, id)
        if source is None:
            continue
        delete = (Fix(f"Delete {id}", (Delete((id,)),)),)
        given = shapes.get(source)
        if layer.type == "Flatten" and given is not None and given.is_vector:
            text = f"{id} gets a vector of {given.size:,} already, so it does nothing. Delete it."
            yield Problem(id, text, "hint", delete)
        readers = [graph.nodes[edge.target].type for edge in graph.outgoing[id]]
        if isinstance(layer, Dropout) and layer.rate and "Output" in readers:
            text = (
                f"{id} sets {layer.rate:.0%} of the scores themselves to 0 before the loss sees them. Delete it, or "
                "put it before the last layer with weights."
            )
            yield Problem(id, text, "hint", delete)


def _activated_twice(graph: Graph) -> Iterator[Problem]:
    """Activations that follow another, or come before a loss that has one, with dropout or flatten between."""
    for id, layer in graph.nodes.items():
        is_end = isinstance(layer, Output) and layer.task == "classes"
        if not (is_end or layer.family == "activation"):
            continue
        source, passed = _behind_passing(graph, id)
        if source is None or not passed or _activation(graph, source) == "none":
            continue
        if isinstance(layer, Output):
            text = (
                f"{source} changes the raw scores before {id}, but {LOSSES[layer.loss][0]} expects them raw: "
                "the network learns worse."
            )
            yield Problem(source, text, "warning", (_without_activation(graph, source),))
        else:
            text = f"{id} comes after {source}, which has an activation already. One of them is enough."
            yield Problem(id, text, "hint", (Fix(f"Delete {id}", (Delete((id,)),)),))


def _without_activation(graph: Graph, id: NodeId) -> Fix:
    if graph.nodes[id].family == "activation":
        return Fix(f"Delete {id}", (Delete((id,)),))
    return Fix(f"Set activation of {id} to none", (SetSettings(id, (("activation", "none"),)),))


LINEAR = {"Dense": "units", "Conv1d": "filters", "Conv2d": "filters"}
"""Layers that are one linear map but for their activation, and what their width is called."""
AVERAGING = ("AvgPool1d", "AvgPool2d")


def _merged_maps(graph: Graph) -> Iterator[Problem]:
    """A layer without activation that only others of its kind read: together they are one linear map.

    One that is narrower than both sides is a bottleneck: that is no map that one alone could be. Nor are convolutions
    whose channels are kept apart: Howard et al. 2017, section 3.1.
    """
    for id, layer in graph.nodes.items():
        if layer.type not in LINEAR or _activation(graph, id) != "none" or getattr(layer, "groups", 1) > 1:
            continue
        readers = list(_readers(graph, id, (*PASSING, *AVERAGING)))
        kinds = {graph.nodes[reader].type for reader in readers}
        if kinds != {layer.type} or any(getattr(graph.nodes[reader], "groups", 1) > 1 for reader in readers):
            continue
        if _is_bottleneck(graph, id, readers):
            continue
        text = f"{id} has no activation before {readers[0]}: two linear maps in a row are one. Give it one."
        fix = Fix(f"Set activation of {id} to ReLU", (SetSettings(id, (("activation", "relu"),)),))
        yield Problem(id, text, "hint", (fix,))


def _readers(graph: Graph, id: NodeId, passing: tuple[str, ...]) -> Iterator[NodeId]:
    """The layers that read what one gives, looking through those of some kinds."""
    waiting, seen = [id], {id}
    while waiting:
        for edge in graph.outgoing[waiting.pop()]:
            if edge.target in seen:
                continue
            seen.add(edge.target)
            if graph.nodes[edge.target].type in passing:
                waiting.append(edge.target)
            else:
                yield edge.target


def _units(graph: Graph, id: NodeId) -> int:
    layer = graph.nodes[id]
    return int(getattr(layer, LINEAR.get(layer.type, "units"), 0))


def _is_bottleneck(graph: Graph, id: NodeId, readers: list[NodeId]) -> bool:
    before, _ = _behind_passing(graph, id)
    wide = _units(graph, before) if before is not None else 0
    return _units(graph, id) < min(_units(graph, reader) for reader in readers) and (
        not wide or _units(graph, id) < wide
    )


def _nothing_to_tell_apart(graph: Graph) -> Iterator[Problem]:
    """An Output for a single class. With data, fitting.py says how many there are."""
    for id, layer in graph.nodes.items():
        if isinstance(layer, Output) and layer.task == "classes" and layer.units == 1:
            text = f"{id} has 1 class, so there is nothing to tell apart: every answer is right. Use 2 classes."
            edits = (SetSettings(id, (("loss", "binary_cross_entropy"), ("units", 2))),)
            yield Problem(id, text, "warning", (Fix("Tell 2 classes apart with one score", edits),))


# What cannot learn well


def _batch_of_one(graph: Graph, shapes: Shapes) -> Iterator[Problem]:
    """Batch normalisation over a single example."""
    for id in graph.of_type("BatchNorm"):
        shape = shapes.get(id)
        if shape is None:
            continue
        fix = (Fix(f"Delete {id}", (Delete((id,)),)),)
        if shape.size == shape.channels:
            text = (
                f"{id} takes mean and variance over the batch, but a batch of 1 has one value for each unit. Use a "
                "larger batch, or delete it."
            )
            yield Problem(id, text, "error", fix)
        else:
            text = (
                f"{id} takes mean and variance over a batch of 1, so they jump from example to example. Use a batch "
                "of 8 or more, or delete it."
            )
            yield Problem(id, text, "warning", fix)


def _fading(graph: Graph) -> Iterator[Problem]:
    """Many sigmoids or tanhs in a row, with no path for the gradient around them.

    Source: Hochreiter 1991; Glorot and Bengio 2010. The slope of a sigmoid is at most 1/4.
    """
    runs = _flat_runs(graph)
    inner = {run[-2] for run in runs.values() if len(run) > 1}
    for last, run in runs.items():
        if last in inner:
            continue
        sigmoids = sum(_activation(graph, id) == "sigmoid" for id in run)
        if sigmoids <= MOST_SIGMOIDS and len(run) <= MOST_FLAT:
            continue
        fix = Fix(f"Use ReLU in these {len(run)} layers", tuple(_to_relu(graph, run)))
        yield Problem(run[0], _faded(run, sigmoids), "hint", (fix,))


def _faded(run: tuple[NodeId, ...], sigmoids: int) -> str:
    where = f"from {run[0]} to {run[-1]}"
    if sigmoids <= MOST_SIGMOIDS:
        return (
            f"{len(run)} layers in a row {where} end in tanh or sigmoid, which are almost flat away from 0: gradients "
            f"fade on their way back to {run[0]}. Use ReLU, batch normalisation or a skip connection."
        )
    return (
        f"{sigmoids} sigmoids in a row {where}: the slope of each is at most 1/4, so gradients reach {run[0]} "
        f"{_times(sigmoids)} times smaller or worse, unless weights make up for it. Use ReLU."
    )


def _times(sigmoids: int) -> str:
    """By how much that many slopes of 1/4 shrink a gradient.

    >>> _times(4), _times(600)
    ('256', '10^361')
    """
    return f"{4**sigmoids:,}" if sigmoids <= 10 else f"10^{floor(sigmoids * log10(4))}"


def _flat_runs(graph: Graph) -> dict[NodeId, tuple[NodeId, ...]]:
    """For each layer that ends in a sigmoid or tanh: those in a row up to it. What judges scores does not count."""
    runs: dict[NodeId, tuple[NodeId, ...]] = {}
    carried: dict[NodeId, tuple[NodeId, ...]] = {}
    for id in graph.order:
        source, layer = source_of(graph, id), graph.nodes[id]
        is_open = source is not None and len(graph.outgoing[source]) == 1
        run = carried.get(source, ()) if is_open and source is not None else ()
        if layer.family in BREAKING and layer.type != "Dropout":
            run = ()
        is_score = any(graph.nodes[edge.target].type == "Output" for edge in graph.outgoing[id])
        if _activation(graph, id) in ("sigmoid", "tanh") and not is_score:
            run = (*run, id)
            runs[id] = run
        carried[id] = run
    return runs


def _to_relu(graph: Graph, run: tuple[NodeId, ...]) -> Iterator[Edit]:
    """ReLU instead: as a setting, or as another layer in the place of this one."""
    free = (f"{ReLU.stem}{number}" for number in count(1) if f"{ReLU.stem}{number}" not in graph.nodes)
    placed: dict[NodeId, NodeId] = {}
    for id in run:
        if graph.nodes[id].family != "activation":
            yield SetSettings(id, (("activation", "relu"),))
            continue
        edge, placed[id] = graph.incoming[id][0], next(free)
        yield InsertOnEdge(replace(edge, source=placed.get(edge.source, edge.source)), placed[id], ReLU())
        yield Delete((id,))

"""A model of another tool on its way to a network: layers with numbers for names, and the graph that is made of them.

Which layers they are, the readers of each tool's files say: onnx_import.py and keras_import.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from playground.graph.edits import RESERVED
from playground.graph.model import Edge, Graph, NodeId
from playground.layers import LAYERS
from playground.layers.ends import LOSSES, Output
from playground.layers.layer import Layer, Unknown, Weighted
from playground.layers.refusal import refusal
from playground.layers.shape import Shape, ShapeProblem

Array = NDArray[Any]
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,29}")
"""What of a file's names can be a layer's."""
MOST_NAMED = 5


class Unsayable(Exception):
    """An operator that no layer is, and why."""


@dataclass(frozen=True)
class Imported:
    """A network that was read, and what a person should know of it."""

    name: str
    graph: Graph
    weights: Mapping[str, Array]
    """By "<layer>.<name>", as the engine names them."""
    notes: tuple[str, ...]
    metadata: Mapping[str, str]
    outputs: Mapping[NodeId, str]
    """The file's name for what each Output gets."""


@dataclass
class Made:
    """A layer to be."""

    layer: Layer
    inputs: list[tuple[int, str]]
    """Which layers feed which of its ports."""
    weights: dict[str, Array] = field(default_factory=dict)
    output: str = ""
    """The name of its result in the file."""
    of: tuple[str, ...] = ()
    """The names of its weights in the file."""


def configured(kind: str, settings: Mapping[str, Any]) -> Layer:
    """A layer with such settings. Raises Unsayable if it cannot have those."""
    cls = LAYERS[kind]
    try:
        return cls.model_validate(dict(settings))
    except ValidationError as error:
        raise Unsayable(refusal(cls, error)) from error


def settled(kind: str, inputs: Iterable[Shape], settings: Mapping[str, Any]) -> tuple[Layer, Shape]:
    """A layer with such settings, and what it gives. Raises Unsayable if it cannot have such settings or inputs."""
    layer = configured(kind, settings)
    try:
        return layer, layer.infer(*inputs)
    except ShapeProblem as problem:
        raise Unsayable(problem.text) from problem


def ports_of(layer: Layer, count: int) -> list[str]:
    """The ports that so many inputs go to, in their order."""
    ports = layer.ports()
    return [ports[0]] * count if ports and layer.takes_several(ports[0]) else list(ports[:count])


@dataclass(frozen=True)
class Network:
    """The graph of what was made."""

    graph: Graph
    weights: Mapping[str, Array]
    ids: Mapping[int, NodeId]
    """By the place among what was made; layers that no Output needs have none."""


def as_network(made: Sequence[Made], ends: Sequence[int]) -> Network:
    """What the Outputs need, by the names of the file where those can be names here. ends: the Outputs."""
    kept = sorted(_needed(made, ends))
    ids = dict(zip(kept, _names([made[at] for at in kept]), strict=True))
    layers = _sharing([made[at] for at in kept], list(ids.values()))
    edges = (Edge(ids[source], ids[at], port) for at in kept for source, port in made[at].inputs)
    graph = Graph(dict(zip(ids.values(), layers, strict=True)), tuple(dict.fromkeys(edges)))
    weights = {
        f"{ids[at]}.{name}": np.ascontiguousarray(value, np.float32)
        for at in kept
        for name, value in made[at].weights.items()
    }
    return Network(graph, weights, ids)


def told(unknown: Sequence[tuple[str, str]], of: str) -> str:
    """What is said of all that no layer is. unknown: what each was, and why. of: among how many of what."""
    counted = Counter(unknown)
    first = [f"{name}{f' (×{count})' if count > 1 else ''}: {why}" for (name, why), count in counted.items()]
    more = f"; and {len(first) - MOST_NAMED} more kinds" if len(first) > MOST_NAMED else ""
    return (
        f"{len(unknown)} of {of} are no layers here, and stand as nodes "
        f"that say so. {'; '.join(first[:MOST_NAMED])}{more}."
    )


def _needed(made: Sequence[Made], ends: Sequence[int]) -> set[int]:
    """The layers that an Output needs: some were made only to be understood."""
    found, stack = set(ends), list(ends)
    while stack:
        for source, _ in made[stack.pop()].inputs:
            if source not in found:
                found.add(source)
                stack.append(source)
    return found


def _names(made: list[Made]) -> list[NodeId]:
    """An id for each layer: its result's name where that is one, else its kind and a number."""
    taken: set[str] = set()
    last = {each.output: at for at, each in enumerate(made)}
    """Where several layers were made for one result, the last of them gives it."""
    named = [last[each.output] == at and NAME.fullmatch(each.output) for at, each in enumerate(made)]
    wanted = [each.output if is_named else "" for each, is_named in zip(made, named, strict=True)]
    stems: Counter[str] = Counter()
    found: list[NodeId] = []
    for each, name in zip(made, wanted, strict=True):
        stem = each.layer.stem or "node"
        if isinstance(each.layer, Unknown):
            stem = re.sub(r"\W", "", each.layer.type_name.partition(" ")[0]).lower()[:20] or "node"
        while not name or name in taken or name in RESERVED:
            stems[stem] += 1
            name = f"{stem}{stems[stem]}"
        taken.add(name)
        found.append(name)
    return found


def _sharing(made: list[Made], ids: list[NodeId]) -> list[Layer]:
    """The layers; one that reads the same constants as another of its kind uses that one's weights."""
    first: dict[tuple[tuple[str, ...], Layer], NodeId] = {}
    found: list[Layer] = []
    for each, id in zip(made, ids, strict=True):
        layer = each.layer
        if isinstance(layer, Weighted) and each.of:
            lender = first.setdefault((each.of, layer), id)
            layer = layer if lender == id else layer.with_settings(shares=lender)
        found.append(layer)
    return found


def judge(shape: Shape, loss: str) -> Output:
    """An Output for a result of such a shape: the file does not say what was learned."""
    if shape.rank > 2:
        return Output(loss="mean_squared_error", units=1, truth="inputs")
    units = shape.channels
    known: dict[str, Any] = {"loss": loss if loss in LOSSES else "cross_entropy" if units > 1 else "mean_squared_error"}
    if known["loss"] in ("binary_cross_entropy", "hinge") and units == 1:
        units = 2
    return Output(units=units, each_step=shape.is_sequence, **known)

"""Problems of weights that serve in two places, and of blocks that cannot be repeated. check.py gathers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from playground.graph.blocks import SetBlock
from playground.graph.edits import SetSettings
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Fix, Problem
from playground.graph.repeat import BadBlock
from playground.layers.layer import Layer, Weighted

OWN = ("trainable", "shares")
"""Settings that may differ between layers with the same weights."""


def problems(graph: Graph) -> Iterator[Problem]:
    """Layers that use the weights of one that is not there, not alike, or has none of its own."""
    for id, layer in graph.nodes.items():
        if not isinstance(layer, Weighted) or not layer.shares:
            continue
        own = Fix(f"Give {id} weights of its own", (SetSettings(id, (("shares", ""),)),))
        other = graph.nodes.get(layer.shares)
        if other is None or layer.shares == id or other.type != layer.type:
            reason = "is not there" if other is None else "is itself" if layer.shares == id else f"is a {other.heading}"
            text = f"{id} uses the weights of {layer.shares}, which {reason}. Name another {layer.type_title} layer."
            yield Problem(id, text, fixes=(own,))
        elif isinstance(other, Weighted) and other.shares:
            text = f"{id} uses the weights of {layer.shares}, which uses those of {other.shares}. Name {other.shares}."
            first = (Fix(f"Use those of {other.shares}", (SetSettings(id, (("shares", other.shares),)),)),)
            yield Problem(id, text, fixes=((*first, own) if other.shares != id else (own,)))
        elif _kind(layer) != _kind(other):
            names = [
                name for name in layer.settings if name not in OWN and layer.settings[name] != other.settings[name]
            ]
            text = f"{id} uses the weights of {layer.shares}, but differs from it in {_listed(names)}. Make them equal."
            same = SetSettings(id, tuple((name, other.settings[name]) for name in names))
            yield Problem(id, text, fixes=(Fix(f"Make {id} like {layer.shares}", (same,)), own))


def differing_inputs(graph: Graph, given: Mapping[NodeId, tuple[object, ...]]) -> Iterator[Problem]:
    """Layers with the same weights that get inputs of different sizes."""
    for id, layer in graph.nodes.items():
        shares = layer.shares if isinstance(layer, Weighted) else ""
        if shares not in given or id not in given:
            continue
        mine, theirs = given[id][0], given[shares][0]
        if getattr(mine, "channels", None) != getattr(theirs, "channels", None):
            text = f"{id} gets {mine}, but {shares}, whose weights it uses, gets {theirs}. Weights fit one size alone."
            own = Fix(f"Give {id} weights of its own", (SetSettings(id, (("shares", ""),)),))
            yield Problem(id, text, fixes=(own,))


def unrepeated(graph: Graph, bad: Iterable[BadBlock]) -> Iterator[Problem]:
    """Blocks that cannot be repeated."""
    for block in bad:
        title = graph.blocks[block.id].title
        fix = Fix(f"Repeat {title} once", (SetBlock(block.id, (("repeat", 1),)),))
        members = graph.blocks[block.id].members
        yield Problem(members[0] if members else None, block.text, fixes=(fix,))


def _kind(layer: Layer) -> dict[str, object]:
    return {name: value for name, value in layer.settings.items() if name not in OWN}


def _listed(names: list[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)

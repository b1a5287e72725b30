"""What the undo menu calls a change: in the words that stand on the cards, where these say which layer is meant.

An edit's own label knows only ids; here the network is at hand. Changes are in changes.py, edits in playground.graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from playground.app.changes import EditGraph, Move
from playground.graph.edits import Connect, Delete, Disconnect, Edit, SetSettings, Several
from playground.graph.model import Graph, NodeId
from playground.graph.rewiring import Replace, SetAll, Swap


class Labelled(Protocol):
    """A change, as history.py has them."""

    @property
    def label(self) -> str: ...


def in_words(change: Labelled, graph: Graph) -> str:
    """A change of that network in words: "Wire Conv 3×3 to Add"; layers of one heading keep their ids."""
    if isinstance(change, EditGraph):
        return _edit(change.edit, graph)
    if isinstance(change, Move) and len(change.positions) == 1:
        return f"Move {_names(graph)(next(iter(change.positions)))}"
    if isinstance(change, Move):
        return f"Move {len(change.positions)} layers"
    return change.label


def _edit(edit: Edit, graph: Graph) -> str:
    name = _names(graph)
    match edit:
        case Several(label=label, edits=(*_, last)) if label == last.label:
            return _edit(last, graph)
        case Several(label=label, edits=(first, *_)) if label == first.label:
            return _edit(first, graph)
        case Connect(edge=edge):
            return f"Wire {name(edge.source)} to {name(edge.target)}"
        case Disconnect(edge=edge):
            return f"Disconnect {name(edge.source)} from {name(edge.target)}"
        case Delete(ids=(id,)):
            return f"Delete {name(id)}"
        case Replace(id=id, layer=layer):
            return f"Replace {name(id)} by {layer.heading}"
        case Swap(first=first_id, second=second_id):
            return f"Swap {name(first_id)} and {name(second_id)}"
        case SetSettings(id=id, settings=settings):
            return f"Change {', '.join(_title(graph, id, setting) for setting, _ in settings)} of {name(id)}"
        case SetAll(ids=ids, name=setting):
            return _set_all(ids, setting, graph)
    return edit.label


def _set_all(ids: Iterable[NodeId], setting: str, graph: Graph) -> str:
    knowing = [id for id in ids if _knows(graph, id, setting)]
    words = _title(graph, knowing[0], setting) if knowing else setting
    return f"Change {words} of {len(knowing)} layers"


class _Names(Protocol):
    def __call__(self, id: NodeId) -> str: ...


def _names(graph: Graph) -> _Names:
    counts: Mapping[str, int] = Counter(layer.heading for layer in graph.nodes.values())

    def name(id: NodeId) -> str:
        layer = graph.nodes.get(id)
        return layer.heading if layer is not None and counts[layer.heading] == 1 else id

    return name


def _knows(graph: Graph, id: NodeId, setting: str) -> bool:
    return id in graph.nodes and setting in type(graph.nodes[id]).model_fields


def _title(graph: Graph, id: NodeId, setting: str) -> str:
    """A setting's title within a sentence: "filters", but "L2" and "ReLU" as they are."""
    title = type(graph.nodes[id]).model_fields[setting].title if _knows(graph, id, setting) else None
    words = title or setting.replace("_", " ")
    return words[0].lower() + words[1:] if words[1:2].islower() else words

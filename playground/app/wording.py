"""What the undo menu calls a change: settings by their titles, and each layer by its id, as problems name it too.

An edit's own label knows no titles; here the network is at hand. Headings on cards ("Dense 20") name no layer: they
change with its settings. Changes are in changes.py, edits in playground.graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from playground.app.changes import EditGraph, Move
from playground.graph.edits import Connect, Edit, SetSettings, Several
from playground.graph.model import Graph, NodeId
from playground.graph.rewiring import SetAll


class Labelled(Protocol):
    """A change, as history.py has them."""

    @property
    def label(self) -> str: ...


def in_words(change: Labelled, graph: Graph) -> str:
    """A change of that network in words: "Change window of conv1"."""
    if isinstance(change, EditGraph):
        return _edit(change.edit, graph)
    if isinstance(change, Move) and len(change.positions) > 1:
        return f"Move {len(change.positions)} layers"
    return change.label


def _edit(edit: Edit, graph: Graph) -> str:
    match edit:
        case Several(label=label, edits=(*_, last)) if label == last.label:
            return _edit(last, graph)
        case Several(label=label, edits=(first, *_)) if label == first.label:
            return _edit(first, graph)
        case Connect(edge=edge):
            return f"Wire {edge.source} to {edge.target}"
        case SetSettings(id=id, settings=settings):
            return f"Change {', '.join(_title(graph, id, setting) for setting, _ in settings)} of {id}"
        case SetAll(ids=ids, name=setting):
            return _set_all(ids, setting, graph)
    return edit.label


def _set_all(ids: Iterable[NodeId], setting: str, graph: Graph) -> str:
    knowing = [id for id in ids if _knows(graph, id, setting)]
    words = _title(graph, knowing[0], setting) if knowing else setting
    return f"Change {words} of {len(knowing)} layers"


def _knows(graph: Graph, id: NodeId, setting: str) -> bool:
    return id in graph.nodes and setting in type(graph.nodes[id]).model_fields


def _title(graph: Graph, id: NodeId, setting: str) -> str:
    """A setting's title within a sentence: "filters", but "L2" and "ReLU" as they are."""
    title = type(graph.nodes[id]).model_fields[setting].title if _knows(graph, id, setting) else None
    words = title or setting.replace("_", " ")
    return words[0].lower() + words[1:] if words[1:2].islower() else words

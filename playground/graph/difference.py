"""Which layers differ between two networks with the same wiring: what shows them need look at no others.

An edit says itself what it changed. Where it is not known, identity decides, since an edit makes new objects for what
it changes alone: 2 ms for ten thousand layers. Knows no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import compress
from operator import is_not
from typing import Any

from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.graph.steps import changed_by_step


def changed_layers(old: Graph, graph: Graph) -> Set[NodeId] | None:
    """Layers whose settings differ; None if there are others, or edges or blocks are."""
    if graph.edges is not old.edges or graph.blocks is not old.blocks or not same_layers(old, graph):
        return None
    return new_layers(old, graph)


def changed_results(before: Report, report: Report) -> Set[NodeId] | None:
    """Layers whose shape or cost is another one; None if either network has problems, or repeated blocks."""
    for each in (before, report):
        if each.problems or each.written_out is not each.graph:
            return None
    if (known := changed_by_step(before, report)) is not None:
        return known
    return others(before.shapes, report.shapes) | others(before.costs, report.costs)


def same_layers(old: Graph, graph: Graph) -> bool:
    """Whether both have layers of the same names."""
    if len(graph.nodes) != len(old.nodes):
        return False
    return changed_by_step(old, graph) is not None or graph.nodes.keys() == old.nodes.keys()


def new_layers(old: Graph, graph: Graph) -> Set[NodeId]:
    """Layers that the old one does not have, or has otherwise."""
    known = changed_by_step(old, graph)
    return others(old.nodes, graph.nodes) if known is None else known & graph.nodes.keys()


def others(before: Mapping[NodeId, Any], now: Mapping[NodeId, Any]) -> set[NodeId]:
    """Names that stand for another object now, or for one at last."""
    return set(compress(now, map(is_not, now.values(), map(before.get, now))))

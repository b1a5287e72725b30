"""Which layers differ between two networks with the same wiring: what shows them need look at no others.

Identity decides, since an edit makes new objects for what it changes alone. Knows no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import compress
from operator import is_not
from typing import Any

from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report


def changed_layers(old: Graph, graph: Graph) -> Set[NodeId] | None:
    """Layers whose settings differ; None if there are others, or edges or blocks are.

    A few passes over the names: 2 ms for ten thousand layers.
    """
    if graph.edges is not old.edges or graph.blocks is not old.blocks or graph.nodes.keys() != old.nodes.keys():
        return None
    return others(old.nodes, graph.nodes)


def changed_results(before: Report, report: Report) -> Set[NodeId] | None:
    """Layers whose shape or cost is another one; None if either network has problems, or repeated blocks."""
    for each in (before, report):
        if each.problems or each.written_out is not each.graph:
            return None
    return others(before.shapes, report.shapes) | others(before.costs, report.costs)


def others(before: Mapping[NodeId, Any], now: Mapping[NodeId, Any]) -> set[NodeId]:
    """Names that stand for another object now, or for one at last."""
    return set(compress(now, map(is_not, now.values(), map(before.get, now))))

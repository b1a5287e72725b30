"""What a network costs: numbers to learn, arithmetic, memory. What one layer costs is in price.py."""

from __future__ import annotations

from collections.abc import Mapping

from playground.graph.model import Graph, NodeId
from playground.graph.price import BYTES, Cost, cost_of_one
from playground.graph.problem import Report
from playground.graph.repeat import original

__all__ = ["BYTES", "Cost", "cost_of_one", "costs", "total"]


def costs(graph: Graph, report: Report) -> dict[NodeId, Cost]:
    """What each layer costs, all copies of a repeated block together, for those whose shapes are known.

    An Output keeps nothing of its own.
    """
    if report.written_out is graph:
        return dict(report.costs)
    found: dict[NodeId, Cost] = {}
    for id, cost in report.costs.items():
        own = original(id)
        found[own] = found[own] + cost if own in found else cost
    return found


def total(costs: Mapping[NodeId, Cost]) -> Cost:
    """The sum over all layers."""
    return sum(costs.values(), Cost())

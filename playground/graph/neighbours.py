"""Walking from card to card as the eye does: along the edges, between branches; and finding a card by words.

Knows graphs and places, nothing of the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from playground.graph.arrange import Place
from playground.graph.model import Graph, NodeId
from playground.graph.repeat import inside

Direction = Literal["onwards", "back", "up", "down"]


def neighbour(graph: Graph, places: Mapping[NodeId, Place], id: NodeId, direction: Direction) -> NodeId | None:
    """The next card: onwards and back along an edge, up and down to the next branch, else to the next card there."""
    if direction in ("onwards", "back"):
        edges = graph.outgoing[id] if direction == "onwards" else graph.incoming[id]
        others = [edge.target if direction == "onwards" else edge.source for edge in edges]
        return min(others, key=lambda other: abs(places[other][1] - places[id][1]), default=None)
    branches = _beside(places, id, direction, _branches(graph, id))
    return branches or _beside(places, id, direction, graph.nodes)


def _branches(graph: Graph, id: NodeId) -> set[NodeId]:
    """Cards that share a source or a target with that one."""
    sources = (edge.source for edge in graph.incoming[id])
    targets = (edge.target for edge in graph.outgoing[id])
    found = {edge.target for source in sources for edge in graph.outgoing[source]}
    return found | {edge.source for target in targets for edge in graph.incoming[target]}


def _beside(places: Mapping[NodeId, Place], id: NodeId, direction: Direction, among: Iterable[NodeId]) -> NodeId | None:
    """The nearest of some cards above or below; how far aside counts double."""
    x, y = places[id]
    sign = -1 if direction == "up" else 1
    ahead = [other for other in among if other != id and (places[other][1] - y) * sign > 0]
    return min(ahead, key=lambda other: abs(places[other][1] - y) + 2 * abs(places[other][0] - x), default=None)


def matching(graph: Graph, words: str) -> list[NodeId]:
    """Layers whose id, kind or settings contain all those words, in the graph's order; none for no words.

    Of a block whose name contains them, its first layer, before all others.

    >>> from playground.layers.dense import Dense
    >>> matching(Graph({"dense1": Dense(units=8), "dense2": Dense(units=16)}), "dense 16")
    ['dense2']
    """
    wanted = words.lower().split()
    if not wanted:
        return []
    found = []
    for id, layer in graph.nodes.items():
        text = " ".join((id, layer.type_title, layer.heading, layer.summary, layer.family)).lower()
        if all(word in text for word in wanted):
            found.append(id)
    order = {id: place for place, id in enumerate(graph.order)}

    def place(id: NodeId) -> int:
        return order.get(id, len(order))

    named = [block for block, each in graph.blocks.items() if all(word in each.title.lower() for word in wanted)]
    first = [min(members, key=place) for block in named if (members := inside(graph, block))]
    return list(dict.fromkeys((*sorted(first, key=place), *sorted(found, key=place))))

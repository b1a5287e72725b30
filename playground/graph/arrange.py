"""Where the cards of a network stand: a layered layout from input to output, and places for new cards.

Knows the size of a card and nothing else of the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, sqrt

from playground.graph.model import Edge, Graph, NodeId

CARD = (150.0, 64.0)
"""Width and height of a card, in scene units."""
COLUMN, ROW = 200.0, 110.0
"""Steps between layers, and between cards of one layer."""

STEP = 150.0
"""Step downwards from layer to layer: a card with its pictures, and room for the shape on the edge."""
UNBROKEN = 5
"""Layers that always stand in one line."""
BAND_GAP = 50.0
ASPECT = 1.9
"""Width over height that a long network is laid out for."""

Place = tuple[float, float]
_SWEEPS = 8
_Slot = NodeId | Edge
"""What takes up room in a column: a card, or an edge that passes by."""


def arrange(graph: Graph, down: bool = False, row: float = ROW) -> dict[NodeId, Place]:
    """A place for each card: columns by longest way from an input, few crossings, long edges around cards.

    down: layers follow one another downwards, not to the right. row: from one card of a layer to the next.
    Source: Sugiyama, Tagawa and Toda 1981: layering, then ordering by barycentres.
    """
    columns = _columns(graph)
    links = _links(graph, columns)
    slots = _ordered(_slots(graph, columns), links)
    rows = _rows(slots)
    return _in_stacks(graph, columns, rows, row) if down else _in_bands(graph, columns, rows, row)


def _in_bands(
    graph: Graph, columns: Mapping[NodeId, int], rows: Mapping[_Slot, float], row: float
) -> dict[NodeId, Place]:
    """Long networks go on in a second band below, as lines of a text do, so that their cards stay readable."""
    count = max(columns.values(), default=0) + 1
    heights = [rows[id] for id in graph.nodes] or [0.0]
    band = (max(heights) - min(heights) + 1) * row + BAND_GAP
    width = count if count <= UNBROKEN else max(4, ceil(sqrt(ASPECT * count * band / COLUMN)))
    return {id: (columns[id] % width * COLUMN, rows[id] * row + columns[id] // width * band) for id in graph.nodes}


def _in_stacks(
    graph: Graph, steps: Mapping[NodeId, int], across: Mapping[_Slot, float], row: float
) -> dict[NodeId, Place]:
    """The same downwards: long networks go on in a second column to the right."""
    count = max(steps.values(), default=0) + 1
    places = [across[id] for id in graph.nodes] or [0.0]
    step = STEP + row - ROW
    stack = (max(places) - min(places) + 1) * COLUMN + BAND_GAP
    height = count if count <= UNBROKEN else max(4, ceil(sqrt(count * stack / (ASPECT * step))))
    return {id: (across[id] * COLUMN + steps[id] // height * stack, steps[id] % height * step) for id in graph.nodes}


def place_new(graph: Graph, positions: Mapping[NodeId, Place]) -> dict[NodeId, Place]:
    """Places for all cards: those that have one keep it, new ones stand near their neighbours, none on another."""
    if not any(id in positions for id in graph.nodes):
        return arrange(graph)
    places = {id: positions[id] for id in graph.nodes if id in positions}
    for id in (*graph.order, *graph.nodes):
        if id not in places:
            places[id] = _free(_wish(graph, id, places), places.values())
    return {id: places[id] for id in graph.nodes}


def _wish(graph: Graph, id: NodeId, places: Mapping[NodeId, Place]) -> Place:
    """Between the neighbours if there are on both sides, else a column on; else to the right of all."""
    before = [places[edge.source] for edge in graph.incoming[id] if edge.source in places]
    behind = [places[edge.target] for edge in graph.outgoing[id] if edge.target in places]
    if before and behind:
        (left, top), (right, bottom) = _middle(before), _middle(behind)
        return (left + right) / 2, (top + bottom) / 2
    if before:
        left, top = _middle(before)
        return left + COLUMN, top
    if behind:
        right, bottom = _middle(behind)
        return right - COLUMN, bottom
    return max((x for x, _ in places.values()), default=-COLUMN) + COLUMN, 0.0


def _middle(places: list[Place]) -> Place:
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def _free(wish: Place, taken: Iterable[Place]) -> Place:
    """The wish, or the first place below it where no card is."""
    others = list(taken)
    x, y = wish
    while any(abs(x - left) < CARD[0] + 10 and abs(y - top) < CARD[1] + 10 for left, top in others):
        y += ROW / 2
    return x, y


def _columns(graph: Graph) -> dict[NodeId, int]:
    """The longest way from an input to each node; a loop is broken at its first node."""
    waiting = {id: len(edges) for id, edges in graph.incoming.items()}
    columns = dict.fromkeys(graph.nodes, 0)
    ready = [id for id, count in waiting.items() if count == 0]
    done: set[NodeId] = set()
    rest = iter(graph.nodes)
    while len(done) < len(graph.nodes):
        id = ready.pop() if ready else next(node for node in rest if node not in done)
        if id in done:
            continue
        done.add(id)
        for edge in graph.outgoing[id]:
            if edge.target not in done:
                columns[edge.target] = max(columns[edge.target], columns[id] + 1)
                waiting[edge.target] -= 1
                if waiting[edge.target] == 0:
                    ready.append(edge.target)
    return columns


def _slots(graph: Graph, columns: Mapping[NodeId, int]) -> list[list[_Slot]]:
    slots: list[list[_Slot]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for id, column in columns.items():
        slots[column].append(id)
    for edge in graph.edges:
        for column in range(columns[edge.source] + 1, columns[edge.target]):
            slots[column].append(edge)
    return slots


def _links(graph: Graph, columns: Mapping[NodeId, int]) -> dict[_Slot, list[_Slot]]:
    """What each slot hangs on in the neighbouring columns."""
    links: dict[_Slot, list[_Slot]] = {id: [] for id in graph.nodes}
    for edge in graph.edges:
        gap = columns[edge.target] - columns[edge.source]
        if gap > 1:
            links[edge] = [edge.source, edge.target]
            links[edge.source].append(edge)
            links[edge.target].append(edge)
        elif gap == 1:
            links[edge.source].append(edge.target)
            links[edge.target].append(edge.source)
    return links


def _ordered(slots: list[list[_Slot]], links: Mapping[_Slot, list[_Slot]]) -> list[list[_Slot]]:
    """Each column ordered by the mean place of what it hangs on, sweeping forth and back."""
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in range(len(slots)) if forward else reversed(range(len(slots))):
            beside = column - 1 if forward else column + 1
            if 0 <= beside < len(slots):
                slots[column] = _by_barycentre(slots[column], _centred(slots[beside]), links)
    return slots


def _by_barycentre(
    column: list[_Slot], beside: Mapping[_Slot, float], links: Mapping[_Slot, list[_Slot]]
) -> list[_Slot]:
    own = _centred(column)

    def mean(slot: _Slot) -> float:
        # An edge that crosses several columns hangs on itself in the one beside.
        places = [beside[slot]] if slot in beside else [beside[other] for other in links[slot] if other in beside]
        return sum(places) / len(places) if places else own[slot]

    return sorted(column, key=mean)


def _centred(column: list[_Slot]) -> dict[_Slot, float]:
    middle = (len(column) - 1) / 2
    return {slot: number - middle for number, slot in enumerate(column)}


def _rows(slots: list[list[_Slot]]) -> dict[_Slot, float]:
    """A row for each slot: columns are centred, so that chains are straight and branches symmetric."""
    rows: dict[_Slot, float] = {}
    for column in slots:
        rows.update(_centred(column))
    return rows

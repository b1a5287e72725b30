"""The network as it is looked at: a folded block is one card, and its layers and inner edges are not seen.

Computing takes no notice of any of this. Knows no Qt: the canvas draws what shown() says, and moves whole blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from playground.graph.arrange import ROW, Place, arrange
from playground.graph.model import BlockId, Edge, Graph, NodeId
from playground.graph.repeat import inside
from playground.layers.layer import Layer
from playground.layers.shape import Shape

CardId = str
"""A layer's id, or "#" and the id of a folded block."""
MARK = "#"


class FoldedBlock(Layer):
    """A folded block: several layers shown as one card, and repeated if its name says so. A double click, or
    Ctrl+E, shows its layers.
    """

    title: str
    repeat: int = 1
    about: str = ""

    @property
    def heading(self) -> str:
        return f"{self.title} ×{self.repeat}" if self.repeat > 1 else self.title

    @property
    def summary(self) -> str:
        return self.about

    def shape(self, *inputs: Shape) -> Shape:
        """The card has one port, which takes every edge that leads into the block."""
        return inputs[0]


@dataclass(frozen=True)
class Shown:
    """Cards and the edges between them."""

    cards: Mapping[CardId, Layer]
    edges: Mapping[Edge, tuple[CardId, CardId]]
    """Of several edges between the same two cards, where one is a block, the first stands for all."""
    card_of: Mapping[NodeId, CardId]
    folded: Mapping[CardId, tuple[NodeId, ...]] = field(default_factory=dict)
    """The layers under each block's card."""

    def nodes_of(self, cards: Iterable[CardId]) -> tuple[NodeId, ...]:
        """The layers that those cards stand for."""
        return tuple(id for card in cards for id in self.folded.get(card, (card,)))


def shown(graph: Graph) -> Shown:
    """What is seen of a network."""
    folded = {MARK + id: inside(graph, id) for id in _outermost(graph)}
    if not folded:
        return Shown(graph.nodes, {edge: (edge.source, edge.target) for edge in graph.edges}, _Same(graph.nodes))
    under = {id: card for card, members in folded.items() for id in members}
    cards: dict[CardId, Layer] = {}
    for id, layer in graph.nodes.items():
        card = under.get(id, id)
        if card not in cards:
            cards[card] = _card(graph, card[1:], folded[card]) if card in folded else layer
    edges: dict[Edge, tuple[CardId, CardId]] = {}
    seen: set[tuple[CardId, CardId, str, bool]] = set()
    for edge in graph.edges:
        ends = under.get(edge.source, edge.source), under.get(edge.target, edge.target)
        between = (*ends, "" if ends[1] in folded else edge.port, edge.feedback)
        if (ends[0] != ends[1] or ends[0] not in folded) and between not in seen:
            seen.add(between)
            edges[edge] = ends
    return Shown(cards, edges, {id: under.get(id, id) for id in graph.nodes}, folded)


class _Same(dict[NodeId, CardId]):
    """Every layer is its own card."""

    def __init__(self, nodes: Iterable[NodeId]) -> None:
        super().__init__(zip(nodes, nodes, strict=True))


def _outermost(graph: Graph) -> list[BlockId]:
    """Folded blocks that are in no other folded block."""

    def is_hidden(id: BlockId) -> bool:
        id = graph.blocks[id].parent
        while id in graph.blocks:
            if graph.blocks[id].folded:
                return True
            id = graph.blocks[id].parent
        return False

    return [id for id, block in graph.blocks.items() if block.folded and not is_hidden(id)]


def _card(graph: Graph, id: BlockId, members: tuple[NodeId, ...]) -> FoldedBlock:
    block = graph.blocks[id]
    words = [f"{len(members)} layer{'s' if len(members) > 1 else ''}"]
    for name in block.exposes:
        values = {str(graph.nodes[m].settings[name]) for m in members if name in graph.nodes[m].settings}
        if len(values) == 1:
            words.append(f"{name.replace('_', ' ')} {values.pop()}")
    return FoldedBlock(title=block.title, repeat=block.repeat, about=" · ".join(words[:3]))


def block_with(graph: Graph, ids: Iterable[NodeId]) -> BlockId | None:
    """The block that has these layers and no others, the outermost of those; None if there is none."""
    wanted = set(ids)
    fitting = [id for id in graph.blocks if set(inside(graph, id)) == wanted]
    return next((id for id in fitting if graph.blocks[id].parent not in fitting), None)


def entries(graph: Graph, ids: Iterable[NodeId]) -> tuple[tuple[NodeId, str], ...]:
    """Where a wire into these layers leads: ports fed from outside, else those that need an edge and have none."""
    members = set(ids)
    fed = [(e.target, e.port) for e in graph.edges if e.target in members and e.source not in members]
    if fed:
        return tuple(dict.fromkeys(fed))
    free = []
    for id in graph.nodes:
        if id in members and (layer := graph.nodes[id]).type != "Input":
            filled = {edge.port for edge in graph.incoming[id]} | {e.port for e in graph.feedback if e.target == id}
            free += [(id, port) for port in layer.needed_ports() if port not in filled]
    return tuple(free)


def exit_of(graph: Graph, ids: Iterable[NodeId]) -> NodeId | None:
    """Which of these layers gives what the others outside read, or could read."""
    members = set(ids)
    giving = [id for id in graph.nodes if id in members and graph.nodes[id].gives_output]
    read = [id for id in giving if any(edge.target not in members for edge in graph.outgoing[id])]
    loose = [id for id in giving if not graph.outgoing[id]]
    return next(iter((*read, *reversed(loose), *reversed(giving))), None)


def corner(positions: Mapping[NodeId, Place], ids: Iterable[NodeId]) -> Place:
    """Upper left corner of what those cards cover: where a block's own card stands."""
    places = [positions[id] for id in ids]
    return min(x for x, _ in places), min(y for _, y in places)


def laid_out(graph: Graph, down: bool = False, row: float = ROW) -> dict[NodeId, Place]:
    """A place for each layer; a folded block takes the room of one card, and its layers stand behind it."""
    view = shown(graph)
    if not view.folded:
        return arrange(graph, down, row)
    edges = dict.fromkeys(
        Edge(source, target, view.cards[target].ports()[0] if target in view.folded else edge.port, edge.feedback)
        for edge, (source, target) in view.edges.items()
    )
    places = arrange(Graph(view.cards, tuple(edges)), down, row)
    found: dict[NodeId, Place] = {}
    for card, (x, y) in places.items():
        if card not in view.folded:
            found[card] = (x, y)
            continue
        members = set(view.folded[card])
        inner = arrange(Graph(graph.nodes, graph.edges).without(id for id in graph.nodes if id not in members), down)
        left, top = corner(inner, members)
        found |= {id: (x + a - left, y + b - top) for id, (a, b) in inner.items()}
    return {id: found[id] for id in graph.nodes}

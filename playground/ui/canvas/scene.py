"""The document's network as items: after each change only what differs is made, moved or taken away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene, QGraphicsSceneHelpEvent, QToolTip

from playground.app.document import Document, Note
from playground.app.session import Session
from playground.graph.alignment import Box
from playground.graph.arrange import Place
from playground.graph.cost import costs
from playground.graph.difference import changed_layers, changed_results
from playground.graph.folding import CardId, FoldedBlock, Shown, corner, shown
from playground.graph.model import BlockId, Edge, Graph, NodeId
from playground.graph.problem import Problem, Report
from playground.graph.repeat import inside, original
from playground.layers.layer import Layer
from playground.layers.shape import Shape
from playground.ui.canvas.block_frame import BlockFrame
from playground.ui.canvas.edge_item import EdgeItem
from playground.ui.canvas.ground import paint_ground
from playground.ui.canvas.neuron_links import NeuronLinks
from playground.ui.canvas.node_item import WIDTH, NodeItem
from playground.ui.canvas.note_item import NoteItem
from playground.ui.canvas.routing import Near, detour, falls, meets, reach_of

MANY = 200
"""Cards above which items are indexed by place."""
FEW = 40
"""Changed areas up to which edges are looked for near each; beyond it all are drawn anew."""


class NetworkScene(QGraphicsScene):
    """Items by card and edge. Reads the session's document; never changes it.

    A card is a layer's, by its id, or a folded block's: graph/folding.py says which are shown.
    """

    neuron_clicked = Signal(str, int)
    """One of the units that are drawn one by one."""
    pointed = Signal(object, object)
    """A card, and what of its pictures is under the mouse: (number, x, y) with shares of its sides; or None."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._session = session
        self.nodes: dict[CardId, NodeItem] = {}
        self.edges: dict[Edge, EdgeItem] = {}
        self.frames: dict[BlockId, BlockFrame] = {}
        self.notes: dict[str, NoteItem] = {}
        self.links: dict[Edge, NeuronLinks] = {}
        """Between cards whose neurons are drawn one by one."""
        self.view = Shown({}, {}, {})
        """Which cards and edges are shown."""
        self.wrong: tuple[NodeItem, ...] = ()
        """Cards because of which training cannot begin."""
        self.near = Near()
        """Where the cards are."""
        self._shown: tuple[Graph, Report] | None = None
        self._places: Mapping[NodeId, Place] = {}
        self._notes: Mapping[str, Note] = {}
        self._shapes: Mapping[NodeId, Shape] = {}
        self.picture = 0
        """Another number when a card came, went, moved, is of another kind, or has become right or wrong."""
        self._content: QRectF | None = None
        self._reach: dict[Edge, Box] = {}
        """Where a card would be in an edge's way, or be passed by it."""
        self.sync()

    def sync(self) -> bool:
        """Show the session's document as it is now; only what differs is touched. Whether cards came or went."""
        document, report = self._session.document, self._session.report
        graph = document.graph
        if self._sync_changed(document, report):
            return False
        cards = set(self.nodes)
        is_same = self._shown is not None and self._shown[0] is graph and self._shown[1] is report
        if self._shown is None or self._shown[0] is not graph:
            self.view = shown(graph)
        self._shown, self._places, self._notes = (graph, report), document.positions, document.notes
        stale: set[NodeId] = set()
        wrong = self.wrong
        if not is_same:
            stale |= self._sync_layers(graph, report)
        areas = self._sync_places(document.positions, stale)
        if areas or stale or wrong != self.wrong:
            self.picture, self._content = self.picture + 1, None
        changed = self._sync_edges()
        self._shapes, before = report.shapes, self._shapes
        if not is_same:
            card_of = self.view.card_of
            stale |= {card_of[id] for id in graph.nodes if not _is_alike(report.shapes.get(id), before.get(id))}
        touched = self._touched(stale, areas)
        self.route_edges(edge for edge in self.edges if edge in changed or edge in touched)
        self._sync_frames(graph)
        self._sync_notes(document.notes)
        if areas:
            self._fit_scene()
        return cards != self.nodes.keys()

    def _sync_changed(self, document: Document, report: Report) -> bool:
        """Whether settings alone are other ones, and those cards are drawn anew: in ten thousand, as fast as in ten."""
        if self._shown is None or self.view.folded or document.positions is not self._places:
            return False
        graph, (old, before) = document.graph, self._shown
        changed, others = changed_layers(old, graph), changed_results(before, report)
        if changed is None or others is None or graph.feedback or document.notes is not self._notes:
            return False
        stale = {id for id in changed if type(graph.nodes[id]) is not type(old.nodes[id])}
        for id in changed | others:
            cost = report.costs.get(id)
            self.nodes[id].show_layer(graph.nodes[id], cost.parameters if cost is not None else 0, ())
        self._shown, self._shapes = (graph, report), report.shapes
        self.view = replace(self.view, cards=graph.nodes)
        if stale:
            self.picture += 1
        self.route_edges({e for id in stale | others for e in (*graph.incoming[id], *graph.outgoing[id])})
        return True

    def _sync_notes(self, notes: Mapping[str, Note]) -> None:
        for id in self.notes.keys() - notes.keys():
            self.removeItem(self.notes.pop(id))
        for id, note in notes.items():
            if id not in self.notes:
                self.notes[id] = NoteItem(self._session, id)
                self.addItem(self.notes[id])
            self.notes[id].show_note(note)

    def is_stale(self) -> bool:
        """Whether the document has other cards than are shown."""
        return set(self.nodes) != set(shown(self._session.document.graph).cards)

    def _sync_frames(self, graph: Graph) -> None:
        """Outlines of the blocks whose layers are seen."""
        seen = {id: inside(graph, id) for id, block in graph.blocks.items() if not block.folded}
        seen = {id: members for id, members in seen.items() if any(m in self.nodes for m in members)}
        for id in self.frames.keys() - seen.keys():
            self.removeItem(self.frames.pop(id))
        for id, members in seen.items():
            if id not in self.frames:
                self.frames[id] = BlockFrame(id)
                self.addItem(self.frames[id])
            block = graph.blocks[id]
            title = f"{block.title} ×{block.repeat}" if block.repeat > 1 else block.title
            cards = [self.nodes[card] for card in dict.fromkeys(self.view.card_of[m] for m in members)]
            boxes = [item.body.translated(item.pos()) for item in cards]
            inner = sum(graph.blocks[other].parent == id for other in seen)
            self.frames[id].show_block(title, boxes, min(inner, 1))

    def _sync_layers(self, graph: Graph, report: Report) -> set[NodeId]:
        """Make, change and take away cards; those whose ports are others now."""
        cards = self.view.cards
        self._follow_renames(cards)
        for id in self.nodes.keys() - cards.keys():
            self.removeItem(self.nodes.pop(id))
        sizes: dict[CardId, int] = {}
        for id, cost in costs(graph, report).items():
            card = self.view.card_of[id]
            sizes[card] = sizes.get(card, 0) + cost.parameters
        problems: dict[CardId | None, list[Problem]] = {}
        for problem in report.problems:
            problems.setdefault(self.view.card_of.get(problem.node or ""), []).append(problem)
        stale: set[CardId] = set()
        for id, layer in cards.items():
            item = self.nodes.get(id)
            if item is None:
                item = self.nodes[id] = NodeItem(id, layer)
                self.addItem(item)
            elif type(item.layer) is not type(layer):
                stale.add(id)
            item.show_layer(layer, sizes.get(id, 0), tuple(problems.get(id, ())))
        self.wrong = tuple(self.nodes[id] for id in problems if id in self.nodes and self.nodes[id].is_wrong)
        return stale

    def _sync_places(self, positions: Mapping[NodeId, Place], stale: set[NodeId]) -> list[Box]:
        """Put the cards where they belong, noting those that stood elsewhere; areas covered or freed."""
        areas: list[Box] = []
        for id in self.near.keys() - self.nodes.keys():
            areas.append(self.near.boxes[id])
            self.near.drop(id)
        for id, item in self.nodes.items():
            place = self.place_of(id, positions)
            if item.pos().toTuple() != place:
                item.setPos(*place)
                stale.add(id)
            areas += self.near.put(id, (*place, WIDTH, item.height))
        return areas

    def place_of(self, card: CardId, positions: Mapping[NodeId, Place]) -> Place:
        """Where a card stands; a folded block's in the corner of its layers."""
        return corner(positions, self.view.folded[card]) if card in self.view.folded else positions[card]

    def _sync_edges(self) -> set[Edge]:
        """Make and take away edges; the new ones."""
        shown_edges = self.view.edges
        for edge in self.links.keys() - shown_edges.keys():
            self.removeItem(self.links.pop(edge))
        for edge in self.edges.keys() - shown_edges.keys():
            self.removeItem(self.edges.pop(edge))
            self._reach.pop(edge, None)
        new = [edge for edge in shown_edges if edge not in self.edges]
        for edge in new:
            item = self.edges[edge] = EdgeItem(edge)
            self.addItem(item)
        return set(new)

    def _touched(self, stale: set[NodeId], areas: Sequence[Box]) -> set[Edge]:
        """Edges at those cards, and those with one of those areas in their reach."""
        ends = self.view.edges
        found = {edge for edge in self.edges if not stale.isdisjoint(ends[edge])} if stale else set()
        if len(areas) > FEW:
            return set(self.edges)
        for area in areas:
            found |= {edge for edge, reach in self._reach.items() if meets(reach, area)}
        return found

    def _follow_renames(self, cards: Mapping[CardId, Layer]) -> None:
        """A layer that only has another name keeps its item, and with it selection and pictures."""
        new = {name: layer for name, layer in cards.items() if name not in self.nodes}
        for old in self.nodes.keys() - cards.keys():
            name = next((name for name, layer in new.items() if layer is self.nodes[old].layer), None)
            if name is not None:
                del new[name]
                item = self.nodes[name] = self.nodes.pop(old)
                item.id = name

    def route_edges(self, edges: Iterable[Edge]) -> None:
        """Draw edges between where their nodes stand now, round the cards between."""
        for edge in edges:
            ends = self.view.edges[edge]
            source, target = self.nodes[ends[0]], self.nodes[ends[1]]
            shape = self._leaving(edge)
            label = "" if shape is None else str(shape)
            boxes = tuple((item.x(), item.y(), WIDTH, item.height) for item in (source, target))
            if not edge.feedback and falls(boxes[0], boxes[1], self.near, ends):
                middle = QPointF(WIDTH / 2, 0)
                start, end = source.pos() + middle + QPointF(0, source.height), target.pos() + middle
                self.edges[edge].show_between(start, end, label, falls=True)
                left, wide = min(start.x(), end.x()) - WIDTH / 2, abs(end.x() - start.x()) + WIDTH
                self._reach[edge] = (left, start.y(), wide, end.y() - start.y())
                continue
            start, end = source.pos() + source.output_point(), target.pos() + target.input_point(edge.port)
            if edge in self.links:
                self._lay(edge)
            begin, to = (start.x(), start.y()), (end.x(), end.y())
            around = detour(begin, to, self.near, ends)
            below = None
            if edge.feedback:
                below, label = max(item.y() + item.height for item in (source, target)) + 18, "t − 1"
            self.edges[edge].show_between(start, end, label, around, below)
            self._reach[edge] = reach_of(begin, to, around)

    def show_links(self, edges: Sequence[Edge]) -> None:
        """Draw the weights along those edges, and along no others."""
        for gone in self.links.keys() - set(edges):
            self.removeItem(self.links.pop(gone))
        for edge in edges:
            if edge not in self.links:
                self.links[edge] = NeuronLinks()
                self.addItem(self.links[edge])
            self._lay(edge)

    def _lay(self, edge: Edge) -> None:
        """Lead an edge's links from neuron to neuron, where the cards stand now."""
        source, target = (self.nodes[end] for end in self.view.edges[edge])
        begins = [source.pos() + at for at in source.neuron_sides()[1]]
        self.links[edge].lie(begins, [target.pos() + at for at in target.neuron_sides()[0]])

    def carried(self, ids: Iterable[NodeId]) -> None:
        """Those cards are being dragged: their edges follow. The rest follows when they are let go."""
        self._content = None
        self.route_edges(self.edges_of(ids))

    def resized(self, ids: Iterable[NodeId]) -> None:
        """Those cards became taller or smaller: edges near by find their way anew."""
        areas: list[Box] = []
        self._content = None
        for id in ids:
            place = self.nodes[id].pos()
            areas += self.near.put(id, (place.x(), place.y(), WIDTH, self.nodes[id].height))
        self.route_edges(self._touched(set(), areas))

    def edges_of(self, ids: Iterable[NodeId]) -> list[Edge]:
        wanted = set(ids)
        return [edge for edge in self.edges if not wanted.isdisjoint(self.view.edges[edge])]

    def _leaving(self, edge: Edge) -> Shape | None:
        """The shape an edge carries: of a final state, where it brings one; of a repeated block's last repetition."""
        flat, nodes = self._session.report.written_out, self._session.document.graph.nodes
        if edge.port == nodes[edge.target].state_port and edge.source in self._shapes:
            state = nodes[edge.source].final_state()
            if state is not None:
                return state
        if self._session.document.graph.blocks and edge.target in flat.nodes:
            for other in flat.incoming[edge.target]:
                if original(other.source) == edge.source and other.port == edge.port:
                    return self._shapes.get(other.source)
        return self._shapes.get(edge.source)

    def _fit_scene(self) -> None:
        """Room around the cards; what is painted is looked for in an index where there are many of them.

        The index reorders itself while items move: among few, dragging is steadier without it and painting as fast.
        """
        index = QGraphicsScene.ItemIndexMethod
        wanted = index.BspTreeIndex if len(self.nodes) > MANY else index.NoIndex
        if self.itemIndexMethod() != wanted:
            self.setItemIndexMethod(wanted)
        around = self.content().adjusted(-2000, -2000, 2000, 2000)
        self.setSceneRect(around)

    def content(self) -> QRectF:
        """What the cards cover."""
        if self._content is None:
            self._content = self._covered()
        return QRectF(self._content)

    def _covered(self) -> QRectF:
        if not self.nodes:
            return QRectF()
        places = [(item.x(), item.y(), item.height) for item in self.nodes.values()]
        left, top = min(x for x, _, _ in places), min(y for _, y, _ in places)
        right, bottom = max(x for x, _, _ in places) + WIDTH, max(y + height for _, y, height in places)
        return QRectF(left, top, right - left, bottom - top)

    def selected_cards(self) -> tuple[CardId, ...]:
        return tuple(item.id for item in self.selectedItems() if isinstance(item, NodeItem))

    def selected_nodes(self) -> tuple[NodeId, ...]:
        """The selected layers; of a folded block, all in it."""
        return self.view.nodes_of(self.selected_cards())

    def selected_edges(self) -> tuple[Edge, ...]:
        return tuple(item.edge for item in self.selectedItems() if isinstance(item, EdgeItem))

    def selected_notes(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.selectedItems() if isinstance(item, NoteItem))

    def in_words(self) -> str:
        """What is shown and selected, for those who hear the screen."""
        graph, selected = self._session.document.graph, self.selected_cards()
        if len(selected) == 1 and isinstance(self.nodes[selected[0]].layer, FoldedBlock):
            block = self.nodes[selected[0]]
            return ". ".join((self.tr("Block"), block.layer.heading, block.layer.summary, *block.sentences()))
        if len(selected) != 1 or selected[0] not in graph.nodes:
            words = self.tr("%1 layers, %2 selected")
            return words.replace("%1", str(len(graph.nodes))).replace("%2", str(len(self.selected_nodes())))
        item, nothing = self.nodes[selected[0]], self.tr("nothing")
        sources = ", ".join(edge.source for edge in graph.incoming[item.id]) or nothing
        targets = ", ".join(edge.target for edge in graph.outgoing[item.id]) or nothing
        wires = self.tr("from %1 to %2").replace("%1", sources).replace("%2", targets)
        return ". ".join(filter(None, (item.id, item.layer.heading, item.layer.summary, wires, *item.sentences())))

    def helpEvent(self, event: QGraphicsSceneHelpEvent) -> None:
        """What a unit in a card's picture answers is told below the card: it must not cover the fields framed above."""
        item = self.node_near(event.scenePos())
        if item is not None and item.neurons and item.picture_at(item.mapFromScene(event.scenePos())) is not None:
            event.accept()  # the neuron itself is shown large; words would cover it
            return
        if item is None or item.picture_at(item.mapFromScene(event.scenePos())) is None or not self.views():
            super().helpEvent(event)
            return
        view = self.views()[0]
        below = view.mapFromScene(item.mapToScene(item.body.bottomLeft()))
        QToolTip.showText(view.viewport().mapToGlobal(below), item.toolTip(), view.viewport())
        event.accept()

    def node_near(self, place: QPointF) -> NodeItem | None:
        """The card under a point, ports included."""
        for item in self.items(place):
            if isinstance(item, NodeItem):
                return item
        return None

    def frame_near(self, place: QPointF) -> BlockFrame | None:
        """The unfolded block whose name is under a point."""
        return next((frame for frame in self.frames.values() if frame.title_box().contains(place)), None)

    def edge_near(self, place: QPointF, but: Iterable[NodeId] = ()) -> EdgeItem | None:
        """The edge within reach of a point, not one of those nodes'."""
        left_out = set(but)
        reach = QRectF(place.x() - 14, place.y() - 14, 28, 28)
        for item in self.items(reach):
            if isinstance(item, EdgeItem) and left_out.isdisjoint(self.view.edges[item.edge]):
                return item
        return None

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        paint_ground(painter, rect)


def _is_alike(one: Shape | None, other: Shape | None) -> bool:
    return one is other or one == other

"""Thousands of random edits, undone to the start and redone to the end, give the same documents; none raises."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from playground.app.changes import Arrange, EditGraph, Fold, Move, SetNote
from playground.app.clipping import fragment_of, from_text, pasting, to_text
from playground.app.document import Document, Note, make_project, to_json
from playground.app.history import Change, History
from playground.graph.block_library import BLOCKS
from playground.graph.blocks import MakeBlock, SetBlock, SetInBlock, Ungroup
from playground.graph.check import check
from playground.graph.edits import AddLayer, Connect, Delete, Disconnect, Edit, InsertOnEdge, Rename, SetSettings
from playground.graph.folding import laid_out, shown
from playground.graph.model import Edge
from playground.graph.rewiring import Graft, Replace, SetAll, Swap
from playground.layers import LAYERS

SETTINGS = (
    ("units", 3), ("filters", 5), ("kernel", 3), ("stride", 2), ("activation", "tanh"), ("returns", "sequence"),
    ("shares", "dense1"), ("trainable", False), ("rate", 0.3), ("padding", "same"), ("each_step", True),
)  # fmt: skip
MOST_LAYERS = 40


def any_edit(document: Document, chance: random.Random) -> Edit:
    """Some edit of the graph, sensible or not."""
    graph = document.graph
    ids = list(graph.nodes) or ["none"]
    id, other = chance.choice(ids), chance.choice(ids)
    layer = chance.choice(list(LAYERS.values()))()
    fresh = graph.fresh_id(type(layer))
    block = chance.choice(list(graph.blocks) or ["none"])
    port = chance.choice(graph.nodes[other].ports() or ("inputs",)) if graph.nodes else "inputs"
    edge = chance.choice(graph.edges or (Edge("none", "none", "inputs"),))
    setting = chance.choice(SETTINGS)
    if len(ids) > MOST_LAYERS:
        return Delete(tuple(chance.sample(ids, 10)))
    return chance.choice(
        (
            AddLayer(fresh, layer),
            Connect(Edge(id, other, port)),
            Connect(Edge(id, other, port)),
            Disconnect(edge),
            InsertOnEdge(edge, fresh, layer),
            Delete((id,)),
            SetSettings(id, (setting,)),
            SetAll((id, other), *setting),
            Rename(id, f"name{chance.randrange(100)}"),
            Replace(id, layer, fresh),
            Swap(id, other),
            MakeBlock(tuple(chance.sample(ids, min(3, len(ids)))), "Block", f"block{chance.randrange(20)}"),
            SetBlock(block, (("repeat", chance.choice((1, 2, 3, 0))),)),
            SetInBlock(block, *setting),
            Ungroup(block),
            Graft(chance.choice(list(BLOCKS.values())).made(4).graph),
        )
    )


def any_change(document: Document, chance: random.Random) -> Change:
    """Some change of the document."""
    kind = chance.randrange(12)
    ids = list(document.graph.nodes)
    if kind == 0 and ids:
        return Move({chance.choice(ids): (chance.uniform(-500, 500), chance.uniform(-500, 500))})
    if kind == 1:
        return Arrange(chance.random() < 0.5)
    if kind == 2:
        note = Note("text", (1.0, 2.0)) if chance.random() < 0.7 else None
        return SetNote(f"note{chance.randrange(3)}", note)
    if kind == 3 and document.graph.blocks:
        return Fold(chance.choice(list(document.graph.blocks)), chance.random() < 0.5)
    if kind == 4 and 0 < len(ids) < MOST_LAYERS:
        part = fragment_of(document, chance.sample(ids, min(4, len(ids))))
        return pasting(document, from_text(to_text(part))).change
    return EditGraph(any_edit(document, chance))


def walk(count: int, seed: int) -> None:
    chance = random.Random(seed)
    history = History(make_project("digits-cnn")[0])
    seen = [history.document]
    for number in range(count):
        history.settle()
        with suppress(ValueError):  # refused with a sentence: a name that is taken, a setting out of range
            if history.do(any_change(history.document, chance)):
                seen.append(history.document)
        if number % 10 == 0:
            _holds(history.document)
    for document in reversed(seen[:-1]):
        assert history.undo()
        assert history.document == document
    assert not history.undo()
    for document in seen[1:]:
        assert history.redo()
        assert history.document == document
    assert to_json(history.document) == to_json(seen[-1])


def _holds(document: Document) -> None:
    """What is true of every document: it can be checked, each layer has a place and is on a card."""
    check(document.graph)
    names = set(document.graph.nodes)
    assert set(document.positions) == names
    assert set(shown(document.graph).card_of) == names == set(laid_out(document.graph))


@pytest.mark.parametrize("seed", range(3))
def test_hundreds_of_random_edits_are_undone_and_redone(seed: int) -> None:
    walk(300, seed)


@pytest.mark.slow
def test_ten_thousand_random_edits_are_undone_and_redone() -> None:
    for seed in range(20):
        walk(500, 100 + seed)

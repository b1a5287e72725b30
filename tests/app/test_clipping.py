"""Copying layers as text and pasting them; text from elsewhere is refused with a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from playground.app.clipping import ClipProblem, Fragment, fragment_of, from_text, new_names, pasting, to_text
from playground.app.document import Document
from playground.app.history import History
from playground.graph.arrange import CARD, arrange
from playground.graph.edits import layer_like
from playground.graph.model import Graph
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.layer import Weighted
from playground.layers.shape import Shape
from tests.graph.random_graphs import wired

GRAPH = chain(layer_like("Input"), layer_like("Dense"), layer_like("ReLU"), layer_like("Output"))
DOCUMENT = Document("Test", GRAPH, arrange(GRAPH))


class Tied(Weighted, title="Tied"):
    """A layer that may use another's weights."""

    def shape(self, values: Shape) -> Shape:
        return values


def test_layers_are_copied_with_the_edges_between_them():
    fragment = fragment_of(DOCUMENT, ("relu1", "dense1"))

    assert list(fragment.graph.nodes) == ["dense1", "relu1"]
    assert [(edge.source, edge.target) for edge in fragment.graph.edges] == [("dense1", "relu1")]
    assert from_text(to_text(fragment)) == fragment


@given(wired())
def test_any_network_survives_the_clipboard(graph: Graph):
    fragment = fragment_of(Document(graph=graph).placed(), graph.nodes)

    assert from_text(to_text(fragment)) == fragment


def test_pasting_is_one_step_with_new_ids_and_covers_no_card():
    history = History(DOCUMENT)
    made = pasting(DOCUMENT, fragment_of(DOCUMENT, ("dense1", "relu1")))

    assert history.do(made.change)

    assert made.ids == ("dense2", "relu2")
    assert history.undo_label == "Paste 2 layers"
    places = history.document.positions
    for id in made.ids:
        others = [place for other, place in places.items() if other != id]
        assert not any(abs(places[id][0] - x) < CARD[0] and abs(places[id][1] - y) < CARD[1] for x, y in others)
    assert {id: places[id] for id in GRAPH.nodes} == DOCUMENT.positions


def test_pasted_under_the_mouse_the_middle_of_the_layers_is_there():
    made = pasting(DOCUMENT, fragment_of(DOCUMENT, ("dense1",)), at=(1000.0, 2000.0))

    x, y = made.change.apply(DOCUMENT).positions["dense2"]

    assert abs(x + CARD[0] / 2 - 1000) <= 5
    assert abs(y + CARD[1] / 2 - 2000) <= 5


def test_a_free_id_is_kept_and_a_taken_one_gets_the_next_number():
    part = Graph({"dense1": Dense(), "mine": Dense(), "output1": layer_like("Output")})

    assert new_names(GRAPH, part) == {"dense1": "dense2", "mine": "mine", "output1": "output2"}


def test_an_id_that_means_something_in_python_is_not_pasted():
    assert new_names(Graph(), Graph({"lambda": Dense()})) == {"lambda": "lambda1"}
    assert new_names(Graph(), Graph({"class_": Dense()})) == {"class_": "class_"}


def test_a_copy_shares_the_weights_of_the_copy_beside_it():
    graph = Graph({"a": Dense(), "b": Tied(shares="a")})
    document = Document(graph=graph).placed()

    after = pasting(document, fragment_of(document, ("a", "b"))).change.apply(document)

    assert after.graph.nodes["b1"].shares == "a1"


GOOD = json.loads(to_text(fragment_of(DOCUMENT, ("dense1", "relu1"))))


def text(**changes: object) -> str:
    return json.dumps({**GOOD, **changes})


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "The clipboard holds no text. Copy layers first."),
        ("hello", "The clipboard holds text, but no layers. Copy layers in this program first."),
        ("[1, 2]", "The clipboard holds text, but no layers. Copy layers in this program first."),
        ("[" * 100_000, "The clipboard holds text, but no layers. Copy layers in this program first."),
        (text(nnplay="other"), "The clipboard holds text, but no layers. Copy layers in this program first."),
        ("x" * (9 * 2**20), "The clipboard holds 9 MB of text; at most 8 MB are pasted. Copy fewer layers."),
        (text(nodes=[{}] * 6000), "The clipboard holds 6,000 layers; at most 5,000 are pasted. Copy fewer."),
        (text(nodes=[], edges=[]), "The clipboard holds no layers. Copy some first."),
        (text(extra=1), "The layers in the clipboard are damaged: 'extra' is not known. Copy them again."),
    ],
)
def test_text_that_is_no_layers_is_refused_with_a_sentence(pasted, sentence):
    with pytest.raises(ClipProblem) as refused:
        from_text(pasted)

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes": [{"id": "a b", "type": "Dense"}]},
        {"nodes": [{"id": "a", "type": "Dense", "settings": {"units": -4}}], "edges": []},
        {"nodes": [{"id": "a", "type": "Dense", "position": [1e300, 0]}], "edges": []},
        {"nodes": 7},
        {"edges": [{"source": "a", "target": "b", "port": "c"}]},
        {"format": 999},
        {"format": "one"},
    ],
)
def test_damaged_layers_are_refused_as_files_are(changes):
    with pytest.raises(ClipProblem, match=r"^The layers in the clipboard are damaged: .* Copy them again\.$"):
        from_text(text(**changes))


def test_what_is_nested_too_deep_is_refused():
    deep: object = 1
    for _ in range(100):
        deep = [deep]

    with pytest.raises(ClipProblem, match="nested more than 64 deep"):
        from_text(text(nodes=[{"id": "a", "type": "Strange", "settings": {"x": deep}}]))


def test_an_empty_fragment_changes_nothing():
    assert pasting(DOCUMENT, Fragment(Graph(), {})).change.apply(DOCUMENT) is DOCUMENT

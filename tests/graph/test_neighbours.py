"""Walking the network by keys, and finding layers by words."""

from __future__ import annotations

from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.graph.neighbours import matching, neighbour
from playground.layers.dense import Dense

FORK = Graph(
    {"input1": layer_like("Input"), "top": Dense(units=16), "low": layer_like("ReLU"), "add1": layer_like("Add")},
    (
        Edge("input1", "top", "values"), Edge("input1", "low", "inputs"),
        Edge("top", "add1", "inputs"), Edge("low", "add1", "inputs"),
    ),
)  # fmt: skip
PLACES = {"input1": (0.0, 0.0), "top": (200.0, -60.0), "low": (200.0, 50.0), "add1": (400.0, 0.0)}


def test_onwards_and_back_follow_the_edges_to_the_nearest_row():
    assert neighbour(FORK, PLACES, "input1", "onwards") == "low"
    assert neighbour(FORK, PLACES, "top", "onwards") == "add1"
    assert neighbour(FORK, PLACES, "low", "back") == "input1"
    assert neighbour(FORK, PLACES, "add1", "onwards") is None


def test_up_and_down_go_between_branches():
    assert neighbour(FORK, PLACES, "low", "up") == "top"
    assert neighbour(FORK, PLACES, "top", "down") == "low"
    assert neighbour(FORK, PLACES, "top", "up") is None


def test_without_branches_up_and_down_go_to_the_nearest_card():
    assert neighbour(FORK, PLACES, "input1", "up") == "top"


def test_every_word_must_be_somewhere_in_a_layer():
    assert matching(FORK, "dense") == ["top"]
    assert matching(FORK, "DENSE 16") == ["top"]
    assert matching(FORK, "low") == ["low"]
    assert matching(FORK, "dense relu") == []
    assert matching(FORK, "  ") == []

"""Cards stand from input to output, none on another, and those a person placed stay."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from playground.graph.arrange import CARD, Place, arrange, place_new
from playground.graph.edits import InsertOnEdge, layer_like
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain


def five() -> Graph:
    return chain(*(layer_like(name) for name in ("Input", "Dense", "ReLU", "Dense", "Output")))


def overlap(places: dict[Any, Place]) -> bool:
    return any(abs(a - c) < CARD[0] and abs(b - d) < CARD[1] for (a, b), (c, d) in combinations(places.values(), 2))


def test_a_chain_stands_in_one_line_to_the_right_or_down() -> None:
    assert list(arrange(five()).values()) == [(0, 0), (200, 0), (400, 0), (600, 0), (800, 0)]
    assert {x for x, _ in arrange(five(), down=True).values()} == {0}


def test_an_edge_that_jumps_over_layers_does_not_run_through_their_cards() -> None:
    graph = chain(*(layer_like(name) for name in ("Input", "Dense", "ReLU", "Add")))
    places = arrange(graph.with_edge(Edge("input1", "add1", "inputs")))

    assert places["input1"][1] == places["add1"][1] == 0
    assert places["dense1"][1] == places["relu1"][1]
    assert abs(places["dense1"][1]) > CARD[1] / 2


def test_branches_stand_side_by_side_without_crossing() -> None:
    graph = Graph({"a": layer_like("Input"), "z": layer_like("Concat")})
    for name in "bcd":
        graph = graph.with_node(name, layer_like("Dense")).with_node(name * 2, layer_like("ReLU"))
    for name in "dbc":  # drawn in another order than added
        graph = graph.with_edge(Edge("a", name, "values")).with_edge(Edge(name, name * 2, "inputs"))
        graph = graph.with_edge(Edge(name * 2, "z", "inputs"))
    places = arrange(graph)

    assert not overlap(places)
    assert all(places[name][1] == places[name * 2][1] for name in "bcd")


def test_a_loop_is_laid_out_too() -> None:
    graph = chain(layer_like("Input"), layer_like("Add"), layer_like("ReLU"), layer_like("Output"))

    assert not overlap(arrange(graph.with_edge(Edge("relu1", "add1", "inputs"))))


def test_a_new_card_stands_near_its_neighbours_and_moves_none() -> None:
    graph = five()
    placed = arrange(graph)
    wider = {id: (x * 2, y) for id, (x, y) in placed.items()}
    grown = InsertOnEdge(Edge("dense1", "relu1", "inputs"), "norm1", layer_like("BatchNorm")).apply(graph)

    assert place_new(grown, wider)["norm1"] == (600, 0)
    assert not overlap(place_new(grown, placed))
    assert placed.items() <= place_new(grown, placed).items()


def test_a_card_without_neighbours_stands_right_of_all() -> None:
    graph = five()

    assert place_new(graph.with_node("tanh1", layer_like("Tanh")), arrange(graph))["tanh1"] == (1000, 0)


def test_places_of_layers_that_are_gone_are_forgotten() -> None:
    assert set(place_new(five(), {**arrange(five()), "gone": (0, 0)})) == set(five().nodes)


def test_five_thousand_layers_in_a_row_are_laid_out() -> None:
    graph = chain(layer_like("Input"), layer_like("Output"))
    nodes = {f"n{number}": layer_like("ReLU") for number in range(5000)}
    edges = tuple(Edge(f"n{number}", f"n{number + 1}", "inputs") for number in range(4999))

    assert len(arrange(Graph({**graph.nodes, **nodes}, edges))) == 5002


def test_a_long_chain_goes_on_in_bands_below_so_that_it_stays_readable() -> None:
    graph = chain(layer_like("Input"), *(layer_like("ReLU") for _ in range(10)), layer_like("Output"))
    places = list(arrange(graph).values())

    assert not overlap(dict(enumerate(places)))
    width = max(x for x, _ in places) + CARD[0]
    height = max(y for _, y in places) + CARD[1]
    assert 1.0 < width / height < 3.0

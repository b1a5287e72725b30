"""Replacing, swapping, setting many at once and grafting keep what can be kept, and leave the old graph."""

from __future__ import annotations

import pytest
from hypothesis import given

from playground.graph.edits import layer_like, renamed
from playground.graph.model import Edge, Graph
from playground.graph.rewiring import Graft, Replace, SetAll, Swap, name_for, part_of, settled_like
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.layers.layer import Unknown, Weighted
from playground.layers.shape import Shape
from tests.graph.random_graphs import wired


class Tied(Weighted, title="Tied"):
    """A layer that may use another's weights."""

    def shape(self, values: Shape) -> Shape:
        return values


def small() -> Graph:
    """input1 - dense1 - relu1 - output1."""
    return chain(layer_like("Input"), layer_like("Dense"), layer_like("ReLU"), layer_like("Output"))


def wires(graph: Graph) -> list[str]:
    return [f"{edge.source}-{edge.target}.{edge.port}" for edge in graph.edges]


def test_a_replaced_layer_keeps_its_place_and_its_wires():
    graph = Replace("relu1", layer_like("Tanh"), "tanh1").apply(small())

    assert list(graph.nodes) == ["input1", "dense1", "tanh1", "output1"]
    assert [(edge.source, edge.target) for edge in graph.edges] == [
        ("input1", "dense1"), ("dense1", "tanh1"), ("tanh1", "output1")
    ]  # fmt: skip


def test_edges_go_to_the_port_that_the_new_layer_has():
    graph = Replace("dense1", layer_like("Conv2d"), "conv1").apply(small())

    assert wires(graph)[0] == f"input1-conv1.{Conv2d.ports()[0]}"


def test_what_a_replaced_merge_can_not_take_is_cut():
    merged = chain(layer_like("Input"), layer_like("Dense"), layer_like("Add"), layer_like("Output"))
    merged = merged.with_edge(Edge("input1", "add1", "inputs"))

    graph = Replace("add1", layer_like("ReLU"), "relu1").apply(merged)

    assert len(graph.incoming["relu1"]) == 1
    assert [edge.target for edge in graph.outgoing["relu1"]] == ["output1"]


def test_an_output_in_a_layers_place_feeds_nothing():
    graph = Replace("relu1", layer_like("Output"), "output2").apply(small())

    assert [edge for edge in graph.edges if edge.source == "output2"] == []


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ValueError, match="There is a layer “dense1” already"):
        Replace("relu1", layer_like("Tanh"), "dense1").apply(small())


def test_settings_that_both_know_are_kept():
    conv = settled_like(Dense(units=9, activation="tanh", bias=False), Conv2d())

    assert (conv.settings["activation"], conv.settings["bias"]) == ("tanh", False)


def test_a_setting_out_of_the_new_layers_range_is_left_out():
    assert settled_like(Dense(units=70_000), layer_like("LSTM")).settings["units"] <= 65_536


def test_nothing_is_known_of_an_unknown_layers_settings():
    assert settled_like(Unknown(type_name="New", kept={"units": 3}), Dense()) == Dense()


def test_a_given_name_stays_and_a_numbered_one_follows_the_kind():
    graph = small().with_node("trunk", Dense())

    assert name_for(graph, "trunk", Conv2d) == "trunk"
    assert name_for(graph, "dense1", Conv2d) == graph.fresh_id(Conv2d)


def test_swapped_neighbours_change_their_order():
    graph = Swap("dense1", "relu1").apply(small())

    assert [(edge.source, edge.target) for edge in graph.edges] == [
        ("input1", "relu1"), ("relu1", "dense1"), ("dense1", "output1")
    ]  # fmt: skip


def test_swapping_twice_changes_nothing():
    swap = Swap("dense1", "relu1")

    assert swap.apply(swap.apply(small())) == small()


def test_a_layer_that_gives_nothing_is_not_swapped_into_the_middle():
    with pytest.raises(ValueError, match="dense1 and output1 cannot change places"):
        Swap("dense1", "output1").apply(small())


def test_one_change_sets_all_that_know_the_setting():
    graph = small().with_node("dense2", Dense(units=3))
    edit = SetAll(("dense1", "dense2", "relu1", "gone"), "units", 24)

    after = edit.apply(graph)

    assert [after.nodes[id].units for id in ("dense1", "dense2")] == [24, 24]
    assert after.nodes["relu1"] == graph.nodes["relu1"]
    assert edit.merge_key == ("settings", edit.ids, "units")


def test_a_value_out_of_range_is_refused_for_all():
    with pytest.raises(ValueError, match="Units must be at least 1"):
        SetAll(("dense1",), "units", 0).apply(small())


def test_a_graft_adds_layers_and_edges_once():
    part = renamed(part_of(small(), ["dense1", "relu1"]), {"dense1": "d", "relu1": "r"})
    edit = Graft(part)

    after = edit.apply(small())

    assert [*after.nodes][-2:] == ["d", "r"]
    assert after.edges[-1] == Edge("d", "r", "inputs")
    assert edit.apply(after) is after
    assert edit.label == "Paste 2 layers"


def test_layers_that_share_weights_follow_the_new_name():
    graph = Graph({"a": Dense(), "b": Tied(shares="a")})

    assert renamed(graph, {"a": "c"}).nodes["b"].shares == "c"


@given(wired())
def test_swapping_and_replacing_leave_only_edges_that_can_be(graph: Graph):
    from playground.graph.wiring import sound

    ids = list(graph.nodes)
    before = sound(graph)[1]
    for layer in (layer_like("Add"), layer_like("Conv2d"), layer_like("Output")):
        after = Replace(ids[-1], layer, ids[-1]).apply(graph)
        assert before or sound(after)[1] == ()
    try:
        swapped = Swap(ids[0], ids[-1]).apply(graph)
    except ValueError:
        return
    assert before or sound(swapped)[1] == ()

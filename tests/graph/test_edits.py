"""Edits make another graph and leave the old one; what means nothing any more changes nothing."""

from __future__ import annotations

import pytest

from playground.graph.edits import (
    AddLayer,
    Connect,
    Delete,
    Disconnect,
    Edit,
    InsertOnEdge,
    Rename,
    SetSettings,
    Several,
    adapt,
    layer_like,
)
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers.ends import Output
from playground.layers.shape import Shape, Signature

IMAGES = Signature(Shape((1, 8, 8)), 10, "classes")


def small() -> Graph:
    """input1 - dense1 - relu1 - output1."""
    return chain(layer_like("Input"), layer_like("Dense"), layer_like("ReLU"), layer_like("Output"))


def residual() -> Graph:
    """input1 - dense1 - relu1 - add1, and input1 - add1."""
    graph = chain(layer_like("Input"), layer_like("Dense"), layer_like("ReLU"), layer_like("Add"))
    return graph.with_edge(Edge("input1", "add1", "inputs"))


def wires(graph: Graph) -> list[str]:
    return [f"{edge.source}-{edge.target}" for edge in graph.edges]


def test_deleting_a_layer_heals_the_edge() -> None:
    assert wires(Delete(("relu1",)).apply(small())) == ["input1-dense1", "dense1-output1"]


def test_deleting_several_in_a_row_heals_across_all_of_them() -> None:
    assert wires(Delete(("dense1", "relu1")).apply(small())) == ["input1-output1"]
    assert wires(Delete(("relu1", "dense1")).apply(small())) == ["input1-output1"]


def test_healing_keeps_the_order_of_a_merge_and_draws_no_edge_twice() -> None:
    assert wires(Delete(("relu1",)).apply(residual())) == ["input1-dense1", "dense1-add1", "input1-add1"]
    assert wires(Delete(("dense1", "relu1")).apply(residual())) == ["input1-add1"]


def test_deleting_a_merge_of_two_leaves_both_ends_loose() -> None:
    graph = residual().with_node("output1", layer_like("Output")).with_edge(Edge("add1", "output1", "scores"))

    assert wires(Delete(("add1",)).apply(graph)) == ["input1-dense1", "dense1-relu1"]


def test_a_new_edge_takes_the_place_of_the_old_one_on_a_port_for_one() -> None:
    graph = Connect(Edge("input1", "output1", "scores")).apply(small())

    assert wires(graph) == ["input1-dense1", "dense1-relu1", "input1-output1"]


def test_inserting_on_an_edge_keeps_its_place_among_the_inputs() -> None:
    graph = InsertOnEdge(Edge("relu1", "add1", "inputs"), "drop1", layer_like("Dropout")).apply(residual())

    assert [edge.source for edge in graph.incoming["add1"]] == ["drop1", "input1"]


def test_renaming_moves_the_edges_along_and_keeps_the_order() -> None:
    graph = Rename("dense1", "hidden").apply(small())

    assert list(graph.nodes) == ["input1", "hidden", "relu1", "output1"]
    assert wires(graph) == ["input1-hidden", "hidden-relu1", "relu1-output1"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1st", "“1st” cannot name a layer. Use letters, digits and _, a letter first."),
        ("", "“” cannot name a layer. Use letters, digits and _, a letter first."),
        ("größe", "“größe” cannot name a layer. Use letters, digits and _, a letter first."),
        ("for", "“for” has a meaning in Python code, which this network can be exported to. Use another."),
        ("torch", "“torch” has a meaning in Python code, which this network can be exported to. Use another."),
        ("relu1", "There is a layer “relu1” already. Use another name."),
        ("a" * 61, "A name of 61 letters is too long. Use at most 60."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_a_sentence(name: str, text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the text is asserted
        Rename("dense1", name).apply(small())

    assert str(caught.value) == text


def test_a_setting_out_of_range_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 the text is asserted
        SetSettings("dense1", (("units", 0),)).apply(small())

    assert str(caught.value) == "Units must be at least 1, not 0."


def test_successive_changes_of_one_setting_are_one_step_of_undo() -> None:
    first, second = SetSettings("dense1", (("units", 3),)), SetSettings("dense1", (("units", 4),))

    assert first.merge_key == second.merge_key != SetSettings("dense1", (("bias", False),)).merge_key
    assert Delete(("dense1",)).merge_key is None


@pytest.mark.parametrize(
    "edit",
    [
        AddLayer("dense1", layer_like("ReLU")),
        Delete(("gone",)),
        Connect(Edge("gone", "dense1", "values")),
        Connect(Edge("input1", "gone", "values")),
        Connect(Edge("input1", "dense1", "nowhere")),
        Connect(Edge("output1", "dense1", "values")),
        Disconnect(Edge("gone", "dense1", "values")),
        InsertOnEdge(Edge("gone", "dense1", "values"), "new", layer_like("ReLU")),
        InsertOnEdge(Edge("input1", "dense1", "values"), "relu1", layer_like("ReLU")),
        InsertOnEdge(Edge("input1", "dense1", "values"), "new", layer_like("Input")),
        InsertOnEdge(Edge("input1", "dense1", "values"), "new", layer_like("Output")),
        SetSettings("gone", (("units", 3),)),
        Rename("gone", "new"),
        Rename("dense1", "dense1"),
        Several("Nothing", (Delete(("gone",)),)),
    ],
    ids=lambda edit: edit.label,
)
def test_an_edit_that_means_nothing_changes_nothing(edit: Edit) -> None:
    assert edit.apply(small()) == small()


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (AddLayer("conv1", layer_like("Conv2d")), "Add Conv 3×3"),
        (Delete(("relu1",)), "Delete relu1"),
        (Delete(("relu1", "dense1")), "Delete 2 layers"),
        (Connect(Edge("a", "b", "inputs")), "Connect a to b"),
        (Disconnect(Edge("a", "b", "inputs")), "Disconnect a from b"),
        (SetSettings("rnn1", (("learning_rate", 1),)), "Change learning rate of rnn1"),
        (Rename("a", "b"), "Rename a to b"),
        (Several("Insert Flatten", ()), "Insert Flatten"),
    ],
)
def test_an_edit_says_in_the_undo_menu_what_it_does(edit: Edit, label: str) -> None:
    assert edit.label == label


def test_adapting_sets_the_input_the_output_and_the_last_units() -> None:
    graph = adapt(small(), IMAGES)

    assert graph.nodes["input1"].settings["dims"] == [1, 8, 8]
    assert graph.nodes["output1"] == Output(loss="cross_entropy", units=10)
    assert graph.nodes["dense1"].settings["units"] == 10


def test_adapting_to_numbers_changes_the_loss_and_to_classes_keeps_one_for_classes() -> None:
    numbers = adapt(small(), Signature(Shape((4,)), 1, "numbers"))
    hinge = adapt(SetSettings("output1", (("loss", "hinge"),)).apply(small()), Signature(Shape((4,)), 2, "classes"))

    assert numbers.nodes["output1"] == Output(loss="mean_squared_error", units=1)
    assert hinge.nodes["output1"] == Output(loss="hinge", units=2)
    assert hinge.nodes["dense1"].settings["units"] == 1

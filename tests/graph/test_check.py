"""What checking says about networks that cannot be trained, and that one click gets them out of it."""

from __future__ import annotations

import gc
import weakref

import pytest

from playground.graph.asking import remembered
from playground.graph.check import Problem, check
from playground.graph.edits import AddLayer, Connect, Delete, Disconnect, apply_all
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers import LAYERS
from playground.layers.layer import Layer, Unknown
from playground.layers.shape import Shape, Signature

POINTS = Signature(Shape((2,)), 2, "classes")
IMAGES = Signature(Shape((1, 8, 8)), 10, "classes")
WAVES = Signature(Shape((20, 1)), 3, "classes")
NUMBERS = Signature(Shape((10,)), 1, "numbers")


def made(name: str, **settings: object) -> Layer:
    return LAYERS[name].model_validate(settings)


def said(graph: Graph, signature: Signature | None = None) -> list[str]:
    return [problem.text for problem in check(graph, signature).problems]


def clicked(graph: Graph, signature: Signature | None, label: str) -> Graph:
    """The graph after the one fix of that label."""
    found = [fix for problem in check(graph, signature).problems for fix in problem.fixes if fix.label == label]
    assert found, [fix.label for problem in check(graph, signature).problems for fix in problem.fixes]
    return apply_all(graph, found[0].edits)


def only(graph: Graph, signature: Signature | None = None) -> Problem:
    (problem,) = check(graph, signature).problems
    return problem


def images(*layers: Layer) -> Graph:
    """Those layers between an Input for images and an Output for ten classes."""
    return chain(made("Input", dims=(1, 8, 8)), *layers, made("Output", units=10))


def test_a_good_network_has_no_problem_and_all_its_shapes() -> None:
    report = check(images(made("Conv2d"), made("Flatten"), made("Dense", units=10)), IMAGES)

    assert report.ok
    assert [str(shape) for shape in report.shapes.values()] == ["8×8×1", "8×8×16", "1024", "10", "10"]


def test_dense_behind_an_image_is_offered_a_flatten() -> None:
    graph = images(made("Conv2d"), made("Dense", units=10))
    problem = only(graph, IMAGES)

    assert (problem.node, problem.text) == ("dense1", "Dense needs a vector, but gets 8×8×16.")
    assert [fix.label for fix in problem.fixes] == ["Insert Flatten", "Insert global pooling"]
    assert check(clicked(graph, IMAGES, "Insert Flatten"), IMAGES).problems == ()
    assert check(clicked(graph, IMAGES, "Insert global pooling"), IMAGES).problems == ()


def test_what_stands_behind_a_broken_layer_is_not_reported() -> None:
    graph = images(made("Dense"), made("Conv2d", activation="relu"), made("Conv2d"))

    assert only(graph, IMAGES).node == "dense1"


def test_one_click_matches_the_channels_of_an_addition() -> None:
    graph = images(made("Conv2d", filters=8), made("Add"), made("GlobalAvgPool2d"), made("Dense", units=10))
    graph = graph.with_edge(Edge("input1", "add1", "inputs"))

    assert only(graph, IMAGES).text == "Add needs inputs of one shape, but gets 8×8×8 and 8×8×1."
    fixed = clicked(graph, IMAGES, "Insert Conv 1×1 to match channels")
    assert check(fixed, IMAGES).problems == ()
    assert fixed.incoming["add1"][1].source == "conv2"


def test_one_click_matches_the_size_of_an_addition_by_a_stride() -> None:
    graph = images(made("Conv2d", filters=8, stride=2), made("Add"), made("GlobalAvgPool2d"), made("Dense", units=10))
    graph = graph.with_edge(Edge("input1", "add1", "inputs"))

    fixed = clicked(graph, IMAGES, "Insert Conv 1×1, stride 2, to match channels")

    assert check(fixed, IMAGES).problems == ()


def test_one_click_carries_on_until_an_addition_of_vector_and_image_works() -> None:
    graph = images(made("Flatten"), made("Dense", units=10), made("Add"))
    graph = graph.with_edge(Edge("input1", "add1", "inputs"))

    fixed = clicked(graph, IMAGES, "Insert Flatten, then insert Dense 10 to match")

    assert check(fixed, IMAGES).problems == ()


def test_an_output_of_the_wrong_length_can_be_set_or_led_through_a_dense() -> None:
    graph = images(made("Flatten"), made("Dense", units=32), made("ReLU"))
    problem = check(graph, IMAGES).errors[0]

    assert problem.text == "Output needs 10 values, one for each class, but gets 32."
    assert [fix.label for fix in problem.fixes] == ["Set units of dense1 to 10", "Insert Dense 10"]
    assert all(check(apply_all(graph, fix.edits), IMAGES).ok for fix in problem.fixes)


def test_a_window_larger_than_the_image_can_be_padded_or_made_smaller() -> None:
    graph = images(made("Conv2d", kernel=9, padding="valid"), made("Flatten"), made("Dense", units=10))
    problem = only(graph, IMAGES)

    assert [fix.label for fix in problem.fixes] == ["Set padding to same", "Set window to 8×8"]


def test_a_recurrent_layer_behind_another_lets_that_one_return_its_whole_sequence() -> None:
    graph = chain(
        made("Input", dims=(20, 1)), made("LSTM"), made("GRU"), made("Dense", units=3), made("Output", units=3)
    )
    problem = only(graph, WAVES)

    assert problem.text.startswith("GRU needs a sequence, but gets a vector of 32.")
    assert [fix.label for fix in problem.fixes] == ["Return the whole sequence", "Remove lstm1", "Remove GRU"]
    assert check(clicked(graph, WAVES, "Return the whole sequence"), WAVES).problems == ()


def test_a_sequence_at_the_output_can_be_cut_to_its_last_state() -> None:
    graph = chain(made("Input", dims=(20, 1)), made("LSTM", returns="sequence"), made("Output", units=3))

    fixed = clicked(graph, WAVES, "Return the last state only, then set units of lstm1 to 3")

    assert check(fixed, WAVES).ok


def test_a_convolution_behind_a_flatten_takes_the_flatten_out() -> None:
    graph = images(made("Flatten"), made("Conv2d"), made("GlobalAvgPool2d"), made("Dense", units=10))

    assert check(clicked(graph, IMAGES, "Remove flatten1"), IMAGES).problems == ()


def test_two_layers_that_feed_each_other_are_named_with_the_edge_that_closed_the_loop() -> None:
    graph = chain(made("Input"), made("Add"), made("Dense", units=2), made("Output"))
    graph = graph.with_edge(Edge("dense1", "add1", "inputs"))
    problem = check(graph, POINTS).errors[0]

    assert problem.text == (
        "add1 and dense1 feed each other without an end. Let the edge from dense1 to add1 carry the "
        "previous step, or remove it."
    )
    assert problem.fixes[0].edits == (Disconnect(Edge("dense1", "add1", "inputs")),)
    assert check(apply_all(graph, problem.fixes[0].edits), POINTS).ok


def test_layers_behind_a_loop_are_not_said_to_be_on_it() -> None:
    graph = chain(made("Input"), made("Add"), made("ReLU"), made("Tanh"), made("Dense", units=2), made("Output"))
    graph = graph.with_edge(Edge("relu1", "add1", "inputs"))

    assert [problem.text[:34] for problem in check(graph, POINTS).errors] == ["add1 and relu1 feed each other wit"]


def test_a_layer_that_feeds_itself_is_told_so() -> None:
    graph = chain(made("Input"), made("Add"), made("Dense", units=2), made("Output"))
    graph = graph.with_edge(Edge("add1", "add1", "inputs"))

    assert said(graph, POINTS)[0].startswith("add1 feeds itself without an end.")


def test_a_loose_end_is_connected_with_one_click() -> None:
    graph = images(made("Flatten"), made("Dense", units=10))
    graph = Disconnect(Edge("dense1", "output1", "scores")).apply(graph)
    report = check(graph, IMAGES)

    assert [problem.text for problem in report.errors] == ["output1 gets no input. Connect a layer to it."]
    assert [problem.text for problem in report.problems[1:]] == [
        "Nothing reads what dense1 gives. Connect it, or delete it."
    ]
    assert check(clicked(graph, IMAGES, "Connect dense1 to output1"), IMAGES).problems == ()


def test_layers_thrown_on_the_canvas_are_wired_in_their_order() -> None:
    graph = Graph()
    for name in ("Input", "Output", "Conv2d", "MaxPool2d", "Flatten", "Dense"):
        graph = AddLayer(graph.fresh_id(LAYERS[name]), LAYERS[name]()).apply(graph)
    for _ in range(5):
        problem = next(problem for problem in check(graph).errors if problem.text.endswith("Connect a layer to it."))
        graph = apply_all(graph, problem.fixes[0].edits)

    assert {(edge.source, edge.target) for edge in graph.edges} == {
        ("input1", "conv1"),
        ("conv1", "pool1"),
        ("pool1", "flatten1"),
        ("flatten1", "dense1"),
        ("dense1", "output1"),
    }


def test_a_branch_that_leads_nowhere_is_a_warning_and_can_be_deleted_whole() -> None:
    graph = images(made("Flatten"), made("Dense", units=10))
    for id, source in (("relu1", "flatten1"), ("relu2", "relu1")):
        graph = Connect(Edge(source, id, "inputs")).apply(graph.with_node(id, made("ReLU")))
    report = check(graph, IMAGES)

    assert report.ok
    assert [problem.severity for problem in report.problems] == ["warning", "hint"]
    fixed = clicked(graph, IMAGES, "Delete relu2 and what leads only to it")
    assert check(fixed, IMAGES).problems == ()


def test_an_empty_network_is_offered_both_ends() -> None:
    assert said(Graph(), IMAGES) == [
        "The network has no Input: data cannot enter it. Add one.",
        "The network has no Output: nothing says what it shall learn. Add one.",
    ]
    graph = clicked(clicked(Graph(), IMAGES, "Add an Input"), IMAGES, "Add an Output")
    assert [str(shape) for shape in check(graph, IMAGES).shapes.values()] == ["8×8×1"]


def test_a_network_may_have_several_inputs_and_outputs() -> None:
    graph = chain(made("Input"), made("Dense", units=2), made("Output"))
    graph = graph.with_node("input2", made("Input", columns="2", dims=(1,))).with_node("concat1", made("Concat"))
    graph = graph.with_edge(Edge("input1", "concat1", "inputs")).with_edge(Edge("input2", "concat1", "inputs"))
    graph = graph.with_edge(Edge("concat1", "dense1", "values"))
    graph = graph.with_node("output2", made("Output", weight=0.3)).with_edge(Edge("dense1", "output2", "scores"))

    assert check(graph, POINTS).problems == ()


def test_ends_that_do_not_fit_the_data_are_told_both_shapes() -> None:
    graph = chain(made("Input"), made("Dense", units=2), made("Output"))

    assert said(graph, WAVES) == [
        "input1 takes a vector of 2, but an example of the data is a sequence of 20 steps × 1.",
        "output1 has 2 outputs, but the data have 3 classes.",
    ]
    assert (
        said(graph, NUMBERS)[1] == "output1 learns classes with cross-entropy, but the data have 1 number to predict."
    )
    fixed = clicked(clicked(graph, NUMBERS, "Set input1 to 10"), NUMBERS, "Learn with squared error")
    assert check(fixed, NUMBERS).problems == ()


@pytest.mark.parametrize("name", ["Softmax", "Sigmoid", "ReLU"])
def test_an_activation_before_a_loss_for_classes_is_warned_of_and_taken_out(name: str) -> None:
    graph = images(made("Flatten"), made("Dense", units=10), made(name))
    problem = only(graph, IMAGES)
    id = f"{name.lower()}1"

    assert problem.severity == "warning"
    assert problem.text == (
        f"{id} changes the raw scores before output1, but cross-entropy expects them raw: the network learns worse."
    )
    assert check(clicked(graph, IMAGES, f"Delete {id}"), IMAGES).problems == ()


def test_an_activation_inside_the_last_layer_is_warned_of_too() -> None:
    graph = images(made("Flatten"), made("Dense", units=10, activation="sigmoid"))

    assert only(graph, IMAGES).severity == "warning"
    assert check(clicked(graph, IMAGES, "Set activation of dense1 to none"), IMAGES).problems == ()


def test_an_activation_after_an_activation_is_a_hint() -> None:
    graph = images(made("Conv2d", activation="relu"), made("ReLU"), made("Flatten"), made("Dense", units=10))

    assert only(graph, IMAGES).text == "relu1 follows conv1, which has an activation already. One of them is enough."
    assert only(graph, IMAGES).severity == "hint"


def test_a_network_too_large_for_memory_is_refused_with_its_size() -> None:
    wide = made("Conv2d", filters=65_536), made("Flatten"), made("Dense", units=100_000, activation="relu")
    graph = images(*wide, made("Dense", units=10))

    assert only(graph, IMAGES).text == (
        "The network would have 419,432,155,370 parameters, 419,430,500,000 of them in dense1; "
        "at most 1,000,000,000 fit in memory. Use fewer units, or pooling before it."
    )


def test_a_layer_of_a_newer_version_is_kept_and_named() -> None:
    graph = images(made("Flatten"), made("Dense", units=10))
    graph = graph.with_node("dense1", Unknown(type_name="Attention", kept={"heads": 8}))
    problem = check(graph, IMAGES).errors[0]

    assert problem.text == "This program knows no layer “Attention”. Update it, or delete the layer."
    assert [fix.edits for fix in problem.fixes] == [(Delete(("dense1",)),)]


def test_edges_of_a_damaged_file_are_reported_not_followed() -> None:
    good = images(made("Flatten"), made("Dense", units=10))
    for edge in (
        Edge("gone", "dense1", "values"),
        Edge("input1", "dense1", "back"),
        Edge("input1", "dense1", "values"),
    ):
        graph = Graph(good.nodes, (*good.edges, edge))

        assert said(graph, IMAGES) == [
            f"The edge from {edge.source} to dense1 does not lead from an output to a free input. Remove it."
        ]
        assert check(clicked(graph, IMAGES, "Remove the edge"), IMAGES).problems == ()


def test_checking_again_asks_only_the_layer_that_changed() -> None:
    graph = chain(made("Input"), *[made("Dense", units=3)] * 1000, made("Dense", units=2), made("Output"))
    check(graph, POINTS)
    asked = remembered.cache_info().misses

    check(graph.with_node("dense500", made("Dense", units=3, activation="gelu")), POINTS)

    assert remembered.cache_info().misses - asked <= 1


def test_a_network_that_was_checked_and_has_problems_is_held_by_nobody() -> None:
    class Traced(Graph):
        pass

    good = images(made("Conv2d"), made("Dense", units=10, activation="celu"))
    graph = Traced(good.nodes, good.edges)
    gone = weakref.ref(graph)
    assert not check(graph, IMAGES).ok

    del graph
    gc.collect()

    assert gone() is None

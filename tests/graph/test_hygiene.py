"""What is said of networks that could be trained but are seldom meant so, and that one click mends each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.graph.check import Problem, check
from playground.graph.edits import Several, apply_all
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers import LAYERS
from playground.layers.layer import Layer
from tests.graph.random_graphs import wired
from tests.graph.test_any_graph import quick


def made(name: str, **settings: object) -> Layer:
    return LAYERS[name].model_validate(settings)


def dense(units: int = 8, activation: str = "none") -> Layer:
    return made("Dense", units=units, activation=activation)


def images(side: int, *layers: Layer) -> Graph:
    rest = made("GlobalAvgPool2d"), dense(10), made("Output", units=10)
    return chain(made("Input", dims=(1, side, side)), *layers, *rest)


def vectors(*layers: Layer) -> Graph:
    return chain(made("Input", dims=(20,)), *layers, dense(2), made("Output", units=2))


def asked(graph: Graph, batch: int | None = None, memory: int | None = None) -> tuple[Problem, ...]:
    """All that check says for that batch and memory."""
    return check(graph, None, batch, memory).problems


def only(graph: Graph, batch: int | None = None, memory: int | None = None) -> Problem:
    (problem,) = asked(graph, batch, memory)
    return problem


def sigmoids(count: int) -> Graph:
    return vectors(*(dense(8, "sigmoid") for _ in range(count)))


NORMED = vectors(dense(8), made("BatchNorm"), made("ReLU"))
CASES: dict[str, tuple[Graph, int | None, int | None]] = {
    "odd pooling": (images(7, made("MaxPool2d")), None, None),
    "odd pooling before an addition": (
        images(9, made("Conv2d", filters=1, kernel=2, stride=2, padding="valid"), made("Add")).with_edge(
            Edge("conv1", "add1", "inputs")
        ),
        None,
        None,
    ),
    "stride over the window": (images(12, made("AvgPool2d", kernel=2, stride=3)), None, None),
    "valid convolution": (images(10, made("Conv2d", kernel=3, stride=3, padding="valid")), None, None),
    "flatten of a vector": (vectors(made("Flatten")), None, None),
    "dropout of scores": (
        chain(made("Input", dims=(20,)), dense(2), made("Dropout"), made("Output", units=2)), None, None,
    ),
    "activation through dropout": (vectors(dense(8, "relu"), made("Dropout"), made("ReLU")), None, None),
    "softmax through flatten": (
        chain(made("Input", dims=(1, 2, 1)), made("Softmax"), made("Flatten"), made("Output", units=2)), None, None,
    ),
    "two linear maps": (vectors(dense(16)), None, None),
    "two linear maps through dropout": (vectors(dense(16), made("Dropout")), None, None),
    "one class": (chain(made("Input"), dense(1), made("Output", units=1)), None, None),
    "batch of one, vector": (NORMED, 1, None),
    "batch of one, image": (images(8, made("Conv2d"), made("BatchNorm"), made("ReLU")), 1, None),
    "sigmoids": (sigmoids(4), None, None),
    "sigmoid layers": (
        vectors(*(layer for _ in range(4) for layer in (dense(8), made("Sigmoid")))), None, None,
    ),
    "tanhs": (vectors(*(dense(8, "tanh") for _ in range(6))), None, None),
    "memory": (vectors(dense(1000, "relu")), 8, 300_000),
    "memory of several": (vectors(dense(1000, "relu"), dense(1000, "relu"), dense(900, "relu")), 8, 300_000),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_problem_is_mended_by_each_of_its_fixes_and_nothing_else_breaks(name: str) -> None:
    graph, batch, memory = CASES[name]
    before = asked(graph, batch, memory)
    assert before

    for problem in before:
        assert problem.fixes, problem.text
        for fix in problem.fixes:
            fixed = Several(fix.label, fix.edits).apply(graph)
            after = asked(fixed, batch, memory)
            assert problem.text not in [other.text for other in after], fix.label
            assert len(after) < len(before), (fix.label, [other.text for other in after])


def test_a_window_that_leaves_the_last_row_is_told_with_ways_to_look_at_it() -> None:
    problem = only(images(7, made("MaxPool2d")))

    assert problem.text == (
        "The last row and column of the 7×7 image that pool1 gets are never looked at: its windows do not come out "
        "even. Use another window, stride or padding."
    )
    assert [fix.label for fix in problem.fixes] == ["Set padding to same", "Set window to 3×3", "Set stride to 1"]
    assert problem.severity == "warning"


def test_a_valid_convolution_can_be_padded_instead() -> None:
    problem = only(images(10, made("Conv2d", kernel=4, stride=4, padding="valid")))

    assert problem.text.startswith("The last 2 rows and columns of the 10×10 image that conv1 gets are never")
    assert problem.fixes[0].label == "Set padding to same"


def test_an_image_that_is_not_square_says_which_side_is_left_over() -> None:
    rest = made("GlobalAvgPool2d"), dense(10), made("Output", units=10)
    graph = chain(made("Input", dims=(1, 8, 9)), made("MaxPool2d"), *rest)

    assert only(graph).text.startswith("The last 1 column of the 8×9 image that pool1 gets is never looked at")


def test_a_stride_larger_than_the_window_says_what_share_is_skipped() -> None:
    problem = only(images(12, made("AvgPool2d", kernel=2, stride=3)))

    assert problem.text == (
        "pool1 looks at 2 and then steps 3 pixels on: 1 of every 3 rows and columns are never looked at. "
        "Use a stride no larger than the window."
    )


@pytest.mark.parametrize(
    "layers",
    [
        (made("Conv2d", kernel=3, stride=2),),  # ResNet's blocks
        (made("Conv2d", kernel=1, stride=2),),  # and their shortcuts
        (made("Conv2d", kernel=7, stride=2), made("MaxPool2d", kernel=3, stride=2)),
        (made("Conv2d", kernel=3, stride=2, padding="valid"),),  # SqueezeNet: one row of 224
    ],
)
def test_windows_of_published_networks_are_not_complained_of(layers: tuple[Layer, ...]) -> None:
    assert asked(images(224, *layers)) == ()


def test_no_way_out_of_dropped_pixels_breaks_an_addition() -> None:
    graph = images(7, made("MaxPool2d"), made("Add")).with_node("other", made("MaxPool2d"))
    graph = graph.with_edge(Edge("input1", "other", "image")).with_edge(Edge("other", "add1", "inputs"))

    for problem in asked(graph):
        assert [fix.label for fix in problem.fixes] == ["Set window to 3×3"]
        assert check(apply_all(graph, problem.fixes[0].edits)).ok


def test_two_linear_maps_are_told_but_a_bottleneck_is_meant() -> None:
    problem = only(vectors(dense(16)))

    assert problem.text == "dense1 has no activation before dense2: two linear maps in a row are one. Give it one."
    assert problem.severity == "hint"
    assert asked(vectors(dense(16, "relu"), dense(4), dense(16, "relu"))) == ()
    assert asked(vectors(dense(16), made("ReLU"))) == ()


def test_a_linear_layer_that_an_addition_reads_too_is_meant() -> None:
    graph = vectors(dense(20), dense(20, "relu"), made("Add"))

    assert asked(graph.with_edge(Edge("dense1", "add1", "inputs"))) == ()


def test_sigmoids_in_a_row_say_by_how_much_gradients_fade() -> None:
    problem = only(sigmoids(4))

    assert (problem.node, problem.severity) == ("dense1", "hint")
    assert problem.text == (
        "4 sigmoids in a row from dense1 to dense4: the slope of each is at most 1/4, so gradients reach dense1 "
        "256 times smaller or worse, unless weights make up for it. Use ReLU."
    )
    assert asked(sigmoids(3)) == ()


def test_tanhs_fade_later_and_normalisation_or_a_skip_keeps_gradients() -> None:
    assert only(CASES["tanhs"][0]).text.startswith("6 layers in a row from dense1 to dense6 end in tanh or sigmoid")
    assert asked(vectors(*(dense(8, "tanh") for _ in range(5)))) == ()
    halves = tuple(dense(8, "sigmoid") for _ in range(3))
    assert asked(vectors(*halves, made("BatchNorm"), *halves)) == ()
    skipped = vectors(dense(8, "sigmoid"), *(dense(8, "sigmoid") for _ in range(3)), made("Add"))
    assert asked(skipped.with_edge(Edge("dense1", "add1", "inputs"))) == ()


def test_sigmoid_layers_become_relu_layers_in_their_places() -> None:
    graph = CASES["sigmoid layers"][0]
    (fix,) = only(graph).fixes
    fixed = apply_all(graph, fix.edits)

    assert fix.label == "Use ReLU in these 4 layers"
    assert [fixed.nodes[id].type for id in fixed.order] == [
        "Input", *["Dense", "ReLU"] * 4, "Dense", "Output",
    ]  # fmt: skip


def test_a_batch_of_one_cannot_be_normalised() -> None:
    assert only(NORMED, batch=1).severity == "error"
    assert "a batch of 1 has one value for each unit" in only(NORMED, batch=1).text
    graph, batch, _ = CASES["batch of one, image"]
    assert only(graph, batch).severity == "warning"
    assert asked(NORMED, batch=2) == ()


def test_memory_that_does_not_suffice_is_told_with_both_numbers() -> None:
    problem = only(vectors(dense(1000, "relu")), batch=8, memory=300_000)

    # 20·1000 + 1000 and 1000·2 + 2 parameters, 16 bytes each; 20 + 1000 + 2 values, 4 bytes, 8 examples, twice.
    assert (problem.node, problem.severity) == ("dense1", "warning")
    assert problem.text == (
        "Training would take about 433 kB, more than the 300 kB of memory here: 368 kB for parameters with their "
        "gradients and Adam's averages, 65.4 kB for the activations of a batch of 8. Use a smaller batch, or a "
        "smaller network."
    )
    assert [fix.label for fix in problem.fixes] == ["Halve the units of dense1"]


def test_memory_that_no_smaller_layer_would_save_has_no_fix_and_small_networks_no_problem() -> None:
    assert only(vectors(), batch=8, memory=10).fixes == ()
    assert asked(vectors(), batch=8, memory=10**9) == ()


def test_an_output_of_one_class_is_given_two() -> None:
    problem = only(CASES["one class"][0])

    assert problem.text == (
        "output1 has 1 class, so there is nothing to tell apart: every answer is right. Use 2 classes."
    )


def test_dropout_of_the_scores_and_a_flatten_of_a_vector_are_told() -> None:
    assert only(CASES["dropout of scores"][0]).text == (
        "drop1 sets 50% of the scores themselves to 0 before the loss sees them. Delete it, or put it before the "
        "last layer with weights."
    )
    assert only(CASES["flatten of a vector"][0]).text == (
        "flatten1 gets a vector of 20 already, so it does nothing. Delete it."
    )


def test_activations_are_told_through_dropout_but_not_through_pooling() -> None:
    assert only(CASES["activation through dropout"][0]).text == (
        "relu1 comes after dense1, which has an activation already. One of them is enough."
    )
    assert only(CASES["softmax through flatten"][0]).text == (
        "softmax1 changes the raw scores before output1, but cross-entropy expects them raw: the network learns worse."
    )
    assert asked(images(8, made("Conv2d", activation="relu"), made("MaxPool2d"), made("ReLU"))) == ()


@quick
@given(wired(), st.sampled_from([None, 1, 32]), st.sampled_from([None, 1000]))
def test_any_network_can_be_asked_and_every_sentence_ends(graph: Graph, batch: int | None, memory: int | None) -> None:
    for problem in asked(graph, batch, memory):
        assert problem.text.endswith(".")
        assert problem.node is None or problem.node in graph.nodes


@quick
@given(wired())
def test_a_layer_on_no_way_from_an_input_to_an_output_is_always_spoken_of(graph: Graph) -> None:
    ahead = {id for start in graph.of_type("Input") for id in (start, *graph.reached_from(start))}
    leads = {
        id
        for id in graph.nodes
        if graph.nodes[id].type == "Output" or graph.reached_from(id) & set(graph.of_type("Output"))
    }

    if graph.nodes and set(graph.nodes) - (ahead & leads):
        assert check(graph).problems


def test_two_convolutions_in_a_row_without_an_activation_are_one_map() -> None:
    line = (made("Conv2d", filters=8), made("AvgPool2d"), made("Conv2d", filters=8, activation="relu"))
    graph = images(8, *line)
    problem = only(graph)
    assert problem.text == "conv1 has no activation before conv2: two linear maps in a row are one. Give it one."
    assert asked(apply_all(graph, problem.fixes[0].edits)) == ()


def test_channels_that_are_kept_apart_first_are_no_waste() -> None:
    line = (made("Conv2d", filters=4), made("ReLU"), made("Conv2d", filters=4, groups=4), made("Conv2d", filters=8))
    assert asked(images(8, *line, made("ReLU"))) == ()

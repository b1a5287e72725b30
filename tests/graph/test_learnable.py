"""A network that is to be trained has something to learn, or it is said where it is missing."""

from __future__ import annotations

import pytest

from playground.graph.blocks import MakeBlock
from playground.graph.check import Problem, check
from playground.graph.edits import AddLayer, Connect, SetSettings, apply_all
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers.layer import LAYERS, Layer
from playground.layers.shape import Shape, Signature

POINTS = Signature(Shape((2,)), 2, "classes")
WAVES = Signature(Shape((20, 3)), 3, "classes", steps=20)
IMAGES = Signature(Shape((1, 8, 8)), 10, "classes")


def made(name: str, **settings: object) -> Layer:
    return LAYERS[name].model_validate(settings)


def points(*layers: Layer) -> Graph:
    return chain(made("Input"), *layers, made("Output"))


def only(graph: Graph, signature: Signature = POINTS) -> Problem:
    (problem,) = check(graph, signature).errors
    return problem


@pytest.mark.parametrize("layers", [(), (made("ReLU"),)])
def test_a_network_without_weights_is_offered_a_dense_before_its_output(layers: tuple[Layer, ...]) -> None:
    graph = points(*layers)
    problem = only(graph)

    assert (problem.node, problem.text) == (
        "output1",
        "No layer before output1 has weights: there is nothing to learn. Put a Dense before it.",
    )
    assert [fix.label for fix in problem.fixes] == ["Insert Dense 2"]
    mended = apply_all(graph, problem.fixes[0].edits)
    assert mended.incoming["output1"][0].source == "dense1"
    assert check(mended, POINTS).ok


def test_each_step_of_a_sequence_gets_its_dense() -> None:
    graph = chain(made("Input", dims=(20, 3)), made("Output", units=3, each_step=True))
    problem = only(graph, WAVES)

    assert [fix.label for fix in problem.fixes] == ["Insert Dense 3"]
    assert check(apply_all(graph, problem.fixes[0].edits), WAVES).ok


def test_who_rebuilds_an_image_gets_a_convolution() -> None:
    end = made("Output", truth="inputs", loss="mean_squared_error")
    graph = chain(made("Input", dims=(1, 8, 8)), end)
    problem = only(graph, IMAGES)

    assert [fix.label for fix in problem.fixes] == ["Insert Conv 3×3"]
    assert check(apply_all(graph, problem.fixes[0].edits), IMAGES).ok


def test_weights_that_lead_to_no_output_are_none() -> None:
    graph = apply_all(points(), [AddLayer("dense1", made("Dense")), Connect(Edge("input1", "dense1", "values"))])

    assert only(graph).text.startswith("No layer before output1 has weights")


def test_a_network_of_frozen_layers_is_said_to_learn_nothing() -> None:
    graph = points(made("Dense", trainable=False), made("Dense", units=2, trainable=False))
    problem = only(graph)

    assert problem.node == "output1"
    assert problem.text == "All weights before output1 are frozen: there is nothing to learn. Set a layer trainable."
    assert [fix.label for fix in problem.fixes] == ["Set dense2 trainable", "Set all 2 layers trainable"]
    assert all(check(apply_all(graph, fix.edits), POINTS).ok for fix in problem.fixes)


def test_freezing_the_last_layer_that_learned_is_noticed_at_once() -> None:
    learned = check(points(made("Dense", units=2)), POINTS)
    assert learned.graph is not None
    frozen = SetSettings("dense1", (("trainable", False),)).apply(learned.graph)

    assert check(frozen, POINTS, before=learned).problems == check(frozen, POINTS).problems != ()


def test_some_weights_that_learn_are_enough() -> None:
    assert check(points(made("Dense", trainable=False), made("Dense", units=2)), POINTS).ok


def test_without_data_a_network_may_do_without_weights() -> None:
    assert check(points()).ok


def test_a_repeated_block_without_weights_is_no_layer_that_learns() -> None:
    graph = MakeBlock(("relu1",), "Bends", "block1", repeat=3).apply(points(made("ReLU")))
    problem = only(graph)

    assert [fix.label for fix in problem.fixes] == ["Insert Dense 2"]
    assert check(apply_all(graph, problem.fixes[0].edits), POINTS).ok

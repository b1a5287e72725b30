"""Networks with several Inputs and Outputs: side classifiers, autoencoders, decoders that are taught."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from playground.data.dataset import DataChoice, Dataset, Examples
from playground.data.split import prepare
from playground.engine.compile import build, main_output
from playground.engine.events import Ended, EpochDone
from playground.engine.judging import Judge
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.train import Training, train
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import SetSettings, adapt, layer_like
from playground.graph.model import Edge, Graph
from playground.graph.templates import chain
from playground.layers.ends import Input, Output
from playground.layers.shape import Shape, Signature

CLASSES = 3


def two_headed(weight: float = 0.3) -> Graph:
    """A hidden layer with a side classifier, and the main one behind it."""
    graph = chain(
        layer_like("Input", (("dims", (4,)),)),
        layer_like("Dense", (("units", 6), ("activation", "tanh"))),
        layer_like("Dense", (("units", CLASSES),)),
        layer_like("Output", (("units", CLASSES),)),
    )
    graph = graph.with_node("side", layer_like("Dense", (("units", CLASSES),)))
    graph = graph.with_node("side_output", Output(units=CLASSES, weight=weight))
    return graph.with_edge(Edge("dense1", "side", "values")).with_edge(Edge("side", "side_output", "scores"))


def vectors(count: int = 300) -> Examples:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(count, 4)).astype(np.float32)
    targets = (inputs[:, 0] > 0).astype(np.int64) + (inputs[:, 1] > 0)
    return prepare(
        Dataset("made", "Made", "table", inputs, targets, "classes", ("a", "b", "c")), DataChoice(source="made")
    )


def echoes(count: int = 120, steps: int = 4, kinds: int = 3) -> Examples:
    """Codes in, the same codes out, a step each."""
    codes = np.random.default_rng(1).integers(0, kinds, (count, steps))
    names = tuple("abc"[:kinds])
    dataset = Dataset("echo", "Echo", "text", codes.astype(np.float32), codes, "classes", names)
    return prepare(dataset, DataChoice(source="echo"))


def test_the_loss_descended_on_is_the_weighted_sum_and_the_one_shown_the_main_ones() -> None:
    network = build(two_headed(0.3), seed=1)
    x, targets = torch.randn(8, 4), torch.randint(CLASSES, (8,))

    scores, shown, descended = Judge(network, CLASSES).learn(x, targets)
    main, side = network.outputs(x)

    assert torch.equal(scores, main)
    assert shown.item() == pytest.approx(F.cross_entropy(main, targets).item())
    assert descended.item() == pytest.approx(
        (F.cross_entropy(main, targets) + 0.3 * F.cross_entropy(side, targets)).item()
    )


def test_the_answer_is_that_of_the_output_with_the_largest_weight() -> None:
    assert main_output(two_headed(0.3)) == "output1"
    assert main_output(two_headed(2.0)) == "side_output"


def test_a_network_with_a_side_classifier_learns() -> None:
    ended = list(train(two_headed(), Recipe(epochs=60, batch=8), vectors()))[-1]

    assert isinstance(ended, Ended)
    assert ended.valid is not None
    assert ended.valid.measures["accuracy"] > 0.7


def test_an_input_takes_the_columns_it_is_told() -> None:
    graph = SetSettings("input1", (("columns", "4, 1-2"), ("dims", (3,)))).apply(two_headed())
    network = build(graph)
    x = torch.randn(2, 4)

    assert torch.equal(network.activations(x, ("input1",))["input1"], x[:, [3, 0, 1]])
    assert check(graph, Signature(Shape((4,)), CLASSES, "classes")).ok
    told = check(graph, Signature(Shape((3,)), CLASSES, "classes")).errors[0]
    assert told.text == "input1 takes column 4 of the data, which have 3."


def test_an_autoencoder_is_judged_by_its_input() -> None:
    graph = chain(
        layer_like("Input", (("dims", (4,)),)),
        layer_like("Dense", (("units", 4),)),
        layer_like("Output", (("truth", "inputs"), ("loss", "mean_squared_error"))),
    )
    training = Training(graph, Recipe(epochs=200, batch=8, learning_rate=0.02), vectors())
    epochs = [event for event in training.events() if isinstance(event, EpochDone)]

    assert epochs[-1].valid.measures["r2"] > 0.99
    raw = training.examples.dataset.inputs[training.examples.valid.rows]
    assert training.predict("valid") == pytest.approx(raw, abs=0.2)


def test_a_rebuilding_output_for_classes_is_told_and_repaired() -> None:
    graph = SetSettings("output1", (("truth", "inputs"),)).apply(
        chain(*(two_headed().nodes[id] for id in ("input1", "dense1", "output1")))
    )
    errors = check(graph, Signature(Shape((4,)), CLASSES, "classes")).errors

    assert [problem.text for problem in errors] == [
        "output1 rebuilds the input, which are numbers: cross-entropy is for classes. Use squared error.",
        "output1 rebuilds the input, which is a vector of 4: 4 values, but it gets 6. Give it as many.",
    ]


def test_a_frozen_layer_stands_still_and_a_network_of_frozen_layers_is_refused() -> None:
    frozen = SetSettings("dense1", (("trainable", False),)).apply(two_headed())
    training = Training(frozen, Recipe(epochs=2, batch=8), vectors())
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    list(training.events())
    moved = {name for name, value in training.network.state_dict().items() if not torch.equal(value, before[name])}

    assert {name.split(".")[0] for name in moved} == {"dense2", "side"}
    for id in ("dense2", "side"):
        frozen = SetSettings(id, (("trainable", False),)).apply(frozen)
    with pytest.raises(RecipeProblem, match=r"All weights of this network are frozen: nothing can be learned"):
        Training(frozen, Recipe(epochs=2, batch=8), vectors())


def test_tied_layers_have_one_weight_that_learns_from_both() -> None:
    graph = SetSettings("side", (("shares", "dense2"),)).apply(two_headed())
    network = build(graph)

    assert network.get_parameter("side.weight") is network.get_parameter("dense2.weight")
    assert network.count == 4 * 6 + 6 + 6 * CLASSES + CLASSES
    assert total(costs(graph, check(graph))).parameters == network.count


def test_ties_that_cannot_be_are_told_and_repaired() -> None:
    graph = two_headed()
    for name, text in (
        ("nobody", "side uses the weights of nobody, which is not there. Name another Dense layer."),
        ("side", "side uses the weights of side, which is itself. Name another Dense layer."),
        ("dense1", "side uses the weights of dense1, but differs from it in units and activation. Make them equal."),
        ("output1", "side uses the weights of output1, which is a Output. Name another Dense layer."),
    ):
        tied = SetSettings("side", (("shares", name),)).apply(graph)
        problem = check(tied).errors[0]
        assert problem.text == text
        for edit in problem.fixes[-1].edits:
            tied = edit.apply(tied)
        assert check(tied).problems == ()


def test_an_answer_for_each_step_is_learned_and_counted_step_by_step() -> None:
    examples = echoes()
    graph = adapt(
        chain(
            layer_like("Input", (("dims", (4,)),)),
            layer_like("Dense", (("units", 12),)),
            layer_like("Output"),
        ),
        examples.signature,
    )
    told = check(graph, examples.signature).errors[0].text

    assert told == "Output needs a sequence, with scores for each step, but gets a vector of 3."


def test_a_network_without_weights_is_refused_in_words():
    graph = chain(Input(dims=(4,)), Output(units=4))
    with pytest.raises(RecipeProblem, match=r"This network has no weights: nothing can be learned\. Put a Dense"):
        Training(graph, Recipe(epochs=2, batch=8), vectors())

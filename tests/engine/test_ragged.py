"""Sequences of unequal length: what fills up the shorter ones of a batch changes no answer and no gradient."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, currently_in_test_context, given, settings
from hypothesis import strategies as st

from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.engine.answering import Answering
from playground.engine.compile import Network, build
from playground.engine.events import EpochDone
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.model import Edge, Graph
from playground.insight.unroll import _tapped
from playground.layers import LAYERS
from playground.layers.layer import Layer
from tests.engine.nets import recipe

STEPS, FEATURES = 11, 3


def layer(type_name: str, **settings) -> Layer:
    made: Layer = LAYERS[type_name].model_validate(settings)
    return made


def needed(is_so: bool) -> None:
    """Draw another network, where one is drawn."""
    if currently_in_test_context():
        assume(is_so)
    assert is_so


def graph_of(layers: list[Layer], edges: list[Edge] | None = None, steps: int = STEPS) -> Graph:
    """A chain from an Input of so many steps to an Output, or those edges between its nodes n0, n1, …"""
    ids = [f"n{number}" for number in range(len(layers))]
    nodes = {"input": layer("Input", dims=(steps, FEATURES)), **dict(zip(ids, layers, strict=True))}
    if edges is None:
        names = ["input", *ids]
        edges = [Edge(source, target, nodes[target].ports()[0]) for source, target in pairwise(names)]
    return Graph(nodes, tuple(edges))


def ended(graph: Graph, each_step: bool = False) -> Graph:
    """With a Dense layer and an Output behind its last layer; a sequence is pooled to a vector."""
    last = list(graph.nodes)[-1]
    nodes = dict(graph.nodes)
    edges = list(graph.edges)
    report = check(graph)
    needed(last in report.shapes and not [each for each in report.errors if each.node == last])
    if not each_step and report.shapes[last].is_sequence:
        nodes["pooled"] = layer("GlobalAvgPool2d")
        edges.append(Edge(last, "pooled", nodes["pooled"].ports()[0]))
        last = "pooled"
    nodes["dense"] = layer("Dense", units=2)
    nodes["output"] = layer("Output", units=2, each_step=each_step)
    edges += [Edge(last, "dense", "inputs" if nodes["dense"].has_port("inputs") else nodes["dense"].ports()[0])]
    edges += [Edge("dense", "output", "scores")]
    made = Graph(nodes, tuple(edges))
    needed(not check(made).errors)
    return made


def of_length(graph: Graph, steps: int) -> Graph:
    shorter = replace(graph, nodes={**graph.nodes, "input": layer("Input", dims=(steps, FEATURES))})
    needed(not check(shorter).errors)
    return shorter


def series(lengths: list[int], seed: int = 0) -> list[torch.Tensor]:
    random = np.random.default_rng(seed)
    return [torch.from_numpy(random.normal(size=(length, FEATURES)).astype(np.float32)) for length in lengths]


def filled_up(each: list[torch.Tensor], steps: int = STEPS) -> torch.Tensor:
    batch = torch.full((len(each), steps, FEATURES), torch.nan)
    for row, own in zip(batch, each, strict=True):
        row[steps - len(own) :] = own
    return batch


def alone(graph: Graph, network: Network, own: torch.Tensor) -> Network:
    """The network made for that length, with the same weights."""
    made = build(of_length(graph, len(own))).eval()
    made.load_state_dict({**made.state_dict(), **{k: v for k, v in network.state_dict().items() if "waves" not in k}})
    return made


def holds(graph: Graph, lengths: list[int]) -> None:
    """Answers and gradients of the batch are those of each sequence alone, within 1e-5."""
    network = build(graph, 1).eval()
    network.is_masked = True
    own = series(lengths)
    scores = network(filled_up(own))
    weights = torch.from_numpy(np.random.default_rng(1).normal(size=tuple(scores.shape)).astype(np.float32))
    singles = [alone(graph, network, each) for each in own]
    expected = [single(each[None])[0] for single, each in zip(singles, own, strict=True)]
    total = torch.zeros(())
    wanted = torch.zeros(())
    for row, answer in enumerate(expected):
        if answer.dim() == 1:
            mine, share = scores[row], weights[row]
        else:  # an answer for each step: those of the sequence's own
            mine, share = scores[row, -len(answer) :], weights[row, -len(answer) :]
        torch.testing.assert_close(mine, answer, rtol=1e-5, atol=1e-5)
        total, wanted = total + (mine * share).sum(), wanted + (answer * share).sum()
    total.backward()
    wanted.backward()
    for name, weight in network.named_parameters():
        slopes = [dict(single.named_parameters())[name].grad for single in singles]
        known = [slope for slope in slopes if slope is not None]
        summed = torch.stack(known).sum(0) if known else torch.zeros_like(weight)
        found = torch.zeros_like(weight) if weight.grad is None else weight.grad
        scale = max(1.0, float(summed.abs().max()))
        torch.testing.assert_close(found / scale, summed / scale, rtol=1e-5, atol=1e-5)


WINDOWED = st.fixed_dictionaries(
    {
        "kernel": st.integers(1, 4),
        "stride": st.integers(1, 3),
        "padding": st.sampled_from(("same", "tf_same", "valid", 1)),
    }
)
CONVS = st.builds(
    lambda window, filters, dilation, mode, act: layer(
        "Conv1d", filters=filters, dilation=dilation, padding_mode=mode, activation=act, **window
    ),
    WINDOWED, st.integers(1, 4), st.integers(1, 2), st.sampled_from(("zeros", "reflect", "replicate")),
    st.sampled_from(("none", "relu", "sigmoid")),
)  # fmt: skip
POOLS = st.one_of(
    st.builds(lambda window, up: layer("MaxPool1d", ceil_mode=up, **window), WINDOWED, st.booleans()),
    st.builds(
        lambda window, up, counts: layer("AvgPool1d", ceil_mode=up, count_include_pad=counts, **window),
        WINDOWED, st.booleans(), st.booleans(),
    ),
)  # fmt: skip
RECURRENT = st.builds(
    lambda kind, units, both, levels: layer(kind, units=units, bidirectional=both, layers=levels, returns="sequence"),
    st.sampled_from(("RNN", "LSTM", "GRU")), st.integers(1, 4), st.booleans(), st.integers(1, 2),
)  # fmt: skip
OTHERS = st.sampled_from(
    (
        layer("BatchNorm"), layer("LayerNorm"), layer("Dropout"), layer("Sigmoid"), layer("Softmax"), layer("PReLU"),
        layer("Dense", units=4, activation="sigmoid"), layer("PositionalEncoding"),
        layer("Slice", along="steps", start=1), layer("Slice", along="steps", stop=3),
        layer("MultiHeadAttention", heads=1), layer("MultiHeadAttention", heads=1, causal=True),
        layer("Scale", factor=2.0),
    )
)  # fmt: skip
ENDS = st.sampled_from(
    (
        layer("GlobalAvgPool2d"), layer("GlobalMaxPool"), layer("LastStep"), layer("GRU", units=3),
        layer("LSTM", units=2, layers=2, bidirectional=True, returns="state"),
    )
)  # fmt: skip
CHAINS = st.lists(st.one_of(CONVS, POOLS, RECURRENT, OTHERS), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(CHAINS, st.one_of(st.none(), ENDS), st.lists(st.integers(1, STEPS), min_size=1, max_size=4))
def test_what_fills_up_a_sequence_changes_neither_answer_nor_gradient(chain, end, lengths):
    graph = ended(graph_of([*chain, *([end] if end else [])]))
    for length in lengths:
        of_length(graph, length)

    holds(graph, lengths)


@settings(max_examples=40, deadline=None)
@given(CHAINS, st.lists(st.integers(1, STEPS), min_size=1, max_size=3))
def test_an_answer_for_each_step_is_that_of_the_sequence_alone(chain, lengths):
    graph = ended(graph_of(chain), each_step=True)
    for length in lengths:
        of_length(graph, length)

    holds(graph, lengths)


def test_a_loop_begins_where_the_sequence_begins():
    nodes = {
        "input": layer("Input", dims=(STEPS, FEATURES)), "dense1": layer("Dense", units=4, activation="tanh"),
        "last": layer("LastStep"), "dense2": layer("Dense", units=2), "output": layer("Output", units=2),
    }  # fmt: skip
    edges = (
        Edge("input", "dense1", "values"), Edge("dense1", "dense1", "values", feedback=True),
        Edge("dense1", "last", "steps"), Edge("last", "dense2", "values"), Edge("dense2", "output", "scores"),
    )  # fmt: skip
    graph = Graph(nodes, tuple(replace(edge, port=nodes[edge.target].ports()[0]) for edge in edges))
    assert not check(graph).errors

    holds(graph, [STEPS, 1, 4])


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
def test_attention_looks_at_own_steps_of_what_it_remembers(kind):
    nodes = {
        "input": layer("Input", dims=(STEPS, FEATURES)), "gru": layer("GRU", units=FEATURES),
        "look": layer(kind), "dense": layer("Dense", units=2), "output": layer("Output", units=2),
    }  # fmt: skip
    query, memory = nodes["look"].ports()[:2]
    edges = (
        Edge("input", "gru", "steps"), Edge("gru", "look", query), Edge("input", "look", memory),
        Edge("look", "dense", nodes["dense"].ports()[0]), Edge("dense", "output", "scores"),
    )  # fmt: skip

    holds(Graph(nodes, edges), [STEPS, 2, 7])


def test_a_recurrent_layer_hands_the_state_after_the_last_own_step_on():
    nodes = {
        "input": layer("Input", dims=(STEPS, FEATURES)), "one": layer("LSTM", units=3, returns="sequence"),
        "two": layer("LSTM", units=3), "dense": layer("Dense", units=2), "output": layer("Output", units=2),
    }  # fmt: skip
    edges = (
        Edge("input", "one", "steps"), Edge("input", "two", "steps"), Edge("one", "two", "state"),
        Edge("two", "dense", nodes["dense"].ports()[0]), Edge("dense", "output", "scores"),
    )  # fmt: skip

    holds(Graph(nodes, edges), [STEPS, 3])


def test_batch_normalisation_takes_mean_and_variance_over_own_steps_alone():
    network = build(ended(graph_of([layer("BatchNorm")])), 0)
    network.is_masked = True
    own = series([STEPS, 2, 5])
    (norm,) = (step.module for step in network.each_step() if step.id == "n0")

    made = network.activations(filled_up(own), ["n0"])["n0"]

    every = torch.cat(own)
    expected = (every - every.mean(0)) / (every.var(0, unbiased=False) + norm.eps).sqrt()
    torch.testing.assert_close(made[1, -2:], expected[STEPS : STEPS + 2], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(norm.running_mean, 0.1 * every.mean(0), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * every.var(0), atol=1e-6, rtol=1e-5)


def ragged_data(task: str = "classes", each_step: bool = False) -> Dataset:
    """Sequences of 3 to STEPS steps, at the end of zeros."""
    random = np.random.default_rng(0)
    lengths = random.integers(3, STEPS + 1, 60)
    inputs = random.normal(size=(60, STEPS, FEATURES)).astype(np.float32)
    inputs[np.arange(STEPS) < (STEPS - lengths)[:, None]] = 0
    shape = (60, STEPS) if each_step else (60,)
    targets = random.integers(0, 2, shape) if task == "classes" else random.normal(size=(*shape, 1)).astype(np.float32)
    names = ("no", "yes") if task == "classes" else ()
    return Dataset("ragged", "Ragged", "sequence", inputs, targets, task, names, lengths=lengths)


def shortest_alone(training: Training) -> tuple[torch.Tensor, np.ndarray]:
    """The shortest validation series without what fills it up, and what the network answers."""
    part = training.examples.valid
    row = int(training.examples.dataset.lengths[part.rows].argmin())
    own = torch.from_numpy(part.inputs[row][~np.isnan(part.inputs[row, :, 0])])
    single = alone(training.graph, training.network, own)
    with torch.no_grad():
        return single(own[None])[0], training.scores("valid")[row].numpy()


@pytest.mark.parametrize(
    "chain",
    [
        [layer("GRU", units=4)],
        [layer("Conv1d", filters=4, stride=2, activation="relu"), layer("GlobalMaxPool")],
        [layer("Conv1d", filters=4), layer("BatchNorm"), layer("MaxPool1d"), layer("GlobalAvgPool2d")],
    ],
)
def test_a_trained_network_answers_as_if_each_series_were_alone_and_the_flat_step_agrees(chain):
    examples = prepare(ragged_data(), DataChoice())
    graph = ended(graph_of(chain))
    trainings = [Training(graph, recipe(epochs=60, batch=7), examples, "cpu", flat=flat) for flat in (True, False)]
    both = [[event.train.loss for event in each.events() if isinstance(event, EpochDone)] for each in trainings]

    assert both[0] == pytest.approx(both[1], abs=1e-5)
    assert both[0][-1] < both[0][0]
    answer, found = shortest_alone(trainings[0])
    np.testing.assert_allclose(found, answer.numpy(), atol=1e-5)
    asked = Answering.of(trainings[0]).scores(examples.valid.inputs)
    np.testing.assert_allclose(asked, trainings[0].scores("valid").numpy(), atol=1e-6)


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_steps_that_fill_up_have_no_right_answer(task):
    examples = prepare(ragged_data(task, each_step=True), DataChoice())
    units = 2 if task == "classes" else 1
    loss = "cross_entropy" if task == "classes" else "mean_squared_error"
    graph = graph_of([layer("GRU", units=4, returns="sequence"), layer("Dense", units=units)])
    output = layer("Output", units=units, loss=loss, each_step=True)
    graph = Graph({**graph.nodes, "output": output}, (*graph.edges, Edge("n1", "output", "scores")))
    training = Training(graph, recipe(epochs=2), examples, "cpu")
    list(training.events())

    scores, targets = training.scores("valid"), torch.from_numpy(examples.valid.targets)
    known = torch.from_numpy(np.arange(STEPS) >= (STEPS - examples.dataset.lengths[examples.valid.rows])[:, None])
    found = training.evaluate("valid")
    if task == "classes":
        expected = torch.nn.functional.cross_entropy(scores[known], targets[known])
        right = (scores.argmax(2) == targets)[known].float().mean()
        assert found.measures["accuracy"] == pytest.approx(float(right))
    else:
        expected = torch.nn.functional.mse_loss(scores[known], targets[known])
        error = ((scores - targets)[known] * float(examples.targets.scale.ravel()[0])).square().mean().sqrt()
        assert found.measures["rmse"] == pytest.approx(float(error), rel=1e-5)
    assert found.loss == pytest.approx(float(expected), rel=1e-5)


def test_an_autoencoder_is_judged_by_own_steps_alone():
    examples = prepare(ragged_data(), DataChoice())
    graph = graph_of([layer("GRU", units=4, returns="sequence"), layer("Dense", units=FEATURES)])
    output = layer("Output", units=FEATURES, loss="mean_squared_error", truth="inputs")
    graph = Graph({**graph.nodes, "output": output}, (*graph.edges, Edge("n1", "output", "scores")))
    training = Training(graph, recipe(epochs=3), examples, "cpu")
    events = [event for event in training.events() if isinstance(event, EpochDone)]

    scores, wanted = training.scores("valid"), torch.from_numpy(examples.valid.inputs)
    known = ~wanted.isnan()
    assert events[-1].valid.loss == pytest.approx(float(((scores - wanted)[known] ** 2).mean()), rel=1e-5)
    assert np.isfinite(list(events[-1].valid.measures.values())).all()


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_layer_led_step_by_step_gives_what_the_packed_one_gives(kind):
    graph = ended(graph_of([layer(kind, units=3, layers=2, bidirectional=True, returns="sequence")]))
    network = build(graph, 3)
    network.is_masked = True
    led = copy.deepcopy(network)
    assert _tapped(led, "n0") is not None
    batch = filled_up(series([STEPS, 4, 1]))

    wanted = ["n0", "n0/state"]
    for name, value in led.activations(batch, wanted).items():
        torch.testing.assert_close(value, network.activations(batch, wanted)[name], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", ["BatchNorm", "GRU", "Conv1d"])
def test_a_step_whose_operations_depend_on_the_lengths_is_not_written_out_flat(kind):
    graph = ended(graph_of([layer(kind, returns="sequence") if kind == "GRU" else layer(kind)]))
    unequal, equal = prepare(ragged_data(), DataChoice()), prepare(replace(ragged_data(), lengths=None), DataChoice())
    assert Training(graph, recipe(), unequal, "cpu").stepper.is_flat == (kind == "Conv1d")
    assert Training(graph, recipe(), equal, "cpu").stepper.is_flat

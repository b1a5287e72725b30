from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.rewiring import Replace
from playground.graph.templates import chain
from playground.insight.gates import GATES
from playground.insight.unroll import Stepped, attention, gradient_in_time, unrolled, with_gates
from playground.layers.attention import MultiHeadAttention
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.recurrent import GRU, LSTM, RNN


def made(*line, steps: int = 7) -> Training:
    random = np.random.default_rng(2)
    inputs = random.normal(size=(60, steps, 3)).astype(np.float32)
    data = Dataset("t", "T", "sequence", inputs, np.arange(60) % 2, "classes", ("a", "b"))
    graph = chain(Input(dims=(steps, 3)), *line, Dense(units=2), Output(loss="cross_entropy", units=2))
    training = Training(graph, Recipe(batch=8, epochs=1), prepare(data, DataChoice(source="t")))
    list(training.events())
    return training


def template(name: str) -> Training:
    document, dataset = make_project(name)
    return Training(document.graph, document.recipe, prepare(dataset, document.data))


@pytest.mark.parametrize("layer", [RNN(units=5), RNN(units=5, nonlinearity="relu"), LSTM(units=5), GRU(units=5)])
def test_states_over_time_are_torchs(layer):
    training = made(layer)
    id = next(id for id, node in training.graph.nodes.items() if node == layer)
    example = training.examples.valid.inputs[0]
    found = unrolled(training, id, example)
    module = next(step.module for step in training.network.each_step() if step.id == id)
    with torch.no_grad():
        states, _ = module(torch.from_numpy(example[None]))
    np.testing.assert_allclose(found.course.hidden, states[0].numpy(), atol=1e-5)
    assert tuple(found.course.gates) == GATES[layer.type]


def test_an_lstms_cell_and_gates_obey_its_equations():
    training = made(LSTM(units=5))
    run = unrolled(training, "lstm1", training.examples.valid.inputs[1]).course
    before = np.vstack([np.zeros(5), run.cell[:-1]])
    gate = run.gates
    np.testing.assert_allclose(run.cell, gate["forget gate"] * before + gate["input gate"] * gate["candidate"])
    np.testing.assert_allclose(run.hidden, gate["output gate"] * np.tanh(run.cell))


def test_a_hand_drawn_loop_is_shown_over_time():
    training = template("elman")
    example = training.examples.valid.inputs[0]
    id = next(id for id, layer in training.graph.nodes.items() if layer.family == "dense")
    found = unrolled(training, id, example)
    assert found.course.hidden.shape == (len(example), training.graph.nodes[id].units)
    assert found.course.gates == {}


def test_a_state_that_is_handed_over_is_begun_with():
    training = template("encoder-decoder")
    decoder = [id for id, layer in training.graph.nodes.items() if layer.family == "recurrent"][-1]
    example = training.examples.valid.inputs[0]
    found = unrolled(training, decoder, example)
    x = torch.from_numpy(example[None])
    with training.looking():
        value = training.network.activations(x, [decoder], training.judge.own_answers(x))[decoder][0]
    np.testing.assert_allclose(found.course.hidden, value.numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", [torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU])
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2}, {"bidirectional": True, "num_layers": 2}])
def test_stepping_through_time_gives_the_same(kind, settings):
    torch.manual_seed(0)
    module = kind(3, 4, batch_first=True, **settings).double()
    x = torch.randn(2, 6, 3, dtype=torch.double)
    led = Stepped(module)
    states, flat = led(x)
    wanted, end = module(x)
    torch.testing.assert_close(states, wanted)
    h = end[0] if isinstance(end, tuple) else end
    torch.testing.assert_close(flat[:, : h.shape[0] * 4], h.transpose(0, 1).flatten(1))
    assert len(led.states) == 6


def test_the_gradient_along_each_state_is_that_of_central_differences():
    training = made(RNN(units=2), steps=4)
    found = gradient_in_time(training, "rnn1")
    assert found.shape == (4,)
    # Behind the last step the state is what the Dense layer reads: its slope is Wᵀ (p − y).
    part = training.examples.train
    x, y = torch.from_numpy(part.inputs[:32]), torch.from_numpy(part.targets[:32])
    with training.looking():
        chances = torch.softmax(training.network(x), 1) - torch.nn.functional.one_hot(y, 2)
    weight = training.network.state_dict()["dense1.weight"]
    assert found[-1] == pytest.approx(float((chances @ weight).norm(dim=1).mean()), rel=1e-4)


def test_the_gradient_fades_in_a_plain_network_and_less_in_an_lstm():
    training = made(RNN(units=8), steps=30)
    plain = gradient_in_time(training, "rnn1")
    graph = Replace("rnn1", LSTM(units=8), "rnn1").apply(training.graph)
    assert plain[0] < 1e-3 * plain[-1]
    assert with_gates(training, graph, "rnn1") is not None
    assert gradient_in_time(training, "dense1") is None


def test_the_gradient_through_a_feedback_edge_is_that_of_an_rnn_with_the_same_weights():
    training = template("elman")
    found = gradient_in_time(training, "dense1")
    part, state = training.examples.train, training.network.state_dict()
    x, y = torch.from_numpy(part.inputs[:32]), torch.from_numpy(part.targets[:32])
    weight, features = state["dense1.weight"], x.shape[2]
    h, states = torch.zeros(len(x), len(weight), requires_grad=True), []
    for step in x.unbind(1):
        h = torch.tanh(step @ weight[:, :features].T + h @ weight[:, features:].T + state["dense1.bias"])
        states.append(h)
    scores = torch.stack(states, 1) @ state["dense2.weight"].T + state["dense2.bias"]
    loss = training.judge.loss(scores, y) * len(x)
    slopes = torch.autograd.grad(loss, states)
    np.testing.assert_allclose(found, [float(slope.norm(dim=1).mean()) for slope in slopes], rtol=1e-3)


def test_attention_weights_sum_to_one_for_every_query():
    training = template("encoder-decoder-attention")
    id = next(id for id, layer in training.graph.nodes.items() if "Attention" in layer.type)
    found = attention(training, id, training.examples.valid.inputs[0])
    assert found.shape == (1, 8, 8)
    np.testing.assert_allclose(found.sum(axis=2), 1, rtol=1e-5)
    assert attention(training, "output1", training.examples.valid.inputs[0]) is None


def test_a_series_shorter_than_the_longest_is_shown_with_its_own_steps():
    random = np.random.default_rng(0)
    lengths = random.integers(3, 9, 60)
    inputs = random.normal(size=(60, 8, 2)).astype(np.float32)
    inputs[np.arange(8) < (8 - lengths)[:, None]] = 0
    data = Dataset("s", "S", "sequence", inputs, lengths % 2, "classes", ("even", "odd"), lengths=lengths)
    examples = prepare(data, DataChoice())
    graph = chain(
        Input(dims=(8, 2)), LSTM(units=3, returns="sequence"), MultiHeadAttention(heads=1), GRU(units=2),
        Dense(units=2), Output(units=2),
    )  # fmt: skip
    training = Training(graph, Recipe(batch=8, epochs=1), examples, "cpu")
    row = int(lengths[examples.valid.rows].argmin())
    steps, example = int(lengths[examples.valid.rows][row]), examples.valid.inputs[row]

    found = unrolled(training, "lstm1", example)
    assert found.arrives.shape == (steps, 2)
    values = training.network.activations(torch.from_numpy(example)[None], ["lstm1"])["lstm1"][0, -steps:]
    np.testing.assert_allclose(found.course.hidden, values.detach().numpy(), atol=1e-6)
    weights = attention(training, "heads1", example)
    assert weights.shape == (1, steps, steps)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)
    assert np.isfinite(gradient_in_time(training, "lstm1")).all()

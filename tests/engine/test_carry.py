"""An edited network goes on giving what it gave: held against the function before, as torch computes it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.engine.beginnings import SMALL
from playground.engine.carry import carry
from playground.engine.train import Training
from playground.graph.building import Net
from playground.graph.edits import Delete, InsertOnEdge, Rename, SetSettings
from playground.graph.model import Edge
from playground.graph.templates import chain
from playground.layers.activation import Tanh
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d
from playground.layers.merge import Add, Concat
from playground.layers.normalise import BatchNorm, Dropout
from playground.layers.pooling import MaxPool2d
from playground.layers.recurrent import GRU, LSTM
from playground.layers.reshape import Flatten
from playground.layers.steps import Conv1d
from tests.engine.nets import gauss, losses, net, recipe, weights


def classified(*dims, count=60):
    """Three classes of random examples of that shape."""
    random = np.random.default_rng(1)
    targets = random.integers(0, 3, count)
    inputs = (random.normal(size=(count, *dims)) + targets.reshape(-1, *[1] * len(dims))).astype(np.float32)
    kind = "image" if len(dims) == 3 else "sequence" if len(dims) == 2 else "table"
    data = Dataset("made", "Made", kind, inputs, targets, "classes", class_names=("a", "b", "c"))
    return prepare(data, DataChoice(source="made"))


IMAGES, SERIES = classified(2, 6, 6), classified(7, 2)


def ended(*layers, dims):
    return chain(Input(dims=dims), *layers, Dense(units=3), Output(loss="cross_entropy", units=3))


def learned(graph, examples, steps=12, **settings):
    training = Training(graph, recipe(**{"batch": 8, "epochs": 50, **settings}), examples, flat=False)
    events = training.events()
    while training.step < steps:
        next(events)
    return training


def edited(before, graph, **settings):
    after = Training(graph, before.recipe.model_copy(update=settings), before.examples, flat=False)
    return after, carry(before.checkpoint(), before.graph, after)


def scores(training):
    """Logits of the validation part."""
    training.forget_scores()
    return training.scores("valid").numpy()


def off(before, after):
    """How far the logits moved, as a part of their spread."""
    return float(np.abs(scores(after) - scores(before)).max() / scores(before).std())


def test_new_units_move_what_comes_next_by_no_more_than_the_bound():
    before = learned(net(Dense(units=8, activation="relu")), gauss())
    after, kept = edited(before, SetSettings("dense1", (("units", 14),)).apply(before.graph))
    assert (kept.kept, kept.learned, kept.new, kept.anew) == (42, 42, 30, ())
    valid = torch.from_numpy(before.examples.valid.inputs)
    with after.looking():
        hidden = after.network.activations(valid, ["dense1"])["dense1"][:, 8:].abs().sum(1).numpy()
    longest = SMALL / np.sqrt(14)  # torch draws from U(-1/sqrt(inputs), 1/sqrt(inputs))
    assert (np.abs(scores(after) - scores(before)).max(1) <= hidden * longest + 1e-6).all()
    assert np.abs(scores(after) - scores(before)).max() > 0


def test_new_units_are_no_copies_and_learn():
    before = learned(net(Dense(units=4, activation="relu")), gauss())
    after, _ = edited(before, SetSettings("dense1", (("units", 8),)).apply(before.graph))
    first = weights(after)
    assert len(np.unique(first["dense1.weight"], axis=0)) == 8
    list(zip(range(10), after.events(), strict=False))
    assert (np.abs(weights(after)["dense1.weight"] - first["dense1.weight"])[4:].max(1) > 0).all()


WIDENED = [
    ((Conv2d(filters=4, kernel=3, padding="same", activation="relu"), Flatten()), "conv1", "filters", 7, IMAGES),
    ((Conv2d(filters=4, kernel=3, padding="same"), BatchNorm(), MaxPool2d(), Flatten()), "conv1", "filters", 6, IMAGES),
    ((Conv2d(filters=4, kernel=3), Conv2d(filters=5, kernel=3), Flatten()), "conv1", "filters", 9, IMAGES),
    ((LSTM(units=5),), "lstm1", "units", 8, SERIES),
    ((LSTM(units=4, layers=2, bidirectional=True),), "lstm1", "units", 6, SERIES),
    ((LSTM(units=4, returns="sequence"), LSTM(units=3)), "lstm1", "units", 6, SERIES),
    ((GRU(units=5),), "gru1", "units", 8, SERIES),
    ((GRU(units=4, bidirectional=True, returns="sequence"), Flatten()), "gru1", "units", 7, SERIES),
    ((Conv1d(filters=4, kernel=3), Flatten()), "conv1", "filters", 6, SERIES),
]


@pytest.mark.parametrize(("layers", "id", "setting", "width", "examples"), WIDENED)
def test_a_wider_layer_keeps_its_units_and_what_follows_keeps_their_weights(layers, id, setting, width, examples):
    before = learned(ended(*layers, dims=examples.train.inputs.shape[1:]), examples)
    after, kept = edited(before, SetSettings(id, ((setting, width),)).apply(before.graph))
    assert kept.kept == kept.learned == before.network.count
    assert kept.new == after.network.count - before.network.count > 0
    assert 0 < off(before, after) < 0.03


def branched(left, right):
    made = Net()
    start = made.line(Input(dims=(2,)))
    ways = [made.line(Dense(units=units, activation="tanh"), after=start) for units in (left, right)]
    made.join(Concat(), *ways)
    made.line(Dense(units=2), Output(units=2))
    return made.graph


def test_a_wider_branch_leaves_the_other_branches_weights_where_they_belong():
    before = learned(branched(3, 4), gauss())
    after, kept = edited(before, SetSettings("dense1", (("units", 5),)).apply(before.graph))
    assert kept.kept == kept.learned
    np.testing.assert_array_equal(weights(after)["dense3.weight"][:, 5:], weights(before)["dense3.weight"][:, 3:])
    assert off(before, after) < 0.03


def test_a_narrower_layer_is_the_old_one_without_its_last_units():
    before = learned(net(Dense(units=8, activation="relu")), gauss())
    after, kept = edited(before, SetSettings("dense1", (("units", 5),)).apply(before.graph))
    own = {name: torch.from_numpy(value) for name, value in weights(before).items()}
    hidden = torch.relu(torch.from_numpy(before.examples.valid.inputs) @ own["dense1.weight"].T + own["dense1.bias"])
    wanted = hidden[:, :5] @ own["dense2.weight"][:, :5].T + own["dense2.bias"]
    np.testing.assert_allclose(scores(after), wanted.numpy(), atol=1e-6)
    assert (kept.kept, kept.learned, kept.new) == (27, 42, 0)


INSERTED = [
    ((Dense(units=6, activation="relu"),), "dense1", Dense(units=6, activation="relu"), gauss()),
    ((Dense(units=6, activation="tanh"),), "dense1", Dense(units=6), gauss()),
    ((Dense(units=6, activation="relu"),), "dense1", Dense(units=9, activation="relu"), gauss()),
    ((Dense(units=6, activation="relu"),), "dense1", Dropout(rate=0.5), gauss()),
    ((Conv2d(filters=4, kernel=3, activation="relu"), Flatten()), "conv1",
     Conv2d(filters=4, kernel=3, padding="same", activation="relu"), IMAGES),
    ((Conv2d(filters=4, kernel=3), MaxPool2d(), Flatten()), "conv1", Conv2d(filters=4, kernel=5), IMAGES),
    ((Conv1d(filters=4, kernel=3), Flatten()), "conv1", Conv1d(filters=4, kernel=3), SERIES),
    ((LSTM(units=4, returns="sequence"), Flatten()), "lstm1", Dense(units=4), SERIES),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "after_it", "layer", "examples"), INSERTED)
def test_an_inserted_layer_changes_nothing_where_it_can_pass_on_what_it_gets(layers, after_it, layer, examples):
    classes = 2 if examples.train.inputs.shape[1:] == (2,) else 3
    graph = net(*layers) if classes == 2 else ended(*layers, dims=examples.train.inputs.shape[1:])
    before = learned(graph, examples)
    edge = graph.outgoing[after_it][0]
    after, kept = edited(before, InsertOnEdge(edge, "put_in", layer).apply(graph))
    assert kept.kept == kept.learned
    wider = getattr(layer, "units", 0) == 9
    assert off(before, after) < (0.03 if wider else 1e-5)
    assert ("put_in" in kept.passing) == (not isinstance(layer, Dropout))


def test_behind_tanh_no_tanh_layer_can_pass_on_what_it_gets_and_begins_as_usual():
    before = learned(net(Dense(units=6, activation="tanh")), gauss())
    edge = before.graph.outgoing["dense1"][0]
    after, kept = edited(before, InsertOnEdge(edge, "put_in", Dense(units=6, activation="tanh")).apply(before.graph))
    assert kept.passing == ()
    fresh = Training(after.graph, after.recipe, after.examples).network.state_dict()
    np.testing.assert_array_equal(weights(after)["put_in.weight"], fresh["put_in.weight"].numpy())
    np.testing.assert_array_equal(weights(after)["dense2.weight"], weights(before)["dense2.weight"])


def residual(norm, last_activation="none"):
    made = Net()
    start = made.line(Input(dims=(2, 6, 6)), Conv2d(filters=4, kernel=3, padding="same", activation="relu"))
    inner = [Conv2d(filters=4, kernel=3, padding="same", activation="relu")]
    inner += [Conv2d(filters=4, kernel=3, padding="same", activation=last_activation)] + [BatchNorm()] * norm
    end = made.line(*inner, after=start)
    made.join(Add(), start, end)
    made.line(Flatten(), Dense(units=3), Output(units=3))
    return made.graph


@pytest.mark.parametrize("norm", [0, 1])
def test_an_inserted_residual_block_starts_as_identity_and_learns(norm):
    plain = ended(
        Conv2d(filters=4, kernel=3, padding="same", activation="relu"), Flatten(), dims=(2, 6, 6)
    )  # fmt: skip
    before = learned(plain, IMAGES)
    graph = residual(norm)
    for old, new in (("dense1", "dense1"), ("conv1", "conv1")):
        assert graph.nodes[new] == plain.nodes[old]
    after, kept = edited(before, graph)
    assert kept.kept == kept.learned
    assert off(before, after) < 1e-5
    assert kept.passing == ("add1",)
    silent = "norm1.weight" if norm else "conv3.weight"
    assert not weights(after)[silent].any()
    assert weights(after)["conv2.weight"].any()
    list(zip(range(10), after.events(), strict=False))
    assert weights(after)[silent].any()


def test_a_block_that_ends_with_relu_starts_near_identity_since_zero_has_no_slope_there():
    plain = ended(Conv2d(filters=4, kernel=3, padding="same", activation="relu"), Flatten(), dims=(2, 6, 6))
    before = learned(plain, IMAGES)
    after, _ = edited(before, residual(0, "relu"))
    assert 0 < off(before, after) < 0.05
    first = weights(after)["conv3.weight"]
    list(zip(range(10), after.events(), strict=False))
    assert not np.array_equal(weights(after)["conv3.weight"], first)


def test_a_larger_kernel_keeps_the_smaller_one_in_its_middle():
    graph = ended(Conv2d(filters=4, kernel=3, padding="same"), Flatten(), dims=(2, 6, 6))
    before = learned(graph, IMAGES)
    after, kept = edited(before, SetSettings("conv1", (("kernel", 5),)).apply(graph))
    assert kept.kept == kept.learned
    np.testing.assert_array_equal(weights(after)["conv1.weight"][:, :, 1:4, 1:4], weights(before)["conv1.weight"])
    assert off(before, after) < 0.05


def test_a_removed_layer_leaves_the_weights_of_the_others():
    graph = net(Dense(units=6, activation="relu"), Dense(units=6, activation="relu"), Dense(units=4))
    before = learned(graph, gauss())
    after, kept = edited(before, Delete(("dense2",)).apply(graph))
    assert kept.kept == before.network.count - 6 * 6 - 6
    for name in ("dense1", "dense3", "dense4"):
        np.testing.assert_array_equal(weights(after)[f"{name}.weight"], weights(before)[f"{name}.weight"])


def test_a_layer_whose_input_has_another_width_begins_anew_and_says_why():
    graph = net(Dense(units=6, activation="relu"), Dense(units=4, activation="relu"))
    before = learned(graph, gauss())
    after, kept = edited(before, Delete(("dense2",)).apply(graph))
    assert kept.anew == (("dense3", "its input has another width (4 → 6)"),)
    np.testing.assert_array_equal(weights(after)["dense1.weight"], weights(before)["dense1.weight"])


def test_a_renamed_layer_keeps_everything():
    before = learned(net(Dense(units=6, activation="relu"), Dense(units=4)), gauss())
    after, kept = edited(before, Rename("dense1", "first").apply(before.graph))
    assert (kept.kept, kept.new) == (kept.learned, 0)
    np.testing.assert_array_equal(scores(after), scores(before))
    list(zip(range(3), after.events(), strict=False))
    assert after.optimiser.state[after.network._modules["first"].weight]["step"] > 12


def test_a_shortcut_into_a_concat_hardly_changes_what_is_given():
    made = Net()
    start = made.line(Input(dims=(2,)))
    hidden = made.line(Dense(units=5, activation="tanh"))
    made.join(Concat(), hidden)
    made.line(Dense(units=2), Output(units=2))
    before = learned(made.graph, gauss())
    rewired = type(made.graph)(made.graph.nodes, (*made.graph.edges, Edge(start, "concat1", "inputs")))
    after, kept = edited(before, rewired)
    assert kept.kept == kept.learned
    assert 0 < off(before, after) < 0.03


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
def test_the_optimisers_memory_goes_with_the_weights_and_the_count_goes_on(optimiser):
    before = learned(net(Dense(units=6, activation="relu")), gauss(), optimiser=optimiser)
    after, _ = edited(before, SetSettings("dense1", (("units", 8),)).apply(before.graph))
    assert (after.epoch, after.batch, after.step) == (before.epoch, before.batch, before.step)
    name = {"sgd": "momentum_buffer", "rmsprop": "square_avg"}.get(optimiser, "exp_avg")
    old = before.optimiser.state[before.network._modules["dense1"].weight][name]
    new = after.optimiser.state[after.network._modules["dense1"].weight][name]
    assert torch.equal(new[:6], old)
    ended = [event.epoch for event in after.events() if type(event).__name__ == "EpochDone"]
    assert ended == list(range(before.epoch + 1, 51))


def test_a_network_that_was_not_changed_goes_on_bit_for_bit():
    graph = net(Dense(units=6, activation="relu"), Dropout(rate=0.3))
    exact = Training(graph, recipe(batch=8, epochs=8), gauss(), checkpoint=learned(graph, gauss(), 13).checkpoint())
    carried, kept = edited(learned(graph, gauss(), 13, epochs=8), graph)
    assert kept.kept == kept.learned
    assert losses(carried) == losses(exact)
    assert all(np.array_equal(value, weights(exact)[name]) for name, value in weights(carried).items())


def test_another_kind_of_layer_under_the_same_name_takes_nothing():
    before = learned(ended(LSTM(units=5), dims=(7, 2)), SERIES)
    nodes = {**before.graph.nodes, "lstm1": GRU(units=5)}
    after, kept = edited(before, type(before.graph)(nodes, before.graph.edges))
    assert kept.anew == (("lstm1", "it is another kind of layer"),)
    np.testing.assert_array_equal(weights(after)["dense1.weight"], weights(before)["dense1.weight"])


def test_a_checkpoint_that_is_not_of_that_network_is_of_no_harm():
    before = learned(net(Dense(units=6)), gauss())
    other = Training(net(Dense(units=9)), before.recipe, before.examples)
    kept = carry(before.checkpoint(), net(Dense(units=9)), other)
    assert kept.kept == 2  # the bias of the last layer alone is as it says
    assert np.isfinite(scores(other)).all()


def test_tanh_as_a_layer_of_its_own_keeps_units_apart():
    before = learned(net(Dense(units=4), Tanh()), gauss())
    after, kept = edited(before, SetSettings("dense1", (("units", 6),)).apply(before.graph))
    assert kept.kept == kept.learned
    assert off(before, after) < 0.03

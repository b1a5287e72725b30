"""Many networks trained as one batched model: the numbers are those of training them one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from playground.data.dataset import Examples, Part
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.stacked import Stacked
from playground.engine.stacked_network import can_stack
from playground.engine.train import Training
from playground.engine.weights import arrays
from playground.graph.blocks import MakeBlock
from playground.graph.model import Graph
from playground.graph.templates import chain
from playground.layers import activation, rectifiers, squashers
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d
from playground.layers.normalise import BatchNorm, Dropout
from playground.layers.reshape import Flatten
from tests.engine.nets import gauss, net, numbers, recipe

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def folds(examples: Examples, count: int) -> list[Examples]:
    """Training and validation examples divided anew, the parts of nearly equal size."""
    inputs = np.concatenate([examples.train.inputs, examples.valid.inputs])
    targets = np.concatenate([examples.train.targets, examples.valid.targets])

    def part(rows: np.ndarray) -> Part:
        return Part(inputs[rows], targets[rows], rows)

    each = np.array_split(np.random.default_rng(1).permutation(len(inputs)), count)
    others = [np.concatenate([rows for rows in each if rows is not own]) for own in each]
    return [replace(examples, train=part(rest), valid=part(own)) for own, rest in zip(each, others, strict=True)]


def one_by_one(graph: Graph, recipes: list[Recipe], examples: list[Examples], **options: object) -> list[tuple]:
    """Each run's EpochDone events, its Ended, and its Training."""
    found = []
    for own, these in zip(recipes, examples, strict=True):
        training = Training(graph, own, these, "cpu", **options)
        events = list(training.events())
        found.append(([event for event in events if type(event).__name__ == "EpochDone"], events[-1], training))
    return found


def assert_scores(one, other):
    assert one.flat().keys() == other.flat().keys()
    np.testing.assert_allclose(list(one.flat().values()), list(other.flat().values()), **CLOSE)


def assert_weights(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        torch.testing.assert_close(value, other[name].cpu(), **CLOSE)


def assert_equal(graph: Graph, recipes: list[Recipe], examples: list[Examples], **options: object) -> Stacked:
    """Hold every event and all weights against runs one by one."""
    stacked = Stacked(graph, recipes, examples, "cpu", **options)
    events = list(stacked.events())
    for number, (epochs, ended, training) in enumerate(one_by_one(graph, recipes, examples, **options)):
        done = [event.done[number] for event in events if number in event.done]
        assert [event.epoch for event in done] == [event.epoch for event in epochs]
        for mine, theirs in zip(done, epochs, strict=True):
            assert_scores(mine.train, theirs.train)
            assert_scores(mine.valid, theirs.valid)
            assert mine.learning_rate == pytest.approx(theirs.learning_rate, rel=1e-12)
        (end,) = [event.ended[number] for event in events if number in event.ended]
        assert (end.reason, end.epochs, end.best_epoch) == (ended.reason, ended.epochs, ended.best_epoch)
        assert_scores(end.valid, ended.valid)
        assert (end.test is None) == (ended.test is None)
        if end.test is not None:
            assert_scores(end.test, ended.test)
        assert_weights(stacked.weights(number), training.network.state_dict())
        if training.last:
            assert_weights(stacked.last(number), training.last)
            assert_weights(stacked.best(number), training.best)
    return stacked


TANH = net(Dense(units=8, activation="tanh"), Dense(units=5, activation="tanh"), loss="binary_cross_entropy")


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
def test_every_optimiser_gives_the_numbers_of_runs_one_by_one(optimiser):
    rate = 0.05 if optimiser == "sgd" else 0.005
    settings = [{"learning_rate": rate * (1 + n), "momentum": 0.3 * n, "l2": 0.01 * n, "seed": n} for n in range(3)]
    assert_equal(TANH, [recipe(optimiser=optimiser, **own) for own in settings], [gauss()] * 3)


def test_plain_gradient_descent_has_no_momentum_to_remember():
    assert_equal(TANH, [recipe(optimiser="sgd", momentum=0, learning_rate=rate) for rate in (0.1, 1.0)], [gauss()] * 2)


@pytest.mark.parametrize(
    ("loss", "units"),
    [
        ("cross_entropy", 2), ("cross_entropy", 3), ("binary_cross_entropy", 2), ("binary_cross_entropy", 3),
        ("hinge", 2), ("hinge", 3),
    ],
)  # fmt: skip
def test_every_loss_of_classes_gives_the_numbers_of_runs_one_by_one(loss, units):
    graph = net(Dense(units=6, activation="tanh"), loss=loss, units=units)
    assert_equal(graph, [recipe(seed=seed) for seed in (3, 4)], [gauss()] * 2)


def test_predicted_numbers_are_told_in_the_datas_own_units():
    graph = net(Dense(units=6, activation="tanh"), inputs=3, loss="mean_squared_error", units=1)
    assert_equal(graph, [recipe(seed=seed, l1=0.001 * seed) for seed in (0, 1)], [numbers()] * 2, final_exam=True)


def test_several_columns_of_numbers_are_averaged():
    examples = numbers(60)
    parts = examples.train, examples.valid
    two = [replace(part, targets=np.hstack([part.targets, part.inputs[:, :1]])) for part in parts]
    scaler = replace(
        examples.targets,
        shift=np.float32([[examples.targets.shift[0, 0], 1.0]]),
        scale=np.float32([[examples.targets.scale[0, 0], 2.0]]),
    )
    examples = replace(examples, train=two[0], valid=two[1], targets=scaler)
    graph = net(Dense(units=4, activation="tanh"), inputs=3, loss="mean_squared_error", units=2)
    assert_equal(graph, [recipe(seed=seed) for seed in (0, 1)], [examples] * 2)


def test_folds_of_unequal_size_take_their_own_steps():
    each = folds(gauss(78), 4)
    counts = [len(examples.train) for examples in each]
    assert len({-(-count // 7) for count in counts}) > 1, "one network has to take a step more than another"
    assert len({count % 7 for count in counts}) > 1, "the last batches have to differ"
    recipes = [recipe(batch=7, learning_rate=rate, seed=2) for rate in (0.003, 0.01) for _ in each]
    assert_equal(TANH, recipes, each * 2)


@pytest.mark.parametrize("schedule", ["step", "cosine", "plateau"])
def test_every_schedule_gives_the_numbers_of_runs_one_by_one(schedule):
    recipes = [
        recipe(epochs=8, schedule=schedule, schedule_epochs=3 + number, warmup=number, seed=number, learning_rate=0.2)
        for number in range(3)
    ]
    assert_equal(TANH, recipes, [gauss(60)] * 3)


def test_penalties_and_clipping_are_each_networks_own():
    settings = [{"l1": 0.01}, {"l2": 0.1}, {"clip": 0.1}, {"l1": 0.003, "l2": 0.05, "clip": 0.5}, {}]
    for optimiser in ("sgd", "adamw"):
        assert_equal(TANH, [recipe(optimiser=optimiser, **own) for own in settings], [gauss()] * 5)


def test_a_network_that_stopped_early_stays_as_it_was():
    settings = [{"patience": 1, "learning_rate": 0.3}, {"patience": 3, "learning_rate": 0.1}, {"keep_best": True}, {}]
    recipes = [recipe(epochs=12, seed=seed, **own) for seed, own in enumerate(settings)]
    stacked = Stacked(TANH, recipes, folds(gauss(70), 4), "cpu")
    frozen = {}
    for event in stacked.events():
        frozen |= {number: stacked.last(number) for number in event.ended}
        assert not (frozen.keys() - event.ended.keys()) & event.done.keys()
    assert_equal(TANH, recipes, folds(gauss(70), 4), final_exam=True)
    for number, weights in frozen.items():
        for name, value in stacked.last(number).items():
            assert torch.equal(value, weights[name])


def test_networks_may_train_for_different_numbers_of_epochs():
    stacked = assert_equal(TANH, [recipe(epochs=epochs) for epochs in (2, 5, 1)], [gauss()] * 3)
    assert stacked.epoch == 5


def test_one_that_diverges_says_so_and_does_not_disturb_the_others():
    graph = net(Dense(units=8, activation="relu"), inputs=3, loss="mean_squared_error", units=1)
    recipes = [recipe(optimiser="sgd", learning_rate=rate) for rate in (0.01, 50_000.0, 0.02)]
    stacked = assert_equal(graph, recipes, [numbers()] * 3)
    ended = {}
    for event in Stacked(graph, recipes, [numbers()] * 3, "cpu").events():
        ended |= event.ended
    assert [ended[number].message for number in (0, 2)] == ["", ""]
    (told,) = (end.message for _, end, _ in one_by_one(graph, recipes[1:2], [numbers()]))
    assert told.startswith("Training diverged at step ")
    assert ended[1].message.split(":")[0] == told.split(":")[0]
    assert ended[1].message.endswith(
        "the network gave numbers too large to hold. Try a learning rate of 0.1 instead of 50,000, "
        "or clip the gradient at 1."
    )
    assert all(torch.isfinite(value).all() for value in stacked.weights(1).values())


FUNCTIONS = [
    rectifiers.ELU(alpha=0.7), rectifiers.CELU(), rectifiers.SELU(), activation.LeakyReLU(slope=0.2),
    activation.GELU(approximate=True), squashers.HardTanh(), activation.Sigmoid(), squashers.HardSigmoid(),
]  # fmt: skip


def test_activations_stand_inside_dense_or_behind_it():
    recipes = [recipe(epochs=2, seed=seed) for seed in (0, 1)]
    for own in FUNCTIONS:
        assert_equal(net(Dense(units=4, bias=False), own), recipes, [gauss(40)] * 2)
    for name in activation.ACTIVATIONS:
        assert_equal(net(Dense(units=4, activation=name)), recipes, [gauss(40)] * 2)


def test_images_are_flattened():
    examples = gauss(60)
    folded = {
        name: replace(part, inputs=np.tile(part.inputs, 6).reshape(-1, 1, 4, 3))
        for name in ("train", "valid", "test")
        for part in [getattr(examples, name)]
    }
    graph = chain(Input(dims=(1, 4, 3)), Flatten(), Dense(units=5, activation="relu"), Dense(units=2), Output())
    assert_equal(graph, [recipe(seed=seed) for seed in (0, 1)], [replace(examples, **folded)] * 2)


def test_a_repeated_block_has_weights_for_each_copy():
    graph = MakeBlock(("dense2",), "Hidden", "block1", 3).apply(net(*[Dense(units=4, activation="tanh")] * 2))
    stacked = assert_equal(graph, [recipe(seed=seed) for seed in (0, 1)], [gauss()] * 2)
    assert "dense2.3.weight" in stacked.last(0)


def test_the_weights_open_in_an_ordinary_run():
    stacked = Stacked(TANH, [recipe(seed=seed, keep_best=True) for seed in (0, 1)], [gauss()] * 2, "cpu")
    *_, last = stacked.events()
    opened = Training(TANH, recipe(), gauss(), "cpu", weights=arrays(stacked.weights(1)))
    assert_scores(opened.evaluate("valid"), last.ended[1].valid)


def test_long_parts_are_worked_on_piece_by_piece(monkeypatch):
    monkeypatch.setattr("playground.engine.stacked.AT_ONCE", 64)
    monkeypatch.setattr("playground.engine.stacked_optimise.AT_ONCE", 64)
    assert_equal(TANH, [recipe(batch=7, seed=seed) for seed in (0, 1)], folds(gauss(77), 2))


def test_training_can_be_stopped_between_steps_and_left_between_epochs():
    stacked = Stacked(TANH, [recipe(epochs=1000)] * 2, [gauss()] * 2)
    events = stacked.events()
    assert next(events).epoch == 1
    stacked.stop()
    last = next(events)
    assert [end.reason for end in last.ended.values()] == ["stopped"] * 2
    assert stacked.step == 2 * (-(-70 // 16) + 1)
    assert list(events) == []


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        (net(Dense(units=4, trainable=False)), "The weights of dense1 are frozen."),
        (
            chain(Input(dims=(1, 8, 8)), Conv2d(), Flatten(), Dense(units=2), Output()),
            "Conv 3×3 (conv1) is neither Dense nor Flatten nor a function of single values.",
        ),
        (
            net(Dense(units=4), Dropout()),
            "Dropout (drop1) is neither Dense nor Flatten nor a function of single values.",
        ),
        (
            net(Dense(units=4), BatchNorm()),
            "Batch norm (norm1) is neither Dense nor Flatten nor a function of single values.",
        ),
        (
            chain(Input(dims=(4,)), Dense(units=4), Output(loss="mean_squared_error", units=4, truth="inputs")),
            "output1 rebuilds its input.",
        ),
        (chain(Input(dims=(4, 3)), Dense(units=2), Output(each_step=True)), "dense1 works on each step of a sequence."),
        (chain(Input(dims=(2,)), Output()), "The network has no Dense layer, and so nothing to learn."),
    ],
)  # fmt: skip
def test_what_cannot_be_stacked_is_told(graph, reason):
    assert can_stack(graph, recipe()) == reason


def test_recipes_that_take_other_steps_are_refused():
    assert can_stack(TANH, recipe(), recipe(seed=1, l2=0.1, epochs=9)) == ""
    told = "The recipes differ in their batch: only those of the same batch are trained together."
    assert can_stack(TANH, recipe(batch=4), recipe(batch=8)) == told
    with pytest.raises(RecipeProblem, match=told):
        Stacked(TANH, [recipe(batch=4), recipe(batch=8)], [gauss()] * 2)
    with pytest.raises(RecipeProblem, match="larger than the 70 training examples"):
        Stacked(TANH, [recipe(batch=71)], [gauss()])

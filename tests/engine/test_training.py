from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, mean_absolute_error, r2_score, root_mean_squared_error

from playground.app.document import Document
from playground.app.files import Project, read_project, write_project
from playground.engine import measures
from playground.engine.compile import CompileProblem, build
from playground.engine.device import DeviceProblem, pick
from playground.engine.events import BatchDone, Ended, EpochDone, Progress, Started
from playground.engine.losses import LOSSES, classes
from playground.engine.optimise import Schedule
from playground.engine.recipe import RecipeProblem
from playground.engine.train import Training
from playground.engine.weights import fitting
from playground.graph.edits import Rename
from playground.layers.activation import ReLU, Tanh
from playground.layers.dense import Dense
from playground.layers.normalise import BatchNorm, Dropout
from tests.engine.nets import gauss, losses, net, numbers, recipe, weights


def by_hand(graph, examples, rates, l2=0.0, momentum=0.9):
    """The same training in plain torch: one loop, torch's own SGD, the same order of examples."""
    network = build(graph, seed=0)
    decayed = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": l2}, {"params": others}]
    optimiser = torch.optim.SGD(groups, lr=rates[0], momentum=momentum)
    x, y = torch.from_numpy(examples.train.inputs), torch.from_numpy(examples.train.targets)
    shuffle = torch.Generator().manual_seed(0)
    found = []
    for rate in rates:
        for group in optimiser.param_groups:
            group["lr"] = rate
        order, total = torch.randperm(len(x), generator=shuffle), 0.0
        for rows in order.split(16):
            loss = torch.nn.functional.cross_entropy(network(x[rows]), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(rows)
        found.append(total / len(x))
    return found


def test_training_is_the_loop_one_would_write_by_hand():
    graph, examples = net(Dense(units=8, activation="tanh")), gauss()
    ours = losses(Training(graph, recipe(optimiser="sgd", learning_rate=0.05, l2=0.01), examples))
    assert ours == pytest.approx(by_hand(graph, examples, [0.05] * 4, l2=0.01), abs=1e-6)


def test_a_schedule_gives_the_rates_of_a_hand_written_loop():
    graph, examples = net(Dense(units=4, activation="relu")), gauss()
    settings = recipe(optimiser="sgd", learning_rate=0.1, schedule="step", schedule_epochs=2)
    assert losses(Training(graph, settings, examples)) == pytest.approx(
        by_hand(graph, examples, [0.1, 0.1, 0.01, 0.01]), abs=1e-6
    )


def test_cosine_and_warm_up_follow_their_formulas():
    cosine = Schedule(recipe(epochs=10, learning_rate=1.0, schedule="cosine"))
    assert [cosine.rate(t) for t in range(10)] == pytest.approx(
        [(1 + math.cos(math.pi * t / 10)) / 2 for t in range(10)]
    )
    warm = Schedule(recipe(learning_rate=1.0, warmup=3))
    assert [warm.rate(t) for t in range(5)] == pytest.approx([0.25, 0.5, 0.75, 1, 1])


def test_plateau_divides_by_ten_when_the_loss_has_not_fallen():
    schedule = Schedule(recipe(learning_rate=1.0, schedule="plateau", schedule_epochs=2))
    rates = []
    for loss in (1.0, 0.9, 0.95, 0.95, 0.95, 0.95):
        schedule.seen(loss)
        rates.append(schedule.rate(1))
    assert rates == pytest.approx([1, 1, 1, 0.1, 0.1, 0.01])


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
def test_every_optimiser_learns_a_line(optimiser):
    training = Training(net(), recipe(optimiser=optimiser, learning_rate=0.05, epochs=20), gauss())
    list(training.events())
    assert training.evaluate("valid").measures["accuracy"] >= 0.9


@pytest.mark.parametrize("hidden", [(Dense(units=8),), (Dense(units=8), Dropout(rate=0.5), Tanh())])
def test_the_same_seed_gives_the_same_numbers_bit_for_bit(hidden):
    first, again = (Training(net(*hidden), recipe(), gauss()) for _ in range(2))
    assert losses(first) == losses(again)
    other = Training(net(*hidden), recipe(seed=1), gauss())
    assert losses(other) != losses(first)


def stored(tmp_path, training):
    """The run's checkpoint after a way through a file."""
    write_project(tmp_path / "run.nnplay", Project(Document(graph=training.graph), training.checkpoint()))
    return read_project(tmp_path / "run.nnplay").checkpoint


@pytest.mark.parametrize("steps", [15, 17])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_resumed_run_is_the_run_that_never_stopped(tmp_path, steps, optimiser):
    graph = net(Dense(units=8, activation="relu"), Dropout(rate=0.3), BatchNorm())
    settings = recipe(epochs=6, optimiser=optimiser, schedule="cosine", learning_rate=0.01)
    whole = Training(graph, settings, gauss())
    list(whole.events())
    part = Training(graph, settings, gauss())
    events = part.events()
    while part.step < steps:
        next(events)
    after = Training(graph, settings, gauss(), checkpoint=stored(tmp_path, part))
    list(after.events())
    assert after.step == whole.step
    for name, value in weights(whole).items():
        assert np.array_equal(value, weights(after)[name]), name


def test_events_come_in_their_order_and_scores_are_those_of_the_end():
    training = Training(net(), recipe(epochs=3), gauss())
    events = list(training.events())
    kinds = [type(event) for event in events if not isinstance(event, Progress)]
    assert kinds == [Started, *([BatchDone] * 5 + [EpochDone]) * 3, Ended]
    assert events[-1].reason == "epochs"
    assert events[-1].valid == training.evaluate("valid")
    assert events[-1].test is None


def test_the_test_part_is_scored_only_in_the_final_exam():
    training = Training(net(), recipe(epochs=1), gauss(), final_exam=True)
    assert list(training.events())[-1].test == training.evaluate("test")


def test_early_stopping_ends_with_the_weights_of_the_best_epoch():
    training = Training(
        net(Dense(units=64, activation="relu")), recipe(epochs=200, patience=3, learning_rate=0.3), gauss(60)
    )
    events = list(training.events())
    valid = [event.valid.loss for event in events if isinstance(event, EpochDone)]
    ended = events[-1]
    assert ended.reason == "early_stopping"
    assert ended.best_epoch == int(np.argmin(valid)) + 1 == len(valid) - 3
    assert training.evaluate("valid").loss == pytest.approx(min(valid), abs=1e-7)


def test_a_batch_larger_than_the_data_is_refused_with_the_numbers():
    with pytest.raises(RecipeProblem, match="The batch of 4,096 is larger than the 70 training examples. Choose 70 or"):
        Training(net(), recipe(batch=4096), gauss())


def test_overflow_is_told_with_its_step_and_its_layer():
    graph = net(Dense(units=8, activation="relu"), Dense(units=8, activation="relu"))
    start = weights(Training(graph, recipe(), gauss()))
    start["dense2.weight"] = np.full_like(start["dense2.weight"], 3e38)
    start["dense1.weight"] = np.abs(start["dense1.weight"])
    start["dense1.bias"] = np.ones_like(start["dense1.bias"]) * 30
    ended = list(Training(graph, recipe(learning_rate=0.5), gauss(), weights=start).events())[-1]
    assert ended.reason == "diverged"
    assert ended.message.startswith("Training diverged at step 1, in epoch 1: dense2 gave numbers too large to hold.")
    assert "Try a learning rate of 0.01 instead of 0.5, or clip the gradient at 1." in ended.message


def test_divergence_names_the_step_a_hand_written_loop_fails_at():
    graph = net(*[Dense(units=16, activation="relu")] * 5)
    settings = recipe(optimiser="sgd", learning_rate=10_000.0, momentum=0.0)
    training = Training(graph, settings, gauss())
    ended = list(training.events())[-1]
    network, examples = build(graph, seed=0), gauss()
    optimiser = torch.optim.SGD(network.parameters(), lr=10_000.0)
    order = torch.randperm(len(examples.train), generator=torch.Generator().manual_seed(0))
    step = 0
    for rows in order.split(16):
        step += 1
        x, y = torch.from_numpy(examples.train.inputs)[rows], torch.from_numpy(examples.train.targets)[rows]
        loss = torch.nn.functional.cross_entropy(network(x), y)
        if not torch.isfinite(loss):
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert f"diverged at step {step}, in epoch 1" in ended.message
    assert all(np.isfinite(value).all() for value in weights(training).values())


def test_stop_ends_the_run_and_keeps_what_was_learned():
    training = Training(net(), recipe(epochs=10**6), gauss())
    events = []
    for event in training.events():
        events.append(event)
        if training.step == 7:
            training.stop()
    assert (events[-1].reason, training.step) == ("stopped", 7)


def test_the_learning_rate_is_changed_between_two_steps():
    training = Training(net(), recipe(optimiser="sgd", learning_rate=0.1), gauss())
    events = training.events()
    for _ in range(3):
        next(events)
    training.set_learning_rate(0.0001)
    before = weights(training)["dense1.weight"]
    next(events)
    assert np.abs(weights(training)["dense1.weight"] - before).max() < 1e-3
    assert next(event for event in events if isinstance(event, EpochDone))
    assert training.recipe.learning_rate == 0.0001


def test_looking_at_scores_disturbs_nothing():
    graph = net(Dense(units=8), BatchNorm(), Dropout(rate=0.5))
    quiet, watched = (Training(graph, recipe(), gauss()) for _ in range(2))
    list(quiet.events())
    for _ in watched.events():
        watched.evaluate("valid")
        watched.predict("train")
    for name, value in weights(quiet).items():
        assert np.array_equal(value, weights(watched)[name]), name


def test_l1_draws_weights_to_zero_and_clipping_bounds_a_step():
    plain, lasso = (Training(net(), recipe(l1=l1, epochs=20), gauss()) for l1 in (0.0, 1.0))
    for training in (plain, lasso):
        list(training.events())
    assert np.abs(weights(lasso)["dense1.weight"]).max() < 0.2 * np.abs(weights(plain)["dense1.weight"]).max()
    clipped = Training(net(), recipe(optimiser="sgd", momentum=0.0, learning_rate=1.0, clip=0.001), gauss())
    before = weights(clipped)
    events = clipped.events()
    next(events), next(events)
    moved = sum(((weights(clipped)[name] - value) ** 2).sum() for name, value in before.items())
    assert moved**0.5 == pytest.approx(0.001, rel=1e-3)


def test_numbers_are_predicted_and_scored_in_the_datas_own_units():
    training = Training(
        net(inputs=3, loss="mean_squared_error", units=1), recipe(epochs=60, learning_rate=0.05), numbers()
    )
    list(training.events())
    truth = training.examples.dataset.targets[training.examples.valid.rows]
    guess = training.predict("valid")
    scores = training.evaluate("valid").measures
    assert scores["rmse"] == pytest.approx(root_mean_squared_error(truth, guess), rel=1e-3)
    assert scores["mae"] == pytest.approx(mean_absolute_error(truth, guess), rel=1e-3)
    assert scores["r2"] == pytest.approx(r2_score(truth, guess), abs=1e-4)
    assert scores["r2"] > 0.95


def test_measures_are_scikit_learns():
    random = np.random.default_rng(0)
    truth, guess = random.integers(0, 4, 50), random.integers(0, 4, 50)
    assert measures.accuracy(truth, guess) == accuracy_score(truth, guess)
    assert np.array_equal(measures.confusion(truth, guess, 4), confusion_matrix(truth, guess))


def test_losses_are_torchs():
    random = torch.Generator().manual_seed(0)
    scores, labels = torch.randn(20, 3, generator=random), torch.randint(0, 3, (20,), generator=random)
    assert LOSSES["cross_entropy"](scores, labels) == torch.nn.CrossEntropyLoss()(scores, labels)
    assert LOSSES["hinge"](scores, labels) == torch.nn.MultiMarginLoss()(scores, labels)
    one, two = scores[:, :1], (labels > 0).long()
    assert LOSSES["binary_cross_entropy"](one, two) == torch.nn.BCEWithLogitsLoss()(one[:, 0], two.float())
    by_hand = torch.tensor([max(0.0, 1 - (1 if t else -1) * s) for s, t in zip(one[:, 0], two, strict=True)]).mean()
    assert LOSSES["hinge"](one, two) == pytest.approx(float(by_hand))
    assert classes(one).tolist() == [int(s > 0) for s in one[:, 0]]


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge"])
def test_two_classes_are_told_by_one_sign(loss):
    training = Training(net(loss=loss), recipe(epochs=20, learning_rate=0.05), gauss())
    list(training.events())
    assert training.evaluate("valid").measures["accuracy"] >= 0.9
    assert training.probabilities("valid").sum(axis=1) == pytest.approx(np.ones(15), abs=1e-6)


@pytest.mark.parametrize("name", ["train", "input", "output", "steps", "count", "forward1", "parameters"])
def test_a_layer_may_have_any_name(name):
    graph = Rename("dense1", name).apply(net(Dense(units=4)))
    assert f"{name}.weight" in build(graph).state_dict()
    assert len(losses(Training(graph, recipe(epochs=1), gauss()))) == 1


def test_a_network_with_a_problem_is_not_built():
    with pytest.raises(CompileProblem, match="Output needs"):
        build(net(units=3).without(["dense1"]).with_edge(net().edges[0].__class__("input1", "output1", "scores")))


def test_weights_that_fit_are_kept():
    old = Training(net(Dense(units=8), ReLU()), recipe(), gauss())
    new = build(net(Dense(units=8), ReLU(), Dense(units=3)))
    assert set(fitting(weights(old), new)) == {"dense1.weight", "dense1.bias"}


def test_a_device_that_is_not_there_is_refused():
    if torch.cuda.is_available():
        pytest.skip("this machine has a cuda device")
    with pytest.raises(DeviceProblem, match="This machine has no cuda device. Use one of: auto, "):
        pick("cuda")

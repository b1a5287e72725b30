"""What a person does to a run while it learns: changing the rate, stopping, going on, asking for other batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.compile import build
from playground.engine.device import SMALL, use_threads
from playground.engine.events import BatchDone, EpochDone
from playground.engine.train import Training
from playground.layers.dense import Dense
from playground.layers.normalise import BatchNorm, Dropout
from tests.engine.nets import gauss, losses, net, recipe, weights

DEEP = [Dense(units=16, activation="relu")] * 5


def first_overflow_by_hand(graph, examples, changed_after, rate):
    """A plain loop whose rate is changed after so many steps: the step and layer where numbers overflow first."""
    network = build(graph)
    steps = torch.optim.SGD(network.parameters(), lr=0.01)
    shuffle, step = torch.Generator().manual_seed(0), 0
    x, y = torch.from_numpy(examples.train.inputs), torch.from_numpy(examples.train.targets)
    ids = [each.id for each in network.steps]
    while True:
        for rows in torch.randperm(len(x), generator=shuffle).split(16):
            step += 1
            values = network.activations(x[rows], ids)
            loss = torch.nn.functional.cross_entropy(values["output1"], y[rows])
            if not torch.isfinite(loss):
                return step, next(id for id in ids if not torch.isfinite(values[id]).all())
            steps.zero_grad()
            loss.backward()
            steps.step()
            if step == changed_after:
                steps.param_groups[0]["lr"] = rate


@pytest.mark.parametrize("changed_after", [10, 11, 12])
def test_a_rate_set_too_high_by_hand_is_told_with_the_right_step_and_layer(changed_after):
    graph, rate = net(*DEEP), 100_000.0
    settings = recipe(optimiser="sgd", learning_rate=0.01, momentum=0.0, epochs=50)
    training = Training(graph, settings, gauss())
    for event in training.events():
        if event == BatchDone(changed_after):
            training.set_learning_rate(rate)
    step, layer = first_overflow_by_hand(graph, gauss(), changed_after, rate)
    assert event.message == (
        f"Training diverged at step {step}, in epoch {(step - 1) // 5 + 1}: {layer} gave numbers too large to hold. "
        "Try a learning rate of 0.1 instead of 100,000, or clip the gradient at 1."
    )


def stopped_after(epoch, graph, settings):
    """A run that is told to stop behind that epoch; its epochs' losses."""
    training, found = Training(graph, settings, gauss()), []
    for event in training.events():
        if isinstance(event, EpochDone):
            found.append(event.train.loss)
            if event.epoch == epoch:
                training.stop()
    return training, found


@pytest.mark.parametrize("keep_best", [False, True])
def test_twelve_epochs_are_six_and_six_more(keep_best):
    graph = net(Dense(units=32, activation="relu"), Dropout(rate=0.3))
    settings = recipe(
        epochs=12, keep_best=keep_best, learning_rate=0.3, schedule="plateau", schedule_epochs=1, optimiser="adam"
    )
    whole = Training(graph, settings, gauss())
    expected = losses(whole)
    part, before = stopped_after(6, graph, settings)
    assert part.best_epoch < part.epoch == 6  # so that the weights shown are not those to go on from
    after = Training(graph, settings, gauss(), checkpoint=part.checkpoint())
    assert before + losses(after) == expected
    assert after.best_epoch == whole.best_epoch
    for name, value in weights(whole).items():
        assert np.array_equal(value, weights(after)[name]), name


def test_an_ended_run_shows_its_best_weights_and_goes_on_from_its_last():
    graph, settings = net(Dense(units=64, activation="relu")), recipe(epochs=200, patience=3, learning_rate=0.3)
    ended, examples = Training(graph, settings, gauss(60)), gauss(60)
    list(ended.events())
    assert ended.best_epoch < ended.epoch
    kept = ended.checkpoint()
    opened = Training(graph, settings, examples, checkpoint=kept)
    assert opened.evaluate("valid") == ended.evaluate("valid")
    again = opened.checkpoint()
    assert all(np.array_equal(again.tensors[name], value) for name, value in kept.tensors.items())
    next(opened.events())
    assert np.array_equal(weights(opened)["dense1.weight"], kept.group("last")["dense1.weight"])
    assert not np.array_equal(kept.group("last")["dense1.weight"], kept.weights["dense1.weight"])


def test_a_finished_run_that_is_asked_again_keeps_both():
    graph, settings = net(Dense(units=64, activation="relu")), recipe(epochs=9, keep_best=True, learning_rate=0.3)
    first = Training(graph, settings, gauss(60))
    list(first.events())
    second = Training(graph, settings, gauss(60), checkpoint=first.checkpoint())
    list(second.events())
    for group in ("weights", "best", "last"):
        for name, value in first.checkpoint().group(group).items():
            assert np.array_equal(value, second.checkpoint().group(group)[name]), (group, name)


@pytest.mark.parametrize(("hidden", "batches"), [((Dense(units=4),), 4), ((Dense(units=4), BatchNorm()), 3)])
def test_a_last_batch_of_one_is_kept_unless_it_would_be_normalised(hidden, batches):
    training = Training(net(*hidden), recipe(batch=23, epochs=1), gauss())  # 70 = 3 · 23 + 1
    list(training.events())
    assert training.step == training.batches == batches


def test_the_epochs_loss_weighs_each_example_the_same():
    graph, examples = net(), gauss()
    settings = recipe(batch=23, epochs=1, optimiser="sgd", learning_rate=1e-12, momentum=0.0)
    training = Training(graph, settings, examples)
    assert losses(training) == pytest.approx([training.evaluate("train").loss], abs=1e-6)


def test_the_number_of_threads_follows_from_the_work_alone():
    before = torch.get_num_threads()
    try:
        assert use_threads(SMALL - 1) == 1
        assert torch.get_num_threads() == 1
        torch.set_num_threads(1)
        first = use_threads(SMALL)
        torch.set_num_threads(1)
        assert use_threads(SMALL) == first == torch.get_num_threads()
    finally:
        torch.set_num_threads(before)

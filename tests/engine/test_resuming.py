"""Going on from a checkpoint: exactly, or with what still fits, and never with a surprise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.checkpoint import Checkpoint
from playground.engine.optimise import Schedule
from playground.engine.train import Training
from playground.layers.dense import Dense
from playground.layers.normalise import Dropout
from tests.engine.nets import gauss, losses, net, recipe, weights

HIDDEN = (Dense(units=8, activation="relu"), Dropout(rate=0.3))


def begun(steps, graph=None, **settings):
    """A training that has done so many steps of five an epoch."""
    training = Training(graph or net(*HIDDEN), recipe(**settings), gauss())
    events = training.events()
    while training.step < steps:
        next(events)
    return training


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("steps", [10, 12])
def test_opening_and_saving_again_before_playing_changes_nothing(optimiser, steps):
    settings = {"epochs": 5, "optimiser": optimiser, "learning_rate": 0.01}
    whole = Training(net(*HIDDEN), recipe(**settings), gauss())
    list(whole.events())
    first = begun(steps, **settings).checkpoint()
    torch.rand(7)  # other work that draws from the generator meanwhile
    again = Training(net(*HIDDEN), recipe(**settings), gauss(), checkpoint=first).checkpoint()
    assert again.facts == first.facts
    assert {name: value.tobytes() for name, value in again.tensors.items()} == {
        name: value.tobytes() for name, value in first.tensors.items()
    }
    after = Training(net(*HIDDEN), recipe(**settings), gauss(), checkpoint=again)
    list(after.events())
    assert all(np.array_equal(value, weights(after)[name]) for name, value in weights(whole).items())


CHANGES = [
    ({"optimiser": "sgd"}, {"optimiser": "adam"}),
    ({"optimiser": "adam"}, {"optimiser": "rmsprop"}),
    ({"optimiser": "adamw"}, {"optimiser": "sgd"}),
    ({"optimiser": "rmsprop", "momentum": 0.0}, {"optimiser": "rmsprop", "momentum": 0.9}),
    ({"optimiser": "rmsprop", "momentum": 0.9}, {"optimiser": "rmsprop", "momentum": 0.0}),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_another_optimiser_takes_the_weights_and_counts_anew(before, after):
    kept = begun(7, **before).checkpoint()
    training = Training(net(*HIDDEN), recipe(**after), gauss(), checkpoint=kept)
    assert np.array_equal(weights(training)["dense1.weight"], kept.weights["dense1.weight"])
    assert (training.epoch, training.step) == (0, 0)
    found = losses(training)
    assert len(found) == 4
    assert np.isfinite(found).all()


@pytest.mark.parametrize("rule", ["constant", "plateau", "step", "cosine"])
def test_every_schedule_goes_on_where_it_stood(rule):
    settings = {"epochs": 8, "schedule": rule, "schedule_epochs": 1, "learning_rate": 0.3}
    whole, part = Training(net(), recipe(**settings), gauss()), begun(20, net(), **settings)
    list(whole.events())
    after = Training(net(), recipe(**settings), gauss(), checkpoint=part.checkpoint())
    list(after.events())
    assert after.schedule.facts() == whole.schedule.facts()
    assert np.array_equal(weights(after)["dense1.weight"], weights(whole)["dense1.weight"])


def test_the_best_weights_of_before_are_still_the_best_after():
    settings = {"epochs": 40, "keep_best": True, "learning_rate": 0.5}
    graph = net(Dense(units=32, activation="relu"))
    whole, part = Training(graph, recipe(**settings), gauss(60)), Training(graph, recipe(**settings), gauss(60))
    list(whole.events())
    events = part.events()
    while part.epoch < whole.best_epoch + 1:
        next(events)
    after = Training(graph, recipe(**settings), gauss(60), checkpoint=part.checkpoint())
    ended = list(after.events())[-1]
    assert ended.best_epoch == whole.best_epoch < 39
    assert ended.valid.loss == pytest.approx(whole.best_loss, abs=1e-7)


def test_a_run_that_stopped_early_has_patience_again_when_it_goes_on():
    graph = net(Dense(units=64, activation="relu"))
    settings = {"epochs": 200, "patience": 3, "learning_rate": 0.3}
    first = Training(graph, recipe(**settings), gauss(60))
    assert list(first.events())[-1].reason == "early_stopping"
    second = Training(graph, recipe(**settings), gauss(60), checkpoint=first.checkpoint())
    list(second.events())
    assert second.epoch >= first.epoch + 3


def test_a_changed_network_takes_the_weights_that_fit():
    kept = begun(7).checkpoint()
    wider = Training(net(*HIDDEN, Dense(units=3)), recipe(), gauss(), checkpoint=kept)
    assert np.array_equal(weights(wider)["dense1.weight"], kept.weights["dense1.weight"])
    assert wider.epoch == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"epoch": -1, "step": "7", "batch": 10**9, "best_loss": "low", "schedule": {"drops": "x", "best": []}},
        {"schedule": [1], "waited": None, "best_epoch": 2.5},
        {},
    ],
)
def test_facts_that_are_none_are_left_out(facts):
    kept = begun(7).checkpoint()
    training = Training(net(*HIDDEN), recipe(schedule="plateau"), gauss(), checkpoint=Checkpoint(kept.tensors, facts))
    assert (training.epoch, training.step) == (0, 0)
    assert np.isfinite(losses(training)).all()


def test_tensors_of_a_damaged_file_are_not_taken():
    kept = begun(7, optimiser="adam").checkpoint()
    for name, value in [
        ("weights/dense1.weight", np.full((8, 2), np.nan, np.float32)),
        ("optimiser/0/exp_avg", np.zeros((3, 3), np.float32)),
        ("optimiser/99/exp_avg", np.zeros((8, 2), np.float32)),
        ("optimiser/0/exp_avg", np.zeros((8, 2), np.int64)),
        ("random/torch", np.zeros(3, np.uint8)),
    ]:
        damaged = Checkpoint({**kept.tensors, name: value}, kept.facts)
        training = Training(net(*HIDDEN), recipe(optimiser="adam"), gauss(), checkpoint=damaged)
        assert np.isfinite(losses(training)).all(), name


def test_a_schedule_without_facts_begins_anew():
    schedule = Schedule(recipe(learning_rate=1.0, schedule="plateau"))
    schedule.restore({"drops": -400, "waited": "two", "best": None})
    assert schedule.rate(0) == 1.0

"""The flat step is the reference: the same numbers, whatever happens to the run on its way."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine import stepper
from playground.engine.events import SLICE, BatchDone
from playground.engine.stepper import Stepper
from playground.engine.tape import Tape
from playground.engine.train import Training
from playground.graph.templates import TEMPLATES
from playground.layers.dense import Dense
from playground.layers.normalise import BatchNorm, Dropout
from tests.engine.nets import gauss, net, numbers, recipe, weights

HIDDEN = [Dense(units=8, activation="tanh"), BatchNorm(), Dropout(rate=0.2), Dense(units=8, activation="relu")]
LARGE = {"alexnet", "vgg-11", "vgg-16", "vgg-19", "googlenet", "squeezenet-1.1", "resnet-18", "resnet-34", "resnet-50"}
LARGE |= {"resnet-101", "resnet-152"} | {
    f"cifar-{kind}-{depth}" for kind in ("resnet", "plain") for depth in (44, 56, 110)
}


@pytest.fixture(autouse=True)
def recorded_early(monkeypatch):
    monkeypatch.setattr(stepper, "WARM", 1)
    monkeypatch.setattr(stepper, "WORTH", 1)


def taken(training: Training, steps: int, slice: float = SLICE) -> Training:
    """The run after so many steps, or a few more, as slices end."""
    training.slice = slice
    for _ in training.events():
        if training.step >= steps:
            break
    return training


def is_flat(training: Training) -> bool:
    return any(way.is_sure for way in training.stepper._ways.values())


def difference(first: Training, second: Training) -> float:
    """The largest, of any weight, as a part of the largest weight of its tensor."""
    pairs = [(first.network.state_dict()[name], value) for name, value in second.network.state_dict().items()]
    return max(float((a - b).abs().max() / b.abs().max().clamp(min=1e-3)) for a, b in pairs if b.is_floating_point())


@pytest.mark.parametrize("extra", [{}, {"l2": 0.01}, {"l1": 0.001, "clip": 0.5}, {"momentum": 0.0}])
@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
def test_every_optimiser_moves_the_weights_bit_for_bit_as_autograd_does(optimiser, extra):
    settings = recipe(optimiser=optimiser, learning_rate=0.01, epochs=20, schedule="cosine", **extra)
    plain = Training(net(*HIDDEN), settings, gauss(), flat=False)
    fast = Training(net(*HIDDEN), settings, gauss())
    fast.slice = SLICE
    first, second = ([event for event in run.events() if type(event).__name__ == "EpochDone"] for run in (plain, fast))
    assert is_flat(fast)
    assert not is_flat(plain)
    assert [event.train.loss for event in first] == pytest.approx([event.train.loss for event in second], abs=1e-6)
    for name, value in weights(plain).items():
        assert np.array_equal(value, weights(fast)[name]), name


@pytest.mark.parametrize(
    ("loss", "units"), [("hinge", 2), ("binary_cross_entropy", 2), ("hinge", 3), ("cross_entropy", 3)]
)
def test_every_loss_of_classes_is_written_out(loss, units):
    graph = net(Dense(units=8), loss=loss, units=units)
    plain, fast = (Training(graph, recipe(epochs=30), gauss(), flat=flat) for flat in (False, True))
    assert difference(taken(plain, 60, 0.0), taken(fast, 60, 0.0)) == 0.0
    assert is_flat(fast)


def test_numbers_are_regressed_and_scored_alike():
    graph = net(Dense(units=8, activation="relu"), inputs=3, loss="mean_squared_error", units=1)
    runs = [Training(graph, recipe(epochs=6), numbers(), flat=flat) for flat in (False, True)]
    ends = [list(run.events())[-1].valid for run in runs]
    assert is_flat(runs[1])
    assert ends[0].flat() == pytest.approx(ends[1].flat(), abs=1e-6)


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - LARGE))
def test_every_template_takes_the_steps_of_the_reference(name):
    document, dataset = make_project(name)
    settings = document.recipe.model_copy(update={"epochs": 1000, "batch": min(document.recipe.batch, 16)})
    examples = prepare(dataset, document.data)
    plain, fast = (Training(document.graph, settings, examples, "cpu", flat=flat) for flat in (False, True))
    assert difference(taken(plain, 8, 0.0), taken(fast, 8, 0.0)) <= 1e-5
    assert all(way.is_sure for way in fast.stepper._ways.values() if way.taken > 2 and not way.is_closed)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["spiral-mlp", "digits-mlp", "digits-cnn", "table-mlp", "autoencoder", "elman", "xor-mlp"]
)
def test_after_a_thousand_steps_the_weights_are_still_those_of_the_reference(name):
    document, dataset = make_project(name)
    settings = document.recipe.model_copy(update={"epochs": 1000, "patience": 0})
    examples = prepare(dataset, document.data)
    plain, fast = (Training(document.graph, settings, examples, "cpu", flat=flat) for flat in (False, True))
    assert difference(taken(plain, 1000, 0.0), taken(fast, 1000, 0.0)) <= 1e-5
    assert is_flat(fast)


def test_slices_end_with_the_epoch_and_count_every_step():
    training = Training(net(Dense(units=8)), recipe(epochs=40), gauss())
    training.slice = 10.0
    told = [event.step for event in training.events() if isinstance(event, BatchDone)]
    assert told == sorted(set(told))
    assert told[-1] == training.step == 40 * training.batches
    assert len(told) < training.step


def test_weights_moved_by_hand_are_where_the_flat_step_goes_on_from():
    runs = [Training(net(*HIDDEN), recipe(epochs=100), gauss(), flat=flat) for flat in (False, True)]
    for run in runs:
        run.slice = 0.0
        for _ in run.events():
            if run.step == 40:
                with torch.no_grad():
                    next(iter(run.network.parameters())).mul_(0.5)
                run.set_learning_rate(0.02)
            if run.step == 60:
                break
    assert is_flat(runs[1])
    assert difference(*runs) == 0.0


def test_a_run_resumed_from_flat_steps_is_the_run_that_never_stopped():
    graph, settings = net(*HIDDEN), recipe(epochs=30, optimiser="adam", learning_rate=0.01)
    whole = Training(graph, settings, gauss())
    list(whole.events())
    part = taken(Training(graph, settings, gauss()), 73)
    after = Training(graph, settings, gauss(), checkpoint=part.checkpoint())
    list(after.events())
    assert is_flat(part)
    assert is_flat(after)
    assert after.step == whole.step
    for name, value in weights(whole).items():
        assert np.array_equal(value, weights(after)[name]), name


def test_overflow_in_the_middle_of_flat_steps_is_told_with_its_step_as_ever():
    settings = recipe(optimiser="sgd", learning_rate=0.01, momentum=0.0, epochs=60)
    said = []
    for flat in (False, True):
        training = Training(net(*[Dense(units=16, activation="relu")] * 5), settings, gauss(), flat=flat)
        training.slice = 0.0
        for event in training.events():
            if event == BatchDone(52):
                training.set_learning_rate(100_000.0)
        said.append(event.message)
    assert said[0] == said[1]
    assert "diverged at step" in said[0]


def test_a_flat_step_that_is_not_the_reference_is_not_used(monkeypatch):
    record = stepper.record

    def wrong(training, inputs, targets):
        scores, loss, flat = record(training, inputs, targets)
        run = flat.run
        monkeypatch.setattr(flat, "run", lambda *given: run(*given) + 1.0)
        return scores, loss, flat

    monkeypatch.setattr(stepper, "record", wrong)
    fast = taken(Training(net(*HIDDEN), recipe(epochs=100), gauss()), 60, 0.0)
    plain = taken(Training(net(*HIDDEN), recipe(epochs=100), gauss(), flat=False), 60, 0.0)
    assert not is_flat(fast)
    assert difference(fast, plain) == 0.0


def test_a_failure_among_flat_steps_is_told_in_its_own_words(monkeypatch):
    training = taken(Training(net(*HIDDEN), recipe(epochs=100), gauss()), 60)
    assert is_flat(training)

    def fails(*_given):
        raise RuntimeError(
            "The following operation failed in the TorchScript interpreter.\n...\nRuntimeError: No room."
        )

    for way in training.stepper._ways.values():
        monkeypatch.setattr(way.recorded, "run", fails)
    *_, ended = training.events()
    assert (ended.reason, ended.message) == ("failed", "Training failed: No room.")


def test_what_python_decides_on_a_value_is_an_obstacle():
    x = torch.ones(3)
    tape = Tape({"x": x}, [])
    with tape:
        if float((x * 2).sum()) > 1:
            x + 1
    assert tape.obstacle == "Python looked at a tensor's value"


def test_a_short_run_is_not_recorded(monkeypatch):
    monkeypatch.undo()
    training = Training(net(*HIDDEN), recipe(epochs=4), gauss())
    list(training.events())
    assert not is_flat(training)
    assert isinstance(training.stepper, Stepper)

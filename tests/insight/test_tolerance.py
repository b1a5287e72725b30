"""The rivals are trained as the network is, apart from it; hits are what the networks answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.events import Ended
from playground.engine.train import Training
from playground.graph.twins import logistic_regression
from playground.insight.moving import Move, background, moved
from playground.insight.tolerance import LOGISTIC, MLP, THIS, TWIN, Rival, Tolerance, tolerance
from tests.insight.test_robustness import made


def finished(job) -> tuple[list[float], Tolerance]:
    shares = []
    while True:
        try:
            shares.append(next(job))
        except StopIteration as end:
            return shares, end.value


def epochs(training: Training, count: int) -> None:
    """Go on learning until so many epochs are done."""
    for _ in training.events():
        if training.epoch == count:
            return


def begun(template: str = "digits-cnn", done: int = 1) -> Training:
    training = made(template, 0 + 1)
    fresh = Training(training.graph, training.recipe.model_copy(update={"epochs": 5}), training.examples, "cpu")
    epochs(fresh, done)
    return fresh


@pytest.fixture(scope="module")
def found() -> tuple[Training, list[float], Tolerance]:
    training = begun(done=2)
    return training, *finished(tolerance(training))


def test_there_are_four_curves_of_the_same_examples(found):
    training, shares, answer = found
    assert [curve.name for curve in answer.curves] == [THIS, TWIN, MLP, LOGISTIC]
    assert [curve.parameters for curve in answer.curves] == [9930, 9930, 4810, 650]
    assert [curve.epochs for curve in answer.curves] == [2, 2, 2, 2]
    assert answer.n == 270 == len(training.examples.valid)
    assert answer.shifts == tuple(range(-4, 5))
    assert all(curve.right_turned.shape == (19, 270) for curve in answer.curves)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_unmoved_it_is_the_accuracy_on_validation(found):
    training, _, answer = found
    wanted = training.evaluate("valid").measures["accuracy"]
    assert answer.curves[0].right_shifted[4].mean() == pytest.approx(wanted)
    assert answer.curves[0].right_turned[9].mean() == pytest.approx(wanted)


def test_moved_it_is_what_the_network_answers_to_moved_images(found):
    training, _, answer = found
    images = moved(torch.from_numpy(training.examples.valid.inputs), Move(right=2), background(training.examples))
    with training.looking():
        wanted = training.network(images).argmax(dim=1).numpy() == training.examples.valid.targets
    np.testing.assert_array_equal(answer.curves[0].right_shifted[6], wanted)


def test_a_rival_learns_as_if_it_were_trained_alone(found):
    training, _, answer = found
    alone = Training(logistic_regression(training.examples.signature), training.recipe, training.examples, "cpu")
    epochs(alone, 2)
    wanted = alone.predict("valid") == training.examples.valid.targets
    np.testing.assert_array_equal(answer.curves[3].right_shifted[4], wanted)


def test_training_goes_on_as_if_nothing_had_been_compared():
    """Dropout draws from the generator that the rivals draw from too."""
    plain, compared = begun(), begun()
    rest, job = plain.events(), None
    list(rest)
    again = compared.events()
    job = tolerance(compared)
    for number, _ in enumerate(again):
        if number and number < 60:
            next(job, None)
    job.close()
    for name, value in plain.network.state_dict().items():
        assert torch.equal(value, compared.network.state_dict()[name]), name


def test_rivals_are_kept_and_learn_on_from_where_they_are():
    training = begun(done=1)
    kept: dict[str, Rival] = {}
    finished(tolerance(training, kept))
    first = dict(kept)
    steps = {name: rival.training.step for name, rival in kept.items()}
    _, again = finished(tolerance(training, kept))
    assert kept == first
    assert {name: rival.training.step for name, rival in kept.items()} == steps
    epochs(training, 2)
    _, later = finished(tolerance(training, kept))
    assert kept == first
    assert [curve.epochs for curve in again.curves] == [1] * 4
    assert [curve.epochs for curve in later.curves] == [2] * 4


def test_what_is_taken_back_begins_anew():
    training = begun(done=2)
    kept: dict[str, Rival] = {}
    finished(tolerance(training, kept))
    first, training.epoch = kept[MLP], 1
    finished(tolerance(training, kept))
    assert kept[MLP] is not first
    assert kept[MLP].training.epoch == 1


def test_without_pooling_there_is_no_twin_and_it_says_so():
    _, answer = finished(tolerance(begun("digits-mlp")))
    assert [curve.name for curve in answer.curves] == [THIS, MLP, LOGISTIC]
    assert answer.without == ("There is no twin without pooling: it pools nothing.",)


def test_before_anything_is_learned_and_for_tables_it_says_what_to_do():
    training = made()
    fresh = Training(training.graph, training.recipe, training.examples, "cpu")
    with pytest.raises(ValueError, match=r"Nothing is learned yet\. Train for at least one epoch\."):
        next(tolerance(fresh))
    with pytest.raises(ValueError, match="This is about images of one class each"):
        next(tolerance(made("table-mlp")))


def test_nothing_is_said_of_a_rival_whose_training_failed():
    training, rivals = begun(), {}
    rivals[MLP] = Rival(MLP, logistic_regression(training.examples.signature), training, 1)
    rivals[MLP]._events = iter([Ended("failed", 0, 0, None, None, "Training failed: the disk is full")])
    _, answer = finished(tolerance(training, rivals))
    assert [curve.name for curve in answer.curves] == [THIS, TWIN, LOGISTIC]
    assert answer.without == ("Nothing is said of MLP: Training failed: the disk is full",)
    assert MLP not in rivals

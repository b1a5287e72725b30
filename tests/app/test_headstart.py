"""A head start: what fits of another project, what is learned without labels, which answers count as labels."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from playground.app import headstarting
from playground.app.document import make_project, set_path
from playground.app.files import Project, write_project
from playground.app.headstart import FROM_NOTHING, HeadStart, HeadStartProblem, beginning, beside_nothing
from playground.app.loading import prepared
from playground.app.recording import Recording
from playground.app.turn import NICE
from playground.data.split import prepare
from playground.engine.headstart import fits_of
from playground.engine.train import Training
from playground.graph.encoder import EncoderProblem, autoencoder_of
from playground.layers.shape import Signature
from tests.app.history_runs import is_written, wait_for


@pytest.fixture(scope="module")
def digits():
    document = make_project("digits-cnn")[0]
    for path, value in (("data.train_on", "80"), ("recipe.epochs", "6"), ("recipe.batch", "16")):
        document = set_path(document, path, value)
    return document


@pytest.fixture(scope="module")
def examples(digits):
    return prepared(digits.data)


def done(work):
    """What a generator of steps ends with, and the steps."""
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as stop:
            return stop.value, steps


def trained(document, examples, path):
    training = Training(document.graph, document.recipe, examples)
    list(training.events())
    write_project(path, Project(document, training.checkpoint()))
    return training.checkpoint().weights


# Another project's weights


def test_weights_are_taken_where_name_and_shape_fit_and_the_rest_is_named(digits, examples, tmp_path):
    path = tmp_path / "other.nnplay"
    weights = trained(digits, examples, path)
    wider = set_path(digits, "layers.conv2.filters", "20")
    found, _ = done(beginning(wider, examples, HeadStart("transfer", project=path)))
    assert found.told[0] == "Taken from other.nnplay: conv1."
    assert "conv2.weight is 32×16×3×3 there and 20×" in found.told[1]
    assert set(found.weights) == {"conv1.weight", "conv1.bias"}
    training = Training(found.graph, wider.recipe, examples, weights=found.weights)
    assert np.array_equal(training.checkpoint().weights["conv1.weight"], weights["conv1.weight"])


def test_what_was_taken_can_be_frozen_but_the_last_layer_learns(digits, examples, tmp_path):
    path = tmp_path / "other.nnplay"
    weights = trained(digits, examples, path)
    found, _ = done(beginning(digits, examples, HeadStart("transfer", project=path, freeze=True)))
    assert found.told[1] == "Frozen: conv1, conv2."
    training = Training(found.graph, digits.recipe, examples, weights=found.weights)
    list(training.events())
    after = training.checkpoint().weights
    assert np.array_equal(after["conv1.weight"], weights["conv1.weight"])
    assert not np.array_equal(after["dense1.weight"], weights["dense1.weight"])


def test_a_project_that_cannot_help_says_why(digits, examples, tmp_path):
    path = tmp_path / "other.nnplay"
    write_project(path, Project(digits))
    with pytest.raises(HeadStartProblem, match="other.nnplay has not been trained"):
        done(beginning(digits, examples, HeadStart("transfer", project=path)))
    spiral = make_project("spiral-mlp")[0]
    trained(set_path(spiral, "recipe.epochs", "1"), prepared(spiral.data), path)
    with pytest.raises(HeadStartProblem, match=r"No layer of other.nnplay fits this network. Conv1.weight is not"):
        done(beginning(digits, examples, HeadStart("transfer", project=path)))


def test_weights_that_have_seen_the_validation_part_are_refused(digits, examples, tmp_path):
    path = tmp_path / "other.nnplay"
    other = set_path(set_path(digits, "data.seed", "5"), "data.train_on", "all")
    trained(set_path(other, "recipe.epochs", "1"), prepared(other.data), path)
    with pytest.raises(HeadStartProblem, match="kept here for validation and test: the scores would flatter"):
        done(beginning(digits, examples, HeadStart("transfer", project=path)))


def test_weights_that_are_no_numbers_do_not_fit(digits):
    weights = {"conv1.weight": np.full((8, 1, 3, 3), np.nan, np.float32)}
    assert not fits_of(digits.graph, weights).layers


# An encoder trained without labels


def test_the_twin_has_the_front_of_the_network_and_gives_the_input_back(digits, examples):
    twin = autoencoder_of(digits.graph, examples.signature)
    assert twin.front == ("conv1", "conv2")
    training = Training(twin.graph, digits.recipe, examples)
    assert training.scores("valid").shape[1:] == (1, 8, 8)


@pytest.mark.parametrize("template", ["frequency-lstm", "table-mlp", "highway", "cifar-resnet-20"])
def test_every_form_of_data_has_a_twin(template):
    document, dataset = make_project(template)
    signature = prepare(dataset, document.data).signature
    twin = autoencoder_of(document.graph, signature)
    own = Training(document.graph, document.recipe, prepare(dataset, document.data)).checkpoint().weights
    theirs = Training(twin.graph, document.recipe, prepare(dataset, document.data)).checkpoint().weights
    shared = [name for name in own if name.split(".")[0] in twin.front]
    assert shared
    assert all(own[name].shape == theirs[name].shape for name in shared)


def test_a_network_without_a_front_says_so():
    document, dataset = make_project("logistic-regression")
    with pytest.raises(EncoderProblem, match="no layer with weights before the last"):
        autoencoder_of(document.graph, dataset.signature)
    skip, _ = make_project("skip-mlp")
    with pytest.raises(EncoderProblem, match="all but the last Dense layer"):
        autoencoder_of(skip.graph, dataset.signature)
    document, dataset = make_project("autoencoder")
    with pytest.raises(EncoderProblem, match="one Output that answers something"):
        autoencoder_of(document.graph, dataset.signature)
    text = Signature(dataset.signature.input, 3, "classes", None, 20)
    with pytest.raises(EncoderProblem, match="Text cannot be given back"):
        autoencoder_of(make_project("digits-mlp")[0].graph, text)


def test_no_label_has_a_say_in_pre_training(digits, examples):
    asked = HeadStart("pretrain", epochs=2)
    found, steps = done(beginning(digits, examples, asked))
    assert [(step.done, step.total) for step in steps][-1] == (2, 2)
    assert "to give 1,257 examples back, without their labels" in found.told[0]
    wrong = replace(examples, train=replace(examples.train, targets=np.zeros_like(examples.train.targets)))
    other, _ = done(beginning(digits, wrong, asked))
    assert all(np.array_equal(found.weights[name], other.weights[name]) for name in found.weights)
    assert set(found.weights) == {"conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias"}


# The network's own answers as labels


def test_confident_answers_count_as_labels_and_true_labels_are_not_looked_at(digits, examples):
    asked = HeadStart("pseudo", threshold=0.8)
    found, _ = done(beginning(digits, examples, asked))
    count = len(found.examples.train) - 80
    assert 0 < count < 1177
    assert found.told[0].startswith(f"{count:,} of 1,177 unlabelled examples got the network's own answer")
    assert np.array_equal(found.examples.train.targets[:80], examples.train.targets)
    assert found.examples.valid is examples.valid
    targets = examples.dataset.targets.copy()
    targets[examples.unused] = 0
    hidden = replace(examples, dataset=replace(examples.dataset, targets=targets))
    other, _ = done(beginning(digits, hidden, asked))
    assert np.array_equal(other.examples.train.targets, found.examples.train.targets)


def test_pseudo_labels_that_cannot_be_say_why(digits, examples):
    with pytest.raises(HeadStartProblem, match=r"nowhere 100% sure.*Choose a lower threshold"):
        done(beginning(set_path(digits, "recipe.epochs", "1"), examples, HeadStart("pseudo", threshold=1.0)))
    whole = set_path(digits, "data.train_on", "all")
    with pytest.raises(HeadStartProblem, match="Learn from fewer"):
        done(beginning(whole, prepared(whole.data), HeadStart("pseudo")))
    numbers, dataset = make_project("linear-regression")
    with pytest.raises(HeadStartProblem, match="one class each"):
        done(beginning(numbers, prepare(dataset, numbers.data), HeadStart("pseudo")))


# Beside training from nothing


def test_both_runs_are_in_the_history_marked_by_how_they_began(digits, examples, tmp_path):
    with Recording(path=tmp_path / "runs.sqlite") as recording:
        arms, steps = done(beside_nothing(digits, examples, HeadStart("pretrain", epochs=3), recording))
        ahead, plain = arms
        for each in arms:
            wait_for(lambda each=each: any(run.id == each.id for run in recording.runs.search()))
            wait_for(lambda each=each: is_written(recording.runs, each.id))
        runs = {run.id: run for run in recording.runs.search()}
    assert (ahead.tag, plain.tag) == ("pre-trained", FROM_NOTHING)
    assert runs[ahead.id].tags == ("pre-trained",)
    assert runs[ahead.id].name.startswith("pre-trained · ")
    assert runs[plain.id].split == runs[ahead.id].split
    assert runs[plain.id].last == plain.valid
    assert {step.words for step in steps} == {"Without labels", "pre-trained", FROM_NOTHING}
    alone = SimpleNamespace(curves=[each for each in Training(digits.graph, digits.recipe, examples).events()])
    assert alone.curves[-1].valid == plain.valid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_it_gives_way_to_the_window(monkeypatch):
    seen = []

    def steps(*_asked):
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        yield from ()

    monkeypatch.setattr(headstarting, "beside_nothing", steps)
    assert headstarting.HeadStarting(*[None] * 5).join(30)
    assert seen == [min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE)]

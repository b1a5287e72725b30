"""Surfaces of networks whose answers are known; looking disturbs nothing, and pictures are copies."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import softmax

from playground.data.catalogue import load
from playground.data.choices import DrawnPoints
from playground.data.dataset import DataChoice
from playground.data.drawn import added
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.templates import chain
from playground.insight.boundary import MOST_UNITS, surface
from playground.insight.feature_maps import feature_maps
from playground.insight.filters import filters
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.normalise import Dropout


def training_on(source, *hidden, loss="cross_entropy", units=2, features=("x", "y"), start=None, **recipe):
    choice = DataChoice(source=source, samples=100, features=features)
    examples = prepare(load(choice), choice)
    graph = chain(Input(dims=(len(features),)), *hidden, Dense(units=units), Output(loss=loss, units=units))
    settings = Recipe.model_validate({"epochs": 3, **recipe})
    return Training(graph, settings, examples, weights=start)


def filled(training, **values):
    """The same training with weights set by hand."""
    named = {name.replace("_", ".", 1): np.asarray(value, np.float32) for name, value in values.items()}
    training.network.load_state_dict(
        {**training.network.state_dict(), **{key: torch.from_numpy(value) for key, value in named.items()}}
    )
    return training


def grid(found):
    x0, x1, y0, y1 = found.extent
    return np.meshgrid(np.linspace(x0, x1, found.output.shape[1]), np.linspace(y0, y1, found.output.shape[0]))


def test_engineered_inputs_are_made_of_the_grids_own_points():
    training = training_on("circle", features=("x2", "y2"))
    filled(training, dense1_weight=[[0.0, 0.0], [1.0, 1.0]], dense1_bias=[0.0, 0.0])
    found = surface(training, 15, ["dense1"])
    xs, ys = grid(found)
    shift, scale = training.examples.inputs.shift.ravel(), training.examples.inputs.scale.ravel()
    score = (xs**2 - shift[0]) / scale[0] + (ys**2 - shift[1]) / scale[1]
    assert found.neurons["dense1"][1] == pytest.approx(score, abs=1e-4)
    assert found.output == pytest.approx(np.tanh(score / 2), abs=1e-4)  # P(1) − P(0) of a softmax over (0, s)


def test_every_wanted_layer_answers_with_at_most_so_many_units():
    training = training_on("spiral", Dense(units=50, activation="tanh"), Dense(units=3, activation="relu"))
    found = surface(training, 9, ["input1", "dense1", "dense2"])
    assert {id: value.shape for id, value in found.neurons.items()} == {
        "input1": (2, 9, 9),
        "dense1": (MOST_UNITS, 9, 9),
        "dense2": (3, 9, 9),
    }
    assert np.abs(found.neurons["dense1"]).max() <= 1
    assert found.neurons["dense2"].min() >= 0


def test_pictures_are_copies_that_later_steps_leave_alone():
    training = training_on("xor", Dense(units=8), learning_rate=0.5)
    example = training.examples.valid.inputs[0]
    pictures = surface(training, 5, ["dense1"]), feature_maps(training, example, ["dense1"])["dense1"]
    kept = [pictures[0].output.copy(), pictures[0].neurons["dense1"].copy(), pictures[1].copy()]
    list(training.events())
    assert np.array_equal(pictures[0].output, kept[0])
    assert np.array_equal(pictures[0].neurons["dense1"], kept[1])
    assert np.array_equal(pictures[1], kept[2])


def test_a_linear_network_of_numbers_gives_its_plane_in_the_datas_units():
    training = training_on("plane", loss="mean_squared_error", units=1)
    filled(training, dense1_weight=[[0.7, -0.3]], dense1_bias=[0.2])
    found = surface(training, 15)
    xs, ys = grid(found)
    shift, scale = training.examples.inputs.shift.ravel(), training.examples.inputs.scale.ravel()
    targets = training.examples.targets
    x, y = (xs - shift[0]) / scale[0], (ys - shift[1]) / scale[1]
    expected = (0.7 * x - 0.3 * y + 0.2) * targets.scale.item() + targets.shift.item()
    assert found.output == pytest.approx(expected, abs=1e-4)


def test_looking_during_training_changes_no_number():
    quiet, watched = (training_on("xor", Dense(units=8), Dropout(rate=0.5)) for _ in range(2))
    list(quiet.events())
    for _ in watched.events():
        surface(watched, 5, ["dense1"])
        feature_maps(watched, watched.examples.valid.inputs[0], ["dense1"])
        filters(watched, "dense1")
    for name, value in quiet.checkpoint().weights.items():
        assert np.array_equal(value, watched.checkpoint().weights[name]), name


def test_of_three_classes_the_chances_are_the_softmax_of_the_scores():
    """A plane of (x, y) scaled to (a, b), and scores (a, b, 0) set by hand."""
    random = np.random.default_rng(0)
    drawn = DrawnPoints()
    for label, middle in enumerate(((-3, 0), (3, 0), (0, 3)), 1):
        drawn = added(drawn, random.normal(middle, 0.5, (20, 2)).tolist(), label)
    choice = DataChoice(source="drawn", drawn=drawn)
    examples = prepare(load(choice), choice)
    graph = chain(Input(dims=(2,)), Dense(units=3), Output(loss="cross_entropy", units=3))
    training = filled(
        Training(graph, Recipe(epochs=1), examples), dense1_weight=[[1, 0], [0, 1], [0, 0]], dense1_bias=[0, 0, 0]
    )

    found = surface(training, side=7, reach=6.0)

    xs, ys = np.meshgrid(np.linspace(-6, 6, 7), np.linspace(-6, 6, 7))
    a, b = examples.inputs.apply(np.stack([xs.ravel(), ys.ravel()], axis=1).astype(np.float32)).T
    expected = softmax(np.stack([a, b, np.zeros_like(a)]), axis=0)
    assert found.extent == (-6, 6, -6, 6)
    assert found.chances.reshape(3, -1) == pytest.approx(expected, abs=1e-5)
    best, second = np.sort(expected, axis=0)[[-1, -2]]
    assert found.output.ravel() == pytest.approx(best - second, abs=1e-5)

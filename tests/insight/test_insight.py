from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix

from playground.app.document import make_project
from playground.data.points import engineer
from playground.data.split import prepare
from playground.engine.train import Training
from playground.insight.boundary import surface
from playground.insight.classes import confusion
from playground.insight.feature_maps import feature_maps
from playground.insight.filters import filters


def training_of(template, **recipe):
    document, dataset = make_project(template)
    return Training(document.graph, document.recipe.model_copy(update=recipe), prepare(dataset, document.data))


def test_the_surface_of_one_neuron_is_its_formula():
    training = training_of("one-neuron")
    w, b = training.checkpoint().weights["dense1.weight"][0], training.checkpoint().weights["dense1.bias"][0]
    found = surface(training, 21, ["dense1"])
    axis = np.linspace(found.extent[0], found.extent[1], 21)
    scaled = training.examples.inputs.apply(engineer(np.array([[axis[3], axis[17]]]), ("x", "y")))[0]
    score = float(scaled @ w + b)
    assert found.neurons["dense1"][0, 17, 3] == pytest.approx(score, abs=1e-5)
    assert found.output[17, 3] == pytest.approx(np.tanh(score / 2), abs=1e-5)  # 2·sigmoid(s) − 1


def test_there_is_no_surface_of_images():
    assert surface(training_of("digits-mlp")) is None


def test_filters_are_the_weights_and_copies_of_them():
    training = training_of("digits-cnn")
    found = filters(training, "conv1")
    assert found.shape == (16, 1, 3, 3)
    found[:] = 0
    assert np.abs(filters(training, "conv1")).max() > 0
    assert filters(training, "flatten1") is None


def test_feature_maps_are_what_torch_computes():
    training = training_of("digits-cnn")
    example = training.examples.valid.inputs[3]
    found = feature_maps(training, example, ["conv1", "pool1", "flatten1"], most=4)
    weights = {name: torch.from_numpy(value) for name, value in training.checkpoint().weights.items()}
    conv = torch.relu(
        torch.conv2d(torch.from_numpy(example)[None], weights["conv1.weight"], weights["conv1.bias"], padding=1)
    )
    assert found["conv1"] == pytest.approx(conv[0, :4].numpy(), abs=1e-5)
    assert found["pool1"] == pytest.approx(torch.max_pool2d(conv, 2)[0, :4].numpy(), abs=1e-5)
    assert found["flatten1"].shape == (512,)


def test_the_confusion_matrix_is_scikit_learns():
    training = training_of("digits-mlp", epochs=1)
    list(training.events())
    truth, answers = training.examples.valid.targets, training.predict("valid")
    assert np.array_equal(confusion(training), confusion_matrix(truth, answers, labels=range(10)))
    assert confusion(training_of("table-mlp")) is None

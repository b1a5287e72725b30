from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.app.document import make_project
from playground.data.points import engineer
from playground.data.split import prepare
from playground.engine.train import Training
from playground.graph.edits import SetSettings
from playground.insight.boundary import surface
from playground.insight.plane import BIAS, chain, links, set_weight


def made(template: str, **dense1: object) -> Training:
    document, dataset = make_project(template)
    if dense1:
        document = replace(document, graph=SetSettings("dense1", tuple(dense1.items())).apply(document.graph))
    return Training(document.graph, document.recipe, prepare(dataset, document.data))


def test_a_neurons_sum_is_its_weights_times_the_scaled_place():
    training = made("xor-mlp")
    found = surface(training, 9, ["dense1"])
    (first, *_) = links(training)
    axis = np.linspace(*found.extent[:2], 9)
    place = np.stack([np.full(9, axis[7]), axis], axis=1)
    scaled = training.examples.inputs.apply(engineer(place, training.examples.features))
    expected = scaled @ first.weight[2] + first.bias[2]
    np.testing.assert_allclose(found.sums["dense1"][2][:, 7], expected, atol=1e-5)
    np.testing.assert_allclose(found.neurons["dense1"][2][:, 7], np.tanh(expected), atol=1e-5)


def test_without_an_activation_the_answer_is_the_sum():
    found = surface(made("xor-mlp"), 5, ["dense2"])
    assert "dense2" not in found.sums
    assert found.neurons["dense2"].shape == (1, 5, 5)


def test_the_inputs_are_seen_as_neurons_too():
    found = surface(made("xor-mlp"), 5, ["input1"])
    across, up = found.neurons["input1"]
    assert (np.diff(across, axis=1) > 0).all()
    np.testing.assert_allclose(np.diff(across, axis=0), 0, atol=1e-6)
    assert (np.diff(up, axis=0) > 0).all()


def test_dense_layers_that_follow_one_another_are_one_chain():
    training = made("xor-mlp")
    found = chain(links(training))
    assert [each.id for each in found] == ["dense1", "dense2"]
    assert [each.after for each in found] == ["input1", "dense1"]


def test_a_layer_too_wide_to_be_shown_breaks_the_chain():
    training = made("xor-mlp", units=40)
    assert links(training) == ()
    assert chain(links(training)) == ()


def test_a_bias_is_set_by_hand():
    training = made("one-neuron")
    old = set_weight(training, "dense1", 0, BIAS, 3.5)
    (only,) = links(training)
    assert only.bias[0] == 3.5
    assert old != 3.5
    with pytest.raises(ValueError, match="dense1 has no weight from -2 to 0"):
        set_weight(training, "dense1", 0, -2, 1.0)

"""Filters, activity, the most exciting examples and inputs made to excite."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.insight.activity import activity, exciting
from playground.insight.classes import chances
from playground.insight.dreaming import dream
from playground.insight.filters import looked_over
from playground.insight.slices import finish


def made(template: str, epochs: int = 1, **recipe) -> Training:
    document, dataset = make_project(template)
    settings = Recipe.model_validate({**document.recipe.model_dump(), "epochs": max(1, epochs), **recipe})
    training = Training(document.graph, settings, prepare(dataset, document.data))
    if epochs:
        list(training.events())
    return training


@pytest.fixture(scope="module")
def images() -> Training:
    return made("digits-cnn", 2)


def output(training: Training, id: str, count: int) -> np.ndarray:
    with training.looking():
        x = torch.from_numpy(training.examples.valid.inputs[:count])
        return training.network.activations(x, [id])[id].double().numpy()


def test_norm_use_and_change_are_what_they_say(images):
    found = looked_over(images, "conv2")
    weight = images.network.state_dict()["conv2.weight"]
    np.testing.assert_allclose(found.norm, weight.flatten(1).norm(dim=1).numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.use, np.abs(output(images, "conv2", 64)).mean(axis=(0, 2, 3)), rtol=1e-6)
    begun = made("digits-cnn", 0).network.state_dict()["conv2.weight"]
    np.testing.assert_allclose(found.change, (weight - begun).numpy(), atol=1e-7)
    assert looked_over(images, "pool1") is None


def test_a_network_that_has_not_learned_has_not_changed():
    assert np.abs(looked_over(made("digits-mlp", 0), "dense1").change).max() == 0


def test_zeros_and_dead_units_are_counted(images):
    values = output(images, "conv1", 128)
    found = activity(images, "conv1")
    assert found.zeros == pytest.approx((values == 0).mean())
    assert found.counts.sum() == values.size
    assert list(found.dead) == [c for c in range(16) if (values[:, c] == 0).all()]
    with torch.no_grad():
        kept = images.network.state_dict()["conv1.bias"][3].clone()
        images.network.state_dict()["conv1.bias"][3] = -1e6
    assert 3 in activity(images, "conv1").dead
    images.network.state_dict()["conv1.bias"][3] = kept


@pytest.mark.parametrize("id", ["conv2", "dense1"])
def test_the_most_exciting_examples_are_the_largest_answers(images, id):
    found = finish(exciting(images, id, 2))
    values = output(images, id, len(images.examples.valid))[:, 2]
    strongest = values.reshape(len(values), -1).max(axis=1)
    np.testing.assert_allclose(found.values, np.sort(strongest)[::-1][:9], rtol=1e-6)
    if id == "conv2":
        at = found.places[0]
        assert values[found.rows[0]][at] == pytest.approx(found.values[0])


def test_of_steps_the_place_is_the_step():
    training = made("elman", 1)
    id = next(id for id, layer in training.graph.nodes.items() if layer.family == "dense")
    found = finish(exciting(training, id, 0))
    assert all(len(place) == 1 for place in found.places)


def test_for_a_linear_unit_the_dream_points_along_its_weights():
    training = made("ridge", 3)
    found = finish(dream(training, "dense1", (0,)))
    weight = training.network.state_dict()["dense1.weight"][0].numpy()
    assert found.after > found.before
    strong = np.abs(weight) > 0.05
    assert (np.sign(found.values[strong]) == np.sign(weight[strong])).all()


def test_a_dream_excites_more_than_any_example_and_is_the_same_each_time(images):
    once, again = finish(dream(images, "dense1", (3,))), finish(dream(images, "dense1", (3,)))
    np.testing.assert_array_equal(once.values, again.values)
    assert once.after > output(images, "dense1", 270)[:, 3].max()
    assert once.values.min() >= images.examples.train.inputs.min()


@pytest.mark.parametrize("id", ["conv1", "conv2"])
def test_a_channels_dream_excites_it_at_least_as_much_as_the_best_example(images, id):
    for channel in range(6):
        best = finish(exciting(images, id, channel)).values[0]
        made_up = finish(dream(images, id, (channel, 2, 2)))
        assert made_up.after >= best > 0 or best == 0, channel
        with torch.no_grad():
            maps = images.network.eval().activations(torch.from_numpy(made_up.values[None]), [id])[id]
        assert made_up.after == pytest.approx(float(maps[0, channel].max()), rel=1e-5)


def test_letters_cannot_be_dreamed():
    training = made("char-lm", 0)
    with pytest.raises(ValueError, match="there is no slope to climb"):
        finish(dream(training, "dense1", (0,)))


def test_chances_are_torchs_softmax_of_the_networks_answer_alone(images):
    scores = np.linspace(-2, 3, 10)
    expected = torch.softmax(torch.from_numpy(scores), 0).numpy()
    for id in ("output1", "dense1"):
        np.testing.assert_allclose(chances(images, id, scores), expected)
    assert chances(images, "flatten1", scores) is None
    assert chances(images, "output1", scores[:4]) is None


def test_one_score_is_how_likely_the_second_class_is():
    training = made("one-neuron", 0)
    np.testing.assert_allclose(chances(training, "output1", np.array([0.5])), 1 / (1 + np.exp(-0.5)))


def test_numbers_and_margins_have_no_chances():
    assert chances(made("linear-regression", 0), "output1", np.array([0.5])) is None
    assert chances(made("linear-svm", 0), "output1", np.array([0.5])) is None

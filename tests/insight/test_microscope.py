from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.augment import Batch
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.insight.microscope import Checked, one_step


def made(template: str, epochs: int = 0, **recipe) -> Training:
    document, dataset = make_project(template)
    settings = Recipe.model_validate({**document.recipe.model_dump(), "epochs": max(epochs, 1), **recipe})
    training = Training(document.graph, settings, prepare(dataset, document.data.model_copy(update={"samples": 60})))
    if epochs:
        list(training.events())
    return training


def first(training: Training):
    part = training.examples.train
    return part.inputs[5], np.asarray(part.targets[5])


@pytest.mark.parametrize(
    "template",
    ["spiral-mlp", "digits-cnn", "lstm-many-to-one", "gru-many-to-one", "elman", "linear-svm", "ridge", "autoencoder",
     "encoder-decoder-attention", "char-lm", "skip-mlp"],
)  # fmt: skip
def test_gradients_agree_with_central_differences(template):
    training = made(template)
    found = one_step(training, *first(training))
    assert found.weights
    assert found.worst < 1e-4, [(weight.name, weight.checked) for weight in found.weights]


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop"])
def test_the_update_is_the_one_that_training_would_make(optimiser):
    training = made("spiral-mlp", epochs=2, optimiser=optimiser, l2=0.01, clip=0.5)
    example, target = first(training)
    found = one_step(training, example, target)

    twin = copy.deepcopy(training)
    twin.network.eval()  # as the microscope looks
    old = {name: weight.detach().clone() for name, weight in twin.network.named_parameters()}
    twin.stepper.one(Batch(torch.from_numpy(example[None]), torch.from_numpy(target[None])), 0)
    for weight in found.weights:
        moved = dict(twin.network.named_parameters())[weight.name].detach() - old[weight.name]
        assert weight.update_rms == pytest.approx(float(moved.double().square().mean().sqrt()), rel=1e-4)


def test_values_and_gradients_are_those_of_torch_and_the_run_is_left_alone():
    training = made("digits-cnn", epochs=1)
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    state = torch.get_rng_state()
    example, target = first(training)
    found = one_step(training, example, target)

    assert torch.equal(torch.get_rng_state(), state)
    for name, value in training.network.state_dict().items():
        assert torch.equal(value, before[name])
    network = copy.deepcopy(training.network).double().eval()
    x = torch.from_numpy(example[None]).double()
    values = network.activations(x, ["conv2", "dense1"])
    by_id = {layer.id: layer for layer in found.layers}
    np.testing.assert_allclose(by_id["conv2"].value, values["conv2"][0].flatten().detach().numpy())
    loss = torch.nn.functional.cross_entropy(network(x), torch.from_numpy(target[None]))
    assert found.loss == pytest.approx(float(loss))
    chances = torch.softmax(values["dense1"], 1)[0].detach().numpy()
    wanted = chances - (np.arange(10) == int(target))  # the gradient of cross-entropy by its scores
    np.testing.assert_allclose(by_id["dense1"].gradient, wanted, atol=1e-9)


def test_a_step_along_the_gradient_lowers_the_loss_of_its_example():
    training = made("digits-mlp", optimiser="sgd", momentum=0.0, learning_rate=0.01)
    found = one_step(training, *first(training))
    assert found.after < found.loss


def test_batch_norm_sees_the_example_among_others_as_in_learning():
    training = made("cifar-resnet-20")
    example, target = first(training)
    state = {name: value.clone() for name, value in training.network.state_dict().items()}
    found = one_step(training, example, target)
    assert all(torch.equal(value, state[name]) for name, value in training.network.state_dict().items())
    assert found.company == 3
    assert found.worst < 1e-4
    network, part = copy.deepcopy(training.network).double().train(), training.examples.train
    x = torch.from_numpy(np.concatenate([example[None], part.inputs[:3]])).double()
    loss = torch.nn.functional.cross_entropy(network(x)[:1], torch.from_numpy(target[None]))
    loss.backward()
    assert found.loss == pytest.approx(float(loss.detach()))
    sizes = {weight.name: weight.gradient_rms for weight in found.weights}
    for name in ("conv1.weight", "dense1.weight"):
        grad = dict(network.named_parameters())[name].grad
        assert sizes[name] == pytest.approx(float(grad.square().mean().sqrt()))


def test_what_rounding_alone_puts_apart_is_not_counted():
    assert Checked((0,), 4.5e-8, 4.504e-8, rounding=1e-10).apart == 0.0
    assert Checked((0,), 1.0, 1.5, rounding=0.1).apart == pytest.approx(0.4 / 1.5)


def test_a_tiny_gradient_is_judged_by_how_far_apart_it_is():
    tiny = Checked((0,), 4.5e-8, 4.5e-8 * (1 + 8.7e-4))
    assert tiny.apart > 8e-4
    assert tiny.agrees
    assert np.allclose(tiny.backward, tiny.difference, rtol=1e-4, atol=1e-8)
    assert not Checked((0,), 0.1, 0.1002).agrees
    assert Checked((0,), 0.1, 0.1002, rounding=3e-4).agrees
    assert not Checked((0,), 0.0, 1e-6).agrees

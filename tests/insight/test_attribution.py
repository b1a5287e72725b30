"""Attributions against captum's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.insight.attribution import METHODS, Question, attribution, occlude
from playground.insight.moving import background
from playground.insight.slices import finish

attr = pytest.importorskip("captum.attr", reason="captum is not installed: pip install -e '.[test]'")


def made(template: str, epochs: int = 1) -> Training:
    document, dataset = make_project(template)
    recipe = Recipe.model_validate({**document.recipe.model_dump(), "epochs": epochs})
    training = Training(document.graph, recipe, prepare(dataset, document.data))
    list(training.events())
    return training


@pytest.fixture(scope="module")
def images() -> Training:
    return made("digits-cnn", 2)


@pytest.fixture(scope="module")
def tables() -> Training:
    return made("table-mlp", 2)


def example(training: Training, row: int = 4):
    return training.examples.valid.inputs[row], torch.from_numpy(training.examples.valid.inputs[row : row + 1])


@pytest.mark.parametrize("which", ["images", "tables"])
def test_saliency_and_gradient_times_input_are_captums(request, which):
    training = request.getfixturevalue(which)
    raw, x = example(training)
    found = attribution(training, raw, Question("saliency", 1))
    network = training.network.eval()
    np.testing.assert_allclose(
        found.values, attr.Saliency(network).attribute(x.clone().requires_grad_(), found.target)[0], rtol=1e-4
    )
    found = attribution(training, raw, Question("gradient × input", 1))
    theirs = attr.InputXGradient(network.eval()).attribute(x.clone().requires_grad_(), found.target)[0].detach()
    np.testing.assert_allclose(found.values, theirs, rtol=1e-4, atol=1e-7)
    training.network.train()


@pytest.mark.parametrize("which", ["images", "tables"])
def test_integrated_gradients_are_captums_and_complete(request, which):
    training = request.getfixturevalue(which)
    raw, x = example(training)
    found = attribution(training, raw, Question("integrated gradients", 2))
    theirs = attr.IntegratedGradients(training.network.eval()).attribute(
        x, target=found.target, n_steps=48, method="gausslegendre"
    )
    training.network.train()
    np.testing.assert_allclose(found.values, theirs[0].detach(), rtol=1e-3, atol=1e-5)
    assert abs(found.missing) < 0.02 * abs(found.score - found.baseline) + 0.02


def test_grad_cam_is_captums(images):
    raw, x = example(images)
    found = attribution(images, raw, Question("Grad-CAM", 3, "conv2"))
    network = images.network.eval()
    module = next(step for step in network.each_step() if step.id == "conv2").then[-1]  # its ReLU
    theirs = attr.LayerGradCam(network, module).attribute(x, target=3, relu_attributions=True)
    images.network.train()
    np.testing.assert_allclose(found.values, theirs[0, 0].detach(), rtol=1e-4, atol=1e-6)


def test_without_its_relu_grad_cam_shows_what_speaks_against_a_class_too(images):
    raw, x = example(images)
    found = attribution(images, raw, Question("Grad-CAM without ReLU", 3, "conv2"))
    network = images.network.eval()
    module = next(step for step in network.each_step() if step.id == "conv2").then[-1]
    theirs = attr.LayerGradCam(network, module).attribute(x, target=3, relu_attributions=False)
    images.network.train()
    np.testing.assert_allclose(found.values, theirs[0, 0].detach(), rtol=1e-4, atol=1e-6)


def test_occlusion_is_captums(images):
    raw, x = example(images)
    network = images.network.eval()
    ours = finish(occlude(images, x, 3, torch.zeros_like(x), window=2)).numpy()
    theirs = attr.Occlusion(network).attribute(x, target=3, sliding_window_shapes=(1, 2, 2), strides=(1, 1, 1))
    images.network.train()
    np.testing.assert_allclose(ours, theirs[0].detach(), rtol=1e-3, atol=1e-5)
    assert attribution(images, raw, Question("occlusion", 3)).values.shape == (1, 8, 8)


def test_attributions_from_another_reference_are_captums(images):
    raw, x = example(images)
    paper = background(images.examples).expand_as(x[0])[None]
    ours = attribution(images, raw, Question("integrated gradients", 3, reference="background"))
    covered = attribution(images, raw, Question("occlusion", 3, reference="background", window=2))
    network = images.network.eval()
    theirs = attr.IntegratedGradients(network).attribute(
        x, baselines=paper, target=3, n_steps=48, method="gausslegendre"
    )
    windows = attr.Occlusion(network).attribute(
        x, baselines=paper, target=3, sliding_window_shapes=(1, 2, 2), strides=(1, 1, 1)
    )
    score = float(network(paper)[0, 3].detach())
    images.network.train()
    np.testing.assert_allclose(ours.values, theirs[0].detach(), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(covered.values, windows[0].detach(), rtol=1e-3, atol=1e-5)
    assert ours.baseline == pytest.approx(score, abs=1e-5)


def test_integrated_gradients_are_complete_from_a_blurred_reference_too(images):
    raw, _ = example(images)
    found = attribution(images, raw, Question("integrated gradients", reference="blurred"))
    assert abs(found.missing) < 0.05 * abs(found.score - found.baseline) + 0.05
    assert found.baseline != pytest.approx(attribution(images, raw, Question("integrated gradients")).baseline)


def test_of_a_linear_network_it_is_the_weight_times_the_input():
    training = made("ridge", 3)
    raw, _ = example(training)
    weight = training.network.state_dict()["dense1.weight"].numpy()[0]
    for method in ("gradient × input", "integrated gradients", "occlusion"):
        np.testing.assert_allclose(
            attribution(training, raw, Question(method)).values, weight * raw, rtol=1e-3, atol=1e-5
        )


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_left_behind(images, method):
    raw, _ = example(images)
    before = [parameter.grad.clone() for parameter in images.network.parameters()]
    found = attribution(images, raw, Question(method, layer="conv2"))
    assert images.network.training
    for parameter, grad in zip(images.network.parameters(), before, strict=True):
        assert torch.equal(parameter.grad, grad)
    assert found.target == int(np.argmax(found.chances))
    assert found.chances.sum() == pytest.approx(1, abs=1e-5)


def test_where_a_method_does_not_apply_it_says_what_to_do(images):
    raw, _ = example(images)
    with pytest.raises(ValueError, match=r"Grad-CAM needs a layer that gives an image\. Select a convolution\."):
        attribution(images, raw, Question("Grad-CAM", layer="dense1"))
    text = made("char-lm")
    with pytest.raises(ValueError, match="Letters have no gradient"):
        attribution(text, text.examples.valid.inputs[0], Question("saliency"))
    assert (
        attribution(text, text.examples.valid.inputs[0], Question("occlusion")).values.shape
        == text.examples.valid.inputs[0].shape
    )

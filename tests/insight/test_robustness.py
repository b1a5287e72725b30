"""Moves against scipy's, changes against figures by hand."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from scipy import ndimage

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.building import chain
from playground.insight.moving import Move, background, moved, moved_map, spread
from playground.insight.robustness import robustness
from playground.layers.dense import Dense
from playground.layers.ends import Output
from playground.layers.image import Conv2d
from playground.layers.reshape import Flatten

FILL = torch.full((1, 1, 1), -0.7)


def made(template: str = "digits-cnn", epochs: int = 1, graph=None) -> Training:
    document, dataset = make_project(template)
    recipe = Recipe.model_validate({**document.recipe.model_dump(), "epochs": epochs})
    training = Training(graph or document.graph, recipe, prepare(dataset, document.data), "cpu")
    list(training.events())
    return training


@pytest.fixture(scope="module")
def digits() -> Training:
    return made()


def picture(height: int = 9, width: int = 12) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).normal(size=(1, 1, height, width)).astype(np.float32))


def test_whole_shifts_move_pixels_and_bring_in_the_background():
    image = picture()
    found = moved(image, Move(right=2, down=-1), FILL)[0, 0]
    torch.testing.assert_close(found[:-1, 2:], image[0, 0, 1:, :-2], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found[-1], torch.full((12,), -0.7))
    torch.testing.assert_close(found[:, :2], torch.full((9, 2), -0.7))


@pytest.mark.parametrize(("right", "down"), [(0.5, 0.25), (-1.3, 2.6)])
def test_parts_of_a_pixel_are_drawn_as_scipy_draws_them(right, down):
    image = picture()
    theirs = ndimage.shift(image[0, 0].numpy(), (down, right), order=1, mode="grid-constant", cval=-0.7)
    np.testing.assert_allclose(moved(image, Move(right=right, down=down), FILL)[0, 0], theirs, atol=1e-4)


@pytest.mark.parametrize("angle", [-30.0, 17.0, 90.0])
def test_turning_is_scipys_counter_clockwise(angle):
    image = picture()
    theirs = ndimage.rotate(image[0, 0].numpy(), angle, reshape=False, order=1, mode="grid-constant", cval=-0.7)
    np.testing.assert_allclose(moved(image, Move(angle=angle), FILL)[0, 0], theirs, atol=1e-4)


def test_a_quarter_turn_of_a_square_is_numpys():
    image = picture(8, 8)
    np.testing.assert_allclose(moved(image, Move(angle=90), FILL)[0, 0], np.rot90(image[0, 0].numpy()), atol=1e-5)


def test_scaling_is_about_the_middle_as_scipy_maps_it():
    image = picture()
    middle = np.array([4.0, 5.5])
    theirs = ndimage.affine_transform(
        image[0, 0].numpy(), np.eye(2) / 1.5, middle - middle / 1.5, order=1, mode="grid-constant", cval=-0.7
    )
    np.testing.assert_allclose(moved(image, Move(scale=1.5), FILL)[0, 0], theirs, atol=1e-4)


def test_blur_is_scipys_gaussian():
    image = picture()
    theirs = ndimage.gaussian_filter(image[0, 0].numpy(), 1.2, truncate=4.2, mode="constant", cval=-0.7)
    np.testing.assert_allclose(moved(image, Move(blur=1.2), FILL)[0, 0], theirs, atol=1e-3)


def test_noise_has_the_wanted_spread_and_the_same_seed_draws_the_same():
    image = torch.zeros(1, 1, 100, 100)
    first, again, other = (moved(image, Move(noise=0.5, seed=seed), FILL, 2.0) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert float(first.std()) == pytest.approx(1.0, rel=0.05)


def test_nothing_done_changes_nothing():
    image = picture()
    assert torch.equal(moved(image, Move(), torch.zeros(1, 1, 1)), image)
    assert moved_map(image, Move(blur=2), (1, 1)) is image


def test_the_background_of_digits_is_their_paper(digits):
    paper = digits.examples.inputs.apply(np.zeros((1, 1, 1, 1), np.float32)).item()
    assert background(digits.examples).item() == pytest.approx(paper)
    assert spread(digits.examples) == pytest.approx(1.0, abs=0.05)


def test_changes_are_the_norms_and_correlations_numpy_finds(digits):
    example, move = digits.examples.valid.inputs[3], Move(right=1, angle=20, noise=0.2)
    found = robustness(digits, example, move)
    assert [layer.id for layer in found.layers] == ["input1", "conv1", "pool1", "conv2", "dense1"]
    network = copy.deepcopy(digits.network).eval()
    with torch.no_grad():
        both = torch.from_numpy(np.stack([example, found.image]))
        values = {id: value.numpy() for id, value in network.activations(both, ["conv2", "dense1"]).items()}
        chances = torch.softmax(network(both), dim=1)
    for layer in found.layers:
        if layer.id in values:
            old, new = (one.ravel().astype(float) for one in values[layer.id])
            assert layer.change == pytest.approx(np.linalg.norm(new - old) / np.linalg.norm(old))
            assert layer.alike == pytest.approx(np.corrcoef(old, new)[0, 1])
    np.testing.assert_allclose(np.stack([found.before, found.after]), chances, atol=1e-5)


def test_an_input_left_alone_changes_no_layer(digits):
    found = robustness(digits, digits.examples.valid.inputs[0], Move())
    assert all(layer.change == pytest.approx(0, abs=1e-5) for layer in found.layers)
    assert all(np.isnan(layer.unexplained) for layer in found.layers)
    np.testing.assert_allclose(found.before, found.after, atol=1e-5)


def test_a_convolution_follows_a_shift_exactly_where_no_edge_is_near():
    """Equivariance: a pattern in the middle of the paper is found again where it was moved to."""
    ends = made().graph.nodes["input1"], Output(units=10)
    convolution = Conv2d(filters=4, kernel=3, padding="valid")
    training = made(graph=chain(ends[0], convolution, Flatten(), Dense(units=10), ends[1]))
    example = np.full((1, 8, 8), float(background(training.examples)), np.float32)
    example[0, 3:5, 3:5] = 1
    found = {layer.id: layer for layer in robustness(training, example, Move(right=1)).layers}
    assert found["conv1"].change > 0.3
    for id in ("input1", "conv1"):
        assert found[id].unexplained == pytest.approx(0, abs=1e-4)


def test_looking_leaves_everything_as_it_was(digits):
    network = digits.network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    slopes = [None if p.grad is None else p.grad.clone() for p in network.parameters()]
    network.train()
    state = torch.get_rng_state()
    robustness(digits, digits.examples.valid.inputs[0], Move(right=2, noise=1, blur=1))
    assert network.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    for parameter, slope in zip(network.parameters(), slopes, strict=True):
        assert (parameter.grad is None) == (slope is None)
        assert slope is None or torch.equal(parameter.grad, slope)


def test_what_is_no_image_is_refused():
    training = made("table-mlp")
    with pytest.raises(ValueError, match=r"Only images can be moved and turned\. Choose a data set of images\."):
        robustness(training, training.examples.valid.inputs[0], Move())

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from playground.app.document import make_project
from playground.data.dataset import Part
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.insight.landscape import directions, flat, landscape
from playground.insight.one_neuron import LOSSES, gradient, hessian, loss, unsupervised, walk
from playground.insight.slices import finish


def made(template: str, epochs: int = 2) -> tuple[Training, list[np.ndarray]]:
    document, dataset = make_project(template)
    recipe = Recipe.model_validate({**document.recipe.model_dump(), "epochs": epochs})
    training = Training(document.graph, recipe, prepare(dataset, document.data))
    path, seen = [flat(training)], 0
    for _ in training.events():
        if training.epoch > seen:
            seen = training.epoch
            path.append(flat(training))
    return training, path


def _first(training: Training, count: int) -> Part:
    part = training.examples.train
    return Part(part.inputs[:count], part.targets[:count], part.rows[:count])


def test_between_two_slices_gradients_are_kept_as_ever():
    training, _ = made("spiral-mlp", 1)
    slices = landscape(training, "random", side=3)
    for _ in slices:
        assert torch.is_grad_enabled()


def test_in_the_middle_stands_the_present_loss_and_the_run_is_left_alone():
    training, _ = made("digits-mlp")
    before = flat(training)
    found = finish(landscape(training, "random", side=5))
    np.testing.assert_array_equal(flat(training), before)
    few = Training(training.graph, training.recipe, replace(training.examples, train=_first(training, 900)))
    few.network.load_state_dict(training.network.state_dict())
    assert finish(landscape(few, "random", side=3)).losses[1, 1] == pytest.approx(few.evaluate("train").loss, rel=1e-5)
    assert found.examples == 1024
    assert found.losses.shape == (5, 5)


def test_random_directions_are_as_long_as_the_filters_themselves():
    training, _ = made("digits-cnn", 1)
    first, second, _ = directions(training.network, "random", ())
    at = 0
    for parameter in training.network.parameters():
        piece = first[at : at + parameter.numel()].view_as(parameter)
        if parameter.dim() > 1:
            torch.testing.assert_close(piece.flatten(1).norm(dim=1), parameter.detach().flatten(1).norm(dim=1))
        else:
            assert piece.abs().max() == 0
        at += parameter.numel()
    assert not torch.equal(first, second)


def test_the_paths_directions_are_its_principal_components():
    training, path = made("spiral-mlp", 6)
    first, _, shares = directions(training.network, "path", path)
    away = np.stack(path).astype(np.float64) - flat(training)
    moved = away[np.abs(away).max(axis=1) > 0]
    _, _, axes = np.linalg.svd(moved, full_matrices=False)
    cosine = abs(float(first.double().numpy() @ axes[0])) / float(first.norm())
    assert cosine == pytest.approx(1, abs=1e-5)
    assert 0 < shares[1] <= shares[0] <= 1
    found = finish(landscape(training, "path", path, side=3))
    assert found.path.shape == (len(path), 2)
    np.testing.assert_allclose(found.path[-1], 0, atol=1e-6)


def test_a_path_of_one_point_has_no_plane():
    training, _ = made("spiral-mlp", 1)
    with pytest.raises(ValueError, match="The path is too short"):
        directions(training.network, "path", [flat(training)])


# One neuron


@pytest.fixture
def clouds():
    random = np.random.default_rng(0)
    y = np.where(np.arange(120) % 2, 1.0, -1.0)
    x = random.normal(size=(120, 2)) + 0.8 * y[:, None] * np.array([1.0, 0.5])
    return x, y


@pytest.mark.parametrize("kind", LOSSES)
def test_gradients_and_hessians_are_those_of_torch(clouds, kind):
    x, y = clouds
    w = np.array([0.3, -0.7])
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)

    def torchs(weights):
        scores = tx @ weights
        losses = {
            "cross-entropy": torch.nn.functional.softplus(-ty * scores),
            "squared error": 0.5 * (scores - ty) ** 2,
            "hinge": torch.relu(1 - ty * scores),
            "perceptron": torch.relu(-ty * scores),
        }
        return losses[kind].mean()

    tw = torch.from_numpy(w).requires_grad_()
    value = torchs(tw)
    assert float(loss(kind, w, x, y)) == pytest.approx(float(value.detach()))
    np.testing.assert_allclose(gradient(kind, w, x, y), torch.autograd.grad(value, tw)[0].numpy())
    np.testing.assert_allclose(
        hessian(kind, w, x, y), torch.autograd.functional.hessian(torchs, tw.detach()).numpy(), atol=1e-12
    )


def test_gradient_descent_and_momentum_walk_as_torch_does(clouds):
    x, y = clouds
    tx, ty = torch.from_numpy(x), torch.from_numpy(y)
    for rule, momentum in (("gradient descent", 0.0), ("momentum", 0.9)):
        w = torch.tensor([1.0, -1.0], dtype=torch.double, requires_grad=True)
        made_by = torch.optim.SGD([w], lr=0.1, momentum=momentum)
        points = [w.detach().numpy().copy()]
        for _ in range(20):
            made_by.zero_grad()
            torch.nn.functional.softplus(-ty * (tx @ w)).mean().backward()
            made_by.step()
            points.append(w.detach().numpy().copy())
        np.testing.assert_allclose(walk(rule, "cross-entropy", np.array([1.0, -1.0]), x, y, 0.1, 20), points)


def test_newton_is_at_the_bottom_of_a_parabola_in_one_step(clouds):
    x, y = clouds
    end = walk("Newton", "squared error", np.array([3.0, -2.0]), x, y, 1.0, 1)[-1]
    np.testing.assert_allclose(end, np.linalg.lstsq(x, y, rcond=None)[0], atol=1e-4)


def test_newton_finds_the_logistic_optimum_of_scikit_learn(clouds):
    x, y = clouds
    end = walk("Newton", "cross-entropy", np.array([0.0, 0.0]), x, y, 1.0, 20)[-1]
    theirs = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10).fit(x, y)
    np.testing.assert_allclose(end, theirs.coef_[0], rtol=1e-3)


def test_the_perceptron_rule_stops_where_all_are_on_the_right_side():
    random = np.random.default_rng(1)
    x = random.normal(size=(80, 2))
    y = np.sign(x @ [1.0, 2.0])
    path = walk("perceptron rule", "perceptron", np.array([1.0, -1.0]), x, y, 0.1, 60)
    assert (y * (x @ path[-1]) > 0).all()
    np.testing.assert_array_equal(path[-1], path[-2])


def test_ojas_rule_turns_to_the_first_principal_component_and_hebbs_grows():
    random = np.random.default_rng(2)
    x = random.normal(size=(300, 2)) @ np.array([[2.0, 0.8], [0.0, 0.4]])
    x -= x.mean(axis=0)
    oja = unsupervised(x, np.array([0.1, 0.9]), 0.005, 30, "Oja")[-1]
    axis = PCA(1).fit(x).components_[0]
    assert abs(oja @ axis) == pytest.approx(1, abs=0.02)
    assert np.linalg.norm(unsupervised(x, np.array([0.1, 0.9]), 0.005, 30, "Hebb")[-1]) > 100

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.unit_fields import unit_fields
from playground.insight.receptive import effective_field, summed_up


@pytest.fixture(scope="module")
def training() -> Training:
    document, dataset = make_project("digits-cnn")
    return Training(document.graph, document.recipe, prepare(dataset, document.data))


def test_a_square_of_equal_strength_has_the_spread_of_a_uniform_distribution():
    gradients = np.zeros((2, 1, 9, 9))
    gradients[:, 0, 2:7, 3:6] = 2.0
    found = summed_up(gradients)
    assert found.centre == pytest.approx((4.0, 4.0))
    assert found.sigma == pytest.approx((np.sqrt(2), np.sqrt(2 / 3)))  # √((n² − 1) / 12) for n places
    assert found.held_within(2) == pytest.approx(1.0)
    assert found.held_within(1) == pytest.approx(3 / 15 * 1)


def test_channels_are_added_and_examples_averaged():
    gradients = np.arange(2 * 3 * 2 * 2, dtype=float).reshape(2, 3, 2, 2)
    np.testing.assert_allclose(summed_up(gradients).strength, gradients.mean(axis=0).sum(axis=0))


def test_the_effective_field_lies_within_the_theoretical_one(training):
    state = torch.get_rng_state()
    found = effective_field(training, "conv2", (3, 1, 2))
    assert found is not None
    assert found.strength.shape == (8, 8)
    report = check(training.graph)
    (top, bottom), (left, right) = unit_fields(training.graph, report, "conv2", (1, 2))["input1"].seen
    outside = found.strength.copy()
    outside[top : bottom + 1, left : right + 1] = 0
    assert outside.sum() == 0
    assert found.strength.sum() > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in training.network.parameters())
    assert training.network.training


def test_it_is_the_mean_of_torchs_absolute_gradients(training):
    found = effective_field(training, "dense1", (4,), batch=3)
    inputs = torch.from_numpy(training.examples.valid.inputs[:3]).requires_grad_()
    training.network.eval()
    jacobian = torch.autograd.functional.jacobian(lambda x: training.network(x)[:, 4].sum(), inputs)
    training.network.train()
    np.testing.assert_allclose(found.strength, jacobian.abs().mean(0).sum(0).numpy(), rtol=1e-5)


def test_codes_of_text_have_no_gradient():
    document, dataset = make_project("char-lm")
    made = Training(document.graph, document.recipe, prepare(dataset, document.data))
    assert effective_field(made, next(iter(document.graph.nodes)), (0,)) is None

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.train import Training
from playground.insight.checkup import BATCH, checkup
from playground.layers.activation import ReLU, Sigmoid
from playground.layers.dense import Dense
from tests.engine.nets import gauss, net, recipe


def made(*hidden) -> Training:
    return Training(net(*hidden), recipe(batch=16), gauss(200))


def test_units_that_never_fire_are_counted():
    training = made(Dense(units=4), ReLU())
    with torch.no_grad():
        training.network.state_dict()["dense1.bias"].copy_(torch.tensor([-1e6, 1e6, -1e6, 1e6]))
    found = checkup(training).layers
    assert found["relu1"].dead == 0.5
    assert found["relu1"].saturated is None
    assert found["dense1"].dead is None


def test_an_activation_inside_a_layer_is_looked_at_too():
    training = made(Dense(units=4, activation="relu"))
    with torch.no_grad():
        training.network.state_dict()["dense1.bias"].fill_(-1e6)
    assert checkup(training).layers["dense1"].dead == 1.0


def test_answers_near_a_bound_are_saturated():
    training = made(Dense(units=2), Sigmoid())
    with torch.no_grad():
        training.network.state_dict()["dense1.weight"].zero_()
        training.network.state_dict()["dense1.bias"].copy_(torch.tensor([8.0, 0.0]))
    assert checkup(training).layers["sigmoid1"].saturated == 0.5


def test_gradients_are_those_of_torch_and_nothing_is_left_behind():
    training = made(Dense(units=4, activation="tanh"))
    state = torch.get_rng_state()
    found = checkup(training)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in training.network.parameters())
    assert training.network.training

    part = training.examples.train
    scores = training.network(torch.from_numpy(part.inputs[:BATCH]))
    torch.nn.functional.cross_entropy(scores, torch.from_numpy(part.targets[:BATCH])).backward()
    grads = {name: parameter.grad.numpy() for name, parameter in training.network.named_parameters()}
    own = np.concatenate([grads["dense1.weight"].ravel(), grads["dense1.bias"]])
    assert found.layers["dense1"].gradient == pytest.approx(np.sqrt((own**2).mean()), rel=1e-5)
    whole = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
    assert found.gradient == pytest.approx(whole, rel=1e-5)
    weight = training.network.state_dict()["dense1.weight"].numpy()
    assert found.layers["dense1"].weight == pytest.approx(np.sqrt((weight**2).mean()), rel=1e-5)

"""Optimisers, penalties and schedules against their formulas, written out, and against torch's own schedulers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from playground.engine.compile import build
from playground.engine.optimise import Schedule, clip, optimiser, penalise
from playground.layers.dense import Dense
from tests.engine.nets import net, recipe

RATE, DECAY, MOMENTUM = 0.05, 0.1, 0.9


def sgd(weight, gradient, memory, _step, decay):
    gradient = gradient + decay * weight
    memory["v"] = MOMENTUM * memory["v"] + gradient if "v" in memory else gradient
    return weight - RATE * memory["v"]


def adam(weight, gradient, memory, step, decay):
    """Kingma and Ba 2015, algorithm 1, with L2 in the gradient."""
    gradient = gradient + decay * weight
    memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * gradient
    memory["v"] = 0.999 * memory.get("v", 0) + 0.001 * gradient**2
    return weight - RATE * (memory["m"] / (1 - 0.9**step)) / (np.sqrt(memory["v"] / (1 - 0.999**step)) + 1e-8)


def adamw(weight, gradient, memory, step, decay):
    """Loshchilov and Hutter 2019: the decay is beside the gradient, not in it."""
    return adam(weight, gradient, memory, step, 0.0) - RATE * decay * weight


def rmsprop(weight, gradient, memory, _step, decay):
    """Hinton 2012, lecture 6e, with momentum of the scaled steps."""
    gradient = gradient + decay * weight
    memory["s"] = 0.99 * memory.get("s", 0) + 0.01 * gradient**2
    memory["b"] = MOMENTUM * memory.get("b", 0) + gradient / (np.sqrt(memory["s"]) + 1e-8)
    return weight - RATE * memory["b"]


FORMULAS = {"sgd": sgd, "adam": adam, "adamw": adamw, "rmsprop": rmsprop}


@pytest.mark.parametrize("l2", [0.0, DECAY])
@pytest.mark.parametrize("name", FORMULAS)
def test_every_optimiser_follows_its_formula_and_spares_biases_the_decay(name, l2):
    network = build(net(Dense(units=3)))
    steps = optimiser(
        network, recipe(optimiser=name, learning_rate=RATE, momentum=MOMENTUM, l2=l2), torch.device("cpu")
    )
    expected = {key: p.detach().double().numpy() for key, p in network.named_parameters()}
    memories: dict[str, dict[str, object]] = {key: {} for key in expected}
    random = torch.Generator().manual_seed(0)
    for step in range(1, 6):
        for key, parameter in network.named_parameters():
            parameter.grad = torch.randn(parameter.shape, generator=random)
            decay = l2 if key.endswith(".weight") else 0.0
            gradient = parameter.grad.double().numpy()
            expected[key] = FORMULAS[name](expected[key], gradient, memories[key], step, decay)
        steps.step()
    for key, parameter in network.named_parameters():
        assert parameter.detach().numpy() == pytest.approx(expected[key], abs=1e-5), key


def test_l1_adds_the_sign_of_the_weights_and_nothing_to_biases():
    network = build(net(Dense(units=3)))
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    penalise(network, 0.2)
    assert torch.equal(network.dense1.weight.grad, 0.2 * network.dense1.weight.sign())
    assert not network.dense1.bias.grad.any()


@pytest.mark.parametrize(("longest", "kept"), [(1.0, 1.0), (100.0, 10.0)])
def test_clipping_shortens_a_long_gradient_and_keeps_its_direction(longest, kept):
    network = build(net(Dense(units=3)))
    parameters = list(network.parameters())
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    count = sum(parameter.numel() for parameter in parameters)
    for parameter in parameters:
        parameter.grad *= 10 / count**0.5  # a gradient of length 10
    clip(network, longest)
    for parameter in parameters:
        assert parameter.grad.numpy() == pytest.approx(kept / count**0.5, rel=1e-4)


def torchs_rates(make, epochs):
    steps = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    schedule, rates = make(steps), []
    for _ in range(epochs):
        rates.append(steps.param_groups[0]["lr"])
        steps.step()
        schedule.step()
    return rates


def test_step_and_cosine_are_torchs_schedulers():
    step = Schedule(recipe(epochs=12, learning_rate=0.4, schedule="step", schedule_epochs=3))
    cosine = Schedule(recipe(epochs=12, learning_rate=0.4, schedule="cosine"))
    assert [step.rate(t) for t in range(12)] == pytest.approx(torchs_rates(lambda o: lr_scheduler.StepLR(o, 3), 12))
    assert [cosine.rate(t) for t in range(12)] == pytest.approx(
        torchs_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 12), 12)
    )


def test_a_schedule_begins_after_the_warm_up():
    warm = Schedule(recipe(epochs=14, warmup=2, learning_rate=0.4, schedule="cosine"))
    bare = Schedule(recipe(epochs=12, learning_rate=0.4, schedule="cosine"))
    assert [warm.rate(t) for t in range(2, 14)] == pytest.approx([bare.rate(t) for t in range(12)])
    assert [warm.rate(t) for t in range(2)] == pytest.approx([0.4 / 3, 0.8 / 3])

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
from playground.graph.resnets import cifar
from playground.insight.depth import depths, side_by_side
from playground.insight.slices import finish


def made(template: str, epochs: int = 1, **recipe) -> Training:
    document, dataset = make_project(template)
    settings = Recipe.model_validate({**document.recipe.model_dump(), "epochs": epochs, **recipe})
    training = Training(document.graph, settings, prepare(dataset, document.data))
    list(training.events())
    return training


def test_norms_are_those_of_torch_and_the_ratio_is_the_next_steps():
    training = made("digits-cnn", optimiser="sgd", momentum=0.5, learning_rate=0.01)
    state = torch.get_rng_state()
    before = {name: value.clone() for name, value in training.network.state_dict().items()}
    found, spread = depths(training, "conv2")
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in training.network.state_dict().items())
    assert found.ids == ("conv1", "conv2", "dense1")

    twin = copy.deepcopy(training)
    twin.network.train()
    part = training.examples.train
    x, y = torch.from_numpy(part.inputs[:128]), torch.from_numpy(part.targets[:128])
    torch.manual_seed(0)
    twin.stepper.one(Batch(x, y), 0)
    old, new = training.network.state_dict(), twin.network.state_dict()
    change = new["conv2.weight"] - old["conv2.weight"]
    assert found.ratio[1] == pytest.approx(float(change.norm() / old["conv2.weight"].norm()), rel=1e-3)
    values = training.network.activations(x, ["conv2"])["conv2"]
    assert found.activation[1] == pytest.approx(float(values.double().square().mean().sqrt()), rel=1e-5)
    grads = [parameter.grad for name, parameter in twin.network.named_parameters() if name.startswith("conv2.")]
    flat = torch.cat([grad.flatten() for grad in grads]).double()
    assert found.gradient[1] == pytest.approx(float(flat.square().mean().sqrt()), rel=1e-4)
    assert spread.weights[0].sum() == sum(value.numel() for name, value in old.items() if name.startswith("conv2."))
    assert spread.update[0].sum() == spread.weights[0].sum()


def test_answers_at_each_step_and_decoders_are_looked_at_too():
    found, spread = depths(made("encoder-decoder"))
    assert len(found.ids) > 3
    assert np.isfinite(found.gradient).all()
    assert spread is None


def test_twins_learn_side_by_side_and_leave_the_run_alone():
    training = made("digits-cnn")
    signature = training.examples.signature
    graphs = {"plain": cifar(signature, 8, False), "residual": cifar(signature, 8, True)}
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    found = finish(side_by_side(graphs, training.recipe, training.examples, "cpu", 6))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert set(found) == {"plain", "residual"}
    for twin in found.values():
        assert twin.losses.shape == (6,)
        assert twin.losses[-1] < twin.losses[0]
        assert (twin.gradient > 0).all()


def test_gradients_through_batch_norm_are_those_of_torch_in_training_mode():
    training = made("digits-cnn")
    signature = training.examples.signature
    run = Training(cifar(signature, 56, False), training.recipe, training.examples)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    found, _ = depths(run)
    assert all(torch.equal(value, before[name]) for name, value in run.network.state_dict().items())
    assert run.network.training
    assert len(found.ids) == 56
    assert 16 <= found.examples < 128  # of a network this deep fewer are looked at
    assert not any("norm" in id for id in found.ids)

    part = training.examples.train
    twin = copy.deepcopy(run.network).train()
    loss = torch.nn.functional.cross_entropy(
        twin(torch.from_numpy(part.inputs[: found.examples])), torch.from_numpy(part.targets[: found.examples])
    )
    loss.backward()
    own = dict(twin.named_parameters())
    for number in (0, 27, 54, 55):
        grads = [weight.grad for name, weight in own.items() if name.startswith(f"{found.ids[number]}.")]
        flat = torch.cat([grad.flatten() for grad in grads]).double()
        assert found.gradient[number] == pytest.approx(float(flat.square().mean().sqrt()), rel=1e-3)
    # He et al. 2015, section 4.1: with batch normalisation the signals do not vanish on their way back.
    assert found.gradient[0] > found.gradient[-2]


def test_plain_and_residual_networks_have_the_layers_that_they_are_named_after():
    training = made("digits-cnn")
    signature = training.examples.signature
    graphs = {"plain": cifar(signature, 56, False), "residual": cifar(signature, 56, True)}
    found = finish(side_by_side(graphs, training.recipe, training.examples, "cpu", 0))
    plain, residual = found["plain"].gradient, found["residual"].gradient
    assert len(plain) == len(residual) == 56
    assert found["plain"].losses.size == 0

"""Numbers that overflow, and training that cannot be done at all, end in one sentence."""

from __future__ import annotations

import numpy as np
import torch

from playground.engine.compile import build
from playground.engine.train import Training
from playground.layers.dense import Dense
from playground.layers.normalise import BatchNorm
from tests.engine.nets import gauss, net, recipe, weights

DEEP = [Dense(units=16, activation="relu")] * 4


def test_an_overflow_of_an_epochs_only_step_is_told_with_its_layer():
    graph, examples = net(*DEEP), gauss()
    start = {name: value * 1e3 for name, value in weights(Training(graph, recipe(), examples)).items()}
    settings = recipe(batch=70, optimiser="sgd", momentum=0.0, learning_rate=100.0)
    training = Training(graph, settings, examples, weights=start)
    ended = list(training.events())[-1]
    assert ended.reason == "diverged"
    layer = first_overflow_by_hand(graph, start, examples, 100.0)
    assert ended.message == (
        f"Training diverged at step 1, in epoch 1: after it {layer} gave numbers too large to hold. "
        "Try a learning rate of 0.1 instead of 100, or clip the gradient at 1."
    )
    assert all(np.array_equal(value, weights(training)[name]) for name, value in start.items())


def first_overflow_by_hand(graph, start, examples, rate):
    """One step of plain gradient descent, then the layers one by one on the validation part."""
    network = build(graph)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in start.items()})
    x, y = torch.from_numpy(examples.train.inputs), torch.from_numpy(examples.train.targets)
    loss = torch.nn.functional.cross_entropy(network(x), y)
    assert torch.isfinite(loss)
    loss.backward()
    state = {name: p.detach() - rate * p.grad for name, p in network.named_parameters()}
    value = torch.from_numpy(examples.valid.inputs)
    for number in range(1, 6):
        name = f"dense{number}"
        value = torch.nn.functional.linear(value, state[f"{name}.weight"], state[f"{name}.bias"])
        if not torch.isfinite(value).all():
            return name
        value = torch.relu(value)
    raise AssertionError("nothing overflowed")


def test_a_loss_that_leaves_every_bound_ends_the_run():
    settings = recipe(batch=70, optimiser="sgd", learning_rate=10_000.0)
    ended = list(Training(net(*DEEP[:2]), settings, gauss()).events())[-1]
    assert ended.reason == "diverged"
    assert ended.message.startswith("Training diverged in epoch 1: the loss rose from 0.")
    assert ended.message.endswith("Try a learning rate of 0.1, or clip the gradient at 1.")
    assert np.isfinite(ended.valid.loss)


def test_batch_normalisation_of_a_single_example_is_told():
    ended = list(Training(net(Dense(units=4), BatchNorm()), recipe(batch=1), gauss()).events())[-1]
    assert ended.reason == "failed"
    assert ended.message == "Batch normalisation needs at least two examples in a batch. Choose a batch of 2 or more."


def test_a_last_batch_of_one_example_is_left_out():
    training = Training(net(Dense(units=4), BatchNorm()), recipe(batch=23, epochs=2), gauss())
    assert training.batches == 3  # 23 + 23 + 23, and one of 70 is left
    assert list(training.events())[-1].reason == "epochs"


def test_memory_that_is_not_enough_is_told_with_a_smaller_batch():
    training = Training(net(), recipe(batch=64), gauss())

    def full(*_args):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")

    training.network.forward = full
    ended = list(training.events())[-1]
    assert (ended.reason, ended.message) == (
        "failed",
        "The memory is not enough for a batch of 64. Try 16, or a smaller network.",
    )


def test_an_error_without_words_is_told_by_its_kind():
    training = Training(net(), recipe(), gauss())

    def wordless(*_args):
        raise RuntimeError

    training.network.forward = wordless
    assert list(training.events())[-1].message == "Training failed: RuntimeError"


def test_the_seed_alone_decides_the_weights():
    graph = net(Dense(units=4))
    torch.manual_seed(99)
    first, again, other = build(graph, 3), build(graph, 3), build(graph, 4)
    assert torch.equal(first.state_dict()["dense1.weight"], again.state_dict()["dense1.weight"])
    assert not torch.equal(first.state_dict()["dense1.weight"], other.state_dict()["dense1.weight"])


def test_building_leaves_torchs_own_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    build(net(Dense(units=4)), 1)
    assert torch.equal(torch.rand(3), expected)

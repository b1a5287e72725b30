"""How a network is asked: as a step of learning sees it. As it answers it is asked by Training.looking().

What a look changes is put back: see also slices.py, for looks that take many goes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from playground.engine.compile import Network
from playground.engine.optimise import clip, optimiser, penalise
from playground.engine.train import Training

NORMS = (_BatchNorm, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm)
"""Layers that are not counted among those with weights: He et al. 2015, table 1."""


@contextmanager
def kept_mode() -> Iterator[None]:
    """Whether gradients are kept is a state of the thread: what a look leaves behind must not meet the next step."""
    was = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_grad_enabled(was)


@contextmanager
def as_it_learns(network: nn.Module) -> Iterator[None]:
    """Batch normalisation by the batch's own mean and variance, dropout on, gradients allowed.

    Running averages, mode and random states are put back; dropout draws the same in every look. Source: Ioffe and
    Szegedy 2015, algorithm 2: what is descended on is the loss under the batch's statistics.
    """
    was = network.training
    kept = {name: value.clone() for name, value in network.named_buffers()}
    devices = {parameter.device for parameter in network.parameters() if parameter.device.type == "cuda"}
    with torch.random.fork_rng(devices=list(devices)), torch.enable_grad():
        torch.manual_seed(0)
        network.train()
        try:
            yield
        finally:
            network.train(was)
            with torch.no_grad():
                for name, value in network.named_buffers():
                    value.copy_(kept[name])


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    """Its layers whose answer to one example depends on the others of the batch."""
    return [module for module in network.modules() if isinstance(module, _BatchNorm)]


def layers_with_weights(network: Network) -> list[str]:
    """Convolutions, dense and recurrent layers and the like, in the order of computing; normalisation is not one."""
    return [
        step.id
        for step in network.each_step()
        if step.module is not None
        and not isinstance(step.module, NORMS)
        and any(parameter.dim() > 1 for parameter in step.module.parameters())
    ]


def next_change(training: Training, twin: nn.Module, gradients: Mapping[str, Tensor | None]) -> dict[str, Tensor]:
    """Take the run's next step on a copy of its network, which may be of another precision or elsewhere.

    gradients: of the loss alone; penalties, clipping and the optimiser's present state are added here. Gives by how
    much each tensor moved.
    """
    own = dict(twin.named_parameters())
    for name, gradient in gradients.items():
        # Laid out in memory as its weight: fused optimisers go by that, and torch's backward() sees to it.
        own[name].grad = None if gradient is None else torch.empty_like(own[name]).copy_(gradient)
    recipe, device = training.recipe, next(iter(own.values())).device
    if recipe.l1:
        penalise(twin, recipe.l1)
    if recipe.clip:
        clip(twin, recipe.clip)
    made = optimiser(twin, recipe, device)
    made.load_state_dict(copy.deepcopy(training.optimiser.state_dict()))
    before = {name: own[name].detach().clone() for name in gradients}
    made.step()
    return {name: own[name].detach() - before[name] for name in gradients}

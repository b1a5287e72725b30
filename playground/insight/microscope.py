"""One step of learning on one example, taken apart: forwards, loss, backwards, update; and the gradients checked.

All is done in double precision on a copy of the network, so that the run is not touched. Gradients are held against
central differences, (L(w + h) − L(w − h)) / 2h: Goodfellow, Bengio and Courville 2016, section 11.5.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.compile import Network
from playground.engine.judging import Judge
from playground.engine.optimise import clip, optimiser, penalise
from playground.engine.train import Training
from playground.graph.model import NodeId

STEPS = (1e-5, 1e-6, 1e-7, 1e-8)
"""h of the central differences, times max(1, |w|); the first is used unless a kink lies within it."""
KINK = 2e-5
"""Relative difference between right and left that speaks of a kink."""
CHECKED = 4
"""Weights of each tensor that are held against central differences: those with the largest gradients among some drawn
at random."""
DRAWN = 64
MOST_SHOWN = 256
"""Numbers of a layer's output that are kept to be shown."""


@dataclass(frozen=True, eq=False)
class Passed:
    """What went through one layer."""

    id: NodeId
    value: NDArray[np.float64]
    """Its output for the example, flat, the first MOST_SHOWN numbers."""
    gradient: NDArray[np.float64]
    """∂ loss / ∂ those numbers."""
    value_rms: float
    gradient_rms: float
    """√ mean square over all of the output."""


@dataclass(frozen=True)
class Checked:
    """One weight's gradient by backpropagation and by central differences."""

    index: tuple[int, ...]
    backward: float
    difference: float

    @property
    def apart(self) -> float:
        """|a − b| / max(|a|, |b|, 1e-8)."""
        a, b = self.backward, self.difference
        return abs(a - b) / max(abs(a), abs(b), 1e-8)


@dataclass(frozen=True, eq=False)
class Updated:
    """What the step does to one tensor of weights."""

    name: str
    """As in conv1.weight."""
    weight_rms: float
    gradient_rms: float
    update_rms: float
    """Of new − old, by the run's own optimiser in its present state."""
    checked: tuple[Checked, ...]

    @property
    def id(self) -> NodeId:
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, eq=False)
class OneStep:
    """The whole step, layers in the order of computing."""

    layers: tuple[Passed, ...]
    weights: tuple[Updated, ...]
    loss: float
    after: float
    """The example's loss with the updated weights."""

    @property
    def worst(self) -> float:
        """The largest relative difference between backpropagation and central differences."""
        return max((each.apart for weight in self.weights for each in weight.checked), default=0.0)


def one_step(training: Training, example: NDArray[np.float32], target: NDArray[np.generic]) -> OneStep:
    """Take a step on one scaled example (*shape) and its target, as training would on a batch of one.

    Dropout is off and batch normalisation uses its running averages, so that the loss is a function of the weights.
    """
    state = torch.get_rng_state()
    try:
        return _one_step(training, example, target)
    finally:
        torch.set_rng_state(state)


def _one_step(training: Training, example: NDArray[np.float32], target: NDArray[np.generic]) -> OneStep:
    # In double precision on the processor: some accelerators have none.
    network = copy.deepcopy(training.network).cpu().double().eval()
    judge = Judge(network, training.examples.signature.outputs)
    inputs = torch.from_numpy(np.ascontiguousarray(example))[None]
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    truth = torch.from_numpy(np.array(target))[None]
    truth = truth.double() if truth.is_floating_point() else truth

    def loss() -> Tensor:
        return judge.learn(inputs, truth)[2]

    with torch.enable_grad():
        total = loss()
        named = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        gradients = dict(zip(named, torch.autograd.grad(total, list(named.values()), allow_unused=True), strict=True))
        layers = _layers(network, judge, inputs, truth)
    checked = {name: _check(weight, gradients[name], loss) for name, weight in named.items()}
    updates = _update(training, network, named, gradients)
    weights = tuple(
        Updated(name, _rms(weight), _rms(gradients[name]), updates[name], checked[name])
        for name, weight in named.items()
    )
    with torch.no_grad():
        return OneStep(layers, weights, float(total), float(loss()))


def _layers(network: Network, judge: Judge, inputs: Tensor, truth: Tensor) -> tuple[Passed, ...]:
    """Values of every layer, and the loss's gradient with respect to them."""
    before = judge.before(truth) if network.ends.reads_answers else None
    ids = [step.id for step in network.each_step()]
    values = network.activations(inputs, ids, before)
    total = judge.weighed([values[id] for id in network.ends.outputs], inputs, truth)[2]
    wanted = [id for id in values if values[id].requires_grad]
    found = torch.autograd.grad(total, [values[id] for id in wanted], allow_unused=True)
    slopes = dict(zip(wanted, found, strict=True))
    return tuple(_passed(id, value, slopes.get(id)) for id, value in values.items())


def _passed(id: NodeId, value: Tensor, slope: Tensor | None) -> Passed:
    flat = value.detach()[0].flatten().double()
    back = slope.detach()[0].flatten().double() if slope is not None else torch.zeros_like(flat)
    return Passed(id, flat[:MOST_SHOWN].numpy().copy(), back[:MOST_SHOWN].numpy().copy(), _rms(flat), _rms(back))


def _check(weight: nn.Parameter, gradient: Tensor | None, loss: Callable[[], Tensor]) -> tuple[Checked, ...]:
    """Central differences of a few weights: of some drawn by a fixed seed, those with the largest gradients."""
    flat, slopes = weight.detach().view(-1), gradient.reshape(-1) if gradient is not None else None
    random = np.random.default_rng(len(flat))
    drawn = random.choice(len(flat), size=min(DRAWN, len(flat)), replace=False)
    sizes = slopes[torch.from_numpy(drawn)].abs() if slopes is not None else torch.zeros(len(drawn))
    found = []
    for number in drawn[np.argsort(-sizes.numpy(), kind="stable")][:CHECKED]:
        index = tuple(int(at) for at in np.unravel_index(int(number), tuple(weight.shape)))
        backward = float(slopes[number]) if slopes is not None else 0.0
        found.append(Checked(index, backward, _central(flat, int(number), loss)))
    return tuple(found)


@torch.no_grad()
def _central(flat: Tensor, number: int, loss: Callable[[], Tensor]) -> float:
    """The central difference of one weight.

    Where the differences to the right and to the left disagree, the kink of a rectifier lies between them, and h is
    made smaller.
    """
    old, middle = float(flat[number]), float(loss())
    found, closest = 0.0, float("inf")
    for size in STEPS:
        h = size * max(1.0, abs(old))
        ends = []
        for sign in (1, -1):
            flat[number] = old + sign * h
            ends.append(float(loss()))
        flat[number] = old
        right, left = (ends[0] - middle) / h, (middle - ends[1]) / h
        if abs(right - left) < closest:
            found, closest = (right + left) / 2, abs(right - left)
        if closest <= KINK * max(abs(right), abs(left)):
            break
    return found


def _update(
    training: Training, network: nn.Module, named: dict[str, nn.Parameter], gradients: Mapping[str, Tensor | None]
) -> dict[str, float]:
    """Take the step on the copy, with the run's optimiser in its present state; how far each tensor moved."""
    old = {name: weight.detach().clone() for name, weight in named.items()}
    for name, weight in named.items():
        weight.grad = gradients[name]
    recipe = training.recipe
    if recipe.l1:
        penalise(network, recipe.l1)
    if recipe.clip:
        clip(network, recipe.clip)
    made = optimiser(network, recipe, torch.device("cpu"))
    made.load_state_dict(copy.deepcopy(training.optimiser.state_dict()))
    made.step()
    return {name: _rms(weight.detach() - old[name]) for name, weight in named.items()}


def _rms(values: Tensor | None) -> float:
    if values is None or not values.numel():
        return 0.0
    return float(values.detach().double().square().mean().sqrt())

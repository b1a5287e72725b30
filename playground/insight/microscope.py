"""One step of learning on one example, taken apart: forwards, loss, backwards, update; and the gradients checked.

All is done in double precision on a copy of the network, so that the run is not touched. Gradients are held against
central differences, (L(w + h) − L(w − h)) / 2h: Goodfellow, Bengio and Courville 2016, section 11.5.
How the step is made of the gradients is in modes.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from playground.engine.judging import Judge
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import NodeId
from playground.insight.classes import chances
from playground.insight.modes import batch_norms, next_change
from playground.insight.slices import finish

STEPS = (1e-5, 1e-6, 1e-7, 1e-8)
"""h of the central differences, times max(1, |w|); the first is used unless a kink lies within it."""
KINK = 2e-5
"""Relative difference between right and left that speaks of a kink."""
CHECKED = 4
"""Weights of each tensor that are held against central differences: those with the largest gradients among some drawn
at random."""
MOST_CHECKED = 32
"""Weights in all, of small networks; of a deep network fewer of each tensor, or of some tensors only."""
MOST_WORK = 10**10
"""Multiply-adds that the checking takes, roughly: each weight costs nine passes at the most."""
DRAWN = 64
COMPANY = 3
"""Training examples beside which batch normalisation sees the example: by itself it would be normalised to nothing."""
MOST_SHOWN = 65_536
"""Numbers of a layer's output that are kept to be shown; of images at least CHANNELS channels."""
CHANNELS = 8
ATOL, RTOL = 1e-8, 1e-4
"""A gradient agrees with its central difference if they are at most ATOL + RTOL · |gradient| apart, as numpy.allclose
and torch.autograd.gradcheck judge: of a gradient near 0 any relative difference would be large."""


@dataclass(frozen=True, eq=False)
class Passed:
    """What went through one layer."""

    id: NodeId
    value: NDArray[np.float64]
    """Its output for the example, flat, the first MOST_SHOWN numbers or CHANNELS channels."""
    gradient: NDArray[np.float64]
    """∂ loss / ∂ those numbers."""
    value_rms: float
    gradient_rms: float
    """√ mean square over all of the output."""
    shape: tuple[int, ...]
    """Of the whole output."""
    chances: NDArray[np.floating] | None = None
    """(*shape), as classes.chances() gives them: of the network's answer alone."""


@dataclass(frozen=True)
class Checked:
    """One weight's gradient by backpropagation and by central differences."""

    index: tuple[int, ...]
    backward: float
    difference: float
    rounding: float = 0.0
    """By how much the difference may be off because the losses are rounded: ε · |L| / h, with ε = 2⁻⁵²."""

    @property
    def distance(self) -> float:
        """|a − b|, rounding of the losses included."""
        return abs(self.backward - self.difference)

    @property
    def agrees(self) -> bool:
        """Whether both are the same gradient, as far as a difference can tell."""
        return self.distance <= self.rounding + ATOL + RTOL * abs(self.backward)

    @property
    def apart(self) -> float:
        """|a − b| / max(|a|, |b|), of what is apart by more than rounding."""
        a, b = self.backward, self.difference
        beyond = max(abs(a - b) - self.rounding, 0.0)
        return beyond / max(abs(a), abs(b)) if beyond else 0.0


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
    company: int = 0
    """Training examples that batch normalisation saw beside it; 0 for networks without."""

    @property
    def checked(self) -> tuple[Checked, ...]:
        """Of all tensors."""
        return tuple(each for weight in self.weights for each in weight.checked)

    @property
    def worst(self) -> float:
        """The largest relative difference between backpropagation and central differences."""
        return max((each.apart for each in self.checked), default=0.0)


def one_step(training: Training, example: NDArray[np.float32], target: NDArray[np.generic]) -> OneStep:
    """Take a step on one scaled example (*shape) and its target, all at once."""
    return finish(taking_apart(training, example, target))


def taking_apart(
    training: Training, example: NDArray[np.float32], target: NDArray[np.generic]
) -> Generator[float, None, OneStep]:
    """The same in slices, a tensor of weights each: a deep network is asked thousands of times.

    Batch normalisation takes mean and variance of the example and COMPANY others, as in learning; dropout is off, so
    that the loss is a function of the weights.
    """
    case = _Case(training, example, target)
    with torch.enable_grad():
        before = case.loss()
        named = {name: weight for name, weight in case.network.named_parameters() if weight.requires_grad}
        gradients = dict(zip(named, torch.autograd.grad(before, list(named.values()), allow_unused=True), strict=True))
        layers = tuple(_judged(training, layer) for layer in _layers(case))
    checked: dict[str, tuple[Checked, ...]] = dict.fromkeys(named, ())
    whole = _affordable(training, len(case.inputs))
    most, every = max(1, min(CHECKED, whole // len(named))), -(-len(named) // whole)
    for number, (name, weight) in enumerate(named.items()):
        if number % every == 0:
            yield number / len(named)
            checked[name] = _check(weight, gradients[name], case.loss, most)
    changes = next_change(training, case.network, gradients)
    weights = tuple(
        Updated(name, _rms(weight - changes[name]), _rms(gradients[name]), _rms(changes[name]), checked[name])
        for name, weight in named.items()
    )
    with torch.no_grad():
        return OneStep(layers, weights, float(before), float(case.loss()), len(case.inputs) - 1)


def _affordable(training: Training, examples: int) -> int:
    """How many weights are checked."""
    work = total(costs(training.graph, check(training.graph))).multiply_adds * examples * (1 + 2 * len(STEPS))
    return max(4, min(MOST_CHECKED, MOST_WORK // max(1, work)))


class _Case:
    """A copy of the network, an example in double precision, and those that batch normalisation sees beside it."""

    def __init__(self, training: Training, example: NDArray[np.float32], target: NDArray[np.generic]) -> None:
        # In double precision on the processor: some accelerators have none.
        self.network = copy.deepcopy(training.network).cpu().double().eval()
        norms = batch_norms(self.network)
        for norm in norms:
            norm.train()
        part, others = training.examples.train, COMPANY if norms else 0
        self.inputs = _doubled(np.concatenate([example[None], part.inputs[:others]]))
        self.truth = _doubled(np.concatenate([np.asarray(target)[None], part.targets[:others]]))
        self.judge = Judge(self.network, training.examples.signature.outputs)
        self.before = self.judge.before(self.truth) if self.network.ends.reads_answers else None

    def loss(self) -> Tensor:
        """Of the example alone."""
        return self.of(self.network.outputs(self.inputs, self.before))

    def of(self, outputs: list[Tensor]) -> Tensor:
        """Of scores that are there already."""
        return self.judge.weighed([scores[:1] for scores in outputs], self.inputs[:1], self.truth[:1])[2]


def _doubled(values: NDArray[np.generic]) -> Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(values))
    return tensor.double() if tensor.is_floating_point() else tensor


def _layers(case: _Case) -> tuple[Passed, ...]:
    """Values of every layer, and the loss's gradient with respect to them."""
    network = case.network
    values = network.activations(case.inputs, [step.id for step in network.each_step()], case.before)
    loss = case.of([values[id] for id in network.ends.outputs])
    wanted = [id for id in values if values[id].requires_grad]
    found = torch.autograd.grad(loss, [values[id] for id in wanted], allow_unused=True)
    slopes = dict(zip(wanted, found, strict=True))
    return tuple(_passed(id, value, slopes.get(id)) for id, value in values.items())


def _judged(training: Training, layer: Passed) -> Passed:
    """With the probabilities, if it is the network's answer and all of it is kept."""
    if layer.value.size != int(np.prod(layer.shape)):
        return layer
    return replace(layer, chances=chances(training, layer.id, layer.value.reshape(layer.shape)))


def _passed(id: NodeId, value: Tensor, slope: Tensor | None) -> Passed:
    shape = tuple(value.shape[1:])
    flat = value.detach()[0].flatten().double()
    back = slope.detach()[0].flatten().double() if slope is not None else torch.zeros_like(flat)
    most = max(MOST_SHOWN, CHANNELS * shape[1] * shape[2]) if len(shape) == 3 else MOST_SHOWN
    return Passed(id, flat[:most].numpy().copy(), back[:most].numpy().copy(), _rms(flat), _rms(back), shape)


def _check(weight: nn.Parameter, gradient: Tensor | None, loss: Callable[[], Tensor], most: int) -> tuple[Checked, ...]:
    """Central differences of a few weights: of some drawn by a fixed seed, those with the largest gradients."""
    flat, slopes = weight.detach().view(-1), gradient.reshape(-1) if gradient is not None else None
    random = np.random.default_rng(len(flat))
    drawn = random.choice(len(flat), size=min(DRAWN, len(flat)), replace=False)
    sizes = slopes[torch.from_numpy(drawn)].abs() if slopes is not None else torch.zeros(len(drawn))
    found = []
    for number in drawn[np.argsort(-sizes.numpy(), kind="stable")][:most]:
        index = tuple(int(at) for at in np.unravel_index(int(number), tuple(weight.shape)))
        backward = float(slopes[number]) if slopes is not None else 0.0
        found.append(Checked(index, backward, *_central(flat, int(number), loss)))
    return tuple(found)


@torch.no_grad()
def _central(flat: Tensor, number: int, loss: Callable[[], Tensor]) -> tuple[float, float]:
    """The central difference of one weight, and how far rounding may have put it off.

    Where the differences to the right and to the left disagree, the kink of a rectifier lies between them, and h is
    made smaller.
    """
    old, middle = float(flat[number]), float(loss())
    found, rounding, closest = 0.0, 0.0, float("inf")
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
            rounding = float(np.finfo(np.float64).eps) * abs(middle) / h
        if closest <= KINK * max(abs(right), abs(left)):
            break
    return found, rounding


def _rms(values: Tensor | None) -> float:
    if values is None or not values.numel():
        return 0.0
    return float(values.detach().double().square().mean().sqrt())

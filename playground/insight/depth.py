"""Gradients and activations layer by layer: do they reach the first layers, do the weights move at a healthy pace?

One look at a fixed batch; and, as long work, a plain and a residual twin trained side by side.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.data.dataset import Examples
from playground.engine.events import BatchDone, Event
from playground.engine.recipe import Recipe
from playground.engine.train import MOST_KEPT, Training
from playground.graph.model import Graph, NodeId
from playground.insight.modes import as_it_learns, layers_with_weights, next_change

BATCH = 128
"""Training examples that are looked at, at the most: the first ones, always the same."""
FEWEST = 16
WORK = 4 * 10**8
"""Multiply-adds of a forward pass that one look may take: of large networks fewer examples are looked at."""
BINS = 40


@dataclass(frozen=True, eq=False)
class Depths:
    """One entry a layer with weights, from input to output; normalisation is not counted as one."""

    ids: tuple[NodeId, ...]
    activation: NDArray[np.float64]
    """Root mean square of the layer's answers."""
    gradient: NDArray[np.float64]
    """Root mean square of ∂loss/∂weights."""
    weight: NDArray[np.float64]
    """Root mean square of the weights, biases left out."""
    ratio: NDArray[np.float64]
    """‖change‖ / ‖weights‖ of the run's next step, on this batch; nan for networks too large to copy."""
    examples: int
    """In the batch."""


@dataclass(frozen=True, eq=False)
class Spread:
    """The weights of one layer and their next change."""

    weights: tuple[NDArray[np.int64], NDArray[np.float64]]
    """Counts (BINS,) and edges (BINS + 1,)."""
    update: tuple[NDArray[np.int64], NDArray[np.float64]] | None


def depths(training: Training, chosen: NodeId = "") -> tuple[Depths, Spread | None]:
    """Look at every layer; chosen: the layer whose weights and change are counted into histograms.

    As a step of learning on this batch sees them; weights, gradients, running averages and random states are left as
    they are.
    """
    part = training.examples.train
    count = max(FEWEST, min(BATCH, WORK * training.recipe.batch // max(1, training.work)))
    inputs = torch.from_numpy(part.inputs[:count]).to(training.device)
    targets = torch.from_numpy(part.targets[:count]).to(training.device)
    network = training.network
    weighed = layers_with_weights(network)
    with as_it_learns(network):
        before = training.judge.before(targets) if network.ends.reads_answers else None
        values = network.activations(inputs, [*weighed, *network.ends.outputs], before)
        total = training.judge.weighed([values[id] for id in network.ends.outputs], inputs, targets)[2]
        named = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        found = torch.autograd.grad(total, list(named.values()), allow_unused=True)
    slopes = dict(zip(named, found, strict=True))
    moved = _moved(training, slopes)
    rows = [_layer(training, id, values, slopes, moved) for id in weighed]
    table = np.array(rows, dtype=np.float64).reshape(len(weighed), 4)
    spread = _spread(training, chosen, moved) if chosen in weighed else None
    activation, gradient, weight, ratio = table.T
    return Depths(tuple(weighed), activation, gradient, weight, ratio, len(inputs)), spread


def _layer(
    training: Training, id: NodeId, values: dict[NodeId, Tensor], slopes: Mapping[str, Tensor | None],
    moved: dict[str, Tensor],
) -> tuple[float, float, float, float]:  # fmt: skip
    own = [name for name in slopes if name.startswith(f"{id}.")]
    weights = dict(training.network.named_parameters())
    large = [name for name in own if weights[name].dim() > 1] or own
    size = _length(weights[name] for name in large)
    count = sum(weights[name].numel() for name in large) or 1
    gradients = [slope for name in own if (slope := slopes[name]) is not None]
    slope_count = sum(slope.numel() for slope in gradients) or 1
    ratio = _length(moved[name] for name in large) / size if moved and size else float("nan")
    answer = values[id].detach().double()
    rms = float(answer.square().mean().sqrt())
    return rms, _length(gradients) / slope_count**0.5, size / count**0.5, ratio


def _length(tensors: Iterable[Tensor]) -> float:
    square: float = sum(float(tensor.detach().double().square().sum()) for tensor in tensors)
    return float(square**0.5)


def _moved(training: Training, slopes: Mapping[str, Tensor | None]) -> dict[str, Tensor]:
    """By how much the run's optimiser would change each tensor now; empty for networks too large to copy."""
    if training.network.count > MOST_KEPT:
        return {}
    return next_change(training, copy.deepcopy(training.network), slopes)


def _spread(training: Training, id: NodeId, moved: dict[str, Tensor]) -> Spread:
    weights = [w.detach().flatten() for name, w in training.network.named_parameters() if name.startswith(f"{id}.")]
    counts, edges = np.histogram(torch.cat(weights).double().cpu().numpy(), BINS)
    changes = [change.flatten() for name, change in moved.items() if name.startswith(f"{id}.")]
    update = np.histogram(torch.cat(changes).double().cpu().numpy(), BINS) if changes else None
    return Spread((counts, edges), update)


@dataclass(frozen=True, eq=False)
class Twin:
    """One of two networks that were trained side by side."""

    losses: NDArray[np.float64]
    """(steps,) training loss of each batch."""
    gradient: NDArray[np.float64]
    """(layers,) root mean square of ∂loss/∂weights, before the first step, from input to output."""
    ids: tuple[NodeId, ...] = ()
    """The layers."""


def side_by_side(
    graphs: dict[str, Graph], recipe: Recipe, examples: Examples, device: str, steps: int
) -> Generator[float, None, dict[str, Twin]]:
    """Train several networks for so many steps each, in turn, from the same seed and batches. One step a slice."""
    endless = recipe.model_copy(update={"epochs": 10**6, "patience": 0})
    runs = {name: Training(graph, endless, examples, device) for name, graph in graphs.items()}
    looked = {name: depths(run)[0] for name, run in runs.items()}
    losses: dict[str, list[float]] = {name: [] for name in runs}
    events = {name: run.events() for name, run in runs.items()}
    for number in range(steps):
        for name, run in runs.items():
            if not losses[name] or np.isfinite(losses[name][-1]):
                with aside():
                    _one_batch(run, events[name], losses[name])
            yield (number + 1) / steps
    return {name: Twin(np.array(losses[name]), looked[name].gradient, looked[name].ids) for name in runs}


@contextmanager
def aside() -> Iterator[None]:
    """Leave torch's random state and number of threads to the run on whose thread this is done."""
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_rng_state(state)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


def _one_batch(run: Training, events: Iterator[Event], losses: list[float]) -> None:
    for event in events:
        if isinstance(event, BatchDone):
            losses.append(float(run.step_losses()[run.batch - 1]))
            return

"""What the output and each neuron answer all over the plane, for problems of two coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.data.points import engineer
from playground.engine.losses import probabilities
from playground.engine.stepping import Step
from playground.engine.train import Training
from playground.graph.model import NodeId
from playground.insight.formulas import ACTIVATED
from playground.layers.layer import Layer

MOST_UNITS = 32
"""Units a layer of which pictures are made."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Answers on a grid: row 0 is the smallest y, column 0 the smallest x."""

    extent: tuple[float, float, float, float]
    """x from, x to, y from, y to, in the data's coordinates."""
    output: NDArray[np.float32]
    """(side, side). Two classes: P(second) − P(first), from −1 to 1. More: P(likeliest) − P(next), from 0 to 1.
    Numbers: the prediction in the data's units."""
    neurons: dict[NodeId, NDArray[np.floating]]
    """(units, side, side) a layer: what it passes on."""
    sums: dict[NodeId, NDArray[np.floating]]
    """(units, side, side) of those layers that have an activation: what goes into it, w·x + b. A unit's line is where
    that is 0; without an activation it is where the unit's answer is."""
    chances: NDArray[np.float32] | None = None
    """(classes, side, side) where there are more than two."""


def surface(
    training: Training, side: int = 48, neurons: Sequence[NodeId] = (), reach: float | None = None
) -> Surface | None:
    """Answers on a side × side grid; None when the data are no points in a plane.

    reach: how far it goes from 0 to each side; None for the data with a margin.
    """
    plane = training.examples.dataset.plane
    if plane is None:
        return None
    reach = float(np.abs(plane).max()) * 1.05 if reach is None else reach
    axis = np.linspace(-reach, reach, side)
    xs, ys = np.meshgrid(axis, axis)
    raw = engineer(np.stack([xs.ravel(), ys.ravel()], axis=1), training.examples.features)
    inputs = torch.from_numpy(training.examples.inputs.apply(raw)).to(training.device)
    wanted = [*neurons, training.network.output]
    before = _before(training, neurons)
    with training.looking():
        values = training.network.activations(inputs, {*wanted, *before.values()})
        sums = {id: _sums(training, id, values[source]) for id, source in before.items()}
    pictures = {id: _pictures(values[id], side) for id in neurons if id in values and values[id].dim() == 2}
    chances = _chances(training, values[training.network.output])
    if chances is None:
        output = _numbers(training, values[training.network.output])
    elif chances.shape[1] == 2:
        output, chances = chances[:, 1] - chances[:, 0], None
    else:
        output = np.diff(np.sort(chances, axis=1)[:, -2:], axis=1)
    return Surface(
        (-reach, reach, -reach, reach),
        output.reshape(side, side),
        pictures,
        {id: _pictures(value, side) for id, value in sums.items() if value.dim() == 2},
        None if chances is None else chances.T.reshape(-1, side, side).copy(),
    )


def _pictures(values: torch.Tensor, side: int) -> NDArray[np.floating]:
    """Of what is given for all places, (places, units): a picture a unit."""
    found: NDArray[np.floating] = values[:, :MOST_UNITS].T.reshape(-1, side, side).cpu().numpy().copy()
    return found


def _before(training: Training, ids: Sequence[NodeId]) -> dict[NodeId, NodeId]:
    """Of those layers that have an activation, what feeds them."""
    wanted, nodes = set(ids), training.graph.nodes
    return {
        step.id: step.sources[0]
        for step in training.network.each_step()
        if step.id in wanted and len(step.sources) == 1 and (_is_pointwise(nodes, step.id) or _is_activated(step))
    }


def _is_activated(step: Step) -> bool:
    return isinstance(step.module, torch.nn.Linear) and bool(step.then)


def _is_pointwise(nodes: Mapping[NodeId, Layer], id: NodeId) -> bool:
    return id in nodes and nodes[id].type in ACTIVATED


def _sums(training: Training, id: NodeId, arrives: torch.Tensor) -> torch.Tensor:
    step = next(step for step in training.network.each_step() if step.id == id)
    return step.module(arrives) if step.module is not None and _is_activated(step) else arrives


def _numbers(training: Training, scores: torch.Tensor) -> NDArray[np.float32]:
    assert training.examples.targets is not None
    return training.examples.targets.undo(scores.cpu().numpy())[:, 0]


def _chances(training: Training, scores: torch.Tensor) -> NDArray[np.float32] | None:
    """(places, classes); None where numbers are predicted."""
    if training.examples.targets is not None:
        return None
    found: NDArray[np.float32] = probabilities(scores, training.judge.loss_name).cpu().numpy()
    return found

"""What a layer's units do over many examples: histogram, zeros, dead and saturated units; and what excites one most."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId

BATCH = 128
"""Validation examples that are looked at."""
BINS = 40
SLICE = 256
"""Examples in one slice of a search."""
NINE = 9


@dataclass(frozen=True, eq=False)
class Activity:
    """A layer over BATCH validation examples."""

    counts: NDArray[np.int64]
    """(BINS,) of all its answers."""
    edges: NDArray[np.float64]
    """(BINS + 1,)"""
    zeros: float
    """Share of all answers that are exactly 0."""
    dead: NDArray[np.int64]
    """Units (channels) that are 0 for every example and place."""
    units: int


@dataclass(frozen=True, eq=False)
class Exciting:
    """The examples that excite one unit most."""

    rows: NDArray[np.int64]
    """(at most NINE,) rows of the validation part, the strongest first."""
    values: NDArray[np.float64]
    """(the same) the unit's largest answer in each."""
    places: tuple[tuple[int, ...], ...]
    """Where in the map: (y, x), (step,) or ()."""


def strongest_unit(training: Training, id: NodeId, row: int) -> tuple[int, ...] | None:
    """Which unit of a layer answers one validation example with the largest number, either sign; None if it has none.

    Gives (channel, y, x), (step, unit) or (unit,): the index into the layer's output for one example.
    """
    inputs = torch.from_numpy(training.examples.valid.inputs[row : row + 1]).to(training.device)
    with training.looking():
        found = training.network.activations(inputs, [id], training.judge.own_answers(inputs)).get(id)
    if found is None or found.dim() < 2 or not found[0].numel():
        return None
    values = found[0].detach().abs().cpu().numpy()
    return tuple(int(at) for at in np.unravel_index(int(np.nanargmax(values)), values.shape))


def activity(training: Training, id: NodeId) -> Activity | None:
    """Look at a layer over the first validation examples; None if it gives nothing."""
    inputs = torch.from_numpy(training.examples.valid.inputs[:BATCH]).to(training.device)
    with training.looking():
        found = training.network.activations(inputs, [id], training.judge.own_answers(inputs)).get(id)
    if found is None:
        return None
    values = found.double().cpu().numpy()
    counts, edges = np.histogram(values, BINS)
    axis = 1 if values.ndim == 4 else values.ndim - 1
    units = np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
    dead = np.flatnonzero((units == 0).all(axis=1))
    return Activity(counts, edges, float((values == 0).mean()), dead, len(units))


def exciting(training: Training, id: NodeId, channel: int) -> Generator[float, None, Exciting]:
    """Search the validation part, a slice at a time. channel: of an image; feature of a sequence; unit of a vector."""
    inputs = training.examples.valid.inputs
    best: list[tuple[float, int, tuple[int, ...]]] = []
    for first in range(0, len(inputs), SLICE):
        x = torch.from_numpy(inputs[first : first + SLICE]).to(training.device)
        with training.looking():
            found = training.network.activations(x, [id], training.judge.own_answers(x))[id]
        values = found[:, channel] if found.dim() in (2, 4) else found[..., channel]
        flat = values.reshape(len(x), -1)
        strongest, at = flat.max(dim=1)
        for row, (value, place) in enumerate(zip(strongest.tolist(), at.tolist(), strict=True)):
            where = tuple(int(n) for n in np.unravel_index(place, tuple(values.shape[1:]))) if values.dim() > 1 else ()
            best.append((value, first + row, where))
        best = sorted(best, key=lambda each: -each[0])[:NINE]
        yield min(1.0, (first + SLICE) / len(inputs))
    rows, strengths = np.array([row for _, row, _ in best]), np.array([value for value, _, _ in best])
    return Exciting(rows, strengths, tuple(place for _, _, place in best))

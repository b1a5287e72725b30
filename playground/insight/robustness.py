"""What changes in a network, layer by layer, when its input is moved, turned, scaled, blurred or made noisy.

How images are moved is in moving.py; scores over many examples, against rivals, in tolerance.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.engine.losses import probabilities
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.graph.receptive import fields
from playground.insight.moving import Move, background, moved, moved_map, spread

Strides = Mapping[NodeId, tuple[int, int]]


@dataclass(frozen=True)
class LayerChange:
    """How a layer answers to the changed input, beside its answer to the input as it was."""

    id: NodeId
    change: float
    """|a(x′) − a(x)| / |a(x)|, Euclidean, over all its values; 0 if both are 0, inf if only a(x) is."""
    alike: float
    """Pearson's correlation of a(x′) and a(x) over all its values; nan where one of them is constant."""
    unexplained: float
    """|a(x′) − T a(x)| / |a(x)| with its own maps moved as the input was (T): 0 for a layer that merely follows.
    nan where it gives no maps of a fixed stride, or nothing was moved."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """One example before and after."""

    image: NDArray[np.float32]
    """(channels, height, width) the changed input, scaled."""
    layers: tuple[LayerChange, ...]
    """From input to output; layers that hand on the same values in another shape are left out."""
    before: NDArray[np.float32]
    """(classes,) probabilities, or (columns,) answers in the data's own units."""
    after: NDArray[np.float32]
    """(the same)"""


def robustness(
    training: Training,
    example: NDArray[np.float32],
    move: Move,
    strides: Mapping[NodeId, tuple[int, int]] | None = None,
) -> Robustness:
    """Change one scaled image (channels, height, width) and look at every layer.

    strides: pixels from one value of a layer's map to the next, as map_strides() finds them, if that is known already.
    Raises: ValueError: If the examples are not images.
    Source: equivariance, f(T x) = T f(x), as in Goodfellow, Bengio and Courville 2016, section 9.2; measured as in
    Lenc and Vedaldi 2015, section 3.
    """
    if example.ndim != 3:
        raise ValueError("Only images can be moved and turned. Choose a data set of images.")
    x = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    fill = background(training.examples)
    changed = moved(x, move, fill, spread(training.examples))
    network, both = training.network, torch.cat([x, changed])
    if strides is None:
        strides = map_strides(training.graph, check(training.graph))
    with training.looking():
        ids = [network.input, *(step.id for step in network.each_step())]
        values = network.activations(both, ids, training.judge.own_answers(both))
    same = {
        step.id
        for step in network.each_step()
        if len(step.sources) == 1 and _are_same(values.get(step.id), values.get(step.sources[0]))
    }
    layers = tuple(
        _change(id, value, move, strides.get(id), fill if id == network.input else None)
        for id, value in values.items()
        if id not in same
    )
    scores = values[network.output]
    before, after = _answers(training, scores[:, -1] if scores.dim() == 3 else scores)
    return Robustness(changed[0].cpu().numpy(), layers, before, after)


def map_strides(graph: Graph, report: Report) -> dict[NodeId, tuple[int, int]]:
    """Pixels of the input from one value of a layer's map to the next, for the layers where that is fixed."""
    return {id: field.stride for id, field in fields(graph, report).items() if field is not None}


def _are_same(values: Tensor | None, source: Tensor | None) -> bool:
    if values is None or source is None or values.numel() != source.numel():
        return False
    return torch.equal(values.flatten(1), source.flatten(1))


def _change(id: NodeId, both: Tensor, move: Move, stride: tuple[int, int] | None, fill: Tensor | None) -> LayerChange:
    """fill: what lies beyond the edge; None if it is as the edge is."""
    both = both.cpu().double()
    old, new = both[0].flatten(), both[1].flatten()
    unexplained = float("nan")
    if both.dim() == 4 and move.is_geometric and stride is not None:
        unexplained = _share(new - moved_map(both[:1], move, stride, fill).flatten(), old)
    return LayerChange(id, _share(new - old, old), _correlation(old, new), unexplained)


def _share(difference: Tensor, whole: Tensor) -> float:
    length, of = float(difference.norm()), float(whole.norm())
    if of == 0:
        return 0.0 if length == 0 else float("inf")
    return length / of


def _correlation(first: Tensor, second: Tensor) -> float:
    first, second = first - first.mean(), second - second.mean()
    lengths = float(first.norm() * second.norm())
    return float(first @ second) / lengths if lengths > 0 else float("nan")


def _answers(training: Training, scores: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    targets = training.examples.targets
    if targets is None:
        made = probabilities(scores, training.judge.loss_name).cpu().numpy().astype(np.float32)
    else:
        made = targets.undo(scores.flatten(1).cpu().numpy())
    return made[0], made[1]

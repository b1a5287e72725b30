"""Which classes are taken for which, and how likely each is for one example."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine import measures
from playground.engine.losses import probabilities
from playground.engine.train import PartName, Training
from playground.graph.model import NodeId


def confusion(training: Training, part: PartName = "valid") -> NDArray[np.int64] | None:
    """Counts (classes, classes): row the truth, column the answer; None when numbers are predicted."""
    if training.examples.targets is not None:
        return None
    truth = getattr(training.examples, part).targets
    return measures.confusion(truth, training.predict(part), len(training.examples.dataset.class_names))


def chances(training: Training, id: NodeId, scores: NDArray[np.floating]) -> NDArray[np.floating] | None:
    """Softmax or sigmoid of each number that a layer gave for one example, (units,) or (steps, units).

    One score for two classes is how likely the second is. None unless the layer is an Output, or hands its numbers to
    one, and these are scores of classes. A margin (hinge) is no probability.
    """
    losses, count = training.network.ends.losses, len(training.examples.dataset.class_names)
    after = (edge.target for edge in training.graph.outgoing.get(id, ()))
    output = next((losses[each] for each in (id, *after) if each in losses), None)
    if output is None or output.rebuilds or output.loss == "hinge" or training.examples.targets is not None:
        return None
    fits = scores.ndim in (1, 2) and (scores.shape[-1] == count or (scores.shape[-1], count) == (1, 2))
    if not fits:
        return None
    rows = torch.from_numpy(np.atleast_2d(scores).astype(np.float64))
    found: NDArray[np.floating] = probabilities(rows, output.loss).numpy()[:, -scores.shape[-1] :]
    return found.reshape(scores.shape)

"""What each layer makes of one example."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId


def feature_maps(
    training: Training, example: NDArray[np.float32], ids: Sequence[NodeId], most: int = 8
) -> dict[NodeId, NDArray[np.float32]]:
    """Outputs for one scaled example (*shape).

    Images give (at most `most` channels, height, width), sequences (steps, units), vectors (units,).
    """
    inputs = torch.from_numpy(np.ascontiguousarray(example))[None].to(training.device)
    with training.looking():
        values = training.network.activations(inputs, ids, training.judge.own_answers(inputs))
    return {id: _picture(value[0], most) for id, value in values.items()}


def _picture(value: torch.Tensor, most: int) -> NDArray[np.float32]:
    shown = value[:most] if value.dim() == 3 else value
    return shown.cpu().numpy().copy()

"""The weights of a layer, as pictures want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.train import Training
from playground.graph.model import NodeId


def filters(training: Training, id: NodeId) -> NDArray[np.float32] | None:
    """A convolution's filters (filters, channels, height, width) or a dense layer's weights (units, inputs).

    None for layers of other kinds.
    """
    weight = training.network.state_dict().get(f"{id}.weight")
    if weight is None or weight.dim() not in (2, 4):
        return None
    copied: NDArray[np.float32] = weight.detach().cpu().numpy().copy()
    return copied

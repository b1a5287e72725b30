"""Everything needed to go on with a training run, as plain arrays. Knows numpy alone: files read it without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run at one moment.

    tensors: "weights/<layer>.<name>", "best/<layer>.<name>", "optimiser/<number>/<name>", "random/<name>"; and
    "last/<layer>.<name>" where weights are the best epoch's, though the run stood further on: it resumes from these.
    facts: JSON values: epoch, step, batch within the epoch, best epoch and loss, state of the schedule.
    """

    tensors: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def group(self, name: str) -> dict[str, NDArray[Any]]:
        """All tensors under a prefix, by the rest of their names."""
        prefix = f"{name}/"
        return {key[len(prefix) :]: value for key, value in self.tensors.items() if key.startswith(prefix)}

    @property
    def weights(self) -> dict[str, NDArray[Any]]:
        """The network's weights by "<layer>.<name>"."""
        return self.group("weights")

    @property
    def parameters(self) -> int:
        """Numbers in all weights, buffers of normalisation included."""
        return sum(int(np.prod(value.shape)) for value in self.weights.values())

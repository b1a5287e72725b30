"""Everything needed to go on with a training run, as plain arrays. Knows numpy alone: files read it without torch."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALL = 2**20
"""Bytes; malloc gives what is larger a place of its own."""
ALIGNED = 64


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

    def together(self) -> Checkpoint:
        """The same with all small arrays in one block, whose pages the system has back once it is let go.

        Each by itself would lie where malloc has a gap. Hundreds of moments come and go while a network learns, and
        the gaps that they leave hold whole pages.
        """
        small = {name: value for name, value in self.tensors.items() if 0 < value.nbytes < SMALL}
        if not small:
            return self
        block, at = _pages(sum(map(_room, small.values()))), 0
        packed: dict[str, NDArray[Any]] = {}
        for name, value in small.items():
            packed[name] = np.ndarray(value.shape, value.dtype, buffer=block, offset=at)
            packed[name][...] = value
            at += _room(value)
        return Checkpoint({**self.tensors, **packed}, self.facts)


def _room(value: NDArray[Any]) -> int:
    return -(-value.nbytes // ALIGNED) * ALIGNED


def _pages(size: int) -> mmap.mmap:
    """Memory straight from the system; on Windows it is this process's alone anyway."""
    return mmap.mmap(-1, size) if sys.platform == "win32" else mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE)

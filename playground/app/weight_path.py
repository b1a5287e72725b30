"""The way that the weights of a run took, thinned so that it always fits: kept by the training itself.

Knows no torch at import; note() is called on the training thread, points may be asked for on any.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from playground.engine.train import Training

MOST = 160
"""Points that are kept; then every second is dropped, and half as many are noted from there on."""
MOST_BYTES = 20_000_000
"""Of all of them; of networks too large for ten none is kept."""


class WeightPath:
    """All weights in one row, after every epoch, or every second, fourth and so on. The room is taken once.

    A run that goes on with the same network goes on with its path.
    """

    def __init__(self) -> None:
        self._epochs: list[int] = []
        self._rows: NDArray[np.float32] | None = None
        """(places, weights); of those there are epochs for."""
        self._lock = threading.Lock()
        self.every = 1
        """Epochs from one point to the next."""
        self.is_too_large = False
        """Whether the network is, so that nothing is kept."""

    @property
    def epochs(self) -> tuple[int, ...]:
        """Of the points, the earliest first."""
        return tuple(self._epochs)

    @property
    def points(self) -> tuple[tuple[int, NDArray[Any]], ...]:
        """Epoch and a copy of the weights, the earliest first."""
        with self._lock:
            if self._rows is None:
                return ()
            return tuple(zip(self._epochs, self._rows[: len(self._epochs)].copy(), strict=True))

    def note(self, training: Training) -> None:
        """Keep the present weights, if it is their turn."""
        self.is_too_large = training.network.count * 4 * 10 > MOST_BYTES
        if self._epochs and training.epoch < self._epochs[-1]:  # counted anew, or back at an earlier moment
            self._forget()
        if self.is_too_large or training.epoch % self.every:
            return
        from playground.insight.landscape import flat

        weights = flat(training)
        if self._rows is not None and self._rows.shape[1] != len(weights):
            self._forget()
        with self._lock:
            if self._rows is None:
                self._rows = np.empty((min(MOST, MOST_BYTES // max(1, weights.nbytes)), len(weights)), np.float32)
            if self._epochs and self._epochs[-1] == training.epoch:  # the next run begins where the last one stood
                self._epochs.pop()
            if len(self._epochs) == len(self._rows):
                self._thin(self._rows)
                if training.epoch % self.every:
                    return
            self._rows[len(self._epochs)] = weights
            self._epochs.append(training.epoch)

    def _forget(self) -> None:
        with self._lock:
            self._epochs, self._rows, self.every = [], None, 1

    def _thin(self, rows: NDArray[np.float32]) -> None:
        """Let every second point go, until there is a place."""
        while len(self._epochs) == len(rows):
            self.every *= 2
            kept = [at for at, epoch in enumerate(self._epochs) if not at or epoch % self.every == 0]
            rows[: len(kept)] = rows[kept]
            self._epochs = [self._epochs[at] for at in kept]

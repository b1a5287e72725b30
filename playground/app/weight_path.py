"""The way that the weights of a run took, thinned so that it always fits: kept by the training itself.

Knows no torch at import; note() is called on the training thread, points may be asked for on any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playground.engine.train import Training

MOST = 160
"""Points that are kept; then every second is dropped, and half as many are noted from there on."""
MOST_BYTES = 20_000_000
"""Of all of them; of networks too large for ten none is kept."""


class WeightPath:
    """All weights in one row, after every epoch, or every second, fourth and so on."""

    def __init__(self) -> None:
        self._points: list[tuple[int, NDArray[np.float32]]] = []
        self.every = 1
        """Epochs from one point to the next."""
        self.is_too_large = False
        """Whether the network is, so that nothing is kept."""

    @property
    def points(self) -> tuple[tuple[int, NDArray[Any]], ...]:
        """Epoch and weights, the earliest first."""
        return tuple(self._points)

    def note(self, training: Training) -> None:
        """Keep the present weights, if it is their turn."""
        self.is_too_large = training.network.count * 4 * 10 > MOST_BYTES
        if self.is_too_large or training.epoch % self.every:
            return
        from playground.insight.landscape import flat

        kept = [*self._points, (training.epoch, flat(training))]
        while len(kept) > MOST or len(kept) * kept[-1][1].nbytes > MOST_BYTES:
            self.every *= 2
            kept = [kept[0], *(point for point in kept[1:] if point[0] % self.every == 0)]
        self._points = kept

"""Inputs as the training loop draws them: a tensor on the device, or batches of a set too large for one.

What stays bytes is moved as bytes and scaled on the device, with the same arithmetic as data.dataset.Scaler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.data.streamed import Streamed


class Fed:
    """A part's inputs that are drawn batch by batch, with the few methods of a tensor that the loop uses."""

    def __init__(self, inputs: Streamed, device: torch.device) -> None:
        self._inputs, self._device = inputs, device
        self._shift = torch.from_numpy(inputs.scaler.shift).to(device)
        self._scale = torch.from_numpy(inputs.scaler.scale).to(device)

    def __len__(self) -> int:
        return len(self._inputs)

    @property
    def values(self) -> int:
        """Numbers in one example."""
        return self._inputs.size // max(1, len(self._inputs))

    def index_select(self, _dim: int, rows: Tensor) -> Tensor:
        """The scaled inputs of those rows."""
        raw = torch.from_numpy(self._inputs.raw(rows.cpu().numpy()))
        return raw.to(self._device).float().sub_(self._shift).div_(self._scale)


Inputs = Tensor | Fed
MOST_VALUES = 1 << 17
"""Values of streamed inputs in a piece: whoever has so many images wants the layers' outputs to be small too."""


def fed(inputs: NDArray[Any], device: torch.device) -> Inputs:
    """A part's inputs ready to draw from."""
    return Fed(inputs, device) if isinstance(inputs, Streamed) else torch.from_numpy(inputs).to(device)


def pieces(inputs: Inputs, most: int, rows: range | None = None) -> Iterator[Tensor]:
    """The inputs in their order, at most so many at a time; all of them, or those rows."""
    rows = range(len(inputs)) if rows is None else rows
    if isinstance(inputs, Tensor):
        if rows:
            yield from torch.split(inputs[rows.start : rows.stop], most)
        return
    most = max(8, min(most, MOST_VALUES // max(1, inputs.values)))
    for start in range(rows.start, rows.stop, most):
        yield inputs.index_select(0, torch.arange(start, min(start + most, rows.stop)))

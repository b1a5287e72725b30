"""Recurrent modules that take and give their whole state as one vector, as playground.layers.recurrent declares.

A flat state is (n, numbers): h layer by layer, forward before backward, and behind it an LSTM's c in the same
order. The weights and their names are torch's. Which layers there are is not known here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

Result = tuple[Tensor, Tensor]
"""The states (n, steps, units · directions), and the final flat state (n, numbers)."""


class RNN(nn.RNN):
    """torch's simple recurrent network with a flat state."""

    def forward(self, steps: Tensor, state: Tensor | None = None) -> Result:  # type: ignore[override]
        states, last = super().forward(steps, None if state is None else _stacked(state, self.hidden_size))
        return states, _flat(last)


class GRU(nn.GRU):
    """torch's gated recurrent unit with a flat state."""

    def forward(self, steps: Tensor, state: Tensor | None = None) -> Result:  # type: ignore[override]
        states, last = super().forward(steps, None if state is None else _stacked(state, self.hidden_size))
        return states, _flat(last)


class LSTM(nn.LSTM):
    """torch's LSTM with a flat state: h then c. A state of half that size is h, and c begins at 0."""

    def forward(self, steps: Tensor, state: Tensor | None = None) -> Result:  # type: ignore[override]
        if state is None:
            states, (h, c) = super().forward(steps)
        else:
            wide = self.num_layers * (2 if self.bidirectional else 1) * self.hidden_size
            h = _stacked(state[:, :wide], self.hidden_size)
            c = _stacked(state[:, wide:], self.hidden_size) if state.shape[1] > wide else torch.zeros_like(h)
            states, (h, c) = super().forward(steps, (h, c))
        return states, torch.cat((_flat(h), _flat(c)), 1)


class Steps(nn.Module):
    """What a recurrent layer passes on of its result.

    returns: "sequence" all states, "last" the topmost layer's final h, both directions joined, "state" all of the
    flat state. hidden: how many numbers of the flat state are h. wide: how many of those are the topmost layer's.
    """

    def __init__(self, returns: str, hidden: int, wide: int) -> None:
        super().__init__()
        self.returns, self.hidden, self.wide = returns, hidden, wide

    def forward(self, result: Result) -> Tensor:
        states, state = result
        if self.returns == "sequence":
            return states
        return state if self.returns == "state" else state[:, self.hidden - self.wide : self.hidden]


def _flat(stacked: Tensor) -> Tensor:
    """(layers · directions, n, units) -> (n, layers · directions · units)."""
    return stacked.transpose(0, 1).flatten(1)


def _stacked(flat: Tensor, units: int) -> Tensor:
    """(n, layers · directions · units) -> (layers · directions, n, units)."""
    return flat.reshape(len(flat), -1, units).transpose(0, 1).contiguous()

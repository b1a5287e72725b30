"""Attention modules. Each keeps the weights of its last call as `last_weights`, for who looks inside.

last_weights is detached, (n, queries, keys), with heads (n, heads, queries, keys); None before the first call.
Which layers there are, and what they need, is in playground.layers.attention.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Dot-product attention: query (n, q, d) or (n, d), keys (n, k, d), values (n, k, v) -> (n, q, v) or (n, v).

    Source: Luong et al. 2015, section 3.1; scaled: Vaswani et al. 2017, section 3.2.1.
    """

    def __init__(self, scaled: bool = True, causal: bool = False) -> None:
        super().__init__()
        self.scaled, self.causal = scaled, causal
        self.last_weights: Tensor | None = None

    def forward(self, query: Tensor, keys: Tensor, values: Tensor | None = None) -> Tensor:
        asked = query.unsqueeze(1) if query.dim() == 2 else query
        scores = asked @ keys.transpose(1, 2)
        if self.scaled:
            scores = scores / sqrt(keys.shape[2])
        if self.causal:
            scores = scores.masked_fill(_later(asked, keys), float("-inf"))
        weights = scores.softmax(2)
        self.last_weights = weights.detach()
        return _answers(weights, keys if values is None else values, query)


class AdditiveAttention(nn.Module):
    """Attention whose weights a small network gives: v · tanh(W q + U k). Shapes as in Attention.

    Source: Bahdanau et al. 2014, appendix A.1.2.
    """

    def __init__(self, query_features: int, key_features: int, size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_features, size, bias=False)
        self.key = nn.Linear(key_features, size, bias=False)
        self.score = nn.Linear(size, 1, bias=False)
        self.last_weights: Tensor | None = None

    def forward(self, query: Tensor, keys: Tensor, values: Tensor | None = None) -> Tensor:
        asked = query.unsqueeze(1) if query.dim() == 2 else query
        both = torch.tanh(self.query(asked).unsqueeze(2) + self.key(keys).unsqueeze(1))
        weights = self.score(both).squeeze(3).softmax(2)
        self.last_weights = weights.detach()
        return _answers(weights, keys if values is None else values, query)


class MultiheadAttention(nn.MultiheadAttention):
    """torch's multi-head attention: query (n, q, d), memory (n, k, e) -> (n, q, d). Without a memory, of itself.

    Source: Vaswani et al. 2017, section 3.2.2.
    """

    def __init__(
        self, width: int, heads: int, causal: bool = False, kdim: int | None = None, vdim: int | None = None
    ) -> None:
        super().__init__(width, heads, kdim=kdim, vdim=vdim, batch_first=True)
        self.causal = causal
        self.last_weights: Tensor | None = None

    def forward(self, query: Tensor, memory: Tensor | None = None) -> Tensor:  # type: ignore[override]
        seen = query if memory is None else memory
        asked = query.unsqueeze(1) if query.dim() == 2 else query
        mask = _later(asked, seen) if self.causal else None
        answers, weights = super().forward(asked, seen, seen, attn_mask=mask, average_attn_weights=False)
        assert weights is not None
        self.last_weights = weights.detach()
        return answers.squeeze(1) if query.dim() == 2 else answers


def _later(asked: Tensor, seen: Tensor) -> Tensor:
    """True where what is seen stands behind who asks: (queries, keys)."""
    return torch.ones(asked.shape[1], seen.shape[1], dtype=torch.bool, device=asked.device).triu(1)


def _answers(weights: Tensor, values: Tensor, query: Tensor) -> Tensor:
    answers = weights @ values
    return answers.squeeze(1) if query.dim() == 2 else answers

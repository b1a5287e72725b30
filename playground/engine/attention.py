"""What attention and the text layers compute. Each keeps the weights it gave last, so that they can be looked at."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def later(count: int, device: torch.device) -> Tensor:
    """True where a step would look at one after it: (count, count)."""
    return torch.ones(count, count, dtype=torch.bool, device=device).triu(1)


class Attention(nn.Module):
    """softmax(Q Kᵀ / √d) V."""

    last_weights: Tensor | None = None
    """(n, queries, keys), each row a sum of 1."""

    def __init__(self, scaled: bool, causal: bool) -> None:
        super().__init__()
        self.scaled, self.causal = scaled, causal

    def forward(
        self, query: Tensor, keys: Tensor, values: Tensor | None = None, hidden: Tensor | None = None
    ) -> Tensor:
        """hidden: (n, queries, keys) what is not to be looked at, what comes later included; see ragged.py."""
        single = query.dim() == 2
        asked = query[:, None] if single else query
        fit = asked @ keys.transpose(1, 2)
        if self.scaled:
            fit = fit / math.sqrt(keys.shape[-1])
        if hidden is not None:
            fit = fit.masked_fill(hidden, -math.inf)
        elif self.causal:
            fit = fit.masked_fill(later(keys.shape[1], keys.device), -math.inf)
        weights = fit.softmax(dim=-1)
        self.last_weights = weights.detach()
        found: Tensor = weights @ (keys if values is None else values)
        return found[:, 0] if single else found


class MultiHeadAttention(nn.MultiheadAttention):
    """torch's own, batch first, of one sequence or of two."""

    last_weights: Tensor | None = None
    """(n, heads, queries, keys)."""

    def __init__(self, size: int, heads: int, causal: bool) -> None:
        super().__init__(size, heads, batch_first=True)
        self.causal = causal

    def forward(  # type: ignore[override]
        self, query: Tensor, memory: Tensor | None = None, hidden: Tensor | None = None
    ) -> Tensor:
        """hidden: as Attention's."""
        memory = query if memory is None else memory
        mask = later(query.shape[1], query.device) if self.causal else None
        if hidden is not None:
            mask = hidden.repeat_interleave(self.num_heads, 0)
        found, weights = super().forward(query, memory, memory, attn_mask=mask, average_attn_weights=False)
        assert weights is not None
        self.last_weights = weights.detach()
        return found


class AdditiveAttention(nn.Module):
    """Σⱼ αⱼ mⱼ with α = softmax(v · tanh(W q + U m))."""

    last_weights: Tensor | None = None

    def __init__(self, query: int, memory: int, units: int) -> None:
        super().__init__()
        self.of_query = nn.Linear(query, units, bias=False)
        self.of_memory = nn.Linear(memory, units, bias=False)
        self.judge = nn.Linear(units, 1, bias=False)

    def forward(self, query: Tensor, memory: Tensor, hidden: Tensor | None = None) -> Tensor:
        """hidden: as Attention's."""
        single = query.dim() == 2
        asked = query[:, None] if single else query
        compared = torch.tanh(self.of_query(asked)[:, :, None] + self.of_memory(memory)[:, None])
        fit = self.judge(compared)[..., 0]
        weights = (fit if hidden is None else fit.masked_fill(hidden, -math.inf)).softmax(dim=-1)
        self.last_weights = weights.detach()
        found: Tensor = weights @ memory
        return found[:, 0] if single else found


def whole(codes: Tensor, count: int) -> Tensor:
    """Codes (n, steps) or (n, steps, 1) as whole numbers from 0 to count − 1; what is no number is 0."""
    flat = codes[..., 0] if codes.dim() == 3 else codes
    return flat.nan_to_num(0).round().clamp(0, count - 1).long()


class Embedding(nn.Embedding):
    """A vector a code."""

    def forward(self, codes: Tensor) -> Tensor:
        return super().forward(whole(codes, self.num_embeddings))


class OneHot(nn.Module):
    """A place a code."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.symbols = symbols

    def forward(self, codes: Tensor) -> Tensor:
        return F.one_hot(whole(codes, self.symbols), self.symbols).float()


class PositionalEncoding(nn.Module):
    """Waves added to each step."""

    waves: Tensor

    def __init__(self, steps: int, size: int) -> None:
        super().__init__()
        places = torch.arange(steps, dtype=torch.float32)[:, None]
        features = torch.arange(size)
        angles = places / 10_000 ** (2 * (features // 2) / size)
        self.register_buffer("waves", torch.where(features % 2 == 0, angles.sin(), angles.cos()), persistent=False)

    def forward(self, steps: Tensor) -> Tensor:
        return steps + self.waves

"""Modules that turn codes of words or characters into vectors. Codes come as floats, like all data.

Which layers there are is in playground.layers.text.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Codes(nn.Embedding):
    """torch's Embedding of codes (n, steps) or (n, steps, 1) -> (n, steps, size)."""

    def forward(self, codes: Tensor) -> Tensor:
        return super().forward(whole(codes, self.num_embeddings))


class OneHot(nn.Module):
    """A 1 at each code's place: (n, steps) or (n, steps, 1) -> (n, steps, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, codes: Tensor) -> Tensor:
        return nn.functional.one_hot(whole(codes, self.classes), self.classes).to(codes.dtype)


class Positions(nn.Module):
    """Adds waves that tell the steps apart: (n, steps, features) unchanged in shape.

    Feature 2i is sin(t / 10000^(2i / features)), feature 2i + 1 its cosine, t counted from 0.
    Source: Vaswani et al. 2017, section 3.5.
    """

    waves: Tensor

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        time = torch.arange(steps, dtype=torch.float64).unsqueeze(1)
        slower = 10_000 ** (-torch.arange(0, features, 2, dtype=torch.float64) / features)
        waves = torch.empty(steps, features)
        waves[:, 0::2] = torch.sin(time * slower)
        waves[:, 1::2] = torch.cos(time * slower)[:, : features // 2]
        self.register_buffer("waves", waves, persistent=False)

    def forward(self, steps: Tensor) -> Tensor:
        return steps + self.waves


def whole(codes: Tensor, count: int) -> Tensor:
    """Codes (n, steps) as whole numbers from 0 to count − 1: rounded, what lies outside at the nearest end."""
    flat = codes.squeeze(2) if codes.dim() == 3 else codes
    return flat.nan_to_num(0).clamp(0, count - 1).round().long()

"""Attention against torch's own, and by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from playground.engine.attention import AdditiveAttention, Attention, MultiHeadAttention, PositionalEncoding


def test_scaled_attention_equals_torchs() -> None:
    q, k, v = torch.randn(2, 4, 6), torch.randn(2, 5, 6), torch.randn(2, 5, 3)

    assert torch.allclose(Attention(True, False)(q, k, v), F.scaled_dot_product_attention(q, k, v), atol=1e-6)


def test_causal_attention_equals_torchs_and_looks_at_nothing_later() -> None:
    x = torch.randn(2, 5, 6)
    module = Attention(True, True)

    assert torch.allclose(module(x, x), F.scaled_dot_product_attention(x, x, x, is_causal=True), atol=1e-6)
    assert module.last_weights is not None
    assert float(module.last_weights.triu(1).abs().max()) == 0


def test_unscaled_attention_of_one_vector_is_a_weighted_mean() -> None:
    keys = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    found = Attention(False, False)(torch.tensor([[2.0, 0.0]]), keys)
    weight = torch.tensor([2.0, 0.0]).softmax(0)

    assert torch.allclose(found, weight[None])


def test_many_heads_equal_torchs_with_its_weights() -> None:
    module, x, memory = MultiHeadAttention(6, 3, False), torch.randn(2, 4, 6), torch.randn(2, 5, 6)
    theirs = nn.MultiheadAttention(6, 3, batch_first=True)
    theirs.load_state_dict(module.state_dict())

    assert torch.allclose(module(x, memory), theirs(x, memory, memory)[0], atol=1e-6)


def test_additive_attention_is_bahdanaus_formula() -> None:
    module = AdditiveAttention(3, 4, 5)
    query, memory = torch.randn(1, 3), torch.randn(1, 6, 4)
    w, u, v = module.of_query.weight, module.of_memory.weight, module.judge.weight[0]
    energies = torch.stack([v @ torch.tanh(w @ query[0] + u @ memory[0, j]) for j in range(6)])

    assert torch.allclose(module(query, memory)[0], energies.softmax(0) @ memory[0], atol=1e-6)


def test_the_positional_waves_are_those_of_the_paper() -> None:
    waves = PositionalEncoding(7, 4)(torch.zeros(1, 7, 4))[0]

    three = torch.tensor([3.0, 0.03])
    wanted = torch.stack([three.sin(), three.cos()], dim=1).flatten()

    assert torch.allclose(waves[3], wanted)

"""Attention computes what its papers write down, and keeps its weights to be looked at."""

from __future__ import annotations

from math import sqrt

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from playground.engine.modules import make
from playground.layers.attention import AdditiveAttention, Attention, MultiHeadAttention
from playground.layers.layer import Layer
from playground.layers.shape import Shape, ShapeProblem


def made(layer: Layer, *inputs: Tensor) -> nn.Module:
    """The module for such inputs, with weights drawn from a fixed seed."""
    torch.manual_seed(0)
    call = layer.torch(*shapes(*inputs))
    assert call is not None
    return make(call).eval()


def shapes(*inputs: Tensor) -> list[Shape]:
    return [Shape(tuple(given.shape[1:])) for given in inputs]


def three() -> tuple[Tensor, Tensor, Tensor]:
    """Queries (2, 4, 6), keys (2, 5, 6) and values (2, 5, 3)."""
    torch.manual_seed(1)
    return torch.randn(2, 4, 6), torch.randn(2, 5, 6), torch.randn(2, 5, 3)


@pytest.mark.parametrize("scaled", [False, True])
def test_attention_is_the_mean_of_the_values_weighed_by_the_softmax_of_the_dot_products(scaled: bool) -> None:
    query, keys, values = three()
    module = made(Attention(scaled=scaled), query, keys, values)

    given = module(query, keys, values)

    scores = torch.einsum("nqd,nkd->nqk", query, keys) / (sqrt(6) if scaled else 1)
    weights = scores.exp() / scores.exp().sum(2, keepdim=True)
    assert torch.allclose(given, torch.einsum("nqk,nkv->nqv", weights, values), atol=1e-6)
    assert torch.allclose(module.last_weights, weights, atol=1e-6)
    assert torch.equal(module(query, keys), module(query, keys, keys))


@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_without_a_memory_is_torchs_self_attention(causal: bool) -> None:
    steps = torch.randn(2, 5, 6)
    module = made(MultiHeadAttention(heads=3, causal=causal), steps)
    reference = nn.MultiheadAttention(6, 3, batch_first=True)
    reference.load_state_dict(module.state_dict())
    mask = nn.Transformer.generate_square_subsequent_mask(5) if causal else None

    wanted = reference(steps, steps, steps, attn_mask=mask)[0]

    assert torch.allclose(module(steps), wanted, atol=1e-6)
    with torch.no_grad():
        assert torch.allclose(module(steps), wanted, atol=1e-6)
    assert module.last_weights.shape == (2, 3, 5, 5)


@pytest.mark.parametrize("layer", [Attention(causal=True), MultiHeadAttention(heads=2, causal=True)])
def test_what_is_causal_does_not_see_later_steps(layer: Layer) -> None:
    steps = torch.randn(2, 5, 6)
    inputs = (steps, steps) if isinstance(layer, Attention) else (steps,)
    module = made(layer, *inputs)
    before = module(*inputs)

    changed = torch.cat((steps[:, :3], torch.randn(2, 2, 6)), 1)
    after = module(*((changed, changed) if isinstance(layer, Attention) else (changed,)))

    assert torch.allclose(before[:, :3], after[:, :3], atol=1e-6)
    assert not torch.allclose(before[:, 3:], after[:, 3:], atol=1e-3)
    assert module.last_weights.triu(1).abs().max() == 0


@pytest.mark.parametrize(
    ("layer", "dims"),
    [
        (Attention(), [(4, 6), (5, 6), (5, 3)]),
        (Attention(), [(6,), (5, 6)]),
        (AdditiveAttention(units=4), [(4, 7), (5, 6)]),
        (AdditiveAttention(units=4), [(7,), (5, 6)]),
        (MultiHeadAttention(heads=3), [(4, 6)]),
        (MultiHeadAttention(heads=3), [(4, 6), (5, 6)]),
    ],
)
def test_shapes_and_costs_hold_with_every_set_of_inputs(layer: Layer, dims: list[tuple[int, ...]]) -> None:
    inputs = [torch.randn(1, *side) for side in dims]
    module = made(layer, *inputs)
    with FlopCounterMode(display=False) as counter:
        given = module(*inputs)

    assert tuple(given.shape[1:]) == layer.infer(*shapes(*inputs)).dims
    assert sum(weights.numel() for weights in module.parameters()) == layer.parameters(*shapes(*inputs))
    assert counter.get_total_flops() == 2 * layer.multiply_adds(*shapes(*inputs))
    assert torch.allclose(module.last_weights.sum(-1), torch.ones(()), atol=1e-5)
    assert not module.last_weights.requires_grad


def test_multi_head_attention_of_512_features_has_as_many_weights_as_vaswani_write() -> None:
    layer = MultiHeadAttention(heads=8)

    assert layer.parameters(Shape((10, 512))) == 4 * 512 * 512 + 4 * 512


@pytest.mark.parametrize(
    ("layer", "dims", "text", "repairs"),
    [
        (
            Attention(),
            [(4, 6), (5, 8)],
            "Attention compares queries of 6 features with keys of 8. Bring them to one size.",
            ["Insert Dense 8 for the queries", "Insert Dense 6 for the keys"],
        ),
        (
            Attention(causal=True),
            [(4, 6), (5, 6)],
            "Causal attention needs as many queries as keys. Turn causal off, or let a sequence look at itself.",
            ["Turn causal off"],
        ),
        (
            Attention(),
            [(4, 6), (5, 6), (4, 6)],
            "Attention has 5 keys for 4 values. Give it one key a value.",
            [],
        ),
        (
            AdditiveAttention(),
            [(4, 6), (64,)],
            "Additive attention needs a sequence for its memory, but gets a vector of 64.",
            ["Return the whole sequence"],
        ),
        (
            AdditiveAttention(),
            [(3, 8, 8), (5, 6)],
            "Attention needs a vector or a sequence to ask with, but gets 8×8×3.",
            [],
        ),
        (
            MultiHeadAttention(heads=4),
            [(5, 6)],
            "6 features cannot be divided among 4 heads. Take a number that divides them.",
            ["Set heads to 3"],
        ),
        (
            MultiHeadAttention(heads=2),
            [(5, 6), (5, 8)],
            "Multi-head attention needs a memory of 6 features, but gets 8.",
            ["Insert Dense 6 for the memory"],
        ),
        (
            MultiHeadAttention(heads=1),
            [(6,)],
            "Multi-head attention needs a sequence for its queries, but gets a vector of 6.",
            ["Return the whole sequence"],
        ),
    ],
)
def test_a_misfit_is_told_with_ways_out(
    layer: Layer, dims: list[tuple[int, ...]], text: str, repairs: list[str]
) -> None:
    with pytest.raises(ShapeProblem) as caught:
        layer.infer(*(Shape(sides) for sides in dims))

    assert str(caught.value) == text
    assert [repair.label for repair in caught.value.repairs] == repairs

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
def test_scaled_attention_equals_torchs_own(causal: bool) -> None:
    query, keys, values = torch.randn(3, 2, 5, 6)
    wanted = nn.functional.scaled_dot_product_attention(query, keys, values, is_causal=causal)

    assert torch.allclose(made(Attention(causal=causal), query, keys)(query, keys, values), wanted, atol=1e-6)


def test_additive_attention_is_bahdanaus_alignment() -> None:
    query, keys, values = three()
    module = made(AdditiveAttention(size=4), query, keys, values)
    wide = {name: weights for name, weights in module.named_parameters()}

    given = module(query, keys, values)

    for example in range(2):
        for step in range(4):
            scores = torch.stack(
                [
                    wide["score.weight"][0]
                    @ torch.tanh(wide["query.weight"] @ query[example, step] + wide["key.weight"] @ key)
                    for key in keys[example]
                ]
            )
            assert torch.allclose(given[example, step], scores.softmax(0) @ values[example], atol=1e-6)


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
        (AdditiveAttention(size=4), [(4, 7), (5, 6), (5, 3)]),
        (AdditiveAttention(size=4), [(7,), (5, 6)]),
        (MultiHeadAttention(heads=3), [(4, 6)]),
        (MultiHeadAttention(heads=3), [(4, 6), (5, 6)]),
        (MultiHeadAttention(heads=3), [(4, 6), (5, 8)]),
        (MultiHeadAttention(heads=3), [(6,), (5, 8)]),
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
            "Attention compares query and keys number by number, but the query has 6 features and the keys have 8. "
            "Put a Dense layer before one of them.",
            ["Insert Dense 8", "Insert Dense 6"],
        ),
        (
            Attention(causal=True),
            [(4, 6), (5, 6)],
            "Causal attention needs as many queries as keys, but gets 4 and 5. "
            "Let all steps be seen, or feed both from the same sequence.",
            ["Let all steps be seen"],
        ),
        (
            Attention(),
            [(4, 6), (5, 6), (4, 6)],
            "Attention needs one value for each key, but gets 5 keys and 4 values. "
            "Feed both from the same sequence, or leave the values empty.",
            [],
        ),
        (
            AdditiveAttention(),
            [(4, 6), (64,)],
            "Additive attention looks at the steps of a sequence, but gets a vector of 64 as keys. "
            "Feed it a recurrent layer that returns the whole sequence, or other data with steps.",
            ["Return the whole sequence"],
        ),
        (
            AdditiveAttention(),
            [(3, 8, 8), (5, 6)],
            "Additive attention needs a sequence or a vector as query, but gets 8×8×3.",
            ["Insert Flatten"],
        ),
        (
            MultiHeadAttention(heads=4),
            [(5, 6)],
            "Multi-head attention divides the features among its heads, but 6 features do not divide by 4. "
            "Use 3 heads, or 8 features.",
            ["Set heads to 3", "Insert Dense 8"],
        ),
        (
            MultiHeadAttention(heads=1),
            [(6,)],
            "Multi-head attention looks at the steps of a sequence, but gets a vector of 6 as query. "
            "Feed it a recurrent layer that returns the whole sequence, or other data with steps.",
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

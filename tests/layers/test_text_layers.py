"""Layers for text: codes become vectors, and steps get a mark of where they stand."""

from __future__ import annotations

from math import cos, sin

import pytest
import torch
from torch import nn

from playground.engine.modules import make
from playground.layers.layer import Layer
from playground.layers.shape import Shape, ShapeProblem
from playground.layers.text import Embedding, OneHot, PositionalEncoding

CODES = torch.tensor([[0.0, 2.0, 6.0], [2.4, 1.6, 3.0]])
WHOLE = [[0, 2, 6], [2, 2, 3]]


def made(layer: Layer, dims: tuple[int, ...]) -> nn.Module:
    call = layer.torch(Shape(dims))
    assert call is not None
    return make(call)


def test_an_embedding_gives_the_row_of_each_code() -> None:
    module = made(Embedding(vocabulary=7, size=4), (3,))
    table = dict(module.named_parameters())["weight"]

    assert torch.equal(module(CODES), table[torch.tensor(WHOLE)])
    assert torch.equal(module(CODES.unsqueeze(2)), module(CODES))


def test_one_hot_has_a_one_at_the_code() -> None:
    given = made(OneHot(symbols=7), (3,))(CODES)

    assert given.dtype == torch.float32
    assert given.argmax(2).tolist() == WHOLE
    assert given.sum(2).tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize("layer", [Embedding(vocabulary=7), OneHot(symbols=7)])
def test_a_code_outside_counts_as_the_nearest_inside(layer: Layer) -> None:
    module = made(layer, (4,))
    far = torch.tensor([[-3.0, 7.0, float("inf"), float("nan")]])

    assert torch.equal(module(far), module(torch.tensor([[0.0, 6.0, 6.0, 0.0]])))


def test_the_vector_of_padding_stays_zero_through_training() -> None:
    module = made(Embedding(vocabulary=7, size=4, padding=True), (3,))
    optimiser = torch.optim.SGD(module.parameters(), lr=1)

    module(CODES).sum().backward()
    optimiser.step()

    assert module(torch.zeros(1, 1)).tolist() == [[[0.0] * 4]]


@pytest.mark.parametrize("features", [6, 7, 1])
def test_positional_encoding_adds_vaswanis_waves(features: int) -> None:
    module = made(PositionalEncoding(), (50, features))

    given = module(torch.zeros(1, 50, features))[0]

    for step in (0, 1, 49):
        for i in range(features):
            angle = step / 10_000 ** ((i - i % 2) / features)
            assert given[step, i] == pytest.approx(sin(angle) if i % 2 == 0 else cos(angle), abs=1e-6)
    assert not module.state_dict()  # nothing to learn, nothing to keep in a file


@pytest.mark.parametrize(
    ("layer", "dims", "text"),
    [
        (Embedding(), (20, 3), "Embedding needs codes, one number a step, but gets a sequence of 20 steps × 3."),
        (OneHot(), (1, 8, 8), "One-hot needs codes, one number a step, but gets 8×8×1."),
        (PositionalEncoding(), (64,), "Positional encoding needs a sequence, but gets a vector of 64."),
    ],
)
def test_a_misfit_is_told_in_one_sentence_with_its_numbers(layer: Layer, dims: tuple[int, ...], text: str) -> None:
    with pytest.raises(ShapeProblem) as caught:
        layer.infer(Shape(dims))

    assert str(caught.value) == text

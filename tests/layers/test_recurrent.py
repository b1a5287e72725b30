"""Stacked and two-way recurrent layers: their state as one vector, what they pass on, what they cost."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from playground.engine.modules import make
from playground.layers import LAYERS
from playground.layers.recurrent import GRU, LSTM, RNN
from playground.layers.shape import Shape, ShapeProblem

KINDS = (RNN, LSTM, GRU)
Kind = type[RNN] | type[LSTM] | type[GRU]
STEPS = Shape((6, 3))


def given(layer: RNN | LSTM | GRU, steps: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """All states, the final flat state, and what is passed on, with weights drawn from a fixed seed."""
    torch.manual_seed(0)
    shape = Shape(tuple(steps.shape[1:]))
    call = layer.torch(shape)
    module = make(call).eval()
    states, last = module(steps, state)
    return states, last, make(call.then[0])((states, last))


def test_a_two_layer_lstm_of_512_units_on_300_features_has_3768320_parameters() -> None:
    layer = LSTM(units=512, layers=2)

    assert layer.parameters(Shape((10, 300))) == 3_768_320
    assert sum(weights.numel() for weights in make(layer.torch(Shape((10, 300)))).parameters()) == 3_768_320


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "both"), [(1, False), (2, False), (1, True), (3, True)])
def test_going_on_from_the_final_state_is_the_same_as_reading_all_at_once(kind: Kind, layers: int, both: bool) -> None:
    layer = kind(units=4, layers=layers, bidirectional=both)
    steps = torch.randn(2, 6, 3)
    _, between, _ = given(layer, steps[:, :4])
    assert Shape(tuple(between.shape[1:])) == layer.final_state()
    assert layer.infer(STEPS, layer.final_state()) == layer.infer(STEPS)

    _, _, went_on = given(layer, steps[:, 4:], between)
    _, _, at_once = given(layer, steps)

    assert torch.allclose(went_on, at_once, atol=1e-6) is not both  # the other direction would have to begin at the end


@pytest.mark.parametrize("kind", KINDS)
def test_an_initial_state_of_zeros_changes_nothing(kind: Kind) -> None:
    layer = kind(units=4, layers=2, bidirectional=True)
    steps = torch.randn(2, 6, 3)

    without, with_zeros = given(layer, steps), given(layer, steps, torch.zeros(2, *layer.final_state().dims))

    assert all(torch.equal(one, other) for one, other in zip(without, with_zeros, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_last_is_where_each_direction_ends(kind: Kind) -> None:
    states, _, last = given(kind(units=4, layers=2, bidirectional=True), torch.randn(2, 6, 3))

    assert torch.equal(last, torch.cat((states[:, -1, :4], states[:, 0, 4:]), 1))
    states, _, last = given(kind(units=4, layers=2), torch.randn(2, 6, 3))
    assert torch.equal(last, states[:, -1])


def test_an_lstm_takes_h_alone_and_begins_its_memory_at_zero() -> None:
    layer, steps, h = LSTM(units=4, layers=2), torch.randn(2, 6, 3), torch.randn(2, 8)

    assert layer.infer(STEPS, Shape((8,))) == Shape((4,))
    alone, whole = given(layer, steps, h), given(layer, steps, torch.cat((h, torch.zeros(2, 8)), 1))

    assert torch.equal(alone[2], whole[2])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("returns", ["last", "sequence", "state"])
def test_what_is_passed_on_has_the_declared_shape(kind: Kind, returns: str) -> None:
    layer = LAYERS[kind.__name__].model_validate({"units": 4, "layers": 2, "bidirectional": True, "returns": returns})
    assert isinstance(layer, RNN | LSTM | GRU)

    assert tuple(given(layer, torch.randn(2, 6, 3))[2].shape[1:]) == layer.infer(STEPS).dims


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_works_between_layers_only_and_only_in_training(kind: Kind) -> None:
    stacked = make(kind(units=16, layers=2, dropout=0.5).torch(STEPS))
    single = make(kind(units=16, dropout=0.5).torch(STEPS))
    steps = torch.randn(2, 6, 3)

    assert not torch.equal(stacked(steps)[0], stacked(steps)[0])
    assert torch.equal(single(steps)[0], single(steps)[0])
    stacked.eval()
    assert torch.equal(stacked(steps)[0], stacked(steps)[0])


@pytest.mark.parametrize(
    ("layer", "state", "text", "repairs"),
    [
        (
            GRU(units=32),
            (64,),
            "GRU needs an initial state of 32 numbers, but gets a vector of 64. "
            "Put a Dense layer before it, or give it other units.",
            ["Insert Dense 32", "Set units to 64"],
        ),
        (
            LSTM(units=32, layers=2),
            (100,),
            "LSTM needs an initial state of 128 or 64 numbers, but gets a vector of 100. "
            "Put a Dense layer before it, or give it other units.",
            ["Insert Dense 128", "Set units to 25"],
        ),
        (
            LSTM(units=32),
            (33,),
            "LSTM needs an initial state of 64 or 32 numbers, but gets a vector of 33. "
            "Put a Dense layer before it, or give it other units.",
            ["Insert Dense 64"],
        ),
        (
            RNN(units=8),
            (4, 2),
            "RNN needs an initial state of 8 numbers, but gets a sequence of 4 steps × 2. Make a vector of it first.",
            ["Insert Flatten"],
        ),
    ],
)
def test_a_state_of_the_wrong_size_is_told_with_ways_out(
    layer: RNN | LSTM | GRU, state: tuple[int, ...], text: str, repairs: list[str]
) -> None:
    with pytest.raises(ShapeProblem) as caught:
        layer.infer(STEPS, Shape(state))

    assert str(caught.value) == text
    assert [repair.label for repair in caught.value.repairs] == repairs
    for repair in caught.value.repairs:
        if repair.action == "set":
            changed = layer.with_settings(**dict(repair.settings))
            changed.infer(STEPS, Shape(state))
        else:
            assert repair.edge == 1


def test_files_from_before_there_were_stacked_layers_read_as_they_were() -> None:
    layer = LSTM.model_validate({"units": 32, "returns": "sequence"})

    assert (layer.layers, layer.bidirectional, layer.dropout) == (1, False, 0)
    assert LSTM.needed_ports() == ("steps",)
    assert (layer.heading, layer.summary) == ("LSTM 32", "whole sequence")
    assert GRU(units=8, layers=2, bidirectional=True).heading == "GRU 8 × 2"
    assert GRU(units=8, bidirectional=True).summary == "last state, both directions"

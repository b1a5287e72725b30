"""One conformance run over all layers: each declaration tells the truth about what torch computes."""

from __future__ import annotations

import json
from inspect import getdoc

import pytest
import torch
from pydantic import ValidationError
from torch.utils.flop_counter import FlopCounterMode

from playground.engine.compile import build
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.layers import FAMILIES, LAYERS
from playground.layers.layer import Layer, read_layer
from playground.layers.recurrent import GRU, LSTM, RNN
from playground.layers.refusal import refusal
from tests.layers.cases import CASES, asked_with, inputs_of, name_of, network_with

every_case = pytest.mark.parametrize(("layer", "dims"), CASES, ids=name_of)
every_type = pytest.mark.parametrize("cls", LAYERS.values(), ids=list(LAYERS))
FITTING = {
    ("shares", "nonsense"), ("factor", "-1"), ("low", "-1"), ("bias", "-1"), ("bias", "None"),
}  # fmt: skip
"""Values among the wrong ones that are right for such a setting."""


def test_every_layer_has_a_case() -> None:
    assert {layer.type for layer, _ in CASES} == set(LAYERS)


@every_case
def test_the_shape_rule_equals_torch(layer: Layer, dims: tuple[int, ...]) -> None:
    network = build(network_with(layer, dims)).eval()
    wanted = "it" if layer.gives_output else "begin"

    given = network.activations(torch.randn(2, *dims), (wanted,))[wanted]

    assert tuple(given.shape[1:]) == layer.infer(*inputs_of(layer, dims)).dims


@every_case
def test_the_parameters_equal_torch(layer: Layer, dims: tuple[int, ...]) -> None:
    network = build(network_with(layer, dims))

    trained = sum(values.numel() for name, values in network.named_parameters() if name.split(".")[0] == "it")

    assert layer.parameters(*asked_with(layer, dims)) == trained


@every_case
def test_the_multiply_adds_equal_torch(layer: Layer, dims: tuple[int, ...]) -> None:
    if isinstance(layer, RNN | LSTM | GRU):  # fused on the CPU, where torch cannot count: counted by the cell instead
        counted = _counted_by_cell(layer, dims)
        assert layer.multiply_adds(*inputs_of(layer, dims)) == counted
        return
    graph = network_with(layer, dims)
    network = build(graph).eval()
    with FlopCounterMode(display=False) as counter:
        network(torch.randn(1, *dims))

    assert 2 * total(costs(graph, check(graph))).multiply_adds == counter.get_total_flops()


@every_case
def test_the_file_round_trip_is_exact(layer: Layer, dims: tuple[int, ...]) -> None:
    written = json.dumps(layer.settings)

    assert read_layer(layer.type, json.loads(written)) == layer


@every_case
def test_a_card_can_show_it(layer: Layer, dims: tuple[int, ...]) -> None:
    assert 0 < len(layer.heading) <= 20
    assert len(layer.summary) <= 40


@every_type
def test_it_is_documented(cls: type[Layer]) -> None:
    manual = getdoc(cls) or ""

    assert "Shapes: " in manual
    assert "Source: " in manual
    assert cls.type_title
    assert cls.family in FAMILIES
    for name, field in cls.model_fields.items():
        assert field.title, name
        assert str(field.description).endswith("."), name


@every_type
def test_settings_out_of_range_are_refused_with_a_sentence(cls: type[Layer]) -> None:
    for name in cls.model_fields:
        for value in (-1, 10**12, float("nan"), float("inf"), "nonsense", None, [], {"a": 1}, [10**9] * 3, "9" * 5000):
            if (name, str(value)) in FITTING:
                continue
            with pytest.raises(ValidationError) as caught:
                cls.model_validate({name: value})

            sentence = refusal(cls, caught.value)
            assert sentence.endswith("."), sentence
            assert len(sentence) < 240


@every_type
def test_an_unknown_setting_is_refused_with_those_there_are(cls: type[Layer]) -> None:
    with pytest.raises(ValidationError) as caught:
        cls.model_validate({"colour": "red"})

    known = ", ".join(cls.model_fields) or "none"
    assert refusal(cls, caught.value) == f"There is no setting “colour”. Settings here: {known}."


def _counted_by_cell(layer: Layer, dims: tuple[int, ...]) -> int:
    """Multiply-adds of one step by torch's own cells, one for each layer and direction, times the steps."""
    assert isinstance(layer, RNN | LSTM | GRU)
    directions = 2 if layer.bidirectional else 1
    counted, read = 0, dims[1]
    for _ in range(layer.layers):
        cell = getattr(torch.nn, f"{layer.type}Cell")(read, layer.units)
        with FlopCounterMode(display=False) as counter:
            cell(torch.randn(1, read))
        counted += int(counter.get_total_flops()) // 2 * dims[0] * directions
        read = layer.units * directions
    return counted

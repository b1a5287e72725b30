"""Recurrent layers give what Keras' own tests expect, under the same weights.

The figures are in the folder PLAYGROUND_TEST_REFERENCE, keras_rnn_vectors.json (from keras-team/keras, its
lstm_test.py, gru_test.py and simple_rnn_test.py). Keras keeps weights as (inputs, gates · units), its gates in the
order i, f, c, o and z, r, h; torch keeps (gates · units, inputs), in the order i, f, g, o and r, z, n.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.layers.recurrent import GRU, LSTM, RNN
from tests.layers.recurrent_weights import Floats, loaded, reordered

KERNEL, RECURRENT, BIAS = 0.01, 0.02, 0.03
ORDER = {"LSTM": (0, 1, 2, 3), "GRU": (1, 0, 2), "SimpleRNN": (0,)}
KINDS: dict[str, type[RNN] | type[LSTM] | type[GRU]] = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": RNN}


@pytest.fixture(scope="module")
def vectors(test_reference: Path) -> list[dict[str, Any]]:
    text = (test_reference / "keras_rnn_vectors.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["vectors"]
    return found


@pytest.mark.parametrize("number", range(11))
def test_a_recurrent_layer_gives_what_keras_expects(vectors: list[dict[str, Any]], number: int) -> None:
    vector = vectors[number]
    config = vector["config"]
    if config.get("reset_after") is False:
        pytest.skip("reset_after=False multiplies by r before the matrix: torch's GRU multiplies after it")
    steps, lengths = _examples(vector["input"]), _lengths(config)
    if config.get("go_backwards"):
        steps = steps.flip(1)

    ends = [_last_state(vector["layer"], config, steps[i : i + 1, : lengths.get(i)]) for i in range(len(steps))]

    for end, expected in zip(ends, vector["expected_last_output_every_unit"], strict=True):
        assert torch.allclose(end, torch.full_like(end, expected), atol=1e-6)


def _last_state(name: str, config: dict[str, Any], steps: Tensor) -> Tensor:
    """What the layer ends with after those steps of one example: (1, units)."""
    layer = KINDS[name](units=config["units"])
    module = loaded(layer, steps.shape[2], _weights(name, config, steps.shape[2]))
    states = module(steps)[0]
    assert isinstance(states, Tensor)
    return states[:, -1]


def _weights(name: str, config: dict[str, Any], features: int) -> dict[str, Tensor]:
    order, units = ORDER[name], config["units"]
    wide = len(order) * units
    inputs, recurrent = _biases(name, config, wide)
    return {
        "weight_ih": reordered(np.full((features, wide), KERNEL, np.float32).T, order),
        "weight_hh": reordered(np.full((units, wide), RECURRENT, np.float32).T, order),
        "bias_ih": reordered(inputs, order),
        "bias_hh": reordered(recurrent, order),
    }


def _biases(name: str, config: dict[str, Any], wide: int) -> tuple[Floats, Floats]:
    """Keras has two biases only in a GRU that resets after; an LSTM's forget gate begins at 1."""
    nothing = np.zeros(wide, np.float32)
    if config.get("use_bias") is False:
        return nothing, nothing
    bias = np.full(wide, BIAS, np.float32)
    if name == "GRU":
        return bias, bias
    if name == "LSTM" and config.get("unit_forget_bias", True):
        bias[config["units"] : 2 * config["units"]] = 1
    return bias, nothing


def _examples(described: str) -> Tensor:
    """Such as "arange(72).reshape(3,6,4) float32"."""
    count, *sides = map(int, re.findall(r"\d+", described.removesuffix("float32")))
    return torch.arange(count, dtype=torch.float32).reshape(sides)


def _lengths(config: dict[str, Any]) -> dict[int, int]:
    """Steps of each example before its mask ends it."""
    return {number: sum(mask) for number, mask in enumerate(config.get("mask", []))}

"""Recurrent layers give what the ONNX backend tests expect of RNN, LSTM and GRU.

They are in the folder PLAYGROUND_TEST_DATA, onnx/node. ONNX orders an LSTM's gates i, o, f, c and a GRU's z, r, h;
torch i, f, g, o and r, z, n. With linear_before_reset=0 a GRU is torch's only while its state is 0, at the first step.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.layers.recurrent import GRU, LSTM, RNN
from tests.layers.recurrent_weights import Floats, loaded, reordered
from tests.onnx_files import OnnxCase, read_case

ORDER = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
KINDS: dict[str, type[RNN] | type[LSTM] | type[GRU]] = {"LSTM": LSTM, "GRU": GRU, "RNN": RNN}
CASES = (
    "test_gru_batchwise",
    "test_gru_defaults",
    "test_gru_seq_length",
    "test_gru_with_initial_bias",
    "test_lstm_batchwise",
    "test_lstm_defaults",
    "test_lstm_with_initial_bias",
    "test_lstm_with_peepholes",
    "test_rnn_seq_length",
    "test_simple_rnn_batchwise",
    "test_simple_rnn_defaults",
    "test_simple_rnn_with_initial_bias",
)
OTHERWISE = {
    "test_gru_seq_length": "linear_before_reset=0 over two steps: torch's GRU multiplies by r after the matrix",
    "test_lstm_with_peepholes": "gates that see the memory cell: torch's LSTM has no peepholes",
}


@pytest.mark.parametrize("name", CASES)
def test_a_recurrent_layer_gives_what_onnx_expects(test_data: Path, name: str) -> None:
    if name in OTHERWISE:
        pytest.skip(OTHERWISE[name])
    case = read_case(test_data / "onnx" / "node" / name)
    attributes = case.node.attributes
    steps = torch.tensor(case.given(0))
    if not attributes.get("layout", 0):  # (steps, n, features)
        steps = steps.transpose(0, 1)
    layer = KINDS[case.node.op](units=attributes["hidden_size"])

    states, last = loaded(layer, steps.shape[2], _weights(case))(steps)

    wanted = torch.tensor(case.wanted(1)).reshape(len(steps), layer.units)
    assert torch.allclose(last[:, : layer.units], wanted, atol=1e-6)
    if case.node.outputs[0]:
        assert torch.allclose(states, torch.tensor(case.wanted()).reshape(states.shape), atol=1e-6)


def _weights(case: OnnxCase) -> dict[str, Tensor]:
    order = ORDER[case.node.op]
    biases = case.given(3)
    wide = len(order) * int(case.node.attributes["hidden_size"])
    both: Floats = np.zeros(2 * wide, np.float32) if biases is None else biases[0]
    return {
        "weight_ih": reordered(_first(case, 1), order),
        "weight_hh": reordered(_first(case, 2), order),
        "bias_ih": reordered(both[:wide], order),
        "bias_hh": reordered(both[wide:], order),
    }


def _first(case: OnnxCase, index: int) -> Floats:
    """The weights of the only direction."""
    given = case.given(index)
    assert given is not None
    rows: Floats = given[0]
    return rows

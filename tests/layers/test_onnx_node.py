"""The layers against ONNX's backend node tests: what an operator gives there, the layer with its settings gives here.

Every folder is either run or skipped with a reason. How operators become layers is in onnx_operators.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.engine.modules import make
from playground.layers.shape import Shape
from tests.layers.onnx_operators import Skipped, layer_for
from tests.onnx_files import OnnxCase, read_case

FOLDER = Path(os.environ.get("PLAYGROUND_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "onnx" / "node"
NAMES = sorted(path.name for path in FOLDER.glob("test_*")) if FOLDER.is_dir() else []

REASONS = {
    "test_gru": "in test_onnx_recurrent.py",
    "test_lstm": "in test_onnx_recurrent.py",
    "test_rnn": "in test_onnx_recurrent.py",
    "test_simple_rnn": "in test_onnx_recurrent.py",
    "test_gather": "picks by indices that are data: no layer does",
    "test_identity": "nothing is computed",
    "test_nllloss": "a loss, not a layer",
    "test_sce": "a loss, not a layer",
    "test_training_dropout": "random by ONNX's own generator",
    "test_averagepool_3d": "volumes are no shape here",
    "test_maxpool_3d": "volumes are no shape here",
    "test_convtranspose_3d": "volumes are no shape here",
    "test_averagepool_2d_dilations": "poolings have no dilation",
    "test_maxpool_2d_dilations": "poolings have no dilation",
}
"""Why folders whose names begin so are not run. Reasons that depend on settings are in onnx_operators.py."""

FOUR_DIGITS = ("test_averagepool_2d_ceil_last_window_starts_on_pad",)
"""Folders whose wanted values are written with four digits only."""


def reason_for(name: str) -> str:
    """Why that folder is not run; empty where it is."""
    return next((reason for start, reason in REASONS.items() if name.startswith(start)), "")


def test_every_reason_still_has_a_folder(test_data: Path) -> None:
    names = [path.name for path in (test_data / "onnx" / "node").iterdir()]

    assert [start for start in REASONS if not any(name.startswith(start) for name in names)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_layer_gives_what_onnx_says(name: str) -> None:
    if reason := reason_for(name):
        pytest.skip(reason)
    case = read_case(FOLDER / name)
    try:
        matched = layer_for(case)
    except Skipped as skipped:
        pytest.skip(str(skipped))
    shapes = [Shape(tuple(array.shape[1:])) for array in matched.inputs]
    call = matched.layer.torch(*shapes)
    assert call is not None
    module = make(call).train(matched.is_training)
    with torch.no_grad():
        weights = {key: torch.from_numpy(array.copy()) for key, array in matched.weights.items()}
        module.load_state_dict(weights, strict=False)
        given = module(*(torch.from_numpy(array.copy()) for array in matched.inputs))

    wanted = matched.wanted(case.wanted())

    assert tuple(given.shape[1:]) == matched.layer.infer(*shapes).dims
    np.testing.assert_allclose(given.numpy(), wanted, rtol=_tolerance(case), atol=_tolerance(case))
    assert set(matched.weights) <= set(module.state_dict())


def _tolerance(case: OnnxCase) -> float:
    if case.name in FOUR_DIGITS:
        return 3e-4
    return 1e-3 if case.wanted().dtype == np.float16 else 1e-5

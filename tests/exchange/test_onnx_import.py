"""ONNX models become networks of layers that give what the models give; what no layer is stands as a node that says so."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.engine.compile import build
from playground.exchange.onnx_import import Imported, imported
from playground.exchange.onnx_reading import End, Model, model_of
from playground.graph.check import check
from playground.layers.layer import Unknown
from tests.onnx_files import OnnxCase, read_case

FOLDER = Path(os.environ.get("PLAYGROUND_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "onnx" / "node"
NAMES = sorted(path.name for path in FOLDER.glob("test_*")) if FOLDER.is_dir() else []
MERGES = {"Add", "Mul", "Sum", "Max", "Min", "Mean", "Sub", "Div", "Pow", "Concat"}
FOUR_DIGITS = ("test_averagepool_2d_ceil_last_window_starts_on_pad",)


def as_saved(case: OnnxCase, model: Model) -> Model:
    """The folder's model with what a trained network would keep as constants; there all of it flows."""
    flows = set(case.node.inputs if case.node.op in MERGES else case.node.inputs[:1])
    constants = {name: array for name, array in case.inputs.items() if name not in flows}
    ends = tuple(End(name, tuple(case.inputs[name].shape)) for name in dict.fromkeys(case.node.inputs) if name in flows)
    return replace(model, constants={**model.constants, **constants}, inputs=ends, outputs=model.outputs[:1])


def given(found: Imported, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """What the engine's network of it gives."""
    network = build(found.graph).eval()
    own = network.state_dict()
    weights = {name: torch.from_numpy(np.array(value)) for name, value in found.weights.items()}
    assert weights.keys() <= own.keys()
    network.load_state_dict(weights, strict=False)
    values = {}
    for id in network.ends.inputs:
        values[id] = torch.from_numpy(np.asarray(inputs[id], np.float32))
    with torch.no_grad():
        return network.values_of(values)[network.output].numpy()


def outcome(name: str) -> str:
    """ "equal", or why it is not compared."""
    case = read_case(FOLDER / name)
    model = as_saved(case, model_of((FOLDER / name / "model.onnx").read_bytes()))
    found = imported(model, name)
    if found.notes or any(isinstance(layer, Unknown) for layer in found.graph.nodes.values()):
        return found.notes[0]
    names = dict(zip((end.name for end in model.inputs), list(found.graph.nodes), strict=False))
    inputs = {id: case.inputs[end] for end, id in names.items()}
    report = check(found.graph)
    assert report.ok, report.errors[0].text
    wanted = case.wanted()
    tolerance = 3e-4 if name in FOUR_DIGITS else 1e-3 if wanted.dtype == np.float16 else 1e-5
    result = given(found, inputs)
    np.testing.assert_allclose(result.reshape(wanted.shape), wanted, rtol=tolerance, atol=tolerance)
    return "equal"


if __name__ == "__main__":
    import collections, traceback

    c = collections.Counter()
    for name in NAMES:
        try:
            r = outcome(name)
        except Exception as e:
            r = f"{type(e).__name__}: {str(e)[:300]}"
        c[r == "equal"] += 1
        if r != "equal":
            print(name, "|", r.replace("\n", " ")[:260])
    print(c)

"""Every template, written as ONNX and run by onnxruntime, gives what torch gives on its own data."""

from __future__ import annotations

import pytest
import torch

from playground.graph.check import check
from tests.exchange.onnx_models import close, run, written
from tests.exchange.test_every_template_as_code import DEEP, LARGE, QUICK, opened

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
FEW = 12


def compared(name: str) -> None:
    document, examples = opened(name)
    assert check(document.graph).ok
    file, network = written(document.graph)
    inputs = torch.from_numpy(examples.valid.inputs[:FEW].copy())
    targets = examples.valid.targets[:FEW]
    answers = torch.from_numpy(targets).float() if network.ends.reads_answers else None
    given = []
    for layer in network.ends.inputs.values():
        axis = -1 if inputs.dim() < 4 else -3
        columns = inputs.index_select(axis, torch.tensor(layer.chosen)) if layer.chosen else inputs
        given.append(answers if layer.reads == "answers" else columns)

    with torch.no_grad():
        wanted = network(inputs, answers)
    found = run(file, *given)[0]

    assert found.std() > 0
    close(found, wanted)


@pytest.mark.parametrize("name", QUICK)
def test_onnxruntime_gives_what_torch_gives(name: str) -> None:
    compared(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*LARGE, *DEEP])
def test_onnxruntime_gives_what_torch_gives_of_a_large_one(name: str) -> None:
    compared(name)

"""Every layer, written as plain PyTorch, computes what the engine's does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from playground.engine.modules import TABLE
from playground.exchange import layer_code, names
from playground.exchange.python_code import python_code
from playground.layers.layer import LAYERS, Layer
from tests.exchange.written import Description, both, close, drawn
from tests.layers.cases import CASES, name_of, network_with


def is_text(layer: Layer) -> bool:
    return layer.family == "text" or layer.type == "Embedding"


@pytest.mark.parametrize(("layer", "dims"), CASES, ids=name_of)
def test_it_gives_the_same_as_the_engine(layer: Layer, dims: tuple[int, ...], tmp_path: Path) -> None:
    theirs, ours = both(Description(network_with(layer, dims)), tmp_path)
    inputs = drawn(3, *dims).abs() * 3 if is_text(layer) else drawn(3, *dims)

    with torch.no_grad():
        close(ours(inputs), theirs(inputs))


def test_every_call_that_the_engine_knows_can_be_said() -> None:
    known = {f"nn.{name}" for name in layer_code.MODULES} | layer_code.RULES.keys() | layer_code.RECURRENT
    beside = {"expression", "last"}  # said by the formula's method, and with the recurrent layer

    assert TABLE.keys() - known - beside == set()
    assert known - TABLE.keys() == set()


def test_the_cases_are_all_layers() -> None:
    assert {layer.type for layer, _ in CASES} == LAYERS.keys()


def test_no_name_that_torch_modules_have_is_handed_out() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= names.OF_MODULES


def test_the_code_of_every_layer_is_formatted(tmp_path: Path) -> None:
    for at, (layer, dims) in enumerate(CASES):
        (tmp_path / f"case{at}.py").write_text(python_code(Description(network_with(layer, dims))).text)
    for command in (("format", "--check", "--diff"), ("check",)):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--isolated", "--no-cache", str(tmp_path)]
        said = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout

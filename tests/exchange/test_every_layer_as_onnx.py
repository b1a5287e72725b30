"""Every layer, written as ONNX and run by onnxruntime, computes what the engine's does."""

from __future__ import annotations

import pytest
import torch

from playground.engine.modules import TABLE
from playground.exchange.onnx_graph import KNOWN
from playground.layers.layer import Layer
from tests.exchange.onnx_models import close, run, written
from tests.exchange.test_every_layer_as_code import is_text
from tests.exchange.test_odd_graphs_as_code import CASES as ODD
from tests.exchange.written import drawn
from tests.layers.cases import CASES, name_of, network_with

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")


@pytest.mark.parametrize(("layer", "dims"), CASES, ids=name_of)
def test_it_gives_the_same_as_the_engine(layer: Layer, dims: tuple[int, ...]) -> None:
    file, network = written(network_with(layer, dims))
    inputs = drawn(3, *dims).abs() * 3 if is_text(layer) else drawn(3, *dims)

    with torch.no_grad():
        close(run(file, inputs)[0], network(inputs))


@pytest.mark.parametrize("name", ODD)
def test_an_odd_graph_gives_the_same_as_the_engine(name: str) -> None:
    graph, dims = ODD[name]
    file, network = written(graph)
    inputs = drawn(3, *dims)
    given = []
    for layer in network.ends.inputs.values():
        axis = -1 if len(dims) < 3 else -3
        given.append(inputs.index_select(axis, torch.tensor(layer.chosen)) if layer.chosen else inputs)

    with torch.no_grad():
        wanted = network.outputs(inputs)
    main = network.ends.outputs.index(network.ends.output)
    ordered = [wanted[main], *(each for at, each in enumerate(wanted) if at != main)]
    for found, its in zip(run(file, *given), ordered, strict=True):
        close(found, its)


def test_every_call_that_the_engine_knows_can_be_said() -> None:
    beside = {"last", "nn.RNN", "nn.LSTM", "nn.GRU"}  # said by onnx_recurrent

    assert TABLE.keys() - KNOWN.keys() == beside
    assert KNOWN.keys() <= TABLE.keys() | {"hard_sigmoid"}

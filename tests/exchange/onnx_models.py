"""Networks written as ONNX, run by onnxruntime beside the engine's own."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from playground.data.dataset import DataChoice
from playground.engine.compile import Network, build
from playground.exchange.onnx_file import OnnxFile, onnx_file
from playground.graph.check import check
from playground.graph.model import Graph
from tests.exchange.written import Description, shaken


def written(graph: Graph, seed: int = 0, data: str = "spiral") -> tuple[OnnxFile, Network]:
    """The file, and the network it is of, both with weights away from where they begin."""
    network = shaken(build(graph, seed)).eval()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    return onnx_file(Description(graph, data=DataChoice(source=data)), check(graph), weights), network


def run(file: OnnxFile, *inputs: Tensor) -> list[np.ndarray]:
    """What onnxruntime makes of it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(file.content, options, providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(file.inputs, (each.numpy() for each in inputs), strict=True)))


def close(found: np.ndarray, wanted: Tensor) -> None:
    """Equal within 1e-5 of the largest value."""
    assert found.shape == tuple(wanted.shape)
    scale = max(1.0, float(wanted.abs().max()))
    assert float(np.abs(found - wanted.numpy()).max()) <= 1e-5 * scale

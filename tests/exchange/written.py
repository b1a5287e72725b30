"""Written code, imported from its file, beside the network that the engine builds of the same graph."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.engine.compile import Network, build
from playground.engine.recipe import Recipe
from playground.exchange.python_code import attributes, python_code
from playground.exchange.weights_file import under_attributes
from playground.graph.model import Edge, Graph
from playground.layers import LAYERS


@dataclass(frozen=True)
class Description:
    """A project's description, as playground.app.document.Document is one."""

    graph: Graph
    recipe: Recipe = field(default_factory=Recipe)
    name: str = "Some network"
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    data: DataChoice = field(default_factory=DataChoice)


@dataclass(frozen=True)
class Kept:
    document: Description
    checkpoint: Checkpoint | None = None
    epochs: tuple = ()


def imported(text: str, folder: Path, name: str = "written") -> ModuleType:
    """The module of a text, as a person would import its file."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shaken(network: Network, seed: int = 0) -> Network:
    """With every weight, mean and variance away from where it begins, so that none can be missing unseen."""
    random = torch.Generator().manual_seed(seed)
    for value in network.state_dict().values():
        if value.is_floating_point():
            value.mul_(0.9 + 0.2 * torch.rand(value.shape, generator=random))
            if value.dim() < 2:  # of matrices, whose sums are long, the numbers would grow from layer to layer
                value.add_(0.1 * torch.rand(value.shape, generator=random))
    return network


def both(description: Description, folder: Path) -> tuple[Network, torch.nn.Module]:
    """The engine's network and the written one, with the same weights, both predicting."""
    theirs = shaken(build(description.graph)).eval()
    ours = imported(python_code(description).text, folder).Network().eval()
    weights = {name: value.numpy() for name, value in theirs.state_dict().items()}
    fitting = under_attributes(weights, attributes(description))
    ours.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in fitting.items()})
    return theirs, ours


def close(ours: Tensor, theirs: Tensor) -> None:
    """Equal within 1e-6 of the largest value, in double precision within 1e-12."""
    assert ours.shape == theirs.shape
    scale = max(1.0, float(theirs.abs().max()))
    within = 1e-12 if theirs.dtype == torch.float64 else 1e-6
    assert float((ours - theirs).abs().max()) <= within * scale


def drawn(*sides: int, seed: int = 0) -> Tensor:
    """Standard normal numbers."""
    return torch.from_numpy(np.random.default_rng(seed).normal(size=sides).astype(np.float32))


def wired(layers: dict[str, tuple[str, dict[str, object]]], *edges: str) -> Graph:
    """A graph from ids and settings; an edge is "source target", "source target port" or "source target port back"."""
    graph = Graph({id: LAYERS[type].model_validate(settings) for id, (type, settings) in layers.items()})
    for text in edges:
        source, target, *rest = text.split()
        port = rest[0] if rest else graph.nodes[target].ports()[0]
        graph = graph.with_edge(Edge(source, target, port, "back" in rest))
    return graph

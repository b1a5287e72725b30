"""The six workloads that everything is measured on: as a project of ours, and as the torch module one would write.

Data are random numbers of the right shape, but for the spiral's points: what they show changes no figure here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Workload:
    """One network, its data and its recipe."""

    name: str
    words: str
    batch: int
    optimiser: str
    rate: float
    loss: str
    make_graph: Callable[[], Any]
    make_data: Callable[[], Any]
    make_module: Callable[[], Any]

    def recipe(self, epochs: int = 1_000_000) -> Any:
        """As a recipe of ours."""
        from playground.engine.recipe import Recipe

        return Recipe(epochs=epochs, batch=self.batch, optimiser=self.optimiser, learning_rate=self.rate)  # type: ignore[arg-type]

    @cached_property
    def examples(self) -> Any:
        """Divided and scaled, as ours are; the others are given the same arrays."""
        from playground.data.dataset import DataChoice
        from playground.data.split import prepare

        return prepare(self.make_data(), DataChoice(source=self.name, valid=0.02, test=0.02))

    def document(self) -> Any:
        """As a project; its data choice names the data, which are handed over beside it."""
        from playground.app.document import Document
        from playground.data.dataset import DataChoice

        choice = DataChoice(source="spiral", samples=500) if self.name == "tiny" else DataChoice(source=self.name)
        return Document(self.name, self.make_graph(), {}, choice, self.recipe()).placed()


def _random(kind: str, shape: tuple[int, ...], classes: int) -> Any:
    from playground.data.dataset import Dataset

    random = np.random.default_rng(0)
    inputs = random.normal(size=shape).astype(np.float32)
    names = tuple(str(number) for number in range(classes))
    return Dataset("random", "Random", kind, inputs, random.integers(0, classes, shape[0]), "classes", names)  # type: ignore[arg-type]


def _spiral() -> Any:
    from playground.data.catalogue import load
    from playground.data.dataset import DataChoice

    return load(DataChoice(source="spiral", samples=500))


def _chain(dims: tuple[int, ...], *layers: Any, units: int = 10) -> Any:
    from playground.graph.templates import chain
    from playground.layers.dense import Dense
    from playground.layers.ends import Input, Output

    loss = "binary_cross_entropy" if units == 1 else "cross_entropy"
    return chain(Input(dims=dims), *layers, Dense(units=units), Output(loss=loss, units=max(2, units)))


def _dense(*units: int, activation: str = "relu") -> list[Any]:
    from playground.layers.dense import Dense

    return [Dense(units=each, activation=activation) for each in units]  # type: ignore[arg-type]


def _mlp_graph() -> Any:
    from playground.layers.reshape import Flatten

    return _chain((1, 28, 28), Flatten(), *_dense(128))


def _cnn_graph() -> Any:
    from playground.layers.image import Conv2d
    from playground.layers.pooling import MaxPool2d
    from playground.layers.reshape import Flatten

    convs = [Conv2d(filters=filters, activation="relu") for filters in (16, 32)]
    return _chain((1, 28, 28), convs[0], MaxPool2d(), convs[1], MaxPool2d(), Flatten())


def deep_graph() -> Any:
    from playground.graph.templates import TEMPLATES

    return TEMPLATES["cifar-resnet-20"].build(_random("image", (10, 3, 32, 32), 10).signature)


def _rnn_graph() -> Any:
    from playground.layers.recurrent import LSTM

    return _chain((100, 8), LSTM(units=64))


def _in_line(*parts: str) -> Callable[[], Any]:
    """A torch.nn.Sequential of such parts, imported when it is made."""

    def make() -> Any:
        from torch import nn

        kinds = {"relu": nn.ReLU, "tanh": nn.Tanh, "flat": nn.Flatten, "pool": lambda: nn.MaxPool2d(2)}
        made: list[Any] = []
        for part in parts:
            name, *numbers = part.split()
            ins, outs = (int(number) for number in numbers) if numbers else (0, 0)
            if name == "dense":
                made.append(nn.Linear(ins, outs))
            elif name == "conv":
                made.append(nn.Conv2d(ins, outs, 3, padding=1))
            else:
                made.append(kinds[name]())
        return nn.Sequential(*made)

    return make


def _resnet() -> Any:
    from tests.bench.modules import ResNet20

    return ResNet20()


def _lstm() -> Any:
    from tests.bench.modules import LastState

    return LastState(8, 64, 10)


WORKLOADS = {
    each.name: each
    for each in (
        Workload(
            "tiny", "2-8-8-1 tanh, batch 10, 500 points", 10, "sgd", 0.03, "binary_cross_entropy",
            lambda: _chain((2,), *_dense(8, 8, activation="tanh"), units=1), _spiral,
            _in_line("dense 2 8", "tanh", "dense 8 8", "tanh", "dense 8 1"),
        ),
        Workload(
            "mlp", "784-128-10, batch 128", 128, "sgd", 0.01, "cross_entropy",
            _mlp_graph, lambda: _random("image", (6_000, 1, 28, 28), 10),
            _in_line("flat", "dense 784 128", "relu", "dense 128 10"),
        ),
        Workload(
            "cnn", "28×28, conv 16 and 32, pooling, dense, batch 128", 128, "sgd", 0.01, "cross_entropy",
            _cnn_graph, lambda: _random("image", (6_000, 1, 28, 28), 10),
            _in_line("conv 1 16", "relu", "pool", "conv 16 32", "relu", "pool", "flat", "dense 1568 10"),
        ),
        Workload(
            "deep", "CIFAR ResNet-20, batch 128", 128, "sgd", 0.01, "cross_entropy",
            deep_graph, lambda: _random("image", (1_500, 3, 32, 32), 10), _resnet,
        ),
        Workload(
            "rnn", "LSTM 64 on 100 steps, batch 64", 64, "adam", 0.001, "cross_entropy",
            _rnn_graph, lambda: _random("series", (2_000, 100, 8), 10), _lstm,
        ),
        Workload(
            "table", "100,000 × 20 rows, 20-64-64-2, batch 256", 256, "adam", 0.001, "cross_entropy",
            lambda: _chain((20,), *_dense(64, 64), units=2), lambda: _random("table", (100_000, 20), 2),
            _in_line("dense 20 64", "relu", "dense 64 64", "relu", "dense 64 2"),
        ),
    )
}  # fmt: skip

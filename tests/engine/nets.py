"""Small networks and data that several tests of the engine use."""

from __future__ import annotations

import numpy as np

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, Dataset, Examples
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.model import Graph
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.layer import Layer


def gauss(samples: int = 100) -> Examples:
    choice = DataChoice(source="gauss", noise=20, samples=samples)
    return prepare(load(choice), choice)


def numbers(count: int = 100) -> Examples:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(count, 3)).astype(np.float32)
    targets = (inputs @ [[1.0], [-2.0], [0.5]] * 10 + 40 + random.normal(size=(count, 1))).astype(np.float32)
    data = Dataset("line", "Line", "table", inputs, targets, "numbers")
    return prepare(data, DataChoice(source="line"))


def net(*hidden: Layer, inputs: int = 2, loss: str = "cross_entropy", units: int = 2) -> Graph:
    scores = 1 if loss in ("binary_cross_entropy", "hinge") and units == 2 else units
    return chain(Input(dims=(inputs,)), *hidden, Dense(units=scores), Output(loss=loss, units=units))


def losses(training: Training) -> list[float]:
    """Train to the end; the loss of every epoch."""
    return [event.train.loss for event in training.events() if type(event).__name__ == "EpochDone"]


def weights(training: Training) -> dict[str, np.ndarray]:
    return training.checkpoint().weights


def recipe(**values: object) -> Recipe:
    return Recipe.model_validate({"epochs": 4, "batch": 16, **values})

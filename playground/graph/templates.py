"""Networks to begin with: a graph fitted to some data, the data it was made for, and how to train it.

Recipes and choices of data are plain mappings: what they mean is known by engine.recipe and
data.dataset, which this package must not import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.graph.edits import adapt
from playground.graph.model import Edge, Graph
from playground.layers.activation import Activation
from playground.layers.dense import Dense
from playground.layers.ends import Input, Loss, Output
from playground.layers.image import Conv2d
from playground.layers.layer import Layer
from playground.layers.normalise import Dropout
from playground.layers.pooling import AvgPool2d, MaxPool2d
from playground.layers.recurrent import LSTM
from playground.layers.reshape import Flatten
from playground.layers.shape import Signature


@dataclass(frozen=True)
class Template:
    """A network to begin with."""

    name: str
    title: str
    summary: str
    data: str
    """The data set it was made for, by its name."""
    build: Callable[[Signature], Graph]
    """Makes the graph for such data."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """Fields of Recipe that differ from their defaults."""
    choice: Mapping[str, Any] = field(default_factory=dict)
    """Fields of DataChoice that differ from their defaults, beside the source."""


def chain(*layers: Layer) -> Graph:
    """One layer after another.

    >>> [edge.target for edge in chain(Input(), Dense(), Output()).edges]
    ['dense1', 'output1']
    """
    graph, last = Graph(), ""
    for layer in layers:
        id = graph.fresh_id(type(layer))
        graph = graph.with_node(id, layer)
        if last:
            graph = graph.with_edge(Edge(last, id, layer.ports()[0]))
        last = id
    return graph


def _loss(signature: Signature, of_two: Loss = "cross_entropy") -> Loss:
    if signature.task == "numbers":
        return "mean_squared_error"
    return of_two if signature.outputs == 2 else "cross_entropy"


def _fitted(signature: Signature, *layers: Layer, of_two: Loss = "cross_entropy") -> Graph:
    """An Input, those layers, a Dense for the scores and an Output, for such data."""
    output = Output(loss=_loss(signature, of_two), units=signature.outputs)
    ends = (Input(dims=signature.input.dims), *layers, Dense(units=output.scores), output)
    return adapt(chain(*ends), signature)


def _flat(signature: Signature) -> tuple[Layer, ...]:
    """A Flatten, where the data need one before a Dense."""
    return () if signature.input.is_vector else (Flatten(),)


def _perceptron(*units: int, activation: Activation, drop: float = 0.0) -> Callable[[Signature], Graph]:
    def build(signature: Signature) -> Graph:
        layers: list[Layer] = list(_flat(signature))
        for count in units:
            layers.append(Dense(units=count, activation=activation))
            layers.extend([Dropout(rate=drop)] if drop else [])
        return _fitted(signature, *layers, of_two="binary_cross_entropy")

    return build


def _digits_cnn(signature: Signature) -> Graph:
    return _fitted(
        signature,
        Conv2d(filters=16, activation="relu"),
        MaxPool2d(),
        Conv2d(filters=32, activation="relu"),
        Flatten(),
        Dropout(rate=0.25),
    )


def _image_cnn(signature: Signature) -> Graph:
    return _fitted(
        signature,
        Conv2d(filters=16, activation="relu"),
        MaxPool2d(),
        Conv2d(filters=32, activation="relu"),
        MaxPool2d(),
        Flatten(),
        Dense(units=64, activation="relu"),
    )


def _frequency_lstm(signature: Signature) -> Graph:
    return _fitted(signature, LSTM(units=32))


def _lenet_5(signature: Signature) -> Graph:
    """With a dense C3, average pooling without weights, and a linear output: 61,706 parameters on 1×32×32."""
    return _fitted(
        signature,
        Conv2d(filters=6, kernel=5, padding="valid" if signature.input.dims[-1] >= 32 else "same", activation="tanh"),
        AvgPool2d(),
        Conv2d(filters=16, kernel=5, padding="valid" if signature.input.dims[-1] >= 28 else "same", activation="tanh"),
        AvgPool2d(),
        Flatten(),
        Dense(units=120, activation="tanh"),
        Dense(units=84, activation="tanh"),
    )


_ALL = (
    Template(
        "one-neuron",
        "One neuron",
        "A single neuron draws one straight line. It is logistic regression.",
        "gauss",
        _perceptron(activation="none"),
        {"epochs": 60, "batch": 10, "optimiser": "sgd", "learning_rate": 0.03, "momentum": 0.0},
        {"noise": 25},
    ),
    Template(
        "xor-mlp",
        "XOR",
        "One line cannot part these classes; a hidden layer of eight units can.",
        "xor",
        _perceptron(8, activation="tanh"),
        {"epochs": 80, "batch": 10, "learning_rate": 0.03},
    ),
    Template(
        "spiral-mlp",
        "Spiral",
        "Two spirals, wound into each other: small networks must bend their boundary all the way round.",
        "spiral",
        _perceptron(16, 16, activation="tanh"),
        {"epochs": 150, "batch": 10, "learning_rate": 0.01},
    ),
    Template(
        "digits-mlp",
        "Digits, dense",
        "Handwritten digits of 8×8 pixels, read as 64 numbers by a hidden layer.",
        "digits",
        _perceptron(64, activation="relu"),
        {"epochs": 20, "learning_rate": 0.003},
    ),
    Template(
        "digits-cnn",
        "Digits, convolutional",
        "Handwritten digits of 8×8 pixels: two convolutions find strokes wherever they are.",
        "digits",
        _digits_cnn,
        {"epochs": 15, "learning_rate": 0.003},
    ),
    Template(
        "image-cnn",
        "Images",
        "A small convolutional network for images of any size, such as Fashion-MNIST.",
        "digits",
        _image_cnn,
        {"epochs": 5, "batch": 64, "learning_rate": 0.002},
    ),
    Template(
        "lenet-5",
        "LeNet-5",
        "The network of LeCun et al. 1998 that read cheques; 61,706 parameters on 32×32 pixels.",
        "digits",
        _lenet_5,
        {"epochs": 15, "learning_rate": 0.005},
    ),
    Template(
        "table-mlp",
        "Table",
        "Columns of numbers in, a class or a number out: a small network held back by weight decay.",
        "diabetes",
        _perceptron(16, activation="relu"),
        {
            "epochs": 500,
            "optimiser": "adamw",
            "learning_rate": 0.001,
            "l2": 0.01,
            "patience": 40,
            "keep_best": True,
        },
    ),
    Template(
        "frequency-lstm",
        "Frequencies",
        "Noisy waves of different frequencies, told apart by an LSTM that reads them step by step.",
        "frequency",
        _frequency_lstm,
        {"epochs": 30, "batch": 16, "learning_rate": 0.01, "schedule": "cosine", "clip": 1.0},
    ),
)

TEMPLATES: dict[str, Template] = {template.name: template for template in _ALL}
"""By name, from the simplest on."""

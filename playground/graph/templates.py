"""Networks to begin with, by name. The ones for the first minutes are here; families of others are in dense_nets.py,
convnets.py, resnets.py and sequences.py, all written down with building.py.

Recipes and choices of data are plain mappings: what they mean is known by engine.recipe and data.dataset, which this
package must not import.
"""

from __future__ import annotations

from playground.graph import convnets, dense_nets, resnets, sequences
from playground.graph.building import FAMILIES, Template, chain, fitted
from playground.graph.dense_nets import perceptron
from playground.graph.model import Graph
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.layers.normalise import Dropout
from playground.layers.pooling import MaxPool2d
from playground.layers.recurrent import LSTM
from playground.layers.reshape import Flatten
from playground.layers.shape import Signature

__all__ = ["FAMILIES", "TEMPLATES", "Template", "chain"]


def _digits_cnn(signature: Signature) -> Graph:
    return fitted(
        signature,
        Conv2d(filters=16, activation="relu"),
        MaxPool2d(),
        Conv2d(filters=32, activation="relu"),
        Flatten(),
        Dropout(rate=0.25),
    )


def _image_cnn(signature: Signature) -> Graph:
    return fitted(
        signature,
        Conv2d(filters=16, activation="relu"),
        MaxPool2d(),
        Conv2d(filters=32, activation="relu"),
        MaxPool2d(),
        Flatten(),
        Dense(units=64, activation="relu"),
    )


def _frequency_lstm(signature: Signature) -> Graph:
    return fitted(signature, LSTM(units=32))


_USUAL = (
    Template(
        "one-neuron",
        "One neuron",
        "A single neuron draws one straight line. It is logistic regression.",
        "gauss",
        perceptron(activation="none"),
        {"epochs": 60, "batch": 10, "optimiser": "sgd", "learning_rate": 0.03, "momentum": 0.0},
        {"noise": 25},
        family="One neuron",
    ),
    Template(
        "xor-mlp",
        "XOR",
        "One line cannot part these classes; a hidden layer of eight units can.",
        "xor",
        perceptron(8, activation="tanh"),
        {"epochs": 80, "batch": 10, "learning_rate": 0.03},
    ),
    Template(
        "spiral-mlp",
        "Spiral",
        "Two spirals, wound into each other: small networks must bend their boundary all the way round.",
        "spiral",
        perceptron(16, 16, activation="tanh"),
        {"epochs": 150, "batch": 10, "learning_rate": 0.01},
    ),
    Template(
        "digits-mlp",
        "Digits, dense",
        "Handwritten digits of 8×8 pixels, read as 64 numbers by a hidden layer.",
        "digits",
        perceptron(64, activation="relu"),
        {"epochs": 20, "learning_rate": 0.003},
    ),
    Template(
        "digits-cnn",
        "Digits, convolutional",
        "Handwritten digits of 8×8 pixels: two convolutions find strokes wherever they are.",
        "digits",
        _digits_cnn,
        {"epochs": 15, "learning_rate": 0.003},
        family="Convolutional",
    ),
    Template(
        "image-cnn",
        "Images",
        "A small convolutional network for images of any size, such as Fashion-MNIST.",
        "digits",
        _image_cnn,
        {"epochs": 5, "batch": 64, "learning_rate": 0.002},
        family="Convolutional",
    ),
    Template(
        "lenet-5",
        "LeNet-5",
        "The network of LeCun et al. 1998 that read cheques; 61,706 parameters on 32×32 pixels.",
        "digits",
        convnets.lenet_5,
        {"epochs": 15, "learning_rate": 0.005},
        family="Convolutional",
    ),
    Template(
        "table-mlp",
        "Table",
        "Columns of numbers in, a class or a number out: a small network held back by weight decay.",
        "diabetes",
        perceptron(16, activation="relu"),
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
        family="Recurrent",
    ),
)

_ALL = (*_USUAL, *dense_nets.TEMPLATES, *convnets.TEMPLATES, *resnets.TEMPLATES, *sequences.TEMPLATES)

TEMPLATES: dict[str, Template] = {
    template.name: template for template in sorted(_ALL, key=lambda each: FAMILIES.index(each.family))
}
"""By name, family by family from the simplest on."""

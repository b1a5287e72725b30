"""Networks of dense layers: the lecture's classics as one neuron each, hidden layers, a linear skip, an autoencoder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from playground.graph.building import Net, Template, fitted, flat, output_for
from playground.graph.model import Graph
from playground.layers.activation import Activation
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.layer import Layer
from playground.layers.merge import Add
from playground.layers.normalise import Dropout
from playground.layers.reshape import Reshape
from playground.layers.shape import Signature


def neuron(signature: Signature, loss: str = "") -> Graph:
    """One neuron a score: for classes with that loss, for numbers with the squared error."""
    graph = fitted(signature, *flat(signature), of_two="binary_cross_entropy")
    if not loss or signature.task == "numbers":
        return graph
    id = graph.of_type("Output")[0]
    output = Output.model_validate({**graph.nodes[id].settings, "loss": loss})
    dense = next(node for node, layer in graph.nodes.items() if isinstance(layer, Dense))
    return graph.with_node(id, output).with_node(dense, Dense(units=output.scores))


def perceptron(*units: int, activation: Activation, drop: float = 0.0) -> Callable[[Signature], Graph]:
    """Makes networks with hidden layers of so many units, each followed by dropout if there is any."""

    def build(signature: Signature) -> Graph:
        layers: list[Layer] = list(flat(signature))
        for count in units:
            layers.append(Dense(units=count, activation=activation))
            layers.extend([Dropout(rate=drop)] if drop else [])
        return fitted(signature, *layers, of_two="binary_cross_entropy")

    return build


def _skip(signature: Signature) -> Graph:
    """A hidden layer, and a straight way from the input to the scores past it."""
    net, output = Net(), output_for(signature, "binary_cross_entropy")
    begin = net.line(Input(dims=signature.input.dims), *flat(signature))
    bent = net.line(Dense(units=16, activation="tanh"), Dense(units=output.scores))
    straight = net.line(Dense(units=output.scores, bias=False), after=begin)
    net.join(Add(), bent, straight)
    net.line(output)
    return net.graph


def _autoencoder(signature: Signature) -> Graph:
    """Down to eight numbers and up again: what goes in is what shall come out."""
    net, shape = Net(), signature.input
    code = max(1, min(8, shape.size // 2))
    net.line(Input(dims=shape.dims), *flat(signature), Dense(units=64, activation="relu"), Dense(units=code))
    net.line(Dense(units=64, activation="relu"), Dense(units=shape.size))
    if not shape.is_vector:
        net.line(Reshape(dims=shape.dims))
    net.line(Output(loss="mean_squared_error", truth="inputs"))
    return net.graph


_GENTLE = {"epochs": 60, "batch": 10, "optimiser": "sgd", "learning_rate": 0.03, "momentum": 0.0}
_NOISY = {"noise": 25}

TEMPLATES = (
    Template(
        "perceptron",
        "Perceptron",
        "One neuron that is moved only by what it gets wrong: Rosenblatt 1958, with the hinge's margin.",
        "gauss",
        partial(neuron, loss="hinge"),
        _GENTLE,
        _NOISY,
        "One neuron",
    ),
    Template(
        "linear-regression",
        "Linear regression",
        "One neuron without activation, squared error: the straight line through the data.",
        "diabetes",
        neuron,
        {**_GENTLE, "epochs": 100, "learning_rate": 0.01},
        {},
        "One neuron",
    ),
    Template(
        "ridge",
        "Ridge regression",
        "One neuron whose weights are pulled towards 0 by the sum of their squares (L2).",
        "diabetes",
        neuron,
        {**_GENTLE, "epochs": 100, "learning_rate": 0.01, "l2": 0.03},
        {},
        "One neuron",
    ),
    Template(
        "lasso",
        "Lasso",
        "One neuron whose weights are pulled to exactly 0 by the sum of their sizes (L1).",
        "diabetes",
        neuron,
        {**_GENTLE, "epochs": 100, "learning_rate": 0.01, "l1": 0.03},
        {},
        "One neuron",
    ),
    Template(
        "logistic-regression",
        "Logistic regression",
        "One neuron with a sigmoid in its loss: the chance of a class.",
        "gauss",
        neuron,
        _GENTLE,
        _NOISY,
        "One neuron",
    ),
    Template(
        "linear-svm",
        "Linear SVM",
        "One neuron with hinge loss and L2: the widest street between two classes.",
        "gauss",
        partial(neuron, loss="hinge"),
        {**_GENTLE, "l2": 0.01},
        _NOISY,
        "One neuron",
    ),
    Template(
        "one-hidden-layer",
        "One hidden layer",
        "Eight units between input and answer: half-planes that add up to any region.",
        "circle",
        perceptron(8, activation="tanh"),
        {"epochs": 60, "batch": 10, "learning_rate": 0.02},
    ),
    Template(
        "deep-mlp",
        "Deep MLP",
        "Four hidden layers of 32 units with ReLU.",
        "spiral",
        perceptron(32, 32, 32, 32, activation="relu"),
        {"epochs": 100, "batch": 16, "learning_rate": 0.003},
    ),
    Template(
        "skip-mlp",
        "MLP with a linear skip",
        "A hidden layer learns only what a straight line from input to output cannot.",
        "diabetes",
        _skip,
        {"epochs": 200, "batch": 32, "learning_rate": 0.003, "l2": 0.01, "patience": 30, "keep_best": True},
    ),
    Template(
        "autoencoder",
        "Autoencoder",
        "Digits squeezed through eight numbers and drawn again from them.",
        "digits",
        _autoencoder,
        {"epochs": 60, "learning_rate": 0.003},
    ),
)

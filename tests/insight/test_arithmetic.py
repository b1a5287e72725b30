"""Every sum written out against what torch gives, within 1e-5."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.app.document import make_project
from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.templates import chain
from playground.insight.arithmetic import arithmetic
from playground.insight.formulas import ACTIVATED, FORMULAS, activated
from playground.layers import LAYERS
from playground.layers.activation import Softmax
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d
from playground.layers.normalise import BatchNorm, LayerNorm
from playground.layers.pooling import AvgPool2d, GlobalAvgPool2d, GlobalMaxPool, MaxPool2d
from playground.layers.recurrent import GRU, LSTM, RNN
from playground.layers.reshape import Flatten
from playground.layers.steps import AvgPool1d, Conv1d, MaxPool1d


def made(shape: tuple[int, ...], *line) -> Training:
    random = np.random.default_rng(1)
    data = Dataset(
        "t", "T", "table", random.normal(size=(40, *shape)).astype(np.float32), np.arange(40) % 2, "classes", ("a", "b")
    )
    ends = (Dense(units=2), Output(loss="cross_entropy", units=2))
    graph = chain(Input(dims=shape), *line, Flatten(), *ends)
    training = Training(graph, Recipe(batch=8, epochs=1), prepare(data, DataChoice(source="t")))
    list(training.events())
    return training


def all_units(training: Training, id: str, most: int = 60):
    with training.looking():
        value = training.network.activations(torch.from_numpy(training.examples.valid.inputs[:1]), [id])[id][0]
    places = list(np.ndindex(*value.shape))
    return places[:: max(1, len(places) // most)]


IMAGES = (
    Conv2d(filters=3),
    Conv2d(filters=4, kernel=(2, 3), stride=2, padding=1, activation="tanh"),
    Conv2d(filters=4, kernel=3, dilation=2, padding="same", padding_mode="reflect", activation="gelu"),
    Conv2d(filters=4, kernel=3, groups=2, padding_mode="replicate", bias=False),
    Conv2d(filters=2, kernel=3, stride=2, padding="tf_same"),
    MaxPool2d(), MaxPool2d(kernel=3, stride=2, padding=1, ceil_mode=True),
    AvgPool2d(kernel=3, stride=2, padding=1), AvgPool2d(kernel=3, stride=1, padding=1, count_include_pad=True),
    GlobalAvgPool2d(), GlobalMaxPool(), BatchNorm(), LayerNorm(), LayerNorm(affine=False),
)  # fmt: skip
STEPS = (
    Conv1d(filters=3), Conv1d(filters=4, kernel=4, stride=2, dilation=2, padding=2, activation="relu"), MaxPool1d(),
    AvgPool1d(), Dense(units=3, activation="sigmoid"), BatchNorm(), LayerNorm(), Softmax(), RNN(units=4), LSTM(units=4),
    GRU(units=4), RNN(units=4, returns="sequence"), LSTM(units=4, returns="sequence"), GRU(units=4, returns="sequence"),
    GlobalAvgPool2d(), GlobalMaxPool(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "layer"),
    [*(((2, 7, 8), layer) for layer in IMAGES), *(((6, 4), layer) for layer in STEPS), ((5,), Dense(units=3)),
     ((5,), Softmax()), ((5,), BatchNorm()), ((5,), LayerNorm()), ((5,), LAYERS["LogSoftmax"]())],
    ids=lambda value: value.type if hasattr(value, "type") else "x".join(map(str, value)),
)  # fmt: skip
def test_what_is_written_out_is_what_torch_gives(shape, layer):
    training = made(shape, layer)
    id = next(iter(training.graph.outgoing["input1"])).target
    example = training.examples.valid.inputs[3]
    for unit in all_units(training, id):
        found = arithmetic(training, id, unit, example)
        assert found.sums, found.note
        assert found.value == pytest.approx(found.torch, rel=1e-5, abs=1e-5)
        for each in found.sums:
            terms = sum(term.product for term in each.terms) + (each.bias or 0)
            assert terms == pytest.approx(each.total, abs=1e-9) or layer.type == "GRU"


@pytest.mark.parametrize("name", sorted(ACTIVATED))
def test_every_activation_is_the_one_of_torch(name):
    training = made((6,), Dense(units=8), LAYERS[name]())
    id = list(training.graph.nodes)[2]
    example = training.examples.valid.inputs[0]
    for unit in all_units(training, id):
        found = arithmetic(training, id, unit, example)
        assert found.value == pytest.approx(found.torch, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_formulas_hold_where_exponentials_overflow(name):
    for x in (-800.0, -1.0, 0.0, 1.0, 800.0):
        assert np.isfinite(activated(name, x)[1])


def test_padding_is_marked_and_counts_nothing():
    training = made((2, 7, 8), Conv2d(filters=3))
    found = arithmetic(training, "conv1", (0, 0, 0), training.examples.valid.inputs[0])
    outside = [term for term in found.sums[0].terms if term.at is None]
    assert len(outside) == 2 * 5  # the upper row and the left column of a 3×3 window, in both channels
    assert all(term.product == 0 for term in outside)


def test_merges_are_written_out_too():
    document, dataset = make_project("cifar-resnet-20")
    training = Training(document.graph, document.recipe, prepare(dataset, document.data))
    id = next(step.id for step in training.network.each_step() if step.id.startswith("add"))
    found = arithmetic(training, id, (0, 3, 3), training.examples.valid.inputs[0])
    assert len(found.sums[0].terms) == 2
    assert found.value == pytest.approx(found.torch, abs=1e-4)


def test_what_has_no_sum_says_so():
    training = made((5,), Dense(units=3))
    found = arithmetic(training, "flatten1", (0,), training.examples.valid.inputs[0])
    assert found.note == "Flatten has no sum of its own to write out: it passes on, arranges or compares values."
    assert found.value == found.torch
    assert arithmetic(training, "nothing", (0,), training.examples.valid.inputs[0]) is None

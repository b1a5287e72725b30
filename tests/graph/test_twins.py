"""Networks without pooling keep all shapes behind it."""

from __future__ import annotations

import pytest

from playground.graph.building import Net, chain
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.templates import TEMPLATES
from playground.graph.twins import logistic_regression, multilayer_perceptron, without_pooling
from playground.layers.activation import ReLU
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d
from playground.layers.merge import Add
from playground.layers.normalise import BatchNorm
from playground.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool2d
from playground.layers.reshape import Flatten
from playground.layers.shape import Shape, Signature

DIGITS = Signature(Shape((1, 28, 28)), 10, "classes")


def cnn(*layers, side: int = 28):
    return chain(Input(dims=(1, side, side)), *layers, Flatten(), Dense(units=10), Output(units=10))


def shape_of(graph, id):
    report = check(graph)
    assert not report.errors
    return report.shapes[id].dims


def test_the_convolution_before_takes_over_the_stride_and_no_weight_is_added():
    graph = cnn(Conv2d(filters=6, kernel=5, padding="valid"), MaxPool2d(), Conv2d(filters=16), AvgPool2d())
    twin = without_pooling(graph)
    assert twin.strided == ("pool1", "pool2")
    assert not twin.learned
    assert not twin.graph.of_type("MaxPool2d")
    assert twin.graph.nodes["conv1"].stride == twin.graph.nodes["conv2"].stride == 2
    assert shape_of(twin.graph, "flatten1") == shape_of(graph, "flatten1")
    assert total(costs(twin.graph, check(twin.graph))).parameters == total(costs(graph, check(graph))).parameters


def test_normalisation_and_activation_may_stand_between():
    twin = without_pooling(cnn(Conv2d(filters=4), BatchNorm(), ReLU(), MaxPool2d()))
    assert twin.strided == ("pool1",)
    assert shape_of(twin.graph, "norm1") == (4, 14, 14)


def test_where_a_stride_gives_another_shape_a_convolution_takes_its_place():
    """A larger stride with padding makes 4 of 7, pooling 3. And of a sum no convolution is before it."""
    graph = cnn(Conv2d(filters=4, kernel=1), MaxPool2d(kernel=2), side=7)
    assert shape_of(without_pooling(graph).graph, "flatten1") == shape_of(graph, "flatten1")
    net = Net()
    begin = net.line(Input(dims=(1, 8, 8)), Conv2d(filters=4))
    other = net.line(Conv2d(filters=4), after=begin)
    net.join(Add(), begin, other)
    net.line(MaxPool2d(), Flatten(), Dense(units=10), Output(units=10))
    twin = without_pooling(net.graph)
    assert twin.learned == ("pool1",)
    learned = twin.graph.nodes["pool1"]
    assert (learned.kernel, learned.stride, learned.groups, learned.filters) == (2, 2, 4, 4)
    assert shape_of(twin.graph, "flatten1") == (64,)


def test_pooling_over_everything_becomes_one_weight_a_place():
    pooled = (Conv2d(filters=4), AdaptiveAvgPool2d(size=4), GlobalAvgPool2d())
    graph = chain(Input(dims=(1, 8, 8)), *pooled, Dense(units=3), Output(units=3))
    twin = without_pooling(graph)
    assert twin.learned == ("pool1", "gap1")
    assert twin.graph.nodes["gap1"].kernel == 4
    assert shape_of(twin.graph, "flatten1") == (4,)


def test_a_network_that_pools_nothing_is_its_own_twin():
    graph = cnn(Conv2d(filters=4, stride=2))
    twin = without_pooling(graph)
    assert twin.graph == graph
    assert not twin.differs


@pytest.mark.parametrize("name", ["digits-cnn", "lenet-5", "alexnet", "vgg-11", "squeezenet-1.1", "googlenet"])
def test_twins_of_the_templates_can_be_built_with_the_same_shapes(name):
    signature = Signature(Shape((3, 224, 224)), 10, "classes")
    graph = TEMPLATES[name].build(signature)
    twin = without_pooling(graph)
    assert twin.differs
    assert not twin.left
    before, after = check(graph, signature), check(twin.graph, signature)
    assert not after.errors
    output = graph.of_type("Output")[0]
    assert before.shapes[output] == after.shapes[output]
    assert not any(layer.type in ("MaxPool2d", "AvgPool2d", "GlobalAvgPool2d") for layer in twin.graph.nodes.values())


def test_what_enlarges_cannot_be_a_convolution_and_is_left():
    twin = without_pooling(cnn(Conv2d(filters=4), MaxPool2d(), AdaptiveAvgPool2d(size=20)))
    assert twin.strided == ("pool1",)
    assert twin.left == ("pool2",)


def test_the_plain_rivals_have_as_many_weights_as_can_be_reckoned_by_hand():
    for graph, wanted in (
        (logistic_regression(DIGITS), 784 * 10 + 10),
        (multilayer_perceptron(DIGITS), 784 * 64 + 64 + 64 * 10 + 10),
    ):
        report = check(graph, DIGITS)
        assert not report.errors
        assert total(costs(graph, report)).parameters == wanted

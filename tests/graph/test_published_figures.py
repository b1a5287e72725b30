"""Counts and receptive fields that others published come out exactly."""

from __future__ import annotations

import pytest

from playground.graph.check import check
from playground.graph.cost import Cost, costs, total
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.graph.receptive import Field, fields
from playground.graph.templates import TEMPLATES, chain
from playground.layers import LAYERS
from playground.layers.layer import Layer
from playground.layers.shape import Shape, Signature


def cost_of(graph: Graph) -> Cost:
    report = check(graph)
    assert report.ok, report.errors
    return total(costs(graph, report))


def conv(filters: int, kernel: int = 3, stride: int = 1, padding: str = "same") -> Layer:
    settings = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding, "activation": "relu"}
    return LAYERS["Conv2d"].model_validate(settings)


def pool(kernel: int = 2, stride: int = 2) -> Layer:
    return layer_like("MaxPool2d", (("kernel", kernel), ("stride", stride)))


def dense(units: int) -> Layer:
    return layer_like("Dense", (("units", units),))


def vgg_16(*head: Layer) -> Graph:
    layers: list[Layer] = [layer_like("Input", (("dims", (3, 224, 224)),))]
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        layers += [conv(filters)] * times + [pool()]
    return chain(*layers, *head)


def test_lenet_5_has_the_published_parameters() -> None:
    """156 + 2,416 + 48,120 + 10,164 + 850: LeCun et al. 1998, with a dense C3 and a linear output."""
    graph = TEMPLATES["lenet-5"].build(Signature(Shape((1, 32, 32)), 10, "classes"))
    by_layer = [cost.parameters for cost in costs(graph, check(graph)).values() if cost.parameters]

    assert by_layer == [156, 2_416, 48_120, 10_164, 850]
    assert cost_of(graph).parameters == 61_706


def test_vgg_16_has_torchvisions_parameters_and_multiply_adds() -> None:
    """torchvision: 138,357,544 parameters, 15.470 G multiply-adds; Simonyan and Zisserman 2014, configuration D."""
    head = (layer_like("Flatten"), dense(4096), layer_like("ReLU"), dense(4096), layer_like("ReLU"), dense(1000))
    cost = cost_of(vgg_16(*head, layer_like("Output", (("units", 1000),))))

    assert cost.parameters == 138_357_544
    assert round(cost.multiply_adds / 1e9, 2) == 15.47


@pytest.mark.parametrize(("name", "parameters"), [("RNN", 942_080), ("LSTM", 3_768_320), ("GRU", 2_826_240)])
def test_two_recurrent_layers_from_300_to_512_have_pytorchs_parameters(name: str, parameters: int) -> None:
    """PyTorch: gates · (h(x + h) + 2h) a layer; 3,768,320 for an LSTM."""
    units, output = ("units", 512), layer_like("Output", (("units", 512),))
    start = layer_like("Input", (("dims", (20, 300)),))
    stacked = (layer_like(name, (units, ("returns", "sequence"))), layer_like(name, (units,)))

    assert cost_of(chain(start, *stacked, output)).parameters == parameters


def test_the_receptive_fields_of_vgg_16_are_the_published_ones() -> None:
    """Araujo, Norris and Sim 2019, table for VGG-16: size, stride, padding at the end points they list."""
    graph = vgg_16()
    found = fields(graph, check(graph))
    published = {
        "conv1": (3, 1, 1),
        "pool1": (6, 2, 2),
        "conv3": (10, 2, 4),
        "pool2": (16, 4, 6),
        "conv5": (24, 4, 10),
        "conv6": (32, 4, 14),
        "pool3": (44, 8, 18),
        "conv8": (60, 8, 26),
        "conv9": (76, 8, 34),
        "pool4": (100, 16, 42),
        "conv11": (132, 16, 58),
        "conv12": (164, 16, 74),
        "pool5": (212, 32, 90),
    }

    assert {id: found[id] for id in published} == {id: square(*numbers) for id, numbers in published.items()}


def test_the_receptive_fields_of_alexnet_are_the_published_ones() -> None:
    """Araujo, Norris and Sim 2019, table for AlexNet v2 as TF-Slim builds it, with valid and same padding."""
    graph = chain(
        layer_like("Input", (("dims", (3, 224, 224)),)),
        conv(64, 11, 4, "valid"),
        pool(3),
        conv(192, 5),
        pool(3),
        conv(384),
        conv(384),
        conv(256),
        pool(3),
    )
    found = fields(graph, check(graph))
    published = {
        "conv1": (11, 4, 0),
        "pool1": (19, 8, 0),
        "conv2": (51, 8, 16),
        "conv3": (99, 16, 32),
        "conv4": (131, 16, 48),
        "conv5": (163, 16, 64),
        "pool3": (195, 32, 64),
    }

    assert {id: found[id] for id in published} == {id: square(*numbers) for id, numbers in published.items()}


def test_where_branches_meet_the_field_is_the_union_of_theirs() -> None:
    graph = chain(layer_like("Input", (("dims", (4, 9, 9)),)), conv(4, 5), conv(4, 3), layer_like("Add"))
    found = fields(both := graph.with_edge(Edge("input1", "add1", "inputs")), check(both))

    assert found["add1"] == square(7, 1, 3)


def test_branches_that_move_at_different_strides_have_no_common_field() -> None:
    graph = chain(layer_like("Input", (("dims", (4, 1, 1)),)), conv(4, 3, 2), layer_like("Concat"))
    graph = graph.with_edge(Edge("input1", "concat1", "inputs"))

    assert fields(graph, check(graph))["concat1"] is None


def test_behind_a_flatten_there_is_no_field() -> None:
    graph = chain(layer_like("Input", (("dims", (1, 8, 8)),)), conv(2), layer_like("Flatten"), dense(2))
    found = fields(graph, check(graph))

    assert (found["conv1"], found["flatten1"], found["dense1"]) == (square(3, 1, 1), None, None)


def test_memory_is_counted_in_bytes_of_what_each_layer_gives() -> None:
    graph = chain(layer_like("Input"), dense(8), dense(2), layer_like("Output"))

    assert cost_of(graph) == Cost(
        parameters=24 + 18, multiply_adds=16 + 16, activation_bytes=4 * (2 + 8 + 2), trainable=42
    )


def square(size: int, stride: int, padding: int) -> Field:
    return Field((size, size), (stride, stride), (padding, padding))

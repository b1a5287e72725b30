"""Films: layers made for images work on every image by itself, with the same weights (time-distributed)."""

from __future__ import annotations

import torch

from playground.engine.compile import build
from playground.graph.check import check
from playground.graph.cost import costs
from playground.graph.edits import layer_like
from playground.graph.model import Graph
from playground.graph.templates import chain
from playground.layers.shape import Shape

FILM = (5, 1, 8, 8)


def reader() -> Graph:
    """A convolution on every image, and a GRU that reads what it found."""
    return chain(
        layer_like("Input", (("dims", FILM),)),
        layer_like("Conv2d", (("filters", 3), ("activation", "relu"))),
        layer_like("BatchNorm"),
        layer_like("MaxPool2d"),
        layer_like("Flatten"),
        layer_like("GRU", (("units", 4),)),
        layer_like("Dense", (("units", 2),)),
        layer_like("Output"),
    )


def test_the_shapes_are_those_of_every_image() -> None:
    report = check(reader())

    assert report.problems == ()
    assert report.shapes["conv1"] == Shape((5, 3, 8, 8))
    assert report.shapes["pool1"] == Shape((5, 3, 4, 4))
    assert report.shapes["flatten1"] == Shape((5, 48))


def test_every_image_is_looked_at_with_the_same_weights() -> None:
    network = build(reader()).eval()
    x = torch.randn(2, *FILM)
    with torch.no_grad():
        found = network.activations(x, ("conv1", "pool1", "gru1"))
        conv = network._modules["conv1"]
        assert isinstance(conv, torch.nn.Conv2d)
        single = conv(x[:, 3]).relu()

    assert torch.allclose(found["conv1"][:, 3], single, atol=1e-6)
    assert found["gru1"].shape == (2, 4)


def test_the_cost_counts_every_image() -> None:
    graph = reader()

    assert costs(graph, check(graph))["conv1"].multiply_adds == 5 * 3 * 64 * 9
    assert costs(graph, check(graph))["conv1"].parameters == 3 * 9 + 3

"""Every template of a published network has the parameters and multiply-adds that others published for it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from playground.graph.check import check
from playground.graph.cost import Cost, costs, total
from playground.graph.model import Graph
from playground.graph.receptive import fields
from playground.graph.repeat import inside
from playground.graph.templates import TEMPLATES
from playground.layers.image import Conv2d
from playground.layers.shape import Shape, Signature
from tests.graph.slim_networks import ENDS, alexnet_v2, resnet_v1_50, vgg_16

IMAGENET = Signature(Shape((3, 224, 224)), 1000, "classes")
CIFAR = Signature(Shape((3, 32, 32)), 10, "classes")

FIGURES = {
    # parameters, multiply-adds in G as torchvision's documentation has them (alexnet: one tower)
    "alexnet": (61_100_840, 0.714),
    "vgg-11": (132_863_336, 7.609),
    "vgg-16": (138_357_544, 15.470),
    "vgg-19": (143_667_240, 19.632),
    "resnet-18": (11_689_512, 1.814),
    "resnet-34": (21_797_672, 3.664),
    "resnet-50": (25_557_032, 4.089),
    "resnet-101": (44_549_160, 7.801),
    "resnet-152": (60_192_808, 11.514),
    "squeezenet-1.1": (1_235_496, 0.349),
}


def cost_of(graph: Graph, signature: Signature) -> Cost:
    report = check(graph, signature)
    assert report.problems == ()
    return total(costs(graph, report))


@pytest.mark.parametrize("name", FIGURES)
def test_parameters_and_multiply_adds_are_torchvisions(name: str) -> None:
    parameters, billions = FIGURES[name]
    cost = cost_of(TEMPLATES[name].build(IMAGENET), IMAGENET)

    assert cost.parameters == parameters
    assert round(cost.multiply_adds / 1e9, 3) == billions


@pytest.mark.parametrize(("depth", "parameters"), [(20, 269_722), (56, 853_018)])
def test_small_resnets_have_the_papers_parameters(depth: int, parameters: int) -> None:
    """0.27 M and 0.85 M in He et al. 2015, table 6, with shortcuts of option A; their plain twins have as many."""
    for name in (f"cifar-resnet-{depth}", f"cifar-plain-{depth}"):
        assert cost_of(TEMPLATES[name].build(CIFAR), CIFAR).parameters == parameters


GOOGLENET = {
    # row of table 1: millions of multiply-adds
    "Inception 3a": 128, "Inception 3b": 304, "Inception 4a": 73, "Inception 4b": 88, "Inception 4c": 100,
    "Inception 4d": 119, "Inception 4e": 170, "Inception 5b": 71,
}  # fmt: skip


def test_googlenet_has_the_multiply_adds_of_its_table() -> None:
    """Szegedy et al. 2014, table 1. Two of its rows do not follow from its own filter counts: the first convolution
    (34 M; 112²·64·7²·3 is 118 M) and 5a (54 M, which 48 filters before the 5×5 would give, where the table says 32).
    """
    graph = TEMPLATES["googlenet"].build(IMAGENET)
    report = check(graph, IMAGENET)
    found = costs(graph, report)
    rows = {
        block.title: sum(found[member].multiply_adds for member in inside(graph, id)) / 1e6
        for id, block in graph.blocks.items()
    }

    assert report.problems == ()
    assert {name: pytest.approx(rows[name], abs=0.7) for name in GOOGLENET} == GOOGLENET
    assert found["conv2"].multiply_adds + found["conv3"].multiply_adds == pytest.approx(360e6, abs=0.5e6)
    assert rows["Inception 5a"] == pytest.approx(
        49 * (832 * (256 + 160 + 32 + 128) + 9 * 160 * 320 + 25 * 32 * 128) / 1e6
    )
    assert pytest.approx(54, abs=0.5) == 49 * (832 * (256 + 160 + 48 + 128) + 9 * 160 * 320 + 25 * 48 * 128) / 1e6


def test_googlenets_parameters_follow_from_its_table_of_filters() -> None:
    """Without biases, in units of 1,024 as table 1 counts: 112 K before 3a, 159 K in 3a, 1,000 K in the last layer."""
    graph = TEMPLATES["googlenet"].build(IMAGENET)
    found = costs(graph, check(graph, IMAGENET))

    def weights(*ids: str) -> int:
        layers = ((id, graph.nodes[id]) for id in ids)
        return sum(found[id].parameters - (layer.filters if isinstance(layer, Conv2d) else 0) for id, layer in layers)

    block = next(id for id, block in graph.blocks.items() if block.title == "Inception 3a")
    assert weights("conv2", "conv3") == 112 * 1024
    assert weights(*inside(graph, block)) // 1024 == 159
    assert weights(graph.incoming["output3"][0].source) == 1000 * 1024 + 1000


NETWORKS = {"alexnet_v2": alexnet_v2, "vgg_16": vgg_16, "resnet_v1_50": resnet_v1_50}


def test_receptive_fields_are_the_published_ones_row_by_row(test_reference: Path) -> None:
    """Araujo, Norris and Sim, Distill 2019: size, stride and padding at every end point, of TF-Slim's networks."""
    with (test_reference / "receptive_fields.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seen = {}
    for row in rows:
        side = int(row["resolution"] or 224)
        key = (row["cnn"], side)
        if key not in seen:
            graph = NETWORKS[row["cnn"]](side)
            report = check(graph)
            assert report.shapes.keys() == graph.nodes.keys()
            seen[key] = fields(graph, report), costs(graph, report), graph
        found = seen[key][0][ENDS[row["end_point"]]]
        assert found is not None, row
        assert found.size == (int(row["rf"]),) * 2, row
        assert found.stride == (int(row["eff_stride"]),) * 2, row
        if row["eff_padding"]:
            assert found.padding == (int(row["eff_padding"]),) * 2, row
    assert len(rows) > 60

"""Checking again after an edit says exactly what checking anew says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.graph.blocks import MakeBlock, SetBlock
from playground.graph.check import check
from playground.graph.edits import Connect, Delete, Disconnect, Edit, InsertOnEdge, Rename, SetSettings, layer_like
from playground.graph.model import Edge, Graph
from playground.graph.problem import Report
from playground.graph.recheck import recheck
from playground.graph.templates import TEMPLATES, chain
from playground.layers.layer import LAYERS
from playground.layers.shape import Shape, Signature

IMAGES = Signature(Shape((1, 8, 8)), 10, "classes")
MEMORY = 10**9


def deep(count: int = 30) -> Graph:
    """Convolutions and ReLUs with skip connections over some of them."""
    layers = [layer_like("Input", (("dims", (1, 8, 8)),)), layer_like("Conv2d", (("filters", 4),))]
    for number in range(count):
        layers.append(layer_like("ReLU") if number % 2 else layer_like("Conv2d", (("filters", 4),)))
    layers += [layer_like("Add"), layer_like("GlobalAvgPool2d"), layer_like("Dense", (("units", 10),))]
    return chain(*layers, layer_like("Output", (("units", 10),))).with_edge(Edge("conv1", "add1", "inputs"))


NETWORKS = (
    deep(),
    *(TEMPLATES[name].build(IMAGES) for name in ("digits-cnn", "lenet-5", "cifar-resnet-20", "cnn-rnn")),
)
SETTINGS = (
    ("filters", 4), ("filters", 8), ("kernel", 5), ("stride", 2), ("activation", "relu"), ("activation", "sigmoid"),
    ("units", 10), ("units", 3), ("rate", 0.2), ("padding", "valid"), ("trainable", False), ("shares", "conv1"),
    ("loss", "hinge"), ("dims", (2, 8, 8)), ("dilation", 2), ("bias", False),
)  # fmt: skip


@st.composite
def edits(draw: st.DrawFn, graph: Graph) -> Edit:
    """Any edit of that graph."""
    ids = st.sampled_from(tuple(graph.nodes))
    kind = draw(
        st.sampled_from(("set", "set", "set", "insert", "insert", "delete", "connect", "disconnect", "rename", "block"))
    )
    if kind == "insert" and graph.edges:
        edge = draw(st.sampled_from(graph.edges))
        layer = LAYERS[
            draw(st.sampled_from(("ReLU", "Conv2d", "Dropout", "BatchNorm", "Flatten", "Sigmoid", "MaxPool2d")))
        ]()
        return InsertOnEdge(edge, graph.fresh_id(type(layer)), layer)
    if kind == "delete":
        return Delete((draw(ids),))
    if kind == "connect":
        target = draw(ids)
        ports = graph.nodes[target].ports() or ("inputs",)
        return Connect(Edge(draw(ids), target, draw(st.sampled_from(ports))))
    if kind == "disconnect" and graph.edges:
        return Disconnect(draw(st.sampled_from(graph.edges)))
    if kind == "rename":
        return Rename(draw(ids), "renamed")
    if kind == "block":
        return MakeBlock((draw(ids),), "Block", "made", draw(st.sampled_from((1, 2))))
    return SetSettings(draw(ids), (draw(st.sampled_from(SETTINGS)),))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(NETWORKS), st.sampled_from((None, IMAGES)))
def test_after_any_edits_it_says_what_checking_anew_says(
    data: st.DataObject, graph: Graph, signature: Signature
) -> None:
    report = check(graph, signature, 32, MEMORY)
    for _ in range(4):
        try:
            graph = data.draw(edits(graph)).apply(graph)
        except ValueError:
            continue
        anew = check(replace(graph), signature, 32, MEMORY)
        report = check(graph, signature, 32, MEMORY, report)
        assert _said(report) == _said(anew)


def _said(report: Report) -> tuple[object, ...]:
    return (
        report.problems,
        dict(report.shapes),
        dict(report.given),
        dict(report.times),
        dict(report.costs),
        report.total,
    )


@pytest.mark.parametrize(
    "edit",
    [
        SetSettings("conv5", (("dilation", 2),)),
        SetSettings("dense1", (("bias", False),)),
        InsertOnEdge(Edge("conv5", "relu4", "inputs"), "norm1", layer_like("BatchNorm")),
        Delete(("norm0",)),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_usual_edits_are_asked_only_where_they_touch(edit: Edit) -> None:
    graph = InsertOnEdge(Edge("conv7", "relu6", "inputs"), "norm0", layer_like("BatchNorm")).apply(deep(200))
    before = check(graph, IMAGES, 32, MEMORY)
    after = edit.apply(graph)

    assert recheck(after, before, before.asked) is not None


def test_an_edit_that_breaks_something_is_asked_in_whole() -> None:
    graph = deep()
    before = check(graph, IMAGES, 32, MEMORY)
    broken = SetSettings("conv3", (("filters", 5), ("stride", 2))).apply(graph)

    assert recheck(broken, before, before.asked) is None
    assert check(broken, IMAGES, 32, MEMORY, before).errors
    assert SetBlock("none", ()).apply(graph) is graph

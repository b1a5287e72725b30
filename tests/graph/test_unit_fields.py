"""Receptive fields of units against what torch's gradients say: over random networks, in double precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.engine.compile import build
from playground.graph.check import check
from playground.graph.model import Edge, Graph
from playground.graph.receptive import fields
from playground.graph.templates import TEMPLATES, chain
from playground.graph.unit_fields import Region, places, unit_fields
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d, ConvTranspose2d, Upsample
from playground.layers.layer import Layer
from playground.layers.merge import Add
from playground.layers.pooling import AvgPool2d, MaxPool2d
from playground.layers.recurrent import LSTM, RNN
from playground.layers.reshape import Flatten
from playground.layers.shape import Shape, Signature
from playground.layers.steps import Conv1d

IDS = st.sampled_from


def ended(*line: Layer, branch: Layer | None = None) -> Graph:
    """The line, with a branch around its last layers if there is one, and an end that judges it."""
    graph = chain(*line)
    last = list(graph.nodes)[-1]
    nodes, edges = dict(graph.nodes), list(graph.edges)
    if branch is not None:
        nodes |= {"branch": branch, "sum": Add()}
        edges += [Edge(last, "branch", "image"), Edge(last, "sum", "inputs"), Edge("branch", "sum", "inputs")]
        last = "sum"
    nodes |= {"flat": Flatten(), "scores": Dense(units=1), "end": Output(loss="mean_squared_error", units=1)}
    for source, target in ((last, "flat"), ("flat", "scores"), ("scores", "end")):
        edges.append(Edge(source, target, nodes[target].ports()[0]))
    return Graph(nodes, tuple(edges))


def support(graph: Graph, id: str, place: tuple[int, ...]) -> np.ndarray:
    """At which places of the input its value changes the unit's, for positive weights and inputs: nothing cancels."""
    network = build(graph).double().eval()
    shape = check(graph).shapes[network.input].dims
    generator = torch.Generator().manual_seed(3)
    for parameter in network.parameters():
        parameter.data.uniform_(0.5, 1.5, generator=generator)
    inputs = torch.rand(3, *shape, dtype=torch.double, generator=generator).requires_grad_()
    value = network.activations(inputs, [id])[id]
    chosen = value[:, :, place[0], place[1]] if len(place) == 2 else value[:, place[0]] if place else value
    (gradient,) = torch.autograd.grad(chosen.sum(), inputs)
    seen = gradient.abs().sum(0).numpy()
    return seen.sum(axis=0) > 0 if seen.ndim == 3 else seen.sum(axis=1) > 0 if seen.ndim == 2 else seen > 0


def box(seen: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((int(at.min()), int(at.max())) for at in np.nonzero(seen))


def sliding(is_exact: bool) -> st.SearchStrategy[Layer]:
    """A layer that slides over images; exact ones leave no holes and choose nothing."""
    around = {"padding": IDS(("same", "valid", "tf_same", 1)), "padding_mode": IDS(("zeros", "reflect", "replicate"))}
    plain = st.builds(Conv2d, filters=st.just(2), kernel=IDS((2, 3, (2, 3), (3, 2))), **around)
    strided = st.builds(Conv2d, filters=st.just(2), kernel=IDS((2, 3)), stride=st.just(2), **around)
    mean = st.builds(AvgPool2d, kernel=IDS((2, 3)), stride=st.just(2))
    holes = st.builds(Conv2d, filters=st.just(2), kernel=IDS((2, 3)), dilation=st.just(2), **around)
    chosen = st.builds(MaxPool2d, kernel=IDS((2, 3)), stride=st.just(2))
    larger = st.builds(ConvTranspose2d, filters=st.just(2), kernel=IDS((2, 3)), stride=IDS((1, 2)), padding=IDS((0, 1)))
    up = st.builds(Upsample, mode=IDS(("nearest", "bilinear")))
    return st.one_of(plain, strided, mean) if is_exact else st.one_of(plain, strided, mean, holes, chosen, larger, up)


@st.composite
def units(draw: st.DrawFn, is_exact: bool) -> tuple[Graph, str, tuple[int, int]]:
    """A unit of a layer of a random network of images."""
    side = draw(st.integers(9, 14))
    line = draw(st.lists(sliding(is_exact), min_size=1, max_size=4))
    branch = draw(st.sampled_from((None, 1, 3, 5)))
    other = Conv2d(filters=2, kernel=branch, padding="same") if branch is not None else None
    graph = ended(Input(dims=(2, side, side + 1)), *line, branch=other)
    report = check(graph)
    assume(report.ok)
    id = draw(st.sampled_from([id for id in graph.nodes if report.shapes[id].is_image]))
    height, width = places(report.shapes[id])
    return graph, id, (draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1)))


@settings(max_examples=60, deadline=None)
@given(units(is_exact=False))
def test_what_changes_a_unit_lies_within_its_field(drawn) -> None:
    graph, id, place = drawn
    region = unit_fields(graph, check(graph), id, place)["input1"]
    seen = support(graph, id, place)
    assume(seen.any())  # not wholly over padding
    for (low, high), (first, last) in zip(region.seen, box(seen), strict=True):
        assert low <= first <= last <= high


@settings(max_examples=60, deadline=None)
@given(units(is_exact=True))
def test_a_field_without_holes_is_filled_to_its_borders(drawn) -> None:
    graph, id, place = drawn
    region = unit_fields(graph, check(graph), id, place)["input1"]
    assert region.seen == box(support(graph, id, place))


@settings(max_examples=40, deadline=None)
@given(units(is_exact=True))
def test_a_units_field_is_its_layers_moved_by_the_stride(drawn) -> None:
    graph, id, place = drawn
    assume("reflect" not in {getattr(layer, "padding_mode", "") for layer in graph.nodes.values()})
    report = check(graph)
    whole = fields(graph, report)[id]
    reach = unit_fields(graph, report, id, place)["input1"].reach
    assert whole is not None
    for axis, (low, high) in enumerate(reach):
        assert low == place[axis] * whole.stride[axis] - whole.padding[axis]
        assert high - low + 1 == whole.size[axis]


def test_maps_between_are_told_too_and_repeated_blocks_by_their_copies() -> None:
    graph = TEMPLATES["cifar-resnet-20"].build(Signature(Shape((3, 32, 32)), 10, "classes"))
    report = check(graph)
    last = [id for id in report.shapes if report.shapes[id].is_image][-1]
    found = unit_fields(graph, report, last, (0, 0))
    assert found[last] == Region(((0, 0), (0, 0)), ((0, 0), (0, 0)), (8, 8))
    assert any("." in id for id in found)
    assert all(region.sides == places(report.shapes[id]) for id, region in found.items())


def test_a_dense_layer_sees_everything() -> None:
    graph = ended(Input(dims=(1, 8, 9)), Conv2d(filters=2))
    found = unit_fields(graph, check(graph), "scores", ())
    assert found["input1"].is_all
    assert found["conv1"].is_all


@pytest.mark.parametrize(
    ("line", "id", "step", "seen"),
    [
        ((RNN(units=3, returns="sequence"),), "rnn1", 2, (0, 2)),
        ((LSTM(units=3, returns="sequence", bidirectional=True),), "lstm1", 2, (0, 6)),
        ((Conv1d(filters=3, kernel=3, padding="same"), RNN(units=2, returns="sequence")), "rnn1", 2, (0, 3)),
        ((Dense(units=4), Conv1d(filters=3, kernel=3, padding="same")), "conv1", 4, (3, 5)),
    ],
)
def test_steps_see_what_came_before_or_all_or_their_window(line, id, step, seen) -> None:
    graph = ended(Input(dims=(7, 2)), *line)
    report = check(graph)
    assert unit_fields(graph, report, id, (step,))["input1"].seen == (seen,)
    assert box(support(graph, id, (step,))) == (seen,)


def test_a_hand_drawn_loop_sees_what_came_before() -> None:
    graph = TEMPLATES["elman"].build(Signature(Shape((6, 1)), 2, "classes", 6))
    report = check(graph)
    id = next(id for id in report.shapes if report.shapes[id].is_sequence and graph.nodes[id].family == "dense")
    assert unit_fields(graph, report, id, (3,))["input1"].seen == ((0, 3),)


def test_a_place_that_is_not_there_is_refused() -> None:
    graph = ended(Input(dims=(1, 8, 8)), Conv2d(filters=2))
    with pytest.raises(ValueError, match=r"conv1 has no place \(8, 0\): its map is 8 × 8\."):
        unit_fields(graph, check(graph), "conv1", (8, 0))

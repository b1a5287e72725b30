"""What the canvas shows after an edit is what a new one would show, though only what changed was touched."""

from __future__ import annotations

import pytest

from playground.app.changes import EditGraph
from playground.graph.edits import SetSettings, layer_like
from playground.graph.rewiring import SetAll
from playground.ui.canvas.scene import MANY, NetworkScene
from tests.bench.canvas import network

EDITS = {
    "another kernel": SetSettings("conv1", (("kernel", 5),)),
    "more filters, which no shortcut allows": SetSettings("conv1", (("filters", 4),)),
    "other filters everywhere": SetAll(tuple(f"conv{number}" for number in range(1, 6)), "filters", 8),
    "fewer classes": SetSettings("dense1", (("units", 1),)),
    "classes as they were": SetSettings("dense1", (("units", 2),)),
}


def seen(scene: NetworkScene) -> tuple[object, ...]:
    """All that is drawn of the cards and edges, in numbers and words."""
    return (
        {id: (item.layer, item.parameters, item.problems, item.pos().toTuple()) for id, item in scene.nodes.items()},
        {edge: (item.label, item._path) for edge, item in scene.edges.items()},
        {item.id for item in scene.wrong},
        scene.view,
    )


@pytest.fixture
def residual(canvas_of):
    return canvas_of(network(18).graph)


def test_every_edit_of_a_setting_shows_what_a_new_canvas_would(residual):
    for name, edit in EDITS.items():
        residual.session.do(EditGraph(edit))
        assert seen(residual.network) == seen(NetworkScene(residual.session, residual)), name
    for _ in EDITS:
        residual.session.undo()
        assert seen(residual.network) == seen(NetworkScene(residual.session, residual))


def test_an_edit_that_changes_shapes_draws_the_edges_behind_it_anew(residual):
    edge = next(edge for edge in residual.network.edges if edge.source == "dense1")
    before = residual.network.edges[edge].label

    residual.session.do(EditGraph(SetSettings("dense1", (("units", 7),))))

    assert (before, residual.network.edges[edge].label) == ("2", "7")


def test_a_setting_of_a_sound_network_touches_its_own_card_alone(residual, monkeypatch):
    routed = []
    monkeypatch.setattr(residual.network, "route_edges", lambda edges: routed.extend(edges))
    monkeypatch.setattr(residual.network, "_sync_places", lambda *_: pytest.fail("no card has moved"))

    residual.session.do(EditGraph(SetSettings("conv1", (("kernel", 5),))))

    assert {end for edge in routed for end in (edge.source, edge.target)} <= {"input1", "conv1", "relu1"}
    assert residual.network.nodes["conv1"].parameters == 8 * 8 * 25 + 8


def test_the_map_is_painted_anew_for_another_part_or_picture_alone(residual, qapp, monkeypatch):
    residual.zoom(3.0)
    map_, painted = residual.overlays.minimap, []
    assert map_.isVisible()
    qapp.processEvents()
    monkeypatch.setattr(map_, "paintEvent", lambda event: painted.append(event))

    residual.session.do(EditGraph(SetSettings("conv1", (("kernel", 5),))))
    qapp.processEvents()
    assert not painted

    bar = residual.horizontalScrollBar()
    bar.setValue(bar.value() + 20)
    qapp.processEvents()
    assert len(painted) == 1

    residual.session.do(EditGraph(SetSettings("conv1", (("filters", 4),))))  # which no shortcut allows
    qapp.processEvents()
    assert len(painted) == 2


def test_in_a_large_network_what_is_painted_is_found_by_place(canvas_of):
    index = NetworkScene.ItemIndexMethod
    assert canvas_of(network(MANY + 2).graph).network.itemIndexMethod() == index.BspTreeIndex
    small = canvas_of(network(12).graph)
    assert small.network.itemIndexMethod() == index.NoIndex
    small.session.do(EditGraph(SetSettings("dense1", (("units", 3),))))
    assert layer_like("Dense", (("units", 3),)) == small.network.nodes["dense1"].layer

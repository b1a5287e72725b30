"""Small dense layers of problems in the plane as neurons on the canvas, and the glass over the one pointed at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from playground.app.changes import EditGraph, Move
from playground.graph.edits import SetSettings


@pytest.fixture
def paper(qtbot, opened):
    """A window on a template, its network built and its pictures drawn."""

    def show(template: str = "xor-mlp"):
        window = opened(template)
        nodes = window.canvas.network.nodes
        qtbot.waitUntil(lambda: any(item.pictures for item in nodes.values()), timeout=60_000)
        return window

    return show


def unit_at(window, id: str, number: int) -> QPoint:
    item = window.canvas.network.nodes[id]
    return window.canvas.mapFromScene(item.mapToScene(item._places()[number].center()))


def test_a_small_dense_layer_unfolds_into_neurons_with_its_weights(paper, qtbot):
    window = paper()
    network = window.canvas.network
    assert window.canvas.neurons_shown() == {"input1": 2, "dense1": 8, "dense2": 1}
    qtbot.waitUntil(lambda: all(item.weight is not None for item in network.links.values()), timeout=10_000)
    shapes = {edge.target: item.weight.shape for edge, item in network.links.items()}
    assert shapes == {"dense1": (8, 2), "dense2": (1, 8)}
    assert len(network.nodes["dense1"].pictures) == 8
    assert network.nodes["input1"].unit_names == ("x", "y")
    window.canvas.grab()


def test_the_widths_follow_the_learning(paper, qtbot):
    window = paper()
    item = next(item for edge, item in window.canvas.network.links.items() if edge.target == "dense1")
    qtbot.waitUntil(lambda: item.weight is not None, timeout=10_000)
    before = item.weight.copy()
    window.session.play("epoch")
    qtbot.waitUntil(lambda: (item.weight != before).all(), timeout=20_000)


def test_a_large_layer_stays_a_card(paper):
    window = paper("spiral-mlp")
    assert window.canvas.neurons_shown() == {"dense3": 1}
    assert not window.canvas.network.links


def test_images_have_no_neurons_on_the_paper(paper):
    assert paper("digits-mlp").canvas.neurons_shown() == {}


def test_the_switch_folds_them_and_is_kept(paper):
    window = paper()
    high = window.canvas.network.nodes["dense1"].height
    window.actions_by_name["neurons"].trigger()
    assert window.canvas.neurons_shown() == {}
    assert not window.canvas.network.links
    assert window.canvas.network.nodes["dense1"].height < high
    assert not window.actions_by_name["neurons"].isChecked()
    window.actions_by_name["neurons"].trigger()
    assert window.canvas.neurons_shown()["dense1"] == 8


def test_an_edit_of_the_units_is_followed(paper, qtbot):
    window = paper()
    window.session.do(EditGraph(SetSettings("dense1", (("units", 3),))))
    assert window.canvas.neurons_shown()["dense1"] == 3
    window.session.do(EditGraph(SetSettings("dense1", (("units", 13),))))
    assert "dense1" not in window.canvas.neurons_shown()
    window.session.undo()  # of both: edits of one setting are one step
    assert window.canvas.neurons_shown()["dense1"] == 8
    qtbot.waitUntil(lambda: window.canvas.network.nodes["dense1"].pictures != (), timeout=20_000)
    window.canvas.grab()  # the weights of the network before the edit are not drawn between other neurons


def test_a_card_with_another_below_it_stays_one_until_there_is_room(paper):
    window = paper()
    x, y = window.session.document.positions["dense1"]
    window.session.do(Move({"output1": (x, y + 150)}))
    assert "dense1" not in window.canvas.neurons_shown()
    for _ in range(2):
        window.actions_by_name["neurons"].trigger()
    assert window.session.message.startswith("There is no room below dense1 to show its neurons.")
    window.canvas.arrange()
    assert window.canvas.neurons_shown()["dense1"] == 8
    boxes = [item.body.translated(item.pos()) for item in window.canvas.network.nodes.values()]
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)


def test_links_follow_a_card_that_is_moved(paper):
    window = paper()
    item = next(item for edge, item in window.canvas.network.links.items() if edge.target == "dense2")
    before = item.boundingRect()
    x, y = window.session.document.positions["dense2"]
    window.session.do(Move({"dense2": (x + 80, y - 60)}))
    assert item.boundingRect().right() == pytest.approx(before.right() + 80)


def test_a_click_on_a_neuron_chooses_it_and_a_second_leaves_it(paper, qtbot):
    window = paper()
    at = unit_at(window, "dense1", 4)
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (window.focus.layer, window.focus.unit) == ("dense1", (4,))
    assert window.canvas.network.nodes["dense1"].unit == 4
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (window.focus.layer, window.focus.unit) == ("dense1", None)


def test_units_are_walked_by_keys_and_seen_large(paper, qtbot):
    window = paper()
    window.canvas.select(("dense1",))
    view = window.inside.show_view("overview")
    window.actions_by_name["next_unit"].trigger()
    first = window.focus.unit[0]
    window.actions_by_name["next_unit"].trigger()
    assert window.focus.unit == ((first + 1) % 8,)
    words = f"dense1, unit {(first + 1) % 8 + 1}: "
    qtbot.waitUntil(lambda: view.surface.field.words.startswith(words), timeout=10_000)


def test_a_neuron_under_the_mouse_is_seen_large_beside_its_card(paper, qtbot):
    window = paper()
    glass, ground = window.cards.glass, window.canvas.viewport()
    assert not glass.isVisible()
    window.focus.point(("dense1", 5))
    glass._rest.timeout.emit()
    ground.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    glass._looking.refresh()
    qtbot.waitUntil(glass.isVisible, timeout=10_000)
    assert glass.field.words.startswith("dense1, unit 6: ")
    assert ground.rect().contains(glass.geometry())
    glass.grab()
    window.focus.point(None)
    assert not glass.isVisible()

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from playground.app.changes import EditGraph
from playground.graph.edits import Delete
from playground.graph.model import Edge
from playground.layers.merge import Add
from tests.ui.canvas.canvas_hand import CHAIN, FIRST, SECOND, THIRD, Hand


def edges(view) -> set[Edge]:
    return set(view.session.document.graph.edges)


def shown(view) -> tuple[set[str], set[Edge]]:
    return set(view.network.nodes), set(view.network.edges)


def assert_is_one_step(view, before) -> None:
    """Undo gives back the document before, redo the one after; the canvas shows each."""
    after = view.session.document
    assert after != before
    for move, document in ((view.session.undo, before), (view.session.redo, after)):
        assert move()
        assert view.session.document == document
        assert shown(view) == (set(document.graph.nodes), set(document.graph.edges))
        for id, place in document.positions.items():
            assert view.network.nodes[id].pos().toTuple() == place


def test_dragging_a_card_moves_it_on_the_grid_in_one_step(canvas, hand):
    before = canvas.session.document
    start = hand.middle("dense1")

    hand.drag(start, start + QPointF(43, 87))

    x, y = canvas.session.document.positions["dense1"]
    assert (x % 10, y % 10) == (0, 0)
    assert (x, y) != before.positions["dense1"]
    assert_is_one_step(canvas, before)


def test_two_drags_are_two_steps(canvas, hand):
    for _ in range(2):
        hand.drag(hand.middle("dense1"), hand.middle("dense1") + QPointF(0, 60))

    canvas.session.undo()

    assert canvas.session.history.undo_label == "Move dense1"


def test_a_selection_moves_together(canvas, hand):
    before = canvas.session.document.positions
    canvas.select(("dense1", "dense2"))

    hand.drag(hand.middle("dense1"), hand.middle("dense1") + QPointF(0, 80))

    after = canvas.session.document.positions
    assert after["dense2"][1] - before["dense2"][1] == after["dense1"][1] - before["dense1"][1] > 0
    assert after["input1"] == before["input1"]


def test_escape_during_a_drag_puts_the_card_back(canvas, hand):
    before = canvas.session.document
    start = hand.middle("dense1")
    hand.press(start)
    hand.to(start + QPointF(0, 90))
    assert canvas.network.nodes["dense1"].pos().toTuple() != before.positions["dense1"]

    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPointF(0, 90))

    assert canvas.session.document is before
    assert canvas.network.nodes["dense1"].pos().toTuple() == before.positions["dense1"]


def test_undo_of_a_layer_held_by_the_mouse_ends_the_drag_quietly(canvas, hand):
    canvas.add_layer("ReLU")
    start = hand.middle("relu1")
    hand.press(start)
    hand.to(start + QPointF(0, 60))

    canvas.session.undo()
    hand.to(start + QPointF(0, 90))
    hand.release(start + QPointF(0, 90))

    assert canvas.session.document.graph == CHAIN
    assert shown(canvas)[0] == set(CHAIN.nodes)


def test_a_wire_from_output_to_input_connects(canvas, canvas_of):
    view = canvas_of(CHAIN.without_edge(SECOND))
    hand, before = Hand(view), view.session.document

    hand.drag(hand.output("dense1"), hand.input("dense2"))

    assert edges(view) == {FIRST, SECOND, THIRD}
    assert_is_one_step(view, before)


def test_a_wire_may_end_anywhere_on_a_card(canvas_of):
    view = canvas_of(CHAIN.without_edge(SECOND))
    hand = Hand(view)

    hand.drag(hand.output("dense1"), hand.middle("dense2"))

    assert edges(view) == {FIRST, SECOND, THIRD}


def test_a_wire_can_be_drawn_backwards_from_an_input(canvas_of):
    view = canvas_of(CHAIN.without_edge(SECOND))
    hand = Hand(view)

    hand.drag(hand.input("dense2"), hand.output("dense1"))

    assert edges(view) == {FIRST, SECOND, THIRD}


def test_a_second_wire_into_one_port_takes_the_place_of_the_first(canvas, hand):
    hand.drag(hand.output("input1"), hand.middle("dense2"))

    assert edges(canvas) == {FIRST, Edge("input1", "dense2", "values"), THIRD}


def test_a_port_that_takes_several_keeps_its_edges(canvas_of):
    graph = CHAIN.with_node("add1", Add()).with_edge(Edge("dense1", "add1", "inputs"))
    view = canvas_of(graph)
    hand = Hand(view)

    hand.drag(hand.output("dense2"), hand.middle("add1"))

    assert {edge.source for edge in edges(view) if edge.target == "add1"} == {"dense1", "dense2"}


def test_pulling_a_wire_off_its_input_disconnects_it(canvas, hand):
    before = canvas.session.document

    hand.drag(hand.input("dense2"), hand.input("dense2") + QPointF(-20, 190))

    assert edges(canvas) == {FIRST, THIRD}
    assert_is_one_step(canvas, before)


def test_ports_that_could_take_the_wire_are_marked_while_it_is_drawn(canvas, hand):
    hand.press(hand.output("dense1"))
    hand.to(hand.output("dense1") + QPointF(10, 90))
    items = canvas.network.nodes
    assert (items["dense2"].offers, items["dense1"].offers) == ("input", None)

    hand.to(hand.middle("output1"))
    assert items["output1"].lit_port == "scores"

    hand.key(Qt.Key.Key_Escape)
    assert (items["dense2"].offers, items["output1"].lit_port) == (None, None)
    assert edges(canvas) == set(CHAIN.edges)


def test_a_wire_let_go_over_nothing_asks_for_a_layer_and_wires_it(canvas, hand, qtbot):
    canvas.layers_wanted.connect(lambda spot: canvas.add_layer("ReLU", spot))

    with qtbot.waitSignal(canvas.layers_wanted):
        hand.drag(hand.output("dense1"), hand.output("dense1") + QPointF(60, 180))

    assert Edge("dense1", "relu1", "inputs") in edges(canvas)
    assert canvas.selected() == ("relu1",)


def test_a_click_on_a_port_changes_nothing(canvas, hand):
    before = canvas.session.document

    hand.click(hand.input("dense2"))
    hand.click(hand.output("dense1"))

    assert canvas.session.document is before
    assert all(item.isVisible() for item in canvas.network.edges.values())


def test_a_layer_dropped_on_an_edge_is_inserted(canvas, hand):
    before = canvas.session.document

    hand.drop_layer("ReLU", hand.on_edge(SECOND))

    assert edges(canvas) == {FIRST, Edge("dense1", "relu1", "inputs"), Edge("relu1", "dense2", "values"), THIRD}
    assert canvas.selected() == ("relu1",)
    assert_is_one_step(canvas, before)


def test_a_layer_dropped_on_the_ground_stands_there(canvas, hand):
    at = hand.middle("dense1") + QPointF(0, 150)

    hand.drop_layer("Dropout", at)

    assert edges(canvas) == set(CHAIN.edges)
    assert (hand.middle("drop1") - at).manhattanLength() < 12


def test_a_layer_that_passes_nothing_on_is_not_put_on_an_edge(canvas, hand):
    hand.drop_layer("Output", hand.on_edge(SECOND))

    assert edges(canvas) == set(CHAIN.edges)
    assert "output2" in canvas.network.nodes


def test_something_else_dropped_is_refused(canvas, hand):
    hand.drop_layer("no such layer", hand.on_edge(SECOND))

    assert canvas.session.document.graph == CHAIN
    assert canvas.gesture is None


def test_a_card_without_edges_dragged_onto_an_edge_is_inserted(canvas_of, loose):
    view = canvas_of(loose)
    hand, before = Hand(view), view.session.document

    hand.drag(hand.middle("relu1"), hand.on_edge(SECOND))

    assert edges(view) == {FIRST, Edge("dense1", "relu1", "inputs"), Edge("relu1", "dense2", "values"), THIRD}
    assert_is_one_step(view, before)


def test_a_rubber_band_selects_what_it_covers(canvas, hand):
    left = hand.middle("dense1") - QPointF(90, 60)

    hand.drag(left, hand.middle("dense2") + QPointF(90, 60))

    assert set(canvas.selected()) == {"dense1", "dense2"}


def test_deleting_what_a_rubber_band_covers_heals_the_network(canvas, hand):
    hand.drag(hand.middle("dense1") - QPointF(90, 60), hand.middle("dense2") + QPointF(90, 60))
    before = canvas.session.document
    assert canvas.network.selected_edges()

    hand.key(Qt.Key.Key_Delete)

    assert edges(canvas) == {Edge("input1", "output1", "scores")}
    assert_is_one_step(canvas, before)


def test_delete_disconnects_a_selected_edge(canvas, hand):
    before = canvas.session.document
    hand.click(hand.on_edge(SECOND))

    hand.key(Qt.Key.Key_Delete)

    assert edges(canvas) == {FIRST, THIRD}
    assert_is_one_step(canvas, before)


def test_delete_heals_the_edge_of_a_selected_layer(canvas, hand):
    before = canvas.session.document
    hand.click(hand.middle("dense1"))

    hand.key(Qt.Key.Key_Delete)

    assert edges(canvas) == {Edge("input1", "dense2", "values"), THIRD}
    assert_is_one_step(canvas, before)


def test_the_middle_button_moves_the_paper_and_not_the_cards(canvas, hand):
    canvas.zoom(2.0)
    before, place = canvas.session.document, canvas.mapFromScene(QPointF(0, 0))
    start = hand.middle("dense1")
    hand.press(start, Qt.MouseButton.MiddleButton)
    hand.to(start + QPointF(30, 20))
    hand.release(start + QPointF(30, 20), Qt.MouseButton.MiddleButton)

    assert canvas.mapFromScene(QPointF(0, 0)) != place
    assert canvas.session.document is before


def test_another_button_during_a_gesture_drops_it(canvas, hand):
    hand.press(hand.output("dense1"))
    hand.to(hand.output("dense1") + QPointF(20, 80))
    items = len(canvas.network.items())

    hand.press(hand.middle("input1"), Qt.MouseButton.MiddleButton)
    hand.release(hand.middle("input1"), Qt.MouseButton.MiddleButton)

    assert len(canvas.network.items()) == items - 1, "the wire being drawn is gone"
    assert edges(canvas) == set(CHAIN.edges)


@pytest.mark.parametrize("id", ["dense1", "dense2"])
def test_an_edit_from_elsewhere_during_a_wire_is_survived(canvas, hand, id):
    hand.press(hand.output("dense1"))
    hand.to(hand.middle("dense2"))

    canvas.session.do(EditGraph(Delete((id,))))
    hand.to(QPointF(0, 300))
    hand.release(QPointF(0, 300))

    assert id not in canvas.network.nodes
    assert canvas.gesture is None

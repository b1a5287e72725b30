"""Copying, replacing, swapping, aligning, walking: by keys and by the menus, one step of undo each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from playground.app.changes import Move
from playground.graph.arrange import CARD
from playground.graph.edits import layer_like
from playground.graph.model import Edge, Graph
from playground.layers.dense import Dense
from playground.ui.canvas.guide_lines import GuideLines
from playground.ui.canvas.menus import menu_at
from tests.ui.canvas.canvas_hand import CHAIN, SECOND

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
FORK = Graph(
    {"input1": layer_like("Input"), "top": Dense(), "low": layer_like("ReLU"), "add1": layer_like("Add")},
    (
        Edge("input1", "top", "values"), Edge("input1", "low", "inputs"),
        Edge("top", "add1", "inputs"), Edge("low", "add1", "inputs"),
    ),
)  # fmt: skip


def graph_of(view) -> Graph:
    return view.session.document.graph


def words_of(menu: QMenu) -> list[str]:
    return [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]


def test_copied_layers_are_pasted_beside_with_their_wires_and_selected(canvas, hand):
    canvas.select(("dense1", "dense2"))
    before = canvas.session.document

    hand.key(Qt.Key.Key_C, CONTROL)
    hand.key(Qt.Key.Key_V, CONTROL)

    assert set(canvas.selected()) == {"dense3", "dense4"}
    assert Edge("dense3", "dense4", "values") in graph_of(canvas).edges
    assert canvas.session.history.undo_label == "Paste 2 layers"
    canvas.session.undo()
    assert canvas.session.document == before


def test_layers_are_pasted_into_another_window(canvas, canvas_of):
    canvas.select(("dense1",))
    canvas.editing.copy()
    other = canvas_of(Graph())

    other.editing.paste()

    assert graph_of(other).nodes == {"dense1": CHAIN.nodes["dense1"]}


def test_pasted_over_free_paper_they_stand_under_the_mouse(canvas, hand):
    canvas.select(("dense1",))
    hand.key(Qt.Key.Key_C, CONTROL)
    place = canvas.mapToScene(canvas.viewport().rect().center()) + QPointF(0, 200)
    hand.to(place)

    hand.key(Qt.Key.Key_V, CONTROL)

    corner = canvas.network.nodes["dense3"].pos()
    assert (corner + QPointF(*CARD) / 2 - place).manhattanLength() <= 12


def test_cutting_heals_and_pasting_brings_back(canvas, hand):
    canvas.select(("dense1",))

    hand.key(Qt.Key.Key_X, CONTROL)
    assert Edge("input1", "dense2", "values") in graph_of(canvas).edges
    assert canvas.session.history.undo_label == "Cut dense1"
    hand.key(Qt.Key.Key_V, CONTROL)

    assert graph_of(canvas).nodes["dense1"] == CHAIN.nodes["dense1"]


def test_duplicating_leaves_the_clipboard_alone(canvas, hand):
    QGuiApplication.clipboard().setText("mine")
    canvas.select(("dense1",))

    hand.key(Qt.Key.Key_D, CONTROL)

    assert canvas.selected() == ("dense3",)
    assert QGuiApplication.clipboard().text() == "mine"
    assert canvas.session.history.undo_label == "Duplicate dense1"


def test_text_that_is_no_layers_is_refused_with_a_sentence(canvas, hand):
    QGuiApplication.clipboard().setText("a shopping list")

    hand.key(Qt.Key.Key_V, CONTROL)

    assert graph_of(canvas) == CHAIN
    assert canvas.session.message.startswith("The clipboard holds text, but no layers.")


def test_a_layer_is_replaced_with_its_wires_and_shared_settings(canvas):
    canvas.editing.replace(("dense1",), "LSTM")
    (id,) = canvas.selected()

    assert graph_of(canvas).nodes[id].type == "LSTM"
    assert [edge.source for edge in graph_of(canvas).incoming[id]] == ["input1"]
    assert [edge.target for edge in graph_of(canvas).outgoing[id]] == ["dense2"]
    assert graph_of(canvas).nodes[id].settings["units"] == 8


def test_several_are_replaced_in_one_step(canvas):
    before = canvas.session.document

    canvas.editing.replace(("dense1", "dense2"), "ReLU")

    assert set(graph_of(canvas).nodes) == {"input1", "relu1", "relu2", "output1"}
    assert canvas.session.history.undo_label == "Replace 2 layers by ReLU"
    canvas.session.undo()
    assert canvas.session.document == before


def test_two_layers_swap_places_by_key(canvas, hand):
    places = canvas.session.document.positions
    canvas.select(("dense1", "dense2"))

    hand.key(Qt.Key.Key_S)

    assert [(e.source, e.target) for e in graph_of(canvas).edges] == [
        ("input1", "dense2"), ("dense2", "dense1"), ("dense1", "output1")
    ]  # fmt: skip
    assert canvas.session.document.positions["dense2"] == places["dense1"]


def test_what_cannot_be_swapped_is_said(canvas, hand):
    canvas.select(("dense1", "output1"))
    hand.key(Qt.Key.Key_S)

    assert graph_of(canvas) == CHAIN
    assert "cannot change places" in canvas.session.message
    canvas.select(("dense1",))
    hand.key(Qt.Key.Key_S)
    assert canvas.session.message == "Two layers can swap places; selected: 1. Select two."


def test_selected_cards_are_aligned_in_one_step(canvas):
    canvas.session.do(Move({"dense1": (210.0, 130.0)}))
    canvas.select(("input1", "dense1"))

    canvas.handlers()["align_top"]()

    places = canvas.session.document.positions
    assert places["dense1"][1] == places["input1"][1]


def test_a_dragged_card_snaps_to_anothers_line_and_a_guide_shows_it(canvas, hand):
    canvas.session.do(Move({"dense2": (413.0, 203.0)}))
    start = hand.middle("dense1")
    target = QPointF(start.x() - 20, 203.0 + CARD[1] / 2 + 3)

    hand.press(start)
    hand.to(target)
    lines = canvas.gesture._guides.lines
    hand.release(target)

    assert canvas.session.document.positions["dense1"][1] == 203.0
    assert lines
    assert not any(isinstance(item, GuideLines) for item in canvas.network.items())


def test_alt_and_arrows_walk_along_edges_and_between_branches(canvas_of):
    view = canvas_of(FORK)
    view.select(("input1",))

    seen = []
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left)
    for key in keys:
        QTest.keyClick(view, key, ALT)
        seen.append(view.selected()[0])

    assert set(seen[:4]) == {"top", "low"}
    assert seen[4] == "add1"


def test_a_asks_for_a_layer_and_r_for_another_kind(canvas, hand, qtbot):
    canvas.select(("dense1",))

    with qtbot.waitSignal(canvas.layers_wanted) as asked:
        hand.key(Qt.Key.Key_A)
    assert asked.args == [None]
    with qtbot.waitSignal(canvas.replacement_wanted) as asked:
        hand.key(Qt.Key.Key_R)
    assert asked.args == [("dense1",)]


def test_enter_and_f2_ask_for_the_form(canvas, hand, qtbot):
    canvas.select(("dense1",))

    with qtbot.waitSignal(canvas.settings_wanted):
        hand.key(Qt.Key.Key_Return)
    with qtbot.waitSignal(canvas.name_wanted):
        hand.key(Qt.Key.Key_F2)


def test_z_shows_the_selection_alone(canvas, hand):
    canvas.select(("dense1",))
    canvas.zoom(0.2)

    hand.key(Qt.Key.Key_Z)

    assert canvas.shown_part().contains(canvas.cards(("dense1",)))
    assert canvas.transform().m11() > 1.0


@pytest.mark.parametrize(
    ("selected", "at", "some", "none"),
    [
        (("dense1",), "dense1", {"Replace by…", "Add a layer after it…", "Duplicate", "Rename"}, {"Swap two layers"}),
        (("dense1", "dense2"), "dense1", {"Swap two layers", "Align", "Delete"}, {"Rename"}),
        ((), "output1", {"Rename", "Copy"}, {"Add a layer after it…"}),
        (("dense1",), None, {"Add a layer here…", "Paste", "Arrange from left to right"}, {"Delete"}),
    ],
)
def test_the_menu_holds_what_fits(canvas, hand, selected, at, some, none):
    canvas.select(selected)
    menu = menu_at(canvas, hand.middle(at) if at is not None else QPointF(-500, -500))

    assert some <= set(words_of(menu))
    assert not none & set(words_of(menu))


def test_the_menu_of_an_edge_takes_it_away_or_inserts(canvas, hand, qtbot):
    menu = menu_at(canvas, hand.on_edge(SECOND))
    insert, cut = menu.actions()[0], menu.actions()[2]

    with qtbot.waitSignal(canvas.layers_wanted) as asked:
        insert.trigger()
    assert asked.args[0].edge == SECOND
    cut.trigger()

    assert SECOND not in graph_of(canvas).edges


def test_the_menu_of_a_wrong_layer_repairs_it(canvas, hand):
    canvas.editing.cut_edges((SECOND,))
    menu = menu_at(canvas, hand.middle("dense2"))

    assert words_of(menu)[0] == "Connect dense1 to dense2"
    menu.actions()[0].trigger()

    assert SECOND in graph_of(canvas).edges


def test_a_closed_menu_is_gone_with_those_within_it(canvas, hand, qtbot):
    canvas.select(("dense1", "dense2"))
    before = len(canvas.findChildren(QMenu))
    menu = menu_at(canvas, hand.middle("dense1"))
    assert any(action.menu() is not None for action in menu.actions())
    menu.popup(canvas.mapToGlobal(canvas.rect().center()))

    with qtbot.waitSignal(menu.destroyed):
        menu.close()

    assert len(canvas.findChildren(QMenu)) == before


def test_a_right_click_opens_the_menu_and_keeps_the_selection(canvas, hand):
    canvas.select(("dense1", "dense2"))
    place = canvas.mapFromScene(hand.middle("dense1"))

    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place))
    QApplication.sendEvent(canvas.viewport(), event)

    assert set(canvas.selected()) == {"dense1", "dense2"}
    (menu,) = [child for child in canvas.findChildren(QMenu) if child.isVisible()]
    assert "Swap two layers" in words_of(menu)
    menu.close()


def test_the_finder_goes_round_the_matches_and_escape_leaves_it(canvas, hand):
    hand.key(Qt.Key.Key_F, CONTROL)
    finder = canvas.overlays.finder
    QTest.keyClicks(finder.field, "dense")
    seen = [canvas.selected()]
    for modifiers in (Qt.KeyboardModifier.NoModifier,) * 2 + (Qt.KeyboardModifier.ShiftModifier,):
        QTest.keyClick(finder.field, Qt.Key.Key_Return, modifiers)
        seen.append(canvas.selected())
    assert seen == [("dense1",), ("dense2",), ("dense1",), ("dense2",)]
    assert finder.count.text() == "2 of 2"

    QTest.keyClicks(finder.field, "zzz")
    assert finder.count.text() == "none"
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)

    assert not finder.isVisible()
    assert canvas.hasFocus()


def test_the_map_is_there_only_where_the_network_does_not_fit(canvas):
    map_ = canvas.overlays.minimap
    assert not map_.isVisible()

    canvas.zoom(2.5)
    assert map_.isVisible()
    corner = canvas.shown_part().center()
    QTest.mouseClick(map_, Qt.MouseButton.LeftButton, pos=map_.rect().bottomLeft() / 2)
    assert canvas.shown_part().center() != corner
    map_.toggle()
    assert not map_.isVisible()
    map_.toggle()

    assert map_.isVisible()


def test_an_empty_canvas_has_no_map(canvas_of):
    view = canvas_of(Graph())
    view.overlays.place()
    assert view.overlays.empty.isVisible()
    assert not view.overlays.minimap.isVisible()


def test_an_edge_goes_round_a_card_that_is_moved_into_its_way(canvas_of):
    graph = CHAIN.with_node("relu1", layer_like("ReLU"))
    view = canvas_of(graph)
    view.session.do(Move({"dense2": (800.0, 0.0), "dense1": (200.0, 0.0), "output1": (1000.0, 0.0)}))
    view.session.do(Move({"relu1": (450.0, 0.0)}))
    wire, card = view.network.edges[SECOND]._path, view.cards(("relu1",))
    assert not any(card.contains(wire.pointAtPercent(step / 200)) for step in range(201))

    view.session.do(Move({"relu1": (450.0, 600.0)}))

    assert view.network.edges[SECOND]._path.boundingRect().height() < 1

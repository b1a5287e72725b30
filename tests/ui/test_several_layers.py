"""The form of several selected layers, and the keyboard between canvas and form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.layers.activation import ReLU
from playground.layers.dense import Dense
from playground.layers.image import Conv2d
from playground.ui.form import MIXED
from playground.ui.panes.shared_settings import Shared


@pytest.fixture
def window(opened):
    return opened("digits-cnn")


def convs(window) -> list[str]:
    return [id for id in window.session.document.graph.nodes if id.startswith("conv")]


def filters(window) -> list[int]:
    return [window.session.document.graph.nodes[id].filters for id in convs(window)]


def test_shared_are_settings_of_one_name_and_range_and_all_know_the_first():
    shared = Shared.of([Conv2d(filters=4), Conv2d(filters=8), Dense()])

    assert shared.mixed == {"filters"}
    assert shared.titles["filters"] == "Filters (2 of 3)"
    assert shared.titles["bias"] == "Bias"
    assert "units" not in shared.values
    assert Shared.of([ReLU(), Conv2d()]).model is None


def test_where_layers_differ_a_dash_is_shown(window):
    window.canvas.select(convs(window))
    form = window.form.form

    assert window.form._title.text() == "2 layers"
    assert len(set(filters(window))) == 2
    assert form.editors["filters"].text() == MIXED
    assert form.editors["kernel"].text() == "3"


def test_one_change_sets_all_as_one_step(window):
    before = filters(window)
    window.canvas.select(convs(window))
    editor = window.form.form.editors["filters"]

    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "24")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert filters(window) == [24, 24]
    assert editor.value() == 24
    assert window.session.history.undo_label == "Change filters of 2 layers"
    window.session.undo()
    assert filters(window) == before
    assert editor.text() == MIXED


def test_typing_the_value_that_one_of_them_has_sets_the_others(window):
    first = filters(window)[0]
    window.canvas.select(convs(window))
    editor = window.form.form.editors["filters"]

    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, str(window.form.form.editors["filters"].value()))
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert len(set(filters(window))) == 1
    assert filters(window)[0] in (first, 32)


def test_looking_at_a_mixed_value_changes_nothing(window):
    window.canvas.select(convs(window))
    editor = window.form.form.editors["filters"]

    editor.setFocus()
    window.canvas.setFocus()

    assert editor.text() == MIXED
    assert window.session.history.undo_label is None


def test_enter_edits_the_settings_and_escape_returns_to_the_canvas(window):
    window.canvas.select(("conv1",))
    window.canvas.setFocus()

    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    editor = window.form.form.editors["filters"]
    assert editor.hasFocus()
    QTest.keyClicks(editor, "99")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)

    assert window.canvas.hasFocus()
    assert window.session.history.undo_label is None
    assert editor.value() == 16


def test_f2_renames_and_the_card_stays_where_it_is(window):
    window.canvas.select(("conv1",))
    place = window.session.document.positions["conv1"]
    window.canvas.setFocus()

    QTest.keyClick(window.canvas, Qt.Key.Key_F2)
    QTest.keyClicks(window.form._name, "eyes")
    QTest.keyClick(window.form._name, Qt.Key.Key_Return)

    assert window.session.document.positions["eyes"] == place


def test_a_layer_is_added_behind_the_selected_one_by_keys_alone(window):
    window.canvas.select(("pool1",))
    window.canvas.setFocus()

    QTest.keyClick(window.canvas, Qt.Key.Key_A)
    QTest.keyClicks(window.commands.field, "batch")
    QTest.keyClick(window.commands.field, Qt.Key.Key_Return)

    (id,) = window.canvas.selected()
    graph = window.session.document.graph
    assert [edge.source for edge in graph.incoming[id]] == ["pool1"]
    assert [edge.target for edge in graph.outgoing[id]] == ["conv2"]


def test_r_puts_another_kind_in_its_place_kin_first(window):
    window.canvas.select(("pool1",))
    window.canvas.setFocus()

    QTest.keyClick(window.canvas, Qt.Key.Key_R)
    assert window.commands.list.item(0).text() in ("Replace by Max pooling", "Replace by Average pooling")
    QTest.keyClicks(window.commands.field, "average")
    QTest.keyClick(window.commands.field, Qt.Key.Key_Return)

    assert window.session.document.graph.of_type("AvgPool2d")
    assert window.session.report.ok


def test_a_wire_drawn_by_keys_still_ends_with_enter(window):
    window.canvas.select(("pool1",))
    window.canvas.setFocus()

    QTest.keyClick(window.canvas, Qt.Key.Key_W)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)

    assert window.canvas.gesture is None
    assert window.canvas.hasFocus()
    assert window.session.history.undo_label.startswith("Wire pool1")


def test_actions_can_be_chosen_only_for_what_is_selected(window):
    actions = window.actions_by_name
    window.canvas.select(())
    assert not any(actions[name].isEnabled() for name in ("copy", "swap", "rename", "align_left"))

    window.canvas.select(("conv1", "pool1"))

    assert all(actions[name].isEnabled() for name in ("copy", "swap", "align_left"))
    assert not any(actions[name].isEnabled() for name in ("rename", "distribute_down"))


def test_letters_typed_into_the_finder_are_letters(window):
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = window.canvas.overlays.finder.field
    assert field.hasFocus()

    QTest.keyClicks(field, "arszw ")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert field.text() == "arszw "
    assert window.session.status == "ready"


def test_the_map_is_put_away_also_on_the_next_start(opened):
    window = opened("digits-cnn")
    action = window.actions_by_name["minimap"]
    assert action.isChecked()

    action.trigger()
    window.close()

    assert not opened("digits-cnn").actions_by_name["minimap"].isChecked()

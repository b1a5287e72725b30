from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from playground.app.redrawing import Drawing

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def spots(pad, place) -> QPoint:
    return pad.at(place).toPoint()


def drag(pad, start, end, button=LEFT) -> None:
    begin, to = spots(pad, start), spots(pad, end)
    QTest.mousePress(pad, button, pos=begin)
    for share in (0.25, 0.5, 0.75, 1.0):
        QTest.mouseMove(pad, begin + (to - begin) * share)
    QTest.mouseRelease(pad, button, pos=to)


@pytest.fixture
def on_pad(on):
    window, view = on("xor-mlp", "", "draw")
    view.resize(300, 420)
    return window, view, view.pad


def test_a_click_adds_a_point_of_the_class_whose_key_was_pressed(on_pad, qtbot):
    window, view, pad = on_pad
    assert view.words.text().startswith("Nothing is drawn yet.")
    qtbot.keyClick(pad, Qt.Key.Key_3)
    qtbot.mouseClick(pad, LEFT, pos=spots(pad, (2.0, -1.0)))

    (point,) = window.session.document.data.drawn.points
    assert point[:2] == pytest.approx((2.0, -1.0), abs=0.06)
    assert point[2] == 3
    assert view._group.checkedId() == 3
    assert window.session.document.data.source == "drawn"


def test_dragging_sprays_and_the_stroke_is_one_step_of_undo(on_pad):
    window, _, pad = on_pad
    drag(pad, (-4, 2), (4, 2))
    points = window.session.document.data.drawn.points
    assert len(points) > 15
    assert all(abs(point[1] - 2) < 2 for point in points)
    window.actions_by_name["undo"].trigger()
    assert window.session.document.data.source == "xor"


def test_the_eraser_and_the_right_button_take_points_away(on_pad, qtbot):
    window, view, pad = on_pad
    Drawing(window.session).stroke([(x / 2, 0.0) for x in range(-10, 11)], 1)
    drag(pad, (-5, 0), (-3, 0), RIGHT)
    left = window.session.document.data.drawn.points
    assert min(point[0] for point in left) > -3
    qtbot.keyClick(pad, Qt.Key.Key_E)
    assert view.eraser.isChecked()
    drag(pad, (3, 0), (5, 0))
    assert max(point[0] for point in window.session.document.data.drawn.points) < 3
    qtbot.keyClick(pad, Qt.Key.Key_1)
    assert not view.eraser.isChecked()


def test_everything_can_be_drawn_by_keys_alone(on_pad, qtbot):
    window, _, pad = on_pad
    pad.setFocus()
    for key in (Qt.Key.Key_2, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(pad, key)
    assert window.session.document.data.drawn.points == ((0.25, 0.25, 2, 0),)
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert window.session.document.data.drawn.points == ()


def test_points_of_the_present_set_are_taken_over_with_their_looks(on_pad, qtbot):
    window, view, pad = on_pad
    assert view.take_over.isVisibleTo(view)
    view.take_over.click()
    assert len(window.session.document.data.drawn.points) == 500
    assert not view.take_over.isVisibleTo(view)
    assert "500 points of 5,000 at most. Of class 1: " in view.words.text()
    pad.grab()


def test_the_networks_answers_lie_below_the_points(on_pad, qtbot):
    window, view, pad = on_pad
    view.take_over.click()
    Drawing(window.session).stroke([(0.0, 5.0)] * 12, 3)
    qtbot.waitUntil(lambda: pad._ground is not None, timeout=30_000)
    qtbot.waitUntil(lambda: not view.is_stale, timeout=10_000)
    assert window.session.examples.dataset.signature.outputs == 3
    pad.grab()
    surface = window.inside.show_view("overview").surface
    qtbot.waitUntil(lambda: surface._image is not None, timeout=30_000)
    surface.grab()


def test_drawn_by_hand_is_chosen_as_any_data_set(opened, qtbot):
    window = opened("xor-mlp")
    pane = window.data_pane
    place = pane.combo.findData("drawn")
    pane.combo.setCurrentIndex(place)
    pane._choose(place)
    assert window.inside.view.name == "draw"
    qtbot.waitUntil(lambda: window.session.status == "problem", timeout=10_000)
    assert pane._about.text().startswith("0 points are drawn; at least 10 are needed")
    assert pane.draw.isVisible()
    assert not pane.noise.isVisible()


def test_a_click_on_the_sheet_never_takes_images_away(on, qtbot):
    window, view = on("digits-mlp", "", "draw")
    assert not view.pad.isEnabled()
    qtbot.mouseClick(view.pad, LEFT, pos=spots(view.pad, (2.0, -1.0)))
    assert window.session.document.data.source == "digits"
    assert view.words.text() == "This project learns from other data: digits."
    view.use.click()
    assert window.session.document.data.source == "drawn"
    assert view.pad.isEnabled()

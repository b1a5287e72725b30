from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from playground.ui.views.web import BIAS


def test_the_bent_plane_says_how_much_it_shows(on):
    _, view = on("spiral-mlp", "", "bent_plane")
    assert "its two main directions; they hold " in view.words.text()
    assert view.numbers()["grid"].shape == (21, 21, 2)
    view.sheet.grab()


def test_a_link_is_dragged_and_taken_back(on, qtbot):
    window, view = on("xor-mlp", "", "links")
    web = view.web
    middle = (web.place(0, 0) + web.place(1, 2)) / 2
    assert web.link_at(middle) is not None
    web.chosen = (0, 2, 0)
    before = web.weight()
    web.setFocus()
    qtbot.keyClick(web, Qt.Key.Key_Up)
    assert web.weight() == pytest.approx(before + 0.1)
    assert window.session.hand.undo_label == "Set a weight of dense1 by hand"
    assert "weight from x to unit 3" in view.words.text()
    edits = window.session.history.undo_label
    qtbot.keyClick(web, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: web.weight() == pytest.approx(before), timeout=5000)
    assert window.session.history.undo_label == edits  # the weight alone was taken back


def test_the_words_follow_the_link_that_is_clicked(on, qtbot):
    _, view = on("xor-mlp", "", "links")
    for unit in (0, 1):
        view.web.resize(400, 300)  # in a low panel the links are short, and cross where they end
        begin, end = next(ends for link, _, *ends in view.web._links() if link == (0, unit, 0))
        at = (begin * 0.2 + end * 0.8).toPoint()
        qtbot.mouseClick(view.web, Qt.MouseButton.LeftButton, pos=at)
        layer, chosen, source = view.web.chosen
        assert f"weight from {'xy'[source]} to unit {chosen + 1} is" in view.words.text()
        assert (layer, chosen) == (0, unit)


def test_links_are_walked_by_keys(on, qtbot):
    _, view = on("xor-mlp", "", "links")
    view.web.setFocus()
    qtbot.keyClick(view.web, Qt.Key.Key_Right)
    assert view.web.chosen == (0, 0, 0)
    qtbot.keyClick(view.web, Qt.Key.Key_Left)
    assert view.web.chosen[0] == len(view.web.layers) - 1


def test_images_have_no_plane_and_large_layers_no_links(on):
    _, view = on("digits-mlp", "", "bent_plane")
    assert view.lacks().startswith("This is for problems in the plane.")
    _, view = on("digits-mlp", "", "links")
    assert view.lacks().startswith("No dense layer is small enough")


def test_the_surface_of_an_earlier_epoch_comes_back(on, qtbot):
    window, view = on("xor-mlp", "", "overview")
    qtbot.waitUntil(lambda: len(view._past) == 1, timeout=10_000)
    for epoch in (1, 2):
        window.session.play("epoch")
        qtbot.waitUntil(lambda epoch=epoch: len(view._past) == epoch + 1, timeout=20_000)
    qtbot.waitUntil(lambda: not view.is_stale, timeout=5000)
    now = view.numbers()["surface"]
    view.when.setValue(0)
    assert view.epoch.text() == "after epoch 0"
    assert (view.numbers()["surface"] != now).any()
    view.when.setValue(2)
    assert view.epoch.text() == "now, epoch 2"


def test_a_neurons_sum_stands_below_its_line(on, qtbot):
    window, view = on("xor-mlp", "dense1", "links")
    window.focus.choose_unit((1,))
    qtbot.waitUntil(lambda: view.plane.field.words.startswith("dense1, unit 2: "), timeout=10_000)
    view.plane.chosen.emit(1.5, -2.0)
    qtbot.waitUntil(lambda: view.heading.text().startswith("dense1, unit 2 at x = 1.5, y = −2 "), timeout=10_000)
    *products, total, answer = view.products.rows
    assert [row.name for row in products] == ["x", "y", "bias b"]
    assert sum(row.product for row in products) == pytest.approx(total.product, abs=1e-6)
    assert answer.product == pytest.approx(np.tanh(total.product), abs=1e-6)
    view.grab()


def test_the_boundary_turns_while_a_weight_is_dragged(on, qtbot):
    _, view = on("one-neuron", "", "links")
    before = view.plane.field.line.copy()
    web = view.web
    begin, end = next(ends for link, _, *ends in web._links() if link == (0, 0, 1))
    at = (begin * 0.6 + end * 0.4).toPoint()
    qtbot.mousePress(web, Qt.MouseButton.LeftButton, pos=at)
    for up in (10, 20, 40):
        QTest.mouseMove(web, at - QPoint(0, up))
        web.mouseMoveEvent(_moved(at - QPoint(0, up)))
    qtbot.waitUntil(lambda: (view.plane.field.line != before).any(), timeout=10_000)
    qtbot.mouseRelease(web, Qt.MouseButton.LeftButton, pos=at)
    qtbot.keyClick(view, Qt.Key.Key_Escape)  # the whole drag is one change
    qtbot.waitUntil(lambda: np.allclose(view.plane.field.line, before, atol=1e-5), timeout=10_000)


def _moved(at: QPoint) -> QMouseEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(at), left, left, none)


def test_a_bias_is_a_link_like_others(on, qtbot):
    _, view = on("one-neuron", "", "links")
    view.web.setFocus()
    for _ in range(3):
        qtbot.keyClick(view.web, Qt.Key.Key_Right)
    assert view.web.chosen == (0, 0, BIAS)
    assert view.words.text().startswith("dense1: bias of unit 1 is ")
    before = view.web.weight()
    qtbot.keyClick(view.web, Qt.Key.Key_Down)
    assert view.web.weight() == pytest.approx(before - 0.1)
    assert view.web.link_at(view.web._bias_place(1, 0).center()) == (0, 0, BIAS)


def test_neurons_are_walked_by_keys_and_shown_large(on, qtbot):
    window, view = on("xor-mlp", "", "links")
    view.web.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view.web, key, Qt.KeyboardModifier.ShiftModifier)
    assert (window.focus.layer, window.focus.unit) == ("dense1", (1,))
    qtbot.waitUntil(lambda: view.web.neuron == (1, 1), timeout=10_000)
    view.web.neuron_pointed.emit((2, 0))
    qtbot.waitUntil(lambda: view.plane.field.words.startswith("dense2, unit 1: "), timeout=10_000)
    view.web.neuron_pointed.emit(None)
    qtbot.waitUntil(lambda: view.plane.field.words.startswith("dense1, unit 2: "), timeout=10_000)


def test_a_tables_neuron_has_its_columns_names(on):
    window, view = on("ridge", "", "links")
    names = list(window.session.examples.dataset.feature_names)
    assert list(view.web.names) == names
    assert [row.name for row in view.products.rows[: len(names)]] == names
    assert not view.plane.isVisible()
    view.grab()


def test_a_tile_of_the_overview_is_shown_large_with_axes(on, qtbot):
    window, view = on("xor-mlp", "dense1", "overview")
    qtbot.waitUntil(lambda: len(view.units.tiles) == 8, timeout=10_000)
    view.units.hovered.emit(3, 0.5, 0.5)
    assert view.surface.field.words.startswith("dense1, unit 4: ")
    view.units.left.emit()
    assert view.surface.field.words.startswith("P(+1): ")
    view.units.clicked.emit(6)
    assert window.focus.unit == (6,)
    qtbot.waitUntil(lambda: view.surface.field.words.startswith("dense1, unit 7: "), timeout=10_000)
    axes = view.surface.axes()
    assert axes.under(axes.at(2.0, -1.0)) == pytest.approx((2.0, -1.0))
    view.surface.grab()


def test_in_a_low_pane_web_plane_and_sum_are_seen_at_once(on, qtbot):
    window, view = on("one-neuron", "dense1", "links")
    window.focus.choose_unit((0,))
    qtbot.waitUntil(lambda: view.products.rows and not view.is_stale, timeout=20_000)
    assert view._pane < 330  # of a window of 1280 by 720
    assert view.plane.x() > view.web.geometry().right()
    last = view.products.geometry()
    assert last.bottom() <= view._pane
    assert max(view.plane.geometry().bottom(), view.web.geometry().bottom()) <= last.top()


def test_weights_are_written_only_where_none_covers_another(on, qtbot):
    _, view = on("xor-mlp", "", "links")
    web = view.web
    links = list(web._links())
    assert not web._has_room_for_figures(links)  # eight times two in a side panel
    web.setFixedSize(900, 900)
    few = [link for link in web._links() if link[0][1] in (0, 4)]
    assert web._has_room_for_figures(few)


def test_a_sigmoid_is_never_told_as_0_or_100_percent():
    from playground.ui.drawing import chance

    assert [chance(share) for share in (0.0, 1e-9, 0.5, 1 - 1e-9, 1.0)] == [
        "< 0.1 %", "< 0.1 %", "50 %", "> 99.9 %", "> 99.9 %",
    ]  # fmt: skip

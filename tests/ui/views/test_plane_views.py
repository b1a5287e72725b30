from __future__ import annotations

import pytest
from PySide6.QtCore import Qt


def test_the_bent_plane_says_how_much_it_shows(on):
    _, view = on("spiral-mlp", "", "bent_plane")
    assert "its two main directions; they hold " in view.words.text()
    assert view.numbers()["grid"].shape == (21, 21, 2)
    view.sheet.grab()


def test_a_link_is_dragged_and_taken_back(on, qtbot):
    _, view = on("xor-mlp", "", "links")
    web = view.web
    middle = (web.place(0, 0) + web.place(1, 2)) / 2
    assert web.link_at(middle) is not None
    web.chosen = (0, 2, 0)
    before = web.weight()
    web.setFocus()
    qtbot.keyClick(web, Qt.Key.Key_Up)
    assert web.weight() == pytest.approx(before + 0.1)
    qtbot.waitUntil(lambda: len(view._undo) == 1, timeout=5000)
    assert "weight from x to unit 3" in view.words.text()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: web.weight() == pytest.approx(before), timeout=5000)


def test_the_words_follow_the_link_that_is_clicked(on, qtbot):
    _, view = on("xor-mlp", "", "links")
    for unit in (0, 1):
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

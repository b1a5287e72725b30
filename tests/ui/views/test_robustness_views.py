from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from playground.selection.statistics import wilson


@pytest.fixture
def trained(qtbot, opened):
    """The small image network after one epoch."""
    window = opened("digits-cnn", epochs=2)
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=60_000)
    return window


def shown(window, qtbot, name):
    view = window.inside.show_view(name)
    qtbot.waitUntil(lambda: not view.is_stale or bool(view.lacks()), timeout=20_000)
    assert not view.problem
    return view


def settled(qtbot, view):
    qtbot.waitUntil(lambda: not view.is_stale, timeout=10_000)


def changes(view) -> dict[str, float]:
    return {layer.id: layer.change for layer in view._found.layers}


def test_left_alone_nothing_changes(trained, qtbot):
    view = shown(trained, qtbot, "robustness")
    assert list(changes(view)) == ["input1", "conv1", "pool1", "conv2", "dense1"]
    assert max(changes(view).values()) < 1e-4
    assert view.words.text().startswith("The answer stays “")
    assert view.shift.text() == "Shift: 0.0 px right, 0.0 px down"


def test_the_image_is_dragged_with_the_mouse(trained, qtbot):
    view = shown(trained, qtbot, "robustness")
    place = view.after.place()
    pixel = place.width() / 8
    begin = place.center().toPoint()
    qtbot.mousePress(view.after, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(view.after, begin + QPoint(round(2 * pixel), round(-pixel)))
    qtbot.mouseRelease(view.after, Qt.MouseButton.LeftButton, pos=begin + QPoint(round(2 * pixel), round(-pixel)))
    assert view.right == pytest.approx(2, abs=0.1)
    assert view.down == pytest.approx(-1, abs=0.1)
    settled(qtbot, view)
    assert min(changes(view).values()) > 0.05
    assert view.numbers()["change, correlation, unexplained"].shape == (5, 3)


def test_arrow_keys_move_it_by_a_pixel_and_it_is_taken_back(trained, qtbot):
    view = shown(trained, qtbot, "robustness")
    view.after.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view.after, key)
    assert view.shift.text() == "Shift: 2.0 px right, 1.0 px down"
    view.sliders["angle"].setValue(-30)
    assert view._figures["angle"].text() == "−30°"
    assert view.move_now() == {"right": 2, "down": 1, "angle": -30, "scale": 1, "blur": 0, "noise": 0}
    qtbot.mouseClick(view.reset, Qt.MouseButton.LeftButton)
    assert view.move_now() == {"right": 0, "down": 0, "angle": 0, "scale": 1, "blur": 0, "noise": 0}
    settled(qtbot, view)
    assert max(changes(view).values()) < 1e-4


@pytest.mark.parametrize(("slider", "value"), [("angle", 40), ("scale", 150), ("blur", 15), ("noise", 10)])
def test_every_slider_changes_every_layer(trained, qtbot, slider, value):
    view = shown(trained, qtbot, "robustness")
    view.sliders[slider].setValue(value)
    settled(qtbot, view)
    assert min(changes(view).values()) > 0.02
    assert view.in_words().startswith(view.words.text())


def test_what_moving_the_maps_does_not_explain_is_told_where_there_are_maps(trained, qtbot):
    view = shown(trained, qtbot, "robustness")
    view.drag(1, 0)
    view.measure.setCurrentIndex(1)
    settled(qtbot, view)
    view.measure.activated.emit(1)
    assert [name for name, _ in view.bars._bars] == ["input1", "conv1", "pool1", "conv2"]
    assert view.note.text().endswith("none to move: dense1.")


def test_a_table_cannot_be_moved_and_says_what_to_choose(qtbot, opened):
    window = opened("table-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    for name, words in (("robustness", "Only images can be moved"), ("robustness_curves", "This is about images")):
        view = window.inside.show_view(name)
        assert view.lacks().startswith(words)
        assert "Choose" in view.lacks()


def test_before_learning_there_is_nothing_to_compare(qtbot, opened):
    window = opened("digits-cnn")
    view = window.inside.show_view("robustness_curves")
    assert view.lacks() == "Nothing is learned yet. Train for at least one epoch."


def compared(trained, qtbot):
    view = shown(trained, qtbot, "robustness_curves")
    qtbot.mouseClick(view.compare, Qt.MouseButton.LeftButton)
    assert view.is_working
    qtbot.waitUntil(lambda: view.kept.found is not None and not view.is_working, timeout=60_000)
    return view


def test_the_rivals_are_trained_and_the_verdict_has_its_n(trained, qtbot):
    view = compared(trained, qtbot)
    assert view.legend.text().count("&nbsp;") == 3
    shift, angle = view.words.text().split("<br><br>")
    own = view.kept.found.curves[0].right_shifted[view.kept.found.shifts.index(1)]
    low, high = wilson(int(own.sum()), 270)
    assert shift.startswith(
        f"Moved 1 px to the right, {100 * own.mean():.1f} % of 270 images are answered right "
        f"({100 * low:.1f} to {100 * high:.1f} %); unmoved, "
    )
    assert angle.startswith("Turned by 15°, ")
    for name in ("without pooling: ", "MLP: ", "logistic regression: "):
        assert name in shift
    assert view.note.text().startswith("This network after epoch 1, the rivals after epoch 1.")
    assert view.numbers()["MLP, turned: share, low, high"].shape == (19, 3)


def test_differences_are_told_with_their_interval(trained, qtbot):
    """By hand: (0.5 − 30.5) / 102 ± 1.96 · √(31 − 900 / 102) / 102."""
    view = shown(trained, qtbot, "robustness_curves")
    own, other = np.ones(100, bool), np.arange(100) >= 30
    assert view._against(["MLP"], [own, other]) == "MLP: −30.0 points (−38.5 to −20.4)."
    assert view._against(["MLP"], [own, own]).startswith("MLP: no difference that n = 100 could tell (")


def test_rivals_are_kept_until_another_run_and_learning_on_is_told(trained, qtbot):
    view = compared(trained, qtbot)
    kept = dict(view.kept.rivals)
    trained.session.play("epoch")
    qtbot.waitUntil(lambda: len(trained.session.epochs) == 2, timeout=60_000)
    qtbot.waitUntil(lambda: view.note.text().endswith("It has learned on since: compare again."), timeout=5000)
    qtbot.waitUntil(lambda: trained.session.status != "running", timeout=60_000)
    view.kept.found = None
    view = compared(trained, qtbot)
    assert view.kept.rivals == kept
    assert view.note.text().startswith("This network after epoch 2, the rivals after epoch 2.")


def test_a_window_of_its_own_has_what_was_found_and_another_run_forgets_it(trained, qtbot):
    view = compared(trained, qtbot)
    window = trained.inside.open_window()
    assert window.view is not view
    assert window.view.words.text() == view.words.text()
    window.close()
    trained.session.reset()
    qtbot.waitUntil(lambda: view.kept.found is None, timeout=5000)
    qtbot.waitUntil(lambda: view.words.text().startswith("Here the network's accuracy"), timeout=5000)
    assert view.numbers() == {}


def test_cancel_stops_it(trained, qtbot):
    view = shown(trained, qtbot, "robustness_curves")
    view.begin()
    view.cancel()
    assert not view.is_working
    assert view.kept.found is None

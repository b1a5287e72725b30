from __future__ import annotations

import numpy as np
import pytest


def test_the_surface_is_computed_with_the_path_that_was_walked(on, qtbot):
    window, view = on("spiral-mlp", "", "loss_surface")
    for epoch in (1, 2, 3):
        window.session.play("epoch")
        qtbot.waitUntil(lambda epoch=epoch: len(view._path) == epoch + 1, timeout=20_000)
    view.kind.setCurrentIndex(1)
    view.begin()
    qtbot.waitUntil(lambda: "loss" in view.numbers(), timeout=60_000)
    assert view.numbers()["loss"].shape == (15, 15)
    assert "of the path's variance" in view.words.text()
    assert view.map.trails[1].points == ((7.5, 7.5),)
    x, y = view.map.trails[0].points[-1]
    assert (x, y) == pytest.approx((7.5, 7.5), abs=1e-3)


def test_without_a_path_it_says_what_to_do(on, qtbot):
    window, view = on("spiral-mlp", "", "loss_surface")
    view.kind.setCurrentIndex(1)
    view.begin()
    qtbot.waitUntil(lambda: bool(view.problem), timeout=20_000)
    assert view.problem.startswith("The path is too short.")
    assert window.inside._empty.isVisible()


def test_one_neuron_walks_on_a_problem_in_the_plane(on):
    _, view = on("one-neuron", "", "one_neuron")
    assert not view.lacks()
    view._begin_at(0, 0)
    starts = {tuple(path[0]) for name, path in view.numbers().items() if name != "loss"}
    assert starts == {(-6.0, 6.0)}
    view.loss.setCurrentIndex(4)
    view._work()
    assert np.linalg.norm(view._paths["Oja"][-1]) == pytest.approx(1, abs=0.3)
    assert ", length " in view.words.text()


def test_on_other_data_it_says_what_it_needs(on):
    _, view = on("digits-mlp", "", "one_neuron")
    assert view.lacks().startswith("This needs two inputs and two classes.")

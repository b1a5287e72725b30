from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt


def test_the_surface_is_computed_with_the_path_that_was_walked(on, qtbot):
    window, _ = on("spiral-mlp", "", "overview")
    for epoch in (1, 2, 3):
        window.session.play("epoch")
        qtbot.waitUntil(lambda epoch=epoch: len(window.session.epochs) == epoch, timeout=20_000)
    view = window.inside.show_view("loss_surface")  # it was not open while the network learned
    qtbot.waitUntil(lambda: view.kept.text() == "The way of the weights: 4 points, from epoch 0 to 3.", timeout=5000)
    assert view.over.text().startswith("Over all 350 training examples, in evaluation mode")
    assert not view.play.isVisible()
    view.kind.setCurrentIndex(1)
    view.begin()
    qtbot.waitUntil(lambda: "loss" in view.numbers(), timeout=60_000)
    assert view.numbers()["loss"].shape == (15, 15)
    assert "of the path's variance" in view.words.text()
    assert not view.promise.isVisibleTo(view)
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
    assert view.play.isVisible()
    assert "Here will be how the loss lies" in view.promise.text()
    assert view.promise.isVisible()
    assert "225 losses" in view.promise.text()
    view.side.setCurrentText("41 × 41")
    assert "1,681 losses" in view.promise.text()
    assert view.draw.isVisible()
    qtbot.mouseClick(view.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.session.epochs) > 3 and not view.play.isVisible(), timeout=20_000)


def test_one_neuron_walks_on_a_problem_in_the_plane(on):
    _, view = on("one-neuron", "", "one_neuron")
    assert not view.lacks()
    corner = (-view._reach, view._reach)
    view._begin_at(0, 0)
    starts = {tuple(path[0]) for name, path in view.numbers().items() if name != "loss"}
    assert starts == {corner}
    farthest = max(abs(path).max() for name, path in view.numbers().items() if name != "loss")
    assert farthest <= view._reach
    view.loss.setCurrentIndex(4)
    view._work()
    assert np.linalg.norm(view._paths["Oja"][-1]) == pytest.approx(1, abs=0.3)
    assert ", length " in view.words.text()


def test_the_four_ways_have_a_legend_and_begin_at_the_networks_own_weights(on, qtbot):
    window, view = on("one-neuron", "", "one_neuron")
    qtbot.waitUntil(lambda: view._own is not None, timeout=10_000)
    names = [name for name, _, _ in view.legend.entries]
    assert names == ["gradient descent", "momentum", "Newton", "perceptron rule", "this network"]
    assert view.map.rings == [view._pixel(np.array(view._own[:2]))]
    own = window.session.ask(lambda training: training.network._modules["dense1"].weight.detach().numpy().copy())
    qtbot.mouseClick(view.from_own, Qt.MouseButton.LeftButton)
    starts = {tuple(path[0]) for name, path in view.numbers().items() if name != "loss"}
    assert starts == {tuple(own.result(5)[0].astype(float))}
    view.legend.grab()


def test_a_network_with_more_neurons_has_no_ring(on):
    _, view = on("xor-mlp", "", "one_neuron")
    assert view.map.rings == []
    assert not view.from_own.isVisible()


def test_on_other_data_it_says_what_it_needs(on):
    _, view = on("digits-mlp", "", "one_neuron")
    assert view.lacks().startswith("This needs two inputs and two classes.")

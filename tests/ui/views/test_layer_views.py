from __future__ import annotations

import numpy as np

from playground.app.changes import EditGraph
from playground.graph.edits import InsertOnEdge
from playground.graph.model import Edge
from playground.layers.steps import Conv1d
from playground.ui.drawing import curve_image, marked, plane_image
from playground.ui.theme import theme_of


def test_filters_are_sorted_and_a_click_chooses_the_unit(on, qtbot):
    window, view = on("digits-cnn", "conv2", "filters")
    assert len(view.grid.tiles) == 32
    assert view.channel.isVisibleTo(view)
    view.sort.setCurrentIndex(1)
    view._show()
    assert (np.diff(view._found.norm[view._order]) <= 0).all()
    view.grid.clicked.emit(3)
    assert window.focus.unit[0] == view._order[3]
    assert view.words.text().startswith("orange −")
    view.what.setCurrentIndex(1)
    view._show()
    assert view.words.text().startswith("change since the start; ")


def test_a_dense_layer_behind_an_image_shows_its_weights_as_images(on):
    _, view = on("digits-mlp", "dense1", "filters")
    assert view._sides(64) == (1, 8, 8)
    assert view.grid.tiles[0].image.width() == view.grid.tiles[0].image.height() == 8


def test_a_pooling_layer_has_no_filters_and_says_what_to_select(on):
    _, view = on("digits-cnn", "pool1", "filters")
    assert view.lacks() == "pool1 has no filters. Select a convolution or a dense layer."


def test_maps_tell_zeros_and_dead_units(on):
    _, view = on("digits-cnn", "conv1", "feature_maps")
    (row,) = view.rows.rows
    assert [len(row.pictures), len(row.names)] == [16, 16]
    assert "of 16 units are dead (always 0)." in view.words.text()
    assert view.numbers()["histogram"].shape == (40, 3)


def test_every_layer_is_shown_and_selected_by_a_click(on):
    window, view = on("digits-cnn", "conv1", "all_layers")
    assert list(view.numbers())[:3] == ["input1", "conv1", "pool1"]
    rows = {row.id: row for row in view.rows.rows}
    assert rows["conv1"].words.startswith("conv1 · 8 × 8 × 16 · from ")
    assert rows["flatten1"].words.startswith("flatten1 · 512 · from ")
    # A Flatten gives the same numbers.
    assert rows["conv2"].words.split(" · ")[2] == rows["flatten1"].words.split(" · ")[2]
    view.rows.clicked.emit("pool1", 0)
    assert window.focus.layer == "pool1"


def test_what_is_cut_says_so_and_leads_to_the_rest(on, qtbot):
    window, view = on("digits-cnn", "conv1", "all_layers")
    labels = [label.text() for label, _ in view.rows._parts]
    assert 'channels 1 to 12 of 16 <a href="1">more ▸</a>' in labels[1]
    flat = next(number for number, row in enumerate(view.rows.rows) if row.id == "flatten1")
    assert 'values 1 to 64 of 512 <a href="1">more ▸</a>' in labels[flat]
    whole = window.session.ask(lambda training: _answers(training, window.focus.scaled())).result(20)

    view.rows._parts[1][0].linkActivated.emit("1")
    view.rows._parts[flat][0].linkActivated.emit("1")
    qtbot.waitUntil(lambda: view.rows.rows[1].page.first == 12 and not view.is_stale, timeout=10_000)

    assert view.rows.rows[1].page.count == len(view.rows.rows[1].pictures) == 4
    np.testing.assert_allclose(view.numbers()["conv1"], whole["conv1"][12:])
    assert 'values 65 to 128 of 512 <a href="-1">◂ back</a>' in view.rows._parts[flat][0].text()


def _answers(training, example):
    from playground.insight.feature_maps import feature_maps

    return feature_maps(training, example, ["conv1"], 16)


def test_the_nine_are_found_with_progress_and_a_click_chooses_one(on, qtbot):
    window, view = on("digits-cnn", "conv2", "exciting")
    view.begin_search()
    assert window.inside._work.isVisible()
    qtbot.waitUntil(lambda: len(view._rows) == 9, timeout=20_000)
    assert not window.inside._work.isVisible()
    assert "among 270 validation examples" in view.words.text()
    view.grid.clicked.emit(1)
    assert window.focus.example == view._rows[1]


def test_an_input_is_made_and_another_unit_forgets_it(on, qtbot):
    window, view = on("digits-cnn", "dense1", "exciting")
    view.begin_making()
    qtbot.waitUntil(lambda: "made input" in view.numbers(), timeout=20_000)
    assert view.made_words.text().startswith("Made: the unit answers ")
    window.focus.choose_unit((3,))
    assert view.numbers() == {}


def test_what_excites_a_unit_of_the_plane_is_seen_in_the_plane(on, qtbot):
    window, view = on("xor-mlp", "dense1", "exciting")
    window.focus.choose_unit((2,))
    view.begin_search()
    qtbot.waitUntil(lambda: len(view.plane.dots) == 9, timeout=20_000)
    rows = window.session.examples.valid.rows[view._rows]
    assert [[x, y] for x, y, _ in view.plane.dots] == window.session.examples.dataset.plane[rows].tolist()
    assert "unit 3 of dense1" in view.words.text()
    assert view.grid.tiles == []
    view.begin_making()
    qtbot.waitUntil(lambda: "made input" in view.numbers(), timeout=20_000)
    assert view.made_words.text().startswith("Made: x = ")
    view.plane.grab()


def test_inputs_without_an_order_have_no_field_but_are_listened_to(on):
    _, view = on("xor-mlp", "dense1", "receptive_field")
    assert view.figures.text().startswith("A field is a part of an image or of a sequence.")
    assert sorted(name for name, _ in view.listens._bars) == ["x", "y"]
    assert "σ" not in view.figures.text()


def test_layers_are_set_against_each_other_and_followed_over_time(on, qtbot):
    window, view = on("digits-cnn", "conv2", "depth")
    assert view.numbers()["gradient, answers, weights, ratio"].shape == (3, 4)
    assert view.words.text().startswith("Gradient at conv1: ")
    assert view.weights.isVisibleTo(view)
    window.session.play("batch", 3)
    qtbot.waitUntil(lambda: len(view._past) >= 2, timeout=10_000)
    view.what.setCurrentIndex(3)
    view._show()
    assert "a thousandth" in view.layers.legend.text()


def test_a_plain_and_a_residual_twin_are_trained_side_by_side(on, qtbot):
    _, view = on("digits-cnn", "", "twins")
    view.begin_training()
    qtbot.waitUntil(lambda: "plain loss" in view.numbers(), timeout=60_000)
    assert view.numbers()["residual loss"].shape == (30,)
    assert view.words.text().startswith("8 layers: mean training loss of the last 10 steps ")


def test_filters_over_steps_are_curves_with_a_channel_at_a_time(opened, qtbot):
    window = opened("frequency-lstm")
    edge = window.session.document.graph.edges[0]
    window.session.do(EditGraph(InsertOnEdge(edge, "conv1", Conv1d(filters=3, kernel=7))))
    edge = Edge("conv1", "lstm1", "steps")
    window.session.do(EditGraph(InsertOnEdge(edge, "conv2", Conv1d(filters=4, kernel=5))))
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    window.canvas.select(("conv2",))
    view = window.inside.show_view("filters")
    qtbot.waitUntil(lambda: len(view.grid.tiles) == 4, timeout=20_000)
    assert view.channel.isVisibleTo(view)
    assert view.channel.maximum() == 3
    assert view.words.text().startswith("steps to the right, from −")
    before = view.grid.tiles[0].image.copy()
    view.channel.setValue(2)
    assert view.grid.tiles[0].image != before
    window.canvas.select(("conv1",))
    window.show_place("filters")
    qtbot.waitUntil(lambda: len(view.grid.tiles) == 3, timeout=20_000)
    assert not view.channel.isVisibleTo(view)


def test_a_curve_goes_from_minus_to_plus_the_reach_around_its_line(qtbot):
    values = np.array([[1.0, 1.0, -1.0, -1.0]])
    image = curve_image(values, 1.0, 44)
    color = theme_of().color("train").rgb()
    rows = {image.width() // 8: 4, image.width() * 7 // 8: image.height() - 5}
    for x, y in rows.items():
        assert image.pixelColor(x, y).rgb() == color
        assert image.pixelColor(x, image.height() - 1 - y).rgb() != color


def test_points_of_the_plane_keep_their_places_with_one_marked(qtbot):
    image, places = plane_image(np.array([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]]), 50)
    assert places[0][0] < places[1][0]
    assert places[0][1] > places[1][1]  # up is up
    dot = marked(image, places[2])
    assert dot.pixelColor(50, 50) == theme_of().color("text")
    assert dot.pixelColor(5, 50) == image.pixelColor(5, 50)

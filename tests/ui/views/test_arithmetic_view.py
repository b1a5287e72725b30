from __future__ import annotations

from playground.ui.views.picture_grid import PictureGrid


def test_the_window_of_a_chosen_unit_is_framed_and_its_terms_are_listed(on, qtbot):
    window, view = on("digits-cnn", "conv2", "arithmetic")
    window.focus.choose_unit((0, 1, 2))
    qtbot.waitUntil(lambda: view._found is not None and view._found.unit == (0, 1, 2), timeout=10_000)
    assert view.input.marks[0].w == view.input.marks[0].h == 3
    assert view.terms.count() == 41  # the largest 40, and the rest
    assert view.terms.item(40).text().startswith("104 smaller ones: ")
    assert "144 products" in view.result.text()
    view.terms.setCurrentRow(1)
    assert view.input.cursor_at == view._listed[1].at[1:]


def test_the_window_moves_on_to_the_next_unit(on, qtbot):
    window, view = on("digits-cnn", "conv1", "arithmetic")
    window.focus.choose_unit((0, 0, 7))
    view._move(1)
    assert window.focus.unit == (0, 1, 0)
    window.focus.choose_unit((15, 7, 7))
    view._move(1)
    assert window.focus.unit == (0, 0, 0)


def test_a_field_is_told_in_figures_and_framed(on, qtbot):
    window, view = on("digits-cnn", "conv2", "receptive_field")
    window.focus.choose_place(0, 0)
    qtbot.waitUntil(lambda: window.focus.unit[1:] == (0, 0) and view.map.cursor_at == (0, 0), timeout=10_000)
    qtbot.waitUntil(lambda: "of which" in view.figures.text(), timeout=10_000)
    assert "Theoretical field 8 × 8, of which 5 × 5 lie within the input (stride 2, padding 3)." in view.figures.text()
    mark = view.input.marks[0]
    assert (mark.x, mark.y, mark.w, mark.h) == (0, 0, 5, 5)


def test_a_step_goes_through_its_phases_layer_by_layer(on, qtbot):
    _, view = on("digits-mlp", "", "one_step")
    qtbot.waitUntil(lambda: view._found is not None, timeout=20_000)
    layers = len(view._found.layers)
    for _ in range(layers):
        view._move(1)
    assert view.phases.currentText() == "2  Loss"
    assert view.words.text().startswith("The loss of this example is ")
    view._move(1)
    assert view.phases.currentText() == "3  Backwards"
    view.show_phase(4)
    count = len(view._found.checked)
    assert view.words.text().startswith(f"{count} of {count} gradients agree with central differences")
    assert view._found.worst < 1e-4


def test_a_convolutions_values_are_tiles_and_a_dense_layers_a_row(on, qtbot):
    _, view = on("digits-cnn", "", "one_step")
    qtbot.waitUntil(lambda: view._found is not None, timeout=60_000)
    view._reached = view._count()
    view._show()
    tiles = {grid.accessibleName().partition(":")[0]: grid.tiles for grid in view.rows.findChildren(PictureGrid)}
    assert len(tiles["conv1"]) == 12
    assert len(tiles["conv2"]) == 12
    assert len(tiles["dense1"]) == 1


def test_without_a_choice_the_unit_that_answers_most_is_looked_at(on, qtbot):
    window, view = on("digits-cnn", "conv1", "arithmetic")
    qtbot.waitUntil(lambda: view._found is not None and window.focus._strongest is not None, timeout=10_000)
    assert window.focus.unit is None
    assert window.focus.aim == window.focus._strongest
    qtbot.waitUntil(lambda: view._found.unit == window.focus.aim, timeout=10_000)
    assert view._found.value != 0

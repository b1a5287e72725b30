from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from playground.data.dataset import DataChoice
from playground.ui.drawing import chance


@pytest.fixture
def trained(qtbot, opened):
    """The small image network after one epoch, with its confusion matrix shown."""
    window = opened("digits-cnn")
    window.show_place("confusion")
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=60_000)
    right = round(window.session.epochs[-1].valid.measures["accuracy"] * 270)
    qtbot.waitUntil(
        lambda: window.confusion.counts is not None and window.confusion.counts.trace() == right, timeout=10_000
    )
    return window


def shown(window, qtbot, name):
    view = window.inside.show_view(name)
    qtbot.waitUntil(lambda: bool(view.numbers()) and not view.is_stale, timeout=20_000)
    assert not view.problem
    return view


def test_a_cell_of_the_confusion_matrix_opens_its_examples(trained, qtbot):
    counts = trained.confusion.counts
    np.fill_diagonal(off := counts.copy(), 0)
    truth, answer = (int(at) for at in np.unravel_index(off.argmax(), off.shape))
    _, wide, high = trained.confusion._grid(len(counts))
    place = QPointF(92 + (answer + 0.5) * wide, 24 + (truth + 0.5) * high).toPoint()

    qtbot.mouseClick(trained.confusion, Qt.MouseButton.LeftButton, pos=place)

    assert trained.right_tabs.currentWidget() is trained.inside
    view = trained.inside.view
    assert view.name == "gallery"
    qtbot.waitUntil(lambda: len(view._rows) == counts[truth, answer], timeout=10_000)
    assert view.words.text() == f"{counts[truth, answer]} examples of “{truth}” answered “{answer}”."
    assert all(trained.session.examples.valid.targets[row] == truth for row in view._rows)


def test_cells_of_many_classes_fill_the_pane(trained):
    pane = trained.confusion
    pane.resize(900, 230)
    shown, wide, high = pane._grid(18)
    assert shown * wide == pytest.approx(900 - 92 - 12)
    assert shown * high == pytest.approx(230 - 24 - 22)
    _, wide, high = pane._grid(2)
    assert wide < 120  # two classes need no whole pane
    assert high < 80


def test_the_matrix_is_walked_by_keys(trained, qtbot):
    taken = []
    trained.confusion.cell_chosen.connect(lambda truth, answer: taken.append((truth, answer)))
    trained.confusion.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(trained.confusion, key)
    assert taken == [(2, 1)]


def test_mistakes_come_surest_first_and_a_click_chooses_the_example(trained, qtbot):
    view = shown(trained, qtbot, "gallery")
    found = view._found
    confidences = found.confidence[view._rows]
    assert (np.diff(confidences) <= 0).all()
    assert not found.right[view._rows].any()
    row = view._rows[0]
    truth, answer = int(found.truth[row]), int(found.answer[row])
    assert view.grid.tiles[0].words.startswith(f"truly {truth}, answered {answer}, ")
    assert view.grid.tiles[0].brief.startswith(f"{truth}→{answer} ")
    view.grid.clicked.emit(2)
    assert trained.focus.example == view._rows[2]
    view.which.setCurrentIndex(1)
    view.which.activated.emit(1)
    assert len(view._rows) == 270


def test_the_reliability_is_told_with_its_n(trained, qtbot):
    view = shown(trained, qtbot, "reliability")
    assert view.words.text().startswith("Expected calibration error 0.")
    assert "(n = 270)" in view.words.text()


@pytest.mark.parametrize("method", range(6))
def test_every_method_shows_what_speaks_for_the_answer(trained, qtbot, method):
    view = shown(trained, qtbot, "attribution")
    view.method.setCurrentIndex(method)
    view.method.activated.emit(method)
    name = view.method.currentData()
    qtbot.waitUntil(lambda: view._found is not None and view._found.method == name, timeout=10_000)
    assert view.map.values is not None
    assert view.words.text().startswith("Score for “")


def test_of_a_table_the_columns_are_named(qtbot, opened):
    window = opened("table-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    view = shown(window, qtbot, "attribution")
    names = window.session.examples.dataset.feature_names
    assert all(name in names for name, _ in view.bars._bars)


def choose(box, words: str) -> None:
    """As a hand would: the entry, and the signal that it was chosen."""
    box.setCurrentIndex(next(at for at in range(box.count()) if words in box.itemText(at)))
    box.activated.emit(box.currentIndex())


def test_occlusion_is_worked_out_in_slices_and_follows_its_window(trained, qtbot):
    view = shown(trained, qtbot, "attribution")
    assert not view.window_side.isVisible()
    assert not view.reference.isVisible()

    choose(view.method, "occlusion")
    qtbot.waitUntil(lambda: view._found is not None and view._found.method == "occlusion", timeout=20_000)
    first = view._found
    assert view.window_side.isVisible()
    view.window_side.setValue(4)

    qtbot.waitUntil(lambda: view._found is not first and not view.is_working, timeout=20_000)
    assert not np.allclose(view._found.values, first.values)


def test_integrated_gradients_begin_where_they_are_told_to(trained, qtbot):
    view = shown(trained, qtbot, "attribution")
    choose(view.method, "integrated gradients")
    qtbot.waitUntil(lambda: view._found.method == "integrated gradients", timeout=20_000)
    from_mean = view._found.baseline

    choose(view.reference, "background")

    qtbot.waitUntil(lambda: view._found.baseline != from_mean, timeout=20_000)
    assert "reference's score" in view.words.text()
    assert abs(view._found.missing) < 0.05 * abs(view._found.score - view._found.baseline) + 0.05


def test_an_empty_grad_cam_says_why_and_leads_to_what_shows_more(trained, qtbot):
    view = shown(trained, qtbot, "attribution")
    view.method.setCurrentIndex(view.method.findData("Grad-CAM"))
    view.ask_again()
    qtbot.waitUntil(lambda: view._found.method == "Grad-CAM", timeout=10_000)
    words = view._words(replace(view._found, values=np.zeros_like(view._found.values)))
    assert "the maps of conv2 add up to less than 0 everywhere" in words
    assert '<a href="layer conv1">see it at conv1</a>' in words

    view.words.linkActivated.emit("without ReLU")

    qtbot.waitUntil(lambda: view._found.method == "Grad-CAM without ReLU", timeout=10_000)
    assert view._found.values.min() < 0
    view.words.linkActivated.emit("layer conv1")
    assert trained.focus.layer == "conv1"


def test_a_table_has_no_reference_to_choose(opened, qtbot):
    window = opened("table-mlp")
    view = shown(window, qtbot, "attribution")
    choose(view.method, "integrated gradients")
    qtbot.waitUntil(lambda: view._found.method == "integrated gradients", timeout=20_000)
    assert not view.reference.isVisible()


def test_rows_of_a_table_are_told_by_the_names_of_their_columns(qtbot, opened):
    window = opened("table-mlp")
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=60_000)
    view = shown(window, qtbot, "gallery")
    examples = window.session.examples
    assert not view.grid.isVisible()
    heads = [column.title for column in view.list.values.columns]
    assert heads[:2] == ["Truly", "Answer"]
    assert heads[2:] == list(examples.dataset.feature_names)
    row = view._rows[0]
    assert float(view.list.values.index(0, 0).data()) == pytest.approx(
        examples.dataset.targets[examples.valid.rows[row], 0]
    )
    view.list.choose(str(view._rows[3]))
    view.list.picked.emit()
    assert window.focus.example == view._rows[3]


def test_a_mistake_is_told_with_its_row_in_the_file(qtbot, opened, tmp_path):
    lines = ["size,turn,kind", *(f"{n}.5,{n * n % 7},{'' if n % 9 == 0 else 'ab'[n % 2]}" for n in range(90))]
    path = tmp_path / "sizes.csv"
    path.write_text("\n".join(lines))
    window = opened("table-mlp")
    window.session.choose_data(DataChoice(source=str(path), target="kind"))
    qtbot.waitUntil(lambda: window.session.document.data.target == "kind" and window.session.examples is not None)
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=60_000)
    view = shown(window, qtbot, "gallery")
    columns = {column.title: column for column in view.list.values.columns}
    assert view._rows
    for row in view._rows:
        size, _, kind = lines[int(columns["Row"].text(row)) - 1].split(",")
        assert (columns["size"].text(row), columns["Truly"].text(row)) == (size, kind)
    places = window.session.examples.dataset.file_rows[window.session.examples.valid.rows]
    assert view.numbers()["rows in the file"].tolist() == places.tolist()


def test_the_networks_answer_carries_its_classes_and_their_probabilities(trained, qtbot):
    view = shown(trained, qtbot, "all_layers")
    qtbot.waitUntil(lambda: view.numbers()["output1"] is not None and len(view.rows.rows) == 8, timeout=10_000)
    scores = view.numbers()["output1"].astype(float)
    expected = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()  # the softmax
    best = int(expected.argmax())
    for row in view.rows.rows[-2:]:  # the last dense layer, and the Output that hands its scores on
        assert list(row.cells.names) == [str(digit) for digit in range(10)]
        assert row.cells.strongest == best
        assert row.cells.figures[best] == chance(float(expected[best]))
        assert f"{row.id}, unit {best + 1} “{best}”: " in row.told((0, (best + 0.5) / 10, 0.5))
        assert row.told((0, (best + 0.5) / 10, 0.5)).endswith(chance(float(expected[best])))
    assert all(row.cells is None for row in view.rows.rows[:-2])


def test_a_step_taken_apart_and_the_cards_name_the_classes_too(trained, qtbot):
    view = shown(trained, qtbot, "one_step")
    qtbot.waitUntil(lambda: view._found is not None and not view.is_working, timeout=20_000)
    view.show_phase(0)
    for _ in view._found.layers[1:]:
        view._move(1)
    assert list(view.rows.rows[-1].cells.names) == [str(digit) for digit in range(10)]
    assert view.rows.rows[-1].cells.figures
    view.show_phase(2)
    assert view.rows.rows[0].cells.figures == ()  # a gradient is no probability
    card = trained.canvas.network.nodes["dense1"]
    qtbot.waitUntil(lambda: card.cells is not None, timeout=10_000)
    trained.cards._point(card, (0, 0.75, 0.5))
    assert card.toolTip().startswith("dense1, unit 8 “7”: ")
    assert ", P " in card.toolTip()


def test_what_speaks_for_an_answer_stands_under_its_curve(opened, qtbot):
    window = opened("series-cnn")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    view = shown(window, qtbot, "attribution")
    view.resize(1200, 700)
    qtbot.waitUntil(lambda: view.map.y() > view.input.y(), timeout=10_000)
    assert (view.input.place().left(), view.input.place().width()) == (
        view.map.place().left(),
        view.map.place().width(),
    )

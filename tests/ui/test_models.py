from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from playground.app.changes import SetRecipe
from playground.app.comparing import offered
from playground.selection.outcome import Comparison, Row
from playground.selection.table import COLUMNS, lines


@pytest.fixture
def compared(qtbot, opened):
    """A window whose network was trained and compared with two baselines; the table of models is in front."""

    def open_on():
        window = opened("digits-mlp", epochs=3)
        window.show_place("models")
        window.session.play()
        comparing = window.session.comparing
        qtbot.waitUntil(lambda: window.session.status == "ended", timeout=120_000)
        qtbot.waitUntil(
            lambda: comparing.comparison is not None and len(comparing.comparison.models) == 3, timeout=120_000
        )
        qtbot.waitUntil(lambda: len(window.models.table.values.rows) == 3, timeout=5000)
        return window

    return open_on


def names(window):
    return [line.row.name for line in window.models.table.values.rows]


def test_before_play_the_table_says_what_it_waits_for(opened):
    window = opened("digits-mlp")
    window.show_place("models")
    assert window.models.empty.isVisible()
    assert "Press Play" in window.models.empty.text()


def test_network_and_baselines_stand_in_the_table_and_the_verdict_beside_it(compared):
    window = compared()
    assert names(window)[0] == "network"
    assert set(names(window)) == {"network", "logistic", "majority"}
    assert window.session.comparing.comparison.pairs["network"].text in window.models.verdict.text()
    assert not window.learning.comparison.isVisible()


def test_a_heading_ranks_and_the_chosen_row_stays_chosen(compared):
    window = compared()
    table = window.models.table
    table.choose("majority")
    table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    scores = [line.row.score for line in table.values.rows]
    assert scores == sorted(scores, reverse=True)
    assert table.chosen() == ("majority",)


def test_another_row_becomes_the_measure_of_all(qtbot, compared):
    window = compared()
    table = window.models.table
    table.choose("majority")
    table.picked.emit()
    qtbot.mouseClick(window.models.measure, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.comparing.comparison.against == "majority")
    assert "all set against: Majority class" in window.models.head.text()
    assert set(window.session.comparing.comparison.pairs) == {"network", "logistic"}


def test_the_examples_that_one_gets_right_and_the_other_wrong_open_in_the_gallery(qtbot, compared):
    window = compared()
    comparison = window.session.comparing.comparison
    wanted = np.flatnonzero(comparison.each["network"] < comparison.each["logistic"])
    assert f": {len(wanted)}" in window.models.second.text()
    window.models.table.choose("network")
    qtbot.mouseClick(window.models.second, Qt.MouseButton.LeftButton)
    view = window.inside.view
    qtbot.waitUntil(lambda: view.words.text().startswith("Your network: wrong where"), timeout=10_000)
    assert view._rows == list(wanted)


def test_the_answers_shown_are_those_of_the_row_that_was_chosen_with_the_values_by_name(qtbot, compared):
    window = compared()
    comparison = window.session.comparing.comparison
    window.models.table.choose("majority")
    wanted = np.flatnonzero(comparison.each["majority"] < comparison.each["logistic"])
    qtbot.mouseClick(window.models.second, Qt.MouseButton.LeftButton)
    view = window.inside.view
    qtbot.waitUntil(lambda: view.words.text().startswith("Majority class: wrong where “Logistic"), timeout=10_000)
    assert view.words.text().endswith("examples). The answers are its own.")
    examples = window.session.examples
    largest = np.bincount(examples.train.targets).argmax()
    assert {view._answer_of(int(row)) for row in wanted} == {examples.dataset.class_names[largest]}


def test_a_run_is_put_beside_the_network_and_on_the_curves(qtbot, compared):
    window = compared()
    session = window.session
    qtbot.waitUntil(lambda: any(run.has_answers for run in session.recording.runs.search()), timeout=10_000)
    id = session.recording.runs.search()[0].id
    window.show_place("runs")
    qtbot.waitUntil(lambda: len(window.runs.table.values.rows) == 1, timeout=10_000)
    window.runs.table.choose(id)
    window.runs.table.picked.emit()
    qtbot.mouseClick(window.runs.buttons["compare"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: f"run:{id}" in names(window), timeout=10_000)
    window.show_place("loss")
    qtbot.waitUntil(lambda: len(window.loss.others._curves) == 1, timeout=5000)
    x, y = window.loss.others._curves[f"run:{id}"].getData()
    assert list(x) == [1, 2, 3]
    assert list(y) == [epoch.valid.loss for epoch in session.epochs]
    session.comparing.contenders.remove(f"run:{id}")
    assert not window.loss.others._curves


def test_the_table_is_copied_as_csv_in_the_order_shown(compared):
    window = compared()
    window.models.table.horizontalHeader().setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    csv_action = window.models.copy.menu().actions()[0]
    csv_action.trigger()
    read = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    scores = [float(row["score"]) for row in read]
    assert scores == sorted(scores)
    assert "on the clipboard" in window.session.message


def test_the_usual_baselines_cannot_be_taken_away(compared):
    window = compared()
    window.models._fill_add()
    menu = window.models.add.menu()
    assert isinstance(menu, QMenu)
    ticked = [action for action in menu.actions() if action.isChecked()]
    assert len(ticked) == 2
    assert not any(action.isEnabled() for action in ticked)
    window.models.table.choose("logistic")
    window.models.table.picked.emit()
    assert not window.models.remove.isEnabled()


def test_the_history_finds_marks_deletes_and_brings_back(qtbot, compared):
    window = compared()
    runs = window.session.recording.runs
    qtbot.waitUntil(lambda: any(run.has_answers for run in runs.search()), timeout=10_000)
    id = runs.search()[0].id
    window.show_place("runs")
    pane = window.runs
    qtbot.waitUntil(lambda: len(pane.table.values.rows) == 1, timeout=10_000)
    pane.search.setText("nothing like this")
    qtbot.waitUntil(lambda: not pane.table.values.rows, timeout=5000)
    assert "No run is like that" in pane.empty.text()
    pane.search.setText("digits")
    qtbot.waitUntil(lambda: len(pane.table.values.rows) == 1, timeout=5000)
    pane.table.choose(id)
    pane.table.picked.emit()
    qtbot.mouseClick(pane.buttons["star"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: runs.get(id).starred, timeout=5000)
    qtbot.waitUntil(lambda: pane.buttons["star"].text() == "Unstar", timeout=5000)
    qtbot.mouseClick(pane.buttons["delete"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.table.values.rows, timeout=5000)
    qtbot.mouseClick(pane.undelete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(pane.table.values.rows) == 1, timeout=5000)
    assert not pane.undelete.isVisible()


def test_a_run_is_restored_to_its_exact_project_with_its_weights_and_curves(qtbot, compared):
    window = compared()
    session = window.session
    runs = session.recording.runs
    qtbot.waitUntil(lambda: any(run.has_answers for run in runs.search()), timeout=10_000)
    id, before, epochs = runs.search()[0].id, session.document, list(session.epochs)
    session.do(SetRecipe("learning_rate", 0.123))
    window.show_place("runs")
    qtbot.waitUntil(lambda: len(window.runs.table.values.rows) >= 1, timeout=10_000)
    window.runs.table.opened.emit(id)
    qtbot.waitUntil(lambda: session.document == before, timeout=10_000)
    assert [epoch.valid.loss for epoch in session.epochs] == [epoch.valid.loss for epoch in epochs]


def test_a_linear_baseline_opens_as_one_neuron_and_undo_brings_the_network_back(qtbot, compared):
    window = compared()
    session, before = window.session, window.session.document
    window.models.table.choose("logistic")
    window.models.table.picked.emit()
    assert window.models.neuron.isVisible()
    window.models.table.choose("majority")
    window.models.table.picked.emit()
    assert not window.models.neuron.isVisible()
    window.models.table.choose("logistic")
    window.models.table.picked.emit()
    qtbot.mouseClick(window.models.neuron, Qt.MouseButton.LeftButton)
    assert [layer.type for layer in session.document.graph.nodes.values()] == ["Input", "Flatten", "Dense", "Output"]
    assert session.document.recipe.batch == 1257
    assert session.report.ok
    session.undo()
    assert session.document == before


def test_more_baselines_are_chosen_from_the_menu(qtbot, compared):
    window = compared()
    window.models._fill_add()
    words = [action.text() for action in window.models.add.menu().actions()]
    assert {"Nearest neighbours", "Linear SVM", "Random forest", "Features by hand"} <= set(words)
    forest = next(action for action in window.models.add.menu().actions() if action.text() == "Nearest neighbours")
    forest.trigger()
    qtbot.waitUntil(lambda: "knn" in names(window), timeout=120_000)


def test_whether_the_data_are_enough_is_counted_and_told(qtbot, opened):
    window = opened("digits-mlp")
    button = window.data_pane.enough
    qtbot.waitUntil(lambda: button.found is not None, timeout=10_000)
    assert button.text() == "Enough data? (2)"
    button.click()
    from playground.ui.enough_dialog import EnoughDialog

    dialog = next(child for child in window.children() if isinstance(child, EnoughDialog))
    assert "270 validation examples" in dialog.words[0].text()
    assert "5 or 10 folds" in dialog.words[1].text()
    dialog.reject()


def test_a_linear_models_weights_are_images_of_digits_and_bars_of_named_inputs(qtbot, compared, opened):
    window = compared()
    pane = window.models
    pane.table.choose("logistic")
    pane.table.picked.emit()
    assert window.model_weights.isVisible()
    assert window.model_weights.images.isVisible()
    assert len(window.model_weights.images._tiles) == 10
    pane.table.choose("majority")
    pane.table.picked.emit()
    assert not window.model_weights.isVisible()


def test_weights_of_a_table_are_bars_the_largest_first(qtbot, opened):
    from playground.selection.baselines import fit

    window = opened("table-mlp")
    examples = window.session.examples
    outcome = fit("lasso", examples, "mean_squared_error")
    window.model_weights.show_model(outcome, examples)
    bars = window.model_weights.bars._bars
    sizes = [abs(value) for name, value in bars if name != "b"]
    assert sizes == sorted(sizes, reverse=True)
    assert bars[-1][0] == "b"
    assert {name for name, _ in bars[:-1]} <= set(examples.dataset.feature_names)


def test_all_baselines_are_added_at_once(opened, monkeypatch):
    window = opened("digits-mlp")
    wanted = []
    monkeypatch.setattr(window.session.comparing, "want", lambda *names: wanted.extend(names))
    window.models._fill_add()
    next(action for action in window.models.add.menu().actions() if action.text() == "All baselines").trigger()
    assert wanted == [name for name, _ in offered(window.session.examples)]
    assert len(wanted) >= 8


def test_the_first_click_on_a_score_puts_the_best_on_top_and_on_a_loss_the_least(qtbot, opened):
    window = opened("digits-mlp")
    window.show_place("models")
    table = window.models.table
    scores = {"a": 0.5, "b": 0.9, "c": 0.7}
    rows = [Row(name, "baseline", score, 0.1, 0.9, 1, 1.0, name, 1 - score) for name, score in scores.items()]
    comparison = Comparison("accuracy", 10, tuple(rows))
    table.show_rows(lines(comparison))
    table.show()
    window.models._pages.setCurrentIndex(1)
    header = table.horizontalHeader()
    for column, order in (("score", ["b", "c", "a"]), ("loss", ["b", "c", "a"]), ("model", ["a", "b", "c"])):
        at = [each.name for each in COLUMNS].index(column)
        place = QPoint(header.sectionViewportPosition(at) + 8, header.height() // 2)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert names(window) == order


def test_p_is_said_to_be_holms():
    assert next(column.title for column in COLUMNS if column.name == "p") == "p (Holm)"

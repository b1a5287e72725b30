from __future__ import annotations

import threading
from dataclasses import replace
from time import monotonic

import pytest
from PySide6.QtCore import Qt

from playground.app.changes import EditGraph, SetRecipe
from playground.data.dataset import DataChoice
from playground.graph.edits import SetSettings
from playground.ui.table_dialog import TableDialog


def play(qtbot, window) -> None:
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.session.status == "running"


def compared(window) -> tuple:
    """The rows of the latest comparison."""
    comparison = window.session.comparing.comparison
    return comparison.models if comparison is not None else ()


@pytest.mark.parametrize(
    ("template", "against"),
    [("spiral-mlp", "logistic"), ("digits-cnn", "logistic"), ("table-mlp", "ridge"), ("frequency-lstm", "logistic")],
)
def test_play_gives_both_curves_the_baseline_and_a_verdict(qtbot, opened, template, against):
    window = opened(template, epochs=3)

    play(qtbot, window)
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    qtbot.waitUntil(lambda: len(compared(window)) == 3, timeout=60_000)

    for curve in (window.loss.train, window.loss.valid):
        assert list(curve.getData()[0]) == [1, 2, 3]
    assert window.loss.baseline.isVisible()
    comparison = window.session.comparing.comparison
    assert [row.kind for row in compared(window)] == ["network", "baseline", "baseline"]
    assert comparison.verdict.text == window.compare.verdict.text()
    assert comparison.verdict.against in (against, "majority", "mean")


def test_pause_answers_within_three_tenths_of_a_second(qtbot, opened):
    window = opened("digits-cnn", epochs=1000)
    play(qtbot, window)
    qtbot.waitUntil(lambda: window.session.progress is not None, timeout=60_000)

    began = monotonic()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    stood = window.session.ask(lambda training: training.step)
    qtbot.waitUntil(lambda: stood.done(), timeout=5000)

    assert monotonic() - began < 0.3
    assert window.session.status == "paused"
    again = window.session.ask(lambda training: training.step)
    assert again.result(5) == stood.result()


def test_play_goes_on_where_pause_stopped(qtbot, opened):
    window = opened("spiral-mlp", epochs=1000)
    play(qtbot, window)
    qtbot.waitUntil(lambda: len(window.session.epochs) >= 2, timeout=60_000)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    stood = window.session.ask(lambda training: training.step).result(5)

    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.ask(lambda t: t.step).result(5) > stood, timeout=10_000)


def test_the_learning_rate_can_be_changed_while_it_runs(qtbot, opened):
    window = opened("spiral-mlp", epochs=100_000)
    play(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.session.epochs), timeout=60_000)
    run = window.session.run

    window.session.do(SetRecipe("learning_rate", 0.0005))

    assert window.session.run is run, "the same run goes on"
    qtbot.waitUntil(lambda: window.session.epochs[-1].learning_rate == 0.0005, timeout=10_000)
    assert window.session.status == "running"


def test_the_learning_rate_is_typed_into_the_row(qtbot, opened):
    window = opened("spiral-mlp")
    editor = window.run_bar.editors["learning_rate"]

    editor.setFocus()
    editor.selectAll() if hasattr(editor, "selectAll") else editor.lineEdit().selectAll()
    qtbot.keyClicks(editor, "0.25")
    qtbot.keyClick(editor, Qt.Key.Key_Return)

    assert window.session.document.recipe.learning_rate == 0.25
    assert window.session.history.undo_label == "Change learning rate"


def test_a_learning_rate_that_is_none_is_refused_in_a_sentence(qtbot, opened):
    window = opened("spiral-mlp")
    editor = window.run_bar.editors["learning_rate"]

    qtbot.keyClicks(editor, "-1")
    editor.setText("-1")
    editor.setModified(True)
    qtbot.keyClick(editor, Qt.Key.Key_Return)

    assert window.session.message == "Learning rate must be more than 0, not -1.0."
    assert window.session.document.recipe.learning_rate == 0.01


def test_a_batch_and_an_epoch_are_stepped(qtbot, opened):
    window = opened("spiral-mlp")

    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.status == "paused", timeout=60_000)
    assert window.session.ask(lambda training: training.step).result(10) == 1
    qtbot.waitUntil(lambda: window.run_bar.play.text() == "Play", timeout=5000)

    qtbot.keyClick(window.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(window.session.epochs) == 1, timeout=60_000)
    assert window.session.ask(lambda training: (training.epoch, training.batch)).result(10) == (1, 0)


def test_reset_forgets_what_was_learned_and_keeps_the_network(qtbot, opened):
    window = opened("spiral-mlp", epochs=2)
    graph = window.session.document.graph
    play(qtbot, window)
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)

    window.actions_by_name["reset"].trigger()

    assert window.session.epochs == []
    assert window.session.document.graph is graph
    assert window.loss.train.getData()[0] is None or len(window.loss.train.getData()[0]) == 0
    assert window.session.status == "ready"


def test_an_edit_while_it_runs_goes_on_training(qtbot, opened):
    window = opened("spiral-mlp", epochs=100_000)
    play(qtbot, window)
    qtbot.waitUntil(lambda: len(window.session.epochs) > 1, timeout=60_000)
    before = len(window.session.epochs)

    window.session.do(SetRecipe("optimiser", "sgd"))

    assert window.session.status == "running"
    qtbot.waitUntil(lambda: len(window.session.epochs) > before + 1, timeout=60_000)
    epochs = [each.epoch for each in window.session.epochs]
    assert epochs == sorted(set(epochs)), "the curves go on, they do not begin again"


def test_closing_during_a_run_ends_the_thread(qtbot, opened):
    window = opened("digits-cnn", epochs=100_000)
    play(qtbot, window)
    qtbot.waitUntil(lambda: window.session.progress is not None, timeout=60_000)
    thread = window.session.run._thread

    assert window.close()

    assert not thread.is_alive()
    assert not [each for each in threading.enumerate() if each.name == "training"]


def test_what_cannot_be_trained_is_said_instead(qtbot, opened):
    window = opened("spiral-mlp")
    window.canvas.select(("output1",))
    window.canvas.delete_selection()

    window.actions_by_name["play"].trigger()

    assert window.session.status == "problem"
    assert window.session.message == window.session.report.errors[0].text
    assert window.message_line.text() == window.session.message


def test_data_that_cannot_be_read_say_why_and_lose_nothing(qtbot, opened, tmp_path):
    window = opened("table-mlp")
    before = window.session.document
    path = tmp_path / "words.csv"
    path.write_text("only,words\n" + "a,b\n" * 12, encoding="utf-8")

    window.files.open_path(path)
    dialog = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(dialog.use.isEnabled, timeout=10_000)
    with qtbot.waitSignal(window.bridge.message, timeout=10_000) as said:
        dialog.accept()

    assert "words.csv" in said.args[0]
    assert window.session.document == before


def test_a_table_dropped_on_the_window_becomes_its_data(qtbot, opened, tmp_path):
    window = opened("table-mlp")
    path = tmp_path / "heights.csv"
    rows = "\n".join(f"{i % 7},{i % 5},{i % 7 + 0.5 * (i % 5) + 0.01 * i}" for i in range(60))
    path.write_text(f"a,b,y\n{rows}\n", encoding="utf-8")

    window.files.open_path(path)
    dialog = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(dialog.use.isEnabled, timeout=10_000)
    dialog.accept()
    qtbot.waitUntil(lambda: window.session.document.data.source == str(path), timeout=10_000)

    assert window.session.report.ok
    assert window.data_pane.combo.currentText() == "heights.csv"


def test_other_data_are_one_step_of_undo(qtbot, opened):
    window = opened("spiral-mlp")
    before = window.session.document

    window.session.choose_data(DataChoice(source="xor"))
    qtbot.waitUntil(lambda: window.session.document.data.source == "xor", timeout=10_000)
    assert window.actions_by_name["undo"].text() == "Undo: Use xor"
    window.actions_by_name["undo"].trigger()

    assert replace(window.session.document) == before


def test_what_is_typed_is_taken_when_play_comes_before_the_editor_is_left(qtbot, opened):
    window = opened("digits-cnn")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)  # built with the old recipe
    editor = window.run_bar.editors["epochs"]
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "8")
    qtbot.mouseClick(window.run_bar.play, Qt.MouseButton.LeftButton)  # which takes no focus
    assert window.session.document.recipe.epochs == 8
    assert window.run_bar._epoch.text() == "0 / 8"
    assert window.session.ask(lambda training: training.recipe.epochs).result(60) == 8


def test_a_rate_that_is_typed_is_taken_by_a_step(qtbot, opened):
    window = opened("spiral-mlp")
    editor = window.run_bar.editors["learning_rate"]
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "0.5")
    window.actions_by_name["step_batch"].trigger()
    assert window.session.document.recipe.learning_rate == 0.5


def test_inside_stays_where_a_person_asked_for_it(qtbot, opened):
    window = opened("digits-cnn")
    window.canvas.select(("conv1",))
    assert window.right_tabs.currentWidget() is window.form
    window.right_tabs.tabBarClicked.emit(1)
    window.canvas.select(("conv2",))
    window.session.do(SetRecipe("epochs", 3))
    assert window.right_tabs.currentWidget() is window.inside
    window.right_tabs.tabBarClicked.emit(0)
    assert window.right_tabs.currentWidget() is window.form


def test_a_second_play_counts_on_to_the_epoch_at_which_it_will_end(qtbot, opened):
    window = opened("spiral-mlp", epochs=3)
    play(qtbot, window)
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    assert window.run_bar._epoch.text() == "3 / 3"

    play(qtbot, window)
    assert window.run_bar._epoch.text().endswith(" / 6")
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    assert window.run_bar._epoch.text() == "6 / 6"


def test_an_edit_on_the_way_leaves_the_goal_where_it_is(qtbot, opened):
    window = opened("spiral-mlp", epochs=10**5)
    play(qtbot, window)
    qtbot.waitUntil(lambda: bool(window.session.epochs), timeout=60_000)
    window.session.do(EditGraph(SetSettings("dense1", (("units", 9),))))
    qtbot.waitUntil(lambda: window.session.goal == 10**5, timeout=60_000)
    window.session.do(SetRecipe("epochs", 10**6))
    qtbot.waitUntil(lambda: window.session.goal == 10**6, timeout=60_000)
    qtbot.waitUntil(lambda: window.run_bar._epoch.text().endswith(f" / {10**6}"), timeout=60_000)

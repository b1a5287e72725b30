"""Searches and repeats in the window: begun, watched, stopped, and what they found taken over."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt

from playground.app.repeating import RepeatEnded
from playground.engine.events import EpochDone, Scores
from playground.selection.crossval import BaselineFolds, CrossValidated, FoldDone, FoldEpoch, FoldStarted
from playground.selection.space import Choices
from playground.selection.trials import FoldScore, Trial
from playground.selection.tune import SearchEnded, TrialDone
from playground.ui.panes import plots
from playground.ui.panes.tune_plots import band

LONG = 240_000


def trial(number, accuracy, state="done", **params):
    scored = {"loss": 1 - accuracy, "accuracy": accuracy}
    folds = (FoldScore(scored, scored),) if state == "done" else ()
    return Trial(number, params, state, "accuracy", folds, 100 * (number + 1), 0.5, "" if state == "done" else "No.")


@pytest.fixture
def tuned(opened):
    window = opened("digits-mlp", epochs=2)
    window.show_place("tune")
    return window, window.tune


def test_a_search_is_begun_watched_and_its_winner_taken_over(qtbot, tuned):
    window, pane = tuned
    pane.form.vary("layers.dense1.units")
    pane.form._rows[0].values.setText("2, 32")
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    assert pane.start.text() == "Stop"
    qtbot.waitUntil(lambda: not pane.is_searching, timeout=LONG)
    assert [found.params["layers.dense1.units"] for found in pane.table.values.rows] == [32, 2]
    assert "Best: dense1 · units 32." in pane.verdict.text()
    qtbot.mouseClick(pane.use, Qt.MouseButton.LeftButton)
    assert window.session.document.graph.nodes["dense1"].settings["units"] == 32
    window.session.undo()
    assert window.session.document.graph.nodes["dense1"].settings["units"] == 64


def test_values_that_cannot_be_are_told_before_anything_begins(qtbot, tuned):
    _, pane = tuned
    pane.form.vary("recipe.learning_rate")
    pane.form._rows[0].values.setText("0.1, minus one")
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    assert not pane.is_searching
    assert "learning_rate" in pane.words.text()


def test_settings_are_added_and_taken_away_and_follow_the_network(tuned):
    window, pane = tuned
    assert len(pane.form._rows) == 1
    pane.form.more.click()
    assert pane.form._rows[1].path.currentData() != pane.form._rows[0].path.currentData()
    pane.form._rows[0].remove.click()
    assert len(pane.form._rows) == 1
    assert not pane.form._rows[0].remove.isVisible()
    from playground.app.changes import EditGraph
    from playground.graph.edits import Delete

    window.session.do(EditGraph(Delete(("dense1",))))
    assert pane.form._rows[0].path.findData("layers.dense1.units") == -1


def test_a_search_of_two_settings_is_drawn_in_every_way(qtbot, tuned):
    _, pane = tuned
    pane._spaces = {"a": Choices((1, 2, 3)), "b": Choices(("x", "y"))}
    pane._titles = {"a": "A", "b": "B"}
    from playground.ui.panes.trial_table import columns_of

    pane.table.set_columns(columns_of(pane._spaces, pane._titles))
    scores = {(1, "x"): 0.5, (2, "x"): 0.9, (3, "x"): 0.7, (1, "y"): 0.6, (2, "y"): 0.8}
    pane._trials = {at: trial(at, score, a=a, b=b) for at, ((a, b), score) in enumerate(scores.items())}
    pane._trials[9] = trial(9, 0.0, "failed", a=3, b="y")
    pane._importance = {"a": 0.7, "b": 0.3}
    pane._offer_drawings()
    drawn = []
    for at in range(pane.shown.count()):
        pane.shown.setCurrentIndex(at)
        pane.refresh()
        drawn.append((pane.shown.itemText(at), len(pane.plot.getPlotItem().items)))
    assert [words for words, _ in drawn] == [
        "Curve: A", "Curve: B", "Map of the first two", "All trials side by side", "Score against size", "What matters",
    ]  # fmt: skip
    assert all(items > 0 for _, items in drawn)
    assert pane.table.values.rows[0].number == 1
    assert pane.table.values.rows[-1].state == "failed"


def test_what_a_stopped_search_found_stays(qtbot, tuned):
    _, pane = tuned
    pane._search = Mock()
    pane._spaces, pane._titles = {"a": Choices((1, 2))}, {"a": "A"}
    pane._mailbox.put(TrialDone(trial(0, 0.9, a=1)))
    pane._mailbox.put(SearchEnded("stopped", (trial(0, 0.9, a=1),)))
    qtbot.waitUntil(lambda: not pane.is_searching)
    assert "goes on where it stopped" in pane.words.text()
    assert len(pane._trials) == 1


def test_folds_are_trained_drawn_and_judged(qtbot, opened):
    window = opened("digits-mlp", epochs=2)
    window.show_place("repeats")
    pane = window.repeats
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane._work is None, timeout=LONG)
    assert len(pane._done) == 5
    assert "over 5 folds" in pane.words.text()
    assert "corrected resampled t-test" in pane.words.text()


def epoch(number, loss):
    scores = Scores(loss, {"accuracy": 1 - loss})
    return EpochDone(number, scores, scores, 0.1, 0.1, 100.0)


def test_a_dot_opens_its_curve(qtbot, opened):
    window = opened("digits-mlp")
    window.show_place("repeats")
    pane = window.repeats
    for fold in range(3):
        pane._take(FoldStarted(fold, 100, 50))
        for number in (1, 2):
            pane._take(FoldEpoch(fold, epoch(number, 0.5 / number + fold / 10)))
        scores = Scores(0.2, {"accuracy": 0.8 + fold / 100})
        pane._take(FoldDone(fold, scores, scores))
    pane._take(BaselineFolds("logistic", tuple(Scores(0.3, {"accuracy": 0.7}) for _ in range(3)), {}, {}, 0.1))
    pane._take(CrossValidated(tuple(pane._done.values()), {}, {}))
    pane._take(RepeatEnded())
    pane._choose(1)
    assert "Blue: number 2." in pane.words.text()
    curves = [item for item in pane.fan.getPlotItem().listDataItems() if len(item.xData)]
    assert len(curves) == 4  # three folds and their mean
    assert np.allclose(curves[-1].yData, np.mean([[0.5 / n + f / 10 for n in (1, 2)] for f in range(3)], axis=0))
    pane._choose(1)
    assert pane.chosen is None


def test_closing_the_window_ends_what_is_under_way(qtbot, opened):
    window = opened("digits-mlp", epochs=10_000)
    window.show_place("repeats")
    qtbot.mouseClick(window.repeats.start, Qt.MouseButton.LeftButton)
    work = window.repeats._work
    qtbot.waitUntil(lambda: work._process is not None, timeout=10_000)
    process = work._process
    window.close()
    qtbot.waitUntil(lambda: not process.is_alive(), timeout=10_000)


def test_a_learning_curve_is_reached_from_the_data_drawn_and_told(qtbot, opened):
    window = opened("table-mlp", epochs=2)
    window.data_pane.enough.curve_wanted.emit()
    pane = window.repeats
    assert pane.isVisible()
    assert "Would more data help?" in pane.words.text()
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane._work is None, timeout=LONG)
    growth = pane.growth
    assert len(growth.points) == 2 * 5 * len(growth.started.sizes)
    lines = {item.name(): item for item in growth.curve.getPlotItem().listDataItems() if item.name()}
    ours = [[point.valid for point in growth.points if point.model == "network" and point.n == n]
            for n in growth.started.sizes]  # fmt: skip
    assert np.allclose(lines["your network"].yData, np.mean(ours, axis=1))
    assert np.allclose(10 ** lines["your network"].xData, growth.started.sizes)
    assert "examples" in pane.words.text()


def test_spread_is_drawn_as_an_area(qtbot):
    plot = plots.plot("x", "y")
    qtbot.addWidget(plot)
    band(plot, np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]), np.array([2.0, 3.0, 2.0]), "#1F66C7")
    [area] = [item for item in plot.getPlotItem().items if isinstance(item, pg.FillBetweenItem)]
    assert area.path().boundingRect().getRect() == (1.0, 1.0, 2.0, 2.0)


def test_a_search_is_scored_in_outer_folds(qtbot, tuned):
    _, pane = tuned
    pane.form.vary("layers.dense1.units")
    pane.form._rows[0].values.setText("2, 32")
    pane.form.nested.setChecked(True)
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.is_searching, timeout=LONG)
    assert len(pane._nested.folds) == 5
    assert len(pane._trials) == 2
    assert f"The search scores accuracy {pane._nested.mean:.4f}" in pane.verdict.text()

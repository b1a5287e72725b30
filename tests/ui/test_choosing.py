"""Searches and repeats in the window: begun, watched, stopped, and what they found taken over."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextDocument

from playground.app.changes import EditGraph, SetRecipe
from playground.app.files import Project
from playground.app.repeating import RepeatEnded, RepeatPlan
from playground.data.dataset import DataChoice
from playground.engine.events import EpochDone, Scores
from playground.graph.edits import Delete
from playground.selection.crossval import BaselineFold, BaselineFolds, CrossValidated, FoldDone, FoldEpoch, FoldStarted
from playground.selection.folds import Folding
from playground.selection.space import Choices
from playground.selection.trials import FoldScore, Trial
from playground.selection.tune import SearchEnded, TrialDone
from playground.ui.enough_dialog import EnoughDialog
from playground.ui.panes import plots, tune, tune_form
from playground.ui.panes.trial_table import columns_of
from playground.ui.panes.tune_plots import band, draw_map
from playground.ui.panes.verdict_below import SHARE
from playground.ui.theme import theme_of

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


def test_a_search_is_begun_watched_scored_in_outer_folds_and_its_winner_taken_over(qtbot, tuned, monkeypatch):
    for module in (tune_form, tune):
        monkeypatch.setattr(module, "OUTER", 2)
    window, pane = tuned
    pane.form.vary("layers.dense1.units")
    pane.form._rows[0].values.setText("2, 32")
    pane.form.nested.setChecked(True)
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    assert pane.start.text() == "Stop"
    qtbot.waitUntil(lambda: not pane.is_searching, timeout=LONG)
    assert [found.params["layers.dense1.units"] for found in pane.table.values.rows] == [32, 2]
    assert "Best: dense1 · units 32." in pane.verdict.text()
    assert len(pane._nested.folds) == 2
    assert f"The search scores accuracy {pane._nested.mean:.4f}" in pane.verdict.text()
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
    window.session.do(EditGraph(Delete(("dense1",))))
    assert pane.form._rows[0].path.findData("layers.dense1.units") == -1


def test_a_search_of_two_settings_is_drawn_in_every_way(qtbot, tuned):
    _, pane = tuned
    pane._spaces = {"a": Choices((1, 2, 3)), "b": Choices(("x", "y"))}
    pane._titles = {"a": "A", "b": "B"}
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


def test_folds_are_trained_drawn_and_judged(qtbot, opened, quick_baseline):
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
    pane._plan = RepeatPlan(Folding("usual", 3))
    for fold in range(3):
        pane._take(FoldStarted(fold, 100, 50))
        for number in (1, 2):
            pane._take(FoldEpoch(fold, epoch(number, 0.5 / number + fold / 10)))
        scores = Scores(0.2, {"accuracy": 0.8 + fold / 10_000})
        pane._take(FoldDone(fold, scores, scores))
    pane._take(BaselineFolds("logistic", tuple(Scores(0.3, {"accuracy": 0.7}) for _ in range(3)), {}, {}, 0.1))
    pane._take(CrossValidated(tuple(pane._done.values()), {}, {}))
    pane._take(RepeatEnded())
    shown = QTextDocument()
    shown.setHtml(pane.words.text())
    assert "corrected resampled t-test, p < 0.001" in shown.toPlainText(), "a sign of less is no beginning of markup"
    pane._choose(1)
    assert "Blue: number 2." in pane.words.text()
    curves = [item for item in pane.fan.getPlotItem().listDataItems() if len(item.xData)]
    assert len(curves) == 4  # three folds and their mean
    assert np.allclose(curves[-1].yData, np.mean([[0.5 / n + f / 10 for n in (1, 2)] for f in range(3)], axis=0))
    pane._choose(1)
    assert pane.chosen is None


def test_how_far_the_baseline_is_is_told_before_the_network_begins(qtbot, opened):
    window = opened("digits-mlp")
    window.show_place("repeats")
    pane = window.repeats
    pane._plan = RepeatPlan(Folding("leave-one-out"))
    pane._take(BaselineFold("logistic", 12, 68))
    assert pane.words.text() == "First the logistic regression: fitted to 12 of 68 folds"
    assert (pane.bar.value(), pane.bar.maximum()) == (12, 68)


def test_closing_the_window_ends_what_is_under_way(qtbot, opened):
    window = opened("digits-mlp", epochs=10_000)
    window.show_place("repeats")
    qtbot.mouseClick(window.repeats.start, Qt.MouseButton.LeftButton)
    work = window.repeats._work
    qtbot.waitUntil(lambda: work._child._process is not None, timeout=10_000)
    process = work._child._process
    window.close()
    qtbot.waitUntil(lambda: not process.is_alive(), timeout=10_000)


def test_a_learning_curve_is_reached_from_the_data_drawn_and_told(qtbot, opened, quick_baseline):
    window = opened("table-mlp", epochs=2)
    window.data_pane.enough.curve_wanted.emit()
    pane = window.repeats
    assert pane.isVisible()
    assert "Would more data help?" in pane.empty.words.text()
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


VISITS = [
    "subject;session;noise;kind",
    *(f"S{at % 20};{at // 20};{at * 7 % 31};{'ab'[at % 2]}" for at in range(80)),
]


@pytest.fixture
def visits(qtbot, opened, tmp_path):
    """Twenty subjects who came four times each, dropped on a window."""
    path = tmp_path / "visits.csv"
    path.write_text("\n".join(VISITS), encoding="utf-8")
    window = opened("table-mlp", epochs=3)
    window.session.choose_data(DataChoice(source=str(path)))
    qtbot.waitUntil(lambda: window.session.document.data.source == str(path), timeout=10_000)
    qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
    return window


def ways(box):
    return [box.itemText(at) for at in range(box.count())]


def test_folds_by_a_column_are_offered_for_a_table_that_could_have_groups(visits):
    visits.show_place("repeats")
    pane = visits.repeats
    assert "folds by group …" in ways(pane.way)
    assert not pane.way.groups.isVisible()
    pane.way.setCurrentIndex(pane.way.findData("group"))
    assert pane.way.groups.isVisible()
    assert ways(pane.way.groups) == ["by “subject”", "by “noise”"]
    assert pane._planned(visits.session.examples).folding == Folding("grouped", 5, group="subject")
    pane.way.number.setValue(8)
    assert pane.way.number.text() == "8 folds"
    assert pane._planned(visits.session.examples).folding == Folding("grouped", 8, group="subject")
    pane.way.number.setValue(99)
    assert pane.way.number.text() == "20: one out"
    assert pane._planned(visits.session.examples).folding == Folding("leave-one-out", group="subject")
    visits.show_place("tune")
    assert "folds by group …" in ways(visits.tune.form.folds)
    visits.tune.form.folds.setCurrentIndex(visits.tune.form.folds.findData("group"))
    assert visits.tune.form.settings().folding == Folding("grouped", 5, group="subject")


def test_repeated_names_are_warned_of_and_kept_together_with_one_click(qtbot, visits):
    button = visits.data_pane.enough
    qtbot.waitUntil(lambda: button.found is not None and button.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: any(each.column == "subject" for each in button.found.findings), timeout=10_000)
    button.click()
    dialog = next(child for child in visits.children() if isinstance(child, EnoughDialog))
    repair = next(each for each in dialog.repairs if "subject" in each.text())
    assert repair.text() == "Keep the rows of each “subject” together"
    session = visits.session
    qtbot.mouseClick(repair, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.examples and session.examples.dataset.groups is not None, timeout=10_000)
    examples = session.examples
    parts = [set(examples.dataset.groups[part.rows]) for part in (examples.train, examples.valid, examples.test)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 20
    assert not any("subject" in name for name in examples.dataset.feature_names)
    visits.show_place("repeats")
    assert ways(visits.repeats.way)[0] == "5 folds, each “subject” whole"
    assert "leave one “subject” out" in ways(visits.repeats.way)
    assert "folds by group …" not in ways(visits.repeats.way)
    visits.repeats.way.setCurrentIndex(visits.repeats.way.findData("group"))
    assert not visits.repeats.way.groups.isVisible()
    whole = len(set(examples.dataset.groups[[*examples.train.rows, *examples.valid.rows]]))
    assert visits.repeats.way.number.maximum() == whole < 20
    visits.repeats.way.number.setValue(7)
    assert visits.repeats._planned(examples).folding == Folding("usual", 7)
    session.undo()
    qtbot.waitUntil(lambda: session.examples is not None and session.examples.dataset.groups is None, timeout=10_000)
    assert ways(visits.repeats.way)[0] == "5 folds"


def folded(number, units, *scores):
    folds = tuple(FoldScore({"loss": 0.1, "accuracy": 1.0}, {"loss": 1 - each, "accuracy": each}) for each in scores)
    return Trial(number, {"layers.dense1.units": units}, "done", "accuracy", folds, 10 * units, 0.5)


def test_a_search_offers_the_simplest_within_one_standard_error_and_another_row_on_a_click(qtbot, tuned):
    window, pane = tuned
    pane._search = Mock()
    pane._spaces, pane._titles = {"layers.dense1.units": Choices((4, 16, 64))}, {"layers.dense1.units": "units"}
    pane.table.set_columns(columns_of(pane._spaces, pane._titles))
    pane._offer_drawings()
    found = (folded(0, 4, 0.5, 0.52, 0.54), folded(1, 16, 0.9, 0.94, 0.98), folded(2, 64, 0.91, 0.95, 0.99))
    pane._mailbox.put(SearchEnded("trials", found))
    qtbot.waitUntil(lambda: not pane.is_searching)
    assert pane.verdict.text().startswith(
        "Best: units 64. Chosen in the table, the simplest within one standard error: units 16."
    )
    assert pane.table.chosen() == ("1",)
    qtbot.mouseClick(pane.use, Qt.MouseButton.LeftButton)
    assert window.session.document.graph.nodes["dense1"].settings["units"] == 16
    pane.table.choose("0")
    qtbot.mouseClick(pane.use, Qt.MouseButton.LeftButton)
    assert window.session.document.graph.nodes["dense1"].settings["units"] == 4


def test_a_search_that_is_stopped_at_once_ends_at_once(qtbot, tuned):
    _, pane = tuned
    pane.form.vary("layers.dense1.units")
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    search = pane._search
    qtbot.waitUntil(lambda: search._process is not None, timeout=10_000)
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.is_searching, timeout=5_000)
    assert not search._process.is_alive()
    assert pane.words.text() == "Stopped before the first trial was done."
    assert pane.start.isEnabled()
    assert pane.start.text() == "Search"


def test_few_examples_are_told_of_before_play_and_lead_to_leaving_one_out(qtbot, visits):
    qtbot.waitUntil(
        lambda: visits.session.message.startswith("Before you train: There are 68 examples"), timeout=10_000
    )
    assert not visits.session.is_complaint
    button = visits.data_pane.enough
    qtbot.waitUntil(lambda: button.found is not None and button.found.worries > 0, timeout=10_000)
    button.click()
    dialog = next(child for child in visits.children() if isinstance(child, EnoughDialog))
    qtbot.mouseClick(dialog.leave_out, Qt.MouseButton.LeftButton)
    assert visits.repeats.isVisible()
    assert visits.repeats.way.currentData() == "loo"


def test_a_complaint_goes_with_its_reason_and_with_its_project(opened):
    session = opened("digits-mlp").session
    session.say("The file could not be read.")
    session.do(SetRecipe("epochs", 7))
    assert session.message == ""
    session.do(EditGraph(Delete(("flatten1",))))
    session.play()
    complaint = session.message
    assert complaint == session.report.errors[0].text
    session.do(SetRecipe("epochs", 8))
    assert session.message == complaint, "what still holds is still told"
    session.undo()
    session.undo()
    assert session.message == ""
    session.say("The file could not be read.")
    session.start(Project(session.document))
    assert session.message == ""


def test_a_map_of_equal_scores_is_neither_black_nor_the_best_colour(tuned):
    _, pane = tuned
    trials = [trial(at, 0.9, a=at % 2, b=at // 2) for at in range(4)]
    draw_map(pane.plot, trials, "a", "b", {})
    [image] = [item for item in pane.plot.getPlotItem().items if isinstance(item, pg.ImageItem)]
    image.render()
    color = image.qimage.pixelColor(0, 0)
    ends = QColor(theme_of().card), QColor(theme_of().valid)
    for channel in ("red", "green", "blue"):
        low, high = sorted(getattr(end, channel)() for end in ends)
        assert low < getattr(color, channel)() < high


def test_a_long_verdict_leaves_its_picture_most_of_the_height(opened, qtbot):
    window = opened("digits-mlp")
    window.resize(1280, 720)
    window.show_place("repeats")
    pane = window.repeats
    pane.empty.hide()
    pane.told.say("<br>".join(["With twice the data your network would reach about 98 % if the curve goes on."] * 12))
    pane.told.show()
    qtbot.waitUntil(lambda: pane.told.verticalScrollBar().maximum() > 0)
    assert pane.told.height() <= SHARE * pane.height()
    pane.told.say("Short.")
    qtbot.waitUntil(lambda: pane.told.height() < 3 * pane.words.fontMetrics().height())

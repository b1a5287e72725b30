"""What a search is asked in the window, and which pictures of it are offered."""

from __future__ import annotations

from playground.selection.space import Choices
from playground.selection.trials import FoldScore, Trial
from playground.ui.panes.tune_drawings import Drawings

SCORED = {"loss": 0.5, "accuracy": 0.5}
FOLDS = (FoldScore(SCORED, SCORED),)


def test_a_search_has_a_budget_of_trials_or_minutes_and_a_grid_none(opened):
    window = opened("digits-mlp")
    window.show_place("tune")
    form = window.tune.form
    assert not form.budget.isVisible()
    assert (form.settings().trials, form.settings().minutes) == (None, None)
    form.search.setCurrentIndex(form.search.findData("tpe"))
    form.search.activated.emit(form.search.currentIndex())
    assert form.budget.isVisible()
    form.budget.setValue(7)
    assert (form.settings().trials, form.settings().minutes) == (7, None)
    form.unit.setCurrentIndex(1)
    assert (form.settings().trials, form.settings().minutes) == (None, 7)


def test_a_new_search_shows_the_curve_of_what_it_varies_and_no_sizes_that_are_all_the_same(qtbot):
    drawings = Drawings()
    qtbot.addWidget(drawings)

    def offered(sizes, **params):
        titles = {path: path.upper() for path in params}
        trials = [Trial(at, params, "done", "accuracy", FOLDS, size, 0.5) for at, size in enumerate(sizes)]
        drawings.offer(dict.fromkeys(params, Choices((1, 2))), titles, trials, {})
        return [drawings.itemText(at) for at in range(drawings.count())]

    assert offered([10, 20], units=1) == ["Curve: UNITS", "Score against size"]
    drawings.setCurrentIndex(1)
    drawings.activated.emit(1)
    assert offered([], units=1) == ["Curve: UNITS"]
    offered([10, 20, 30], units=1)
    assert drawings.currentText() == "Score against size"
    assert offered([227, 227], rate=1) == ["Curve: RATE"]
    assert offered([10, 20], rate=1) == ["Curve: RATE", "Score against size"]
    assert drawings.currentText() == "Curve: RATE"


def test_the_form_of_two_settings_is_as_wide_as_its_place(opened):
    window = opened("digits-mlp")
    window.show_place("tune")
    pane = window.tune
    pane.form.more.click()
    pane.form.search.setCurrentIndex(pane.form.search.findData("tpe"))
    pane.form.search.activated.emit(pane.form.search.currentIndex())
    bar = pane._left.verticalScrollBar()
    assert pane.form.minimumSizeHint().width() + 22 + bar.sizeHint().width() <= pane._left.width()

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from playground.app.experiments import Experiment
from playground.engine.events import EpochDone, Scores
from playground.ui.panes.advice_card import AdviceCard


def over_fitted(window) -> None:
    """Curves of a network that learned by heart."""
    pairs = zip([1, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1], [1, 0.8, 0.6, 0.5, 0.55, 0.6, 0.7, 0.8], strict=True)
    window.session.epochs.extend(
        EpochDone(number, Scores(train, {"accuracy": 0.8}), Scores(valid, {"accuracy": 0.8}), 0.01, 0.1, 1000.0)
        for number, (train, valid) in enumerate(pairs, 1)
    )
    window.bridge.curves.emit()


@pytest.fixture
def why(opened):
    window = opened("digits-mlp")
    window.show_place("why")
    return window


def test_before_training_the_pane_says_what_will_stand_there(why):
    assert why.why.shown == ()
    assert why.why._calm.text().startswith("Press Play. Here stands what keeps the network from learning better")
    assert why.learning.comparison.tabText(1) == "Why?"


def test_what_stands_out_has_a_card_and_is_counted_on_the_tab(why):
    over_fitted(why)
    assert [each.kind for each in why.why.shown] == ["over-fitting"]
    assert why.learning.comparison.tabText(1) == "Why? (1)"
    assert not why.why._calm.isVisible()


def test_an_experiment_is_made_at_one_click_and_undone_in_one_step(why):
    over_fitted(why)
    before = why.session.document
    button = next(each for each in why.why.findChildren(QPushButton) if each.text().startswith("Stop after 5"))

    button.click()

    recipe = why.session.document.recipe
    assert (recipe.patience, recipe.keep_best) == (5, True)
    assert why.session.message == "Tried: Stop after 5 epochs without a better one. Undo takes it back."
    why.session.undo()
    assert why.session.document == before


def test_an_experiment_can_bring_a_panel_forward(why):
    why.why._try(Experiment("Show the confusion matrix", view="confusion"))
    assert why.learning.curves.currentWidget() is why.confusion
    why.why._try(Experiment("Look", view="overview"))
    assert why.right_tabs.currentWidget() is why.inside


def test_data_that_were_looked_through_are_told_of_without_training(qtbot, opened):
    window = opened("digits-mlp")
    qtbot.waitUntil(lambda: window.why._suspicions is not None, timeout=10_000)
    assert window.why._suspicions[1].shared == 0


def test_layers_are_looked_at_while_the_pane_is_visible(qtbot, why):
    why.session.play("epoch")
    qtbot.waitUntil(lambda: bool(why.session.epochs) and why.why._checkup is not None, timeout=60_000)
    assert "dense1" in why.why._checkup.layers


def test_a_card_takes_newer_figures_and_stays_where_it_is(why):
    over_fitted(why)
    button = next(each for each in why.why.findChildren(QPushButton) if each.text().startswith("Stop after 5"))
    last = why.session.epochs[-1]
    why.session.epochs.append(replace(last, epoch=9, valid=replace(last.valid, loss=0.9)))

    why.bridge.curves.emit()

    assert "is 0.9 now" in why.why.shown[0].seen
    assert any("is 0.9 now" in each.text() for each in why.why.findChildren(QLabel))
    assert button in why.why.findChildren(QPushButton)


def test_what_is_hidden_is_judged_but_has_no_cards_made(why):
    why.show_place("compare")
    over_fitted(why)
    assert why.learning.comparison.tabText(1) == "Why? (1)"
    assert not why.why.findChildren(AdviceCard)

    why.show_place("why")

    assert len(why.why.findChildren(AdviceCard)) == 1

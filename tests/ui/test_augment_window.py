"""The window on augmentation: what it offers, that moving a setting shows it and is one step, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from playground.app.changes import SetRecipe
from playground.engine.augmentation import OF_IMAGES, Augmentation
from playground.ui.augment_window import AugmentWindow


@pytest.fixture
def augmenting(qtbot, opened):
    """The window on a template's training examples."""

    def open_on(template, **asked):
        window = opened(template, augment=Augmentation(**asked))
        qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
        window.actions_by_name["augment"].trigger()
        found = window.findChild(AugmentWindow)
        qtbot.waitExposed(found)
        qtbot.waitUntil(lambda: found.preview.found is not None, timeout=20_000)
        return window.session, found

    return open_on


def test_examples_are_shown_before_and_after_and_follow_the_slider(qtbot, augmenting):
    session, found = augmenting("digits-cnn")
    assert tuple(found.rows) == OF_IMAGES
    assert len(found.preview.pictures) == 4
    first = found.preview.found
    assert np.array_equal(first.after[0], first.before)
    found.rows["shift"].slider.setValue(40)
    found.rows["shift"].slider.setValue(60)
    assert found.rows["shift"].number.text() == "0.3"
    qtbot.waitUntil(lambda: found.preview.found is not first and not found._is_asking, timeout=10_000)
    assert not np.array_equal(found.preview.found.after[0], found.preview.found.before)
    qtbot.waitUntil(lambda: session.document.recipe.augment.shift == 0.3)
    session.undo()
    assert session.document.recipe.augment.shift == 0
    assert found.rows["shift"].slider.value() == 0


def test_a_slider_that_other_data_took_away_moves_nothing_while_it_goes(qtbot, augmenting):
    session, found = augmenting("digits-cnn")
    going = found.rows["shift"].slider
    found._offer(("mixup",))  # as on data whose examples have no places to be shifted to
    going.setValue(40)
    assert not found._rest.isActive()
    assert not found.wanted.is_on
    assert not session.document.recipe.augment.is_on


def test_others_are_drawn_and_all_can_be_taken_back(qtbot, augmenting):
    session, found = augmenting("digits-cnn", noise=0.3)
    first = found.preview.found
    qtbot.mouseClick(found.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: found.preview.found is not first, timeout=10_000)
    assert not np.array_equal(found.preview.found.after, first.after)
    qtbot.mouseClick(found.none, Qt.MouseButton.LeftButton)
    assert not session.document.recipe.augment.is_on
    assert session.undo()
    assert session.document.recipe.augment.noise == 0.3


def test_what_is_mixed_is_named_below_the_pictures(augmenting):
    _, found = augmenting("digits-cnn", mixup=0.5)
    assert all("%" in each or each in found.preview.found.names for row in found.preview.found.mixed for each in row)
    found.grab()


@pytest.mark.parametrize("template", ["frequency-lstm", "table-mlp", "spiral-mlp"])
def test_each_kind_of_data_has_its_own_settings_and_picture(augmenting, template):
    _, found = augmenting(template, noise=0.2)
    assert "rotate" not in found.rows
    assert not found.grab().isNull()


def test_what_does_not_suit_the_data_is_said_and_taken_away(qtbot, augmenting):
    session, found = augmenting("spiral-mlp", rotate=20, noise=0.1)
    assert "rotate does not suit a table's rows" in found.problem.text()
    assert not session.play()
    assert "rotate does not suit" in session.message
    qtbot.mouseClick(found.fit, Qt.MouseButton.LeftButton)
    assert session.document.recipe.augment == Augmentation(noise=0.1)
    assert found.problem.isHidden()


def test_a_typed_figure_out_of_bounds_is_refused(augmenting):
    session, found = augmenting("spiral-mlp")
    found.rows["noise"].number.setText("50")
    found.rows["noise"].number.editingFinished.emit()
    assert "Noise cannot be 50" in session.message
    assert not session.document.recipe.augment.is_on


def test_no_part_of_a_row_outlives_it(augmenting):
    _, found = augmenting("digits-cnn")
    rows = [part for row in found.rows.values() for part in (row, row.slider, row.number, row.choice)]
    assert all(found.isAncestorOf(part) for part in rows)
    assert [part.isVisible() for part in (found.rows["flip"].choice, found.rows["flip"].slider)] == [True, False]


def test_text_is_told_to_stay_as_it_is(qtbot, opened):
    window = opened("char-lm")
    qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
    window.actions_by_name["augment"].trigger()
    found = window.findChild(AugmentWindow)
    assert not found.rows
    assert "Text is not changed at random" in found._words.text()


def test_the_run_bar_marks_that_examples_are_changed(augmenting):
    session, found = augmenting("digits-cnn", flip="across")
    bar = found.parent().run_bar
    assert bar._more.text() == "More •"
    assert "flip across" in bar._more.toolTip()
    session.do(SetRecipe("augment", Augmentation()))
    assert bar._more.text() == "More"

"""The choice among views: what suits comes first, the rest says why not, and an empty view has a way out."""

from __future__ import annotations

from PySide6.QtCore import Qt


def test_an_empty_view_of_a_layer_has_a_button_that_chooses_one(looked):
    looked.canvas.select(())
    view = looked.inside.show_view("filters")
    assert view.lacks()
    assert [button.text() for button in looked.inside._empty.buttons] == ["Show conv1"]

    looked.inside._empty.buttons[0].click()

    assert looked.focus.layer == "conv1"
    assert not view.lacks()
    assert not looked.inside._empty.isVisible()
    assert looked.right_tabs.currentWidget() is looked.inside


def choices(chooser) -> list[str]:
    return [str(chooser.itemData(at)) for at in range(chooser.count()) if chooser.itemData(at)]


def test_what_suits_the_network_is_offered_first_and_the_rest_says_why_not(looked):
    chooser = looked.inside.chooser
    offered = choices(chooser)
    assert sorted(offered) == sorted(looked.inside.names)
    not_here = ["unrolled", "attention", "gradient_in_time", "bent_plane", "links", "one_neuron", "written"]
    assert sorted(offered[-7:]) == sorted(not_here)
    at = chooser.findData("attention")
    assert chooser.itemData(at, Qt.ItemDataRole.ToolTipRole).startswith("There is no attention layer here.")
    assert chooser.itemData(at, Qt.ItemDataRole.FontRole).italic()
    assert chooser.itemData(chooser.findData("filters"), Qt.ItemDataRole.FontRole) is None


def test_a_choice_becomes_possible_when_the_network_has_what_it_needs(looked):
    chooser = looked.inside.chooser
    reason = chooser.itemData(chooser.findData("attention"), Qt.ItemDataRole.AccessibleDescriptionRole)
    assert reason == "There is no attention layer here. Add one from the palette."

    looked.canvas.add_layer("MultiHeadAttention")

    at = chooser.findData("attention")
    assert chooser.itemData(at, Qt.ItemDataRole.AccessibleDescriptionRole) is None
    assert chooser.currentData() == "overview"


def test_a_view_that_needs_a_trained_network_has_a_button_that_trains_it(looked, qtbot):
    looked.inside.show_view("robustness_curves")
    (button,) = looked.inside._empty.buttons
    assert button.text() == "Train one epoch"

    button.click()

    qtbot.waitUntil(lambda: bool(looked.session.epochs), timeout=30_000)
    qtbot.waitUntil(lambda: not looked.inside._empty.isVisible(), timeout=5000)


def test_an_empty_view_of_a_network_that_cannot_be_built_leads_to_the_problem(opened, qtbot):
    window = opened("digits-cnn")
    qtbot.waitUntil(lambda: window.session.examples is not None, timeout=60_000)
    window.canvas.select(("flatten1",))
    window.canvas.delete_selection()
    qtbot.waitUntil(lambda: bool(window.session.report.errors), timeout=5000)
    view = window.inside.show_view("all_layers")
    assert view.lacks().startswith("The network cannot be built yet. ")
    (button,) = window.inside._empty.buttons
    assert button.text() == "Show dense1"

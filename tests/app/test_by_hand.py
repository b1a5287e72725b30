"""Weights set by hand: in the network that learns, marked on its curves, taken back in the order they were made."""

from __future__ import annotations

import pytest

from playground.app.changes import EditGraph, SetRecipe
from playground.graph.edits import SetSettings
from tests.app.working import ready


def weight(session, unit=2, source=1, layer="dense1"):
    return float(
        session.ask(lambda training: training.checkpoint().weights[f"{layer}.weight"]).result(20)[unit, source]
    )


@pytest.fixture
def learned(work):
    """A session that has learned two epochs and waits."""
    session = ready(work, "xor-mlp", epochs=50)
    for number in (1, 2):
        session.play("epoch")
        work.until(session, lambda number=number: session.status == "paused" and len(session.epochs) == number)
    return session


def test_a_weight_is_set_and_taken_back_and_set_again(learned):
    before = weight(learned)
    learned.hand.set("dense1", 2, 1, 1.25)
    assert weight(learned) == pytest.approx(1.25)
    assert learned.hand.undo_label == "Set a weight of dense1 by hand"
    assert [(mark.epoch, mark.words) for mark in learned.marks] == [(2.0, "Set a weight of dense1 by hand")]
    assert learned.undo()
    assert (weight(learned), learned.marks) == (pytest.approx(before), [])
    assert learned.redo()
    assert weight(learned) == pytest.approx(1.25)


def test_a_whole_drag_is_one_step(learned):
    before = weight(learned)
    for number, value in enumerate((0.5, 0.75, 2.0)):
        learned.hand.set("dense1", 2, 1, value, goes_on=number > 0)
    learned.undo()
    assert weight(learned) == pytest.approx(before)
    learned.redo()
    assert weight(learned) == pytest.approx(2.0)


def test_edits_and_weights_are_taken_back_in_the_order_they_were_made(learned):
    before = weight(learned)
    learned.hand.set("dense1", 2, 1, 1.5)
    learned.do(SetRecipe("learning_rate", 0.5))
    learned.hand.set("dense1", 2, 1, 3.0)
    learned.undo()
    assert weight(learned) == pytest.approx(1.5)
    learned.undo()
    assert learned.document.recipe.learning_rate != 0.5
    learned.undo()
    assert weight(learned) == pytest.approx(before)


def test_the_past_is_not_changed(work, learned):
    learned.pause()
    work.until(learned, lambda: learned.timeline.moments())
    learned.timeline.look_at(learned.timeline.moments()[0])
    work.until(learned, lambda: learned.timeline.is_settled)
    learned.hand.set("dense1", 2, 1, 9.0)
    assert weight(learned) != pytest.approx(9.0)
    learned.timeline.return_to_now()
    assert weight(learned) != pytest.approx(9.0)


def test_after_a_reset_there_is_nothing_to_take_back(learned):
    learned.hand.set("dense1", 2, 1, 1.5)
    learned.reset()
    learned.prepare()
    fresh = weight(learned)
    assert not learned.undo()
    assert weight(learned) == fresh


def test_a_drag_is_told_of_some_times_a_second_and_once_more_at_its_end(work, learned):
    told = []
    learned.subscribe(lambda topic: told.append(topic) if topic == "curves" else None)
    learned.hand.set("dense1", 2, 1, 0.0)
    first = len(told)
    for number in range(30):
        learned.hand.set("dense1", 2, 1, number / 10, goes_on=True)
        learned.poll()
    assert 8 <= len(told) - first <= 11
    assert weight(learned) == pytest.approx(2.9)


def test_an_edit_of_the_network_keeps_what_was_set(work, learned):
    learned.hand.set("dense1", 2, 1, 1.5)
    learned.do(EditGraph(SetSettings("dense1", (("units", 9),))))
    work.until(learned, lambda: learned.to_begin is None or learned.to_begin.checkpoint.done())
    learned.undo()
    learned.prepare()
    assert weight(learned) == pytest.approx(1.5)

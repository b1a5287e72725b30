"""An edit made while a network learns: it learns on, the curves go on, the moment is marked, Undo takes it back."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from playground.app.adding import Spot, add_block
from playground.app.changes import EditGraph, SetRecipe
from playground.app.following import in_words
from playground.app.pasts import NEARLY
from playground.app.remembered import MOST
from playground.engine.carry import Kept
from playground.graph.edits import AddLayer, Connect, Delete, Disconnect, InsertOnEdge, Rename, SetSettings, Several
from playground.layers.dense import Dense
from playground.layers.normalise import Dropout
from tests.app.test_session_keeps import opened, save
from tests.app.working import ready


def running(work, template="digits-mlp", epochs=10**6, at_least=3, **recipe):
    session = ready(work, template, epochs=epochs, **recipe)
    session.play()
    work.until(session, lambda: len(session.epochs) >= at_least)
    return session


def weights(session):
    return session.ask(lambda training: training.checkpoint().weights).result(10)


def numbers(session):
    return [epoch.epoch for epoch in session.epochs]


def first_of_present(work, session):
    """The first moment of the network as it is, which comes when the edit's own is known."""

    def found():
        return [past for past in session.timeline.moments() if past.document.graph is session.document.graph]

    work.until(session, found)
    return found()[0]


def test_it_runs_on_from_the_same_epoch_and_no_epoch_is_missing_or_twice(work):
    session = running(work)
    for units in (40, 20, 64):
        before = len(session.epochs)
        session.do(EditGraph(SetSettings("dense1", (("units", units),))))
        assert session.status == "running"
        work.until(session, lambda before=before: len(session.epochs) > before + 3)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))


def test_a_wider_layer_does_not_throw_the_loss_back(work):
    session = running(work, at_least=8)
    session.do(EditGraph(SetSettings("dense1", (("units", 90),))))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 1)
    assert session.epochs[before + 1].valid.loss < 1.5 * session.epochs[before - 1].valid.loss


def test_what_was_kept_is_told_and_the_moment_is_marked(work):
    session = running(work)
    session.do(EditGraph(SetSettings("dense1", (("units", 80),))))
    work.until(session, lambda: session.message.startswith("Kept"))
    assert session.message == "Kept all 4,810 weights; 1,200 are new."
    assert not session.is_complaint
    first = first_of_present(work, session)
    [mark] = session.marks
    assert mark.words == session.history.undo_label
    assert mark.epoch == pytest.approx(first.epoch, abs=1 - NEARLY)  # an epoch may have had its last step


def test_marks_of_edits_are_saved_opened_and_forked(work, tmp_path):
    session = running(work)
    session.do(EditGraph(SetSettings("dense1", (("units", 80),))))
    first_of_present(work, session)
    session.pause()
    [mark] = session.marks
    save(work, session, tmp_path / "a.nnplay")
    again = opened(work, tmp_path / "a.nnplay")
    assert again.marks == [mark]
    last = session.timeline.moments()[-1]
    assert session.timeline.project(last).marks == (mark,)
    session.reset()
    save(work, session, tmp_path / "a.nnplay")
    assert opened(work, tmp_path / "a.nnplay").marks == []


def test_undo_brings_weights_epochs_and_marks_back_and_redo_too(work):
    session = running(work)
    session.pause()
    before, epochs = weights(session), numbers(session)
    session.do(EditGraph(SetSettings("dense1", (("units", 40),))))
    session.play("epoch")
    work.until(session, lambda: session.status == "paused" and len(session.epochs) > len(epochs))
    after, later = weights(session), numbers(session)
    session.undo()
    session.prepare()
    np.testing.assert_array_equal(weights(session)["dense1.weight"], before["dense1.weight"])
    assert (numbers(session), session.marks) == (epochs, [])
    session.redo()
    session.prepare()
    np.testing.assert_array_equal(weights(session)["dense1.weight"], after["dense1.weight"])
    assert (numbers(session), len(session.marks)) == (later, 1)


def test_undo_while_it_runs_goes_on_from_where_the_edit_was_made(work):
    session = running(work)
    session.do(EditGraph(SetSettings("dense1", (("units", 40),))))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 5)
    session.undo()
    assert session.status == "running"
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 3)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))


def test_undo_that_sets_learned_epochs_aside_says_so_once_and_that_redo_has_them(work):
    session = running(work)
    session.do(EditGraph(SetSettings("dense1", (("units", 40),))))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 5)
    session.pause()
    weights(session)
    session.poll()
    later = session.epochs[-1].epoch
    session.undo()
    assert session.message == (
        f"Undid “Change units of dense1”: the network is back as it was at epoch {session.epochs[-1].epoch}. "
        f"Redo has what it learned up to {later}."
    )
    assert not session.is_complaint
    session.redo()
    assert (session.message, session.epochs[-1].epoch) == ("", later)


def copies(session):
    return [EditGraph(Several("Duplicate", (AddLayer(f"copy{n}", Dense(units=16)),))) for n in range(2 * MOST)]


def insertions(session):
    edge = session.document.graph.incoming["dense2"][0]
    made = []
    for n in range(2 * MOST):
        made.append(EditGraph(InsertOnEdge(edge, f"noise{n}", Dropout(rate=0.0))))
        edge = replace(edge, source=f"noise{n}")
    return made


@pytest.mark.parametrize("edits", [copies, insertions])
def test_of_edits_undone_before_anything_was_learned_no_mark_stays_however_many_they_were(work, edits):
    session = ready(work, epochs=3)
    session.play()
    work.until(session, lambda: session.status == "ended")
    for edit in edits(session):
        session.do(edit)
        session.prepare()
        session.poll()
    assert session.marks
    while session.undo():
        session.prepare()
        session.poll()
    assert (session.marks, len(session.epochs)) == ([], 3)
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) > 3)
    assert session.marks == []


def test_an_edit_of_the_recipe_undone_before_a_step_leaves_no_mark(work):
    session = running(work)
    session.pause()
    work.until(session, lambda: weights(session) and session.status == "paused")
    session.do(SetRecipe("batch", 16))
    session.prepare()
    assert len(session.marks) == 1
    session.undo()
    assert session.marks == []


def test_a_step_of_undo_that_takes_no_weights_back_is_marked_as_what_it_is(work):
    session = running(work)
    session.do(SetRecipe("batch", 16))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 3)
    session.undo()
    assert [mark.words for mark in session.marks] == ["Change batch", "Undo “Change batch”"]


def test_the_last_epoch_stays_where_it_was(work):
    session = running(work, epochs=40)
    session.do(EditGraph(SetSettings("dense1", (("units", 40),))))
    work.until(session, lambda: session.status == "ended")
    assert numbers(session) == list(range(1, 41))


def test_a_network_that_an_edit_breaks_learns_on_when_it_is_mended(work):
    session = running(work)
    edge = session.document.graph.incoming["dense2"][0]
    session.do(EditGraph(Disconnect(edge)))
    assert session.status == "problem"
    session.do(EditGraph(Connect(edge)))
    assert session.status == "running"
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))


def test_who_paused_a_broken_network_is_not_surprised_by_its_going_on(work):
    session = running(work)
    edge = session.document.graph.incoming["dense2"][0]
    session.do(EditGraph(Disconnect(edge)))
    session.pause()
    session.do(EditGraph(Connect(edge)))
    assert session.status == "ready"


def test_an_inserted_layer_starts_as_identity_in_a_running_network(work):
    session = running(work, at_least=8, learning_rate=1e-4)  # what one epoch changes is little beside the layer's own
    edge = session.document.graph.outgoing["dense1"][0]
    session.do(EditGraph(InsertOnEdge(edge, "more", Dense(units=64, activation="relu"))))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before)
    work.until(session, lambda: "more at first passes on what comes in" in session.message)
    assert session.epochs[before].valid.loss < 1.5 * session.epochs[before - 1].valid.loss


def test_a_residual_block_out_of_the_palette_changes_nothing_at_first(work):
    session = running(work, "digits-cnn", at_least=1, batch=256)
    session.pause()
    graph = session.document.graph
    images = [id for id in graph.order if session.report.shapes[id].is_image and graph.nodes[id].type == "Conv2d"]
    before = session.ask(lambda training: training.scores("valid").numpy()).result(10)
    add_block(session, "block:residual", Spot(edge=graph.outgoing[images[0]][0]))
    session.prepare()
    after = session.ask(lambda training: training.scores("valid").numpy()).result(10)
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_another_batch_or_optimiser_keeps_the_weights_and_the_count(work):
    session = running(work, batch=64)
    for name, value in (("batch", 32), ("optimiser", "sgd")):
        before = len(session.epochs)
        session.do(SetRecipe(name, value))
        assert session.status == "running"
        work.until(session, lambda before=before: len(session.epochs) > before + 2)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))
    assert [mark.words for mark in session.marks] == ["Change batch", "Change optimiser"]


def test_a_rename_keeps_all(work):
    session = running(work)
    session.pause()
    before = weights(session)["dense1.weight"]
    session.do(EditGraph(Rename("dense1", "first")))
    session.prepare()
    np.testing.assert_array_equal(weights(session)["first.weight"], before)


def test_layers_that_begin_anew_are_named_with_the_reason():
    anew = tuple((f"dense{number}", "its input has another width (4 → 6)") for number in (2, 3, 4, 5))
    assert in_words(Kept(10, 30, 20, anew)) == (
        "Kept 10 of 30 weights; dense2 begins anew: its input has another width (4 → 6); dense3 begins anew: its input "
        "has another width (4 → 6); 2 more begin anew; 20 are new."
    )
    assert in_words(Kept(10, 10, 1, (), ("a",))) == (
        "Kept all 10 weights; a at first passes on what comes in; 1 is new."
    )


def test_a_removed_layer_is_undone_with_its_weights(work):
    session = running(work)
    session.pause()
    before = weights(session)
    session.do(EditGraph(Delete(("dense1",))))
    session.prepare()
    assert "dense1.weight" not in weights(session)
    session.undo()
    session.prepare()
    np.testing.assert_array_equal(weights(session)["dense1.weight"], before["dense1.weight"])


def unheard(work, session, count=3):
    """Let it end some epochs of which the session has not heard."""
    end = time.monotonic() + 30
    while len(session.run.mailbox._facts) < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_epochs_that_ended_before_two_quick_edits_stand_in_the_curves(work):
    session = running(work)
    unheard(work, session)
    for units in (40, 20, 64):
        session.do(EditGraph(SetSettings("dense1", (("units", units), ("activation", "tanh")))))
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 6)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))


def test_an_edit_undone_at_once_loses_no_epoch_and_leaves_no_mark_and_no_word(work):
    session = running(work)
    unheard(work, session)
    session.do(EditGraph(SetSettings("dense1", (("units", 24),))))
    session.undo()
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 6)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))
    assert (session.marks, session.message) == ([], "")


def test_redo_after_quick_edits_has_the_curves_whole(work):
    session = running(work)
    unheard(work, session)
    session.do(EditGraph(SetSettings("dense1", (("units", 24),))))
    session.do(EditGraph(SetSettings("dense2", (("activation", "tanh"),))))
    session.undo()
    session.undo()
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 3)
    for _ in range(2):
        session.redo()
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before + 3)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))

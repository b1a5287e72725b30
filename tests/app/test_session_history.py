"""What a session leaves in the run history."""

from __future__ import annotations

import numpy as np

from playground.app import recorder as recorders
from playground.app.changes import EditGraph, SetRecipe
from playground.app.settings import history_file
from playground.graph.edits import SetSettings
from tests.app.working import ready


def kept(session):
    """The runs in the history, the oldest first."""
    return session.recording.runs.search()[::-1]


def train(work, session, epochs):
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) == epochs)
    work.until(session, lambda: kept(session) and kept(session)[-1].has_answers)


def in_mid_run(work, **recipe):
    session = ready(work, epochs=100_000, **recipe)
    session.play()
    work.until(session, lambda: len(session.epochs) >= 2)
    return session


def widen(session, units):
    assert session.do(EditGraph(SetSettings("dense1", (("units", units),))))


def test_a_run_of_the_window_is_in_the_history_when_it_ends(work):
    session = ready(work, epochs=3)
    told = []
    session.subscribe(told.append)
    train(work, session, 3)
    [run] = kept(session)
    assert (run.reason, run.epochs, run.has_weights, run.continues) == ("epochs", 3, True, None)
    assert run.last == session.epochs[-1].valid
    assert session.recording.runs.curves(run.id) == tuple(session.epochs)
    assert session.recording.runs.document(run.id) == session.document
    weights = session.ask(lambda training: training.checkpoint().weights).result(10)
    stored = session.recording.runs.weights(run.id)
    assert all(np.array_equal(weights[name], stored[name]) for name in weights)
    work.until(session, lambda: "runs" in told)
    assert session.message == ""


def test_going_on_after_the_end_is_a_run_that_continues_the_first(work):
    session = ready(work, epochs=2)
    train(work, session, 2)
    train(work, session, 4)
    work.until(session, lambda: len(kept(session)) == 2)
    first, second = kept(session)
    assert second.continues == first.id
    assert [done.epoch for done in session.recording.runs.curves(second.id)] == [3, 4]
    assert session.recording.runs.curves(second.id, whole=True) == tuple(session.epochs)


def test_an_edit_in_mid_run_ends_one_run_and_begins_another(work, monkeypatch):
    monkeypatch.setattr(recorders, "SHORT", 0.0)
    session = in_mid_run(work)
    before = session.document
    widen(session, 17)
    known = len(session.epochs)
    work.until(session, lambda: len(session.epochs) >= known + 2)
    session.pause()
    assert session.close()
    first, second = kept(session)
    assert (first.reason, second.reason) == ("edited", "stopped")
    assert second.continues == first.id
    assert session.recording.runs.document(first.id) == before
    assert session.recording.runs.document(second.id) == session.document
    assert first.has_weights
    assert second.has_weights
    numbers = [done.epoch for done in session.recording.runs.curves(second.id, whole=True)]
    assert numbers == sorted(numbers)


def test_dragging_a_slider_leaves_no_run_for_each_of_its_positions(work, monkeypatch):
    monkeypatch.setattr(recorders, "SHORT", 1000.0)
    session = in_mid_run(work)
    for units in (17, 18, 19):
        known = len(session.epochs)
        widen(session, units)
        work.until(session, lambda known=known: len(session.epochs) > known)
    work.until(session, lambda: kept(session))
    assert session.close()
    [run] = kept(session)
    assert (run.reason, run.continues) == ("stopped", None)
    assert session.recording.runs.document(run.id) == session.document


def test_closing_the_window_in_mid_run_keeps_what_was_learned(work):
    session = in_mid_run(work)
    assert session.close()
    [run] = kept(session)
    assert run.reason == "stopped"
    assert run.epochs >= 2
    assert run.has_weights


def test_after_a_reset_the_next_run_stands_alone(work):
    session = ready(work, epochs=1)
    train(work, session, 1)
    session.reset()
    train(work, session, 1)
    work.until(session, lambda: len(kept(session)) == 2)
    assert [run.continues for run in kept(session)] == [None, None]


def test_a_network_that_was_only_built_leaves_nothing(work):
    session = ready(work, epochs=3)
    session.prepare()
    session.do(SetRecipe("learning_rate", 0.5))
    assert session.close()
    assert not history_file().exists()


def test_a_restored_run_is_worked_on_again(work):
    session = ready(work, epochs=2)
    train(work, session, 2)
    [run] = kept(session)
    project = session.recording.runs.project(run.id)
    other = ready(work, epochs=1)
    other.start(project)
    work.until(other, lambda: other.status == "ready")
    assert other.document == session.document
    assert [done.epoch for done in other.epochs] == [1, 2]
    other.prepare()
    weights = other.ask(lambda training: training.checkpoint().weights).result(10)
    assert all(np.array_equal(value, weights[name]) for name, value in project.checkpoint.weights.items())


def test_a_history_that_cannot_be_written_is_told_of_and_the_run_ends_well(work):
    session = ready(work, epochs=2)
    history_file().parent.mkdir(parents=True, exist_ok=True)
    history_file().mkdir()
    session.play()
    work.until(session, lambda: session.status == "ended")
    work.until(session, lambda: session.message)
    assert session.message.endswith("Training goes on; its runs may be missing from the history.")
    assert len(session.epochs) == 2

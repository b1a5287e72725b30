"""Going back in time: every look shows what was then, what goes on from there is bit for bit what it was."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from playground.app import timeline as timeline_module
from playground.app.changes import EditGraph, SetRecipe
from playground.app.files import read_project
from playground.app.session import Session
from playground.app.timeline import LEAST, SHARE, Timeline
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores
from playground.graph.edits import Disconnect, SetSettings
from tests.app.test_session_keeps import save
from tests.app.working import ready

pytestmark = pytest.mark.usefixtures("taking_all")


@pytest.fixture
def taking_all(monkeypatch):
    """A moment at the end of every epoch, whatever that costs."""
    monkeypatch.setattr(timeline_module, "LEAST", 0.0)
    monkeypatch.setattr(timeline_module, "SHARE", 1.0)
    monkeypatch.setattr(timeline_module, "WITHIN", 1e9)  # none within an epoch, however busy the machine is


def done(work, template="digits-mlp", epochs=12, **recipe):
    """A session that has learned so many epochs, with a moment for each of them."""
    session = ready(work, template, epochs=epochs, **recipe)
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.timeline.moments()) == epochs + 1, 120)
    return session


def weights(session):
    return session.ask(lambda training: training.checkpoint().weights).result(10)


def looked(work, session, epoch):
    past = session.timeline.nearest(epoch)
    assert past.epoch == epoch
    session.timeline.look_at(past)
    work.until(session, lambda: session.timeline.is_settled)
    return past


def test_there_is_a_moment_before_the_first_step_and_one_at_epochs_ends(work):
    session = done(work, epochs=3)
    assert [past.epoch for past in session.timeline.moments()] == [0, 1, 2, 3]


def test_a_look_shows_the_network_as_it_was_and_the_present_comes_back(work):
    session = done(work, epochs=4)
    now = weights(session)
    past = looked(work, session, 2)
    then = weights(session)
    assert all(np.array_equal(value, then[name]) for name, value in past.checkpoint().weights.items())
    assert not np.array_equal(then["dense1.weight"], now["dense1.weight"])
    scored = session.ask(lambda training: training.evaluate("valid")).result(10)
    assert scored.loss == pytest.approx(session.epochs[1].valid.loss, rel=1e-6)
    session.timeline.return_to_now()
    assert np.array_equal(weights(session)["dense1.weight"], now["dense1.weight"])


def test_from_one_moment_to_another_the_last_one_asked_for_is_shown(work):
    session = done(work, epochs=6)
    for epoch in (1, 5, 2, 4, 3):
        session.timeline.look_at(session.timeline.nearest(epoch))
    work.until(session, lambda: session.timeline.is_settled)
    wanted = session.timeline.nearest(3).checkpoint().weights["dense1.weight"]
    assert np.array_equal(weights(session)["dense1.weight"], wanted)


def test_what_learns_waits_while_the_past_is_looked_at_and_then_goes_on(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: len(session.timeline.moments()) > 2)
    session.timeline.look_at(session.timeline.moments()[0])
    assert session.status == "paused"
    session.timeline.return_to_now()
    assert session.status == "running"


def test_play_returns_to_the_present(work):
    session = done(work, epochs=4)
    looked(work, session, 1)
    session.play("batch")
    assert session.timeline.looked_at is None
    work.until(session, lambda: session.status != "running")


@pytest.mark.parametrize("template", ["digits-mlp", "digits-cnn"])
def test_resuming_gives_the_same_numbers_bit_for_bit(work, template):
    settings = {"epochs": 5, "batch": 128}
    session = done(work, template, **settings)
    first, last = list(session.epochs), weights(session)
    looked(work, session, 2)
    session.timeline.resume(session.timeline.looked_at)
    assert [epoch.epoch for epoch in session.epochs] == [1, 2]
    assert session.status == "paused"
    assert [past.epoch for past in session.timeline.moments()] == [0, 1, 2]
    session.play()
    work.until(session, lambda: session.status == "ended")
    assert [(e.epoch, e.train, e.valid, e.learning_rate) for e in session.epochs] == [
        (e.epoch, e.train, e.valid, e.learning_rate) for e in first
    ]
    assert all(value.tobytes() == last[name].tobytes() for name, value in weights(session).items())


def test_a_fork_is_a_project_of_its_own_that_goes_on_bit_for_bit(work):
    session = done(work, epochs=5)
    project = session.timeline.project(session.timeline.nearest(3))
    assert project.document.name == f"{session.document.name} from epoch 3"
    assert [epoch.epoch for epoch in project.epochs] == [1, 2, 3]
    fork = Session(project.document)
    work.sessions.append(fork)
    fork.start(project)
    work.until(fork, lambda: fork.status == "ready")
    fork.play()
    work.until(fork, lambda: fork.status == "ended")
    assert [epoch.valid for epoch in fork.epochs] == [epoch.valid for epoch in session.epochs]
    assert all(value.tobytes() == weights(fork)[name].tobytes() for name, value in weights(session).items())


def epochs_of(moments):
    return [past.epoch for past in moments]


def widen(session, units=70):
    session.do(EditGraph(SetSettings("dense1", (("units", units),))))


def edited(work, epochs=3, **recipe):
    """One that learned, was widened, and learned as much again; and the network before."""
    session = done(work, epochs=epochs, **recipe)
    before = session.document
    widen(session)
    session.play()
    work.until(session, lambda: session.status == "ended" and session.timeline.moments()[-1].epoch == 2 * epochs)
    return session, before


def test_moments_before_an_edit_stay_and_show_the_network_that_there_was(work):
    session, before = edited(work)
    after, report = session.document, session.report
    assert epochs_of(session.timeline.moments()) == [0, 1, 2, 3, 3, 4, 5, 6]
    past = looked(work, session, 1)
    assert session.document.graph is before.graph
    assert session.timeline.edit_after(past) == session.marks[0].words
    assert session.report.shapes["dense1"].dims == (64,)
    assert weights(session)["dense1.weight"].shape == (64, 64)
    assert np.array_equal(weights(session)["dense1.weight"], past.checkpoint().weights["dense1.weight"])
    looked(work, session, 5)
    assert session.document is after
    assert session.timeline.earlier is None
    looked(work, session, 2)
    session.timeline.return_to_now()
    assert session.document is after
    assert session.report is report
    assert weights(session)["dense1.weight"].shape == (70, 64)


def test_the_edit_that_ended_a_network_is_named_and_not_one_of_the_recipe_before_it(work):
    session = done(work, epochs=3)
    before = session.document
    session.do(SetRecipe("batch", 16))
    session.play()
    work.until(session, lambda: session.status == "ended" and session.timeline.moments()[-1].epoch == 6)
    widen(session)
    session.play()
    work.until(session, lambda: session.status == "ended" and session.timeline.moments()[-1].epoch == 9)
    assert [mark.words for mark in session.marks] == ["Change batch", "Change units of dense1"]
    for epoch in (1, 5):
        past = looked(work, session, epoch)
        assert session.document.graph is before.graph
        assert session.timeline.edit_after(past) == "Change units of dense1"
    assert [mark.words for mark in session.timeline.project(past).marks] == ["Change batch"]
    assert session.timeline.edit_after(looked(work, session, 8)) == ""


def test_an_earlier_network_is_not_edited(work):
    session, before = edited(work)
    after = session.document
    looked(work, session, 1)
    widen(session, 80)
    assert session.message == "This is how the network was. Go back to now to edit it, or resume from here."
    assert session.document.graph is before.graph
    session.timeline.return_to_now()
    assert session.document is after
    looked(work, session, 1)
    session.undo()
    assert session.timeline.looked_at is None
    assert session.document is before


def test_what_is_saved_while_an_earlier_network_is_shown_is_the_present(work, tmp_path):
    session, _ = edited(work)
    after = session.document
    looked(work, session, 1)
    save(work, session, tmp_path / "a.nnplay")
    project = read_project(tmp_path / "a.nnplay")
    assert project.document == after
    assert project.checkpoint.weights["dense1.weight"].shape == (70, 64)
    assert not session.is_modified


def test_resuming_before_an_edit_goes_on_as_if_it_had_not_been_and_undo_brings_it_back(work):
    session, before = edited(work, epochs=4)
    after, later, marks = session.document, list(session.epochs), list(session.marks)
    now = weights(session)
    session.timeline.resume(looked(work, session, 2))
    assert session.document.graph is before.graph
    assert (epochs_of(session.epochs), session.marks) == ([1, 2], [])
    assert session.history.undo_label == "Go back to epoch 2"
    session.play()
    work.until(session, lambda: session.status == "ended")
    assert [epoch.valid for epoch in session.epochs] == [epoch.valid for epoch in later[:4]]
    session.undo()
    session.prepare()
    assert session.document.graph is after.graph
    assert (session.epochs, session.marks) == (later, marks)
    assert np.array_equal(weights(session)["dense1.weight"], now["dense1.weight"])


def test_a_fork_before_an_edit_has_the_network_of_then(work):
    session, before = edited(work)
    project = session.timeline.project(session.timeline.moments()[2])
    assert project.document.graph is before.graph
    assert (epochs_of(project.epochs), project.marks) == ([1, 2], ())


def test_moments_of_a_network_that_undo_left_are_not_of_this_line(work):
    session, _ = edited(work)
    session.undo()
    assert epochs_of(session.timeline.moments()) == [0, 1, 2, 3]
    session.play()
    work.until(session, lambda: session.status == "ended" and session.timeline.moments()[-1].epoch == 6)
    session.redo()
    assert epochs_of(session.timeline.moments()) == [0, 1, 2, 3, 3, 4, 5, 6]
    assert len({id(past.document.graph) for past in session.timeline.moments()[:4]}) == 1


def test_a_network_that_an_edit_broke_can_be_looked_at_as_it_was(work):
    session = done(work, epochs=3)
    session.do(EditGraph(Disconnect(session.document.graph.incoming["dense2"][0])))
    assert session.status == "problem"
    looked(work, session, 2)
    assert not session.report.errors
    assert weights(session)["dense1.weight"].shape == (64, 64)
    session.timeline.return_to_now()
    assert session.status == "problem"


def test_a_moment_that_is_kept_no_more_is_not_looked_at(work):
    session = done(work, epochs=3)
    past = session.timeline.moments()[1]
    session.timeline.pasts.drop([past])
    session.timeline.look_at(past)
    assert session.timeline.looked_at is None


def test_an_edit_is_made_to_the_present(work):
    session = done(work, epochs=3)
    looked(work, session, 1)
    session.do(SetRecipe("batch", 16))
    assert session.timeline.looked_at is None


def test_reset_forgets_the_past(work):
    session = done(work, epochs=2)
    session.reset()
    assert session.timeline.moments() == []


def test_what_is_saved_while_looking_back_is_the_present(work, tmp_path):
    session = done(work, epochs=3)
    now = weights(session)
    looked(work, session, 1)
    assert np.array_equal(session.learned().checkpoint.result(10).weights["dense1.weight"], now["dense1.weight"])


def test_a_network_too_large_for_the_budget_is_not_copied_at_all(work):
    session = ready(work, epochs=2)
    session.timeline.set_budget(2 * 4 * 4 * 4810 - 1, 0)
    session.play()
    work.until(session, lambda: session.status == "ended" and session.timeline.is_too_large)
    assert session.timeline.moments() == []
    session.timeline.set_budget(2 * 4 * 4 * 4810, 0)
    session.play()
    work.until(session, lambda: session.timeline.moments())
    assert not session.timeline.is_too_large


class _Costly:
    """A training whose checkpoint takes so many seconds of the clock."""

    batches = 10

    def __init__(self, seconds):
        self.network = SimpleNamespace(count=10)
        self.now, self.seconds, self.taken = 0.0, seconds, 0

    def checkpoint(self):
        self.now += self.seconds
        self.taken += 1
        return Checkpoint({})

    def ask(self, look):
        from concurrent.futures import Future

        answer = Future()
        answer.set_result(look(self))
        return answer


@pytest.mark.parametrize("cost", [0.0001, 0.004, 0.3])
@pytest.mark.parametrize("epoch", [0.002, 0.05, 3.0])
def test_moments_take_no_more_than_their_share_of_the_training_threads_time(work, monkeypatch, cost, epoch):
    monkeypatch.setattr(timeline_module, "LEAST", LEAST)
    monkeypatch.setattr(timeline_module, "SHARE", SHARE)
    training = _Costly(cost)
    timeline = Timeline(work.open(), clock=lambda: training.now)
    timeline.follow(training, None, 0)
    scores = Scores(1.0, {})
    began = training.now = 100.0
    for number in range(2000):
        training.now += epoch
        timeline.hear(EpochDone(number, scores, scores, 0.1, epoch, 1.0))
    spent = training.taken * cost
    assert training.taken >= 1
    assert spent <= SHARE * (training.now - began) + cost
    assert training.taken <= (training.now - began) / LEAST + 1

"""Going back in time: every look shows what was then, what goes on from there is bit for bit what it was."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from playground.app import timeline as timeline_module
from playground.app.changes import EditGraph, SetRecipe
from playground.app.session import Session
from playground.app.timeline import LEAST, SHARE, Timeline
from playground.engine.events import EpochDone, Scores
from playground.graph.edits import SetSettings
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


def test_moments_of_another_network_come_back_with_it(work):
    session = done(work, epochs=3)
    session.do(EditGraph(SetSettings("dense1", (("units", 70),))))
    assert session.timeline.moments() == []
    session.undo()
    assert [past.epoch for past in session.timeline.moments()] == [0, 1, 2, 3]


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

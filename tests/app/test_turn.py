"""Between two slices of steps the training waits while the window is at work, and never for long."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic

import pytest

from playground.app import turn
from playground.app.turn import Turn


class Waiting:
    """A thread that waits for a turn to end."""

    def __init__(self, turn: Turn) -> None:
        self.began, self.is_through = Event(), Event()
        self._turn, self._thread = turn, Thread(target=self._wait)
        self._thread.start()
        assert self.began.wait(5)

    def _wait(self) -> None:
        self.began.set()
        self._turn.wait()
        self.is_through.set()


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr(turn, "LONGEST", 30.0)
    return Turn()


def test_nobody_waits_where_no_turn_is_taken(patient):
    patient.wait()
    with patient.taken():
        assert patient.is_taken
    assert not patient.is_taken
    patient.wait()


def test_a_thread_waits_until_the_outermost_turn_is_over(patient):
    with patient.taken():
        with patient.taken():
            waiting = Waiting(patient)
        assert not waiting.is_through.wait(0.05)
    assert waiting.is_through.wait(5)


def test_a_turn_that_fails_is_over(patient):
    with pytest.raises(ValueError, match="no"), patient.taken():
        raise ValueError("no")
    assert not patient.is_taken


def test_a_turn_that_lasts_is_waited_for_once_and_not_for_long(monkeypatch):
    monkeypatch.setattr(turn, "LONGEST", 0.05)
    lasting = Turn()
    with lasting.taken():
        began = monotonic()
        lasting.wait()
        assert monotonic() - began >= 0.05
        monkeypatch.setattr(turn, "LONGEST", 60.0)
        lasting.wait()
        with lasting.taken():
            assert lasting.is_taken

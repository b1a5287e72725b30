"""How often the window looks into its mailboxes while something trains."""

from __future__ import annotations

import pytest

from playground.app.turn import Turn
from playground.ui.tempo import FRAME, SHARE, SLOWEST, Tempo


def settled(milliseconds: float, is_training: bool = True) -> int:
    """The interval where each beat takes so long."""
    tempo = Tempo()
    return [tempo.interval(number * milliseconds / 1000, is_training) for number in range(1, 200)][-1]


@pytest.mark.parametrize("taken", [0.0, 1.0, 3.2, 4.0, 4.9])
def test_the_window_takes_a_tenth_of_the_time_at_most(taken):
    interval = settled(taken)
    assert taken / interval <= SHARE
    assert interval >= FRAME
    assert interval == FRAME or taken / interval > SHARE - 0.01  # and looks no less often than that asks for


@pytest.mark.parametrize("taken", [5.1, 8.0, 40.0])
def test_it_looks_20_times_a_second_at_least(taken):
    assert settled(taken) == SLOWEST == 50


def test_it_looks_30_times_a_second_where_nothing_trains():
    assert settled(40.0, is_training=False) == FRAME == 33


def test_one_long_beat_is_soon_forgotten():
    tempo = Tempo()
    spent, intervals = 0.0, []
    for number in range(40):
        spent += 0.03 if number == 10 else 0.001
        intervals.append(tempo.interval(spent, True))
    assert intervals[9] == FRAME < intervals[10]
    assert set(intervals[20:]) == {FRAME}


def test_a_turn_says_what_all_have_taken(monkeypatch):
    from playground.app import turn as module

    now = [10.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    turn = Turn()
    with turn.taken():
        now[0] += 1
        with turn.taken():
            now[0] += 2
        assert turn.spent == 0
    now[0] += 5
    with turn.taken():
        now[0] += 0.5
    assert turn.spent == 3.5


def test_a_window_that_takes_long_beside_training_looks_less_often(opened, qtbot, monkeypatch):
    from playground.ui import tempo

    monkeypatch.setattr(tempo, "SHARE", 1e-6)
    window = opened("xor-mlp", epochs=1_000_000)
    timer = window.bridge._timer
    assert timer.interval() == FRAME
    window.session.play()
    qtbot.waitUntil(lambda: timer.interval() == SLOWEST, timeout=20_000)
    window.session.pause()
    qtbot.waitUntil(lambda: timer.interval() == FRAME, timeout=20_000)

from __future__ import annotations

import pytest

from playground.ui.budget import MEMORY, Budget


def test_pictures_together_keep_to_their_share_and_take_turns():
    clock = [0.0]
    budget = Budget(lambda: clock[0])
    turns = {"a": 0, "b": 0}
    while clock[0] < 100:
        for asker in turns:
            if budget.may(asker, is_running=True):
                turns[asker] += 1
                budget.spend(0.02, is_running=True)
        clock[0] += 0.033
    assert turns["a"] + turns["b"] == pytest.approx(100 * budget.share / 0.02, rel=0.1)
    assert abs(turns["a"] - turns["b"]) <= 1
    assert budget.taken() == pytest.approx(budget.share, rel=0.2)
    clock[0] += MEMORY + 1
    assert budget.taken() == 0


def test_beside_training_one_draws_in_a_beat_and_whoever_waits_longest_first():
    budget, drawn = Budget(), []
    for _ in range(4):
        budget.begin_beat()
        drawn.append([each for each in "abc" if budget.may_draw(each, is_running=True)])
    assert drawn == [["a"], ["b"], ["c"], ["a"]]


def test_one_that_no_longer_asks_to_draw_holds_up_nobody():
    budget = Budget()
    budget.begin_beat()
    assert budget.may_draw("a", is_running=True)
    assert not budget.may_draw("gone", is_running=True)
    for _ in range(2):
        budget.begin_beat()
    assert budget.may_draw("a", is_running=True)


def test_while_nothing_runs_all_may_draw():
    budget = Budget()
    budget.begin_beat()
    assert all(budget.may_draw(each, is_running=False) for each in "abc")


def test_while_nothing_trains_every_picture_may():
    budget = Budget(lambda: 0.0)
    budget.spend(10, is_running=False)
    assert budget.may("a", is_running=False)
    assert budget.may("a", is_running=True)


def test_a_look_of_seconds_is_told_as_a_share_of_all_the_time_it_is_owed():
    clock = [0.0]
    budget = Budget(lambda: clock[0])
    assert budget.may("a", is_running=True)
    clock[0] = 13.0
    budget.spend(13.0, is_running=True)
    assert budget.taken() == pytest.approx(1.0)
    while not budget.may("a", is_running=True):
        assert budget.taken() <= 1
        clock[0] += 0.5
    assert budget.taken() == pytest.approx(budget.share, rel=0.1)

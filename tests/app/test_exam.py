from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from playground.app.exam import TestLock
from playground.app.runs import RunHistory
from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.selection.exam import ExamScore

FOUND = ExamScore("accuracy", 0.9, 0.8, 0.95, 30)


def examples_of(**settings):
    choice = DataChoice(source="iris", **settings)
    return prepare(load(choice), choice)


@pytest.fixture
def lock(tmp_path):
    made = TestLock(tmp_path / "runs.sqlite")
    yield made
    made.close()


def test_looks_are_counted_and_dated(lock):
    examples = examples_of()
    assert lock.looks(examples).same == ()
    lock.note(examples, "first", FOUND)
    looks = lock.note(examples, "second", FOUND).same
    assert [look.project for look in looks] == ["first", "second"]
    assert looks[0].at <= looks[1].at
    assert (looks[0].score, looks[0].n, looks[0].metric) == (0.9, 30, "accuracy")


def test_the_same_test_part_is_known_again_whatever_the_rest_is_split_into(lock):
    lock.note(examples_of(valid=0.15), "one", FOUND)
    examples, other = examples_of(valid=0.15), examples_of(seed=1)
    assert not np.array_equal(np.sort(examples.test.rows), np.sort(other.test.rows))
    assert len(lock.looks(examples).same) == 1
    assert lock.looks(other).same == ()
    assert lock.looks(other).others == 1


def test_looks_survive_the_deletion_of_all_runs_and_a_restart(tmp_path):
    path = tmp_path / "runs.sqlite"
    lock, history = TestLock(path), RunHistory(path)
    lock.note(examples_of(), "one", FOUND)
    history.delete(*(run.id for run in history.search()))
    history.close()
    lock.close()
    again = TestLock(path)
    assert len(again.looks(examples_of()).same) == 1
    again.close()


def test_a_history_of_the_first_format_gains_the_table_of_looks(tmp_path):
    from playground.app.runs_tables import FIRST

    path = tmp_path / "runs.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(FIRST + "; PRAGMA user_version = 1;")
    connection.close()
    lock = TestLock(path)
    assert len(lock.note(examples_of(), "one", FOUND).same) == 1
    lock.close()

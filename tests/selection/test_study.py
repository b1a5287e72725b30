"""A study gives every trial once, to whichever process asks, and loses none of a process that is gone."""

from __future__ import annotations

import sys
import time

import numpy as np
import optuna
import pytest

from playground.selection.space import Choices, Range, draw
from playground.selection.study import Plan, Study, StudyProblem
from playground.selection.trials import ranked
from tests.selection.made_trials import trial


def plan(tmp_path, name="s", **options):
    options = {"search": "grid", "beat": 0.05, "grace": 0.3, "url": f"sqlite:///{tmp_path / 'study.db'}", **options}
    return Plan(name, options.pop("spaces", {"a": Choices((1, 2, 3, 4))}), "accuracy", **options)


def test_two_processes_share_a_study_without_doing_anything_twice(tmp_path):
    one, other = Study(plan(tmp_path)), Study(plan(tmp_path))
    taken = [study.take() for study in (one, other, one, other, one, other)]
    assert [each[1]["a"] for each in taken if each is not None] == [1, 2, 3, 4]
    assert taken[4:] == [None, None]


def test_a_trial_of_a_process_that_is_gone_is_done_again_and_one_of_a_living_is_not(tmp_path):
    gone, alive = Study(plan(tmp_path)), Study(plan(tmp_path))
    lost, kept = gone.take(), alive.take()
    assert lost is not None
    assert kept is not None
    other = Study(plan(tmp_path))
    deadline = time.monotonic() + 10
    while other.left < 3 and time.monotonic() < deadline:
        alive.beat()
        other.beat()
        time.sleep(0.02)
    assert other.left == 3
    values = [other.take()[1]["a"] for _ in range(3)]
    assert sorted([*values, kept[1]["a"]]) == [1, 2, 3, 4]
    late = gone.end(trial(lost[0], (0.5,), a=1))
    assert late.number == lost[0]
    assert lost[0] not in [each.number for each in other.results()]


def test_random_points_are_the_same_for_the_same_seed_and_stay_within_their_range(tmp_path):
    spaces = {"a": Range(1e-4, 1, is_log=True), "b": Range(2, 9, is_whole=True), "c": Choices(("x", "y"))}
    study = Study(plan(tmp_path, spaces=spaces, search="random", seed=5, trials=300, url=None))
    found = [study.take() for _ in range(300)]
    assert [params for _, params in found] == [draw(spaces, 5, place) for place in range(300)]
    logs = np.log10([params["a"] for _, params in found])
    assert np.histogram(logs, bins=4, range=(-4, 0))[0].min() > 45
    assert {params["b"] for _, params in found} == set(range(2, 10))


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_tpe_proposes_what_optuna_proposes():
    spaces = {"a": Range(0.0, 1.0)}
    study = Study(Plan("t", spaces, "accuracy", "tpe", 3, 25))
    sampler = optuna.samplers.TPESampler(n_startup_trials=10, seed=3, constant_liar=True)
    theirs = optuna.create_study(direction="maximize", sampler=sampler)
    for _ in range(25):
        number, params = study.take()
        asked = theirs.ask({"a": optuna.distributions.FloatDistribution(0, 1)})
        assert params["a"] == asked.params["a"]
        score = 1 - (params["a"] - 0.7) ** 2
        study.end(trial(number, (score,), **params))
        theirs.tell(asked, score)
    assert abs(ranked(study.results())[0].params["a"] - 0.7) < 0.05


def test_a_storage_that_cannot_be_used_is_told_with_a_way_out(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(StudyProblem, match="postgresql needs a driver .* pip install psycopg2-binary"):
        Study(plan(tmp_path, url="postgresql://user@host/name"))
    with pytest.raises(StudyProblem, match="is no address of a database. Write sqlite:///trials.db"):
        Study(plan(tmp_path, url="nonsense://x"))
    with pytest.raises(StudyProblem, match="The storage sqlite cannot be used: .*unable to open database file"):
        Study(plan(tmp_path, url=f"sqlite:///{tmp_path}/none/x.db"))

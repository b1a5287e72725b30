"""A search tries what it was asked to, forgets nothing, survives what goes wrong, and says what to make of it."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from playground.app.document import make_project
from playground.app.runner import Mailbox
from playground.app.tuning import Search, Settings, plan_of, tuning_of, winner
from playground.app.varying import read_vary, with_params
from playground.data.catalogue import load
from playground.graph.dense_nets import perceptron
from playground.selection.crossval import CrossValidated, cross_validate
from playground.selection.folds import Folding
from playground.selection.nested import NestedDone, nested
from playground.selection.pool import Here, Pool, TaskDone, WorkerDied
from playground.selection.runs import RunDone, Subject, Task
from playground.selection.space import Choices
from playground.selection.study import Plan, Study
from playground.selection.trials import ranked
from playground.selection.tune import SearchEnded, SearchProgress, Terms, TrialDone, TrialStarted

RATES = "recipe.learning_rate"


def project(template="xor-mlp", **recipe):
    document, dataset = make_project(template)
    settings = {"epochs": 4, "learning_rate": 0.01, **recipe}
    return replace(document, recipe=document.recipe.model_copy(update=settings)), dataset


def settings_of(tmp_path, **options):
    return Settings(**{"folding": Folding("usual", 3), "url": str(tmp_path / "s.db"), "processes": 0, **options})


def search(document, dataset, settings, *vary):
    return list(tuning_of(document, read_vary(document, list(vary)), settings, dataset).events())


def facts(events, kind):
    return [event for event in events if isinstance(event, kind)]


# Searching


def test_each_trial_of_a_grid_scores_what_cross_validation_scores(tmp_path):
    document, dataset = project()

    events = search(document, dataset, settings_of(tmp_path), f"{RATES}=0.003,0.03", "recipe.l2=0,0.01")

    ended = events[-1]
    assert ended.reason == "trials"
    assert [dict(each.params) for each in ended.trials] == [
        {RATES: rate, "recipe.l2": l2} for rate in (0.003, 0.03) for l2 in (0.0, 0.01)
    ]
    assert len(facts(events, TrialStarted)) == len(facts(events, TrialDone)) == 4
    for each in ended.trials:
        own = with_params(document, each.params)
        *_, whole = cross_validate(own.graph, own.recipe, dataset, own.data, Folding("usual", 3), way="one by one")
        assert isinstance(whole, CrossValidated)
        assert each.valid_mean == pytest.approx(whole.mean["accuracy"], abs=1e-5)
        assert each.valid_sd == pytest.approx(whole.sd["accuracy"], abs=1e-5)
        assert [fold.valid["loss"] for fold in each.folds] == pytest.approx(
            [fold.valid.loss for fold in whole.folds], abs=1e-5
        )


def test_settings_of_layers_and_data_can_be_varied(tmp_path):
    document, dataset = project()
    vary = ["layers.dense1.units=2,5", "data.features=x,y;x,y,xy"]
    ended = search(document, dataset, settings_of(tmp_path), *vary)[-1]
    assert [each.parameters for each in ended.trials] == [2 * 3 + 3, 2 * 4 + 3, 5 * 3 + 6, 5 * 4 + 6]
    chosen = winner(document, ended.trials[3])
    assert chosen.data.features == ("x", "y", "xy")
    assert chosen.graph.nodes["input1"].settings["dims"] == [3]
    assert chosen.graph.nodes["dense1"].settings["units"] == 5


def test_a_search_that_is_stopped_goes_on_where_it_was_and_shows_what_was_done(tmp_path):
    document, dataset = project()
    settings = settings_of(tmp_path, stacks=False)
    spaces = read_vary(document, [f"{RATES}=0.001,0.003,0.01,0.03,0.1"])
    tuning = tuning_of(document, spaces, settings, dataset)
    before = []
    for event in tuning.events():
        before.append(event)
        if len(facts(before, TrialDone)) == 2:
            tuning.stop()
    assert before[-1].reason == "stopped"
    assert len(before[-1].trials) == 2

    after = list(tuning_of(document, spaces, settings, dataset).events())

    assert len(facts(after, TrialDone)) == 3
    assert after[-1].trials[:2] == before[-1].trials
    assert sorted(each.params[RATES] for each in after[-1].trials) == [0.001, 0.003, 0.01, 0.03, 0.1]
    again = list(tuning_of(document, spaces, settings, dataset).events())
    assert facts(again, TrialStarted) == []
    assert again[-1].trials == after[-1].trials


def test_other_folds_or_settings_are_another_study(tmp_path):
    document, dataset = project()
    spaces = read_vary(document, [f"{RATES}=0.1,0.2"])
    settings = settings_of(tmp_path)
    name = plan_of(document, spaces, settings, dataset).name
    others = [
        plan_of(document, spaces, replace(settings, folding=Folding("usual", 4)), dataset).name,
        plan_of(document, read_vary(document, [f"{RATES}=0.1"]), settings, dataset).name,
        plan_of(project(epochs=5)[0], spaces, settings, dataset).name,
        plan_of(document, spaces, settings, replace(dataset, inputs=dataset.inputs * 2)).name,
    ]
    assert len({name, *others}) == 5
    moved = replace(document, positions={})
    assert plan_of(moved, spaces, replace(settings, trials=1), dataset).name == name


def test_what_cannot_be_trained_is_a_failed_trial_and_not_the_end(tmp_path):
    document, dataset = project("digits-cnn", epochs=1, batch=128)
    settings = settings_of(tmp_path, folding=Settings().folding)
    ended = search(document, dataset, settings, "layers.pool1.kernel=2,9", "recipe.batch=128,60000")[-1]
    states = {tuple(each.params.values()): each.state for each in ended.trials}
    assert states == {(2, 128): "done", (2, 60000): "failed", (9, 128): "failed", (9, 60000): "failed"}
    told = {tuple(each.params.values()): each.message for each in ended.trials}
    assert told[2, 60000] == "The batch of 60,000 is larger than the 1,257 training examples. Choose 1,257 or fewer."
    assert told[9, 128].startswith("pool1: ")


def test_a_trial_that_diverges_fails_with_its_sentence_also_among_others(tmp_path):
    document, dataset = project(optimiser="sgd", momentum=0.0)
    ended = search(document, dataset, settings_of(tmp_path), f"{RATES}=0.01,100000")[-1]
    assert [each.state for each in ended.trials] == ["done", "failed"]
    assert "Fold 1: Training diverged" in ended.trials[1].message


def test_a_bad_search_is_given_up_half_way(tmp_path):
    document, dataset = project(epochs=10, batch=64)
    settings = settings_of(tmp_path, search="random", trials=8, stacks=False, folding=Settings().folding)
    ended = search(document, dataset, settings, f"{RATES}=1e-6..0.1:log")[-1]
    assert len(ended.trials) == 8
    pruned = [each for each in ended.trials if each.state == "pruned"]
    assert pruned
    for each in pruned:
        assert each.message.startswith("Given up after ")
        assert each not in ranked(ended.trials)


def test_minutes_end_a_search_without_trials_left_behind(tmp_path):
    document, dataset = project()
    settings = settings_of(tmp_path, search="random", minutes=0.01, stacks=False)
    ended = search(document, dataset, settings, f"{RATES}=0.001..0.1:log")[-1]
    assert ended.reason == "minutes"
    again = Study(replace(plan_of(document, read_vary(document, [f"{RATES}=0.001..0.1:log"]), settings, dataset)))
    assert not again.has_others


# Processes


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed otherwise there")
def test_a_killed_worker_is_told_of_and_another_takes_its_place():
    document, _ = project(epochs=100_000)
    pool = Pool(1)
    try:
        endless = Task({7: Subject(document.graph, document.recipe, document.data)}, stacks=False)
        pool.submit(endless)
        assert pool.idle == 0
        while not pool.news(5):
            pass
        os.kill(pool._workers[0].process.pid, signal.SIGKILL)
        died = news_until(pool, WorkerDied)
        assert died == WorkerDied(endless, -signal.SIGKILL)
        recipe = document.recipe.model_copy(update={"epochs": 1})
        pool.submit(Task({8: Subject(document.graph, recipe, document.data)}))
        assert news_until(pool, RunDone).trial == 8
        assert news_until(pool, TaskDone)
        assert pool.idle == 1
    finally:
        pool.close()


def news_until(pool, kind):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for said in pool.news(1):
            if isinstance(said, kind):
                return said
    raise AssertionError(f"no {kind.__name__} came")


def test_processes_that_share_the_cores_keep_to_their_threads():
    from playground.engine.device import limit_threads, use_threads

    try:
        limit_threads(1)
        assert use_threads(10**12) == 1
    finally:
        limit_threads(None)
    assert use_threads(10**12) == os.cpu_count()
    use_threads(0)


class Dying(Here):
    """A workplace whose process dies in every task with a trial of a bad number."""

    def __init__(self, bad):
        super().__init__()
        self.bad, self.died = bad, 0

    def news(self, timeout):
        if self._task is not None and self.bad in self._task.trials:
            task, self._task = self._task, None
            self.died += 1
            return [WorkerDied(task, -9)]
        return super().news(timeout)


def test_a_trial_whose_process_dies_is_tried_once_more_and_the_others_go_on(tmp_path, monkeypatch):
    document, dataset = project()
    place = Dying(bad=1)
    monkeypatch.setattr("playground.app.tuning.workplace", lambda *_: place)
    ended = search(document, dataset, settings_of(tmp_path), f"{RATES}=0.01,0.02,0.03")[-1]
    assert [each.state for each in ended.trials] == ["done", "failed", "done"]
    assert ended.trials[1].message.startswith("The process that trained it ended early, twice (status -9).")
    assert place.died == 2


def test_a_windows_search_tells_facts_and_keeps_what_was_done_when_stopped(tmp_path):
    document, _ = project(epochs=5)
    box, spaces = Mailbox(), read_vary(document, [f"{RATES}=1e-4..0.1:log"])
    own = Search(document, spaces, settings_of(tmp_path, search="random", trials=100_000, stacks=False), box)
    try:
        found = []
        deadline = time.monotonic() + 60
        while not facts(found, TrialDone) and time.monotonic() < deadline:
            found += box.empty()
            time.sleep(0.01)
        if hasattr(os, "getpriority"):
            assert os.getpriority(os.PRIO_PROCESS, own._process.pid) >= 10
        own.stop()
        assert own.join(120)
    finally:
        own.close()
    found += box.empty()
    assert facts(found, TrialStarted)
    assert facts(found, SearchProgress)
    assert isinstance(found[-1], SearchEnded)
    assert found[-1].reason == "stopped"
    assert [done.trial for done in facts(found, TrialDone)] == list(found[-1].trials)


def test_nested_folds_are_not_fooled_by_choosing_among_nothing():
    document, dataset = project(epochs=1)
    random = np.random.default_rng(1)
    dataset = replace(dataset, targets=random.integers(0, 2, len(dataset.targets)))
    document = replace(document, graph=perceptron(4, activation="tanh")(dataset.signature))
    place = {document.data: dataset}

    def make(params):
        recipe = document.recipe.model_copy(update={"seed": params["recipe.seed"]})
        return Subject(document.graph, recipe, document.data)

    own = Plan("n", {"recipe.seed": Choices(tuple(range(12)))}, "accuracy")
    base, terms = make({"recipe.seed": 0}), Terms()
    *_, done = nested(make, base, own, terms, Folding("usual", 4), 4, lambda: Here(place))
    assert isinstance(done, NestedDone)
    assert len(done.folds) == 4
    assert done.inner_mean > 0.53
    assert done.mean == pytest.approx(0.5, abs=0.06)
    assert done.inner_mean > done.mean


def test_a_dataset_that_is_read_anew_gives_the_same_study(tmp_path):
    document, dataset = project()
    spaces = {"recipe.l2": Choices((0.0,))}
    settings = settings_of(tmp_path)
    again = plan_of(document, spaces, settings, load(document.data))
    assert plan_of(document, spaces, settings, dataset) == again

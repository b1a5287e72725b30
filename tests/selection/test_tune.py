"""A search tries what it was asked to, forgets nothing, survives what goes wrong, and says what to make of it."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from dataclasses import replace

import numpy as np
import optuna
import pytest

from playground.app.document import DocumentProblem, make_project
from playground.app.runner import Mailbox
from playground.app.tuning import Search, Settings, TuningProblem, plan_of, tuning_of, winner
from playground.app.varying import read_vary, with_params
from playground.data.catalogue import load
from playground.graph.dense_nets import perceptron
from playground.selection.crossval import CrossValidated, cross_validate
from playground.selection.folds import Folding, read_folding
from playground.selection.importance import importance
from playground.selection.nested import NestedDone, nested
from playground.selection.pool import Here, Pool, TaskDone, WorkerDied
from playground.selection.runs import RunDone, Subject, Task
from playground.selection.space import Choices, Range, draw
from playground.selection.study import Plan, Study, StudyProblem
from playground.selection.trials import FoldScore, Trial, ranked
from playground.selection.tune import SearchEnded, SearchProgress, Terms, TrialDone, TrialStarted
from playground.selection.tuning_results import (
    in_words,
    one_standard_error,
    optimism,
    pareto_front,
    regions,
    tuning_curve,
    tuning_map,
)

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


def trial(number, valid, train=(0.9,), parameters=10, state="done", metric="accuracy", **params):
    folds = tuple(
        FoldScore({metric: own, "loss": 1 - own}, {metric: score, "loss": 1 - score})
        for own, score in zip(train * len(valid) if len(train) == 1 else train, valid, strict=True)
    )
    return Trial(number, params, state, metric, folds, parameters)


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


# The study


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
        assert own.join(30)
    finally:
        own.close()
    found += box.empty()
    assert facts(found, TrialStarted)
    assert facts(found, SearchProgress)
    assert isinstance(found[-1], SearchEnded)
    assert found[-1].reason == "stopped"
    assert [done.trial for done in facts(found, TrialDone)] == list(found[-1].trials)


# Settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipe.learnign_rate=1", "Did you mean recipe.learning_rate?"),
        ("learning_rate=1", "Did you mean recipe.learning_rate?"),
        ("units=1", "Did you mean layers.dense1.units or layers.dense2.units"),
        ("recipe.learning_rate=-1,1", "recipe.learning_rate cannot be -1. Learning rate must be more than 0, not -1."),
        ("recipe.momentum=0..2", "recipe.momentum cannot be 2. Momentum must be less than 1, not 2."),
        ("recipe.epochs", "“recipe.epochs” is not of the form PATH=V1,V2,…"),
        ("recipe.optimiser=sgd..adam", "Only numbers have a range. Write a list, as relu,tanh."),
        ("recipe.l2=0..1:log", "A logarithmic range cannot begin at 0.0. Begin above 0, or leave :log out."),
        ("recipe.l2=1..0", "The range 1.0..0.0 is empty. Write the smaller number first."),
        ("layers.dense1.units=2..8:0.5", "“0.5” is no step of 2..8. Write log, or a step between the two."),
    ],
)
def test_what_cannot_be_varied_is_refused_with_what_can(text, said):
    with pytest.raises(DocumentProblem) as problem:
        read_vary(project()[0], [text])
    assert said in str(problem.value)


def test_values_have_the_type_of_their_setting():
    vary = ["layers.dense1.units=4..16:4", "recipe.keep_best=true,false", "recipe.batch=8..64:log", "recipe.l1=0,1e-3"]
    spaces = read_vary(project()[0], vary)
    assert spaces["layers.dense1.units"].grid() == (4, 8, 12, 16)
    assert spaces["recipe.keep_best"] == Choices((True, False))
    assert spaces["recipe.batch"].grid() == (8, 13, 23, 38, 64)
    assert spaces["recipe.l1"] == Choices((0.0, 0.001))


def test_a_metric_of_the_other_task_is_refused(tmp_path):
    document, dataset = project()
    with pytest.raises(TuningProblem, match="Xor cannot be judged by r2. Use one of: accuracy, loss."):
        plan_of(document, {"recipe.l2": Choices((0.0,))}, settings_of(tmp_path, metric="r2"), dataset)
    document, dataset = make_project("table-mlp")
    options = settings_of(tmp_path, folding=read_folding("loo"))
    assert plan_of(document, {"recipe.l2": Choices((0.0,))}, options, dataset).metric == "rmse"


# Results


def test_the_curve_names_minima_the_simplest_good_choice_and_over_and_under_fitting():
    trials = [
        trial(0, (0.60, 0.62, 0.58), (0.61,), 5, units=1),
        trial(1, (0.90, 0.94, 0.89), (0.93,), 10, units=2),
        trial(2, (0.92, 0.95, 0.89), (0.95,), 20, units=4),
        trial(3, (0.80, 0.84, 0.82), (1.00,), 40, units=8),
        trial(4, (), state="failed", units=16),
    ]
    curve = tuning_curve(trials, "units")
    assert curve.values == (1, 2, 4, 8)
    assert curve.values[curve.best_valid] == 4
    assert curve.values[curve.best_train] == 8
    # The best is 0.92 with a standard error of 0.03 / √3 = 0.0173: 0.91 is within it.
    assert curve.values[curve.one_error] == 2
    assert curve.regions == ("under-fitting", "good", "good", "over-fitting")
    assert in_words(curve) == [
        "units 1: under-fitting: it does worse on the training examples too.",
        "units 2 to 4: about as good as the best.",
        "units 8: over-fitting: as good on the training examples, worse on new ones.",
    ]
    assert optimism(trials).startswith("The winner's validation score is the best of 4 that were looked at")


def test_ridge_over_fits_with_little_penalty_and_under_fits_with_much():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(400, 60))
    truth = inputs[:, 0] * 2 + random.normal(size=400) * 2
    train, valid = [], []
    for penalty in 10.0 ** np.arange(-3, 7):
        weights = np.linalg.solve(inputs[:70].T @ inputs[:70] + penalty * np.eye(60), inputs[:70].T @ truth[:70])
        errors = (inputs @ weights - truth) ** 2
        train.append(errors[:70].mean())
        valid.append(errors[70:].mean())
    best = int(np.argmin(valid))
    found = regions(np.array(train), np.array(valid), 0.05 * valid[best], best)
    assert found[0] == "over-fitting"
    assert found[-1] == "under-fitting"
    assert found[best] == "good"
    assert [name for at, name in enumerate(found) if at == 0 or found[at - 1] != name] == [
        "over-fitting", "good", "under-fitting",
    ]  # fmt: skip


def test_one_fold_has_no_standard_error():
    trials = [trial(0, (0.9,), a=1), trial(1, (0.8,), a=2)]
    assert math.isnan(trials[0].valid_sd)
    assert one_standard_error(trials) is None
    assert tuning_curve(trials, "a").one_error is None


def test_among_equals_more_penalty_is_simpler():
    pair = (0.90, 0.92), (0.91, 0.91)
    trials = [trial(number, pair[number % 2], **{"recipe.l2": 10.0**-number}) for number in range(4)]
    assert one_standard_error(trials).params["recipe.l2"] == 1.0


def test_the_map_and_the_front_hold_the_best_of_what_is_not_shown():
    trials = [
        trial(a * 4 + b * 2 + c, (0.5 + 0.1 * a + 0.2 * b - 0.05 * c,), parameters=10 * (a + 1), a=a, b=b, c=c)
        for a in (0, 1) for b in (0, 1) for c in (0, 1)
    ]  # fmt: skip
    found = tuning_map(trials, "a", "b")
    np.testing.assert_allclose(found.scores, [[0.5, 0.6], [0.7, 0.8]])
    assert found.best == (1, 1)
    assert [(each.parameters, round(each.valid_mean, 3)) for each in pareto_front(trials)] == [(10, 0.7), (20, 0.8)]


def test_importance_is_the_share_of_the_variance():
    spaces = {"a": Range(0.0, 1.0), "b": Range(0.0, 1.0), "c": Range(0.0, 1.0)}
    points = [draw(spaces, 0, place) for place in range(150)]
    # Var(3a) : Var(b) = 9 : 1 for independent uniform numbers.
    trials = [trial(at, ((3 * point["a"] + point["b"]) / 4,), **point) for at, point in enumerate(points)]
    shares = importance(trials, spaces)
    assert shares["a"] == pytest.approx(0.9, abs=0.07)
    assert shares["b"] == pytest.approx(0.1, abs=0.07)
    assert sum(shares.values()) == pytest.approx(1)
    assert importance(trials[:3], spaces) == {}


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

"""What judges a fold has no say in what is trained for it: planted noise stays at chance, whichever way it goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import RidgeCV
from sklearn.metrics import accuracy_score, r2_score, root_mean_squared_error
from sklearn.model_selection import KFold, LeaveOneOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from playground.app.document import Document
from playground.app.repeating import RepeatPlan, _runs
from playground.app.tuning import Settings, tuning_of
from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.engine.recipe import Recipe
from playground.graph.dense_nets import perceptron
from playground.selection.baseline_models import ALPHAS
from playground.selection.crossval import cross_validate, cross_validate_baseline
from playground.selection.folds import Division, Folds, read_folding
from playground.selection.learning_curve import CurvePlan, LearningCurve, PointDone
from playground.selection.performing import perform
from playground.selection.pooled import judged, pooled
from playground.selection.runs import Bench, RunDone, Subject, Task
from playground.selection.space import Choices
from playground.selection.stopping import chooses_epoch, without_choice
from playground.selection.tune import SearchEnded

STOPS = Recipe(epochs=40, batch=16, learning_rate=0.02, keep_best=True, patience=20)


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """40 people, 50 columns of noise, two classes by lot, half and half."""
    random = np.random.default_rng(4)
    labels = random.permutation(np.repeat(["no", "yes"], 20))
    rows = [",".join([*(f"{value:.4f}" for value in random.normal(size=50)), label]) for label in labels]
    path = tmp_path_factory.mktemp("noise") / "noise.csv"
    path.write_text("\n".join([",".join([*(f"v{place}" for place in range(50)), "label"]), *rows]))
    choice = DataChoice(source=str(path), target="label", valid=0.2, test=0.1)
    return load(choice), choice


def network(dataset, recipe=STOPS):
    return perceptron(8, activation="relu")(dataset.signature), recipe


def is_chance(right, count):
    return binomtest(right, count, 0.5).pvalue > 0.05


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("loo", "stacked"),
        ("5", "stacked"),
        ("5", "one by one"),
        pytest.param("loo", "one by one", marks=pytest.mark.slow),
    ],
)
def test_noise_is_at_chance(noise, text, way):
    dataset, choice = noise
    *_, whole = cross_validate(*network(dataset), dataset, choice, read_folding(text), way=way)
    count = sum(len(valid) for _, valid in Folds(dataset, choice, read_folding(text)).rows)
    right = round(whole.mean["accuracy"] * count)
    assert is_chance(right, count), f"{right} of {count}"


@pytest.mark.parametrize(
    "settings", [{"keep_best": True}, {"patience": 3}, {"schedule": "plateau", "schedule_epochs": 2}]
)
@pytest.mark.parametrize("stacks", [True, False])
def test_labels_that_a_fold_keeps_back_change_nothing_that_is_trained(noise, settings, stacks):
    dataset, choice = noise
    division = Division(read_folding("k-fold:4"))
    kept_back = Folds(dataset, choice, division).rows[0][1]
    lies = dataset.targets.copy()
    lies[kept_back] = 1 - lies[kept_back]
    recipe = Recipe(epochs=12, batch=16, learning_rate=0.02, **settings)
    found = []
    for own in (dataset, replace(dataset, targets=lies, before_corrections=dataset.targets)):
        graph, _ = network(own)
        task = Task(
            {0: Subject(graph, recipe, choice), 1: Subject(graph, recipe, choice)}, division, (0,), stacks=stacks
        )
        done = [each for each in perform(task, Bench({choice: own})) if isinstance(each, RunDone)]
        assert done[0].is_stacked == stacks
        found.append(done[0])
    truth, lie = found
    assert (truth.best_epoch, truth.epochs, truth.train) == (lie.best_epoch, lie.epochs, lie.train)
    assert [epoch.valid for epoch in truth.curves] == [epoch.valid for epoch in lie.curves]
    assert truth.valid.measures["accuracy"] == pytest.approx(1 - lie.valid.measures["accuracy"])


def test_what_chooses_the_epoch_is_a_fifth_of_the_training_rows_and_none_that_judge(noise):
    dataset, choice = noise
    folds = Folds(dataset, choice, read_folding("5x2"))
    for place, (train, kept_back) in enumerate(folds.rows):
        own = folds.stopping(place)
        assert set(own.train.rows) | set(own.valid.rows) == set(train)
        assert not set(own.train.rows) & set(own.valid.rows)
        assert set(own.test.rows) == set(kept_back)
        assert len(own.valid) == pytest.approx(len(train) / 5, abs=1)


def test_the_latest_training_rows_choose_where_rows_stand_in_time():
    choice = DataChoice(source="frequency")
    folds = Folds(load(choice), choice, read_folding("forward:5"))
    train, stops, kept_back = folds.parts(4)
    assert train.max() < stops.min() <= stops.max() < kept_back.min()


def test_too_few_rows_to_set_any_apart_train_to_the_last_epoch():
    recipe = without_choice(STOPS.model_copy(update={"schedule": "plateau"}))
    assert not chooses_epoch(recipe)
    assert recipe.epochs == STOPS.epochs


def test_a_batch_that_is_all_training_rows_is_still_one_batch(noise):
    dataset, choice = noise
    recipe = STOPS.model_copy(update={"batch": 27, "epochs": 2})  # of 28 rows that a fold trains on
    *_, whole = cross_validate(*network(dataset, recipe), dataset, choice, read_folding("4"))
    assert len(whole.folds) == 4


def test_the_windows_repeat_is_at_chance_on_noise_and_sets_it_against_the_baseline(noise):
    dataset, choice = noise
    graph, recipe = network(dataset)
    *_, whole = _runs(Document("noise", graph, {}, choice, recipe), RepeatPlan(read_folding("loo"), 0, ("majority",)))
    assert whole.pooled is not None
    assert is_chance(round(whole.pooled.measures["accuracy"] * whole.pooled.n), whole.pooled.n)


def test_a_search_over_folds_is_at_chance_on_noise(noise):
    dataset, choice = noise
    graph, recipe = network(dataset)
    settings = Settings(folding=read_folding("loo"), url="sqlite://", processes=0)
    tuning = tuning_of(
        Document("noise", graph, {}, choice, recipe), {"recipe.learning_rate": Choices((0.02,))}, settings, dataset
    )
    ended = next(event for event in tuning.events() if isinstance(event, SearchEnded))
    [trial] = ended.trials
    count = trial.pooled.n
    assert is_chance(round(trial.valid_mean * count), count)
    assert np.isnan(trial.valid_sd)
    assert trial.standard_error == pytest.approx(np.sqrt(trial.valid_mean * (1 - trial.valid_mean) / (count - 1)))


def test_a_learning_curve_judges_by_examples_that_did_not_choose_the_epoch(noise):
    dataset, choice = noise
    graph, recipe = network(dataset)
    examples = Folds(dataset, choice, read_folding("4"))[0]
    lies = replace(examples.dataset, targets=1 - examples.dataset.targets)
    points = []
    for own in (examples.dataset, lies):
        targets = examples.dataset.targets.copy()
        targets[examples.valid.rows] = own.targets[examples.valid.rows]
        valid = replace(examples.valid, targets=targets[examples.valid.rows])
        given = replace(examples, dataset=replace(examples.dataset, targets=targets), valid=valid)
        events = LearningCurve(graph, recipe, given, choice, CurvePlan((20,), 2)).events()
        points.append([event for event in events if isinstance(event, PointDone)])
    assert [point.train for point in points[0]] == [point.train for point in points[1]]
    for true, lie in zip(*points, strict=True):
        assert true.valid == pytest.approx(1 - lie.valid)


@pytest.mark.parametrize("text", ["loo", "20"])
def test_pooled_r2_and_rmse_are_those_of_cross_val_predict(text):
    choice = DataChoice(source="diabetes")
    dataset = load(choice)
    kept = np.sort(np.concatenate([pair for pair in Folds(dataset, choice, read_folding("4")).rows[0]]))[:60]
    dataset = replace(dataset, inputs=dataset.inputs[kept], targets=dataset.targets[kept])
    choice = choice.model_copy(update={"test": 0.0, "valid": 0.2})
    splitter = LeaveOneOut() if text == "loo" else KFold(20, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), RidgeCV(alphas=ALPHAS))
    theirs = cross_val_predict(model, dataset.inputs.astype(np.float64), dataset.targets[:, 0], cv=splitter)
    ours = cross_validate_baseline("ridge", dataset, choice, read_folding(text), "mean_squared_error")
    assert ours.pooled.n == 60
    assert ours.mean["r2"] == pytest.approx(r2_score(dataset.targets[:, 0], theirs), abs=2e-3)
    assert ours.mean["rmse"] == pytest.approx(root_mean_squared_error(dataset.targets[:, 0], theirs), rel=2e-3)
    assert ours.pooled.low < ours.mean["r2"] < ours.pooled.high


def test_pooled_accuracy_has_wilsons_interval_and_mcnemars_test(noise):
    dataset, choice = noise
    folding = read_folding("loo")
    *_, ours = cross_validate(*network(dataset), dataset, choice, folding)
    theirs = cross_validate_baseline("majority", dataset, choice, folding, "cross_entropy")
    mine = [fold.answers for fold in ours.folds]
    right = [np.concatenate([each.predictions == each.truth for each in own]) for own in (mine, theirs.answers)]
    truth = np.concatenate([each.truth for each in mine])
    assert ours.pooled.measures["accuracy"] == accuracy_score(
        truth, np.concatenate([each.predictions for each in mine])
    )
    interval = binomtest(int(right[0].sum()), len(truth)).proportion_ci(method="wilson")
    assert (ours.pooled.low, ours.pooled.high) == pytest.approx((interval.low, interval.high))
    verdict = judged(mine, theirs.answers, "majority", "Majority class")
    only = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    assert verdict.test == "McNemar's exact test"
    assert verdict.p_value == pytest.approx(binomtest(only[0], sum(only)).pvalue if sum(only) else 1.0)


def test_folds_of_enough_examples_and_repeated_ones_are_not_pooled(noise):
    dataset, choice = noise
    for text, is_pooled in (("3", False), ("5", True), ("5x2", False)):
        *_, whole = cross_validate(*network(dataset, Recipe(epochs=1, batch=8)), dataset, choice, read_folding(text))
        assert (whole.pooled is not None) == is_pooled
        assert (pooled([fold.answers for fold in whole.folds]) is not None) == is_pooled


@pytest.fixture
def passengers(tmp_path):
    """A table with a rare port that some folds' training parts lack, gaps in some, and two classes."""
    random = np.random.default_rng(0)
    ports = ["S"] * 55 + ["C"] * 20 + ["Q", "Q", "", "", ""]
    lines = ["age,port,deck,survived"]
    for place in random.permutation(len(ports)):
        deck = random.choice(["A", "B", "C", "D", "E", "F", "G"])
        lines.append(f"{random.normal(30, 9):.1f},{ports[place]},{deck},{random.choice(['no', 'yes'])}")
    path = tmp_path / "passengers.csv"
    path.write_text("\n".join(lines))
    choice = DataChoice(source=str(path), target="survived")
    return load(choice), choice


@pytest.mark.parametrize("way", ["stacked", "one by one"])
@pytest.mark.parametrize("keep_best", [True, False])
def test_folds_whose_training_rows_lack_a_category_are_trained(passengers, way, keep_best):
    dataset, choice = passengers
    folding = read_folding("10")
    folds = Folds(dataset, choice, folding)
    widths = {examples.train.inputs.shape[1] for examples in (folds.stopping(place) for place in range(10))}
    assert len(widths) > 1
    recipe = Recipe(epochs=2, batch=8, keep_best=keep_best)
    *_, whole = cross_validate(*network(dataset, recipe), dataset, choice, folding, way=way)
    assert len(whole.folds) == 10

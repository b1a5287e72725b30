"""Folds hold scikit-learn's own rows, learn nothing from what they keep back, and score as scikit-learn scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn import model_selection
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.reading import TableReading
from playground.data.split import divide, prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.dense_nets import perceptron
from playground.selection.baseline_models import ALPHAS, STRENGTHS
from playground.selection.crossval import (
    CrossValidated,
    FoldDone,
    FoldEpoch,
    FoldProblem,
    FoldStarted,
    cross_validate,
    cross_validate_baseline,
)
from playground.selection.folds import HOLDOUT, Division, Folding, Folds, groups_left, read_folding


def data_of(source):
    choice = DataChoice(source=source)
    return load(choice), choice


def pool_of(dataset, choice):
    train, valid, _ = divide(dataset, choice)
    return np.sort(np.concatenate([train, valid]))


SPLITTERS = {
    Folding("k-fold", 4, seed=3): model_selection.KFold(4, shuffle=True, random_state=3),
    Folding("usual", 4, seed=3): model_selection.StratifiedKFold(4, shuffle=True, random_state=3),
    Folding("k-fold", 4, 2, 3): model_selection.RepeatedKFold(n_splits=4, n_repeats=2, random_state=3),
    Folding("stratified", 4, 2, 3): model_selection.RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=3),
    Folding("leave-one-out"): model_selection.LeaveOneOut(),
    Folding("forward", 4): model_selection.TimeSeriesSplit(4),
}


@pytest.mark.parametrize("folding", SPLITTERS, ids=str)
def test_folds_have_the_rows_of_scikit_learns_splitter_and_none_of_the_test_part(folding):
    dataset, choice = data_of("iris")
    pool = pool_of(dataset, choice)
    theirs = list(SPLITTERS[folding].split(pool, dataset.targets[pool]))

    folds = Folds(dataset, choice, folding)

    assert len(folds) == len(theirs)
    for (train, valid), (their_train, their_valid) in zip(folds.rows, theirs, strict=True):
        np.testing.assert_array_equal(train, pool[their_train])
        np.testing.assert_array_equal(valid, pool[their_valid])
        assert set(train) | set(valid) <= set(pool)
    assert len(folds[0].test) == 0


def test_without_folds_it_is_the_projects_own_split():
    dataset, choice = data_of("iris")
    train, valid, _ = divide(dataset, choice)
    ((own_train, own_valid),) = Folds(dataset, choice, HOLDOUT).rows
    np.testing.assert_array_equal(own_train, train)
    np.testing.assert_array_equal(own_valid, valid)


def test_a_planted_outlier_is_not_seen_by_the_scaling_of_the_fold_that_keeps_it_back():
    dataset, choice = data_of("diabetes")
    planted = int(pool_of(dataset, choice)[17])
    inputs, targets = dataset.inputs.copy(), dataset.targets.copy()
    inputs[planted], targets[planted] = 1e6, 1e6
    dataset = replace(dataset, inputs=inputs, targets=targets)

    folds = Folds(dataset, choice, Folding("k-fold", 5))

    kept_back = [fold for fold, (_, valid) in enumerate(folds.rows) if planted in valid]
    assert len(kept_back) == 1
    for fold, (train, _) in enumerate(folds.rows):
        own = folds[fold]
        np.testing.assert_allclose(own.inputs.shift[0], inputs[train].mean(axis=0, dtype=np.float64), rtol=1e-5)
        assert own.targets is not None
        assert (float(own.targets.shift.max()) > 1000) == (fold not in kept_back)
        assert abs(float(own.train.inputs.mean())) < 1e-3


def test_rows_of_one_group_stay_on_one_side():
    dataset, choice = data_of("iris")
    groups = np.arange(len(dataset.inputs)) % 7
    for train, valid in Folds(dataset, choice, Folding("grouped", 5), groups).rows:
        assert not set(groups[train]) & set(groups[valid])


def test_an_input_can_say_which_rows_belong_together():
    dataset, choice = data_of("diabetes")
    sex = dataset.inputs[:, list(dataset.feature_names).index("sex")]
    for train, valid in Folds(dataset, choice, read_folding("group:sex:2")).rows:
        assert set(sex[train]).isdisjoint(sex[valid])
    with pytest.raises(DataProblem, match="There is no input “farm” to group by. .* has: age, sex,"):
        Folds(dataset, choice, read_folding("group:farm:2"))


def test_every_value_of_a_tables_column_is_a_group_of_its_own(tmp_path):
    path = tmp_path / "visits.csv"
    lines = [f"person {at % 50},{at},{'ab'[at % 50 % 2]}" for at in range(200)]
    path.write_text("person,minute,kind\n" + "\n".join(lines), encoding="utf-8")
    choice = DataChoice(source=str(path))
    dataset = load(choice)
    people = np.array([at % 50 for at in range(200)])
    for train, valid in Folds(dataset, choice, read_folding("group:person:5")).rows:
        assert not set(people[train]) & set(people[valid])
    left = Folds(dataset, choice, read_folding("group:person:loo"))
    by_hand = model_selection.LeaveOneGroupOut()
    rows = pool_of(dataset, choice)
    names = np.array([f"person {each}" for each in people[rows]])
    pairs = [(rows[train], rows[valid]) for train, valid in by_hand.split(rows, groups=names)]
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(sum(left.rows, ()), sum(pairs, ()), strict=True))
    assert len(left) == groups_left(prepare(dataset, choice), "person") == len(set(people[rows]))
    learns, stops, judged = left.parts(0)
    assert not set(people[learns]) & set(people[stops])
    assert np.array_equal(judged, pairs[0][1])
    as_group = choice.model_copy(update={"table": TableReading().saying(["person"], "role", "group")})
    for train, valid in Folds(load(as_group), as_group, read_folding("group:person:5")).rows:
        assert not set(people[train]) & set(people[valid])


def test_forward_folds_never_train_on_the_future():
    dataset, choice = data_of("frequency")
    before = 0
    for train, valid in Folds(dataset, choice, read_folding("forward:6")).rows:
        assert train.max() < valid.min()
        assert len(train) > before
        before = len(train)


def test_nested_folds_divide_what_the_outer_fold_trains_on():
    dataset, choice = data_of("wine")
    outer = Folding("usual", 4)
    for place, (train, kept_back) in enumerate(Folds(dataset, choice, outer).rows):
        inner = Folds(dataset, choice, Division(Folding("usual", 3), outer, place))
        for rows in inner.rows:
            assert set(np.concatenate(rows)) == set(train)
            assert not set(np.concatenate(rows)) & set(kept_back)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("many", "“many” is no way to divide the data. Write a number of folds"),
        ("1", "Cross-validation needs at least 2 folds."),
        ("90", "90 folds cannot be made of 43 examples of the largest class. Choose 43 or fewer."),
        ("k-fold:5x50000", "250,000 folds of 128 examples are too many. Choose 10."),
        ("k-fold:200", "200 folds cannot be made of 128 training and validation examples."),
    ],
)
def test_folds_that_cannot_be_made_are_refused_with_a_sentence(text, said):
    dataset, choice = data_of("iris")
    with pytest.raises(DataProblem) as problem:
        Folds(dataset, choice, read_folding(text))
    assert str(problem.value).startswith(said)


def one_scale(inputs):
    """As images are scaled: one mean and spread over all pixels."""
    return FunctionTransformer(lambda x: ((x - inputs.mean()) / inputs.std()).astype(np.float32))


@pytest.mark.parametrize("source", ["iris", "wine", "digits"])
@pytest.mark.parametrize("name", ["majority", "logistic"])
def test_a_baseline_scores_as_cross_val_score_does(source, name):
    dataset, choice = data_of(source)
    pool = pool_of(dataset, choice)
    inputs, labels = dataset.inputs[pool].reshape(len(pool), -1).astype(np.float64), dataset.targets[pool]
    model = _logistic() if name == "logistic" else DummyClassifier(strategy="prior")
    folds = model_selection.StratifiedKFold(5, shuffle=True, random_state=0)
    if source == "digits":  # in single precision, as the solver stops before the last digit
        theirs = []
        for (train, valid), fold in zip(
            folds.split(inputs, labels), Folds(dataset, choice, Folding("usual", 5)), strict=True
        ):
            scale = one_scale(inputs[train])
            mine, other = (part.inputs.reshape(len(part), -1) for part in (fold.train, fold.valid))
            np.testing.assert_allclose(mine, scale.fit_transform(inputs[train]), atol=1e-6)
            theirs.append(np.mean(model.fit(mine, labels[train]).predict(other) == labels[valid]))
    else:
        theirs = model_selection.cross_val_score(
            make_pipeline(StandardScaler(), model), inputs, labels, cv=folds, scoring="accuracy"
        )

    ours = cross_validate_baseline(name, dataset, choice, Folding("usual", 5), "cross_entropy")

    np.testing.assert_allclose([fold.measures["accuracy"] for fold in ours.folds], theirs, atol=1e-12)
    assert ours.mean["accuracy"] == pytest.approx(np.mean(theirs))
    assert ours.sd["accuracy"] == pytest.approx(np.std(theirs, ddof=1))


def test_ridge_scores_as_cross_val_score_does():
    dataset, choice = data_of("diabetes")
    pool = pool_of(dataset, choice)
    folds = model_selection.KFold(5, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), RidgeCV(alphas=ALPHAS))
    theirs = model_selection.cross_val_score(
        model, dataset.inputs[pool].astype(np.float64), dataset.targets[pool, 0], cv=folds
    )
    ours = cross_validate_baseline("ridge", dataset, choice, Folding("usual", 5), "mean_squared_error")
    np.testing.assert_allclose([fold.measures["r2"] for fold in ours.folds], theirs, atol=2e-3)


def tiny(source="iris", **settings):
    dataset, choice = data_of(source)
    graph = perceptron(6, activation="tanh")(dataset.signature)
    return graph, Recipe(epochs=3, batch=16, **settings), dataset, choice


def finals(events):
    return [event for event in events if isinstance(event, FoldDone)]


@pytest.mark.parametrize("source", ["iris", "diabetes"])
def test_all_folds_at_once_have_the_numbers_of_one_after_another(source):
    folding = Folding("usual", 3)
    one, other = (list(cross_validate(*tiny(source), folding, way=way)) for way in ("stacked", "one by one"))
    for ours, theirs in zip(finals(one), finals(other), strict=True):
        assert ours.train.flat() == pytest.approx(theirs.train.flat(), abs=1e-5, rel=1e-5)
        assert ours.valid.flat() == pytest.approx(theirs.valid.flat(), abs=1e-5, rel=1e-5)
        assert len(ours.curves) == len(theirs.curves) == 3
    for kind, count in ((FoldStarted, 3), (FoldEpoch, 9), (CrossValidated, 1)):
        assert sum(isinstance(event, kind) for event in one) == count
        assert sum(isinstance(event, kind) for event in other) == count


def test_a_fold_is_an_ordinary_training_run_and_the_mean_is_theirs():
    graph, recipe, dataset, choice = tiny()
    folding = Folding("usual", 3)
    events = list(cross_validate(graph, recipe, dataset, choice, folding, way="one by one"))
    accuracies = []
    for fold, examples in enumerate(Folds(dataset, choice, folding)):
        training = Training(graph, recipe, examples, "cpu")
        ended = list(training.events())[-1]
        assert finals(events)[fold].valid == ended.valid
        assert finals(events)[fold].train == training.evaluate("train")
        accuracies.append(ended.valid.measures["accuracy"])
    assert events[-1].mean["accuracy"] == pytest.approx(np.mean(accuracies))
    assert events[-1].sd["accuracy"] == pytest.approx(np.std(accuracies, ddof=1))


@pytest.mark.slow
def test_side_by_side_in_processes_gives_the_same_numbers():
    folding = Folding("usual", 3)
    one = list(cross_validate(*tiny(), folding, way="side by side", processes=2))
    other = list(cross_validate(*tiny(), folding, way="one by one"))
    assert sorted((done.fold, done.valid.loss) for done in finals(one)) == [
        (done.fold, done.valid.loss) for done in finals(other)
    ]


def test_leaving_one_out_scores_every_example_once():
    graph, recipe, dataset, choice = tiny("wine")
    recipe = recipe.model_copy(update={"epochs": 1})
    *_, whole = cross_validate(graph, recipe, dataset, choice, read_folding("loo"))
    assert len(whole.folds) == len(pool_of(dataset, choice))
    assert {fold.valid.measures["accuracy"] for fold in whole.folds} <= {0.0, 1.0}


def test_a_fold_that_diverges_is_told():
    with pytest.raises(FoldProblem, match="Fold 1: Training diverged .* Try a learning rate of"):
        list(cross_validate(*tiny(optimiser="sgd", learning_rate=1e5), Folding("usual", 3), way="one by one"))


def _logistic():
    """Its penalty chosen inside each fold's training rows."""
    return model_selection.GridSearchCV(
        LogisticRegression(max_iter=1000), {"C": list(STRENGTHS)}, scoring="neg_log_loss",
        cv=model_selection.StratifiedKFold(5, shuffle=True, random_state=0),
    )  # fmt: skip

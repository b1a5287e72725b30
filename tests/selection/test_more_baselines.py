"""Every baseline is scikit-learn's own on the same split, and nothing is chosen by looking where it must not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, SVR, LinearSVC

from playground.data.dataset import Forecast, Part
from playground.selection.baseline_catalogue import suitable
from playground.selection.baseline_models import KERNEL_STRENGTHS, LASSOS, NEIGHBOURS, STRENGTHS
from playground.selection.baselines import fit
from playground.selection.penalty import subsample
from tests.selection.test_baselines import examples_of


def by_hand(model, grid, folds, examples):
    flat = [part.inputs.reshape(len(part), -1) for part in (examples.train, examples.valid)]
    wanted = examples.train.targets
    found = GridSearchCV(model, grid, cv=folds).fit(flat[0], np.ravel(wanted))
    return found.predict(flat[1])


STRATIFIED = StratifiedKFold(5, shuffle=True, random_state=0)
PLAIN = KFold(5, shuffle=True, random_state=0)


@pytest.mark.parametrize(
    ("name", "model", "grid"),
    [
        ("knn", KNeighborsClassifier(), {"n_neighbors": list(NEIGHBOURS)}),
        ("rbf-svm", SVC(), {"C": list(KERNEL_STRENGTHS)}),
        (
            "linear-svm",
            LinearSVC(loss="hinge", dual=True, max_iter=20_000, random_state=0, intercept_scaling=10.0),
            {"C": list(STRENGTHS)},
        ),
        ("random-forest", RandomForestClassifier(n_estimators=100, random_state=0), {"n_estimators": [100]}),
    ],
)
def test_classifiers_are_scikit_learns_with_the_strength_a_grid_search_finds(name, model, grid):
    examples = examples_of("iris")
    assert np.array_equal(fit(name, examples, "cross_entropy").predictions, by_hand(model, grid, STRATIFIED, examples))


@pytest.mark.parametrize(
    ("name", "model", "grid"),
    [
        ("linear", LinearRegression(), {}),
        ("lasso", Lasso(max_iter=10_000), {"alpha": list(LASSOS)}),
        ("rbf-svm", SVR(), {"C": list(KERNEL_STRENGTHS)}),
        ("random-forest", RandomForestRegressor(n_estimators=100, random_state=0), {"n_estimators": [100]}),
    ],
)
def test_regressors_are_scikit_learns_in_the_datas_own_units(name, model, grid):
    examples = examples_of("diabetes")
    theirs = by_hand(model, grid, PLAIN, examples).astype(np.float32)[:, None]
    assert fit(name, examples, "mean_squared_error").predictions == pytest.approx(
        examples.targets.undo(theirs), rel=1e-4
    )


def test_without_a_penalty_it_is_scikit_learns_too():
    examples = examples_of("wine")
    theirs = LogisticRegression(C=np.inf, max_iter=1000).fit(examples.train.inputs, examples.train.targets)
    outcome = fit("logistic-none", examples, "cross_entropy")
    assert np.array_equal(outcome.predictions, theirs.predict(examples.valid.inputs))
    assert outcome.note == ""


def test_the_choice_of_a_strength_does_not_look_at_the_validation_part():
    """A leak is planted: with other validation examples the same strength must come out, and the same weights."""
    examples = examples_of("breast-cancer")
    spoilt = replace(
        examples,
        valid=Part(examples.valid.inputs * 100, 1 - examples.valid.targets, examples.valid.rows),
        test=Part(examples.test.inputs * 100, 1 - examples.test.targets, examples.test.rows),
    )
    for name in ("logistic", "linear-svm"):
        honest, other = (fit(name, each, "cross_entropy") for each in (examples, spoilt))
        assert honest.strength == other.strength
        assert np.array_equal(honest.coefficients, other.coefficients)


def test_too_many_examples_are_sampled_class_by_class_and_that_is_said(monkeypatch):
    monkeypatch.setattr("playground.selection.baseline_models.MOST_NEIGHBOURS", 300)
    examples = examples_of("digits")
    assert "fitted to 300 of the 1,257 examples" in fit("knn", examples, "cross_entropy").note
    rows = subsample(examples.train.targets, 300, True)
    shares = np.bincount(examples.train.targets[rows]) / 300 - np.bincount(examples.train.targets) / 1257
    assert np.abs(shares).max() < 0.01


@pytest.mark.parametrize("source", ["iris", "diabetes", "digits", "frequency", "adding", "alice"])
def test_each_that_suits_the_data_can_be_fitted(source):
    examples = examples_of(source, **({"samples": 200} if source in ("frequency", "adding") else {}))
    small = replace(examples, train=_first(examples.train, 150), valid=_first(examples.valid, 40))
    loss = "cross_entropy" if examples.dataset.task == "classes" else "mean_squared_error"
    for baseline in suitable(small):
        outcome = fit(baseline.name, small, loss)
        assert outcome.predictions.shape[0] == len(small.valid), baseline.name
        assert np.isfinite(outcome.predictions.astype(float)).all(), baseline.name
        assert outcome.title == baseline.title
        assert outcome.predict_seconds > 0


def _first(part, count):
    return Part(part.inputs[:count], part.targets[:count], part.rows[:count])


def test_what_answers_each_step_is_offered_only_what_can():
    assert [each.name for each in suitable(examples_of("alice"))] == ["majority", "logistic"]
    assert "handmade" not in [each.name for each in suitable(examples_of("iris"))]
    assert "last" not in [each.name for each in suitable(examples_of("adding"))]


@pytest.mark.parametrize("name", ["logistic", "knn", "linear-svm", "rbf-svm", "random-forest", "logistic-none"])
def test_odd_data_are_fitted_all_the_same(name):
    examples = examples_of("iris")
    train = examples.train
    one_class = Part(
        train.inputs[train.targets == 1], train.targets[train.targets == 1], train.rows[train.targets == 1]
    )
    assert set(fit(name, replace(examples, train=one_class), "cross_entropy").predictions) == {1}
    few = np.array([0, 1, 40, 41, 80])
    tiny = Part(train.inputs[few], train.targets[few], train.rows[few])
    assert len(fit(name, replace(examples, train=tiny), "cross_entropy").predictions) == len(examples.valid)
    flat = Part(np.zeros_like(train.inputs), train.targets, train.rows)
    assert len(fit(name, replace(examples, train=flat), "cross_entropy").predictions) == len(examples.valid)


def airline(horizon=1):
    """Twelve seasons of a made series, as windows of 24 steps."""
    examples = examples_of("adding", samples=200)
    time = np.arange(200)
    series = (10 * np.sin(2 * np.pi * time / 12) + 0.1 * time).astype(np.float32)
    windows = np.stack([series[at : at + 24] for at in range(170)])[..., None]
    after = np.stack([series[at + 24 : at + 24 + horizon] for at in range(170)])
    dataset = replace(examples.dataset, inputs=windows, targets=after, forecast=Forecast(0, horizon))
    scaler = replace(examples.targets, shift=np.zeros((1, 1), np.float32), scale=np.ones((1, 1), np.float32))
    rows = np.arange(170)
    parts = [Part(windows[at], after[at], at) for at in (rows[:120], rows[120:150], rows[150:])]
    return replace(examples, dataset=dataset, train=parts[0], valid=parts[1], test=parts[2], targets=scaler)


def test_forecasts_are_set_against_the_last_value_and_the_last_season():
    examples = airline(3)
    seen = examples.valid.inputs[..., 0]
    last = fit("last", examples, "mean_squared_error")
    assert last.predictions == pytest.approx(np.repeat(seen[:, -1:], 3, axis=1))
    seasonal = fit("seasonal", examples, "mean_squared_error")
    assert seasonal.note == "a period of 12 steps"
    assert seasonal.predictions == pytest.approx(seen[:, 12:15])
    unseen = examples.test.inputs[..., 0]
    assert last.unseen == pytest.approx(np.repeat(unseen[:, -1:], 3, axis=1))
    assert seasonal.unseen == pytest.approx(unseen[:, 12:15])
    assert fit("autoregression", examples, "mean_squared_error").loss < 1e-6 < seasonal.loss < last.loss

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.engine.losses import LOSSES
from playground.selection.baseline_answers import hinge
from playground.selection.baseline_models import ALPHAS, STRENGTHS
from playground.selection.baselines import BaselineProblem, fit
from playground.selection.compare import compare
from playground.selection.outcome import Outcome


def examples_of(source, **options):
    choice = DataChoice(source=source, **options)
    return prepare(load(choice), choice)


@pytest.mark.parametrize("source", ["digits", "iris", "wine", "breast-cancer", "gauss"])
def test_logistic_regression_is_scikit_learns_on_the_same_split(source):
    examples = examples_of(source)
    outcome = fit("logistic", examples, "cross_entropy")
    x, v = (part.inputs.reshape(len(part), -1) for part in (examples.train, examples.valid))
    grid = GridSearchCV(
        LogisticRegression(max_iter=1000), {"C": list(STRENGTHS)}, scoring="neg_log_loss",
        cv=StratifiedKFold(5, shuffle=True, random_state=0),
    )  # fmt: skip
    theirs = grid.fit(x, examples.train.targets).best_estimator_
    assert outcome.strength == theirs.C
    assert np.array_equal(outcome.predictions, theirs.predict(v))
    assert outcome.loss == pytest.approx(log_loss(examples.valid.targets, theirs.predict_proba(v)), rel=1e-4)
    assert outcome.parameters == theirs.coef_.size + theirs.intercept_.size


def test_ridge_is_scikit_learns_in_the_datas_own_units():
    examples = examples_of("diabetes")
    outcome = fit("ridge", examples, "mean_squared_error")
    raw, rows = examples.dataset, examples.valid.rows
    model = RidgeCV(alphas=ALPHAS).fit(examples.train.inputs, raw.targets[examples.train.rows, 0])
    theirs = r2_score(raw.targets[rows, 0], model.predict(examples.valid.inputs))
    assert r2_score(raw.targets[rows], outcome.predictions) == pytest.approx(theirs, abs=1e-3)


def test_logistic_regression_has_650_parameters_on_digits():
    assert fit("logistic", examples_of("digits"), "cross_entropy").parameters == 650


@pytest.mark.parametrize("classes", [2, 5])
def test_hinge_of_the_baseline_is_the_networks_hinge(classes):
    random = np.random.default_rng(0)
    margins = random.normal(size=(30, 1 if classes == 2 else classes))
    truth = random.integers(0, classes, 30)
    ours = LOSSES["hinge"](torch.from_numpy(margins), torch.from_numpy(truth))
    assert hinge(margins, truth) == pytest.approx(float(ours), rel=1e-9)


def test_majority_and_mean_know_nothing_of_the_inputs():
    majority = fit("majority", examples_of("digits"), "cross_entropy")
    assert len(set(majority.predictions)) == 1
    examples = examples_of("diabetes")
    mean = fit("mean", examples, "mean_squared_error")
    expected = examples.dataset.targets[examples.train.rows].mean()
    assert mean.predictions == pytest.approx(np.full((66, 1), expected), rel=1e-4)


def test_a_baseline_of_the_other_task_is_refused():
    with pytest.raises(BaselineProblem, match=r"no baseline “ridge” for these data. There are: majority, knn,"):
        fit("ridge", examples_of("iris"), "cross_entropy")


def outcome(name, predictions, kind="baseline"):
    return Outcome(name, "Logistic regression", kind, np.asarray(predictions), 0.1, 3, 0.2)


def judged(ours, theirs, truth):
    examples = examples_of("gauss", samples=200)
    object.__setattr__(examples.valid, "targets", np.asarray(truth))
    return compare(outcome("network", ours, "network"), [outcome("logistic", theirs)], examples)


def test_a_verdict_says_better_with_its_figures():
    truth = np.ones(30, int)
    verdict = judged(truth, [0] * 10 + [1] * 20, truth).verdict
    assert verdict.better
    assert verdict.p_value == pytest.approx(2 / 2**10)
    assert verdict.text.startswith("Better than logistic regression by 33.3 points (95 % interval ")
    assert re.search(r"\(95 % interval \d+\.\d to \d+\.\d points; ", verdict.text)
    assert "McNemar's exact test, p = 0.002, n = 30" in verdict.text


def test_a_verdict_says_worse():
    truth = np.ones(30, int)
    verdict = judged([0] * 10 + [1] * 20, truth, truth).verdict
    assert not verdict.better
    assert verdict.text.startswith("Worse than logistic regression by 33.3 points")


def test_a_verdict_does_not_take_chance_for_merit():
    truth = np.ones(30, int)
    verdict = judged([0] * 2 + [1] * 28, [1] * 27 + [0] * 3, truth).verdict
    assert not verdict.better
    assert verdict.text.startswith("Not shown to be different from logistic regression: 3.3 points ahead of it")


def test_a_verdict_names_the_majority_class_with_its_article():
    truth = np.ones(30, int)
    examples = examples_of("gauss", samples=200)
    object.__setattr__(examples.valid, "targets", truth)
    majority = Outcome("majority", "Majority class", "baseline", np.zeros(30, int), 0.1, 0, 0.0)
    verdict = compare(outcome("network", truth, "network"), [majority], examples).verdict
    assert verdict.text.startswith("Better than the majority class by 100.0 points")


def test_a_verdict_on_numbers_bootstraps_pairs():
    comparison = set_against_the_mean(lambda truth: truth)
    assert [row.score for row in comparison.models] == pytest.approx([1, 0], abs=0.1)
    assert comparison.verdict.better
    assert comparison.verdict.text.startswith("Better than the mean by 1.0")
    assert "paired bootstrap, p < 0.001, n = 66)" in comparison.verdict.text


def test_a_network_whose_answers_are_no_numbers_gets_no_p_value():
    comparison = set_against_the_mean(lambda truth: np.full_like(truth, np.nan))
    network, mean = comparison.models
    assert (network.score, network.note) == (-np.inf, "some of its answers are no numbers")
    assert np.isfinite([mean.score, mean.low, mean.high]).all()
    assert not comparison.verdict.better
    assert np.isnan(comparison.verdict.p_value)
    assert comparison.verdict.text == (
        "Your network cannot be set against the mean: not all its answers on the 66 examples are numbers. "
        "Train it anew with a lower learning rate."
    )


def test_a_network_far_off_is_told_in_a_few_figures():
    text = set_against_the_mean(lambda truth: truth * 1e12).verdict.text
    assert text.startswith("Worse than the mean by ")
    assert "e+2" in text
    assert len(text) < 150


def set_against_the_mean(answer):
    examples = examples_of("diabetes")
    truth = examples.targets.undo(examples.valid.targets)
    return compare(
        outcome("network", answer(truth), "network"), [fit("mean", examples, "mean_squared_error")], examples
    )


def test_the_comparison_is_printed_with_the_contracts_keys():
    truth = np.ones(30, int)
    values = judged(truth, truth, truth).to_json()
    assert list(values) == ["metric", "split", "n", "models", "verdict"]
    assert list(values["models"][0]) == ["name", "kind", "score", "low", "high", "parameters", "seconds"]
    assert list(values["verdict"]) == ["against", "difference", "low", "high", "p_value", "better", "text"]
    assert values["n"] == 30
    assert values["models"][0]["score"] == 1.0

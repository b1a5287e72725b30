"""What is read off trials is what the definitions say, worked out by hand or known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.selection.importance import importance
from playground.selection.space import Range, draw
from playground.selection.tuning_results import (
    in_words,
    one_standard_error,
    optimism,
    pareto_front,
    regions,
    simplest_good,
    tuning_curve,
    tuning_map,
)
from tests.selection.made_trials import trial


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


def test_what_is_taken_is_the_simplest_within_one_standard_error_or_of_those_that_tie():
    spread = [
        trial(0, (0.5, 0.6), parameters=1),
        trial(1, (0.9, 1.0), parameters=5),
        trial(2, (0.94, 1.0), parameters=9),
    ]
    assert simplest_good(spread).number == 1
    tied = [trial(0, (0.7,), parameters=1), trial(1, (0.9,), parameters=90), trial(2, (0.9,), parameters=30)]
    assert one_standard_error(tied) is None
    assert simplest_good(tied).number == 2
    assert simplest_good([]) is None

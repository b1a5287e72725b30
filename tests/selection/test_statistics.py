from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import r2_score

from playground.selection.statistics import (
    bootstrap,
    interval,
    mcnemar_exact,
    paired_difference,
    r2_of,
    two_sided,
    wilson,
)


@pytest.mark.parametrize(("right", "count"), [(0, 10), (8, 10), (10, 10), (261, 270), (9000, 10_000)])
def test_wilsons_interval_is_scipys(right, count):
    theirs = binomtest(right, count).proportion_ci(method="wilson")
    assert wilson(right, count) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 9), (5, 5), (0, 7), (40, 12), (600, 520)])
def test_mcnemars_exact_test_is_a_fair_coin(first, second):
    theirs = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar_exact(first, second) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "count"), [(0.1, 0.1, 75), (0.3, 0.02, 75), (0.05, 0.01, 270), (0.4, 0.1, 40)]
)
def test_interval_of_a_difference_holds_the_truth_19_times_of_20(first, second, count):
    random = np.random.default_rng(0)
    draws = random.multinomial(count, [first, second, 1 - first - second], size=4000)
    ends = [paired_difference(b, c, count) for b, c, _ in draws]
    held = np.mean([low <= first - second <= high for low, high in ends])
    assert 0.935 <= held <= 0.99


def test_interval_of_a_difference_turns_with_its_sign():
    low, high = paired_difference(12, 5, 270)
    assert paired_difference(5, 12, 270) == pytest.approx((-high, -low))
    assert low < (12 - 5) / 270 < high


def test_bootstrapped_mean_has_the_normal_interval():
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = interval(bootstrap(lambda drawn: drawn @ values / len(values), len(values)))
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)


def test_bootstrap_is_the_same_for_the_same_seed():
    values = np.arange(50.0)
    first, second = (bootstrap(lambda drawn: drawn @ values / len(values), 50, seed=3) for _ in range(2))
    assert np.array_equal(first, second)


def test_bootstrap_draws_as_many_examples_as_there_are():
    counts = bootstrap(lambda drawn: drawn, 7)
    assert counts.shape == (2000, 7)
    assert set(counts.sum(axis=1)) == {7.0}


@pytest.mark.parametrize("columns", [1, 3])
def test_r2_is_scikit_learns_for_each_model_and_resample(columns):
    random = np.random.default_rng(0)
    truth, first, second = (random.normal(100, 1, size=(60, columns)) for _ in range(3))
    rows = random.integers(0, 60, (5, 60))
    drawn = np.stack([np.bincount(each, minlength=60) for each in rows]).astype(float)
    theirs = [[r2_score(truth[each], guess[each]) for guess in (first, second)] for each in rows]
    assert r2_of(truth, first, second)(drawn) == pytest.approx(np.array(theirs), rel=1e-6)


@pytest.mark.parametrize("guess", [0.1, 0.3])
def test_r2_of_targets_that_are_all_equal_is_scikit_learns(guess):
    truth, answer = np.full((9, 1), 0.1), np.full((9, 1), guess)
    assert r2_of(truth, answer)(np.ones((1, 9)))[0] == r2_score(truth, answer)


def test_p_value_of_a_bootstrap_is_small_only_when_zero_is_far():
    random = np.random.default_rng(0)
    assert two_sided(random.normal(0, 1, 4000)) > 0.8
    assert two_sided(random.normal(5, 1, 4000)) <= 0.001

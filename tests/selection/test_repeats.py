from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from playground.selection.repeats import corrected_t, folds_verdict, seeds_verdict, spread_of, spread_words


def test_the_spread_is_numpys():
    scores = [0.9, 0.95, 0.85]
    found = spread_of(scores)
    assert found.mean == pytest.approx(np.mean(scores))
    assert found.sd == pytest.approx(np.std(scores, ddof=1))
    assert (found.low, found.high, found.count) == (0.85, 0.95, 3)
    assert math.isnan(spread_of([0.5]).sd)


def test_the_corrected_t_is_the_papers_formula():
    random = np.random.default_rng(0)
    gaps, train, valid = random.normal(0.02, 0.03, 10), 900, 100
    variance = gaps.var(ddof=1)
    t = gaps.mean() / np.sqrt((1 / 10 + 100 / 900) * variance)
    assert corrected_t(gaps, train, valid) == pytest.approx((t, 2 * stats.t.sf(abs(t), 9)))


def test_without_the_overlap_it_is_students_paired_test():
    gaps = np.random.default_rng(1).normal(0.01, 0.02, 8)
    theirs = stats.ttest_1samp(gaps, 0)
    assert corrected_t(gaps, 10**9, 1) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-6)


@pytest.mark.parametrize("gaps", [[0.1], [], [0.2, 0.2, 0.2], [float("nan"), 0.1]])
def test_where_nothing_can_be_said_nothing_is(gaps):
    assert all(math.isnan(value) for value in corrected_t(gaps, 100, 10))


def test_words_name_the_folds_and_what_may_be_chance():
    ours, theirs = [0.97, 0.98, 0.96, 0.975, 0.97], [0.9, 0.91, 0.89, 0.905, 0.91]
    assert folds_verdict(ours, theirs, "ridge", "accuracy", 400, 100).startswith("Better than ridge by 6.8 points")
    assert "better in 5 of 5 folds" in folds_verdict(ours, theirs, "ridge", "accuracy", 400, 100)
    noise = folds_verdict([0.9, 0.8, 0.95], [0.85, 0.9, 0.9], "ridge", "accuracy", 400, 100)
    assert noise.startswith("Not shown to be different from ridge: 0.0 points")
    assert spread_words(spread_of([0.9, 1.0]), "accuracy", "folds") == "95.0 ± 7.1 % over 2 folds (90.0 to 100.0)"
    assert spread_words(spread_of([0.5]), "r2", "folds") == "0.500 (R²)"


def test_seeds_say_how_much_is_luck_and_how_many_beat_the_baseline():
    found = spread_of([0.68, 0.9, 1.0])
    assert "32.0 points" in seeds_verdict(found, "accuracy", None, "")
    assert "All of them beat" in seeds_verdict(found, "accuracy", 0.6, "logistic regression")
    assert "Some of them beat" in seeds_verdict(found, "accuracy", 0.8, "logistic regression")
    assert "None of them beat" in seeds_verdict(found, "accuracy", 1.0, "logistic regression")

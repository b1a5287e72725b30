from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.selection.exam import ExamScore, cost_words, examine, expected_best, result_words
from playground.selection.statistics import wilson


def examples_of(source):
    choice = DataChoice(source=source)
    return prepare(load(choice), choice)


@pytest.mark.parametrize(("count", "known"), [(1, 0.0), (2, 0.56419), (3, 0.84628), (4, 1.02938), (10, 1.53875)])
def test_the_best_of_some_equal_values_is_as_the_tables_have_it(count, known):
    """Known: Teichroew 1956, "Tables of expected values of order statistics", Annals of Mathematical Statistics 27."""
    assert expected_best(count) == pytest.approx(known, abs=1e-4)


def test_the_exam_is_scored_on_the_test_part_with_its_interval():
    examples = examples_of("digits")
    truth = examples.test.targets
    answers = np.where(np.arange(len(truth)) < 10, (truth + 1) % 10, truth)
    found = examine(answers, examples)
    assert found.score == pytest.approx(1 - 10 / len(truth))
    assert (found.low, found.high) == pytest.approx(wilson(len(truth) - 10, len(truth)))
    assert found.n == len(truth) == 270
    assert found.error == pytest.approx((found.high - found.low) / (2 * norm.ppf(0.975)))


def test_numbers_are_scored_in_their_own_units():
    examples = examples_of("diabetes")
    truth = examples.targets.undo(examples.test.targets)
    assert examine(truth, examples).score == pytest.approx(1)
    assert examine(np.full_like(truth, truth.mean()), examples).score == pytest.approx(0, abs=1e-6)


def test_the_first_look_costs_nothing_and_the_second_is_priced():
    assert "first look" in cost_words(0, None, "accuracy")
    words = cost_words(1, 0.02, "accuracy")
    assert "looked at once before" in words
    assert "1.1 points better" in words  # 0.564 standard errors of 2 points
    assert "0.017 of R²" in cost_words(2, 0.02, "r2")
    assert "points" not in cost_words(3, float("nan"), "accuracy")


def test_the_result_says_which_look_it_was_and_that_the_validation_score_is_optimistic():
    found = ExamScore("accuracy", 0.963, 0.933, 0.98, 270)
    assert "optimistic" in result_words(found, 0.985, 1)
    assert "optimistic" not in result_words(found, 0.95, 1)
    assert "look number 3" in result_words(found, None, 3)
    assert "look number" not in result_words(found, None, 1)

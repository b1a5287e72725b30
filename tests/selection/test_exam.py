from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap, norm
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, r2_score

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.selection.baselines import fit
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


def rows_of(part):
    return part.inputs.reshape(len(part), -1)


@pytest.fixture(scope="module")
def wine():
    """Examples, and two baselines fitted to them."""
    examples = examples_of("wine")
    return examples, *(fit(name, examples, "cross_entropy") for name in ("logistic", "majority"))


def test_a_baseline_answers_the_test_part_as_scikit_learns_own_does(wine):
    examples, found, _ = wine
    own = LogisticRegression(C=found.strength, max_iter=2000).fit(rows_of(examples.train), examples.train.targets)
    assert np.array_equal(found.unseen, own.predict(rows_of(examples.test)))


def test_the_exam_judges_network_and_baseline_as_scipy_does(wine):
    examples, logistic, majority = wine
    truth = examples.test.targets
    answers = np.where(np.arange(len(truth)) < 3, (truth + 1) % 10, truth)
    baselines = [logistic, majority]
    found = examine(answers, examples, baselines)
    assert [rival.score for rival in found.rivals] == pytest.approx(
        [accuracy_score(truth, logistic.unseen), accuracy_score(truth, majority.unseen)]
    )
    ends = [end for rival in found.rivals for end in (rival.low, rival.high)]
    rights = [int((each.unseen == truth).sum()) for each in baselines]
    known = [binomtest(right, len(truth)).proportion_ci(method="wilson") for right in rights]
    assert ends == pytest.approx([end for each in known for end in (each.low, each.high)])
    mine, theirs = answers == truth, logistic.unseen == truth
    only_mine, only_theirs = int((mine & ~theirs).sum()), int((theirs & ~mine).sum())
    assert found.verdict.against == "logistic"
    assert found.verdict.difference == pytest.approx(mine.mean() - theirs.mean())
    assert found.verdict.p_value == pytest.approx(binomtest(only_mine, only_mine + only_theirs).pvalue)
    assert found.verdict.text in result_words(found, None, 1)
    assert "logistic regression" in found.verdict.text


def test_the_rival_is_the_one_that_was_strongest_before_the_test_part_was_opened(wine):
    examples, logistic, majority = wine
    lucky = replace(majority, unseen=examples.test.targets)
    found = examine(examples.test.targets, examples, [lucky, logistic])
    assert found.verdict.against == "logistic"
    assert found.rivals[0].score == 1
    sealed = replace(logistic, unseen=None)
    assert examine(examples.test.targets, examples, [sealed]).verdict is None


def test_numbers_are_judged_by_the_paired_bootstrap_as_scipys():
    examples = examples_of("diabetes")
    truth = examples.targets.undo(examples.test.targets)
    ridge, mean = (fit(name, examples, "mean_squared_error") for name in ("ridge", "mean"))
    own = Ridge(alpha=ridge.strength).fit(rows_of(examples.train), examples.train.targets[:, 0])
    expected = examples.targets.undo(own.predict(rows_of(examples.test)).astype(np.float32)[:, None])
    assert ridge.unseen == pytest.approx(expected, rel=1e-4)
    answers = (truth + ridge.unseen) / 2
    found = examine(answers, examples, [ridge, mean])
    assert found.rivals[0].score == pytest.approx(r2_score(truth, ridge.unseen))
    assert found.verdict.difference == pytest.approx(r2_score(truth, answers) - r2_score(truth, ridge.unseen))

    def gap(rows):
        return r2_score(truth[rows], answers[rows]) - r2_score(truth[rows], ridge.unseen[rows])

    rows = (np.arange(len(truth)),)
    known = bootstrap(rows, gap, vectorized=False, n_resamples=2000, method="percentile", random_state=1)
    assert (found.verdict.low, found.verdict.high) == pytest.approx(tuple(known.confidence_interval), abs=0.02)
    assert "paired bootstrap" in found.verdict.text

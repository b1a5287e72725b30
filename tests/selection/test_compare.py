from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import r2_score

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.selection.compare import compare
from playground.selection.outcome import Outcome
from playground.selection.statistics import holm


def examples_of(source):
    choice = DataChoice(source=source)
    return prepare(load(choice), choice)


def model(name, kind, predictions):
    return Outcome(name, name.title(), kind, predictions, 0.5, 10, 0.1)


def with_mistakes(truth, share, seed):
    random = np.random.default_rng(seed)
    wrong = random.random(len(truth)) < share
    return np.where(wrong, (truth + 1) % (truth.max() + 1), truth)


@pytest.fixture(scope="module")
def digits():
    return examples_of("digits")


@pytest.fixture
def four(digits):
    truth = digits.valid.targets
    return [
        model("network", "network", with_mistakes(truth, 0.02, 0)),
        model("logistic", "baseline", with_mistakes(truth, 0.1, 1)),
        model("majority", "baseline", np.zeros_like(truth)),
        model("run:1", "run", with_mistakes(truth, 0.01, 2)),
    ]


def test_holms_correction_multiplies_the_smallest_by_all_and_never_falls():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([0.2]) == (0.2,)
    assert holm([]) == ()


def test_holms_correction_rejects_what_the_stepwise_procedure_rejects():
    random = np.random.default_rng(0)
    for _ in range(50):
        p_values = random.random(6) ** 3
        in_order, rejected = np.sort(p_values), 0
        while rejected < 6 and in_order[rejected] <= 0.05 / (6 - rejected):  # the paper's own wording
            rejected += 1
        assert sum(value <= 0.05 for value in holm(p_values)) == rejected


def test_all_are_set_against_the_strongest_baseline(digits, four):
    comparison = compare(four[0], four[1:], digits)
    assert comparison.against == "logistic"
    assert set(comparison.pairs) == {"network", "majority", "run:1"}
    assert comparison.verdict.against == "logistic"


def test_a_linear_network_is_not_called_another_model_than_a_linear_baseline(digits, four):
    same = "Both are linear models of the same inputs: what differs is how they were fitted."
    network, *others = four
    told = {
        linear: compare(replace(network, is_linear=linear), others, digits).verdict.text for linear in (True, False)
    }
    assert told[True] == f"{told[False]} {same}"
    alone = compare(replace(network, is_linear=True), [others[1]], digits)  # the majority class is none
    assert same not in alone.verdict.text


def test_any_row_can_be_the_one_that_the_others_are_set_against(digits, four):
    comparison = compare(four[0], four[1:], digits, against="run:1")
    truth = digits.valid.targets
    ours, theirs = four[0].predictions == truth, four[3].predictions == truth
    b, c = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    assert comparison.against == "run:1"
    assert comparison.pairs["network"].p_value == pytest.approx(binomtest(b, b + c).pvalue)
    assert comparison.pairs["network"].difference == pytest.approx((b - c) / len(truth))
    assert comparison.verdict.against == "logistic"


def test_pairs_are_corrected_for_being_several_and_the_sentence_says_so(digits, four):
    pairs = compare(four[0], four[1:], digits, against="network").pairs
    adjusted = holm([pair.p_value for pair in pairs.values()])
    assert [pair.p_adjusted for pair in pairs.values()] == pytest.approx(adjusted)
    assert "after Holm's correction for 3 models" in pairs["logistic"].text
    assert "than your network" in pairs["logistic"].text


def test_a_single_pair_is_not_corrected(digits, four):
    comparison = compare(four[0], four[1:2], digits)
    assert comparison.pairs["network"].p_adjusted is None
    assert comparison.pairs["network"].text == comparison.verdict.text


def test_a_network_alone_has_neither_verdict_nor_pairs(digits, four):
    comparison = compare(four[0], [], digits)
    assert comparison.verdict is None
    assert comparison.pairs == {}
    assert comparison.against == ""


def test_what_each_gets_right_is_kept_by_example(digits, four):
    comparison = compare(four[0], four[1:], digits)
    assert np.array_equal(comparison.each["run:1"], four[3].predictions == digits.valid.targets)
    assert comparison.each["network"].mean() == pytest.approx(comparison.models[0].score)


def test_a_run_without_any_baseline_is_set_against_too(digits, four):
    comparison = compare(four[0], four[3:], digits)
    assert comparison.verdict is None
    assert comparison.against == "run:1"


def test_numbers_are_judged_by_r2_and_their_squared_errors_kept():
    examples = examples_of("diabetes")
    truth = examples.targets.undo(examples.valid.targets)
    random = np.random.default_rng(0)
    network = model("network", "network", truth + random.normal(0, 20, truth.shape))
    ridge = model("ridge", "baseline", truth + random.normal(0, 60, truth.shape))
    comparison = compare(network, [ridge], examples)
    assert comparison.models[0].score == pytest.approx(r2_score(truth, network.predictions), abs=1e-6)
    assert np.sqrt(comparison.each["network"].mean()) == pytest.approx(20, rel=0.2)
    assert comparison.pairs["network"].better


def test_a_model_without_numbers_is_judged_by_nobody_and_spoils_no_correction():
    examples = examples_of("diabetes")
    truth = examples.targets.undo(examples.valid.targets)
    network = model("network", "network", np.full_like(truth, np.nan))
    others = [model("ridge", "baseline", truth + 1), model("mean", "baseline", np.zeros_like(truth))]
    comparison = compare(network, others, examples)
    assert np.isnan(comparison.pairs["network"].p_value)
    assert comparison.pairs["mean"].p_adjusted is None
    assert not comparison.pairs["network"].better

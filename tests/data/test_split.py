from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.profile import one_of_each, profile
from playground.data.split import divide, prepare

DIGITS = DataChoice(source="digits")


def test_digits_are_divided_as_the_contract_says():
    examples = prepare(load(DIGITS), DIGITS)
    assert (len(examples.train), len(examples.valid), len(examples.test)) == (1257, 270, 270)


@pytest.mark.parametrize("source", ["digits", "iris", "diabetes", "parity", "spiral"])
def test_parts_share_nothing_and_leave_nothing_out(source):
    choice = DataChoice(source=source)
    data = load(choice)
    rows = np.concatenate(divide(data, choice))
    assert sorted(rows) == list(range(len(data.inputs)))


def test_classes_have_the_same_shares_in_each_part():
    examples = prepare(load(DIGITS), DIGITS)
    shares = [np.bincount(part.targets) / len(part) for part in (examples.train, examples.valid, examples.test)]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)
    assert shares[0] == pytest.approx(shares[2], abs=0.01)


def test_same_seed_same_parts_other_seed_others():
    data = load(DIGITS)
    first, again = divide(data, DIGITS), divide(data, DIGITS)
    other = divide(data, DIGITS.model_copy(update={"seed": 5}))
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


SCALED = [("wine", "standard"), ("wine", "unit"), ("digits", "standard"), ("diabetes", "auto")]


@pytest.mark.parametrize(("source", "scaling"), SCALED)
def test_scaling_knows_nothing_of_validation_and_test(source, scaling):
    choice = DataChoice(source=source, scaling=scaling)
    data = load(choice)
    honest = prepare(data, choice)
    hidden = np.concatenate([honest.valid.rows, honest.test.rows])
    planted = data.inputs.copy()
    planted[hidden] = 1e6
    spied = prepare(replace(data, inputs=planted), choice)
    assert np.array_equal(honest.train.inputs, spied.train.inputs)
    assert np.array_equal(honest.inputs.shift, spied.inputs.shift)


def test_standard_scaling_is_mean_0_and_spread_1_on_the_training_part():
    choice = DataChoice(source="wine")
    train = prepare(load(choice), choice).train.inputs
    assert train.mean(axis=0) == pytest.approx(np.zeros(13), abs=1e-5)
    assert train.std(axis=0) == pytest.approx(np.ones(13), abs=1e-4)


def test_a_constant_column_is_left_alone():
    data = load(DataChoice(source="iris"))
    flat = data.inputs.copy()
    flat[:, 2] = 7
    train = prepare(replace(data, inputs=flat), DataChoice(source="iris")).train.inputs
    assert (train[:, 2] == 0).all()


def test_targets_of_a_regression_are_scaled_and_come_back():
    choice = DataChoice(source="diabetes")
    examples = prepare(load(choice), choice)
    back = examples.targets.undo(examples.valid.targets)
    assert back == pytest.approx(examples.dataset.targets[examples.valid.rows], rel=1e-4)


def test_values_that_are_not_finite_are_refused():
    data = load(DataChoice(source="iris"))
    broken = data.inputs.copy()
    broken[3, 1] = np.nan
    with pytest.raises(DataProblem, match="Iris has values that are not finite numbers"):
        prepare(replace(data, inputs=broken), DataChoice(source="iris"))


def test_shares_that_leave_nothing_to_train_on_are_refused():
    choice = DataChoice(source="iris", valid=0.5, test=0.48)
    with pytest.raises(DataProblem, match=r"Validation \(50%\) and test \(48%\) leave too little to train on"):
        divide(load(choice), choice)


def test_too_few_examples_are_refused():
    data = load(DataChoice(source="iris"))
    few = replace(data, inputs=data.inputs[:5], targets=data.targets[:5])
    with pytest.raises(DataProblem, match="Iris has 5 examples; at least 10 are needed"):
        prepare(few, DataChoice(source="iris"))


def test_the_profile_counts_and_says_how_precise_validation_can_be():
    facts = profile(prepare(load(DIGITS), DIGITS))
    interval = binomtest(135, 270).proportion_ci(method="wilson")
    assert facts.half_width == pytest.approx((interval.high - interval.low) / 2, abs=1e-5)
    assert sum(count for _, count in facts.class_counts) == 1257
    assert len(one_of_each(load(DIGITS))) == 10

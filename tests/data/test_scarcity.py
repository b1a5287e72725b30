"""Fewer examples, uneven classes, wrong labels on purpose: of the training part alone, the same for one seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.app.document import DocumentProblem, from_json, make_project, set_path, to_json
from playground.app.exam import prints
from playground.app.run_facts import data_fingerprint, split_fingerprint
from playground.data.catalogue import load
from playground.data.columns import Judged
from playground.data.dataset import DataChoice, DataProblem
from playground.data.split import assembled, divide, prepare, unlabelled
from playground.selection.folds import Folding, Folds
from playground.selection.subsets import nested_order, subset

DIGITS = load(DataChoice(source="digits"))
SCARCE = {"train_on": 100, "imbalance": 8.0, "label_noise": 0.3}


def digits(**asked):
    return prepare(DIGITS, DataChoice(source="digits", **asked))


def test_so_many_are_learned_from_and_each_class_has_its_share():
    found, whole = digits(train_on=100), digits()
    assert len(found.train) == 100
    assert np.bincount(found.train.targets) == pytest.approx(100 * np.bincount(whole.train.targets) / 1257, abs=1)
    assert set(found.train.rows) | set(found.unused) == set(whole.train.rows)
    assert found.scarcity == ("Learned from 100 of 1,257 training examples.",)
    assert whole.scarcity == ()


def test_fewer_are_among_the_more_and_another_seed_draws_others():
    few, more, all_of_them = (set(digits(train_on=count).train.rows) for count in (30, 200, 5000))
    assert few < more < all_of_them
    assert len(all_of_them) == 1257


@pytest.mark.parametrize("asked", [{name: value} for name, value in SCARCE.items()] + [SCARCE])
def test_validation_and_test_are_what_they_were(asked):
    found, whole = digits(**asked, scaling="none"), digits(scaling="none")
    for name in ("valid", "test"):
        one, other = getattr(found, name), getattr(whole, name)
        assert np.array_equal(one.rows, other.rows)
        assert np.array_equal(one.inputs, other.inputs)
        assert np.array_equal(one.targets, other.targets)
    assert np.array_equal(found.dataset.targets, whole.dataset.targets)


def test_scaling_is_fitted_to_what_is_learned_from():
    choice = DataChoice(source="wine", train_on=20)
    found = prepare(load(choice), choice)
    assert found.train.inputs.mean(0) == pytest.approx(np.zeros(13), abs=1e-4)
    assert found.train.inputs.std(0) == pytest.approx(np.ones(13), abs=1e-4)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_of_wrong_labels_is_exact_and_each_other_class_is_as_likely(share):
    found = digits(label_noise=share)
    right = found.dataset.targets[found.train.rows]
    wrong = found.train.targets != right
    assert wrong.sum() == round(share * 1257)
    assert found.train.targets.min() >= 0
    assert found.train.targets.max() <= 9
    steps = (found.train.targets - right)[wrong] % 10
    assert np.bincount(steps, minlength=10)[1:] == pytest.approx(wrong.sum() / 9, abs=5 * np.sqrt(wrong.sum() / 9))
    assert np.array_equal(found.train.targets, digits(label_noise=share).train.targets)
    assert not np.array_equal(found.train.targets, digits(label_noise=share, seed=1).train.targets)


def test_uneven_classes_fall_off_evenly_to_one_in_so_many():
    counts = np.bincount(digits(imbalance=50).train.targets)
    whole = np.bincount(digits().train.targets)
    assert counts[0] == whole[0]
    assert counts / whole == pytest.approx(50.0 ** (-np.arange(10) / 9), abs=0.01)
    assert np.bincount(digits(imbalance=1000).train.targets).min() == 1


def test_what_needs_classes_is_refused_for_numbers_with_a_way_out():
    for asked, name in (({"label_noise": 0.1}, "label_noise"), ({"imbalance": 3}, "imbalance")):
        choice = DataChoice(source="diabetes", **asked)
        with pytest.raises(DataProblem, match=rf"each example is of one class.*Set data.{name} to"):
            prepare(load(choice), choice)


def test_the_unused_are_scaled_like_the_others_and_have_no_labels():
    found = digits(train_on=100)
    wanted = found.inputs.apply(DIGITS.inputs[found.unused])
    assert np.array_equal(unlabelled(found), wanted)


def test_runs_on_fewer_examples_are_compared_with_runs_on_all():
    assert split_fingerprint(digits(train_on=50)) == split_fingerprint(digits())
    assert split_fingerprint(digits(imbalance=9)) == split_fingerprint(digits(label_noise=0.4))
    assert split_fingerprint(digits(seed=3)) != split_fingerprint(digits())


def test_folds_and_learning_curves_are_as_scarce_once():
    choice = DataChoice(source="digits", **SCARCE)
    fold = Folds(DIGITS, choice, Folding("stratified", 3))[0]
    assert len(fold.train) == 100
    assert len(fold.valid) == 509 or len(fold.valid) == 510
    examples = prepare(DIGITS, choice)
    order = nested_order(examples, 0)
    part = subset(DIGITS, choice, order[:40], examples.valid.rows)
    assert set(part.train.rows) == set(order[:40])


def test_what_is_asked_for_is_set_and_written_like_any_setting():
    document, _ = make_project("digits-cnn")
    for path, value in (("data.train_on", "50"), ("data.label_noise", "0.2"), ("data.imbalance", "10")):
        document = set_path(document, path, value)
    assert from_json(to_json(document)).data == document.data
    assert document.data.is_scarce
    assert set_path(document, "data.train_on", "all").data.train_on is None
    with pytest.raises(DocumentProblem, match=r"Wrong labels must be at most 0.9, not 2"):
        set_path(document, "data.label_noise", "2")
    assert not {"train_on", "label_noise", "imbalance"} & make_project("digits-cnn")[0].data.model_dump().keys()


# A planted leak: what lies in validation and test is made enormous, and nothing of training may know of it.


@pytest.mark.parametrize("source", ["digits", "wine", "diabetes", "adding"])
@pytest.mark.parametrize("asked", [{}, {"train_on": 40}])
def test_nothing_that_is_learned_from_knows_of_validation_and_test(source, asked):
    choice = DataChoice(source=source, **asked)
    data = load(choice)
    honest = prepare(data, choice)
    hidden = np.concatenate([honest.valid.rows, honest.test.rows])
    inputs, targets = data.inputs.astype(np.float32), data.targets.copy()
    inputs[hidden] *= 1e6
    if data.task == "numbers":
        targets[hidden] *= 1000
    spied = assembled(replace(data, inputs=inputs, targets=targets), choice, divide(data, choice))
    assert np.array_equal(honest.train.rows, spied.train.rows)
    assert np.array_equal(honest.train.inputs, spied.train.inputs)
    assert np.array_equal(honest.train.targets, spied.train.targets)


def test_no_answer_of_validation_or_test_has_a_say_in_which_labels_are_wrong():
    choice = DataChoice(source="digits", **SCARCE)
    honest = prepare(DIGITS, choice)
    hidden = np.concatenate([honest.valid.rows, honest.test.rows])
    targets = DIGITS.targets.copy()
    targets[hidden] = 0
    spied = assembled(replace(DIGITS, targets=targets), choice, divide(DIGITS, choice))
    assert np.array_equal(honest.train.rows, spied.train.rows)
    assert np.array_equal(honest.train.targets, spied.train.targets)


def test_a_tables_gaps_are_filled_by_what_is_learned_from(tmp_path):
    random = np.random.default_rng(0)
    lines = ["a,b,class"] + [
        f"{'' if row % 7 == 0 else random.normal():},{random.normal()},{'xy'[row % 2]}" for row in range(200)
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    choice = DataChoice(source=str(tmp_path / "t.csv"), target="class", train_on=30)
    found = prepare(load(choice), choice)
    assert all(isinstance(each, Judged) for each in found.dataset.columns)
    assert len(found.train) == 30
    assert found.train.inputs[:, -1].mean() == pytest.approx(0, abs=1e-5)
    assert np.array_equal(found.dataset.fitted_to, found.train.rows)
    whole = prepare(load(choice), choice.model_copy(update={"train_on": None}))
    assert not np.array_equal(found.dataset.inputs, whole.dataset.inputs)
    assert data_fingerprint(found) == data_fingerprint(whole)
    assert prints(found) == prints(whole)  # it is the same test part, whoever looks at it

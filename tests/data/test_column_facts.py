from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr
from scipy.stats.contingency import association
from sklearn.feature_selection import f_classif

from playground.data.catalogue import load
from playground.data.column_facts import column_facts, linked
from playground.data.dataset import DataChoice
from playground.data.split import prepare


def facts_of(**choice):
    made = DataChoice(**choice)
    examples = prepare(load(made), made)
    return examples, {each.name: each for each in column_facts(examples)}


def test_numbers_and_a_number_are_linked_by_pearsons_correlation():
    examples, facts = facts_of(source="diabetes")
    rows = np.concatenate([examples.train.rows, examples.valid.rows])
    for number, name in enumerate(examples.dataset.feature_names):
        theirs = pearsonr(examples.dataset.inputs[rows, number], examples.dataset.targets[rows, 0])[0]
        assert facts[name].link == pytest.approx(theirs, abs=1e-6)
        assert facts[name].measure == "r"


def test_numbers_and_classes_are_linked_by_the_correlation_ratio():
    examples, facts = facts_of(source="wine")
    rows = np.concatenate([examples.train.rows, examples.valid.rows])
    f, _ = f_classif(examples.dataset.inputs[rows].astype(float), examples.dataset.targets[rows])
    ratio = f * 2 / (f * 2 + len(rows) - 3)  # η² of an F value with 2 and n − 3 degrees of freedom
    ours = [facts[name].link ** 2 for name in examples.dataset.feature_names]
    assert np.allclose(ours, ratio, atol=1e-6)


def test_words_and_classes_are_linked_by_cramers_v():
    random = np.random.default_rng(0)
    words, classes = random.integers(0, 4, 500), random.integers(0, 3, 500)
    words[:200] = classes[:200]
    table = np.zeros((4, 3), int)
    np.add.at(table, (words, classes), 1)
    link, measure = linked(words.astype(float), classes.astype(float), True, True)
    assert measure == "V"
    assert link == pytest.approx(association(table, method="cramer"))


def test_what_never_changes_is_linked_to_nothing():
    link, measure = linked(np.ones(5), np.arange(5.0), False, False)
    assert np.isnan(link)
    assert measure == ""


def test_figures_are_those_of_training_and_validation_rows_alone():
    examples, facts = facts_of(source="iris")
    rows = np.concatenate([examples.train.rows, examples.valid.rows])
    values = examples.dataset.inputs[rows, 0].astype(float)
    first = facts[examples.dataset.feature_names[0]]
    assert first.count == len(rows) < len(examples.dataset.inputs)
    assert (first.mean, first.sd) == pytest.approx((values.mean(), values.std()))
    assert first.quartiles == pytest.approx(tuple(np.percentile(values, [25, 50, 75])))
    assert first.counts[0].sum() == len(examples.train)
    assert first.counts[1].sum() == len(examples.valid)
    assert facts["target"].words == examples.dataset.class_names
    assert facts["target"].counts[0].tolist() == np.bincount(examples.train.targets).tolist()


def test_gaps_words_and_values_far_out_are_counted(tmp_path):
    path = tmp_path / "people.csv"
    lines = [f"{30 + n % 10},{'red' if n % 3 else 'blue'},{n % 2}" for n in range(100)]
    lines[3] = ",green,1"
    lines[4] = "400,,0"
    path.write_text("age,colour,ill\n" + "\n".join(lines))
    choice = DataChoice(source=str(path), target="ill", test=0.05)
    examples = prepare(load(choice), choice)
    facts = {each.name: each for each in column_facts(examples)}
    seen = set(np.concatenate([examples.train.rows, examples.valid.rows]).tolist())
    assert facts["age"].missing == (3 in seen)
    assert facts["age"].outside == (4 in seen)
    assert facts["colour"].words[:2] == ("red", "blue")
    assert facts["colour"].missing == (4 in seen)
    assert facts["colour"].measure == "V"


def test_images_have_no_columns():
    assert facts_of(source="digits")[1] == {}

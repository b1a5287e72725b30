"""Logistic regression and linear SVM on all of Fashion-MNIST, against the table of the paper."""

from __future__ import annotations

import csv
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, Part
from playground.data.split import prepare
from playground.selection.baselines import fit

ROWS = {
    "logistic": ("LogisticRegression", "C=1 multi_class=ovr penalty=l2"),
    "linear-svm": ("LinearSVC", "loss=hinge C=1 multi_class=ovr penalty=l2"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_a_baseline_fitted_to_all_60000_scores_as_the_paper_says(name, test_data, test_reference, monkeypatch):
    """Xiao, Rasul and Vollgraf 2017, table 3; the data were cleaned of duplicates since: within 1 point."""
    monkeypatch.setattr("playground.selection.baseline_models.STRENGTHS", (1.0,))
    choice = DataChoice(source=str(test_data / "fashion_mnist"), scaling="unit")
    examples = prepare(load(choice), choice)
    parts = examples.train, examples.valid
    every = Part(*(np.concatenate([getattr(part, each) for part in parts]) for each in ("inputs", "targets", "rows")))
    began = perf_counter()
    outcome = fit(name, replace(examples, train=every, valid=examples.test), "cross_entropy")
    score = float(np.mean(outcome.predictions == examples.test.targets))
    with (test_reference / "fashion_mnist_paper_table3_subset.csv").open(encoding="utf-8") as file:
        rows = {(row["classifier"], row["parameters"]): float(row["fashion_test_acc"]) for row in csv.DictReader(file)}
    print(  # noqa: T201 - asked for with -s
        f"{name}: {score:.4f}, the paper {rows[ROWS[name]]}, {perf_counter() - began:.0f} s; {outcome.note}"
    )
    assert len(every) == 60_000
    assert score == pytest.approx(rows[ROWS[name]], abs=0.01)

"""Correlations of columns are pandas' and scipy's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from playground.data.catalogue import load
from playground.data.correlations import correlations, numbers_of, ranks
from playground.data.dataset import DataChoice
from playground.data.split import prepare


@pytest.mark.parametrize("way", ["pearson", "spearman"])
def test_they_are_those_of_pandas_with_gaps_left_out_pair_by_pair(way):
    random = np.random.default_rng(0)
    values = random.normal(size=(300, 6)).round(1)
    values[:, 1] += values[:, 0]
    values[:, 5] = np.exp(values[:, 0])
    values[random.random((300, 6)) < 0.1] = np.nan
    expected = pd.DataFrame(values).corr(method=way).to_numpy()
    np.testing.assert_allclose(correlations(values, way), expected, atol=1e-12)


def test_equal_values_share_their_rank_as_scipy_has_it():
    values = np.array([3.0, 1, 3, 2, 2, 2, 9])
    assert ranks(values).tolist() == rankdata(values).tolist()


def test_a_column_that_never_changes_has_no_correlation():
    found = correlations(np.array([[1.0, 2], [1, 3], [1, 5]]))
    assert np.isnan(found[0]).all()
    assert found[1, 1] == pytest.approx(1)


def test_columns_are_those_of_training_and_validation_with_the_target():
    choice = DataChoice(source="diabetes")
    examples = prepare(load(choice), choice)
    found = numbers_of(examples)
    assert found.names[0] == "target"
    assert found.names[1:] == examples.dataset.feature_names
    rows = np.concatenate([examples.train.rows, examples.valid.rows])
    theirs = spearmanr(examples.dataset.inputs[rows, 2], examples.dataset.targets[rows, 0])[0]
    assert correlations(found.values, "spearman")[0, 3] == pytest.approx(theirs, abs=1e-9)
    assert found.is_valid.sum() == len(examples.valid)


def test_words_alone_have_none():
    choice = DataChoice(source="digits")
    assert numbers_of(prepare(load(choice), choice)) is None

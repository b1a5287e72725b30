"""A class that the training part has not: every baseline still answers, with a finite loss."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.selection.baselines import fit


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "hinge"])
@pytest.mark.parametrize("name", ["logistic", "majority"])
@pytest.mark.parametrize("others", [2, 3])
def test_a_class_that_is_not_in_the_training_part_breaks_nothing(name, loss, others):
    random = np.random.default_rng(0)
    labels = np.r_[np.arange(58) % others, others, others]
    names = tuple("abcd"[: others + 1])
    data = Dataset("q", "Q", "table", random.normal(size=(60, 3)).astype(np.float32), labels, "classes", names)
    examples = prepare(data, DataChoice(source="q", valid=0.45, test=0.45))
    assert others not in examples.train.targets
    outcome = fit(name, examples, loss)
    assert np.isfinite(outcome.loss)
    assert others not in outcome.predictions

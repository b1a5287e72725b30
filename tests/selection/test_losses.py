"""A baseline's loss is the network's own loss, so that both stand on one axis: held against others' functions."""

from __future__ import annotations

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error

from playground.selection.baselines import fit
from tests.selection.test_baselines import examples_of


def flat(part):
    return part.inputs.reshape(len(part), -1)


def theirs(examples):
    strength = fit("logistic", examples, "cross_entropy").strength
    return LogisticRegression(C=strength, max_iter=1000).fit(flat(examples.train), examples.train.targets)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
@pytest.mark.parametrize("source", ["breast-cancer", "gauss", "xor"])
def test_the_loss_on_two_classes_is_scikit_learns_log_loss(source, loss):
    examples = examples_of(source)
    expected = log_loss(examples.valid.targets, theirs(examples).predict_proba(flat(examples.valid)))
    assert fit("logistic", examples, loss).loss == pytest.approx(expected, rel=1e-4)


def test_binary_cross_entropy_on_many_classes_is_torchs():
    examples = examples_of("wine")
    chances = torch.from_numpy(theirs(examples).predict_proba(flat(examples.valid))).double()
    wanted = torch.nn.functional.one_hot(torch.from_numpy(examples.valid.targets), 3).double()
    expected = torch.nn.functional.binary_cross_entropy(chances, wanted)
    assert fit("logistic", examples, "binary_cross_entropy").loss == pytest.approx(float(expected), rel=1e-4)


def test_hinge_on_two_classes_is_torchs():
    examples = examples_of("breast-cancer")
    margins = torch.from_numpy(theirs(examples).decision_function(flat(examples.valid)))
    signs = torch.from_numpy(2 * examples.valid.targets - 1)
    expected = torch.clamp(1 - signs * margins, min=0).mean()
    assert fit("logistic", examples, "hinge").loss == pytest.approx(float(expected), rel=1e-4)


def test_hinge_on_many_classes_is_torchs():
    examples = examples_of("wine")
    margins = torch.from_numpy(theirs(examples).decision_function(flat(examples.valid)))
    expected = torch.nn.MultiMarginLoss()(margins, torch.from_numpy(examples.valid.targets))
    assert fit("logistic", examples, "hinge").loss == pytest.approx(float(expected), rel=1e-4)


def test_the_loss_of_ridge_is_the_squared_error_of_scaled_targets():
    examples = examples_of("diabetes")
    outcome = fit("ridge", examples, "mean_squared_error")
    scaled = (outcome.predictions - examples.targets.shift) / examples.targets.scale
    assert outcome.loss == pytest.approx(mean_squared_error(examples.valid.targets, scaled), rel=1e-4)

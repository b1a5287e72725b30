from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.insight.gallery import Answers, Residuals, answers, reliability


def made(template: str) -> Training:
    document, dataset = make_project(template)
    recipe = Recipe.model_validate({**document.recipe.model_dump(), "epochs": 2})
    training = Training(document.graph, recipe, prepare(dataset, document.data))
    list(training.events())
    return training


@pytest.mark.parametrize("template", ["digits-mlp", "logistic-regression", "linear-svm", "perceptron", "spiral-mlp"])
def test_right_answers_are_as_many_as_the_score_says(template):
    training = made(template)
    found = answers(training)
    assert isinstance(found, Answers)
    assert found.right.mean() == pytest.approx(training.evaluate("valid").measures["accuracy"])
    assert ((found.confidence >= 0.5 - 1e-6) | (training.probabilities("valid").shape[1] > 2)).all()


def test_residuals_add_up_to_the_error_that_is_told():
    training = made("ridge")
    found = answers(training)
    assert isinstance(found, Residuals)
    assert np.sqrt((found.size**2).mean()) == pytest.approx(training.evaluate("valid").measures["rmse"], rel=1e-5)


def test_answers_at_each_step_have_no_gallery():
    assert answers(made("elman")) is None


def test_bins_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.05, 1, 500).astype(np.float32)
    right = random.uniform(size=500) < confidence
    found = reliability(Answers(np.zeros(500, int), np.where(right, 0, 1), confidence))
    accuracy, mean = calibration_curve(right, confidence, n_bins=10)
    some = found.counts > 0
    np.testing.assert_allclose(found.accuracy[some], accuracy)
    np.testing.assert_allclose(found.confidence[some], mean, rtol=1e-6)
    assert found.counts.sum() == 500


def test_the_calibration_error_is_the_weighted_gap():
    found = reliability(Answers(np.array([0, 0, 0, 0]), np.array([0, 1, 0, 0]), np.array([0.95, 0.95, 0.55, 0.55])))
    assert found.error == pytest.approx(0.5 * abs(0.5 - 0.95) + 0.5 * abs(1 - 0.55))

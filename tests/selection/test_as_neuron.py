"""One artificial neuron, trained by gradient descent, reaches the solution of scikit-learn's own solver."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.selection.as_neuron import as_neuron, can_be_neuron
from playground.selection.baselines import fit
from tests.selection.test_baselines import examples_of

EXACT = {"max_iter": 200_000, "tol": 1e-9}


def solver(outcome):
    """scikit-learn's, to the last digit."""
    strength = outcome.strength
    return {
        "logistic": lambda: LogisticRegression(C=strength, **EXACT),
        "logistic-l1": lambda: LogisticRegression(C=strength, l1_ratio=1.0, solver="saga", random_state=0, **EXACT),
        "linear-svm": lambda: LinearSVC(C=strength, loss="hinge", intercept_scaling=100.0, random_state=0, **EXACT),
        "linear": lambda: LinearRegression(),
        "ridge": lambda: Ridge(alpha=strength),
        "lasso": lambda: Lasso(alpha=strength, **EXACT),
    }[outcome.name]()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("iris", "logistic"), ("breast-cancer", "logistic"), ("breast-cancer", "logistic-l1"),
        ("breast-cancer", "linear-svm"), ("diabetes", "linear"), ("diabetes", "ridge"), ("diabetes", "lasso"),
    ],
)  # fmt: skip
def test_gradient_descent_ends_where_the_solver_does(source, name):
    examples = examples_of(source)
    is_classes = examples.dataset.task == "classes"
    loss = "hinge" if name == "linear-svm" else "cross_entropy" if is_classes else "mean_squared_error"
    outcome = fit(name, examples, loss)
    graph, recipe = as_neuron(outcome, examples)
    training = Training(graph, Recipe.model_validate(recipe), examples)
    for _ in training.events():
        pass
    theirs = solver(outcome).fit(examples.train.inputs, np.ravel(examples.train.targets))
    state = {key.rsplit(".", 1)[1]: value.numpy() for key, value in training.network.state_dict().items()}
    weights, wanted = state["weight"], np.atleast_2d(theirs.coef_)
    assert np.linalg.norm(weights - wanted) < 1e-2 * np.linalg.norm(wanted)
    assert training.evaluate("valid").loss == pytest.approx(_loss(theirs, examples, name), abs=1e-4)


def _loss(model, examples, name):
    inputs, wanted = examples.valid.inputs, np.ravel(examples.valid.targets)
    if name == "linear-svm":
        return np.maximum(0, 1 - (2 * wanted - 1) * model.decision_function(inputs)).mean()
    if examples.dataset.task == "classes":
        return -np.log(model.predict_proba(inputs)[np.arange(len(wanted)), wanted]).mean()
    return ((model.predict(inputs) - wanted) ** 2).mean()


def test_the_baselines_own_weights_are_kept_to_be_drawn():
    examples = examples_of("digits")
    outcome = fit("logistic", examples, "cross_entropy")
    assert outcome.coefficients.shape == (10, 64)
    assert outcome.intercept.shape == (10,)
    scores = examples.valid.inputs.reshape(270, -1) @ outcome.coefficients.T + outcome.intercept
    assert np.array_equal(scores.argmax(axis=1), outcome.predictions)


def test_what_is_no_neuron_says_why():
    assert can_be_neuron("random-forest", examples_of("iris")) == "It is not one artificial neuron."
    assert "Of several classes" in can_be_neuron("linear-svm", examples_of("iris"))
    assert can_be_neuron("linear-svm", examples_of("breast-cancer")) == ""
    with pytest.raises(ValueError, match="not one artificial neuron"):
        as_neuron(fit("knn", examples_of("iris"), "cross_entropy"), examples_of("iris"))

"""The baselines by name: what each is called, and which data it suits. Imports no scikit-learn, so that the window may.

How they are fitted: baselines.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.data.dataset import Examples
from playground.layers.shape import Task


@dataclass(frozen=True)
class Baseline:
    """A model by its name on the command line."""

    name: str
    title: str
    tasks: tuple[Task, ...]
    about: str
    is_neuron: bool = False
    """Whether it is one artificial neuron (for classes, one a class): w · x + b."""
    steps: bool = False
    """Whether it can answer at each step of a sequence."""


BOTH: tuple[Task, ...] = ("classes", "numbers")
_ALL = (
    Baseline("majority", "Majority class", ("classes",), "Always the most frequent class.", steps=True),
    Baseline("mean", "Mean", ("numbers",), "Always the training part's mean.", steps=True),
    Baseline("knn", "Nearest neighbours", BOTH, "The answer of the most similar training examples."),
    Baseline("linear", "Linear regression", ("numbers",), "Least squares, no penalty.", True),
    Baseline("ridge", "Ridge regression", ("numbers",), "Least squares with a penalty on squared weights.", True, True),
    Baseline("lasso", "Lasso", ("numbers",), "Least squares with a penalty on absolute weights: some become 0.", True),
    Baseline(
        "logistic", "Logistic regression", ("classes",), "One neuron a class, with a penalty on squared weights.", True,
        True,
    ),
    Baseline("logistic-l1", "Logistic regression, L1", ("classes",), "With a penalty on absolute weights.", True),
    Baseline("logistic-none", "Logistic regression, no penalty", ("classes",), "As large weights as it likes.", True),
    Baseline("linear-svm", "Linear SVM", ("classes",), "The widest margin: hinge loss, squared weights.", True),
    Baseline("rbf-svm", "SVM with RBF kernel", BOTH, "Similarity to chosen training examples."),
    Baseline("random-forest", "Random forest", BOTH, "A hundred decision trees, each on other examples."),
    Baseline("handmade", "Features by hand", BOTH, "Features thought up by people, and neurons behind them."),
    Baseline("last", "Last value", ("numbers",), "Tomorrow as today."),
    Baseline("seasonal", "Last season's value", ("numbers",), "As one period ago."),
    Baseline("autoregression", "Linear autoregression", ("numbers",), "The next value from those before, linearly."),
)  # fmt: skip
CATALOGUE = {each.name: each for each in _ALL}
FORECASTS = ("last", "seasonal", "autoregression")


def suitable(examples: Examples) -> tuple[Baseline, ...]:
    """Those that can be fitted to the data, the simplest first."""
    dataset = examples.dataset
    return tuple(each for each in _ALL if dataset.task in each.tasks and _suits(each, examples))


def _suits(baseline: Baseline, examples: Examples) -> bool:
    dataset = examples.dataset
    if examples.is_rebuilding:
        return baseline.name == "mean"
    if examples.signature.steps is not None:
        return baseline.steps
    if baseline.name in FORECASTS:
        return dataset.forecast is not None
    if baseline.name == "handmade":
        return dataset.kind in ("image", "sequence", "text")
    return True


def is_neuron(name: str) -> bool:
    """Whether a model is one artificial neuron, or one a class."""
    return name in CATALOGUE and CATALOGUE[name].is_neuron

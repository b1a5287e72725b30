"""Simple models fitted by scikit-learn to the same training part: what a network must beat.

Runs in a process of its own (playground.app.worker), so it imports no torch; losses are computed here as
playground.engine.losses defines them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeCV

from playground.data.dataset import Examples, Part
from playground.layers.shape import Task
from playground.selection.outcome import Outcome

ALPHAS = np.logspace(-3, 3, 13)
"""Ridge's penalties to choose from, by leave-one-out on the training part alone."""
MANY = 20_000_000
"""Values in the training part above which logistic regression is given fewer iterations."""


@dataclass(frozen=True)
class Baseline:
    """A model by its name on the command line."""

    name: str
    title: str
    task: Task
    make: Callable[[int], Any]
    """Takes the number of values in the training part; gives scikit-learn's estimator."""


def _logistic(values: int) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1000 if values < MANY else 100)


BASELINES: dict[str, Baseline] = {
    baseline.name: baseline
    for baseline in (
        Baseline("logistic", "Logistic regression", "classes", _logistic),
        Baseline("majority", "Majority class", "classes", lambda _: DummyClassifier(strategy="prior")),
        Baseline("ridge", "Ridge regression", "numbers", lambda _: RidgeCV(alphas=ALPHAS)),
        Baseline("mean", "Mean", "numbers", lambda _: DummyRegressor()),
    )
}


class BaselineProblem(Exception):
    """A baseline that cannot be fitted: one sentence, with a way out."""


def fit(name: str, examples: Examples, loss: str) -> Outcome:
    """Fit one baseline to the training part and let it answer the validation part.

    Raises: BaselineProblem: If there is none of that name, or it is for the other task.
    """
    task = examples.dataset.task
    suitable = [each.name for each in BASELINES.values() if each.task == task]
    if name not in suitable:
        raise BaselineProblem(f"There is no baseline “{name}” for these data. There are: {', '.join(suitable)}.")
    baseline = BASELINES[name]
    inputs = _rows(examples, examples.train)
    model = baseline.make(inputs.size)
    wanted = np.ravel(examples.train.targets) if task == "classes" else _column(examples.train.targets)
    began = perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(inputs, wanted)
    seconds = perf_counter() - began
    stopped = any(issubclass(each.category, ConvergenceWarning) for each in caught)
    answer = _answer_classes if task == "classes" else _answer_numbers
    predictions, its_loss = answer(model, examples, loss)
    return Outcome(
        name, baseline.title, "baseline", predictions, its_loss, _parameters(model), seconds,
        "stopped before it had converged" if stopped else "",
    )  # fmt: skip


def _rows(examples: Examples, part: Part) -> NDArray[np.float32]:
    """One row an answer: a whole example; where each step is answered, that step alone, codes as a place for each.

    So logistic regression on text knows the letter before, and no more: a bigram model.
    """
    steps = examples.signature.steps
    if steps is None:
        return part.inputs.reshape(len(part), -1)
    if examples.dataset.kind == "text":
        places = np.eye(len(examples.dataset.feature_names), dtype=np.float32)
        return places[part.inputs[:, :steps].astype(np.int64)].reshape(len(part) * steps, -1)
    return part.inputs[:, :steps].reshape(len(part) * steps, -1)


def _column(targets: NDArray[Any]) -> NDArray[Any]:
    """scikit-learn wants (n,) for one column."""
    return targets[:, 0] if targets.shape[1] == 1 else targets


def _answer_classes(model: Any, examples: Examples, loss: str) -> tuple[NDArray[Any], float]:
    inputs, shape = _rows(examples, examples.valid), examples.valid.targets.shape
    truth = np.ravel(examples.valid.targets)
    count = len(examples.dataset.class_names)
    if loss == "hinge":
        return model.predict(inputs).reshape(shape), _hinge(_margins(model, inputs, count), truth)
    chances = _chances(model, inputs, count)
    if loss == "binary_cross_entropy" and count > 2:
        wanted = np.eye(count)[truth]
        each = wanted * np.log(chances) + (1 - wanted) * np.log1p(-np.minimum(chances, 1 - 1e-15))
        return model.predict(inputs).reshape(shape), float(-each.mean())
    return model.predict(inputs).reshape(shape), float(-np.log(chances[np.arange(len(truth)), truth]).mean())


def _chances(model: Any, inputs: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Probabilities (n, classes), next to none for a class that the training part has not."""
    chances = np.zeros((len(inputs), count))
    chances[:, model.classes_] = model.predict_proba(inputs)
    return np.clip(chances, 1e-15, 1)


def _margins(model: Any, inputs: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Scores (n, classes), or (n, 1) for two."""
    if hasattr(model, "decision_function") and len(model.classes_) == count:
        margins = np.asarray(model.decision_function(inputs), np.float64)
        return margins[:, None] if margins.ndim == 1 else margins
    logs: NDArray[np.float64] = np.log(_chances(model, inputs, count))
    two: NDArray[np.float64] = logs[:, 1:] - logs[:, :1]
    return two if count == 2 else logs


def _hinge(margins: NDArray[np.float64], truth: NDArray[Any]) -> float:
    if margins.shape[1] == 1:
        return float(np.maximum(0, 1 - (2 * truth - 1) * margins[:, 0]).mean())
    own = margins[np.arange(len(truth)), truth][:, None]
    over = np.maximum(0, 1 - own + margins)
    over[np.arange(len(truth)), truth] = 0
    return float((over.sum(axis=1) / margins.shape[1]).mean())


def _answer_numbers(model: Any, examples: Examples, _loss: str) -> tuple[NDArray[Any], float]:
    scaled = np.asarray(model.predict(_rows(examples, examples.valid)), np.float32).reshape(len(examples.valid), -1)
    assert examples.targets is not None
    return examples.targets.undo(scaled), float(((scaled - examples.valid.targets) ** 2).mean())


def _parameters(model: Any) -> int:
    """Numbers that were fitted: coefficients and intercepts."""
    if not hasattr(model, "coef_"):
        return 0
    return int(np.size(model.coef_) + np.size(model.intercept_))

"""Simple models fitted by scikit-learn to the same training part: what a network must beat.

Runs in a process of its own (playground.app.worker), so it imports no torch. Their names are in baseline_catalogue.py,
the estimators in baseline_models.py, what they answer in baseline_answers.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from playground.data.dataset import Examples, Part
from playground.data.lengths import filled
from playground.selection import forecast_baselines
from playground.selection.baseline_answers import answer_classes, answer_numbers, answers, parameters_of, weights_of
from playground.selection.baseline_catalogue import CATALOGUE, Baseline, suitable
from playground.selection.baseline_models import fitting
from playground.selection.handmade import features_of
from playground.selection.outcome import Outcome


class BaselineProblem(Exception):
    """A baseline that cannot be fitted: one sentence, with a way out."""


def fit(name: str, examples: Examples, loss: str) -> Outcome:
    """Fit one baseline to the training part and let it answer the validation part.

    Raises: BaselineProblem: If there is none of that name, or it is not for such data.
    """
    names = [each.name for each in suitable(examples)]
    if name not in names:
        raise BaselineProblem(f"There is no baseline “{name}” for these data. There are: {', '.join(names)}.")
    if name in ("last", "seasonal"):
        return _without_fitting(CATALOGUE[name], examples)
    return _fitted(CATALOGUE[name], examples, loss)


def _fitted(baseline: Baseline, examples: Examples, loss: str) -> Outcome:
    is_classes = examples.dataset.task == "classes"
    began = perf_counter()
    rows, about = _features(baseline, examples)
    inputs = rows(examples.train)
    wanted = np.ravel(examples.train.targets) if is_classes else _column(examples.train.targets)
    kind = {"handmade": "logistic" if is_classes else "ridge", "autoregression": "linear"}.get(
        baseline.name, baseline.name
    )
    made = fitting(kind, inputs, wanted, is_classes)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        made.model.fit(inputs[made.rows], wanted[made.rows])
    seconds = perf_counter() - began
    stopped = any(issubclass(each.category, ConvergenceWarning) for each in caught)
    began = perf_counter()
    answered = rows(examples.valid)
    predictions, its_loss = (
        answer_classes(made.model, answered, examples, loss) if is_classes
        else answer_numbers(made.model, answered, examples)
    )  # fmt: skip
    spent = perf_counter() - began
    unseen = _unseen(made.model, rows, examples)
    weights = weights_of(made.model) if baseline.is_neuron else None
    notes = (about, made.note, "stopped before it had converged" if stopped else "")
    return Outcome(
        baseline.name, baseline.title, "baseline", predictions, its_loss, parameters_of(made.model), seconds,
        "; ".join(note for note in notes if note), spent / max(len(examples.valid), 1),
        int(weights[0].size) if weights is not None else None,
        coefficients=weights[0] if weights is not None else None,
        intercept=weights[1] if weights is not None else None,
        strength=made.strength if made.strength is not None else getattr(made.model, "alpha_", None),
        unseen=unseen,
    )  # fmt: skip


def _unseen(model: Any, rows: Callable[[Part], NDArray[Any]], examples: Examples) -> NDArray[Any] | None:
    """Answers on the test part, for the final exam. They are made without a look at its targets."""
    if not len(examples.test):
        return None
    return answers(model, rows(examples.test), examples, examples.test)


def _without_fitting(baseline: Baseline, examples: Examples) -> Outcome:
    assert examples.targets is not None
    began = perf_counter()
    is_last = baseline.name == "last"
    lag = 1 if is_last else forecast_baselines.period(examples)
    note = f"a period of {lag} steps" if lag > 1 else "" if is_last else "no period was found: the last value"
    predictions = forecast_baselines.one_period_ago(examples, examples.valid, lag)
    scaled = examples.targets.apply(predictions)
    loss = float(((scaled - examples.valid.targets) ** 2).mean())
    spent = (perf_counter() - began) / max(len(examples.valid), 1)
    unseen = forecast_baselines.one_period_ago(examples, examples.test, lag) if len(examples.test) else None
    return Outcome(baseline.name, baseline.title, "baseline", predictions, loss, 0, 0.0, note, spent, 0, unseen=unseen)


def _features(baseline: Baseline, examples: Examples) -> tuple[Callable[[Part], NDArray[Any]], str]:
    """What a model gets of a part, (n, features), and what to say of it."""
    if baseline.name == "handmade":
        make, about = features_of(examples)
        scaler = StandardScaler().fit(make(filled(examples.train.inputs[:])))
        return lambda part: scaler.transform(make(filled(part.inputs[:]))).astype(np.float32), about
    if baseline.name == "autoregression":
        forecast = examples.dataset.forecast
        assert forecast is not None
        return lambda part: np.asarray(part.inputs)[..., forecast.channel].reshape(len(part), -1), ""
    return lambda part: _rows(examples, part), ""


def _rows(examples: Examples, part: Part) -> NDArray[np.float32]:
    """One row an answer: a whole example; where each step is answered, that step alone, codes as a place for each.

    So logistic regression on text knows the letter before, and no more: a bigram model.
    """
    steps, inputs = examples.signature.steps, filled(part.inputs[:])
    if examples.dataset.kind == "text":
        codes = inputs[:, :steps].astype(np.int64) if steps is not None else inputs.astype(np.int64)
        places = np.eye(len(examples.dataset.feature_names), dtype=np.float32)
        return places[codes].reshape(len(part) * (steps or 1), -1)
    if steps is None:
        return inputs.reshape(len(part), -1)
    return inputs[:, :steps].reshape(len(part) * steps, -1)


def _column(targets: NDArray[Any]) -> NDArray[Any]:
    """scikit-learn wants (n,) for one column."""
    return targets[:, 0] if targets.shape[1] == 1 else targets

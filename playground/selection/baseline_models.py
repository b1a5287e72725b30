"""scikit-learn's estimator for each baseline, with the strength of its penalty chosen inside the training part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, RidgeCV, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, SVR, LinearSVC

from playground.selection.penalty import chosen, subsample

Array = NDArray[Any]
ALPHAS = np.logspace(-3, 3, 13)
"""Ridge's penalties to choose from, by leave-one-out on the training part alone."""
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
"""C of logistic regression and of the SVMs, the strongest penalty first."""
KERNEL_STRENGTHS = (0.1, 1.0, 10.0, 100.0)
LASSOS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""Alpha of the lasso on a scaled target, the strongest first."""
NEIGHBOURS = (51, 25, 15, 9, 5, 3, 1)
MANY = 20_000_000
"""Values in the training part above which a fit is given fewer iterations."""
MOST_KERNEL, MOST_NEIGHBOURS, MOST_TREES = 5_000, 10_000, 30_000
"""Training examples that the slower models are fitted to, at most."""


@dataclass(frozen=True)
class Fitting:
    """An estimator to be fitted, on which rows, and what a person should know of it."""

    model: Any
    rows: NDArray[np.int64]
    note: str = ""
    strength: float | None = None
    """The C or alpha that was chosen."""


def fitting(name: str, inputs: Array, wanted: Array, is_classes: bool) -> Fitting:
    """The estimator of a baseline for these rows; its penalty is chosen here, it is fitted elsewhere."""
    every = np.arange(len(wanted))
    if is_classes and len(np.unique(wanted)) < 2:
        return Fitting(DummyClassifier(strategy="prior"), every, "the training part has one class alone")
    if name in ("majority", "mean"):
        return Fitting(DummyClassifier(strategy="prior") if is_classes else DummyRegressor(), every)
    if name == "linear":
        return Fitting(LinearRegression(), every)
    if name == "ridge":
        return Fitting(RidgeCV(alphas=ALPHAS), every)
    if name == "logistic-none":
        return Fitting(LogisticRegression(C=np.inf, max_iter=_patience(inputs)), every)
    make, values, most, letter = _searched(name, inputs, is_classes)
    rows = subsample(wanted, most, is_classes) if most else every
    scoring = "neg_log_loss" if name.startswith("logistic") else None
    value, how = chosen(make, values, inputs[rows], wanted[rows], is_classes, scoring)
    notes = [f"{letter} = {value:g}, {how}"] if letter else []
    if len(rows) < len(wanted):
        notes.append(f"fitted to {len(rows):,} of the {len(wanted):,} examples")
    model = make(value)
    if name == "linear-svm" and inputs.size >= MANY:
        model = _large_svm(value, len(rows))
        notes.append("by averaged stochastic gradient descent")
    return Fitting(model, rows, "; ".join(notes), value if letter in ("C", "alpha") else None)


def _searched(name: str, inputs: Array, is_classes: bool) -> tuple[Callable[[Any], Any], Sequence[Any], int, str]:
    """How it is made of a strength, the strengths, the most rows it is fitted to (0: all), and the strength's name."""
    patience = _patience(inputs)
    if name == "logistic":
        return lambda value: LogisticRegression(C=value, max_iter=patience), STRENGTHS, 0, "C"
    if name == "logistic-l1":
        return _lasso_logistic(patience), STRENGTHS, MOST_TREES, "C"
    if name == "linear-svm":
        return lambda value: _linear_svm(value, 20 * patience), STRENGTHS, 0, "C"
    if name == "lasso":
        return lambda value: Lasso(alpha=value, max_iter=10_000), LASSOS, 0, "alpha"
    if name == "knn":
        least = max(1, int(0.7 * len(inputs)))
        values = [count for count in NEIGHBOURS if count <= least] or [1]
        kind = KNeighborsClassifier if is_classes else KNeighborsRegressor
        return lambda value: kind(n_neighbors=value), values, MOST_NEIGHBOURS, "k"
    if name == "rbf-svm":
        return lambda value: SVC(C=value) if is_classes else SVR(C=value), KERNEL_STRENGTHS, MOST_KERNEL, "C"
    if name == "random-forest":
        forest = RandomForestClassifier if is_classes else RandomForestRegressor
        return lambda _: forest(n_estimators=100, random_state=0), (100,), MOST_TREES, ""
    raise KeyError(name)


def _lasso_logistic(patience: int) -> Callable[[Any], Any]:
    """Multinomial with SAGA, which takes L1."""
    return lambda value: LogisticRegression(
        C=value, l1_ratio=1.0, solver="saga", max_iter=min(patience, 300), random_state=0, tol=1e-3
    )


def _linear_svm(value: float, patience: int) -> LinearSVC:
    """One against the rest, hinge loss; of two classes one neuron. The bias is the weight of a constant 10, and so is
    hardly penalised.
    """
    return LinearSVC(C=value, loss="hinge", dual=True, max_iter=patience, random_state=0, intercept_scaling=10.0)


def _large_svm(value: float, count: int) -> SGDClassifier:
    """The same objective where coordinate descent would take a quarter of an hour: ten passes, weights averaged.

    Source: Xu 2011, "Towards optimal one pass large scale learning with averaged stochastic gradient descent".
    """
    return SGDClassifier(loss="hinge", alpha=1 / (value * count), max_iter=10, tol=None, average=True, random_state=0)


def _patience(inputs: Array) -> int:
    return 1000 if inputs.size < MANY else 100

"""What a fitted scikit-learn model answers, and its loss on the validation part as engine.losses defines it.

Imports no torch: it runs in the process that fits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples, Part


def answers(model: Any, inputs: NDArray[Any], examples: Examples, part: Part) -> NDArray[Any]:
    """Classes shaped as a part's targets are, or numbers (n, columns) in the data's own units."""
    if examples.targets is None:
        shaped: NDArray[Any] = model.predict(inputs).reshape(part.targets.shape)
        return shaped
    return examples.targets.undo(_scaled(model, inputs, part))


def _scaled(model: Any, inputs: NDArray[Any], part: Part) -> NDArray[np.float32]:
    return np.asarray(model.predict(inputs), np.float32).reshape(len(part), -1)


def answer_classes(model: Any, inputs: NDArray[Any], examples: Examples, loss: str) -> tuple[NDArray[Any], float]:
    """Classes as the validation targets are shaped, and the mean loss; NaN for a model without probabilities."""
    truth, count = np.ravel(examples.valid.targets), len(examples.dataset.class_names)
    predictions = answers(model, inputs, examples, examples.valid)
    if loss == "hinge":
        return predictions, hinge(_margins(model, inputs, count), truth)
    if not hasattr(model, "predict_proba"):
        return predictions, float("nan")
    chances = _chances(model, inputs, count)
    if loss == "binary_cross_entropy" and count > 2:
        wanted = np.eye(count)[truth]
        each = wanted * np.log(chances) + (1 - wanted) * np.log1p(-np.minimum(chances, 1 - 1e-15))
        return predictions, float(-each.mean())
    return predictions, float(-np.log(chances[np.arange(len(truth)), truth]).mean())


def _chances(model: Any, inputs: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Probabilities (n, classes), next to none for a class that the training part has not."""
    chances = np.zeros((len(inputs), count))
    chances[:, model.classes_] = model.predict_proba(inputs)
    return np.clip(chances, 1e-15, 1)


def _margins(model: Any, inputs: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Scores (n, classes), or (n, 1) for two."""
    if hasattr(model, "decision_function") and len(model.classes_) == count:
        margins = np.asarray(model.decision_function(inputs), np.float64)
        return margins[:, None] if margins.ndim == 1 else margins
    if not hasattr(model, "predict_proba"):
        return np.full((len(inputs), 1 if count == 2 else count), np.nan)
    logs: NDArray[np.float64] = np.log(_chances(model, inputs, count))
    two: NDArray[np.float64] = logs[:, 1:] - logs[:, :1]
    return two if count == 2 else logs


def hinge(margins: NDArray[np.float64], truth: NDArray[Any]) -> float:
    """Mean hinge loss, as the network's: of several classes by Crammer and Singer, divided by their number."""
    if margins.shape[1] == 1:
        return float(np.maximum(0, 1 - (2 * truth - 1) * margins[:, 0]).mean())
    own = margins[np.arange(len(truth)), truth][:, None]
    over = np.maximum(0, 1 - own + margins)
    over[np.arange(len(truth)), truth] = 0
    return float((over.sum(axis=1) / margins.shape[1]).mean())


def answer_numbers(model: Any, inputs: NDArray[Any], examples: Examples) -> tuple[NDArray[Any], float]:
    """Numbers in the data's own units, and the mean squared error of the scaled ones."""
    scaled = _scaled(model, inputs, examples.valid)
    assert examples.targets is not None
    return examples.targets.undo(scaled), float(((scaled - examples.valid.targets) ** 2).mean())


def parameters_of(model: Any) -> int:
    """Numbers that were fitted: coefficients and intercepts, nodes of trees, support vectors with their weights."""
    if hasattr(model, "support_vectors_"):
        return int(model.support_vectors_.size + model.dual_coef_.size + np.size(model.intercept_))
    if hasattr(model, "estimators_"):
        return int(sum(tree.tree_.node_count for tree in np.ravel(model.estimators_)))
    return int(np.size(model.coef_) + np.size(model.intercept_)) if hasattr(model, "coef_") else 0


def weights_of(model: Any) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Coefficients (outputs, inputs) and intercepts (outputs,) of a linear model; None of any other."""
    if not hasattr(model, "coef_") or hasattr(model, "support_vectors_"):
        return None
    coefficients = np.atleast_2d(np.asarray(model.coef_, np.float64))
    return coefficients, np.broadcast_to(np.asarray(model.intercept_, np.float64), (len(coefficients),))

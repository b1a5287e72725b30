"""Scores over all examples that folds keep back, where one fold keeps back too few for a score of its own.

Of one example there is no R², its accuracy is 0 or 1, and the spread of such figures is no error of anything: the
answers of all folds are put together and scored once, as scikit-learn's cross_val_predict is used. Knows numpy only.
Source: Hastie, Tibshirani and Friedman 2009, section 7.10.1, equation 7.48: the error is a mean over examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Examples, Part
from playground.engine.measures import accuracy, regression
from playground.selection.judging import ClassAnswers, NumberAnswers, Scored
from playground.selection.outcome import Outcome, Verdict

ENOUGH = 10
"""Examples that a fold keeps back from which on it has a score of its own."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What one model answered on what one fold kept back, and what was right."""

    predictions: NDArray[Any]
    """Classes (n,), or numbers (n, columns) in the data's own units."""
    truth: NDArray[Any]
    rows: NDArray[np.int64]
    loss: float
    """Their mean."""

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Pooled:
    """All folds' answers, scored at once."""

    n: int
    """Examples."""
    measures: Mapping[str, float]
    """Loss, and accuracy or rmse, mae and r2."""
    errors: Mapping[str, float]
    """Standard errors of these."""
    low: float
    high: float
    """95 % interval of the accuracy (Wilson), or of R² (bootstrap)."""


def are_pooled(examples: Examples, kept_back: Part) -> bool:
    """Whether a fold keeps back too little for a score of its own; steps of a sequence are scores enough."""
    return len(kept_back) < ENOUGH and examples.signature.steps is None and not examples.is_rebuilding


def answers_of(examples: Examples, kept_back: Part, predictions: NDArray[Any], loss: float) -> Answers | None:
    """What is kept for pooling; None where the fold has a score of its own."""
    if not are_pooled(examples, kept_back):
        return None
    truth: NDArray[Any] = kept_back.targets
    if examples.targets is not None:
        truth = examples.targets.undo(np.asarray(truth, np.float32))
    return Answers(np.asarray(predictions), truth, np.asarray(kept_back.rows), loss)


def joined(answers: Sequence[Answers | None]) -> Answers | None:
    """All folds' answers as one, in the order of rows; None where a fold has none, or an example stands in two."""
    known = [each for each in answers if each is not None]
    if not known or len(known) < len(answers):
        return None
    rows = np.concatenate([each.rows for each in known])
    if len(np.unique(rows)) < len(rows):
        return None
    order = np.argsort(rows)
    losses = sum(each.loss * len(each) for each in known)
    predictions, truth = (np.concatenate(parts)[order] for parts in _columns(known))
    return Answers(predictions, truth, rows[order], losses / len(rows))


def _columns(known: Sequence[Answers]) -> tuple[list[NDArray[Any]], list[NDArray[Any]]]:
    return [each.predictions for each in known], [each.truth for each in known]


def pooled(answers: Sequence[Answers | None], with_interval: bool = True) -> Pooled | None:
    """Score all folds' answers at once; None where joined() is."""
    whole = joined(answers)
    if whole is None:
        return None
    losses = np.array([each.loss for each in answers if each is not None])
    errors = {"loss": _error(losses)}
    if whole.truth.dtype.kind != "f":
        right = (whole.predictions == whole.truth).astype(np.float64)
        measures, errors["accuracy"] = {"accuracy": accuracy(whole.truth, whole.predictions)}, _error(right)
    else:
        measures = regression(whole.truth, whole.predictions)
        errors |= _number_errors(whole, measures["rmse"])
    low, high = float("nan"), float("nan")
    if with_interval:
        row = _scored([_outcome("network", whole)], whole).rows[0]
        low, high = row.low, row.high
    return Pooled(len(whole), {"loss": whole.loss, **measures}, errors, low, high)


def _number_errors(whole: Answers, rmse: float) -> dict[str, float]:
    """Standard errors of rmse, mae and r2 by the errors of single examples (delta method for rmse)."""
    gaps = np.asarray(whole.predictions, np.float64).reshape(len(whole), -1) - whole.truth.reshape(len(whole), -1)
    squares = (gaps**2).mean(axis=1)
    spread = float(whole.truth.reshape(len(whole), -1).var(axis=0).mean())
    return {
        "rmse": _error(squares) / (2 * rmse) if rmse else 0.0,
        "mae": _error(np.abs(gaps).mean(axis=1)),
        "r2": _error(squares) / spread if spread else float("nan"),
    }


def _error(values: NDArray[np.float64]) -> float:
    """Standard error of a mean; NaN for a single value."""
    return float(values.std(ddof=1)) / sqrt(len(values)) if len(values) > 1 else float("nan")


def judged(ours: Sequence[Answers | None], theirs: Sequence[Answers | None], name: str, title: str) -> Verdict | None:
    """The network against a baseline on the same examples; None where answers cannot be pooled.

    Classes by McNemar's exact test, numbers by the paired bootstrap, as on a validation part.
    """
    mine, other = joined(ours), joined(theirs)
    if mine is None or other is None or not np.array_equal(mine.rows, other.rows):
        return None
    outcomes = [_outcome("network", mine), _outcome("baseline", other, name, title)]
    return _scored(outcomes, mine).judge(0, 1)


def _outcome(kind: Any, whole: Answers, name: str = "network", title: str = "Your network") -> Outcome:
    return Outcome(name, title, kind, whole.predictions, whole.loss, 0, 0.0)


def _scored(outcomes: Sequence[Outcome], whole: Answers) -> Scored:
    return (NumberAnswers if whole.truth.dtype.kind == "f" else ClassAnswers)(outcomes, whole.truth)

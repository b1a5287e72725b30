"""Trials with given scores, as a search would have made them."""

from __future__ import annotations

from playground.selection.trials import FoldScore, Trial


def trial(number, valid, train=(0.9,), parameters=10, state="done", metric="accuracy", **params):
    """One with a validation score for each fold."""
    folds = tuple(
        FoldScore({metric: own, "loss": 1 - own}, {metric: score, "loss": 1 - score})
        for own, score in zip(train * len(valid) if len(train) == 1 else train, valid, strict=True)
    )
    return Trial(number, params, state, metric, folds, parameters)

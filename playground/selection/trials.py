"""What a trial of a search came to, as values: numbers by fold, means, and JSON. Knows numpy only.

Where trials are kept is in study.py, what can be read off many of them in tuning_results.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import sqrt
from typing import Any, Literal

from playground.selection.pooled import Pooled
from playground.selection.runs import mean_and_sd
from playground.selection.space import Params

State = Literal["done", "pruned", "failed"]
LOWER_IS_BETTER = frozenset({"loss", "rmse", "mae"})
METRICS = ("accuracy", "r2", "rmse", "mae", "loss")
Measured = Mapping[str, float]
"""Scores by name: loss, and accuracy or rmse, mae and r2."""


@dataclass(frozen=True)
class FoldScore:
    """One fold of a trial; both scores are of the weights it ended with."""

    train: Measured
    valid: Measured
    epochs: int = 0
    best_epoch: int = 0


@dataclass(frozen=True)
class Trial:
    """One choice of settings, and how well it did."""

    number: int
    params: Params
    state: State
    metric: str
    """By which it is judged; one of METRICS."""
    folds: tuple[FoldScore, ...] = ()
    parameters: int = 0
    seconds: float = 0.0
    message: str = field(default="")
    """Why it failed or was given up, for a person."""
    pooled: Pooled | None = None
    """All folds' answers scored at once, where single folds keep back too few for a score of their own."""

    def score(self, part: Literal["train", "valid"], metric: str | None = None) -> tuple[float, float]:
        """Mean and sample standard deviation over the folds; NaN where there are none. Pooled scores have no spread."""
        name = metric or self.metric
        if part == "valid" and self.pooled is not None:
            return self.pooled.measures[name], float("nan")
        values = [getattr(fold, part)[name] for fold in self.folds]
        return mean_and_sd(values) if values else (float("nan"), float("nan"))

    @property
    def valid_mean(self) -> float:
        return self.score("valid")[0]

    @property
    def valid_sd(self) -> float:
        return self.score("valid")[1]

    @property
    def standard_error(self) -> float:
        """Of the validation score: sd / √folds, or over the examples where answers are pooled; NaN for one fold."""
        if self.pooled is not None:
            return self.pooled.errors[self.metric]
        return self.valid_sd / sqrt(len(self.folds)) if self.folds else float("nan")

    @property
    def error(self) -> float:
        """The validation score turned so that less is better."""
        return self.valid_mean if self.metric in LOWER_IS_BETTER else -self.valid_mean

    def to_json(self) -> dict[str, Any]:
        """As `playground tune --json` prints it."""
        return {
            "number": self.number,
            "params": dict(self.params),
            "state": self.state,
            "folds": [
                {"train": dict(fold.train), "valid": dict(fold.valid), "epochs": fold.epochs} for fold in self.folds
            ],
            "valid_mean": self.valid_mean,
            "valid_sd": self.valid_sd,
            "pooled": asdict(self.pooled) if self.pooled is not None else None,
            "parameters": self.parameters,
            "seconds": self.seconds,
            "message": self.message,
        }


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Those that were done, the best first; of equals the one with the lower validation loss, then the smaller."""
    done = [trial for trial in trials if trial.state == "done"]
    return sorted(
        done, key=lambda trial: (trial.error, trial.score("valid", "loss")[0], trial.parameters, trial.number)
    )


def default_metric(task: str) -> str:
    """By what a task is judged."""
    return "accuracy" if task == "classes" else "r2"

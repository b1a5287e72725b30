"""What models answered, and what the comparison says of them: plain values. The figures are made in compare.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal

from numpy.typing import NDArray

Kind = Literal["network", "baseline", "run", "project"]
"""network: the one on the screen. run: of the history. project: of another file."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one model answered on the validation part."""

    name: str
    title: str
    kind: Kind
    predictions: NDArray[Any]
    """Classes (n,) or (n, steps), or numbers (n, columns) in the data's own units."""
    loss: float
    """On the validation part, in the network's own loss."""
    parameters: int
    seconds: float
    """Time of fitting."""
    note: str = ""
    """What a person should know of the fit."""
    predict_seconds: float = nan
    """Time to answer one example, as a part of the whole validation part at once; NaN if it was not measured."""
    multiply_adds: int | None = None
    """For one example, forward; None where they are not counted so, as in a forest."""
    coefficients: NDArray[Any] | None = None
    """Only of a linear model: (outputs, inputs), on scaled inputs."""
    intercept: NDArray[Any] | None = None
    """(outputs,)"""
    strength: float | None = None
    """C or alpha of its penalty, as scikit-learn counts it."""
    unseen: NDArray[Any] | None = None
    """Only of a baseline: its answers on the test part, which nobody scores before the final exam."""
    is_linear: bool = False
    """Only of a network: whether it is one linear map."""
    truth: NDArray[Any] | None = None
    """Only for answers to other examples than the network's: what would have been right. No pair is judged then."""


@dataclass(frozen=True)
class Row:
    """One model in the table."""

    name: str
    kind: Kind
    score: float
    """Accuracy, or r2; −inf if some answers are no numbers."""
    low: float
    """Of the 95 % interval: Wilson's for accuracy, the percentile bootstrap's for r2."""
    high: float
    parameters: int
    seconds: float
    title: str = ""
    loss: float = nan
    note: str = ""
    predict_seconds: float = nan
    multiply_adds: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether one model is better than another on the same examples."""

    against: str
    difference: float
    low: float
    high: float
    p_value: float
    better: bool
    text: str
    p_adjusted: float | None = None
    """Holm's, where several models are set against the same one; None for a single pair."""
    test: str = ""
    """How the p-value was found."""


@dataclass(frozen=True)
class Comparison:
    """The table and the verdict; there is none before a baseline is fitted."""

    metric: Literal["accuracy", "r2"]
    n: int
    models: tuple[Row, ...]
    verdict: Verdict | None = None
    """The network against the strongest baseline worth the name."""
    split: str = field(default="valid")
    against: str = ""
    """The model that all others are set against."""
    pairs: Mapping[str, Verdict] = field(default_factory=dict)
    """By name: each other model against that one, with Holm's correction."""
    each: Mapping[str, NDArray[Any]] = field(default_factory=dict, compare=False, repr=False)
    """By name (n,): 1 where a model is right and 0 where not, or the share of steps; for numbers its squared error."""

    def to_json(self) -> dict[str, Any]:
        """As `playground compare --json` prints it."""
        keys = ("name", "kind", "score", "low", "high", "parameters", "seconds")
        judged = ("against", "difference", "low", "high", "p_value", "better", "text")
        return {
            "metric": self.metric,
            "split": self.split,
            "n": self.n,
            "models": [{key: getattr(row, key) for key in keys} for row in self.models],
            "verdict": {key: getattr(self.verdict, key) for key in judged} if self.verdict else None,
        }

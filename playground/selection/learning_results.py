"""What a learning curve comes to, as plain values.

Worked out in learning_summary.py, put into words in learning_words.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.selection.learning_curve import Metric
from playground.selection.power_law import PowerLaw

Fitting = Literal["over-fitting", "under-fitting", "neither"]


@dataclass(frozen=True)
class SizeScore:
    """One model at one size."""

    n: int
    repeats: int
    """That were trained to the end."""
    valid: float
    """Mean of the validation scores."""
    low: float
    """Of Student's 95 % interval of that mean; NaN for a single repeat."""
    high: float
    train: float
    """Mean of the scores on the subsets themselves."""


@dataclass(frozen=True)
class Foreseen:
    """What the law says of more data."""

    n: int
    score: float
    half: float
    """Half of the 95 % interval; NaN for too few repeats."""


@dataclass(frozen=True)
class ModelCurve:
    """One model over all sizes."""

    model: str
    sizes: tuple[SizeScore, ...]
    law: PowerLaw | None
    """Of the error, 1 − score; None if none can be fitted."""
    is_trusted: bool
    """Whether the law may be drawn on beyond the data."""
    foreseen: Foreseen | None
    """Only where the law is trusted."""


@dataclass(frozen=True)
class Overtaking:
    """From how many examples on the network is ahead of a baseline."""

    baseline: str
    n: int | None
    """Smallest size from which on, at all larger ones too, the whole interval of the difference is above 0."""
    crossing: float | None
    """Where the mean difference becomes positive for good, between two sizes on the logarithmic axis; None where it
    never does, or is from the beginning."""
    low: float
    """Of the 95 % interval of the crossing, over bootstrapped repeats; NaN where it is not known. The smallest size
    stands for “before it”."""
    high: float
    """inf: not within the data."""


@dataclass(frozen=True)
class Gap:
    """Training score minus validation score at the largest size."""

    n: int
    gap: float
    low: float
    high: float
    kind: Fitting


@dataclass(frozen=True)
class LearningSummary:
    """All that the points say."""

    metric: Metric
    curves: tuple[ModelCurve, ...]
    overtaking: tuple[Overtaking, ...]
    """One a baseline."""
    gap: Gap | None
    """The network's."""
    text: tuple[str, ...]
    """In plain words, a sentence or two each."""

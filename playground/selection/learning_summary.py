"""What the points of a learning curve say: means, a power law, where the network overtakes, which gap is left.

The points are learning_curve.py's, the law is power_law.py's, the words learning_words.py's. Intervals are over
repeats: over other examples and seeds, with the same validation part, whose own uncertainty is said in enough.py and
comes on top. Towards the right end the repeats share most of their examples, at the very end all of them, so that
there the interval is too narrow for other examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, isfinite, nan, sqrt
from typing import Literal

import numpy as np

from playground.selection.learning_curve import NETWORK, Metric, PointDone
from playground.selection.learning_results import (
    Fitting,
    Foreseen,
    Gap,
    LearningSummary,
    ModelCurve,
    Overtaking,
    SizeScore,
)
from playground.selection.learning_words import told
from playground.selection.power_law import Array, PowerLaw, fit_power_law, trusted
from playground.selection.statistics import Z95

DRAWS = 200
"""Bootstrap draws of repeats."""
FEWEST = 3
"""Repeats from which on an interval is given for what is drawn from the law, or from where curves cross."""
GAP = {"accuracy": 0.05, "r2": 0.1}
"""Training score above the validation score by so much is called over-fitting."""
MORE = 2.0
"""How many times the data are looked ahead for."""


def student_interval(values: Sequence[float]) -> tuple[float, float]:
    """Student's 95 % interval of a mean; NaN for fewer than two values.

    >>> low, high = student_interval([1.0, 2.0, 3.0])
    >>> round(low, 3), round(high, 3)
    (-0.484, 4.484)
    """
    from scipy.special import stdtrit

    count = len(values)
    if count < 2:
        return nan, nan
    half = float(stdtrit(count - 1, 0.975)) * float(np.std(values, ddof=1)) / sqrt(count)
    mean = float(np.mean(values))
    return mean - half, mean + half


def summarise(points: Sequence[PointDone], metric: Metric, valid: int) -> LearningSummary:
    """Work out what can be said of the points so far. valid: validation examples. Order does not matter."""
    models = list(dict.fromkeys(point.model for point in points))
    models.sort(key=lambda name: name != NETWORK)
    curves = tuple(_curve(name, points, metric, valid) for name in models)
    rivals = [name for name in models if name != NETWORK] if NETWORK in models else []
    overtaking = tuple(found for name in rivals if (found := _overtaking(name, points)) is not None)
    gap = _gap(points, metric) if NETWORK in models else None
    return LearningSummary(metric, curves, overtaking, gap, told(curves, overtaking, gap, metric))


def _table(
    points: Sequence[PointDone], model: str, part: Literal["train", "valid"] = "valid"
) -> dict[int, dict[int, float]]:
    """Scores by size and repeat, the sizes rising; points that are no numbers left out."""
    found: dict[int, dict[int, float]] = {}
    for point in sorted(points, key=lambda point: (point.n, point.repeat)):
        if point.model == model and isfinite(getattr(point, part)):
            found.setdefault(point.n, {})[point.repeat] = getattr(point, part)
    return found


# One model


def _curve(model: str, points: Sequence[PointDone], metric: Metric, valid: int) -> ModelCurve:
    seen, learned = _table(points, model), _table(points, model, "train")
    sizes = tuple(_size_score(n, scores, learned.get(n, {}), metric) for n, scores in seen.items())
    counts = np.array([each.n for each in sizes], np.float64)
    floor = 1 / (2 * max(1, valid))
    errors = np.array([_error(each.valid, floor) for each in sizes])
    law = fit_power_law(counts, errors)
    halves = np.array([(each.high - each.low) / 2 for each in sizes])
    is_trusted = trusted(counts, errors, np.nan_to_num(halves))
    foreseen = _foreseen(law, seen, floor) if law is not None and is_trusted else None
    return ModelCurve(model, sizes, law, is_trusted, foreseen)


def _size_score(n: int, scores: dict[int, float], learned: dict[int, float], metric: Metric) -> SizeScore:
    low, high = student_interval(list(scores.values()))
    if metric == "accuracy" and isfinite(low):
        low, high = max(0.0, low), min(1.0, high)
    train = float(np.mean(list(learned.values()))) if learned else nan
    return SizeScore(n, len(scores), float(np.mean(list(scores.values()))), low, high, train)


def _error(score: float, floor: float) -> float:
    """1 − score; no smaller than half of one validation example, so that it has a logarithm."""
    return max(floor, 1 - score)


def _foreseen(law: PowerLaw, seen: dict[int, dict[int, float]], floor: float) -> Foreseen:
    """At MORE times the largest size. The interval: of the law over bootstrapped repeats, which go whole since their
    subsets lie within one another, and of how far the points lie off the law.
    """
    sizes = np.array(list(seen), np.float64)
    ahead = float(sizes[-1]) * MORE
    score = 1 - float(law.at(ahead))
    repeats = [repeat for repeat in next(iter(seen.values())) if all(repeat in scores for scores in seen.values())]
    if len(repeats) < FEWEST:
        return Foreseen(round(ahead), score, nan)
    scores = np.array([[each[repeat] for repeat in repeats] for each in seen.values()])
    found = []
    for drawn in _draws(len(repeats)):
        errors = np.array([_error(float(mean), floor) for mean in scores[:, drawn].mean(axis=1)])
        again = fit_power_law(sizes, errors)
        if again is not None:
            found.append(float(again.at(ahead)))
    noise = law.noise * (1 - score) if isfinite(law.noise) else 0.0
    return Foreseen(round(ahead), score, Z95 * sqrt(float(np.var(found)) + noise**2))


def _draws(count: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(0)
    return (random.integers(0, count, count) for _ in range(DRAWS))


# Network and baseline


def _overtaking(baseline: str, points: Sequence[PointDone]) -> Overtaking | None:
    ours, theirs = _table(points, NETWORK), _table(points, baseline)
    gaps = {
        n: {repeat: score - theirs[n][repeat] for repeat, score in scores.items() if repeat in theirs[n]}
        for n, scores in ours.items()
        if n in theirs
    }
    gaps = {n: each for n, each in gaps.items() if each}
    if not gaps:
        return None
    ahead = [n for n, each in gaps.items() if student_interval(list(each.values()))[0] > 0]
    behind = [n for n in gaps if n not in ahead]
    sure = next((n for n in gaps if not behind or n > behind[-1]), None)
    sizes = np.array(list(gaps), np.float64)
    crossing = _crossing(sizes, np.array([np.mean(list(each.values())) for each in gaps.values()]))
    low, high = _crossing_interval(sizes, gaps)
    is_inside = sizes[0] < crossing < np.inf
    return Overtaking(baseline, sure, float(crossing) if is_inside else None, low, high)


def _crossing(sizes: Array, gaps: Array) -> float:
    """Where the differences become positive for good: the smallest size if all are, inf if the last is not."""
    behind = np.flatnonzero(gaps <= 0)
    if not len(behind):
        return float(sizes[0])
    last = int(behind[-1])
    if last == len(gaps) - 1:
        return float("inf")
    share = -gaps[last] / (gaps[last + 1] - gaps[last])
    logs = np.log(sizes)
    return float(np.exp(logs[last] + share * (logs[last + 1] - logs[last])))


def _crossing_interval(sizes: Array, gaps: dict[int, dict[int, float]]) -> tuple[float, float]:
    repeats = [repeat for repeat in next(iter(gaps.values())) if all(repeat in each for each in gaps.values())]
    if len(repeats) < FEWEST:
        return nan, nan
    table = np.array([[each[repeat] for repeat in repeats] for each in gaps.values()])
    found = sorted(_crossing(sizes, table[:, drawn].mean(axis=1)) for drawn in _draws(len(repeats)))
    return found[int(0.025 * len(found))], found[ceil(0.975 * len(found)) - 1]


# Training and validation


def _gap(points: Sequence[PointDone], metric: Metric) -> Gap | None:
    """Over-fitting: the gap is GAP or more, surely above 0. Under-fitting: no such gap, and the network is worse on
    what it has seen than the best baseline is on what that has not seen.
    """
    seen, learned = _table(points, NETWORK), _table(points, NETWORK, "train")
    both = [n for n in seen if n in learned]
    if not both:
        return None
    n = both[-1]
    gaps = [learned[n][repeat] - score for repeat, score in seen[n].items() if repeat in learned[n]]
    if not gaps:
        return None
    (low, high), mean = student_interval(gaps), float(np.mean(gaps))
    others = {point.model for point in points} - {NETWORK}
    rivals = [float(np.mean(list(scores[n].values()))) for name in others if n in (scores := _table(points, name))]
    kind: Fitting = "neither"
    if mean >= GAP[metric] and not low <= 0:
        kind = "over-fitting"
    elif rivals and float(np.mean(list(learned[n].values()))) < max(rivals):
        kind = "under-fitting"
    return Gap(n, mean, low, high, kind)

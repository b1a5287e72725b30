"""What can be read off the trials of a search: curves, maps, what is chosen, and what is to be doubted.

Knows numpy only.

An error is a score turned so that less is better: 1 − accuracy, 1 − r2, or rmse, mae and loss themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.selection.space import Value
from playground.selection.trials import LOWER_IS_BETTER, Trial, ranked

Array = NDArray[np.float64]
Region = Literal["good", "under-fitting", "over-fitting"]
SIMPLER_WHEN_MORE = ("l1", "l2", "rate")
"""Last words of settings, more of which makes a network simpler: penalties, and the share dropped."""
MORE_WHEN_MORE = ("epochs", "units", "filters")
BINS = 12
"""Points of a curve over a range that was drawn from at random."""


@dataclass(frozen=True)
class TuningCurve:
    """Scores against one setting, at each value those of the best trial that has it; lists in the order of values."""

    path: str
    metric: str
    values: tuple[Value, ...]
    train_mean: tuple[float, ...]
    train_sd: tuple[float, ...]
    """Sample standard deviation over the folds; NaN for one fold."""
    valid_mean: tuple[float, ...]
    valid_sd: tuple[float, ...]
    folds: tuple[int, ...]
    best_valid: int
    """Where the validation error is least: an index into the lists."""
    best_train: int
    one_error: int | None
    """Where the simplest network is that is as good as the best within one standard error; None if unknown."""
    regions: tuple[Region, ...]
    trials: tuple[int, ...]
    """Numbers of the trials."""

    def to_json(self) -> dict[str, Any]:
        """As `playground tune --json` prints it."""
        return {
            "path": self.path,
            "metric": self.metric,
            "points": [
                {
                    "value": self.values[at],
                    "trial": self.trials[at],
                    "train_mean": self.train_mean[at],
                    "train_sd": self.train_sd[at],
                    "valid_mean": self.valid_mean[at],
                    "valid_sd": self.valid_sd[at],
                    "region": self.regions[at],
                }
                for at in range(len(self.values))
            ],
            "best": self.values[self.best_valid],
            "one_standard_error": self.values[self.one_error] if self.one_error is not None else None,
        }


def errors(metric: str, scores: Sequence[float]) -> Array:
    """Scores as errors."""
    values = np.asarray(scores, np.float64)
    return values if metric in LOWER_IS_BETTER else 1 - values


def tuning_curve(trials: Sequence[Trial], path: str) -> TuningCurve | None:
    """The curve over one setting, the others at their best; None if no trial was done.

    Of many different numbers, as a random search gives them, BINS neighbouring groups are made and each is shown by
    its best trial.
    """
    chosen = _shown(trials, path)
    if not chosen:
        return None
    metric = chosen[0].metric
    train, valid = ([trial.score(part) for trial in chosen] for part in ("train", "valid"))
    valid_error = errors(metric, [mean for mean, _ in valid])
    train_error = errors(metric, [mean for mean, _ in train])
    best = next(place for place, trial in enumerate(chosen) if trial is ranked(chosen)[0])
    simplest = one_standard_error(chosen)
    return TuningCurve(
        path,
        metric,
        tuple(trial.params[path] for trial in chosen),
        tuple(mean for mean, _ in train),
        tuple(spread for _, spread in train),
        tuple(mean for mean, _ in valid),
        tuple(spread for _, spread in valid),
        tuple(len(trial.folds) for trial in chosen),
        best,
        int(train_error.argmin()),
        next((place for place, trial in enumerate(chosen) if trial is simplest), None),
        regions(train_error, valid_error, chosen[best].standard_error, best),
        tuple(trial.number for trial in chosen),
    )


def _shown(trials: Sequence[Trial], path: str) -> list[Trial]:
    """The best trial of each value, or of each bin of values, in their order."""
    best_first = [trial for trial in ranked(trials) if path in trial.params]
    values = list(dict.fromkeys(trial.params[path] for trial in best_first))
    is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    found: dict[object, Trial] = {}
    if is_number and len(values) > BINS:
        numbers = np.sort(np.asarray(values, np.float64))
        edges = [float(piece[-1]) for piece in np.array_split(numbers, BINS)]
        for trial in best_first:
            found.setdefault(int(np.searchsorted(edges, float(trial.params[path]))), trial)
    else:
        for trial in best_first:
            found.setdefault(trial.params[path], trial)
    chosen = list(found.values())
    if is_number:
        return sorted(chosen, key=lambda trial: float(trial.params[path]))
    return sorted(chosen, key=lambda trial: trial.number)


def regions(train_error: Array, valid_error: Array, spread: float, best: int) -> tuple[Region, ...]:
    """Each point of a curve in a word, by what training and validation errors do against those of the best point.

    "good": the validation error is within two standard errors (0 if unknown) of the least, which chance alone would
    do. Else it is worse, and "under-fitting" if the training error is higher than at the best point too: the network
    cannot, or did not, learn what there is. "over-fitting" if the training error is as low or lower: it learned what
    holds for the training examples alone. Source: Hastie, Tibshirani and Friedman 2009, section 7.2 and figure 7.1:
    training error falls with complexity all the way, test error falls and then rises.
    """
    slack = 0.0 if isnan(spread) else 2 * spread

    def region(train: float, valid: float) -> Region:
        if valid <= valid_error[best] + slack:
            return "good"
        return "under-fitting" if train > train_error[best] else "over-fitting"

    return tuple(region(train, valid) for train, valid in zip(train_error, valid_error, strict=True))


def one_standard_error(trials: Sequence[Trial]) -> Trial | None:
    """The simplest of those whose validation error is at most one standard error above the best; None if unknown.

    Simpler is: fewer parameters; of as many, more penalty or dropout, then fewer epochs; of equals the better.
    Source: Breiman et al. 1984, section 3.4.3; Hastie, Tibshirani and Friedman 2009, section 7.10.1.
    """
    best_first = ranked(trials)
    if not best_first or isnan(most := best_first[0].error + best_first[0].standard_error):
        return None
    return min((trial for trial in best_first if trial.error <= most), key=_complexity)


def simplest_good(trials: Sequence[Trial]) -> Trial | None:
    """What to take: the simplest within one standard error of the best; without one, the simplest of those that tie."""
    best_first = ranked(trials)
    if not best_first:
        return None
    ties = [trial for trial in best_first if trial.error == best_first[0].error]
    return one_standard_error(trials) or min(ties, key=_complexity)


def _complexity(trial: Trial) -> tuple[float, float, float]:
    held, more = 0.0, 0.0
    for path, value in trial.params.items():
        last = path.rpartition(".")[2]
        if isinstance(value, int | float):
            held += float(value) if last in SIMPLER_WHEN_MORE else 0.0
            more += float(value) if last in MORE_WHEN_MORE else 0.0
    return trial.parameters, -held, more


@dataclass(frozen=True, eq=False)
class TuningMap:
    """Validation scores over two settings, the others at their best."""

    across: str
    down: str
    across_values: tuple[Value, ...]
    down_values: tuple[Value, ...]
    scores: Array
    """(down, across); NaN where nothing was tried or all failed."""
    best: tuple[int, int]
    """Row and column of the best."""


def tuning_map(trials: Sequence[Trial], across: str, down: str) -> TuningMap | None:
    """The map of two varied settings; None if no trial was done."""
    best_first = [trial for trial in ranked(trials) if across in trial.params and down in trial.params]
    if not best_first:
        return None
    columns, rows = (_in_order([trial.params[path] for trial in best_first]) for path in (across, down))
    scores = np.full((len(rows), len(columns)), np.nan)
    for trial in reversed(best_first):
        scores[rows.index(trial.params[down]), columns.index(trial.params[across])] = trial.valid_mean
    winner = best_first[0]
    place = rows.index(winner.params[down]), columns.index(winner.params[across])
    return TuningMap(across, down, tuple(columns), tuple(rows), scores, place)


def _in_order(values: list[Value]) -> list[Value]:
    different = list(dict.fromkeys(values))
    if all(isinstance(value, int | float) for value in different):
        return sorted(different)
    return different


def pareto_front(trials: Sequence[Trial]) -> list[Trial]:
    """Trials that none beats both in parameters and in validation error, from the smallest network on."""
    front: list[Trial] = []
    for trial in sorted(ranked(trials), key=lambda each: (each.parameters, each.error)):
        if not front or trial.error < front[-1].error:
            front.append(trial)
    return front


def looked_at(trials: Sequence[Trial]) -> int:
    """Trials whose validation score had a say in the choice."""
    return sum(trial.state in ("done", "pruned") for trial in trials)


def optimism(trials: Sequence[Trial]) -> str:
    """What is to be kept in mind of the winner's score; empty if nothing was chosen from.

    Source: Cawley and Talbot 2010, "On over-fitting in model selection and subsequent selection bias".
    """
    count = looked_at(trials)
    if count < 2:
        return ""
    return (
        f"The winner's validation score is the best of {count:,} that were looked at, and so flatters it. Score it on "
        "examples that had no say: with --nested, or once on the test part by “playground train --final-exam”."
    )


def in_words(curve: TuningCurve) -> list[str]:
    """One sentence for each stretch of values that under-fits, is good, or over-fits."""
    told, begin = [], 0
    for place in range(1, len(curve.values) + 1):
        if place < len(curve.values) and curve.regions[place] == curve.regions[begin]:
            continue
        first, last, region = curve.values[begin], curve.values[place - 1], curve.regions[begin]
        where = f"{first}" if begin == place - 1 else f"{first} to {last}"
        told.append(f"{curve.path} {where}: {_WORDS[region]}")
        begin = place
    return told


_WORDS: dict[Region, str] = {
    "good": "about as good as the best.",
    "under-fitting": "under-fitting: it does worse on the training examples too.",
    "over-fitting": "over-fitting: as good on the training examples, worse on new ones.",
}

"""Nested cross-validation: the score of the search itself, on examples that had no say in what it chose.

In each outer fold the whole search is done on the rows that the fold trains on, and its winner is trained on all of
them and judged on the rest. Source: Varma and Simon 2006, "Bias in error estimation when using cross-validation for
model selection"; Cawley and Talbot 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from math import isfinite, nan

from playground.selection.folds import Division, Folding
from playground.selection.pool import TaskDone, WorkerDied, Workplace
from playground.selection.pooled import Answers, pooled
from playground.selection.runs import RunDone, Subject, Task, mean_and_sd
from playground.selection.space import Params
from playground.selection.study import Plan, Study
from playground.selection.trials import FoldScore, Trial, ranked
from playground.selection.tune import SearchEnded, SearchProgress, Terms, Tuning


@dataclass(frozen=True, slots=True)
class OuterDone:
    """One outer fold: what the search chose in it, and how good that was on the rows kept back. A fact."""

    fold: int
    params: Params
    inner: float
    """The winner's validation score in the search, which flatters it."""
    outer: Trial
    """The winner trained on all rows of the outer fold."""


@dataclass(frozen=True, slots=True)
class NestedDone:
    """The score of the search. A fact."""

    folds: tuple[OuterDone, ...]
    mean: float
    """Over the outer folds, of the metric that was searched by."""
    sd: float
    inner_mean: float
    """What the searches themselves believed."""


def nested_words(found: NestedDone, metric: str) -> str:
    """What came out, in a sentence; the standard deviation is over the outer folds."""
    sd = f" ± {found.sd:.4f}" if isfinite(found.sd) else ""
    return (
        f"The search scores {metric} {found.mean:.4f}{sd} on examples that had no say in it; by its own validation "
        f"it believed {found.inner_mean:.4f}."
    )


def nested(
    make: Callable[[Params], Subject],
    base: Subject,
    plan: Plan,
    terms: Terms,
    outer: Folding,
    count: int,
    place: Callable[[], Workplace],
) -> Generator[OuterDone | SearchProgress | NestedDone, None, None]:
    """Search anew in each of the `count` outer folds. place makes a workplace for each search.

    A fold in which no trial was done is left out. Closing the generator ends all processes.
    """
    done: list[OuterDone] = []
    answers: list[Answers | None] = []
    for fold in range(count):
        own = replace(terms, division=Division(terms.division.folding, outer, fold))
        trials = yield from _searched(Tuning(make, base, Study(replace(plan, url=None)), place(), own))
        best = next(iter(ranked(trials)), None)
        if best is None:
            continue
        task = Task({0: make(best.params)}, Division(outer), (fold,), terms.device, memory=terms.memory, tells=False)
        judged = _judged(task, place(), best)
        if judged is not None:
            done.append(OuterDone(fold, best.params, best.valid_mean, judged[0]))
            answers.append(judged[1])
            yield done[-1]
    mean, spread = mean_and_sd([each.outer.valid_mean for each in done]) if done else (nan, nan)
    if (whole := pooled(answers)) is not None:
        mean, spread = whole.measures[plan.metric], nan
    yield NestedDone(tuple(done), mean, spread, mean_and_sd([each.inner for each in done])[0] if done else nan)


def _searched(tuning: Tuning) -> Generator[SearchProgress, None, tuple[Trial, ...]]:
    trials: tuple[Trial, ...] = ()
    for event in tuning.events():
        if isinstance(event, SearchProgress):
            yield event
        elif isinstance(event, SearchEnded):
            trials = event.trials
    return trials


def _judged(task: Task, place: Workplace, best: Trial) -> tuple[Trial, Answers | None] | None:
    """The winner trained on the outer fold's rows, with its answers where they are pooled; None if that failed."""
    found: tuple[Trial, Answers | None] | None = None
    try:
        place.submit(task)
        while True:
            for said in place.news(1.0):
                if isinstance(said, TaskDone | WorkerDied):
                    return found
                if isinstance(said, RunDone):
                    score = FoldScore(said.train.flat(), said.valid.flat(), said.epochs, said.best_epoch)
                    found = replace(best, folds=(score,), seconds=said.seconds, pooled=None), said.answers
    finally:
        place.close()

"""Cross-validation: a network, or a baseline, trained on each fold and judged on what the fold keeps back.

Networks are trained as one batched model, one after another, or side by side in processes: the same numbers each way
but for rounding, which stays below 1e-5 unless the learning rate is so large that training is chaotic. What a fold
keeps back has no say in when its network stops (stopping.py); where it keeps back too little for a score of its own,
answers are pooled (pooled.py). Folds are made in folds.py, runs are trained in performing.py. Source: Stone 1974;
Hastie, Tibshirani and Friedman 2009, "The elements of statistical learning", section 7.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Literal

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Examples
from playground.data.split import rebuilding
from playground.engine.events import EpochDone, Reason, Scores
from playground.engine.measures import accuracy, regression
from playground.engine.recipe import Recipe
from playground.graph.model import Graph
from playground.selection.folds import Division, Folding, Folds
from playground.selection.pool import Here, News, Pool, TaskDone, WorkerDied, Workplace, cores
from playground.selection.pooled import Answers, Pooled, answers_of, pooled
from playground.selection.runs import RunDone, RunEpoch, RunFailed, RunStarted, Subject, Task, mean_and_sd

Way = Literal["auto", "stacked", "one by one", "side by side"]


@dataclass(frozen=True, slots=True)
class FoldStarted:
    """A fold begins. A fact."""

    fold: int
    train: int
    """Examples to train on."""
    valid: int


@dataclass(frozen=True, slots=True)
class FoldEpoch:
    """One epoch of one fold."""

    fold: int
    done: EpochDone


@dataclass(frozen=True, slots=True)
class FoldDone:
    """A fold is done; both scores are of the weights it ended with. A fact."""

    fold: int
    train: Scores
    valid: Scores
    reason: Reason = "epochs"
    best_epoch: int = 0
    seconds: float = 0.0
    curves: tuple[EpochDone, ...] = ()
    answers: Answers | None = None
    """Where the fold keeps back too little for a score of its own."""


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """All folds are done. A fact."""

    folds: tuple[FoldDone, ...]
    mean: Mapping[str, float]
    """Of the validation scores, by name: loss, and accuracy or rmse, mae and r2; or those of `pooled`."""
    sd: Mapping[str, float]
    """Sample standard deviations over the folds (n − 1); NaN where scores are pooled."""
    pooled: Pooled | None = None
    """All folds' answers scored at once, where single folds have too few."""


Event = FoldStarted | FoldEpoch | FoldDone | CrossValidated


class FoldProblem(Exception):
    """A fold that could not be trained: one sentence for a person."""


def cross_validate(
    graph: Graph,
    recipe: Recipe,
    dataset: Dataset,
    choice: DataChoice,
    folding: Folding | Division,
    *,
    way: Way = "auto",
    processes: int | None = None,
    device: str = "cpu",
) -> Iterator[Event]:
    """Train a network on each fold. Closing the generator ends all processes.

    processes: side by side; without it as many as there are cores.
    Raises: DataProblem: If the data cannot be divided so. FoldProblem: If a fold cannot be trained.
    """
    division = folding if isinstance(folding, Division) else Division(folding)
    count, subject, data = len(Folds(dataset, choice, division)), Subject(graph, recipe, choice), {choice: dataset}
    way = _chosen(graph, recipe, count) if way == "auto" else way
    if way == "side by side":
        place: Workplace = Pool(min(processes or cores(), count), datasets=data)
        tasks = [Task({0: subject}, division, (fold,), device, stacks=False) for fold in range(count)]
    else:
        place, tasks = Here(data), [Task({0: subject}, division, None, device, stacks=way == "stacked")]
    done: dict[int, FoldDone] = {}
    try:
        for said in _all_news(place, tasks):
            event = _told(said)
            if isinstance(event, FoldDone):
                done[event.fold] = event
            if event is not None:
                yield event
    finally:
        place.close()
    yield summary([done[fold] for fold in sorted(done)])


def _chosen(graph: Graph, recipe: Recipe, count: int) -> Way:
    from playground.selection.performing import pays_to_stack

    if pays_to_stack(graph, recipe):
        return "stacked"
    return "side by side" if min(cores(), count) > 1 else "one by one"


def _all_news(place: Workplace, tasks: Sequence[Task]) -> Iterator[News]:
    waiting, under_way = list(tasks), 0
    while waiting or under_way:
        while waiting and place.idle:
            place.submit(waiting.pop(0))
            under_way += 1
        for said in place.news(1.0):
            under_way -= isinstance(said, TaskDone)
            yield said


def _told(said: News) -> Event | None:
    if isinstance(said, RunFailed):
        raise FoldProblem(f"Fold {said.fold + 1}: {said.message}" if said.fold >= 0 else said.message)
    if isinstance(said, WorkerDied):
        raise FoldProblem(f"A process that trained a fold ended early (status {said.code}). Is there enough memory?")
    if isinstance(said, RunStarted):
        return FoldStarted(said.fold, said.train, said.valid)
    if isinstance(said, RunEpoch):
        return FoldEpoch(said.fold, said.done)
    if isinstance(said, RunDone):
        return fold_done(said.fold, said)
    return None


def fold_done(fold: int, run: RunDone) -> FoldDone:
    """What a run on a fold came to."""
    return FoldDone(fold, run.train, run.valid, run.reason, run.best_epoch, run.seconds, run.curves, run.answers)


def summary(folds: Sequence[FoldDone]) -> CrossValidated:
    """Mean and standard deviation of the validation scores; or the scores of all answers at once."""
    whole = pooled([fold.answers for fold in folds]) if len(folds) > 1 else None
    if whole is not None:
        return CrossValidated(tuple(folds), whole.measures, dict.fromkeys(whole.measures, nan), whole)
    names = folds[0].valid.flat()
    figures = {name: mean_and_sd([fold.valid.flat()[name] for fold in folds]) for name in names}
    return CrossValidated(
        tuple(folds),
        {name: mean for name, (mean, _) in figures.items()},
        {name: spread for name, (_, spread) in figures.items()},
    )


@dataclass(frozen=True)
class BaselineFolds:
    """A baseline on each fold: its validation scores, and what they come to."""

    name: str
    folds: tuple[Scores, ...]
    mean: Mapping[str, float]
    sd: Mapping[str, float]
    seconds: float
    answers: tuple[Answers | None, ...] = ()
    pooled: Pooled | None = None


@dataclass(frozen=True, slots=True)
class BaselineFold:
    """A baseline was fitted to one more fold. A frame."""

    name: str
    done: int
    total: int


def cross_validate_baseline(
    name: str, dataset: Dataset, choice: DataChoice, folding: Folding | Division, loss: str
) -> BaselineFolds:
    """What fit_folds ends with."""
    *_, last = fit_folds(name, dataset, choice, folding, loss)
    assert isinstance(last, BaselineFolds)
    return last


def fit_folds(
    name: str, dataset: Dataset, choice: DataChoice, folding: Folding | Division, loss: str
) -> Iterator[BaselineFold | BaselineFolds]:
    """Fit a baseline to each fold's training rows and score it on the rest: scikit-learn's cross_val_score.

    loss: the network's, as for baselines.fit; "rebuilding" where the input is to be given back.
    Raises: BaselineProblem: If there is no such baseline for these data. DataProblem: If they cannot be divided so.
    """
    from playground.selection.baselines import fit

    scores: list[Scores] = []
    answers: list[Answers | None] = []
    seconds = 0.0
    folds = Folds(dataset, choice, folding)
    for examples in folds:
        examples = rebuilding(examples) if loss == "rebuilding" else examples
        outcome = fit(name, examples, loss)
        seconds += outcome.seconds
        scores.append(Scores(outcome.loss, _measures(examples, outcome.predictions)))
        answers.append(answers_of(examples, examples.valid, outcome.predictions, outcome.loss))
        yield BaselineFold(name, len(scores), len(folds))
    both = zip(scores, answers, strict=True)
    whole = summary([FoldDone(place, each, each, answers=own) for place, (each, own) in enumerate(both)])
    yield BaselineFolds(name, tuple(scores), whole.mean, whole.sd, seconds, tuple(answers), whole.pooled)


def _measures(examples: Examples, predictions: np.ndarray) -> dict[str, float]:
    wanted = examples.valid.targets
    if examples.targets is None:
        return {"accuracy": accuracy(wanted, predictions)}
    return regression(examples.targets.undo(wanted.astype(np.float32)), predictions, examples.is_rebuilding)

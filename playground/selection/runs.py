"""What is to be trained, as values that can be sent to another process, and what is heard of it.

A trial is one choice of settings, a run is a trial on one fold. How runs are trained is in performing.py, which
process does it in pool.py. Knows no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from playground.data.dataset import DataChoice, Dataset, Examples
from playground.engine.events import EpochDone, Reason, Scores
from playground.engine.recipe import Recipe
from playground.graph.model import Graph
from playground.selection.folds import Division, Folds
from playground.selection.pooled import Answers

KEPT_BYTES = 256 * 2**20
"""Examples of folds that are kept at hand."""
KEPT_DATASETS = 3


@dataclass(frozen=True)
class Subject:
    """What is trained."""

    graph: Graph
    recipe: Recipe
    data: DataChoice
    adapts: bool = False
    """Whether the network's ends are to follow the data, since a setting of the data is varied."""


@dataclass(frozen=True)
class Task:
    """Trials to be trained, each on the same folds; small enough to be sent to another process."""

    trials: Mapping[int, Subject]
    division: Division = field(default_factory=Division)
    folds: tuple[int, ...] | None = None
    """Which of them; None for all."""
    device: str = "cpu"
    stacks: bool = True
    """Whether networks may be trained together."""
    memory: int | None = None
    """Bytes that a network may take, for checking."""
    tells: bool = True
    """Whether each epoch of each run is told also where they are trained together."""


@dataclass(frozen=True, slots=True)
class Divided:
    """A trial's data have been divided. Comes before its runs."""

    trial: int
    folds: int


@dataclass(frozen=True, slots=True)
class RunStarted:
    """One fold begins."""

    trial: int
    fold: int
    train: int
    """Examples to train on, with those that choose the epoch."""
    valid: int
    """Examples that it is judged on."""


@dataclass(frozen=True, slots=True)
class RunEpoch:
    """One epoch of one run; its validation scores are of what chooses the epoch."""

    trial: int
    fold: int
    done: EpochDone


@dataclass(frozen=True, slots=True)
class Together:
    """An epoch of runs that are trained together. A frame: only the newest matters."""

    trials: tuple[int, ...]
    epoch: int
    epochs: int


@dataclass(frozen=True, slots=True)
class RunDone:
    """One fold is done; both scores are of the weights it ended with."""

    trial: int
    fold: int
    train: Scores
    valid: Scores
    """On what the fold keeps back, which had no say in the weights."""
    reason: Reason
    epochs: int
    best_epoch: int
    parameters: int
    seconds: float
    curves: tuple[EpochDone, ...] = ()
    is_stacked: bool = False
    answers: Answers | None = None
    """To what the fold keeps back, where that is too little for a score of its own."""


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run, or the whole trial where there is no fold (−1), could not be trained: one sentence for a person."""

    trial: int
    fold: int
    message: str


Message = Divided | RunStarted | RunEpoch | Together | RunDone | RunFailed


class Bench:
    """Data sets, folds and their examples, kept at hand while they fit."""

    def __init__(self, datasets: Mapping[DataChoice, Dataset] | None = None) -> None:
        self._datasets = dict(datasets or {})
        self._given = frozenset(self._datasets)
        self._folds: dict[tuple[DataChoice, Division], Folds] = {}
        self._examples: dict[tuple[DataChoice, Division, int, bool], Examples] = {}

    def dataset(self, choice: DataChoice) -> Dataset:
        """Read, or at hand. Raises DataProblem."""
        if choice not in self._datasets:
            from playground.data.catalogue import load

            read = [each for each in self._datasets if each not in self._given]
            if len(read) >= KEPT_DATASETS:
                del self._datasets[read[0]]
            self._datasets[choice] = load(choice)
        return self._datasets[choice]

    def folds(self, choice: DataChoice, division: Division) -> Folds:
        """The folds; raises DataProblem."""
        key = choice, division
        if key not in self._folds:
            while len(self._folds) >= KEPT_DATASETS:
                del self._folds[next(iter(self._folds))]
            self._folds[key] = Folds(self.dataset(choice), choice, division)
        return self._folds[key]

    def examples(self, choice: DataChoice, division: Division, fold: int, stops: bool = False) -> Examples:
        """The same object each time, while it is kept: stacked runs share it. stops: as Folds.stopping() has it."""
        key = choice, division, fold, stops
        if key not in self._examples:
            folds = self.folds(choice, division)
            made = folds.stopping(fold) if stops else folds[fold]
            while self._examples and sum(each.nbytes for each in self._examples.values()) + made.nbytes > KEPT_BYTES:
                del self._examples[next(iter(self._examples))]
            self._examples[key] = made
        return self._examples[key]


@dataclass(frozen=True, eq=False)
class Run:
    """One fold of one trial, ready to be trained."""

    trial: int
    fold: int
    graph: Graph
    recipe: Recipe
    examples: Callable[[], Examples]
    parameters: int
    work: int
    """Multiply-adds of a batch."""


def sentence(error: BaseException) -> str:
    """What went wrong, for a person."""
    if isinstance(error, MemoryError):
        return "The memory is not enough. Try a smaller network, smaller batches or fewer data."
    return (str(error).splitlines() or [type(error).__name__])[0]


def mean_and_sd(values: list[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (n − 1); that of a single value is not known: NaN."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return float(np.mean(values)), spread

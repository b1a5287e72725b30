"""The search for good settings: trials taken from a study, trained at a workplace, and told as they are done.

What a trial trains is asked of `make`, since what a setting is, only playground.app knows. Workplaces are in pool.py,
the study in study.py, what can be read off the trials in tuning_results.py, nested folds in nested.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, inf, isfinite
from typing import Literal

import numpy as np

from playground.selection.folds import Division
from playground.selection.pool import News, TaskDone, WorkerDied, Workplace
from playground.selection.pooled import pooled
from playground.selection.runs import Divided, RunDone, RunEpoch, RunFailed, Subject, Task, Together, sentence
from playground.selection.space import Params
from playground.selection.study import Study
from playground.selection.trials import FoldScore, State, Trial

WAIT = 0.2
"""Seconds after which a search looks up from waiting."""
FRAME = 0.1
"""Seconds between two SearchProgress frames."""
MEMBERS = 128
"""Runs that are trained as one batched model at most: more are hardly faster, and more is lost when it is stopped."""
AT_ONCE = 5
"""Trials that TPE proposes before it hears of their scores, where they are trained together."""
REPORTS = 20
"""Times in a run that a score is reported to the pruner."""
TRIES = 2
"""How often a trial is begun whose process dies."""


Reason = Literal["trials", "minutes", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial begins. A fact."""

    number: int
    params: Params


@dataclass(frozen=True, slots=True)
class TrialDone:
    """A trial is over: done, given up, or failed. A fact."""

    trial: Trial


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far the trials under way are. A frame: only the newest matters."""

    done: int
    """Trials that are over."""
    left: float
    """Trials still to be taken; infinite without a limit."""
    under_way: int
    share: float
    """How many whole trials those under way come to, by their epochs."""


@dataclass(frozen=True, slots=True)
class SearchEnded:
    """The search is over. A fact."""

    reason: Reason
    trials: tuple[Trial, ...]
    """All of the study, those of earlier and other processes too."""
    message: str = ""


Event = TrialStarted | TrialDone | SearchProgress | SearchEnded


@dataclass
class _Open:
    """A trial under way."""

    params: Params
    subject: Subject
    folds: int = 0
    done: dict[int, RunDone] = field(default_factory=dict)
    epochs: int = 0
    tries: int = 1


@dataclass(frozen=True)
class Terms:
    """How trials are trained."""

    division: Division = field(default_factory=Division)
    device: str = "cpu"
    minutes: float | None = None
    prunes: bool = True
    """Whether hopeless trials of a random or TPE search are given up half way."""
    stacks: bool = True
    memory: int | None = None


class Tuning:
    """One search. events() makes it go; stop() ends it, and it can be gone on with."""

    def __init__(
        self, make: Callable[[Params], Subject], base: Subject, study: Study, place: Workplace, terms: Terms
    ) -> None:
        self._make, self._study, self._place, self._terms = make, study, place, terms
        self._open: dict[int, _Open] = {}
        self._again: list[int] = []
        """Trials whose process died, to be begun once more."""
        self._facts: list[Event] = []
        self._over = 0
        self._stopping = False
        self._waiting_since = 0.0
        self._base = base
        self._metric = study.plan.metric

    def stop(self) -> None:
        """End soon; trials under way are put back."""
        self._stopping = True

    def events(self) -> Iterator[Event]:
        """Search to the end of the budget. Closing the generator is stopping."""
        deadline = time.monotonic() + self._terms.minutes * 60 if self._terms.minutes is not None else inf
        self._over, told = len(self._study.results()), 0.0
        try:
            while not self._stopping and time.monotonic() < deadline:
                self._fill()
                if not self._open and not self._facts and not self._waits_for_others():
                    break
                for said in self._place.news(WAIT):
                    self._hear(said)
                self._study.beat()
                yield from self._facts
                self._facts.clear()
                if time.monotonic() - told > FRAME:
                    told = time.monotonic()
                    yield self._progress()
        finally:
            self._place.close()
            self._study.put_back()
        is_late = not self._stopping and time.monotonic() >= deadline
        reason: Reason = "stopped" if self._stopping else "minutes" if is_late else "trials"
        yield SearchEnded(reason, self._study.results())

    def _waits_for_others(self) -> bool:
        """Whether trials of another process may turn out to be left behind by it; if so, wait a moment."""
        if self._study.left:
            return True
        if not self._study.has_others:
            return False
        now = time.monotonic()
        self._waiting_since = self._waiting_since or now
        if now - self._waiting_since > self._study.plan.grace + 2 * self._study.plan.beat:
            return False
        time.sleep(WAIT)
        return True

    def _progress(self) -> SearchProgress:
        shares = [trial.epochs / max(1, trial.folds * trial.subject.recipe.epochs) for trial in self._open.values()]
        return SearchProgress(self._over, self._study.left, len(self._open), sum(min(1.0, share) for share in shares))

    # Beginning trials

    @cached_property
    def _prunes(self) -> bool:
        return self._terms.prunes and self._study.plan.search != "grid" and self._at_once == 1

    @cached_property
    def _at_once(self) -> int:
        """How many trials may be trained as one batched model; 1 if they cannot. Imports torch."""
        if not self._terms.stacks:
            return 1
        from playground.selection.performing import pays_to_stack

        try:
            if not pays_to_stack(self._base.graph, self._base.recipe):
                return 1
        except Exception:  # noqa: BLE001 - what is wrong with it, each trial says for itself
            return 1
        folding = self._terms.division.folding
        folds = MEMBERS if folding.kind == "leave-one-out" else folding.count * folding.repeats
        most = max(1, MEMBERS // folds)
        return min(most, AT_ONCE) if self._study.plan.search == "tpe" else most

    def _fill(self) -> None:
        """Give each idle worker its share of the trials that are left."""
        while self._place.idle:
            if self._again:
                self._submit([self._again.pop()])
                continue
            left = self._study.left
            if not left:
                return
            share = ceil(left / self._place.processes) if left < inf else self._at_once
            numbers = [self._take() for _ in range(min(self._at_once, share))]
            taken = [number for number in numbers if number is not None]
            if taken:
                self._submit(taken)
            if len(taken) < len(numbers):
                return

    def _take(self) -> int | None:
        """The next trial; None if there is none, or if its settings are refused, which ends it."""
        taken = self._study.take()
        if taken is None:
            return None
        number, params = taken
        self._facts.append(TrialStarted(number, params))
        try:
            subject = self._make(params)
        except Exception as error:  # noqa: BLE001 - it is told to the person
            self._end(Trial(number, params, "failed", self._metric, message=sentence(error)))
            return None
        self._open[number] = _Open(params, subject)
        return number

    def _submit(self, numbers: list[int]) -> None:
        terms = self._terms
        trials = {number: self._open[number].subject for number in numbers}
        self._place.submit(Task(trials, terms.division, None, terms.device, terms.stacks, terms.memory, tells=False))

    # Hearing of them

    def _hear(self, said: News) -> None:
        if isinstance(said, WorkerDied):
            self._died(said)
        elif isinstance(said, Together):
            for number in said.trials:
                if number in self._open:
                    self._open[number].epochs = said.epoch * self._open[number].folds
        elif not isinstance(said, TaskDone) and said.trial in self._open:
            self._hear_of(self._open[said.trial], said)

    def _hear_of(self, trial: _Open, said: News) -> None:
        if isinstance(said, Divided):
            trial.folds = said.folds
        elif isinstance(said, RunEpoch):
            trial.epochs += 1
            every = max(1, trial.subject.recipe.epochs // REPORTS)
            if trial.folds == 1 and said.done.epoch % every == 0:
                self._report(said.trial, trial, said.done.valid.flat()[self._metric], said.done.epoch)
        elif isinstance(said, RunDone):
            trial.done[said.fold] = said
            trial.epochs = max(trial.epochs, len(trial.done) * trial.subject.recipe.epochs)
            if len(trial.done) == trial.folds:
                self._end(_result(said.trial, trial, "done", self._metric))
            else:
                self._report(said.trial, trial, _so_far(trial, self._metric), len(trial.done))
        elif isinstance(said, RunFailed):
            where = f"Fold {said.fold + 1}: " if said.fold >= 0 and trial.folds > 1 else ""
            self._end(_result(said.trial, trial, "failed", self._metric, where + said.message))

    def _report(self, number: int, trial: _Open, score: float, step: int) -> None:
        """Give a trial up half way if it is worse than half of the others were there."""
        if not self._prunes or not isfinite(score) or not self._study.report(number, score, step):
            return
        self._place.drop(number)
        unit = "epoch" if trial.folds == 1 else "fold"
        told = f"Given up after {step} {unit}{'' if step == 1 else 's'}: worse than the median of the others there."
        self._end(_result(number, trial, "pruned", self._metric, told))

    def _died(self, said: WorkerDied) -> None:
        """Begin its trials once more, each by itself: it may be one of them that ended the process."""
        for number in said.task.trials:
            trial = self._open.get(number)
            if trial is None:
                continue
            if trial.tries < TRIES:
                trial.tries, trial.done, trial.epochs = trial.tries + 1, {}, 0
                self._again.append(number)
                continue
            told = (
                f"The process that trained it ended early, twice (status {said.code}). If memory was not enough, try a "
                "smaller network or batch."
            )
            self._end(_result(number, trial, "failed", self._metric, told))

    def _end(self, result: Trial) -> None:
        self._open.pop(result.number, None)
        self._over += 1
        self._facts.append(TrialDone(self._study.end(result)))


def _so_far(trial: _Open, metric: str) -> float:
    """The score over the folds that are done."""
    runs = list(trial.done.values())
    whole = pooled([run.answers for run in runs], with_interval=False)
    return whole.measures[metric] if whole else float(np.mean([run.valid.flat()[metric] for run in runs]))


def _result(number: int, trial: _Open, state: State, metric: str, message: str = "") -> Trial:
    runs = [trial.done[fold] for fold in sorted(trial.done)]
    folds = tuple(FoldScore(run.train.flat(), run.valid.flat(), run.epochs, run.best_epoch) for run in runs)
    parameters = runs[0].parameters if runs else 0
    seconds = sum(run.seconds for run in runs)
    whole = pooled([run.answers for run in runs]) if len(runs) > 1 else None
    return Trial(number, trial.params, state, metric, folds, parameters, seconds, message, whole)

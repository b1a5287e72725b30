"""The same network again and again, on folds, with other seeds or on more and more examples, in a process of its own.

Folds are playground.selection.crossval's, growing parts of the data playground.selection.learning_curve's. Knows
neither Qt nor torch; what comes out is read by a pane.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from playground.app.child import Child
from playground.app.document import Document
from playground.app.runner import Mailbox
from playground.selection.folds import Folding
from playground.selection.learning_curve import CurvePlan
from playground.selection.main_loss import loss_of

NICE = 10
"""How much lower than usual the priority is: the window and its run come first."""
FRAMES = ("FoldEpoch", "CurveProgress", "BaselineFold")
"""Events that may wait for others,"""
OFTEN = 0.1
"""so many seconds."""


@dataclass(frozen=True)
class RepeatPlan:
    """What is repeated: on the folds of a division, or with so many seeds on the project's own split."""

    folding: Folding | None = None
    seeds: int = 0
    baselines: tuple[str, ...] = ()
    """Fitted to the same folds; for seeds to the one split."""

    @property
    def is_folds(self) -> bool:
        return self.folding is not None


@dataclass(frozen=True, slots=True)
class RepeatEnded:
    """It is over. A fact; message: what went wrong, empty if nothing did."""

    message: str = ""


class Repeating:
    """Events of crossval, or of learning_curve for a CurvePlan, come into the mailbox, RepeatEnded last."""

    def __init__(self, document: Document, plan: RepeatPlan | CurvePlan, mailbox: Mailbox) -> None:
        self.document, self.plan = document, plan
        self._mailbox = mailbox
        self._child = Child(daemon=False)  # it has workers of its own
        self._thread = threading.Thread(target=self._work, name="repeats", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Kill it; what came so far stays."""
        self._child.kill()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if it still runs."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self, timeout: float = 2.0) -> None:
        """Stop, and wait for its end."""
        self.stop()
        self.join(timeout)

    def _work(self) -> None:
        try:
            words = self._child.begin(_repeat, self.document, self.plan)
        except (OSError, RuntimeError) as error:
            self._mailbox.put(RepeatEnded(f"It could not begin: {error}."))
            return
        if words is None:  # stopped before it began
            self._mailbox.put(RepeatEnded())
            return
        ended = None
        while ended is None:
            try:
                events = words.recv()
            except (EOFError, OSError):
                ended = RepeatEnded(
                    "" if self._child.killed else "The process that trained ended early. Start it again."
                )
                self._mailbox.put(ended)
                break
            for event in events:
                self._mailbox.put(event)
                ended = event if isinstance(event, RepeatEnded) else ended
        self._child.join()
        words.close()


def _repeat(document: Document, plan: RepeatPlan | CurvePlan, theirs: Connection) -> None:
    """In the child: train, and send what happens, some events at a time."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    waiting: list[Any] = []
    sent = monotonic()
    try:
        for event in _events(document, plan):
            waiting.append(event)
            if monotonic() - sent > OFTEN or type(event).__name__ not in FRAMES:
                theirs.send(waiting)
                waiting, sent = [], monotonic()
        theirs.send([*waiting, RepeatEnded()])
    except Exception as error:  # noqa: BLE001 - it is told to the person
        theirs.send([*waiting, RepeatEnded(str(error) or type(error).__name__)])


def _events(document: Document, plan: RepeatPlan | CurvePlan) -> Iterator[Any]:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield from _curve(document, plan) if isinstance(plan, CurvePlan) else _runs(document, plan)


def _curve(document: Document, plan: CurvePlan) -> Iterator[Any]:
    from playground.app.loading import prepared
    from playground.selection.learning_curve import LearningCurve

    yield from LearningCurve(document.graph, document.recipe, prepared(document.data), document.data, plan).events()


def _runs(document: Document, plan: RepeatPlan) -> Iterator[Any]:
    from playground.data.catalogue import load
    from playground.selection.crossval import cross_validate, fit_folds
    from playground.selection.folds import HOLDOUT
    from playground.selection.pool import cores

    dataset = load(document.data)
    folding = plan.folding or HOLDOUT
    for name in plan.baselines:
        yield from fit_folds(name, dataset, document.data, folding, loss_of(document.graph))
    if plan.is_folds:
        side = max(1, cores() - 1)
        yield from cross_validate(document.graph, document.recipe, dataset, document.data, folding, processes=side)
    else:
        yield from _seeds(document, plan.seeds, dataset)


def _seeds(document: Document, count: int, dataset: Any) -> Iterator[Any]:
    """As of folds, the number of the seed in the fold's place."""
    from playground.selection.crossval import FoldEpoch, FoldProblem, FoldStarted, fold_done, summary
    from playground.selection.folds import Division
    from playground.selection.pool import Here
    from playground.selection.runs import RunDone, RunEpoch, RunFailed, RunStarted, Subject, Task

    first = document.recipe.seed
    recipes = [document.recipe.model_copy(update={"seed": first + place}) for place in range(count)]
    trials = {place: Subject(document.graph, recipe, document.data) for place, recipe in enumerate(recipes)}
    place, done = Here({document.data: dataset}), {}
    place.submit(Task(trials, Division(), None, "cpu", True, tells=True))
    while not place.idle:
        for said in place.news(1.0):
            if isinstance(said, RunFailed):
                raise FoldProblem(f"Seed {first + said.trial}: {said.message}")
            if isinstance(said, RunStarted):
                yield FoldStarted(said.trial, said.train, said.valid)
            elif isinstance(said, RunEpoch):
                yield FoldEpoch(said.trial, said.done)
            elif isinstance(said, RunDone):
                done[said.trial] = fold_done(said.trial, said)
                yield done[said.trial]
    yield summary([done[place] for place in sorted(done)])

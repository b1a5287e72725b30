"""Going back in the time of a session's learning: moments are taken as it learns, looked at, resumed and forked.

Moments are copied on the training thread, which spends at most SHARE of its time on them. To look at one, a second run
that never learns is given its weights, and session.ask() asks that one: every pane shows what was then. Which moments
are kept is decided in pasts.py. Knows neither Qt nor torch.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from playground.app import carried
from playground.app.changes import GoBack
from playground.app.checking import checked
from playground.app.files import Project
from playground.app.pasts import Past, Pasts
from playground.app.runner import Mailbox, Run
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import Ended, EpochDone, Progress, Started

if TYPE_CHECKING:
    from playground.app.document import Document
    from playground.app.edit_marks import Mark
    from playground.app.session import Session
    from playground.data.dataset import Examples
    from playground.engine.train import Training
    from playground.graph.check import Report

T = TypeVar("T")
SHARE = 0.02
"""Of the training thread's time that taking moments may cost."""
LEAST = 0.2
"""Seconds between two of them at least: small networks do hundreds of epochs a second."""
NUMBERS = 4
"""Numbers kept for each weight, at most: itself, the best epoch's, and two of the optimiser's."""
WITHIN = 2.0
"""Seconds since the last one after which one is taken in the middle of an epoch."""


@dataclass(frozen=True)
class _Coming:
    """A moment that was asked for."""

    answer: Future[tuple[Checkpoint, int] | None]
    document: Document
    offset: int


class Timeline:
    """The past of one session. Everything but hear() is called on the session's own thread."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.perf_counter) -> None:
        self._session, self._clock = session, clock
        self.pasts = Pasts(session.beside.write)
        self.looked_at: Past | None = None
        """The moment all panes show; None: the present."""
        self._followed: tuple[Run, Document, int] | None = None
        self._due = self._last = 0.0
        self._is_asked = False
        self._coming: deque[_Coming] = deque()
        self.viewer: Run | None = None
        """Who is asked for what was then."""
        self._shown: Future[None] | None = None
        self._report: Report | None = None
        """What is wrong with the present network, while an earlier one is shown."""
        self._showing: Past | None = None
        self._was_running = False
        self.is_too_large = False
        """Whether the network is too large for the budget."""

    # Taking moments

    def follow(self, run: Run, document: Document, offset: int) -> None:
        """Take moments of this run from now on; offset: epochs on its curves that it does not count."""
        self._followed, self._due, self._is_asked = (run, document, offset), 0.0, False

    def hear(self, event: Any) -> None:
        """An event of the run, on the thread that trains: what is asked for now is answered before the next step."""
        if isinstance(event, Ended) and event.reason not in ("diverged", "failed"):
            self.take_now()  # it is over: this keeps nobody waiting
        if self._is_asked or not isinstance(event, EpochDone | Started | Progress):
            return
        now = self._clock()
        if now >= self._due and not (isinstance(event, Progress) and now < self._last + WITHIN):
            self.take_now()

    def take_now(self) -> None:
        """Keep the moment after the step under way, whatever it costs; on any thread."""
        if self._followed is not None:
            run, document, offset = self._followed
            self._is_asked = True
            self._coming.append(_Coming(run.ask(self._take), document, offset))

    def _take(self, training: Training) -> tuple[Checkpoint, int] | None:
        """On the training thread; None if not even two such moments would be within the budget."""
        began, self._is_asked = self._clock(), False
        if 2 * NUMBERS * 4 * training.network.count > self.pasts.memory + self.pasts.disk:
            return None
        found = training.checkpoint().together()
        self._last = now = self._clock()
        self._due = now + max(LEAST, (now - began) * (1 - SHARE) / SHARE)
        return found, training.batches

    def poll(self) -> None:
        """Take in what has come."""
        came = False
        while self._coming and self._coming[0].answer.done():
            coming = self._coming.popleft()
            if coming.answer.cancelled() or coming.answer.exception() is not None:
                self._is_asked = False
                continue
            answer = coming.answer.result()
            self.is_too_large, came = answer is None, True
            if answer is not None:
                self.pasts.add(Past.of(answer[0], coming.document, coming.offset, answer[1]))
        if came:
            self._session.tell("past")
        self._show_wanted()

    # What there is

    def moments(self) -> list[Past]:
        """Those of the present network, and of the ones it was before edits, up to where each was left."""
        document, marks = self._session.history.document, self._session.marks
        last = {id(mark.left.graph): mark.epoch for mark in marks if mark.left is not None}
        last[id(document.graph)] = inf
        found = (
            past
            for past in self.pasts.all
            if past.epoch <= last.get(id(past.document.graph), -inf)
            and (past.document.data is document.data or past.document.data == document.data)
        )
        # Where an edit was made, both networks have a moment: the one that was left comes first.
        return sorted(found, key=lambda past: (past.epoch, last[id(past.document.graph)]))

    @property
    def earlier(self) -> Document | None:
        """The document of the moment looked at, where that has another network than the present."""
        past = self.looked_at
        return past.document if past is not None and self._is_other(past) else None

    @property
    def seconds(self) -> float:
        """What learning took until the moment looked at, or until now."""
        epochs, past = self._session.epochs, self.looked_at
        return epochs.seconds if past is None else epochs.until(past.epoch).seconds

    def _is_other(self, past: Past) -> bool:
        return past.document.graph is not self._session.history.document.graph

    def edit_after(self, past: Past) -> str:
        """What the undo menu calls the edit that ended this moment's network; empty for the present one's."""
        marks = self._session.marks
        return next((mark.words for mark in marks[self._marks_before_end(past) :]), "")

    def _marks_before_end(self, past: Past) -> int:
        """How many edits came before the one that ended this moment's network; all, where it is the present one's."""
        marks, graph = self._session.marks, past.document.graph
        left = [n for n, mark in enumerate(marks) if mark.left is not None and mark.left.graph is graph]
        # Edits of the recipe leave a network and keep it: the last one that left it is the one that ended it.
        return left[-1] if left and self._is_other(past) else len(marks)

    def nearest(self, epoch: float) -> Past | None:
        """The moment next to a place on the curves."""
        return min(self.moments(), key=lambda past: abs(past.epoch - epoch), default=None)

    def has_before(self, past: Past) -> bool:
        """Whether there are moments before it, of the network that an edit changed."""
        mine = self.moments()
        return any(each.epoch <= past.epoch for each in self.pasts.all if each not in mine)

    def set_budget(self, memory: int, disk: int) -> None:
        """Bytes that moments may take."""
        self.pasts.memory, self.pasts.disk = memory, disk
        self.pasts.keep_within()
        self._session.tell("past")

    # Looking at one

    def look_at(self, past: Past) -> None:
        """Have every pane show that moment. What learns waits meanwhile."""
        session = self._session
        if session.examples is None or past is self.looked_at or past not in self.moments():
            return
        is_first, was = self.looked_at is None, session.document
        self.looked_at = past
        if is_first and session.status == "running":
            self._was_running = True
            session.pause()
        is_another = session.document.graph is not was.graph
        if self.viewer is None or is_another:
            self._begin_viewer(past, session.examples)
        if is_another:
            self._take_report()
            session.tell("document")
        if self._showing is past:
            session.tell("run")
        self._show_wanted()
        session.tell("past", "status")

    def _begin_viewer(self, past: Past, examples: Examples) -> None:
        if self.viewer is not None:
            self.viewer.close()
        self._showing, self._shown = past, None
        self._session.comparing.is_stale = True
        make = partial(_viewing, past, self._session.document, examples, self._session.device)
        self.viewer = Run(make, Mailbox())

    def _take_report(self) -> None:
        """What is wrong with the network that is shown from now on: nobody learns with an earlier one."""
        session = self._session
        if self.earlier is None:
            session.report, self._report = self._report or session.report, None
        else:
            self._report = self._report or session.report
            session.report = checked(self.earlier, session.signature)

    def _show_wanted(self) -> None:
        """While a moment is brought up, of those asked for meanwhile the last one counts."""
        if self.viewer is None or (self._shown is not None and not self._shown.done()):
            return
        if self._shown is not None and not self._shown.cancelled():
            problem, self._shown = self._shown.exception(), None
            if problem is not None:
                self._session.say(str(problem))
            self._session.comparing.is_stale = True
            self._session.tell("past", "curves")
        if self.looked_at is not None and self.looked_at is not self._showing:
            past = self._showing = self.looked_at
            self._shown = self.viewer.ask(partial(_bring_up, past))

    @property
    def is_settled(self) -> bool:
        """Whether what is asked for now is of the moment that is looked at."""
        return self._showing is self.looked_at and (self._shown is None or self._shown.done())

    def return_to_now(self, goes_on: bool = True) -> None:
        """Show the present again; what was learning when the past was first looked at goes on."""
        if self.viewer is not None:
            self.viewer.close()
        if self.looked_at is None:
            return
        session, was_running, was_other = self._session, self._was_running, self.earlier is not None
        self.looked_at = self.viewer = self._showing = self._shown = None
        self._was_running, session.comparing.is_stale = False, True
        if was_other:
            self._take_report()
            session.tell("document")
        session.tell("run", "curves", "past", "status")
        if was_running and goes_on and session.status == "paused":
            session.play()

    def asked(self, past: Past, look: Callable[[Training], T]) -> Future[T]:
        """Look at the network as it was then; beside everything else, on a thread of its own."""
        session = self._session
        assert session.examples is not None
        document = past.document if self._is_other(past) else session.history.document
        run = Run(partial(_viewing, past, document, session.examples, session.device), Mailbox())
        found = run.ask(look)
        run.close()
        return found

    # Going on from one

    def project(self, past: Past) -> Project:
        """A project of its own that begins at that moment. Raises Gone."""
        document = replace(past.document, name=f"{past.document.name} from epoch {past.epoch:g}")
        marks = tuple(self._marks_until(past))
        return Project(document, past.checkpoint(), self._session.epochs.until(past.epoch), marks=marks)

    def resume(self, past: Past) -> None:
        """Go back to that moment for good: curves, weights, optimiser and random states; paused. Raises Gone.

        Where an edit came between, the network goes back too, as an edit that Undo takes back.
        """
        session = self._session
        checkpoint = past.checkpoint()
        self.return_to_now(goes_on=False)
        epochs, marks = session.epochs.until(past.epoch), self._marks_until(past)
        if self._is_other(past):
            session.do(GoBack(past.document, past.epoch))
        session.drop_run()
        session.clear_curves()
        begin = carried.stored(checkpoint, past.document)
        assert begin is not None
        session.to_begin = begin if past.document.recipe == session.document.recipe else begin.changed()
        session.epochs, session.marks, session.offset = epochs, marks, past.offset
        self.pasts.drop([each for each in self.moments() if each.epoch > past.epoch and not self._is_other(each)])
        session.make_run()
        session.is_fresh = False
        session.tell("curves", "past", "status")

    def _marks_until(self, past: Past) -> list[Mark]:
        return [mark for mark in self._session.marks[: self._marks_before_end(past)] if mark.epoch <= past.epoch]

    def later(self, past: Past) -> int:
        """Epochs on the curves that come after it, which resuming sets aside."""
        epochs = self._session.epochs
        return len(epochs) - bisect_right(epochs, past.epoch, key=lambda epoch: epoch.epoch)

    def clear(self) -> None:
        """Forget the past: what learns begins anew, or is another project."""
        self.return_to_now(goes_on=False)
        self.pasts.drop(self.pasts.all)
        self._coming.clear()
        self._is_asked = False
        self._session.tell("past")

    def close(self) -> None:
        """The session ends."""
        if self.viewer is not None:
            self.viewer.close()
        self.pasts.close()


def _viewing(past: Past, document: Document, examples: Examples, device: str) -> Training:
    """A training that is only looked at; on the thread it will be asked on."""
    from playground.engine.train import Training

    return Training(document.graph, document.recipe, examples, device, checkpoint=past.checkpoint())


def _bring_up(past: Past, training: Training) -> None:
    from playground.engine.state import read_checkpoint

    checkpoint = past.checkpoint()
    training.best, training.last = {}, {}
    read_checkpoint(checkpoint, training)
    training.forget_scores()

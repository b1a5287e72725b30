"""Asking the training thread for pictures: one at a time, only what is visible, within the share of its time.

The share is kept by budget.py. Long work is a generator, of which one slice after another is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from playground.app.session import Session
from playground.ui.bridge import Bridge

if TYPE_CHECKING:
    from playground.engine.train import Training

Look = Callable[["Training"], Any]
Job = Callable[["Training"], Generator[float, None, Any]]
"""Long work: yields how much is done, 0 to 1, after each slice of some 30 ms, and returns the answer.

The network learns on between two slices: a job that needs it unchanged copies it first.
"""
Failed = Callable[[str], None]


class Looking(QObject):
    """Keeps one picture of a widget fresh. Owned by that widget."""

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        widget: QWidget,
        look: Callable[[], Look | None],
        show: Callable[[Any], None],
        every: float = 0.2,
        failed: Failed | None = None,
        is_live: bool = True,
    ) -> None:
        """look: what to ask now, or None; show: takes the answer on the window's thread; every: seconds at least.

        failed: told what went wrong in a look. is_live: ask again and again while it trains, not only on refresh().
        """
        super().__init__(widget)
        self._session, self._widget, self._look, self._show, self._every = session, widget, look, show, every
        self._budget, self._failed, self._is_live = bridge.budget, failed, is_live
        self._pending: Future[tuple[Any, float]] | None = None
        self._asked: tuple[object, object] = (None, None)
        self._due = 0.0
        self._stale = True
        for signal in (bridge.run, bridge.status, bridge.curves, bridge.data):
            signal.connect(self.refresh)
        bridge.tick.connect(self._tick)

    def refresh(self) -> None:
        """What is shown may no longer be so: ask again, even if nothing runs."""
        self._stale = True

    @property
    def is_stale(self) -> bool:
        """Whether there is an answer to wait for."""
        return self._pending is not None or self._stale

    def _tick(self) -> None:
        is_running = self._session.status == "running"
        if self._pending is not None and self._pending.done() and self._budget.may_draw(self, is_running):
            self._receive(self._pending)
        if self._pending is not None or not ((is_running and self._is_live) or self._stale):
            return
        if not self._widget.isVisible():
            self._budget.leave(self)
            return
        if monotonic() < self._due or not self._budget.may(self, is_running):
            return
        look = self._look()
        if look is None:
            self._stale = False
            return
        self._pending, self._asked = self._session.ask(timed(look)), self._subject()
        self._stale = self._pending is None

    def _subject(self) -> tuple[object, object]:
        """What an answer is about: shown with other data or another network it would be wrong, or could not be."""
        return self._session.shown, self._session.examples

    def _receive(self, future: Future[tuple[Any, float]]) -> None:
        self._pending = None
        if future.cancelled() or future.exception() is not None:
            self._due = monotonic() + 1.0
            if self._failed is not None and not future.cancelled():
                self._failed(str(future.exception()))
            return
        answer, seconds = future.result()
        self._due = monotonic() + self._every
        self._budget.spend(seconds, self._session.status == "running")
        if self._asked == self._subject():
            self._show(answer)
        else:
            self._stale = True


class LongLook(QObject):
    """Runs one job a slice at a time, and can be stopped between two. Owned by the widget that shows it."""

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        widget: QWidget,
        done: Callable[[Any], None],
        progress: Callable[[float | None], None],
        failed: Failed,
    ) -> None:
        """done: takes the answer; progress: told the share that is done, None at the end; failed: what went wrong."""
        super().__init__(widget)
        self._session, self._budget = session, bridge.budget
        self._done, self._progress, self._failed = done, progress, failed
        self._work: _Work | None = None
        self._pending: Future[tuple[Any, float]] | None = None
        bridge.run.connect(self.cancel)
        bridge.tick.connect(self._tick)

    @property
    def is_running(self) -> bool:
        return self._work is not None

    def start(self, job: Job) -> None:
        """Begin, in place of what was under way."""
        self.cancel()
        self._work = _Work(job)
        self._progress(0.0)

    def cancel(self) -> None:
        """Stop between two slices; what was found is dropped."""
        if self._work is not None:
            self._end()

    def _end(self) -> None:
        self._work = self._pending = None
        self._budget.leave(self)
        self._progress(None)

    def _tick(self) -> None:
        if self._work is None:
            return
        if self._pending is not None:
            if not self._pending.done():
                return
            self._receive(self._pending)
        if self._work is not None and self._budget.may(self, self._session.status == "running"):
            self._pending = self._session.ask(timed(self._work.slice))
            if self._pending is None:
                self._end()

    def _receive(self, future: Future[tuple[Any, float]]) -> None:
        self._pending = None
        if future.cancelled():
            self._end()
            return
        if (problem := future.exception()) is not None:
            self._end()
            self._failed(str(problem) or type(problem).__name__)
            return
        (is_done, found), seconds = future.result()
        self._budget.spend(seconds, self._session.status == "running")
        if is_done:
            self._end()
            self._done(found)
        else:
            self._progress(float(found))


SLICE = 0.03
"""Seconds of a job at one go."""


class _Work:
    """One job under way. Its slices run on the training thread, one after another."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._slices: Generator[float, None, Any] | None = None

    def slice(self, training: Training) -> tuple[bool, Any]:
        """Go on for a while; whether that was the last, and the answer or the share that is done."""
        if self._slices is None:
            self._slices = self._job(training)
        until = perf_counter() + SLICE
        try:
            share = next(self._slices)
            while perf_counter() < until:
                share = next(self._slices)
        except StopIteration as end:
            return True, end.value
        return False, share


def timed(look: Look) -> Callable[[Training], tuple[Any, float]]:
    """The same look, which answers with the seconds that it took."""

    def with_time(training: Training) -> tuple[Any, float]:
        began = perf_counter()
        answer = look(training)
        return answer, perf_counter() - began

    return with_time

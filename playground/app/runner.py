"""A training run on a thread, and the mailbox through which the window hears of it.

The window never touches live tensors: it asks, and the training thread answers between two steps.
Knows no torch at import; the thread imports it. What holds Python's lock runs in worker.py's process instead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from playground.app.turn import step_back, window_turn
from playground.app.weight_path import WeightPath
from playground.engine.events import BatchDone, Ended, EpochDone, Progress
from playground.engine.imports import import_torch

if TYPE_CHECKING:
    from playground.engine.train import Training

T = TypeVar("T")
Pace = Literal["run", "pause", "batch", "epoch"]
"""What the thread does after each step: go on, wait, or wait after the next batch or epoch."""
SLICE = 0.002
"""Seconds of steps before the thread looks whether the window wants a turn."""


class Mailbox:
    """What happened, for one reader: every fact in order, and the newest frame only."""

    def __init__(self, also: Callable[[Any], None] | None = None) -> None:
        """also: hears of each event too, at once and on the thread that puts it in."""
        self._also = also
        self._facts: deque[Any] = deque()
        self._frame: Progress | None = None

    def put(self, event: Any) -> None:
        """From any thread."""
        if self._also is not None:
            self._also(event)
        if isinstance(event, Progress):
            self._frame = event
        else:
            self._facts.append(event)

    def empty(self) -> list[Any]:
        """All facts since the last call, in order, then the newest frame."""
        found = []
        while self._facts:
            found.append(self._facts.popleft())
        frame, self._frame = self._frame, None
        return [*found, frame] if frame is not None else found


class Run:
    """One training run. Begins paused; answers questions while it runs, waits, and after its end, until closed."""

    def __init__(self, make: Callable[[], Training], mailbox: Mailbox, path: WeightPath | None = None) -> None:
        """path: the way that its weights have come, to be gone on."""
        self.mailbox, self.path = mailbox, path or WeightPath()
        self._make = make
        self._pace: Pace = "pause"
        self._batches = 1
        """Steps still to do at the pace "batch"."""
        self._closed = False
        self._questions: deque[tuple[Callable[[Training], Any], Future[Any]]] = deque()
        self._wake = threading.Condition()
        self._attention = True
        """Whether the thread has anything to look at between two slices: a plain read, to cost nothing."""
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)
        self._thread.start()

    @property
    def pace(self) -> Pace:
        return self._pace

    def go(self, pace: Pace = "run", batches: int = 1) -> None:
        """Run, pause, or do so many batches, or one epoch, and pause."""
        with self._wake:
            self._pace, self._batches = pace, batches
            self._attention = True
            self._wake.notify()

    def ask(self, look: Callable[[Training], T]) -> Future[T]:
        """Have a function called with the training, between two steps. It must return copies."""
        answer: Future[T] = Future()
        with self._wake:
            if self._closed:
                answer.cancel()
                return answer
            self._questions.append((look, answer))
            self._attention = True
            self._wake.notify()
        return answer

    def close(self) -> None:
        """End the thread at the next step; questions asked before are answered, later ones cancelled."""
        with self._wake:
            self._closed = True
            self._attention = True
            self._wake.notify()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end; False if it still runs."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        step_back()
        import_torch()
        try:
            training = self._make()
        except Exception as error:  # noqa: BLE001 - whatever it is, a person must hear of it
            self.mailbox.put(Ended("failed", 0, 0, None, None, str(error) or type(error).__name__))
            self._refuse()
            return
        try:
            self._steps(training)
        except Exception as error:  # noqa: BLE001
            self.mailbox.put(Ended("failed", 0, 0, None, None, str(error) or type(error).__name__))
        finally:
            self._linger(training)

    def _steps(self, training: Training) -> None:
        self._between(training, None)
        if self._closed:
            return
        self.path.note(training)
        for event in training.events():
            if isinstance(event, EpochDone):
                self.path.note(training)
            if not isinstance(event, BatchDone):
                self.mailbox.put(event)
            if self._attention or isinstance(event, EpochDone):
                self._between(training, event)
            if self._closed:
                return
            window_turn.wait()

    def _between(self, training: Training, event: Any) -> None:
        """Answer questions; wait while paused."""
        if isinstance(event, BatchDone) and self._pace == "batch":
            self._batches -= 1
            if self._batches < 1:
                self._pace = "pause"
        if isinstance(event, EpochDone) and self._pace == "epoch":
            self._pace = "pause"
        while True:
            self._answer(training)
            with self._wake:
                if self._questions:
                    continue
                if self._closed or self._pace != "pause":
                    training.slice = 0.0 if self._pace == "batch" else SLICE
                    self._attention = self._pace != "run"
                    return
                self._wake.wait()

    def _answer(self, training: Training) -> None:
        from playground.insight.modes import kept_mode

        while self._questions:
            look, answer = self._questions.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                with kept_mode():
                    found = look(training)
                answer.set_result(found)
            except Exception as error:  # noqa: BLE001 - it belongs to the asker
                answer.set_exception(error)

    def _linger(self, training: Training) -> None:
        """Answer questions about the finished network until closed."""
        while True:
            self._answer(training)
            with self._wake:
                if self._questions:
                    continue
                if self._closed:
                    return
                self._wake.wait()

    def _refuse(self) -> None:
        with self._wake:
            self._closed = True
        while self._questions:
            self._questions.popleft()[1].cancel()

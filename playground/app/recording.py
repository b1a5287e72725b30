"""Writes what happens in training runs into the history, as it happens, on a thread of its own.

Nothing here makes training wait, and no trouble with the file ends it: what could not be written is tried again, and
a person is told once. Knows neither Qt nor torch. Reading the history is in runs.py, its tables are in runs_file.py.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from playground.app.carried import Carried, begin
from playground.app.document import Document
from playground.app.exam import TestLock
from playground.app.recorder import Batch, Recorder
from playground.app.run_facts import RunFacts
from playground.app.runner import Mailbox, Run
from playground.app.runs import RunHistory
from playground.app.runs_file import HistoryProblem, RunsFile
from playground.app.settings import history_file
from playground.data.dataset import Examples
from playground.engine.events import Event
from playground.engine.recipe import Recipe

EVERY = 0.25
"""Seconds between two writes: a tiny network does hundreds of epochs a second."""
RETRY = 2.0
"""Seconds until the next attempt after one that failed."""
BUDGET = 2**30
"""Bytes that the weights of all runs may take; beyond it those of the oldest unstarred runs are let go."""


def _ignored(_: object) -> None:
    """Nobody wants to know."""


class Recording:
    """What one window, or one command, writes into the history."""

    def __init__(
        self,
        tell: Callable[[Literal["runs"]], None] = _ignored,
        say: Callable[[str], None] = _ignored,
        path: Path | None = None,
        budget: int = BUDGET,
        timeout: float = 2.0,
    ) -> None:
        """tell: hears from poll() that the history has changed. say: hears there what a person should know."""
        self._tell, self._say = tell, say
        self._path = path or history_file()
        self._file = RunsFile(self._path, timeout)
        self._budget = budget
        self.runs = RunHistory(self._path)
        """The same history, to be looked at and tidied up."""
        self.lock = TestLock(self._path)
        """Who looked at which test part."""
        self.is_on = True
        """Off: runs that begin from now on are not kept."""
        self._latest: Recorder | None = None
        self._stirred: deque[Recorder] = deque()
        self._sentences: deque[str] = deque()
        self._has_changed = self._has_complained = self._closing = False
        self._wake, self._hurry = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(
        self,
        document: Document,
        recipe: Recipe,
        examples: Examples,
        device: str = "auto",
        goes_on: bool = False,
        first: int = 0,
        tags: tuple[str, ...] = (),
    ) -> Recorder:
        """What takes the events of one run. Nothing is written before the first epoch is done.

        goes_on: whether it begins with the weights of the run before. first: epochs of earlier runs on its curves.
        tags: how it begins, if not with weights drawn anew.
        """
        before = self._latest.known_as if goes_on and self._latest is not None else None
        facts = RunFacts(document, recipe, examples, device, before, tags)
        self._latest = Recorder(facts, self._stir if self.is_on else _ignored, first)
        return self._latest

    def beside(self, document: Document, examples: Examples, device: str, tags: tuple[str, ...] = ()) -> Recorder:
        """As begin(), for a run beside the one that is worked on; tags say how it begins."""
        facts = RunFacts(document, document.recipe, examples, device, tags=tags)
        return Recorder(facts, self._stir if self.is_on else _ignored)

    def leave(self, reason: Literal["stopped", "edited"]) -> None:
        """The run is given up before its end; after an edit the next one goes on from it."""
        if self._latest is not None:
            self._latest.leave(reason)
        if reason == "stopped":
            self._latest = None

    def run(
        self,
        document: Document,
        recipe: Recipe,
        examples: Examples,
        device: str,
        carried: Carried | None,
        first: int,
        goes_to: bool = True,
        also: Callable[[Any], None] = _ignored,
    ) -> Run:
        """A run, paused, that is written into the history; what it begins with may be carried from the run before.

        goes_to: as begin() has it. also: hears of each event too, on the thread that trains.
        """
        recorder = self.begin(document, recipe, examples, device, carried is not None, first)

        def take(event: Event) -> None:
            recorder.take(event)
            also(event)

        is_same = carried is not None and carried.under is not None and carried.under.graph == document.graph
        path = carried.path if carried is not None and is_same else None
        run = Run(partial(begin, document, recipe, examples, device, carried, goes_to), Mailbox(take), path)
        recorder.follow(run.ask)
        return run

    def poll(self) -> None:
        """Tell what there is to tell, on the caller's thread."""
        for sentence in (self.runs.notice(), self._sentences.popleft() if self._sentences else ""):
            if sentence:
                self._say(sentence)
        if self._has_changed:
            self._has_changed = False
            self._tell("runs")

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left; True if that was done in time. What was deleted is gone from now on."""
        with self._lock:
            self._closing = True
            thread = self._thread
        self._wake.set()
        self._hurry.set()
        if thread is not None:
            thread.join(timeout)
        self.runs.close()
        self.lock.close()
        return thread is None or not thread.is_alive()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave("stopped")
        self.close()
        self.poll()

    def _stir(self, recorder: Recorder) -> None:
        """From any thread: there is something to write."""
        self._stirred.append(recorder)
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._closing:
                    self._thread = threading.Thread(target=self._work, name="recording", daemon=True)
                    self._thread.start()
        self._wake.set()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            closing = self._closing
            is_written = self._write()
            if closing:
                self._file.close()
                return
            if not is_written:
                self._wake.set()
            self._hurry.wait(EVERY if is_written else RETRY)

    def _write(self) -> bool:
        """Write what has come, one transaction for all; False if it must be tried again."""
        waiting: dict[Recorder, None] = {}
        while self._stirred:
            waiting[self._stirred.popleft()] = None
        try:
            batches = [batch for recorder in waiting if (batch := recorder.batch()) is not None]
            if batches:
                self._file.write(partial(_store, batches, self._budget))
        except HistoryProblem as problem:
            self._complain(str(problem))
            self._stirred.extend(waiting)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, training goes on
            self._complain(f"The run history could not be written: {error}.")
            return True
        for batch in batches:
            batch.is_written()
        self._has_changed = self._has_changed or bool(batches)
        self._tell_of_damage()
        return True

    def _complain(self, problem: str) -> None:
        """Once: a full disk would be told of four times a second."""
        if not self._has_complained:
            self._sentences.append(f"{problem} Training goes on; its runs may be missing from the history.")
        self._has_complained = True

    def _tell_of_damage(self) -> None:
        if self._file.notice:
            self._sentences.append(self._file.notice)
            self._file.notice = ""


def _store(batches: list[Batch], budget: int, connection: sqlite3.Connection) -> None:
    for batch in batches:
        batch.write(connection, budget)

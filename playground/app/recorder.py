"""One run on its way into the history: it collects what happens, and makes batches of it to be written.

The thread that trains hands over events and goes on; recording.py's thread asks for batches and writes them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from playground.app.learned import Learned, answers_bytes, take, weights_bytes
from playground.app.run_facts import RunFacts
from playground.app.runs_tables import index_words, keep_within
from playground.engine.events import Ended, EpochDone, Scores, Started, counted_from

if TYPE_CHECKING:
    from playground.engine.train import Training

Ask = Callable[[Callable[["Training"], Learned]], "Future[Learned]"]
MOST_WAITING = 100_000
"""Epochs kept in memory while the file cannot be written."""
SHORT = 1.0
"""Seconds of a run that an edit ended which are not worth a row: a slider was being dragged."""


class Recorder:
    """Takes the events of one run, on any thread; never waits and never raises."""

    def __init__(self, facts: RunFacts, stir: Callable[[Recorder], None], first: int = 0) -> None:
        self.id, self._continues, self._stir, self._first = facts.id, facts.continues, stir, first
        self.tags = facts.tags
        self._facts: RunFacts | None = facts
        """Until the row is made of them: the data must not be held after that."""
        self._started: Started | None = None
        self._began, self._clock = time.time(), time.monotonic()
        self.epochs: list[EpochDone] = []
        """Those that are not written yet."""
        self.best: EpochDone | None = None
        self.last: EpochDone | None = None
        self.count, self.seconds = 0, 0.0
        self.ended: tuple[Ended | str, float] | None = None
        """What ended it, and when."""
        self._learned: Learned | None = None
        self.blobs: dict[str, bytes] = {}
        """What was learned, as it will be written."""
        self._is_left = self.is_dropped = False
        self._ask: Ask | None = None
        self._row: dict[str, Any] | None = None

    @property
    def known_as(self) -> str | None:
        """What a run that goes on from this one names as the one before."""
        return self._continues if self.is_dropped or not self._is_worth_a_row else self.id

    @property
    def _is_worth_a_row(self) -> bool:
        """One that did nothing is forgotten, unless its numbers overflowed at once: that is a result."""
        event = self.ended[0] if self.ended else None
        return self.count > 0 or (isinstance(event, Ended) and event.reason == "diverged")

    def follow(self, ask: Ask) -> None:
        """Have what was learned asked for at the run's end."""
        self._ask = ask

    def take(self, event: Any) -> None:
        """Any event of the run; those that are not facts are ignored."""
        if isinstance(event, EpochDone):
            self.epoch(event)
        elif isinstance(event, Started):
            self._started, self._began, self._clock = event, time.time(), time.monotonic()
        elif isinstance(event, Ended):
            self.end(event)

    def epoch(self, event: EpochDone) -> None:
        """One more epoch is done."""
        if self._is_left:
            return
        done = counted_from(event, self._first)
        assert isinstance(done, EpochDone)
        self.count, self.seconds, self.last = self.count + 1, self.seconds + event.seconds, done
        if self.best is None or done.valid.loss < self.best.valid.loss:
            self.best = done
        self.epochs.append(done)
        if len(self.epochs) > MOST_WAITING:
            del self.epochs[0]
        self._stir(self)

    def end(self, event: Ended) -> None:
        """The run is over."""
        if self.ended is None and not self._is_left:
            self.ended = (event, time.time())
            if event.reason != "failed":
                self._fetch(is_over=True)
            self._stir(self)

    def leave(self, reason: str) -> None:
        """The run was given up before its end; what it still does is not heard."""
        self._is_left = True
        if self.ended is None and self.count:
            self.ended = (reason, time.time())
            self.is_dropped = reason == "edited" and time.monotonic() - self._clock < SHORT
            if not self.is_dropped:
                self._fetch(is_over=False)
            self._stir(self)

    def keep(self, learned: Learned) -> None:
        """What the run has learned, to be written beside its curves."""
        self._learned = learned
        self._stir(self)

    def look_at(self, training: Training) -> None:
        """Keep what an ended run has learned, on the thread that trained it; for those who do not follow()."""
        if self.last is not None:
            with suppress(RuntimeError, MemoryError, ValueError):  # the history is not worth a failed command
                self.keep(take(training))

    def _fetch(self, is_over: bool) -> None:
        if self._ask is not None:
            self._ask(partial(take, is_over=is_over)).add_done_callback(self._fetched)

    def _fetched(self, answer: Future[Learned]) -> None:
        if not answer.cancelled() and answer.exception() is None:
            self.keep(answer.result())

    def batch(self) -> Batch | None:
        """What there is to write now, on the thread that writes; None for a run that is not worth it."""
        if not self._is_worth_a_row:
            return None
        if self._facts is not None and not self.is_dropped:
            self._row, self._facts = self._facts.row(), None
        if self._learned is not None:
            self.blobs, self._learned = _blobs(self._learned), None
        row = {**(self._row or {}), "started": self._began}
        if self._started is not None:
            row |= {"device": self._started.device, "parameters": self._started.parameters}
        return Batch(self, row, tuple(self.epochs), self.blobs, self.is_dropped, self._state())

    def _state(self) -> dict[str, Any]:
        """The columns that change while it runs."""
        best, last = self.best, self.last
        state = {
            "epochs": self.count,
            "seconds": self.seconds,
            "best_epoch": best.epoch if best else 0,
            "best": _scores(best.valid) if best else None,
            "last": _scores(last.valid) if last else None,
        }
        if self.ended is None:
            return state
        event, at = self.ended
        if isinstance(event, str):
            return {**state, "ended": at, "reason": event}
        if event.valid is not None and event.reason != "diverged":  # of the weights that are kept, as `train` says it
            kept = _scores(event.valid)
            counted = counted_from(event, self._first)
            assert isinstance(counted, Ended)
            state["last"] = kept
            if counted.best_epoch and (best is None or counted.best_epoch != best.epoch):  # of the run it went on from
                state |= {"best_epoch": counted.best_epoch, "best": kept}
        return {**state, "ended": at, "reason": event.reason, "message": event.message, "test": _scores(event.test)}


@dataclass(frozen=True, eq=False)
class Batch:
    """What of one run is written at once."""

    recorder: Recorder
    row: dict[str, Any]
    epochs: tuple[EpochDone, ...]
    blobs: dict[str, bytes]
    is_dropped: bool
    state: dict[str, Any]

    @property
    def id(self) -> str:
        return self.recorder.id

    def write(self, connection: sqlite3.Connection, budget: int) -> None:
        """Into an open transaction."""
        if self.is_dropped:
            connection.execute("DELETE FROM runs WHERE id = ? AND NOT starred AND note = ''", (self.id,))
            return
        if not connection.execute("SELECT 1 FROM runs WHERE id = ?", (self.id,)).fetchone():
            _insert(connection, self.row, self.recorder.tags)  # the first time, or after a broken file was set aside
        changed = ", ".join(f"{name} = :{name}" for name in self.state)
        connection.execute(f"UPDATE runs SET {changed} WHERE id = :id", {**self.state, "id": self.id})
        connection.executemany(
            "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [_line(self.id, it) for it in self.epochs]
        )
        if self.blobs:
            lines = [(self.id, kind, len(content), content) for kind, content in self.blobs.items()]
            connection.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?)", lines)
            keep_within(connection, budget)

    def is_written(self) -> None:
        """Let go of what is in the file now."""
        del self.recorder.epochs[: len(self.epochs)]
        if self.recorder.blobs is self.blobs:
            self.recorder.blobs = {}


def _insert(connection: sqlite3.Connection, row: dict[str, Any], tags: tuple[str, ...]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO runs ({names}) VALUES ({values})", row)
    connection.executemany("INSERT INTO tags VALUES (?, ?)", [(row["id"], tag) for tag in tags])
    index_words(connection, row["id"])


def _line(run: str, done: EpochDone) -> tuple[Any, ...]:
    measures = json.dumps([dict(done.train.measures), dict(done.valid.measures)])
    speed = done.learning_rate, done.seconds, done.samples_per_second
    return run, done.epoch, done.train.loss, done.valid.loss, measures, *speed


def _scores(scores: Scores | None) -> str | None:
    return json.dumps(scores.flat()) if scores is not None else None


def _blobs(learned: Learned) -> dict[str, bytes]:
    made = {"weights": weights_bytes(learned), "answers": answers_bytes(learned)}
    return {kind: content for kind, content in made.items() if content is not None}

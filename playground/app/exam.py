"""The lock on the test part: who looked at it, and when. Every look is written into the run history and never deleted.

Knows neither Qt nor torch. The score itself is playground.selection.exam's.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.app.run_facts import data_fingerprint
from playground.app.runs_file import RunsFile
from playground.app.settings import history_file
from playground.data.dataset import Examples

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.selection.exam import ExamScore
    from playground.selection.outcome import Outcome


@dataclass(frozen=True)
class TestLook:
    """One look at a test part."""

    at: datetime
    project: str
    metric: str
    score: float
    low: float
    high: float
    n: int

    __test__ = False  # not one of pytest's

    @property
    def error(self) -> float:
        """Standard error, read off the 95 % interval."""
        return (self.high - self.low) / (2 * 1.959963984540054)


@dataclass(frozen=True)
class Looks:
    """What is known of the test part of some examples."""

    same: tuple[TestLook, ...] = ()
    """At this very test part, the oldest first."""
    others: int = 0
    """At other test parts of the same data: some of their examples are in this one too."""


class TestLock:
    """The looks at all test parts of this person. Every method may raise HistoryProblem; any thread may call them."""

    __test__ = False

    def __init__(self, path: Path | None = None) -> None:
        self._file = RunsFile(path or history_file())

    def looks(self, examples: Examples) -> Looks:
        """Those at the test part of these examples."""
        data, part = prints(examples)

        def read(connection: sqlite3.Connection) -> Looks:
            rows = connection.execute("SELECT * FROM looks WHERE data = ? ORDER BY at", (data,)).fetchall()
            same = tuple(_look(row) for row in rows if row["part"] == part)
            return Looks(same, len(rows) - len(same))

        return self._file.read(read)

    def note(self, examples: Examples, project: str, found: ExamScore) -> Looks:
        """Write a look down; gives all there were, this one counted."""
        data, part = prints(examples)
        row = (data, part, time.time(), project, found.metric, found.score, found.low, found.high, found.n)
        self._file.write(lambda connection: connection.execute(f"INSERT INTO looks VALUES ({', '.join('?' * 9)})", row))
        return self.looks(examples)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def prints(examples: Examples) -> tuple[str, str]:
    """What data they are, and which of them are in the test part."""
    rows = np.sort(np.asarray(examples.test.rows, dtype=np.int64))
    return data_fingerprint(examples), blake2b(rows.tobytes(), digest_size=16).hexdigest()


class NotTrained(Exception):
    """A network whose weights are not all learned: one sentence, with a way out."""


def sit(
    ask: Callable[[Callable[[Training], ExamScore]], Future[ExamScore] | None], baselines: Sequence[Outcome] = ()
) -> Future[ExamScore] | None:
    """Have a network answer the test part between two steps of its training; raises NotTrained there.

    baselines: fitted beside it, to be scored in the same look.
    """

    def look(training: Training) -> ExamScore:
        from playground.selection.exam import examine

        if training.step == training.began_at and not training.begins_learned:
            raise NotTrained(
                "This network has not been trained since it was changed: some of its weights are random. Train it "
                "first; the test part stays closed."
            )
        return examine(training.predict("test"), training.examples, baselines)

    return ask(look)


def _look(row: sqlite3.Row) -> TestLook:
    plain: dict[str, Any] = {name: row[name] for name in ("project", "metric", "score", "low", "high", "n")}
    return TestLook(at=datetime.fromtimestamp(row["at"], UTC), **plain)

"""One run of the history as a value, read from its row with everything checked.

What is asked of the history is in runs.py; how its tables look, in runs_file.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import nan
from typing import Any, Literal, get_args

from playground.app.bounded import parsed
from playground.app.runs_file import HistoryProblem
from playground.engine.events import EpochDone, Scores

Ending = Literal["", "epochs", "early_stopping", "stopped", "diverged", "failed", "edited", "interrupted"]
"""Why a run ended; empty while it runs. edited: the network or the recipe was changed, and the next run goes on."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What the history knows of one run, curves and weights apart."""

    id: str
    name: str
    note: str
    tags: tuple[str, ...]
    starred: bool
    started: datetime
    ended: datetime | None
    """None while it runs."""
    reason: Ending
    message: str
    """What a person was told when it went wrong."""
    epochs: int
    seconds: float
    """Of training, pauses left out."""
    best_epoch: int
    """On the curves, which count on from the run that this one continues."""
    best: Scores | None
    """On the validation part, of the epoch with the lowest loss."""
    last: Scores | None
    """On the validation part, of the last epoch."""
    test: Scores | None
    """Of the final exam, if it was sat."""
    parameters: int
    device: str
    seed: int
    recipe: Mapping[str, Any]
    data_name: str
    data: str
    """Fingerprint of the data."""
    split: str
    """Fingerprint of which examples were in which part."""
    versions: Mapping[str, str]
    machine: str
    continues: str | None
    """The run whose weights it began with."""
    has_weights: bool
    has_answers: bool

    @property
    def is_running(self) -> bool:
        return self.ended is None

    def is_comparable(self, other: StoredRun) -> bool:
        """Whether both answered for the same examples, so that they can be compared one by one."""
        return self.has_answers and other.has_answers and (self.data, self.split) == (other.data, other.split)


COLUMNS = """id, name, note, starred, started, ended, reason, message, epochs, seconds, best_epoch, best, last, test,
    parameters, device, seed, recipe, data_name, data, split, versions, machine, continues,
    EXISTS (SELECT 1 FROM blobs WHERE run = id AND kind = 'weights') AS has_weights,
    EXISTS (SELECT 1 FROM blobs WHERE run = id AND kind = 'answers') AS has_answers,
    (SELECT group_concat(tag, char(10)) FROM tags WHERE run = id) AS tags"""


def run_of(row: sqlite3.Row) -> StoredRun:
    """A row of COLUMNS. Raises HistoryProblem if it is damaged."""
    try:
        plain: dict[str, Any] = {name: row[name] for name in PLAIN}
        return StoredRun(
            **plain,
            best=_scores(row["best"]),
            last=_scores(row["last"]),
            test=_scores(row["test"]),
            starred=bool(row["starred"]),
            has_weights=bool(row["has_weights"]),
            has_answers=bool(row["has_answers"]),
            tags=tuple(sorted((row["tags"] or "").split("\n"))) if row["tags"] else (),
            started=datetime.fromtimestamp(row["started"], UTC),
            ended=datetime.fromtimestamp(row["ended"], UTC) if row["ended"] is not None else None,
            reason=row["reason"] if row["reason"] in get_args(Ending) else "stopped",
            recipe=_mapping(row["recipe"]),
            versions={name: str(version) for name, version in _mapping(row["versions"]).items()},
        )
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise HistoryProblem(f"What the history holds of run {row['id']} is damaged. Delete that run.") from error


PLAIN = (
    "id", "name", "note", "message", "epochs", "seconds", "best_epoch", "parameters", "device", "seed", "data_name",
    "data", "split", "machine", "continues",
)  # fmt: skip


def epoch_of(row: sqlite3.Row) -> EpochDone:
    """A row of the table epochs. Raises HistoryProblem if it is damaged."""
    try:
        train, valid = parsed(row["measures"])
        return EpochDone(
            int(row["epoch"]),
            Scores(_number(row["train_loss"]), {str(name): float(value) for name, value in train.items()}),
            Scores(_number(row["valid_loss"]), {str(name): float(value) for name, value in valid.items()}),
            _number(row["learning_rate"]),
            _number(row["seconds"]),
            _number(row["samples_per_second"]),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise HistoryProblem(f"The curves of run {row['run']} are damaged. Train it again.") from error


def _number(value: float | None) -> float:
    """SQLite keeps what is no number as NULL."""
    return nan if value is None else float(value)


def _scores(text: str | None) -> Scores | None:
    if text is None:
        return None
    values = {name: float(value) for name, value in _mapping(text).items()}
    return Scores(values.pop("loss", nan), values)


def _mapping(text: str) -> dict[str, Any]:
    found = parsed(text)
    if not isinstance(found, dict):
        raise ValueError("An object was expected.")
    return found

"""What the columns of the run history say, as words and as values to sort by. Knows neither Qt nor SQLite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from playground.app.stored_run import StoredRun
from playground.engine.events import Scores

NOTHING = "–"
ENDINGS = {
    "": "running",
    "epochs": "done",
    "early_stopping": "stopped early",
    "stopped": "stopped",
    "diverged": "diverged",
    "failed": "failed",
    "edited": "edited",
    "interrupted": "interrupted",
}


@dataclass(frozen=True)
class RunColumn:
    """What one column says of a run."""

    name: str
    title: str
    explained: str
    text: Callable[[StoredRun], str]
    value: Callable[[StoredRun], Any]
    is_number: bool = True
    is_high_good: bool = False
    """Whether the highest, or latest, is looked for first."""


def score_of(scores: Scores | None) -> float | None:
    """Accuracy or R²; None if there is none."""
    if scores is None:
        return None
    found = scores.measures.get("accuracy", scores.measures.get("r2"))
    return found if found is not None and isfinite(found) else None


def score_words(scores: Scores | None) -> str:
    """98.5 % for an accuracy, 0.483 for R²."""
    found = score_of(scores)
    if found is None or scores is None:
        return NOTHING
    words = f"{found * 100:.1f} %" if "accuracy" in scores.measures else f"{found:.3f}"
    return words.replace("-", "−")


def when_words(moment: datetime, now: datetime | None = None) -> str:
    """14:05:59 today, else 2026-11-23 14:05; in the machine's time zone."""
    local = moment.astimezone()
    today = (now or datetime.now(tz=local.tzinfo)).astimezone().date()
    return local.strftime("%H:%M:%S" if local.date() == today else "%Y-%m-%d %H:%M")


def _loss(scores: Scores | None) -> float | None:
    return scores.loss if scores is not None and isfinite(scores.loss) else None


def _loss_words(run: StoredRun) -> str:
    found = _loss(run.last)
    return NOTHING if found is None else f"{found:.4g}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


RUN_COLUMNS: tuple[RunColumn, ...] = (
    RunColumn(
        "starred", "★", "A star keeps a run's weights for good.",
        lambda run: "★" if run.starred else "", lambda run: not run.starred, False,
    ),
    RunColumn("name", "Name", "", lambda run: run.name, lambda run: run.name, False),
    RunColumn("data", "Data", "", lambda run: run.data_name, lambda run: run.data_name, False),
    RunColumn(
        "score", "Score", "Accuracy or R² on the validation part, of the weights it ended with: the best epoch's "
        "where those are kept.",
        lambda run: score_words(run.last), lambda run: score_of(run.last), is_high_good=True,
    ),
    RunColumn(
        "loss", "Loss", "On the validation part, of the weights it ended with.",
        _loss_words, lambda run: _loss(run.last),
    ),
    RunColumn(
        "best", "Best epoch", "The one with the lowest validation loss, as the curves count: with the epochs of "
        "the runs that it goes on from.",
        lambda run: f"{run.best_epoch:,}" if run.best else NOTHING, lambda run: run.best_epoch or None,
    ),
    RunColumn(
        "epochs", "Epochs", "Of this run alone, without those of the runs that it goes on from.",
        lambda run: f"{run.epochs:,}", lambda run: run.epochs,
    ),
    RunColumn("parameters", "Parameters", "", lambda run: f"{run.parameters:,}", lambda run: run.parameters),
    RunColumn("seed", "Seed", "", lambda run: str(run.seed), lambda run: run.seed),
    RunColumn(
        "started", "Started", "", lambda run: when_words(run.started), lambda run: run.started.timestamp(),
        is_high_good=True,
    ),
    RunColumn("seconds", "Trained", "Pauses left out.", lambda run: _duration(run.seconds), lambda run: run.seconds),
    RunColumn(
        "ended", "Ended", "edited: the network or the recipe was changed, and the next run went on from it.",
        lambda run: ENDINGS[run.reason], lambda run: ENDINGS[run.reason], False,
    ),
    RunColumn(
        "test", "Exam", "Score on the test part, if the final exam was sat.",
        lambda run: score_words(run.test), lambda run: score_of(run.test), is_high_good=True,
    ),
    RunColumn("tags", "Tags", "", lambda run: ", ".join(run.tags), lambda run: ", ".join(run.tags) or None, False),
    RunColumn("note", "Note", "", lambda run: run.note, lambda run: run.note or None, False),
)  # fmt: skip

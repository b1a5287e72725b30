"""What is told while a network trains: lines of JSON, a bar on a terminal, or a line an epoch."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from playground.cli.printing import Unusable, finite, say, say_json
from playground.engine.events import Ended, EpochDone, Event, Progress, Scores, Started

REASONS = {
    "epochs": "Done",
    "early_stopping": "Stopped early, since validation got no better",
    "stopped": "Stopped",
}


class Report:
    """Says nothing. Subclasses say more."""

    def tell(self, event: Event) -> None:
        """One thing that happened."""

    def __enter__(self) -> Report:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None


class JsonLines(Report):
    """A line of JSON for each fact."""

    def tell(self, event: Event) -> None:
        values = _values(event)
        if values:
            say_json(values, indent=None)


class EventFile(Report):
    """The same lines as another report's, and into a file too, for a window that follows the run."""

    def __init__(self, report: Report, path: Path, goes_on: bool) -> None:
        """goes_on: whether what stands there already is kept. Raises: Unusable: If it cannot be written."""
        self._report = report
        try:
            self._file = path.open("a" if goes_on else "w", encoding="utf-8")
        except OSError as error:
            raise Unusable(f"{path} cannot be written: {error.strerror}. Choose another place for --events.") from error

    def __enter__(self) -> Report:
        self._report.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._report.__exit__(kind, error, at)

    def tell(self, event: Event) -> None:
        if values := _values(event):
            with suppress(OSError):  # a full disk must not end the training
                self._file.write(f"{json.dumps(finite(values), allow_nan=False)}\n")
                self._file.flush()
        self._report.tell(event)


class Lines(Report):
    """A line an epoch, for a log."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def tell(self, event: Event) -> None:
        if isinstance(event, Started):
            say(f"Training {event.parameters:,} parameters on {event.device}, seed {event.seed}.")
        elif isinstance(event, EpochDone):
            say(f"Epoch {event.epoch}/{self.epochs}: {_both(event)}; {event.seconds:.2f} s")
        elif isinstance(event, Ended):
            _say_end(event)


class OnTerminal(Lines):
    """A bar on standard error while it trains, the result on standard output."""

    def __init__(self, epochs: int) -> None:
        super().__init__(epochs)
        columns = BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn()
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=epochs)

    def __enter__(self) -> Report:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def tell(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._bar.update(self._task, completed=event.epoch)
        elif isinstance(event, EpochDone):
            self._bar.update(self._task, completed=event.epoch, description=f"valid {_words(event.valid)}")
        elif isinstance(event, Ended):
            self._bar.stop()
            super().tell(event)


def reporter(as_json: bool = False, epochs: int = 0, silent: bool = False) -> Report:
    """The kind of report for where output goes."""
    if silent:
        return Report()
    if as_json:
        return JsonLines()
    return OnTerminal(epochs) if sys.stderr.isatty() else Lines(epochs)


def _values(event: Event) -> dict[str, Any]:
    """As the contract has it; empty for what is not told."""
    if isinstance(event, Started):
        return {"event": "started", "device": event.device, "parameters": event.parameters, "seed": event.seed}
    if isinstance(event, EpochDone):
        return {
            "event": "epoch",
            "epoch": event.epoch,
            "train": event.train.flat(),
            "valid": event.valid.flat(),
            "learning_rate": event.learning_rate,
            "seconds": event.seconds,
            "samples_per_second": event.samples_per_second,
        }
    if isinstance(event, Ended):
        return {
            "event": "finished",
            "reason": event.reason,
            "epochs": event.epochs,
            "best_epoch": event.best_epoch,
            "valid": event.valid.flat() if event.valid else None,
            "test": event.test.flat() if event.test else None,
        }
    return {}


def _both(event: EpochDone) -> str:
    return f"train {_words(event.train)}; valid {_words(event.valid)}"


def _words(scores: Scores) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in scores.flat().items())


def _say_end(event: Ended) -> None:
    if event.reason not in REASONS:
        return
    best = f" The best epoch was {event.best_epoch}." if event.best_epoch else ""
    valid = f": valid {_words(event.valid)}" if event.valid else ""
    say(f"{REASONS[event.reason]} after {event.epochs} epoch{'' if event.epochs == 1 else 's'}{valid}.{best}")
    if event.test:
        say(f"Final exam on the test part: {_words(event.test)}.")

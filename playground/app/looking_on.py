"""Looking on at a run elsewhere: it writes its events into a file, as `train --events` does, and here they are read.

The file is a stranger's: lines of JSON of which only numbers are taken, within limits. It is read beside the caller's
thread, some times a second, what was added since. Knows neither Qt nor torch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playground.app.beside import Beside
from playground.engine.events import EpochDone, Scores

EVERY = 0.5
"""Seconds between two looks at the file."""
MOST_AT_ONCE, LONGEST_LINE = 1 << 20, 1 << 16
"""Bytes read in one look, and of one event."""
MOST_EPOCHS = 100_000
MEASURES = ("accuracy", "rmse", "mae", "r2")


class FollowProblem(Exception):
    """A file that cannot be followed: one sentence, with a way out."""


@dataclass(frozen=True)
class Piece:
    """What was added to a file."""

    lines: tuple[dict[str, Any], ...]
    end: int
    """Bytes read up to here; the next piece begins there."""
    is_new: bool
    """Whether the file was begun anew since."""


class Following:
    """The curves of one run elsewhere, as far as they are known here."""

    def __init__(self, beside: Beside, tell: Callable[..., None], say: Callable[..., None]) -> None:
        self._beside, self._tell, self._say = beside, tell, say
        self.path: Path | None = None
        self.epochs: list[EpochDone] = []
        self.ended = ""
        """Why the run ended; empty while it goes on."""
        self._end, self._next = 0, 0.0
        self._token: object = None
        self._is_reading = False

    @property
    def title(self) -> str:
        return self.path.stem if self.path is not None else ""

    def follow(self, path: Path) -> None:
        """Read this file from now on, in place of any other."""
        self.stop()
        self.path = path

    def stop(self) -> None:
        """Look on no longer."""
        was = self.path is not None
        self.path, self.epochs, self.ended, self._end, self._next = None, [], "", 0, 0.0
        self._token, self._is_reading = object(), False
        if was:
            self._told()

    def poll(self) -> None:
        """Have the file read again if it is time to."""
        if self.path is None or self._is_reading or time.monotonic() < self._next:
            return
        self._is_reading, token = True, self._token
        self._beside.run(partial(added, self.path, self._end), partial(self._came, token), partial(self._failed, token))

    def _came(self, token: object, piece: Piece) -> None:
        if token is not self._token:
            return
        self._is_reading, self._end = False, piece.end
        self._next = time.monotonic() + EVERY
        if piece.is_new:
            self.epochs, self.ended = [], ""
        for line in piece.lines:
            self._take(line)
        if piece.lines:
            self._told()

    def _failed(self, token: object, error: Exception) -> None:
        if token is self._token:
            self.stop()
            self._say(str(error))

    def _take(self, line: dict[str, Any]) -> None:
        """One event; what is none of those known here is left out."""
        kind = line.get("event")
        if kind == "epoch" and (epoch := _epoch(line)) is not None and len(self.epochs) < MOST_EPOCHS:
            while self.epochs and self.epochs[-1].epoch >= epoch.epoch:  # begun again after a restart
                self.epochs.pop()
            self.epochs.append(epoch)
            self.ended = ""
        elif kind == "finished":
            self.ended = str(line.get("reason", ""))[:40] or "epochs"

    def _told(self) -> None:
        if self.epochs:
            last = self.epochs[-1]
            figures = ", ".join(f"{name} {value:.4g}" for name, value in last.valid.flat().items())
            begin = f"{self.title} ended" if self.ended else f"Following {self.title}"
            self._say(f"{begin}: epoch {last.epoch}, validation {figures}.", is_complaint=False)
        self._tell("contenders")


def added(path: Path, begin: int) -> Piece:
    """What stands in the file from there on, whole lines alone. Raises: FollowProblem."""
    try:
        if not path.is_file():
            raise FollowProblem(
                f"There is no file {path} to follow. Name the one that “playground train --events” writes."
            )
        with path.open("rb") as file:
            is_new = path.stat().st_size < begin
            begin = 0 if is_new else begin
            file.seek(begin)
            read = file.read(MOST_AT_ONCE)
    except OSError as error:
        raise FollowProblem(f"{path} cannot be read: {error.strerror or error}.") from error
    whole = read[: read.rfind(b"\n") + 1]
    if not whole and len(read) > LONGEST_LINE:
        raise _no_events(path)
    return Piece(tuple(_line(path, line) for line in whole.splitlines() if line.strip()), begin + len(whole), is_new)


def _line(path: Path, line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or not isinstance(values.get("event"), str):
        raise _no_events(path)
    return values


def _no_events(path: Path) -> FollowProblem:
    return FollowProblem(f"{path.name} has no events of a run. Follow a file that “playground train --events” writes.")


def _epoch(line: dict[str, Any]) -> EpochDone | None:
    """None if it lacks something, or holds what is no number."""
    train, valid, number = _scores(line.get("train")), _scores(line.get("valid")), line.get("epoch")
    if train is None or valid is None or not isinstance(number, int) or not 0 < number < 2**31:
        return None
    others = (_number(line.get(name)) for name in ("learning_rate", "seconds", "samples_per_second"))
    return EpochDone(number, train, valid, *others)


def _scores(values: Any) -> Scores | None:
    if not isinstance(values, dict) or "loss" not in values:
        return None
    return Scores(_number(values["loss"]), {name: _number(values[name]) for name in MEASURES if name in values})


def _number(value: Any) -> float:
    """Not a number where it is none, as null is."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    return float(value) if is_one else math.nan

"""Work that a crash, a kill or a power cut left in the journal: what there is, and how it is had back.

Writing it is journal.py's business. Files here are the program's own, but a failing disk may have damaged them: what
can be read is given back, and a network without its weights is better than none.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from playground.app.bounded import MOST_JSON, parsed
from playground.app.document import Document, DocumentProblem, from_json
from playground.app.edit_marks import Mark
from playground.app.edit_marks import read as read_marks
from playground.app.files import MOST_STATE, FileProblem, Project, read_epochs
from playground.app.journal import DOCUMENT, EPOCHS, LOCK, STATE, taught
from playground.app.origin import Origin, origin_from, stamp_of
from playground.app.settings import recovery_folder
from playground.app.sitting import Sitting, SittingProblem, from_values
from playground.app.tensors import unpacked
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone

MOST_LOST = 8
"""Journals without an owner that are kept; the oldest beyond them are let go."""


@dataclass(frozen=True)
class Lost:
    """A journal whose program is gone."""

    folder: Path
    name: str
    origin: Origin
    """The file that was being worked on, and how far the work had come."""
    when: datetime
    """When the newest thing in it was written: the document, or what was learned."""

    @property
    def path(self) -> Path | None:
        return self.origin.path

    @property
    def epochs(self) -> int:
        return self.origin.epochs

    def read(self) -> Project:
        """The work in it. Raises FileProblem."""
        return _read(self.folder)

    def discard(self) -> None:
        """Throw it away."""
        shutil.rmtree(self.folder, ignore_errors=True)


def lost_work() -> tuple[Lost, ...]:
    """What can be had back, the newest first. Journals of windows that are open are left alone."""
    found = []
    for folder in recovery_folder().glob("*"):
        if folder.is_dir() and not _has_owner(folder):
            lost = _described(folder)
            if lost is None:
                shutil.rmtree(folder, ignore_errors=True)  # it ended before there was anything
            else:
                found.append(lost)
    found.sort(key=lambda lost: lost.when, reverse=True)
    for old in found[MOST_LOST:]:
        old.discard()
    return tuple(found[:MOST_LOST])


def _has_owner(folder: Path) -> bool:
    """Whether the program that writes there lives: its lock goes with it, however it ends."""
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except TimeoutError:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _described(folder: Path) -> Lost | None:
    try:
        values = _values(folder)
        is_there = (folder / EPOCHS).is_file() and (folder / STATE).is_file()  # curves alone are not had back
        lines = (folder / EPOCHS).read_bytes().count(b"\n") if is_there else 0
        origin = origin_from({"path": values["path"], "stamp": values.get("stamp"), "epochs": lines})
        name = origin.path.stem if origin.path is not None else str(values["document"]["name"])
        return Lost(folder, name, origin, _newest(folder, datetime.fromisoformat(values["time"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _newest(folder: Path, edited: datetime) -> datetime:
    """What was learned is written on long after the last edit: the file itself tells when."""
    stamp = stamp_of(folder / STATE)
    return max(edited, datetime.fromtimestamp(stamp[0] // 10**9)) if stamp is not None else edited


def _values(folder: Path) -> Any:
    with (folder / DOCUMENT).open("rb") as file:
        return parsed(file.read(MOST_JSON + 1))


def _read(folder: Path) -> Project:
    try:
        document = from_json(_values(folder)["document"])
    except OSError as error:
        raise FileProblem(f"The work cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, DocumentProblem) as error:
        raise FileProblem(f"The work that was kept is damaged and cannot be had back: {error}") from error
    learned = _learned(folder / STATE, document)
    if learned is None:
        return Project(document)
    checkpoint, last, marks = learned
    epochs = tuple(epoch for epoch in _epochs(folder / EPOCHS) if epoch.epoch <= last)
    return Project(document, checkpoint, epochs, marks=marks, exam=_exam(folder, last))


def _exam(folder: Path, last: int) -> Sitting | None:
    """The final exam that was sat by that epoch; a damaged one is no reason to lose the work."""
    try:
        values = _values(folder).get("exam")
        exam = from_values(values) if values is not None else None
    except (OSError, SittingProblem):
        return None
    return exam if exam is not None and exam.epoch <= last else None


def _epochs(path: Path) -> tuple[EpochDone, ...]:
    """The curves, up to a line that a power cut has damaged."""
    rows: list[Any] = []
    try:
        with path.open("rb") as file:
            for line in file:
                rows.append(parsed(line))
    except (OSError, ValueError):
        pass
    try:
        return read_epochs(rows)
    except FileProblem:
        return ()


def _learned(path: Path, document: Document) -> tuple[Checkpoint, int, tuple[Mark, ...]] | None:
    """What goes on under the document: all of it, the weights alone after an edit, nothing with other data."""
    try:
        if path.stat().st_size > MOST_STATE:
            return None
        tensors, notes = unpacked(path.read_bytes())
        facts, under, last = json.loads(notes["facts"]), json.loads(notes["document"]), int(notes["last"])
        marks = read_marks(json.loads(notes.get("marks", "[]")))
    except (OSError, ValueError, KeyError):
        return None
    now = json.loads(json.dumps(taught(document)))
    if not isinstance(facts, dict) or not isinstance(under, dict) or under.get("data") != now["data"]:
        return None
    if under == now:
        return Checkpoint(tensors, facts), last, marks
    return Checkpoint({name: value for name, value in tensors.items() if name.startswith("weights/")}), last, marks

"""Unsaved work, written to the user's data folder as it is done, so that a crash costs seconds.

One folder a window: the document, the curves as lines, and what was learned, each whole or not there. A lock that dies
with the program tells a folder whose owner is gone; recovery.py finds those. Everything is written on a thread of its
own: the window hands over values that do not change, the training thread copies. Knows neither Qt nor torch.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from playground.app import sitting
from playground.app.carried import Carried
from playground.app.document import Document, to_json
from playground.app.edit_marks import Mark, written
from playground.app.open_file import OpenFile
from playground.app.origin import Stamp, stamp_of
from playground.app.settings import recovery_folder
from playground.app.sitting import Sitting
from playground.app.telling import Topic
from playground.app.whole_files import whole_file, write_whole

if TYPE_CHECKING:
    from playground.app.runner import Run
    from playground.app.session import Session
    from playground.engine.checkpoint import Checkpoint
    from playground.engine.events import EpochDone

FORMAT = 1
DOCUMENT, EPOCHS, STATE, LOCK = "document.json", "epochs.jsonl", "state.safetensors", "lock"
EDITS_EVERY = 1.0
"""Seconds between two writings of the document."""
STATE_EVERY = 3.0
"""Seconds between two writings of what was learned."""
SHARE = 10.0
"""So many times what a writing takes of a core passes until the next: a tenth of one core at most."""
MOST_PAUSE = 60.0


def has_news(session: Session) -> bool:
    """Whether there is something that no file of the person's has: edits, epochs, a run under way."""
    is_known = len(session.epochs) == session.saved_epochs and session.comparing.exam is session.saved_exam
    is_in_no_file = session.path is None and bool(session.epochs)  # a fork, a run out of the history
    return session.is_modified or not is_known or is_in_no_file or session.status == "running"


_Described = tuple[Document, Path | None, Stamp | None, Sitting | None]


@dataclass(eq=False)
class _Asked:
    """What a run has learned, which is to be written next, if it is still the run when that is there."""

    learned: Carried | None
    document: Document
    run: Run | None
    is_there: bool = False


class Journal:
    """Keeps one session's unsaved work. poll() is called 20 to 30 times a second, after the session's own."""

    def __init__(
        self, session: Session, clock: Callable[[], float] = time.monotonic, open_file: OpenFile | None = None
    ) -> None:
        """open_file: the session's, as the window knows it."""
        self._session, self._clock, self._open_file = session, clock, open_file or OpenFile()
        self._history = session.history
        self._folder: _Folder | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._writing: Future[None] | None = None
        self._written: _Described | None = None
        self._is_stale = True
        """Whether more was learned than is written."""
        self._asked: _Asked | None = None
        self._next_edit = self._next_state = 0.0
        self._has_complained = False
        session.subscribe(self._told)

    def _told(self, topic: Topic) -> None:
        if topic in ("curves", "progress", "run"):
            self._is_stale = True
        if topic != "file":
            return
        is_another, self._history = self._session.history is not self._history, self._session.history
        if is_another or not has_news(self._session):
            self.forget()

    def poll(self) -> None:
        """Write what is due."""
        if self._writing is not None:
            if not self._writing.done():
                return
            self._take_result(self._writing)
            self._writing = None
        if not has_news(self._session) and self._folder is None:
            return
        if not self._session.history.document.graph.nodes:
            return
        now, session = self._clock(), self._session
        # First what was learned, if it is at hand: a document alone would come back without weights.
        is_due = self._is_stale or self._asked is not None
        is_first = self._folder is None and is_due and session.status != "running"
        if not is_first and now >= self._next_edit and self._written != self._described:
            self._write_document(now)
        elif is_due and now >= self._next_state:
            self._write_state(now)

    @property
    def _described(self) -> _Described:
        session = self._session
        return session.history.document, session.path, self._open_file.stamp, session.comparing.exam

    def _write_document(self, now: float) -> None:
        self._written, self._next_edit = self._described, now + EDITS_EVERY
        described = self._written
        self._do(lambda folder: folder.write_document(*described))

    def _write_state(self, now: float) -> None:
        """Ask the training thread, wait for its answer, and at the look after it, write.

        The epochs done before the answer have then come through the mailbox: curves and weights belong together.
        """
        session, asked = self._session, self._asked
        if asked is None or asked.document is not session.history.document or asked.run is not session.run:
            self._asked, self._is_stale = _Asked(session.learned(), session.history.document, session.run), False
        elif asked.learned is None or asked.learned.checkpoint.done():
            if asked.is_there:
                # What came since it was asked for, an epoch's end, is in the next writing.
                self._is_stale = self._is_stale or session.status == "running"
                self._asked, self._next_state = None, now + STATE_EVERY
                epochs = session.epochs.copy()
                offset, marks = session.offset, tuple(session.marks)
                self._do(lambda folder: folder.write_state(asked.learned, asked.document, epochs, offset, marks))
            asked.is_there = True

    def _do(self, write: Callable[[_Folder], None]) -> None:
        folder = self._folder = self._folder or _Folder(recovery_folder() / uuid.uuid4().hex)
        self._writing = self._thread.submit(self._timed, partial(write, folder))

    def _timed(self, write: Callable[[], None]) -> None:
        began, worked = self._clock(), time.thread_time()
        write()
        pause = min(SHARE * (time.thread_time() - worked), MOST_PAUSE)  # waiting for the disk costs nobody anything
        self._next_state = max(self._next_state, began + pause)

    def _take_result(self, writing: Future[None]) -> None:
        error = None if writing.cancelled() else writing.exception()
        if error is None:
            self._has_complained = False
            return
        self._written, self._is_stale = None, True  # to be tried again
        if isinstance(error, CancelledError):
            return  # the run was given up before it answered
        if not self._has_complained:
            reason = getattr(error, "strerror", None) or error
            self._session.say(f"Unsaved work cannot be kept safe from a crash: {reason}. Save it with Ctrl+S.")
        self._has_complained = True
        self._next_edit = self._next_state = self._clock() + STATE_EVERY

    def adopt(self, folder: Path) -> bool:
        """Go on in the folder of work that was recovered; False if another program has taken it."""
        self.forget()
        found = _Folder(folder)
        self._folder = found if found.take() else None
        return self._folder is not None

    def forget(self) -> None:
        """What was kept is in a file now, or not wanted."""
        folder, self._folder = self._folder, None
        self._asked, self._written, self._is_stale = None, None, True
        if folder is not None:
            self._thread.submit(folder.remove)

    def close(self, is_kept: bool = True) -> None:
        """Forget everything, unless it was not kept elsewhere; waits for what is being written."""
        if is_kept:
            self.forget()
        elif self._folder is not None:
            self._thread.submit(self._folder.leave)
        self._thread.shutdown(wait=True)


class RunJournal:
    """Keeps a run of the command line, which has no session: what was learned by each epoch, some seconds apart."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document, self._path, self._stamp = document, path, stamp_of(path)
        self._folder = _Folder(recovery_folder() / uuid.uuid4().hex)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._writing: Future[None] | None = None
        self._next = time.monotonic() + STATE_EVERY

    def take(self, learn: Callable[[], Checkpoint], epochs: Sequence[EpochDone], offset: int) -> None:
        """After an epoch, between two steps: write if it is time to. learn: gives copies."""
        if time.monotonic() < self._next or (self._writing is not None and not self._writing.done()):
            return
        began = time.monotonic()
        stored: Future[Checkpoint] = Future()
        stored.set_result(learn())
        self._writing = self._thread.submit(self._write, Carried(stored), tuple(epochs), offset)
        self._next = time.monotonic() + max(STATE_EVERY, SHARE * (time.monotonic() - began))

    def _write(self, learned: Carried, epochs: Sequence[EpochDone], offset: int) -> None:
        with suppress(OSError):  # training goes on; its end writes the project and tells
            self._folder.write_state(learned, self._document, epochs, offset)
            self._folder.write_document(self._document, self._path, self._stamp)

    def close(self, is_kept: bool) -> None:
        """The run is over. is_kept: whether what it learned is in a file, or not wanted."""
        self._thread.submit(self._folder.remove if is_kept else self._folder.leave)
        self._thread.shutdown(wait=True)


class _Folder:
    """The files of one journal. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / LOCK, timeout=0, thread_local=False)
        self._epochs = 0
        """Lines in the file of curves."""
        self._last: EpochDone | None = None

    def take(self) -> bool:
        """Become its owner; False if it has one already."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except (OSError, TimeoutError):
            return False
        (self.path / EPOCHS).touch()
        return True

    def _ensure(self) -> None:
        if not self._lock.is_locked:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()

    def write_document(
        self, document: Document, path: Path | None, stamp: Stamp | None, exam: Sitting | None = None
    ) -> None:
        """So that recovery.py can read it, and a person too."""
        self._ensure()
        values = {
            "format": FORMAT,
            "time": datetime.now().isoformat(timespec="seconds"),
            "path": str(path.absolute()) if path is not None else None,
            "stamp": stamp if path is not None else None,
            "document": to_json(document),
            "exam": sitting.to_values(exam) if exam is not None else None,
        }
        write_whole(self.path / DOCUMENT, json.dumps(values, ensure_ascii=False).encode())

    def write_state(
        self,
        learned: Carried | None,
        document: Document,
        epochs: Sequence[EpochDone],
        offset: int,
        marks: tuple[Mark, ...] = (),
    ) -> None:
        """The curves, and what was learned under that document; offset and marks: as the session's."""
        self._ensure()
        checkpoint = learned.to_write() if learned is not None else None
        last = epochs[-1].epoch if epochs else 0
        if checkpoint is not None and isinstance(done := checkpoint.facts.get("epoch"), int):
            last = min(last, offset + done)
        self._write_epochs(epochs, last)
        if checkpoint is None:
            (self.path / STATE).unlink(missing_ok=True)
        else:
            _write_checkpoint(self.path / STATE, checkpoint, document, last, marks)

    def _write_epochs(self, epochs: Sequence[EpochDone], last: int) -> None:
        """Up to that epoch, those that came are added; the file is begun anew where the curves were."""
        there = bisect_right(epochs, last, key=lambda epoch: epoch.epoch)
        goes_on = 0 < self._epochs <= there and epochs[self._epochs - 1] == self._last
        lines = "".join(f"{json.dumps(asdict(epoch))}\n" for epoch in epochs[self._epochs if goes_on else 0 : there])
        with (self.path / EPOCHS).open("a" if goes_on else "w", encoding="utf-8") as file:
            file.write(lines)
        self._epochs, self._last = there, epochs[there - 1] if there else None

    def leave(self) -> None:
        """Be its owner no more."""
        with suppress(OSError):
            self._lock.release()

    def remove(self) -> None:
        """Take everything away."""
        self.leave()
        shutil.rmtree(self.path, ignore_errors=True)


def _write_checkpoint(
    path: Path, checkpoint: Checkpoint, document: Document, last: int, marks: tuple[Mark, ...]
) -> None:
    """last: the epoch on the curves that it stands at."""
    from safetensors.numpy import save

    facts = {
        "facts": json.dumps(checkpoint.facts),
        "document": json.dumps(taught(document)),
        "last": str(last),
        "marks": json.dumps(written(marks)),
    }
    with whole_file(path) as file:
        file.write(save(dict(checkpoint.tensors), facts))


def taught(document: Document) -> dict[str, Any]:
    """What of a document tells whether weights learned under it can simply go on: not its rate, names and places."""
    values = to_json(document)
    for node in values["nodes"]:
        del node["position"]
    return {
        "nodes": values["nodes"],
        "edges": values["edges"],
        "repeats": [[block["id"], block["members"], block["repeat"], block["parent"]] for block in values["blocks"]],
        "data": values["data"],
        "recipe": {name: value for name, value in values["recipe"].items() if name != "learning_rate"},
    }

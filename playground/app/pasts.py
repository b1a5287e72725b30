"""Earlier moments of a network's learning, kept within a budget of memory and disk, evenly spread over the whole run.

Knows no session and no torch: timeline.py decides when a moment is taken, this which of them stay and where. When all
that there is room for is there, every second one has to go, so that two neighbours are never more than about twice as
far apart as others.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from playground.app.settings import data_folder
from playground.app.tensors import unpacked
from playground.engine.checkpoint import Checkpoint

if TYPE_CHECKING:
    from playground.app.document import Document

MEGABYTE = 2**20
MEMORY, DISK = 256 * MEGABYTE, 1024 * MEGABYTE
"""Bytes that past moments may take, at first."""
MOST = 400
"""Moments kept at all: a slider has no more places."""
LOCK = "lock"


class Gone(Exception):
    """A moment that cannot be had back: one sentence."""


@dataclass(eq=False)
class Past:
    """One moment. Its checkpoint is in memory or in a file."""

    epoch: float
    """Where it is on the curves; whole numbers are ends of epochs."""
    document: Document
    offset: int
    """Epochs on the curves that its run does not count."""
    facts: dict[str, object]
    bytes: int
    _there: Checkpoint | None
    _file: Path | None = None

    @classmethod
    def of(cls, checkpoint: Checkpoint, document: Document, offset: int, batches: int) -> Past:
        """batches: steps in one of its epochs."""
        done, batch = int(checkpoint.facts.get("epoch", 0)), int(checkpoint.facts.get("batch", 0))
        size = sum(value.nbytes for value in checkpoint.tensors.values())
        return cls(offset + done + batch / max(1, batches), document, offset, dict(checkpoint.facts), size, checkpoint)

    @property
    def is_in_memory(self) -> bool:
        return self._there is not None

    def checkpoint(self) -> Checkpoint:
        """On any thread; reads the file if it is in one. Raises Gone."""
        there = self._there
        if there is not None:
            return there
        try:
            assert self._file is not None
            tensors, _ = unpacked(self._file.read_bytes())
        except (OSError, ValueError) as error:
            raise Gone(f"Epoch {self.epoch:g} cannot be read any more: {error}.") from error
        return Checkpoint(tensors, self.facts)

    def put_away(self, file: Path) -> None:
        """Write it into a file, on any thread."""
        from safetensors.numpy import save

        if self._there is not None:
            file.write_bytes(save(dict(self._there.tensors)))
            self._file, self._there = file, None

    def let_go(self) -> None:
        """Take its file away, if it has one."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


Write = Callable[[Callable[[], None], Callable[[None], None], Callable[[Exception], None]], None]
"""Does something on another thread, and tells when it is done, or what went wrong: Beside.write."""


@dataclass
class Pasts:
    """All moments of one session, the networks before edits included, by their place on the curves."""

    write: Write
    memory: int = MEMORY
    disk: int = DISK
    all: list[Past] = field(default_factory=list)
    _folder: _Folder | None = None
    _moving: set[Past] = field(default_factory=set)

    def add(self, past: Past) -> None:
        """Keep one more, and others less if there is no room."""
        self.all = [each for each in self.all if each.epoch != past.epoch or not _is_beside(each, past)]
        self.all.append(past)
        self.all.sort(key=lambda each: each.epoch)
        self.keep_within()

    def drop(self, gone: Iterable[Past]) -> None:
        """Let these go."""
        out = set(gone)
        self.all = [each for each in self.all if each not in out]
        for each in out:
            each.let_go()

    @property
    def in_memory(self) -> int:
        """Bytes."""
        return sum(each.bytes for each in self.all if each.is_in_memory)

    @property
    def on_disk(self) -> int:
        return sum(each.bytes for each in self.all if not each.is_in_memory)

    def keep_within(self) -> None:
        """Bring what there is within the budget: thin it out, and put into files what memory has no room for."""
        while len(self.all) > 1 and (len(self.all) > MOST or self.in_memory + self.on_disk > self.memory + self.disk):
            self.drop([thinnest(self.all)])
        over = self.in_memory - sum(each.bytes for each in self._moving if each.is_in_memory) - self.memory
        for each in self.all:
            if over <= 0:
                return
            if each.is_in_memory and each not in self._moving:
                self._put_away(each)
                over -= each.bytes

    def _put_away(self, past: Past) -> None:
        self._folder = self._folder or _Folder()
        file = self._folder.path / f"{uuid.uuid4().hex}.safetensors"
        self._moving.add(past)

        def done(_: None) -> None:
            self._moving.discard(past)
            if past not in self.all:
                past.let_go()

        def failed(_: Exception) -> None:  # a full disk: what cannot be kept is let go
            self._moving.discard(past)
            self.disk = self.on_disk
            self.keep_within()

        folder = self._folder

        def write() -> None:
            folder.ensure()
            past.put_away(file)

        self.write(write, done, failed)

    def close(self) -> None:
        """Forget everything."""
        self.all.clear()
        if self._folder is not None:
            self._folder.remove()


def thinnest(pasts: list[Past]) -> Past:
    """The one that is missed least: whose two neighbours of the same network are nearest to each other.

    The first and the newest moment of a network stay, while there is another.
    """
    best, gap = pasts[0], float("inf")
    groups: dict[int, list[Past]] = {}
    for past in pasts:
        groups.setdefault(id(past.document.graph), []).append(past)
    for group in groups.values():
        for before, past, after in zip(group, group[1:], group[2:], strict=False):
            if after.epoch - before.epoch < gap:
                best, gap = past, after.epoch - before.epoch
    return best


def _is_beside(one: Past, other: Past) -> bool:
    mine, others = one.document, other.document
    return mine.graph is others.graph and (mine.data is others.data or mine.data == others.data)


class _Folder:
    """Files of one session, which are nobody's when the program is gone."""

    def __init__(self) -> None:
        self.path = _home() / uuid.uuid4().hex
        self._lock = FileLock(self.path / LOCK, timeout=0, thread_local=False)

    def ensure(self) -> None:
        """Make it, once, and take those away whose programs are gone."""
        if self._lock.is_locked:
            return
        for other in _home().glob("*"):
            _remove_if_left(other)
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()

    def remove(self) -> None:
        with suppress(OSError):
            self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def _home() -> Path:
    return data_folder() / "timeline"


def _remove_if_left(folder: Path) -> None:
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except (OSError, TimeoutError):
        return
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)

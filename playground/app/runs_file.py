"""The SQLite file of the run history: how it is opened, and what is done when it is broken, locked or read-only.

Any number of programs may use it at once. Its tables are in runs_tables.py; what a person does with it, in runs.py.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from playground.app.runs_tables import STEPS, migrate, tidy_up, version_of

T = TypeVar("T")
MOST_CHECKED = 32 * 2**20
"""Bytes up to which a file is looked through for damage when it is opened: 50 ms."""

BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
SHORT_READ = sqlite3.SQLITE_IOERR | (2 << 8)
"""What a file says that was cut off."""
MOVED = sqlite3.SQLITE_READONLY | (4 << 8)
"""What a file says that was renamed while it was being opened."""
_OPENING = threading.RLock()
"""A window reads the history and its recorder writes it: while one sets a broken file aside, the other waits."""
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


class HistoryProblem(Exception):
    """The run history cannot be used just now: one sentence for a person, with a way out."""


class RunsFile:
    """One program's connection to the file; it may be used from any thread, one at a time."""

    def __init__(self, path: Path, timeout: float = 2.0) -> None:
        self.path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        """Which file the connection leads to: another may have been put in its place."""
        self.notice = ""
        """A sentence to tell, when a broken file was set aside."""

    def read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """What is found in the file. Raises HistoryProblem."""
        return self._do(look)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Change the file, wholly or not at all. Raises HistoryProblem."""

        def whole(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                done = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return done

        return self._do(whole)

    @property
    def is_open(self) -> bool:
        """Whether it was used since it was made or closed."""
        return self._connection is not None

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            self._drop()

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                try:
                    return work(self._connected())
                except sqlite3.DatabaseError as error:
                    if code(error) not in (*BROKEN, sqlite3.SQLITE_IOERR):
                        raise
                    return self._again(work, is_broken(error))
            except sqlite3.Error as error:
                raise HistoryProblem(_sentence(self.path, error)) from error
            except OSError as error:
                reason = error.strerror or error
                raise HistoryProblem(f"The run history {self.path} cannot be used: {reason}.") from error

    def _again(self, work: Callable[[sqlite3.Connection], T], broken: bool) -> T:
        """Once more: a broken file is set aside first, unless another connection has just done so."""
        self._drop()
        if not broken:
            try:
                return work(self._connected())
            except sqlite3.DatabaseError as error:
                if not is_broken(error):
                    raise
        self._replace()
        return work(self._connected())

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None and _identity(self.path) == self._opened:
            return self._connection
        self._drop()
        with _OPENING:
            self._connection = _opened(self.path, self._timeout)
            self._opened = _identity(self.path)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _replace(self) -> None:
        """Set a broken file aside, unless another connection has done so meanwhile."""
        self._drop()
        with _OPENING:
            self._replace_alone()

    def _replace_alone(self) -> None:
        try:
            _opened(self.path, self._timeout).close()
        except sqlite3.DatabaseError as error:
            if not is_broken(error):
                raise
        else:
            if _identity(self.path) != self._opened:
                return
        kept = set_aside(self.path)
        self.notice = (
            f"The run history was damaged and could not be read. It was set aside as {kept.name} in {kept.parent}, "
            "and a new one was begun."
        )


def code(error: sqlite3.Error) -> int:
    """SQLite's own number of what went wrong, without its details; -1 if it is not SQLite that complains."""
    full = getattr(error, "sqlite_errorcode", None)
    return full & 0xFF if isinstance(full, int) else -1


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file itself is damaged, or cut off."""
    return code(error) in BROKEN or getattr(error, "sqlite_errorcode", 0) == SHORT_READ


def set_aside(path: Path) -> Path:
    """Rename a broken file, and the log that belongs to it, so that a person may still have it mended."""
    stem = f"{path.name}.broken-{datetime.now():%Y%m%d-%H%M%S}"
    kept, number = path.with_name(stem), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{stem}-{number}")
    path.replace(kept)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return kept


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _opened(path: Path, timeout: float) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(str(path), timeout)
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) == MOVED:  # by another program: there is a new one, or will be
            return _opened(path, timeout)
        if code(error) in UNWRITABLE and path.is_file():
            return _only_to_read(path, timeout)
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(address: str, timeout: float, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(address, timeout, isolation_level=None, check_same_thread=False, uri=uri)
    connection.row_factory = sqlite3.Row
    return connection


def _only_to_read(path: Path, timeout: float) -> sqlite3.Connection:
    """In a folder where nothing may be written: what is there can still be looked at."""
    connection = _connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", timeout, uri=True)
    try:
        _refuse_newer(connection)
        _look_through(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Settings, tables, and the end of what programs left behind that are gone."""
    connection.execute("PRAGMA foreign_keys = ON")
    if _refuse_newer(connection) < len(STEPS):
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _write_ahead(connection)
        migrate(connection)
    connection.execute("PRAGMA synchronous = NORMAL")  # a crash of the machine loses the last seconds, not the file
    _look_through(connection, path)
    try:
        tidy_up(connection)
    except sqlite3.OperationalError as error:
        if code(error) not in (*BUSY, *UNWRITABLE, sqlite3.SQLITE_FULL):
            raise  # else the next start does it


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Reading while another program writes. Two programs that both begin the file wait for each other."""
    for pause in (0.01, 0.05, 0.1, 0.2, 0.5, 0.0):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if code(error) not in BUSY or not pause:
                raise
            time.sleep(pause)


def _refuse_newer(connection: sqlite3.Connection) -> int:
    """The file's version. Raises HistoryProblem for one that this program does not know."""
    version = version_of(connection)
    if version > len(STEPS):
        raise HistoryProblem(
            f"The run history was written by a newer version of the program (format {version}, this one knows up to "
            f"{len(STEPS)}). Update the program to see it; runs of this version are not kept."
        )
    return version


def _look_through(connection: sqlite3.Connection, path: Path) -> None:
    """Find damage before it is met in the middle of something; large files are found out when they are read."""
    small = path.stat().st_size <= MOST_CHECKED
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0] if small else "ok"
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if found != "ok" or not {"runs", "epochs", "tags", "blobs"} <= tables:
        error = sqlite3.DatabaseError(f"The run history is damaged: {found}")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _sentence(path: Path, error: sqlite3.Error) -> str:
    found = code(error)
    if found in BUSY:
        return f"The run history {path} is held by another program. Close that one, or try again in a moment."
    if found in UNWRITABLE:
        return f"The run history {path} cannot be written. Check who may write in that folder."
    if found == sqlite3.SQLITE_FULL:
        return f"The disk of {path.parent} is full: the run history cannot be written. Make room there."
    return f"The run history {path} cannot be used: {error}."

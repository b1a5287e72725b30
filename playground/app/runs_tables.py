"""The tables of the run history, how they came to be as they are, and the few rules that keep them in order.

All functions work within an open connection. How the file is opened is in runs_file.py.
"""

from __future__ import annotations

import sqlite3

from playground.app.processes import is_gone

FIRST = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', starred INTEGER NOT NULL DEFAULT 0,
    started REAL NOT NULL, ended REAL, process TEXT NOT NULL, machine TEXT NOT NULL, versions TEXT NOT NULL,
    document TEXT NOT NULL, recipe TEXT NOT NULL, data_name TEXT NOT NULL, data TEXT NOT NULL, split TEXT NOT NULL,
    device TEXT NOT NULL, seed INTEGER NOT NULL, parameters INTEGER NOT NULL, continues TEXT,
    reason TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    epochs INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    best_epoch INTEGER NOT NULL DEFAULT 0, best TEXT, last TEXT, test TEXT,
    layers TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '', deleted TEXT
);
CREATE INDEX runs_started ON runs (started);
CREATE INDEX runs_data ON runs (data);
CREATE TABLE epochs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, epoch INTEGER NOT NULL,
    train_loss REAL, valid_loss REAL, measures TEXT NOT NULL,
    learning_rate REAL, seconds REAL, samples_per_second REAL,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
CREATE TABLE tags (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, tag TEXT NOT NULL, PRIMARY KEY (run, tag)
) WITHOUT ROWID;
CREATE TABLE blobs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind TEXT NOT NULL,
    size INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (run, kind)
);
"""
LOOKS = """
CREATE TABLE looks (
    data TEXT NOT NULL, part TEXT NOT NULL, at REAL NOT NULL, project TEXT NOT NULL, metric TEXT NOT NULL,
    score REAL, low REAL, high REAL, n INTEGER NOT NULL
);
CREATE INDEX looks_data ON looks (data)
"""
"""Of the test parts: who looked at which, and when."""
STEPS: tuple[str, ...] = (FIRST, LOOKS)
"""What makes each version of the tables out of the one before; a file says in user_version which it has."""


def version_of(connection: sqlite3.Connection) -> int:
    """Which of the STEPS the file has seen; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, one step at a time, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version_of(connection), len(STEPS)):  # asked again: another program may have been faster
            for statement in STEPS[number].split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def tidy_up(connection: sqlite3.Connection) -> None:
    """Runs whose program is gone were interrupted; what it had deleted is gone for good."""
    running = connection.execute("SELECT DISTINCT process FROM runs WHERE ended IS NULL")
    for (process,) in [row for row in running.fetchall() if is_gone(row[0])]:
        connection.execute(
            "UPDATE runs SET ended = started + seconds, reason = 'interrupted' WHERE ended IS NULL AND process = ?",
            (process,),
        )
    deleted = connection.execute("SELECT DISTINCT deleted FROM runs WHERE deleted IS NOT NULL")
    for (process,) in [row for row in deleted.fetchall() if is_gone(row[0])]:
        purge(connection, process)


def purge(connection: sqlite3.Connection, process: str) -> None:
    """Delete for good what that program had deleted."""
    if connection.execute("DELETE FROM runs WHERE deleted = ?", (process,)).rowcount:
        connection.execute("PRAGMA incremental_vacuum").fetchall()


def index_words(connection: sqlite3.Connection, id: str) -> None:
    """Note what a run is found by, after a change: SQLite alone does not know that É is é."""
    row = connection.execute("SELECT name, note, data_name, layers FROM runs WHERE id = ?", (id,)).fetchone()
    tags = connection.execute("SELECT tag FROM tags WHERE run = ? ORDER BY tag", (id,))
    words = " ".join((*row, *(tag for (tag,) in tags))).casefold()
    connection.execute("UPDATE runs SET words = ? WHERE id = ?", (words, id))


def keep_within(connection: sqlite3.Connection, budget: int) -> None:
    """Let go of the oldest unstarred runs' weights until the rest fits; their rows stay."""
    kept = connection.execute(
        "SELECT run, size, starred FROM blobs JOIN runs ON run = id WHERE kind = 'weights' ORDER BY started"
    ).fetchall()
    total = sum(size for _, size, _ in kept)
    for run, size, starred in kept:
        if total <= budget:
            break
        if not starred:
            connection.execute("DELETE FROM blobs WHERE run = ? AND kind = 'weights'", (run,))
            total -= size
    connection.execute("PRAGMA incremental_vacuum").fetchall()

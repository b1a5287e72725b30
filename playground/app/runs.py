"""The run history as a person sees it: what was trained, found again, restored, marked and deleted.

Writing runs into it as they happen is in recording.py; what is done about a broken file, in
runs_file.py. Knows neither Qt nor torch, and nothing in it is ever executed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from playground.app.bounded import parsed
from playground.app.document import Document, DocumentProblem, from_json
from playground.app.files import Project
from playground.app.learned import read_answers, read_weights
from playground.app.processes import process_key
from playground.app.runs_file import HistoryProblem, RunsFile
from playground.app.runs_tables import index_words, purge, tidy_up
from playground.app.settings import history_file
from playground.app.stored_run import COLUMNS, StoredRun, epoch_of, run_of
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone

MOST_NAME, MOST_NOTE, MOST_TAG, MOST_TAGS = 200, 4000, 40, 20
MOST_CHAIN = 1000


class RunHistory:
    """All runs of this person. Every method may raise HistoryProblem, with a sentence; any thread may call them."""

    def __init__(self, path: Path | None = None, timeout: float = 1.0) -> None:
        self._file = RunsFile(path or history_file(), timeout)

    # Finding

    def search(
        self,
        words: str = "",
        *,
        tag: str | None = None,
        starred: bool = False,
        data: str | None = None,
        limit: int = 500,
        offset: int = 0,
    ) -> tuple[StoredRun, ...]:
        """The newest first, without those whose row is damaged.

        words: each must occur in name, note, tags, data or layers. data: a fingerprint.
        """
        where: list[str] = ["deleted IS NULL"]
        values: list[str | int] = []
        for word in words.casefold().split():
            where.append("instr(words, ?)")
            values.append(word)
        if tag is not None:
            where.append("EXISTS (SELECT 1 FROM tags WHERE run = id AND tag = ?)")
            values.append(tag)
        if data is not None:
            where.append("data = ?")
            values.append(data)
        if starred:
            where.append("starred")
        query = f"SELECT {COLUMNS} FROM runs WHERE {' AND '.join(where)} ORDER BY started DESC, id LIMIT ? OFFSET ?"
        return tuple(run for row in self._rows(query, *values, limit, offset) if (run := _run_or_none(row)))

    def get(self, id: str) -> StoredRun:
        """One run."""
        return run_of(self._row(id, COLUMNS))

    def tags(self) -> tuple[str, ...]:
        """All tags that are used, in alphabetical order."""
        query = "SELECT DISTINCT tag FROM tags JOIN runs ON run = id WHERE deleted IS NULL ORDER BY tag"
        return tuple(row["tag"] for row in self._rows(query))

    def _rows(self, query: str, *values: str | int) -> Sequence[sqlite3.Row]:
        return self._file.read(lambda connection: connection.execute(query, values).fetchall())

    def _row(self, id: str, columns: str) -> sqlite3.Row:
        rows = self._rows(f"SELECT {columns} FROM runs WHERE id = ? AND deleted IS NULL", id)
        if not rows:
            raise HistoryProblem(f"There is no run {id} in the history. It may have been deleted.")
        return rows[0]

    # What a run holds

    def document(self, id: str) -> Document:
        """The project exactly as it was trained."""
        try:
            return from_json(parsed(self._row(id, "document")["document"]))
        except (ValueError, TypeError, DocumentProblem) as error:
            raise HistoryProblem(f"The project of run {id} cannot be restored. {error}") from error

    def curves(self, id: str, whole: bool = False) -> tuple[EpochDone, ...]:
        """Its epochs, in order; whole: with those of the runs that it continues, as on the screen."""
        epochs: dict[int, EpochDone] = {}
        for run in self._chain(id) if whole else (id,):
            for row in self._rows("SELECT * FROM epochs WHERE run = ?", run):
                epochs.setdefault(row["epoch"], epoch_of(row))
        return tuple(epochs[number] for number in sorted(epochs))

    def _chain(self, id: str) -> list[str]:
        """The run, the one that it continues, and so on."""
        found: list[str] = []
        run: str | None = id
        while run is not None and run not in found and len(found) < MOST_CHAIN:
            found.append(run)
            rows = self._rows("SELECT continues FROM runs WHERE id = ?", run)
            run = rows[0]["continues"] if rows else None
        return found

    def weights(self, id: str, which: Literal["best", "last"] = "last") -> dict[str, NDArray[Any]] | None:
        """By "<layer>.<name>"; None if they were too large, or let go. Where the best are the last, those."""
        content = self._blob(id, "weights")
        if content is None:
            return None
        try:
            found = Checkpoint(read_weights(content))
        except ValueError as error:
            raise HistoryProblem(f"The weights of run {id} are damaged. Train it again.") from error
        return found.group(which) or found.group("last")

    def answers(self, id: str) -> dict[str, NDArray[Any]] | None:
        """Its "predicted" and the "truth" for each validation example, in the order of the split; None if not kept."""
        content = self._blob(id, "answers")
        try:
            return read_answers(content) if content is not None else None
        except ValueError as error:
            raise HistoryProblem(f"The predictions of run {id} are damaged. Train it again.") from error

    def _blob(self, id: str, kind: str) -> bytes | None:
        rows = self._rows("SELECT content FROM blobs WHERE run = ? AND kind = ?", id, kind)
        return bytes(rows[0]["content"]) if rows else None

    def project(self, id: str, which: Literal["best", "last"] = "last") -> Project:
        """To be worked on again: the document, and where they were kept, the weights with the curves they made."""
        weights = self.weights(id, which)
        if weights is None:
            return Project(self.document(id))
        tensors = {f"weights/{name}": value for name, value in weights.items()}
        return Project(self.document(id), Checkpoint(tensors), self.curves(id, whole=True))

    # Marking

    def rename(self, id: str, name: str) -> None:
        """Give it another name; of spaces alone changes nothing."""
        if name.strip():
            self._change(id, "name", name.strip()[:MOST_NAME])

    def set_note(self, id: str, note: str) -> None:
        """A remark of the person's own."""
        self._change(id, "note", note[:MOST_NOTE])

    def star(self, id: str, starred: bool = True) -> None:
        """Runs with a star keep their weights."""
        self._change(id, "starred", int(starred))

    def set_tags(self, id: str, tags: tuple[str, ...]) -> None:
        """All of its tags; spaces around them, empty ones and doubles are left out."""
        wanted = list(dict.fromkeys(" ".join(tag.split())[:MOST_TAG] for tag in tags if tag.strip()))[:MOST_TAGS]

        def work(connection: sqlite3.Connection) -> None:
            _refuse_missing(connection, id)
            connection.execute("DELETE FROM tags WHERE run = ?", (id,))
            connection.executemany("INSERT INTO tags VALUES (?, ?)", [(id, tag) for tag in wanted])
            index_words(connection, id)

        self._file.write(work)

    def tag(self, id: str, tag: str) -> None:
        """One tag more."""
        self.set_tags(id, (*self.get(id).tags, tag))

    def untag(self, id: str, tag: str) -> None:
        """One tag less."""
        self.set_tags(id, tuple(other for other in self.get(id).tags if other != tag))

    def _change(self, id: str, column: str, value: str | int) -> None:
        def work(connection: sqlite3.Connection) -> None:
            _refuse_missing(connection, id)
            connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, id))
            index_words(connection, id)

        self._file.write(work)

    # Deleting

    def delete(self, *ids: str) -> None:
        """Out of sight; gone for good when the program closes."""
        self._file.write(
            lambda connection: connection.executemany(
                "UPDATE runs SET deleted = ? WHERE id = ? AND deleted IS NULL", [(process_key(), id) for id in ids]
            )
        )

    def undelete(self, *ids: str) -> None:
        """Bring back what was deleted since the program began."""
        self._file.write(
            lambda connection: connection.executemany(
                "UPDATE runs SET deleted = NULL WHERE id = ?", [(id,) for id in ids]
            )
        )

    def tidy_up(self) -> None:
        """Mark runs as interrupted whose program has ended without a word since this one began."""
        self._file.write(tidy_up)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._file.path.stat().st_size if self._file.path.exists() else 0

    def notice(self) -> str:
        """A sentence, once, if a broken history was set aside."""
        found, self._file.notice = self._file.notice, ""
        return found

    def close(self) -> None:
        """Delete for good what was deleted, and let go of the file."""
        if self._file.is_open:
            with suppress(HistoryProblem):  # the next start does it
                self._file.write(lambda connection: purge(connection, process_key()))
            self._file.close()


def _refuse_missing(connection: sqlite3.Connection, id: str) -> None:
    if not connection.execute("SELECT 1 FROM runs WHERE id = ? AND deleted IS NULL", (id,)).fetchone():
        raise HistoryProblem(f"There is no run {id} in the history. It may have been deleted.")


def _run_or_none(row: sqlite3.Row) -> StoredRun | None:
    try:
        return run_of(row)
    except HistoryProblem:
        return None

"""Undo and redo over immutable documents: nobody writes an undo(), the old value is kept.

Knows nothing of what the edits do; they are in changes.py.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from playground.app.document import Document
from playground.app.wording import in_words

LIMIT = 1000
"""Steps kept; old documents share almost everything with new ones."""


class Change(Protocol):
    """Something a person does to the document."""

    @property
    def label(self) -> str:
        """What it is called without a network at hand; the undo menu's words are wording.py's."""

    @property
    def merge_key(self) -> Hashable | None:
        """Changes in a row with the same key are one step, as in dragging a slider."""

    def apply(self, document: Document) -> Document:
        """The document after it."""


class History:
    """The present document, and those before and after it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.undone: str | None = None
        """What the latest step took back; None where it was an edit or a redo."""
        self._past: list[tuple[Document, str, Hashable | None]] = []
        self._future: list[tuple[Document, str]] = []
        self._saved = document

    @property
    def is_saved(self) -> bool:
        """Whether the present document is the one last written to its file."""
        return self.document is self._saved

    def mark_saved(self, document: Document | None = None) -> None:
        self._saved = document or self.document

    def do(self, change: Change) -> bool:
        """Apply a change; False if it changed nothing."""
        after = change.apply(self.document)
        if after is self.document or after == self.document:
            return False
        key = change.merge_key
        merges = key is not None and bool(self._past) and self._past[-1][2] == key and not self._future
        if not merges:
            self._past.append((self.document, in_words(change, self.document.graph), key))
            del self._past[:-LIMIT]
        self._future.clear()
        self.document, self.undone = after, None
        return True

    def settle(self) -> None:
        """End a row of merging changes: the next one is a step of its own."""
        if self._past:
            document, label, _ = self._past[-1]
            self._past[-1] = (document, label, None)

    @property
    def undo_label(self) -> str | None:
        """What undo would take back; None if there is nothing."""
        return self._past[-1][1] if self._past else None

    @property
    def redo_label(self) -> str | None:
        return self._future[-1][1] if self._future else None

    def undo(self) -> bool:
        if not self._past:
            return False
        document, label, _ = self._past.pop()
        self._future.append((self.document, label))
        self.document, self.undone = document, label
        return True

    def redo(self) -> bool:
        if not self._future:
            return False
        document, label = self._future.pop()
        self._past.append((self.document, label, None))
        self.document, self.undone = document, None
        return True

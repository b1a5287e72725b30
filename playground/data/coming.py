"""What a server sends, asked for on a thread of its own: who waits for it can stop waiting at any moment.

A silent connection holds whoever reads it for as long as its time-out, and cannot be interrupted. Knows nothing of what
comes; that is downloads.py's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

PIECE = 2**16
LOOK = 0.2
"""Seconds after which who waits is asked whether it goes on."""
AHEAD = 8
"""Pieces that may lie here unread."""


class Coming:
    """One answer. Begun when it is made."""

    def __init__(self, ask: Callable[[], Response]) -> None:
        self._ask, self._is_closed = ask, False
        self._here: Queue[Any] = Queue(AHEAD)
        """The answer, then its pieces, then None; or what was raised."""
        threading.Thread(target=self._read, name="coming", daemon=True).start()

    def answer(self, waiting: Callable[[], object]) -> Response:
        """Its status and headers. waiting: called while nothing comes; what it raises ends the waiting.

        Raises what asking raised.
        """
        found: Response = self._next(waiting)
        return found

    def pieces(self, waiting: Callable[[], object]) -> Iterator[bytes]:
        """What is in it, as it comes; as answer() otherwise."""
        while (piece := self._next(waiting)) is not None:
            yield piece

    def close(self) -> None:
        """Read no further: the connection is given up at the next sign of life, or after its time-out."""
        self._is_closed = True

    def _next(self, waiting: Callable[[], object]) -> Any:
        while True:
            try:
                found = self._here.get(timeout=LOOK)
            except Empty:
                waiting()
                continue
            if isinstance(found, Exception):
                raise found
            return found

    def _read(self) -> None:
        try:
            with self._ask() as answer:
                self._put(answer)
                while not self._is_closed and (piece := answer.raw.read(PIECE, decode_content=False)):
                    self._put(piece)
            self._put(None)
        except Exception as error:  # noqa: BLE001 it is raised where it is waited for
            self._put(error)

    def _put(self, what: object) -> None:
        while not self._is_closed:
            try:
                self._here.put(what, timeout=LOOK)
                return
            except Full:
                continue

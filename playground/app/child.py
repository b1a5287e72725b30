"""A child process that can be killed at any moment, before it has begun too. What it does and says is its owner's."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any


class Child:
    """One process, begun at most once."""

    def __init__(self, daemon: bool = True) -> None:
        """daemon: whether it ends with this process; one that has processes of its own cannot."""
        self.killed = False
        self._daemon = daemon
        self._process: BaseProcess | None = None
        self._lock = threading.Lock()

    def begin(self, target: Callable[..., None], *args: Any) -> Connection | None:
        """Run target(*args, connection) there; the end from which its words are read, or None if it was killed before.

        Raises OSError or RuntimeError if the system gives no process.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        with self._lock:
            if self.killed:
                return None
            process = context.Process(target=_say_to_who_listens, args=(target, *args, theirs), daemon=self._daemon)
            process.start()
            self._process = process
        theirs.close()
        return ours

    def kill(self) -> None:
        """End it at once; it is not begun any more if it was not."""
        with self._lock:
            self.killed = True
            if self._process is not None:
                self._process.kill()

    def join(self) -> None:
        """Wait for its end."""
        if self._process is not None:
            self._process.join()


def _say_to_who_listens(target: Callable[..., None], *args: Any) -> None:
    """In the child, which ends without a word where whoever wanted to hear of it is gone."""
    with suppress(BrokenPipeError):
        target(*args)

"""A download beside the window, on a thread of its own: how far it is, stopping it, and how it ended.

Knows neither Qt nor what is downloaded; that is playground.data's.
"""

from __future__ import annotations

import threading
from typing import Literal

from playground.data.dataset import DataProblem
from playground.data.published import Published

State = Literal["running", "done", "failed", "stopped"]


class _Stopped(Exception):
    """A person did not want to wait for it."""


class Download:
    """Begun when it is made."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.state: State = "running"
        self.done = 0
        """Bytes that are here."""
        self.problem = ""
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="download", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 0.0) -> None:
        """End it soon; what has come is kept, and the next download goes on there."""
        self._is_stopped.set()
        self._thread.join(timeout)

    def _tell(self, done: int, _: int) -> None:
        if self._is_stopped.is_set():
            raise _Stopped
        self.done = done

    def _work(self) -> None:
        from playground.data.downloads import DownloadProblem, download

        try:
            download(self.published, self._tell)
            self.state = "done"
        except _Stopped:
            self.state = "stopped"
        except (DownloadProblem, DataProblem) as problem:
            self.problem, self.state = str(problem), "failed"
        except OSError as error:
            self.problem = f"{self.published.folder} cannot be written: {error.strerror or error}. Check the folder."
            self.state = "failed"

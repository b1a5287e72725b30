"""One piece of work on a project in a process of its own: it tells how far it is, and can be killed.

The project goes there as a file, so that nothing large is pickled; what is done is a function that is found by name.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from playground.app.child import Child
from playground.app.files import FileProblem, read_project
from playground.app.handing_over import Handed, Way
from playground.app.pasts import Gone
from playground.app.runner import Mailbox
from playground.data.dataset import DataProblem
from playground.exchange.problem import ExportProblem


@dataclass(frozen=True)
class Underway:
    """What is being done now. A fact."""

    words: str


@dataclass(frozen=True)
class Failed:
    """It could not be done: why, and a way out. A fact."""

    words: str


class HandingOver:
    """Hands a project over in a process; puts Underway, then Handed or Failed, into its mailbox."""

    def __init__(self, way: Way, save: Callable[[Path], object], output: Path) -> None:
        """way: one of a module, or a partial of one. save: writes the project to a file, on another thread."""
        self.mailbox = Mailbox()
        self.way, self.output = way, output
        self._save = save
        self._child = Child()
        self._thread = threading.Thread(target=self._work, name="handing over", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Kill the process; nothing more is put into the mailbox."""
        self._child.kill()

    def join(self, timeout: float | None = None) -> bool:
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        handle, name = tempfile.mkstemp(suffix=".nnplay")
        os.close(handle)
        try:
            self._save(Path(name))
            self._in_process(Path(name))
        except (FileProblem, Gone, OSError, RuntimeError) as error:
            self._put(Failed(_first_line(error)))
        finally:
            Path(name).unlink(missing_ok=True)

    def _in_process(self, project: Path) -> None:
        words = self._child.begin(_hand_over, self.way, project, self.output)
        if words is None:
            return
        said: Any = Underway("")
        while isinstance(said, Underway):
            try:
                said = words.recv()
            except (EOFError, OSError):
                said = Failed("The process that wrote it ended early. Close other programs, and try again.")
            self._put(said)
        self._child.join()
        words.close()

    def _put(self, fact: object) -> None:
        if not self._child.killed:
            self.mailbox.put(fact)


def _hand_over(way: Way, project: Path, output: Path, theirs: Connection) -> None:
    """In the child: do it, and send what came of it."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        result: Handed | Failed = way(read_project(project), output, lambda words: theirs.send(Underway(words)))
    except (ExportProblem, DataProblem, FileProblem) as problem:
        result = Failed(str(problem))
    except MemoryError:
        result = Failed("The memory is not enough for that. Close other programs, or use a smaller network.")
    except Exception as error:  # noqa: BLE001 - it is told to the person
        result = Failed(
            f"It could not be written: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        )
    theirs.send(result)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""What happened lately, in a file that turns over: versions, actions, and where something went wrong.

It stays on the person's machine; problem_report.py makes of it what may be shown to others. Knows no Qt.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from playground import __version__
from playground.app.settings import log_folder

NAME = "playground.log"
MOST_BYTES, MOST_FILES = 2**20, 3
MOST_REPEATS = 3
"""How often the same fault is written in full: one in a painting is met sixty times a second."""
PACKAGES = ("PySide6-Essentials", "pyqtgraph", "torch", "numpy", "pandas", "scikit-learn", "optuna", "safetensors")
_LOG = logging.getLogger("playground")
_crashes: IO[str] | None = None


def begin_log() -> Path | None:
    """Write into the log from now on; where it is, or None if it cannot be written."""
    global _crashes
    try:
        folder = log_folder()
        handler = RotatingFileHandler(folder / NAME, maxBytes=MOST_BYTES, backupCount=MOST_FILES, encoding="utf-8")
        _crashes = (folder / "crash.log").open("w", encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    faulthandler.enable(_crashes)
    note(f"began: {versions()}")
    return folder / NAME


def end_log() -> None:
    """Write nothing more."""
    global _crashes
    for handler in list(_LOG.handlers):
        _LOG.removeHandler(handler)
        handler.close()
    if _crashes is not None:
        faulthandler.disable()
        _crashes.close()
        _crashes = None


def versions() -> str:
    """Of the program and what it is made of, read without importing anything."""
    found = [f"playground {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} missing")
    return ", ".join(found)


def note(action: str) -> None:
    """One line: what a person or the program did."""
    _LOG.info(action.replace("\n", " ")[:500])


class Faults:
    """Takes in exceptions that nobody expected: none is lost, and none floods the log."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, kind: type[BaseException], error: BaseException | None, at: TracebackType | None) -> str:
        """Write it down; a sentence for the person, or an empty one for what was told before."""
        frames = traceback.extract_tb(at)
        ours = [frame for frame in frames if "playground" in frame.filename] or list(frames)
        where = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "an unknown place"
        key = f"{kind.__name__} in {where}"
        with self._lock:
            count = self._seen[key] = self._seen.get(key, 0) + 1
        if count <= MOST_REPEATS:
            words = "".join(traceback.format_exception(kind, error, at))
            _LOG.error("unexpected:\n%s", words)
            sys.stderr.write(words)
        elif count & (count - 1) == 0:
            _LOG.error("unexpected, %d times: %s", count, key)
        if count > 1:
            return ""
        if issubclass(kind, MemoryError):
            return "The memory is not enough for that. Save your work, and try a smaller batch, network or data set."
        return (
            f"Something went wrong that should not have ({key}). The program goes on, and your work is kept; "
            "Help → Report a problem writes down what happened."
        )

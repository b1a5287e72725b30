"""Where a person's own files live: settings, recent projects, the last session. Knows no Qt.

PLAYGROUND_HOME puts all of them into one folder, for tests and for a program on a stick.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import platformdirs

from playground.app.whole_files import write_whole
from playground.data.places import APP, data_home

MOST_RECENT = 10


def config_folder() -> Path:
    """Where settings are kept; made if needed."""
    return _made(_home("config") or Path(platformdirs.user_config_dir(APP, appauthor=False)))


def data_folder() -> Path:
    """Where recovery files and the run history are kept; made if needed."""
    return _made(_data())


def history_file() -> Path:
    """Where the run history is kept; its folder is made by whoever writes it."""
    return _data() / "runs.sqlite"


def _data() -> Path:
    return data_home()


def _home(part: str) -> Path | None:
    home = os.environ.get("PLAYGROUND_HOME")
    return Path(home) / part if home else None


def _made(folder: Path) -> Path:
    with suppress(OSError):  # a home that cannot be written to: who writes there says so, and all else goes on
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def recent_projects() -> list[Path]:
    """Project files opened or saved lately, the newest first; those that are gone left out."""
    try:
        names = json.loads((config_folder() / "recent.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    if not isinstance(names, list):
        return []
    return [Path(name) for name in names[:MOST_RECENT] if isinstance(name, str) and Path(name).is_file()]


def remember_project(path: Path) -> None:
    """Put a file at the head of the recent ones."""
    path = path.resolve()
    others = [str(other) for other in recent_projects() if other != path]
    with suppress(OSError):  # the list of recent projects is not worth a word
        write_whole(config_folder() / "recent.json", json.dumps([str(path), *others][:MOST_RECENT]).encode())


def kept_sessions() -> list[Path]:
    """Where unsaved work was put when it made room for other work, the newest first."""
    return sorted(data_folder().glob("session-*.nnplay"), key=lambda path: path.name, reverse=True)


def new_session_file(now: datetime) -> Path:
    """A file for unsaved work that no other program writes to; for how long it stays is kept.py's."""
    return data_folder() / f"session-{now:%Y%m%d-%H%M%S-%f}-{os.getpid()}.nnplay"


def is_kept_session(path: Path) -> bool:
    """Whether a file is one of those, and not the person's own."""
    return path.parent == data_folder() and path.name.startswith("session-")


def kept_at(path: Path) -> datetime | None:
    """When a session was kept."""
    try:
        return datetime.strptime(path.name[len("session-") :][:15], "%Y%m%d-%H%M%S")
    except ValueError:
        return None


def recovery_folder() -> Path:
    """Where unsaved work is written as it is done, a folder a window; made by whoever writes."""
    return _data() / "recovery"


def log_folder() -> Path:
    """Where the log is; made if needed."""
    return _made(_data() / "logs")


def locks_folder() -> Path:
    """Where windows tell one another which files they have open; made if needed."""
    return _made(_data() / "open")

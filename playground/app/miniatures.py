"""Small pictures of projects for the first page, kept in the person's cache, one a theme.

What they show is ui/miniature.py's. They are made when a project is saved, opened or kept; one that is older than its
file, too large or gone is none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import platformdirs

from playground.app.whole_files import write_whole
from playground.data.places import APP

MOST_BYTES = 64 * 2**10
"""Of one picture."""
MOST_PICTURES = 80
"""Kept at all; those made longest ago are let go."""


def folder() -> Path:
    """Where they are; made by whoever writes."""
    home = os.environ.get("PLAYGROUND_HOME")
    return (Path(home) / "cache" if home else Path(platformdirs.user_cache_dir(APP, appauthor=False))) / "miniatures"


def _file(project: Path, theme: str) -> Path:
    return folder() / f"{sha256(os.fsencode(project.resolve())).hexdigest()[:32]}-{theme}.png"


def keep(project: Path, pictures: Mapping[str, bytes]) -> None:
    """One for each theme, by its name. A cache that cannot be written to is not worth a word."""
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        for theme, content in pictures.items():
            if len(content) <= MOST_BYTES:
                write_whole(_file(project, theme), content)
        _let_go()


def kept(project: Path, theme: str) -> bytes | None:
    """The picture of a project as it is now; None if there is none."""
    path = _file(project, theme)
    try:
        known = path.stat()
        if known.st_size > MOST_BYTES or known.st_mtime_ns < project.stat().st_mtime_ns:
            return None
        return path.read_bytes()
    except OSError:
        return None


def _let_go() -> None:
    found = sorted(folder().glob("*.png"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in found[MOST_PICTURES:]:
        old.unlink(missing_ok=True)

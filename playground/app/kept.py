"""Work that made room for other work before it was in a file: what it is, how long it stays, where it can go back to.

Each is a project file in the data folder, whose names settings.py gives; written here, with the file it is of. What a
crash leaves is recovery.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from playground.app.document import DocumentProblem
from playground.app.files import FileProblem, Project, read_document, read_origin, write_project
from playground.app.origin import Origin, stamp_of
from playground.app.settings import kept_at, kept_sessions, new_session_file
from playground.data.catalogue import CATALOGUE

MOST_KEPT = 20
"""Of those that have learned nothing and are of no file: the newest."""
MOST_DEAR = 100
"""Of those that have learned, or are of a person's file: the newest,"""
MOST_BYTES = 4 * 2**30
"""and bytes that these take; the newest is always kept."""


@dataclass(frozen=True)
class Kept:
    """One of them."""

    file: Path
    when: datetime | None
    origin: Origin
    is_dear: bool
    """Whether it has learned, or is of a person's file; also where nobody can tell."""


def keep(project: Project, origin: Origin, now: datetime) -> Path:
    """Write it, and let go what there are too many of; where it is. Raises FileProblem."""
    file = new_session_file(now)
    write_project(file, replace(project, origin=origin))
    make_room()
    return file


def all_kept() -> list[Kept]:
    """The newest first."""
    return [_kept(path) for path in kept_sessions()]


def make_room() -> None:
    """What has learned goes only beyond wide limits, and never for what has not."""
    found, room = all_kept(), MOST_BYTES
    dear = [each.file for each in found if each.is_dear]
    for file in [each.file for each in found if not each.is_dear][MOST_KEPT:] + dear[MOST_DEAR:]:
        throw_away(file)
    for number, file in enumerate(dear[:MOST_DEAR]):
        stamp = stamp_of(file)
        room -= stamp[1] if stamp is not None else 0
        if number and room < 0:
            throw_away(file)


def throw_away(file: Path) -> None:
    """For good."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def first_of(found: Sequence[Kept], most: int) -> list[Kept]:
    """So many to be shown at first: the newest of all, then those that have learned before those that have not."""
    ranked = sorted(found[1:], key=lambda each: not each.is_dear)  # which leaves the order of equals
    chosen = [*found[:1], *ranked][:most]
    return [each for each in found if each in chosen]


def newer_than(path: Path) -> Kept | None:
    """The newest work of that file which was kept after the file was written."""
    written, path = stamp_of(path), path.resolve()
    for each in all_kept():
        stamp = stamp_of(each.file)
        if each.origin.path == path and stamp is not None and written is not None and stamp[0] > written[0]:
            return each
    return None


def _kept(path: Path) -> Kept:
    stamp = stamp_of(path)
    origin, is_dear = _facts(path, stamp[0]) if stamp is not None else (Origin(), True)
    return Kept(path, kept_at(path), origin, is_dear)


@lru_cache(maxsize=256)
def _facts(path: Path, _changed: int) -> tuple[Origin, bool]:
    try:
        origin, has_learned = read_origin(path)
    except (FileProblem, DocumentProblem):
        return Origin(), True
    origin = origin or Origin()
    return origin, has_learned or origin.path is not None


def kept_words(path: Path) -> str:
    """The network's name, its data and its size, and how long it learned; empty for a file that cannot be read."""
    stamp = stamp_of(path)
    words = _words(path, stamp[0]) if stamp is not None else ""
    epochs = _kept(path).origin.epochs
    return f"{words} · {epochs:,} {'epoch' if epochs == 1 else 'epochs'}" if words and epochs else words


@lru_cache(maxsize=256)
def _words(path: Path, _changed: int) -> str:
    try:
        document = read_document(path)
    except (FileProblem, DocumentProblem):
        return ""
    source = document.data.source
    data = CATALOGUE[source].title if source in CATALOGUE else Path(source).name
    count = len(document.graph.nodes)
    size = f"{count} layer" if count == 1 else f"{count} layers"
    return " · ".join(dict.fromkeys((document.name, data, size)))

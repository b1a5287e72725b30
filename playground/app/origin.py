"""Which file unsaved work is of, and how that file was when the work began: kept with it, so that it can go back there.

Who asks whether a file was changed meanwhile is open_file.py; where such work is kept, kept.py and journal.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

Stamp = tuple[int, int, int]
"""Time, size and number of a file."""


def stamp_of(path: Path | None) -> Stamp | None:
    """How a file is now; None if it is gone or cannot be asked."""
    try:
        found = path.stat() if path is not None else None
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found is not None else None


@dataclass(frozen=True)
class Origin:
    """Where unsaved work came from, and how far it had come."""

    path: Path | None = None
    """The person's file; None for work that is in none."""
    stamp: Stamp | None = None
    """How that file was when it was opened or saved; None if nobody knows."""
    epochs: int = 0
    """On the curves."""

    @property
    def is_there(self) -> bool:
        """Whether the file still is."""
        return self.path is not None and stamp_of(self.path) is not None

    @property
    def has_changed(self) -> bool:
        """Whether somebody else wrote the file since; not if it is gone."""
        now = stamp_of(self.path)
        return now is not None and self.stamp is not None and now != self.stamp

    def to_values(self) -> dict[str, Any]:
        """As JSON values."""
        path = str(self.path) if self.path is not None else None
        return {"path": path, "stamp": self.stamp, "epochs": self.epochs}


class _Values(BaseModel):
    path: Annotated[str, Field(max_length=10_000)] | None = None
    stamp: Stamp | None = None
    epochs: Annotated[int, Field(ge=0)] = 0


def origin_from(values: Any) -> Origin:
    """What to_values() gave; of damaged values nothing is known, since the work beside them is worth more."""
    try:
        read = _Values.model_validate(values)
    except ValidationError:
        return Origin()
    return Origin(Path(read.path) if read.path else None, read.stamp, read.epochs)

"""The file that is meant by a name out of a dialog, with the ending that was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication


def whole_name(name: str, usual: str, say: Callable[[str], object], endings: Sequence[str] = ()) -> Path | None:
    """None where none was given, and where the ending makes it a file that is there: the dialog did not ask about that.

    usual: the ending that is added to a name without one of `endings`; without endings to a name that has none.
    """
    path = Path(name)
    if not name or (path.suffix.lower() in endings if endings else path.suffix):
        return path if name else None
    path = path.with_name(path.name + usual)
    if not path.exists():
        return path
    words = QCoreApplication.translate(
        "whole_name", "%1 is there already. Give its whole name to replace it, or another."
    )
    say(words.replace("%1", path.name))
    return None

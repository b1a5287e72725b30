"""Files written beside their place and moved into it, so that a failure leaves the old ones whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from playground.exchange.problem import ExportProblem

Content = bytes | str | Callable[[BinaryIO], None]
"""What stands in a file, or what writes it."""


def refuse_place(path: Path) -> None:
    """Raise ExportProblem if no file can be written there."""
    if path.is_dir():
        raise ExportProblem(f"{path} is a folder. Choose another name for the file.")
    refuse_beside(path)


def refuse_beside(path: Path) -> None:
    """Raise ExportProblem if nothing can be written into the folder that path is to lie in."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise ExportProblem(f"There is no folder {folder}. Make it first, or choose another.")
    if not os.access(folder, os.W_OK):
        raise ExportProblem(f"Nothing may be written in the folder {folder}. Choose another.")


def write(path: Path, content: Content) -> None:
    """Write a file in place of what stands there. Raises ExportProblem."""
    write_all({path: content})


def refuse_companions(path: Path, companions: Iterable[Path]) -> None:
    """Raise ExportProblem if a file that goes with another would take the place of somebody else's.

    Nobody was asked about companions. Where path is there, they are those of the file that may be replaced; where it
    is not, whatever is called so is not ours.
    """
    if path.exists():
        return
    for companion in companions:
        if companion.exists():
            raise ExportProblem(
                f"{companion.name}, a file that goes with {path.name}, is there already and would be lost. Choose "
                f"another name than {path.name}, or move {companion.name} away."
            )


def write_all(files: dict[Path, Content]) -> None:
    """Write several files: all are ready beside their places before the first is moved. Raises ExportProblem.

    The first has the name that was chosen, the others are its companions.
    """
    for path in files:
        refuse_place(path)
    named, *companions = files
    refuse_companions(named, companions)
    ready: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            target = path.resolve()  # a link stays a link, and what it leads to is replaced
            ready[target] = _beside(target, content)
        for target, beside in ready.items():
            beside.replace(target)
    except OSError as error:
        raise ExportProblem(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        for beside in ready.values():
            beside.unlink(missing_ok=True)


def _beside(target: Path, content: Content) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".export.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(permissions(target))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def permissions(path: Path) -> int:
    """The old file's permissions, or those a new file gets: a temporary file is readable by its owner alone."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

"""A folder of files that is there whole or not at all: written beside its place and moved into it.

What may be replaced, the caller says; anything else that stands there is refused.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from playground.exchange.problem import ExportProblem
from playground.exchange.writing import refuse_beside

Ours = Callable[[Path], bool]
"""Whether a folder holds an earlier export, and nothing else."""


def refuse_folder(path: Path, is_ours: Ours) -> None:
    """Raise ExportProblem if no folder can be written there without losing what is somebody else's."""
    refuse_beside(path)
    if path.exists() and not path.is_dir():
        raise ExportProblem(f"{path} is a file. Choose another name for the folder.")
    try:
        is_taken = path.is_dir() and any(path.iterdir()) and not is_ours(path)
    except OSError as error:
        raise ExportProblem(f"{path} cannot be read: {error.strerror or error}. Choose another folder.") from error
    if is_taken:
        raise ExportProblem(
            f"The folder {path} holds other things, and only an earlier export is replaced. "
            "Choose an empty folder, or a new name."
        )


def write_folder(path: Path, files: Mapping[str, bytes], is_ours: Ours) -> None:
    """Write a folder in place of an earlier export or an empty one. Raises ExportProblem.

    files: content by the path within the folder, with slashes.
    """
    refuse_folder(path, is_ours)
    target = path.resolve()  # a link stays a link, and what it leads to is replaced
    beside, before = (target.with_name(f".export.{secrets.token_hex(6)}.part") for _ in range(2))
    try:
        beside.mkdir()
        for name, content in files.items():
            _write(beside / name, content)
        _exchange(target, beside, before)
    except OSError as error:
        raise ExportProblem(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        for left in (beside, before):
            shutil.rmtree(left, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _exchange(target: Path, new: Path, old: Path) -> None:
    """The new folder takes the target's place, and the old one, if there is one, a name of its own."""
    there = target.exists()
    if there:
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if there:
            old.rename(target)
        raise

"""Data that travel inside a project's file, so that whoever gets it can train: one file of the person's, byte for byte.

They are taken along only when asked for: a table may hold what was not meant to be given away.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path, PureWindowsPath

from playground.app.document import Document, DocumentProblem
from playground.app.settings import data_folder
from playground.app.whole_files import write_whole
from playground.data.catalogue import is_gone, is_own

MOST_CARRIED = 32 * 2**20
"""Bytes."""


class CarryingProblem(DocumentProblem):
    """Data that cannot travel with their project: one sentence, with a way out."""


def content_of(document: Document) -> bytes:
    """The project's data as they are on the disk. Raises CarryingProblem."""
    path = Path(document.data.source).expanduser()
    if not is_own(document.data.source):
        raise CarryingProblem(f"“{document.data.source}” comes with the program: whoever opens the project has it too.")
    if path.is_dir():
        raise CarryingProblem(f"{path.name} is a folder. Give it along beside the project; there it is found again.")
    try:
        if (size := path.stat().st_size) > MOST_CARRIED:
            raise CarryingProblem(
                f"{path.name} has {size / 2**20:,.0f} MB; at most {MOST_CARRIED / 2**20:,.0f} MB travel in a project. "
                "Give it along beside the project."
            )
        return path.read_bytes()
    except OSError as error:
        raise CarryingProblem(f"{path} cannot be read: {error.strerror or error}. Show where it is first.") from error


def at_hand(document: Document, carried: bytes) -> Document:
    """The document, with its data where they can be read: in their place, or else written into the program's folder.

    Raises OSError if they cannot be written.
    """
    if not is_gone(document.data.source):
        return document
    folder = data_folder() / "carried" / blake2b(carried, digest_size=16).hexdigest()
    path = folder / _plain_name(document.data.source)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, carried)
    return replace(document, data=document.data.model_copy(update={"source": str(path)}))


def _plain_name(source: str) -> str:
    """The file's own name, without anything that could lead out of a folder."""
    name = re.sub(r"[^\w.-]", "_", PureWindowsPath(source).name)[-80:].lstrip(".")
    return name or "data"

"""Project files: a zip of document.json, the training state as safetensors, and the curves. Never pickle.

Nothing in a file is executed, and every size is checked before memory is taken. The document's own JSON
is read by document.py.
"""

from __future__ import annotations

import json
import lzma
import os
import tempfile
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from playground.app.bounded import MOST_DEPTH, MOST_JSON, TooDeep, parsed
from playground.app.document import Document, DocumentProblem, from_json, to_json
from playground.app.for_use import MOST_BYTES, ForUse, ForUseProblem, from_files, to_files
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores

SUFFIX = ".nnplay"
MOST_STATE = 4 * 2**30


class FileProblem(DocumentProblem):
    """A file that is not a usable project: one sentence for a person, with a way out."""


@dataclass(frozen=True)
class Project:
    """What a project file holds."""

    document: Document
    checkpoint: Checkpoint | None = None
    """Weights and everything else needed to go on training; None before any."""
    epochs: tuple[EpochDone, ...] = ()
    """The curves so far."""
    for_use: ForUse | None = None
    """How new files are read; None before any training, and in older files."""


def write_project(path: Path, project: Project) -> None:
    """Write beside the file and move into place, so that a crash leaves the old file whole.

    Raises: FileProblem: If it cannot be written there.
    """
    target = path.resolve()  # a link stays a link, and what it leads to is replaced
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _write_zip(file, project)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(_mode(target))
        beside.replace(target)
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        beside.unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The old file's permissions, or those a new file gets: a temporary file is readable by its owner alone."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _write_zip(file: Any, project: Project) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.json", json.dumps(to_json(project.document), indent=1, ensure_ascii=False))
        if project.epochs:
            archive.writestr("history.json", json.dumps([asdict(epoch) for epoch in project.epochs]))
        if project.checkpoint is not None:
            from safetensors.numpy import save

            archive.writestr("facts.json", json.dumps(project.checkpoint.facts))
            archive.writestr("state.safetensors", save(dict(project.checkpoint.tensors)), zipfile.ZIP_STORED)
        if project.for_use is not None:
            for name, content in to_files(project.for_use).items():
                archive.writestr(name, content)


def read_project(path: Path) -> Project:
    """Read a project file. Raises FileProblem, or DocumentProblem for a damaged description."""
    try:
        with zipfile.ZipFile(path) as archive:
            document = from_json(_read_json(archive, path, "document.json"))
            names = archive.namelist()
            epochs = _epochs(_read_json(archive, path, "history.json")) if "history.json" in names else ()
            checkpoint = _checkpoint(archive, path) if "state.safetensors" in names else None
            kept = _for_use(archive, path) if "intake.json" in names else None
    except FileNotFoundError as error:
        raise FileProblem(f"There is no file {path}. Check its name, or make one with “playground new”.") from error
    except IsADirectoryError as error:
        raise FileProblem(f"{path} is a folder. Choose a {SUFFIX} file in it.") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileProblem(
            f"{path} is not a project, or it was cut short on its way. Choose a {SUFFIX} file, or copy it again."
        ) from error
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror or error}.") from error
    return Project(document, checkpoint, epochs, kept)


def _read(archive: zipfile.ZipFile, path: Path, name: str, most: int) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise FileProblem(f"{path} is a zip file, but not a project: it has no {name}.") from error
    if info.file_size > most:
        raise FileProblem(
            f"{name} in {path} would take {info.file_size / 2**20:,.0f} MB; at most {most / 2**20:,.0f} MB are read. "
            "The file is damaged or not a project."
        )
    with archive.open(info) as file:
        try:
            content = file.read(most + 1)
        except (zlib.error, lzma.LZMAError) as error:
            raise zipfile.BadZipFile(str(error)) from error
    if len(content) > most:
        raise FileProblem(f"{name} in {path} is larger than it says. The file is damaged or not a project.")
    return content


def _read_json(archive: zipfile.ZipFile, path: Path, name: str) -> Any:
    content = _read(archive, path, name, MOST_JSON)
    try:
        return parsed(content)
    except TooDeep as error:
        raise FileProblem(
            f"{name} in {path} is nested more than {MOST_DEPTH} deep. It is damaged or not a project."
        ) from error
    except ValueError as error:
        raise FileProblem(f"{name} in {path} is damaged: it is not JSON. Use an older copy of the file.") from error


class _Scores(BaseModel, extra="forbid", strict=True):
    loss: float
    measures: dict[str, float]


class _Epoch(BaseModel, extra="forbid", strict=True):
    epoch: Annotated[int, Field(ge=1, le=10**9)]
    train: _Scores
    valid: _Scores
    learning_rate: float
    seconds: float
    samples_per_second: float


def _epochs(values: Any) -> tuple[EpochDone, ...]:
    try:
        rows = TypeAdapter(list[_Epoch]).validate_python(values)
    except ValidationError as error:
        raise FileProblem("The project's curves are damaged. Use an older copy of the file.") from error
    return tuple(
        EpochDone(**{**dict(row), "train": Scores(**dict(row.train)), "valid": Scores(**dict(row.valid))})
        for row in rows
    )


def _checkpoint(archive: zipfile.ZipFile, path: Path) -> Checkpoint:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(_read(archive, path, "state.safetensors", MOST_STATE))
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise FileProblem(f"The weights in {path} are damaged. Use an older copy of the file.") from error
    facts = _read_json(archive, path, "facts.json")
    if not isinstance(facts, dict):
        raise FileProblem(f"facts.json in {path} is damaged. Use an older copy of the file.")
    return Checkpoint(tensors, facts)


def _for_use(archive: zipfile.ZipFile, path: Path) -> ForUse:
    names = [name for name in ("intake.json", "known.safetensors") if name in archive.namelist()]
    try:
        return from_files({name: _read(archive, path, name, MOST_BYTES) for name in names})
    except ForUseProblem as error:
        raise FileProblem(
            f"What {path} keeps of its data is damaged. Use an older copy of the file, or train it anew."
        ) from error

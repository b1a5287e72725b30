"""Project files: a zip of document.json, the training state as safetensors, and the curves; or the JSON alone, as text.

Nothing in a file is executed, and every size is checked before memory is taken. The document's own JSON
is read by document.py.
"""

from __future__ import annotations

import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from playground.app import sitting
from playground.app.bounded import MOST_DEPTH, MOST_JSON, MOST_VALUES, TooDeep, TooLarge, parsed
from playground.app.carried_data import MOST_CARRIED, at_hand
from playground.app.document import Damaged, Document, DocumentProblem, from_json, to_json
from playground.app.edit_marks import Mark, read, written
from playground.app.for_use import MOST_BYTES, ForUse, ForUseProblem, from_files, to_files
from playground.app.migrations import history_migrated
from playground.app.other_files import way_in
from playground.app.sitting import Sitting, SittingProblem
from playground.app.tensors import unpacked
from playground.app.whole_files import whole_file
from playground.app.zip_limits import is_bomb, opened_zip
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores

SUFFIX = ".nnplay"
MOST_STATE = 4 * 2**30
MOST_EPOCHS = 100_000
"""Points of the curves in a file."""


class FileProblem(DocumentProblem):
    """A file that is not a usable project: one sentence for a person, with a way out."""


@dataclass(frozen=True)
class Project:
    """What a project file holds."""

    document: Document
    checkpoint: Checkpoint | None = None
    """Weights and everything else needed to go on training; None before any."""
    epochs: Sequence[EpochDone] = ()
    """The curves so far."""
    marks: tuple[Mark, ...] = field(default=(), kw_only=True)
    """Edits that were made meanwhile, on the curves."""
    for_use: ForUse | None = None
    """How new files are read; None before any training, and in older files."""
    data: bytes | None = None
    """Its data file, if that travels with it."""
    exam: Sitting | None = None
    """The latest final exam of this network."""


def write_project(path: Path, project: Project, plain: bool = False) -> None:
    """Write beside the file and move into place, so that a crash leaves the old file whole.

    plain: as text, the description alone, for version control. A file that is so stays so until something is learned.
    Raises: FileProblem: If it cannot be written there.
    """
    is_more = project.checkpoint is not None or bool(project.epochs) or project.data is not None
    try:
        with whole_file(path) as file:
            if plain or (not is_more and is_plain(path)):
                file.write(f"{_described(project.document)}\n".encode())
            else:
                _write_zip(file, project)
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error


def _described(document: Document) -> str:
    return json.dumps(to_json(document), indent=1, ensure_ascii=False)


def is_plain(path: Path) -> bool:
    """Whether a file is a project as text."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip()[:1] == b"{"
    except OSError:
        return False


def _write_zip(file: Any, project: Project) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("document.json", _described(project.document))
        if project.epochs or project.marks:
            archive.writestr("history.json", "".join(_history(project.epochs, project.marks)))
        if project.checkpoint is not None:
            from safetensors.numpy import save

            archive.writestr("facts.json", json.dumps(project.checkpoint.facts))
            archive.writestr("state.safetensors", save(dict(project.checkpoint.tensors)), zipfile.ZIP_STORED)
        if project.exam is not None:
            archive.writestr("exam.json", json.dumps(sitting.to_values(project.exam)))
        if project.data is not None:
            archive.writestr("data", project.data)
        if project.for_use is not None:
            for name, content in to_files(project.for_use).items():
                archive.writestr(name, content)


def read_project(path: Path) -> Project:
    """Read a project file. Raises FileProblem, or DocumentProblem for a damaged description."""
    with _told(path):
        if is_plain(path):
            return Project(_plain_document(path))
        with opened_zip(path) as archive:
            document = _document(_read_json(archive, path, "document.json"), path)
            names = archive.namelist()
            epochs, marks = read_history(_read_json(archive, path, "history.json") if "history.json" in names else [])
            checkpoint = _checkpoint(archive, path) if "state.safetensors" in names else None
            kept = _for_use(archive, path) if "intake.json" in names else None
            carried = _read(archive, path, "data", MOST_CARRIED) if "data" in names else None
            document = at_hand(document, carried) if carried else document
            return Project(document, checkpoint, epochs, kept, carried, marks=marks, exam=_exam(archive, path))


def read_document(path: Path) -> Document:
    """The description alone, without reading what was learned. Raises as read_project."""
    with _told(path):
        if is_plain(path):
            return _plain_document(path)
        with opened_zip(path) as archive:
            return _document(_read_json(archive, path, "document.json"), path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What can be wrong with a file, as sentences."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileProblem(f"There is no file {path}. Check its name, or make one with “playground new”.") from error
    except IsADirectoryError as error:
        raise FileProblem(f"{path} is a folder. Choose a {SUFFIX} file in it.") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, struct.error, UnicodeDecodeError) as error:
        raise FileProblem(
            way_in(path)
            or f"{path} is not a project, or it was cut short on its way. Choose a {SUFFIX} file, or copy it again."
        ) from error
    except DocumentProblem as problem:
        if words := way_in(path):
            raise FileProblem(words) from problem
        raise
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror or error}.") from error


def _plain_document(path: Path) -> Document:
    with path.open("rb") as file:
        content = file.read(MOST_JSON + 1)
    if len(content) > MOST_JSON:
        raise FileProblem(f"{path} is larger than the {MOST_JSON / 2**20:,.0f} MB of text that are read.")
    return _document(_json(content, str(path)), path)


def _document(values: Any, path: Path) -> Document:
    if not isinstance(values, dict) or "format" not in values:
        raise FileProblem(f"{path} is not a project: it holds JSON of another kind. Choose another {SUFFIX} file.")
    try:
        return from_json(values)
    except Damaged as problem:
        raise FileProblem(f"{path} is damaged: {problem.reason} Use an older copy of the file.") from problem


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
    if is_bomb(info):
        raise FileProblem(
            f"{name} in {path} would grow from {info.compress_size:,} bytes to {info.file_size:,}. The file is damaged "
            "or not a project."
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
    return _json(_read(archive, path, name, MOST_JSON), f"{name} in {path}")


def _json(content: bytes, what: str) -> Any:
    try:
        return parsed(content)
    except TooLarge as error:
        raise FileProblem(
            f"{what} is too large: it holds more than the {MOST_VALUES:,} values that are read. Choose another file."
        ) from error
    except TooDeep as error:
        raise FileProblem(f"{what} is nested more than {MOST_DEPTH} deep. It is damaged or not a project.") from error
    except ValueError as error:
        raise FileProblem(f"{what} is damaged: it is not JSON. Use an older copy of the file.") from error


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


DAMAGED = "The project's curves are damaged. Use an older copy of the file."


def read_history(values: Any) -> tuple[tuple[EpochDone, ...], tuple[Mark, ...]]:
    """The curves, and the edits on them. Raises FileProblem."""
    values = history_migrated(values)
    if not isinstance(values, dict) or values.keys() - {"epochs", "marks"}:
        raise FileProblem(DAMAGED)
    try:
        return read_epochs(values.get("epochs", [])), read(values.get("marks", []))
    except ValueError as error:
        raise FileProblem(DAMAGED) from error


def read_epochs(values: Any) -> tuple[EpochDone, ...]:
    """The curves alone. Raises FileProblem."""
    if not isinstance(values, list):
        raise FileProblem(DAMAGED)
    if len(values) > MOST_EPOCHS:
        raise FileProblem(
            f"The project's curves have {len(values):,} epochs; at most {MOST_EPOCHS:,} are read. The file is damaged."
        )
    try:
        return tuple(_epoch(row) for row in values)
    except ValidationError as error:
        raise FileProblem(DAMAGED) from error


def _epoch(values: Any) -> EpochDone:
    row = _Epoch.model_validate(values)
    return EpochDone(**{**dict(row), "train": Scores(**dict(row.train)), "valid": Scores(**dict(row.valid))})


def _history(epochs: Sequence[EpochDone], marks: tuple[Mark, ...]) -> Iterator[str]:
    """Their JSON, in pieces, so that the window gets its turn; of very many only every so manieth, and the last."""
    step = -(-len(epochs) // MOST_EPOCHS)
    yield '{"epochs": ['
    for number, at in enumerate(range(len(epochs))[:: -max(step, 1)][::-1]):
        yield ("," if number else "") + json.dumps(asdict(epochs[at]))
    yield f'], "marks": {json.dumps(written(marks), ensure_ascii=False)}}}'


def _checkpoint(archive: zipfile.ZipFile, path: Path) -> Checkpoint:
    try:
        tensors, _ = unpacked(_read(archive, path, "state.safetensors", MOST_STATE))
    except ValueError as error:
        raise FileProblem(f"The weights in {path} are damaged. Use an older copy of the file.") from error
    facts = _read_json(archive, path, "facts.json")
    if not isinstance(facts, dict):
        raise FileProblem(f"facts.json in {path} is damaged. Use an older copy of the file.")
    return Checkpoint(tensors, facts)


def _exam(archive: zipfile.ZipFile, path: Path) -> Sitting | None:
    if "exam.json" not in archive.namelist():
        return None
    try:
        return sitting.from_values(_read_json(archive, path, "exam.json"))
    except SittingProblem as error:
        raise FileProblem(f"The final exam in {path} is damaged. Use an older copy of the file.") from error


def _for_use(archive: zipfile.ZipFile, path: Path) -> ForUse:
    names = [name for name in ("intake.json", "known.safetensors", "data.txt") if name in archive.namelist()]
    try:
        return from_files({name: _read(archive, path, name, MOST_BYTES) for name in names})
    except ForUseProblem as error:
        raise FileProblem(
            f"What {path} keeps of its data is damaged. Use an older copy of the file, or train it anew."
        ) from error

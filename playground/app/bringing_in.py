"""What was made elsewhere, brought in: an ONNX model, Keras' JSON, or Python that was written here as a project, and
weights into the network there is.

Reading is playground.exchange's business. Knows no torch at import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.app.bounded import parsed
from playground.app.document import Document
from playground.app.files import Project
from playground.app.other_files import MODELS, WEIGHTS
from playground.data.catalogue import CATALOGUE
from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.exchange.problem import ExportProblem
from playground.layers.ends import Input
from playground.layers.shape import Shape, described

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.exchange.made import Imported

BY_SIDES = {(2,): "spiral", (1, 8, 8): "digits", (3, 32, 32): "images-32", (3, 224, 224): "images-224"}
"""Data that come with the program, by the sides of an example."""
LONGEST_NAME = 200
MOST_KERAS = 8 * 2**20
"""Bytes of JSON; the largest model that comes with Keras has under 1 MB."""


@dataclass(frozen=True)
class Brought:
    """A project, and a sentence for each thing that a person should know."""

    project: Project
    notes: tuple[str, ...]


def project_of(path: Path) -> Brought:
    """An ONNX file, or Python that was exported here, as a project with its weights; or Keras' JSON, which has none.

    Raises: ExportProblem: With one sentence.
    """
    if path.suffix.lower() == ".py":
        from playground.app.python_project import read_python

        return Brought(*read_python(path))
    from playground.exchange.weights_file import completed

    found = _read(path)
    document = Document(_name(found, path), found.graph, {}, _data(found)).placed()
    weights = completed(found.weights, found.graph) if found.weights else {}
    checkpoint = Checkpoint({f"weights/{name}": value for name, value in weights.items()}) if weights else None
    inputs = [layer for layer in found.graph.nodes.values() if isinstance(layer, Input)]
    notes = found.notes
    if not _told_data(found) and Shape(inputs[0].dims).dims not in BY_SIDES:
        notes += (f"Choose data whose examples are {described(Shape(inputs[0].dims))}: the file does not say which.",)
    return Brought(Project(document, checkpoint), notes)


def _read(path: Path) -> Imported:
    if path.suffix.lower() == ".json":
        return _keras(path)
    from playground.exchange.onnx_import import import_onnx

    return import_onnx(path)


def _keras(path: Path) -> Imported:
    from playground.exchange.keras_import import imported_keras

    try:
        with path.open("rb") as file:
            values = parsed(file.read(MOST_KERAS + 1), MOST_KERAS)
    except OSError as error:
        raise ExportProblem(f"{path} cannot be read: {error.strerror or error}. Choose another file.") from error
    except ValueError as error:
        raise ExportProblem(
            f"{path} is no JSON that can be read: it was cut short, or is far too large. Choose another."
        ) from error
    try:
        return imported_keras(values, path.stem)
    except ExportProblem as problem:
        raise ExportProblem(f"{path} cannot be read. {problem}") from problem


def _name(found: Imported, path: Path) -> str:
    return (found.metadata.get("project") or path.stem)[:LONGEST_NAME]


def _told_data(found: Imported) -> str:
    """Data that come with the program and that the file says it learned from."""
    said = found.metadata.get("data", "")
    return said if said in CATALOGUE else ""


def _data(found: Imported) -> DataChoice:
    inputs = [layer.dims for layer in found.graph.nodes.values() if isinstance(layer, Input)]
    return DataChoice(source=_told_data(found) or BY_SIDES.get(inputs[0], "spiral"))


def weights_into(path: Path, document: Document) -> Callable[[Training], str]:
    """What the training thread is asked to do: take all weights of a file, by name. It gives a sentence.

    Raises: ExportProblem, when asked: If names or shapes differ; the network is then as it was.
    """
    from playground.exchange.python_code import attributes
    from playground.exchange.weights_file import weights_from

    names = attributes(document)

    def take(training: Training) -> str:
        count = weights_from(path, training.network, names)
        training.forget_scores()
        return f"The network has the weights of {path.name}: {count:,} numbers. Press Play to go on from there."

    return take


def is_brought(path: Path) -> bool:
    """Whether such a file is brought in here, and not opened as data."""
    return path.suffix.lower() in (*MODELS, *WEIGHTS)

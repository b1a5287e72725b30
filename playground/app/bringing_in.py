"""What was made elsewhere, brought in: an ONNX model or Python that was written here as a project, weights into the
network there is.

Reading is playground.exchange's business. Knows no torch at import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.app.document import Document
from playground.app.files import Project
from playground.data.catalogue import CATALOGUE
from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.layers.ends import Input
from playground.layers.shape import Shape, described

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.exchange.onnx_import import Imported

MODELS = (".onnx", ".py")
WEIGHTS = (".safetensors",)
BY_SIDES = {(2,): "spiral", (1, 8, 8): "digits", (3, 32, 32): "images-32", (3, 224, 224): "images-224"}
"""Data that come with the program, by the sides of an example."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Brought:
    """A project, and a sentence for each thing that a person should know."""

    project: Project
    notes: tuple[str, ...]


def project_of(path: Path) -> Brought:
    """An ONNX file, or Python that was exported here, as a project with its weights. Raises ExportProblem."""
    if path.suffix.lower() == ".py":
        from playground.app.python_project import read_python

        return Brought(*read_python(path))
    from playground.exchange.onnx_import import import_onnx
    from playground.exchange.weights_file import completed

    found = import_onnx(path)
    document = Document(_name(found, path), found.graph, {}, _data(found)).placed()
    weights = completed(found.weights, found.graph)
    checkpoint = Checkpoint({f"weights/{name}": value for name, value in weights.items()}) if weights else None
    inputs = [layer for layer in found.graph.nodes.values() if isinstance(layer, Input)]
    notes = found.notes
    if not _told_data(found) and Shape(inputs[0].dims).dims not in BY_SIDES:
        notes += (f"Choose data whose examples are {described(Shape(inputs[0].dims))}: the file does not say which.",)
    return Brought(Project(document, checkpoint), notes)


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

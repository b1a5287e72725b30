"""A project from the Python that was written of it: the same document, with the weights beside the file.

Reading is playground.exchange.python_import's business. Knows no torch at import.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from playground.app.bounded import parsed
from playground.app.document import Document, DocumentProblem, from_json, to_json
from playground.app.files import Project
from playground.engine.checkpoint import Checkpoint
from playground.engine.recipe import Recipe
from playground.exchange.problem import ExportProblem
from playground.layers.refusal import refusal


def packed_document(document: Document) -> str:
    """What of a document is written at the end of its Python."""
    from playground.exchange.python_import import packed

    return packed(json.dumps(to_json(document), separators=(",", ":")).encode())


def read_python(path: Path) -> tuple[Project, tuple[str, ...]]:
    """A project, and a sentence for each thing that a person should know. Raises: ExportProblem."""
    from playground.exchange.python_code import LAID_OUT, SCALED, python_code
    from playground.exchange.python_import import SCORED_BEFORE, parts_of, read_back
    from playground.exchange.training_code import IN_OWN_UNITS

    found = read_back(path)
    try:
        document = from_json(parsed(found.description))
    except (ValueError, DocumentProblem) as error:
        raise ExportProblem(f"The project in {path} is damaged: {error}") from error
    is_ragged = "own_steps" in found.parts  # the code follows from the data's lengths too, which are not in the file
    text = python_code(document, is_ragged=is_ragged).text
    if "channels_last" not in found.parts.get("load", ""):  # of earlier versions, which compute the same
        text = text.replace(LAID_OUT, "")
    if "scaled" not in found.parts:
        text = text.replace(SCALED, "").replace(IN_OWN_UNITS, "").replace(*SCORED_BEFORE)
    wanted = parts_of(ast.parse(text))
    changed = sorted(name for name in wanted.keys() | found.parts if wanted.get(name) != found.parts.get(name))
    if changed:
        raise ExportProblem(
            f"{path.name} is not as this version writes it: {', '.join(changed[:3])} was changed. Only figures at the "
            "top can be taken over. Make the change in the window, or save the model as ONNX and import that."
        )
    document = replace(document, recipe=_with_figures(document.recipe, found.figures))
    checkpoint, notes = _weights_beside(path, document, is_ragged)
    return Project(document, checkpoint), notes


def _with_figures(recipe: Recipe, figures: Mapping[str, int | float]) -> Recipe:
    try:
        return Recipe.model_validate({**recipe.model_dump(), **figures})
    except ValidationError as error:
        raise ExportProblem(f"A figure at the top of the file cannot be used: {refusal(Recipe, error)}") from error


def _weights_beside(path: Path, document: Document, is_ragged: bool) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """Those of NAME.safetensors, which is written with NAME.py."""
    beside = path.with_suffix(".safetensors")
    if not beside.is_file():
        return None, (f"There is no {beside.name} beside it: the network comes without weights.",)
    from playground.engine.compile import build
    from playground.exchange.python_code import attributes
    from playground.exchange.weights_file import weights_from

    network = build(document.graph)
    weights_from(beside, network, attributes(document, is_ragged=is_ragged))
    weights = {f"weights/{name}": value.numpy() for name, value in network.state_dict().items()}
    return Checkpoint(weights), ()

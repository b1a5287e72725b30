"""What a trained project keeps so that it answers for new files: how its data were read, and what they were like.

Made of the data it was trained on, written into its file, and read from there where the data are not at hand.
Knows no torch at import.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from playground.app.bounded import parsed
from playground.app.document import Document
from playground.app.run_facts import data_fingerprint, split_fingerprint
from playground.data.dataset import Examples, Part
from playground.data.familiarity import (
    MOST_KNOWN,
    MOST_USUAL,
    Familiarity,
    familiarity,
    feature_view,
    from_arrays,
    input_view,
    spread,
    to_arrays,
)
from playground.data.intake import Intake
from playground.data.intake_from import intake_of
from playground.engine.checkpoint import Checkpoint

if TYPE_CHECKING:
    from playground.engine.answering import Answering

MOST_BYTES = 64 * 2**20
"""Of either part in a file."""
MOST_WORK = 2e10
"""Multiply-adds that looking at known examples may take, so that saving does not."""


@dataclass(frozen=True, eq=False)
class ForUse:
    """How new files are read, and how it is told that they are unlike those of training."""

    intake: Intake
    familiarity: Familiarity | None = None
    data: str = ""
    """Fingerprint of the data it learned from, and of how they were divided; empty in older files."""


class ForUseProblem(ValueError):
    """It is damaged."""


def of_checkpoint(document: Document, examples: Examples, checkpoint: Checkpoint) -> ForUse | None:
    """Of a trained project; None where its weights are not the network's."""
    from playground.engine.answering import Answering, WeightsProblem
    from playground.engine.compile import CompileProblem

    try:
        answering = Answering.stored(document.graph, examples.signature.outputs, checkpoint.weights)
    except (WeightsProblem, CompileProblem):
        return None
    intake = intake_of(examples, document.data, answering.rebuilds)
    if intake.windows is not None and examples.targets is not None:
        answers = examples.targets.undo(answering.scores(np.asarray(examples.valid.inputs)))
        intake = intake.model_copy(update={"spread": spread_of(examples, answers)})
    return ForUse(intake, known_examples(document, examples, answering), fingerprint_of(examples))


SURE = 0.9
"""Share of forecasts that lie within the band."""


def spread_of(examples: Examples, answers: NDArray[Any]) -> tuple[float, ...]:
    """How far off SURE of the validation forecasts (n, values), in the data's units, are at most, a value each.

    Where the future is like the validation part, the next value lies within with that probability. Empty for fewer
    than ten. Source: split conformal prediction, Lei et al. 2018, section 2.2.
    """
    assert examples.targets is not None
    errors = np.sort(np.abs(answers - examples.targets.undo(np.asarray(examples.valid.targets))), axis=0)
    rank = int(np.ceil((len(errors) + 1) * SURE))
    return tuple(float(error) for error in errors[rank - 1]) if 10 <= len(errors) >= rank else ()


def to_keep(document: Document, examples: Examples, checkpoint: Checkpoint) -> ForUse | None:
    """As of_checkpoint, for a file that is written without it rather than not at all."""
    try:
        return of_checkpoint(document, examples, checkpoint)
    except (ValueError, RuntimeError, OSError, MemoryError):
        return None


def known_examples(document: Document, examples: Examples, answering: Answering | None) -> Familiarity | None:
    """Training examples to compare with, and validation examples that say what is usual; None for text written on.

    answering: the trained network; None where only the inputs are to be compared.
    """
    if examples.dataset.kind == "text" and examples.dataset.targets.ndim > 1:
        return None
    most = _affordable(document) if answering is not None else MOST_KNOWN + MOST_USUAL
    known = _views(examples.train, min(MOST_KNOWN, most), examples.dataset.kind, answering)
    usual = _views(examples.valid, min(MOST_USUAL, most), examples.dataset.kind, answering)
    return familiarity(known, usual) if known else None


def _affordable(document: Document) -> int:
    from playground.graph.check import check
    from playground.graph.cost import costs, total

    each = total(costs(document.graph, check(document.graph))).multiply_adds
    return max(20, int(MOST_WORK / 2 / max(1, each)))


def _views(part: Part, most: int, kind: str, answering: Answering | None) -> dict[str, NDArray[np.float32]]:
    inputs = np.asarray(part.inputs[spread(len(part), most)])
    return views(inputs, kind, answering)


def views(inputs: NDArray[Any], kind: str, answering: Answering | None) -> dict[str, NDArray[np.float32]]:
    """Scaled inputs (n, *shape) as they are compared: themselves, unless they are codes, and as features."""
    found = {} if kind == "text" else {"inputs": input_view(inputs)}
    features = answering.features(inputs) if answering is not None and len(inputs) else None
    if features is not None:
        found["features"] = feature_view(features)
    return found


def fingerprint_of(examples: Examples) -> str:
    """Of the data and of which of them are in which part."""
    return f"{data_fingerprint(examples)} {split_fingerprint(examples)}"


CHANGED = (
    "The data are not those that the network learned from: their file has changed since. What it scores now may be "
    "measured on examples that it has learned; Reset and train it anew to be sure."
)


def changed_since(kept: ForUse | None, examples: Examples) -> str:
    """CHANGED, if a file says what it learned from and the data are others now; else empty."""
    return CHANGED if kept is not None and kept.data and kept.data != fingerprint_of(examples) else ""


# Files


def to_files(kept: ForUse) -> dict[str, bytes]:
    """As the files of a project."""
    found = {"intake.json": kept.intake.model_dump_json().encode()}
    if kept.data:
        found["data.txt"] = kept.data.encode()
    if kept.familiarity is not None:
        from safetensors.numpy import save

        arrays = {name: np.ascontiguousarray(value) for name, value in to_arrays(kept.familiarity).items()}
        found["known.safetensors"] = save(arrays)
    return found


def from_files(files: Mapping[str, bytes]) -> ForUse:
    """What to_files made. Raises ForUseProblem if it is damaged."""
    try:
        intake = Intake.model_validate_json(json.dumps(parsed(files["intake.json"])))
        known = _known(files["known.safetensors"]) if "known.safetensors" in files else None
        data = files.get("data.txt", b"").decode()
    except (ValueError, ValidationError, KeyError) as error:
        raise ForUseProblem(str(error)) from error
    return ForUse(intake, known, data)


def _known(content: bytes) -> Familiarity:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return from_arrays(load(content))
    except (SafetensorError, TypeError) as error:
        raise ValueError(str(error)) from error

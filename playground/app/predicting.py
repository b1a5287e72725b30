"""Applying a trained project to new files: an answer with its confidence for each example, and a warning where it is
unlike those of training.

The command line, the window and the tests do it through these functions. Files are read by playground.data.fresh, the
network is asked through engine.answering; knows no torch at import.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.app.document import Document, DocumentProblem
from playground.app.files import FileProblem, Project
from playground.app.for_use import ForUse, of_checkpoint, views
from playground.app.writing import TEMPERATURE, written
from playground.data.dataset import DataProblem, Floats
from playground.data.fresh import Fresh
from playground.data.fresh_files import fresh
from playground.data.intake import Intake
from playground.data.text_rows import Tell, silent

if TYPE_CHECKING:
    from playground.engine.answering import Answering


@dataclass(frozen=True)
class Answer:
    """What the network says of one new example."""

    name: str
    """A file's name, a row's number."""
    said: str
    """The class, the numbers or the text; empty if the example could not be read."""
    confidence: float | None = None
    """Probability of the class that is answered; of text the mean over its symbols. None for numbers."""
    probabilities: tuple[float, ...] = ()
    """Of each class, in the order of `Intake.classes`."""
    values: tuple[float, ...] = ()
    """Numbers in the data's own units, in the order of `Intake.targets`."""
    warnings: tuple[str, ...] = ()
    """Why it does not look like the training data, in sentences."""
    problem: str | None = None
    """Why it could not be read."""
    spread: tuple[float, ...] = ()
    """Of a forecast: how far off nine of ten of the validation part are at most, a value each; see for_use.py."""
    file_row: int | None = None
    """Which row of its table's file it is, as a spreadsheet counts, the header included."""


class Predicting:
    """One network and how its inputs are read."""

    def __init__(self, for_use: ForUse, answering: Answering) -> None:
        self.intake, self.familiarity, self._answering = for_use.intake, for_use.familiarity, answering
        self.temperature = TEMPERATURE
        """Of text that is written; see writing.py."""

    def files(self, path: Path, tell: Tell = silent) -> Iterator[tuple[Fresh, list[Answer]]]:
        """Answers for a file or folder, some at a time, with what they were read from. Raises DataProblem."""
        for some in fresh(self.intake, path, tell):
            yield some, self.answers(some)

    def answers(self, some: Fresh) -> list[Answer]:
        """Answers for examples that were read."""
        if not some.names:
            return []
        said = said_of(self.intake, self._answering, some.inputs, self.temperature)
        warnings = self.warnings(some)
        places = [None] * len(some.names) if some.file_rows is None else some.file_rows.tolist()
        return [
            Answer(name, "", problem=some.reason(row))
            if some.reason(row)
            else Answer(name, *said[row], warnings=warnings[row], spread=self.intake.spread, file_row=places[row])
            for row, name in enumerate(some.names)
        ]

    def warnings(self, some: Fresh) -> list[tuple[str, ...]]:
        """Of each example why it does not look like the training data."""
        found = [list(some.remarks_of(row)) for row in range(len(some.names))]
        if self.familiarity is not None:
            farness = self.familiarity.farness(views(some.inputs, self.intake.kind, self._answering))
            for row in np.flatnonzero(self.familiarity.are_strange(farness)):
                found[row].insert(0, far_words({name: float(share[row]) for name, share in farness.items()}))
        return [tuple(each) for each in found]


def of_project(project: Project, device: str = "cpu") -> Predicting:
    """A trained project's network. What its file does not say of its data is read from them.

    Raises: DocumentProblem: If it is not trained. DataProblem: If the data are needed and cannot be read.
    """
    from playground.engine.answering import Answering, WeightsProblem
    from playground.engine.compile import CompileProblem

    if project.checkpoint is None:
        raise DocumentProblem("The project has not been trained yet. Train it first: “playground train PROJECT”.")
    kept = project.for_use or _from_data(project)
    try:
        outputs = len(kept.intake.classes) or kept_outputs(kept.intake)
        answering = Answering.stored(project.document.graph, outputs, project.checkpoint.weights, device)
    except (WeightsProblem, CompileProblem) as problem:
        raise DocumentProblem(str(problem)) from problem
    _agree(project.document, kept.intake)
    return Predicting(kept, answering)


def kept_outputs(intake: Intake) -> int:
    """How many numbers are answered."""
    return len(intake.targets) or int(np.prod(intake.shape))


def _from_data(project: Project) -> ForUse:
    from playground.data.catalogue import load
    from playground.data.split import prepare

    assert project.checkpoint is not None
    try:
        examples = prepare(load(project.document.data), project.document.data)
    except DataProblem as problem:
        raise DataProblem(
            f"The project does not say how its data were read, and they are not there: {problem} Save it anew beside "
            "its data."
        ) from problem
    made = of_checkpoint(project.document, examples, project.checkpoint)
    if made is None:
        raise DocumentProblem("The network was changed since it was trained. Train it again.")
    return made


def _agree(document: Document, intake: Intake) -> None:
    """Refuse data facts that belong to another network."""
    from playground.engine.compile import Ends
    from playground.layers.shape import Shape

    ends = Ends(document.graph)
    layer = ends.inputs[ends.input]
    if not layer.chosen and Shape(layer.dims) != Shape(intake.shape):
        raise DocumentProblem(
            f"The network takes {Shape(layer.dims)}, but was saved with data of {Shape(intake.shape)}. Train it again."
        )


Said = tuple[str, float | None, tuple[float, ...], tuple[float, ...]]
"""What an Answer begins with: in words, confidence, probabilities, values."""


def said_of(intake: Intake, answering: Answering, inputs: Floats, temperature: float = TEMPERATURE) -> list[Said]:
    """What the network says of scaled inputs, one each."""
    if intake.answers_each_step:
        return [(text, sure, (), ()) for text, sure in written(intake, answering, inputs, temperature=temperature)]
    if intake.task == "numbers":
        return [_numbers(intake, each) for each in _in_own_units(intake, answering.scores(inputs))]
    classes, chances = answering.answers(inputs)
    if classes.ndim == 2:  # an answer a step
        sure = chances.max(axis=2).mean(axis=1)
        words = [" ".join(intake.classes[code] for code in row) for row in classes]
        return [(text, float(each), (), ()) for text, each in zip(words, sure, strict=True)]
    return [
        (intake.classes[code], float(row[code]), tuple(row.tolist()), ())
        for code, row in zip(classes, chances, strict=True)
    ]


def _in_own_units(intake: Intake, scores: Floats) -> NDArray[Any]:
    assert intake.outputs is not None
    flat = scores.reshape(len(scores), -1)
    return intake.outputs.scaler().undo(flat if scores.ndim < 3 or intake.rebuilds else scores).reshape(len(scores), -1)


def _numbers(intake: Intake, values: NDArray[Any]) -> Said:
    if intake.rebuilds:
        return "its input, given back", None, (), tuple(values.tolist())
    return ", ".join(in_digits(value) for value in values[:6]), None, (), tuple(values.tolist())


def in_digits(value: float) -> str:
    """A number in five digits, as it is read aloud.

    >>> in_digits(215613.4), in_digits(-3.39087), in_digits(0.0), in_digits(1e12)
    ('215,613', '−3.3909', '0', '1.0000e+12')
    """
    size = abs(float(value))
    if size and not 1e-4 <= size < 1e9:
        return f"{value:.4e}".replace("-", "−", 1) if value < 0 else f"{value:.4e}"
    places = max(0, 4 - int(np.floor(np.log10(size)))) if size else 0
    return f"{value:,.{places}f}".replace("-", "−")


def far_words(farness: dict[str, float]) -> str:
    """Why an example is strange, in a sentence. farness: see Familiarity.farness."""
    name = max(farness, key=lambda each: farness[each])
    words = "its inputs lie" if name == "inputs" else "what the network makes of it lies"
    share = farness[name]
    of = "all" if share >= 0.995 else f"{100 * share:.0f} % of"
    return f"Unlike the training data: {words} farther from them than {of} held-out examples."


# Tables of answers


def header(intake: Intake) -> tuple[str, ...]:
    """Columns of a table of answers."""
    place = ("file_row",) if intake.preparation is not None else ()
    if intake.task == "numbers":
        return ("example", *(intake.targets or ("rebuilt",)), "warning", *place)
    chances = () if intake.answers_each_step else tuple(f"p({name})" for name in intake.classes)
    return ("example", "answer", "confidence", *chances, "warning", *place)


def row(intake: Intake, answer: Answer) -> tuple[str, ...]:
    """Cells of an answer, in the order of the header; numbers in full."""
    warning = answer.problem or " ".join(answer.warnings)
    place = (str(answer.file_row or ""),) if intake.preparation is not None else ()
    if intake.task == "numbers":
        values = answer.values if intake.targets else ()
        return (
            answer.name,
            *(_plain(value) for value in values or (None,) * max(1, len(intake.targets))),
            warning,
            *place,
        )
    chances: Sequence[float | None] = answer.probabilities
    if not chances and not intake.answers_each_step:
        chances = (None,) * len(intake.classes)
    return (answer.name, answer.said, _plain(answer.confidence), *(_plain(each) for each in chances), warning, *place)


@contextmanager
def csv_file(path: Path, intake: Intake) -> Iterator[Callable[[Answer], object]]:
    """Takes answers into that file, which is there only when all are written. Raises FileProblem."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header(intake))
            yield lambda answer: writer.writerow(row(intake, answer))
        beside.replace(path)
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    finally:
        beside.unlink(missing_ok=True)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"

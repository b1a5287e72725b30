"""A project handed to other tools, for the window and the command line: each way takes a project and a place.

What is written is playground.exchange's business. tell hears a few words at each step; warn, before anything is
written, in what the file will be otherwise than the network here. Without it that is among the notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from playground.app.files import Project
from playground.app.judging import Fit, Judged, fits, fitting, judged
from playground.data.dataset import DataProblem
from playground.exchange.problem import ExportProblem

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.graph.problem import Report

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Handed:
    """What was written, and a sentence for each thing that a person should know."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def as_python(project: Project, output: Path, tell: Tell, warn: Tell | None = None) -> Handed:
    """Plain PyTorch, with weights and examples beside it. Raises ExportProblem, DataProblem."""
    from playground.app.python_project import packed_document
    from playground.exchange.python_files import companions, python_files
    from playground.exchange.writing import refuse_companions
    from playground.graph.check import check

    refuse_companions(output, companions(output))
    tell("Reading the data…")
    examples = _examples(project)
    unequal = _unequal("python", examples, check(project.document.graph), warn)
    tell("Writing the code…")
    made = python_files(output, project, examples, fits(project), packed_document(project.document))
    made.write()
    return Handed(tuple(made.files), (*made.notes, *unequal))


def as_onnx(project: Project, output: Path, tell: Tell, warn: Tell | None = None) -> Handed:
    """An ONNX file that was run beside torch; its scaling and classes are left out where data cannot be read.

    Raises: ExportProblem.
    """
    from playground.exchange.onnx_export import tried_onnx
    from playground.exchange.writing import write

    examples, notes = None, tuple[str, ...]()
    tell("Reading the data…")
    try:
        examples = _examples(project)
    except DataProblem as problem:
        notes = (f"Its classes and scaling are not in it: {problem}",)
    unequal = _unequal("onnx", examples, None, warn)
    made = tried_onnx(project, examples, tell)
    write(output, made.file.content)
    ends = f"{', '.join(made.file.inputs)} → {', '.join(made.file.outputs)}"
    scaling = () if examples is None else ("Its scaling is in its metadata.",)
    notes = (f"{made.file.operators:,} operators, {ends}.", made.told, *made.notes, *scaling, *notes, *unequal)
    return Handed((output,), notes)


def as_weights(project: Project, output: Path, tell: Tell) -> Handed:
    """The weights under the names of the written class. Raises ExportProblem if there are none of this network."""
    from playground.exchange.python_code import attributes
    from playground.exchange.weights_file import as_safetensors, under_attributes
    from playground.exchange.writing import write

    tell("Writing the weights…")
    if project.checkpoint is None or not fits(project):
        raise ExportProblem("The network has no weights of its own yet. Train it first.")
    weights = under_attributes(project.checkpoint.weights, attributes(project.document))
    write(output, as_safetensors(weights, {"format": "pt", "project": project.document.name}))
    count = sum(int(value.size) for value in weights.values())
    return Handed((output,), (f"{count:,} numbers in {len(weights):,} tensors.",))


def as_tensorboard(project: Project, output: Path, tell: Tell) -> Handed:
    """A folder that TensorBoard reads: the curves, the weights and a model card. Raises ExportProblem."""
    from playground.exchange.event_files import event_files, is_ours
    from playground.exchange.whole_folder import refuse_folder, write_folder

    refuse_folder(output, is_ours)
    tell("Writing the curves…")
    made = event_files(project, fits(project), tell)
    write_folder(output, made.files, is_ours)
    look = f"{len(project.epochs):,} epochs. Look at them with “tensorboard --logdir {quote(str(output))}”."
    return Handed((output,), (look, *made.notes))


def as_report(
    project: Project, output: Path, tell: Tell, file: str = "project.nnplay", fit: Fit | None = None
) -> Handed:  # fmt: skip
    """One HTML page that stands by itself. Raises ExportProblem, DataProblem.

    file: the project's name in the commands that repeat it. fit: fits the baselines; without it the usual ones, told.
    """
    from playground.exchange.report import report
    from playground.exchange.writing import write

    examples, found = _judged(project, tell, fit)
    notes = found.notes
    tell("Writing the report…")
    told = report(
        project, found.comparison, found.confusion, examples=examples, notes=notes, exam=project.exam, file=file
    )
    write(output, told)
    return Handed((output,), notes)


def as_model_card(
    project: Project, output: Path, tell: Tell, file: str = "project.nnplay", fit: Fit | None = None
) -> Handed:  # fmt: skip
    """Markdown, with brackets for what only a person knows; the rest as as_report()."""
    from playground.exchange.model_card import model_card
    from playground.exchange.writing import write

    examples, found = _judged(project, tell, fit)
    tell("Writing the model card…")
    write(output, model_card(project, found.comparison, examples=examples, exam=project.exam, file=file))
    return Handed((output,), found.notes)


def as_curves(project: Project, output: Path, tell: Tell) -> Handed:
    """CSV, a row an epoch. Raises ExportProblem if there are none."""
    from playground.exchange.curves import as_csv
    from playground.exchange.writing import write

    if not project.epochs:
        raise ExportProblem(UNTRAINED)
    tell("Writing the curves…")
    write(output, as_csv(project.epochs))
    return Handed((output,), (f"{len(project.epochs):,} epochs.",))


def as_picture(project: Project, output: Path, tell: Tell, draw: Callable[[str, str], bytes]) -> Handed:
    """The network as the file's ending says. draw: makes "png" or "pdf" of an SVG's text. Raises ExportProblem."""
    from playground.exchange.figure import figure
    from playground.exchange.writing import write

    tell("Drawing the network…")
    picture, kind = figure(project.document), output.suffix.lower().removeprefix(".")
    write(output, picture if kind == "svg" else draw(picture, kind))
    return Handed((output,))


NO_CURVES = "has not been trained yet, so it has no curves."
UNTRAINED = f"The network {NO_CURVES} Train it first."
UNEQUAL = (
    "The series are of unequal length. Here only their own steps are looked at; what is written takes all to be as "
    "long as the longest, and answers shorter ones, with zeros before them, otherwise."
)


def answers_otherwise(way: str, examples: Examples | None, report: Report | None) -> bool:
    """Whether what is written answers shorter series otherwise. report: what checking said of the network."""
    from playground.exchange.ragged_code import can_say

    if examples is None or examples.dataset.lengths is None:
        return False
    return way == "onnx" or (way == "python" and report is not None and not can_say(report))


def _unequal(way: str, examples: Examples | None, report: Report | None, warn: Tell | None) -> tuple[str, ...]:
    """What is left to be told of it when all is written."""
    if not answers_otherwise(way, examples, report):
        return ()
    if warn is None:
        return (UNEQUAL,)
    warn(UNEQUAL)
    return ()


def _judged(project: Project, tell: Tell, fit: Fit | None) -> tuple[Examples, Judged]:
    tell("Reading the data…")
    examples = _examples(project)
    tell("Asking the network…")
    return examples, judged(project, examples, fit or fitting(tell))


def _examples(project: Project) -> Examples:
    from playground.data.catalogue import load
    from playground.data.split import prepare

    return prepare(load(project.document.data), project.document.data)


Way = Callable[[Project, Path, Tell], Handed]
WAYS: dict[str, tuple[str, Way]] = {
    "python": (".py", as_python),
    "onnx": (".onnx", as_onnx),
    "weights": (".safetensors", as_weights),
    "report": (".html", as_report),
    "card": (".md", as_model_card),
    "curves": (".csv", as_curves),
    "tensorboard": ("", as_tensorboard),
}
"""The ending of each way's file, none where it is a folder; and what writes it. Pictures need somebody who draws."""

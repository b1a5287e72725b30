"""All files of a project written as Python: the code, and beside it the weights and the examples it reads."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.data.dataset import Examples
from playground.exchange import data_file
from playground.exchange.problem import ExportProblem
from playground.exchange.python_code import attributes, python_code
from playground.exchange.ragged_code import can_say
from playground.exchange.subject import Kept
from playground.exchange.weights_file import as_safetensors, under_attributes
from playground.exchange.wiring import main_output
from playground.exchange.writing import Content, write_all
from playground.graph.check import check
from playground.graph.problem import Report
from playground.layers.ends import Output


@dataclass(frozen=True)
class PythonFiles:
    """What is to be written, by its place, and what had to be left out."""

    files: Mapping[Path, Content]
    notes: tuple[str, ...] = ()
    """A sentence for each thing that is missing."""

    def write(self) -> None:
        """Write all of them, or none. Raises ExportProblem."""
        write_all(dict(self.files))


def companions(path: Path) -> tuple[Path, Path]:
    """Where the code at a path looks for its weights and its examples."""
    return path.with_suffix(".safetensors"), path.with_name(f"{path.stem}_data.npz")


def python_files(
    path: Path, project: Kept, examples: Examples | None, with_weights: bool = True, packed: str = ""
) -> PythonFiles:
    """NAME.py, NAME.safetensors and NAME_data.npz, for a path NAME.py.

    examples: as they were prepared for training; None leaves them out. with_weights: whether the project's weights
    are of its network. packed: the project itself as python_import.py packs it, to be read back from the file.
    Raises: ExportProblem: If the network cannot be said, or the name is none for a program.
    """
    if path.suffix != ".py":
        raise ExportProblem(f"A Python file's name ends in .py: write {path.with_suffix('.py')}.")
    if path.stem in {"torch", "numpy", *sys.stdlib_module_names}:
        raise ExportProblem(f"{path.name} would hide Python's own {path.stem} from itself. Choose another name.")
    document = project.document
    report = check(document.graph)
    is_ragged = masks(examples, report)
    code = python_code(document, report, is_ragged).text
    files: dict[Path, Content] = {path: code + (f"\n\n{packed}" if packed else "")}
    notes: list[str] = []
    weights_place, beside = companions(path)
    if project.checkpoint is None or not with_weights:
        why = "was changed since it was trained" if project.checkpoint is not None else "has not been trained yet"
        notes.append(f"There are no weights beside it: the network {why}. “python {path.name}” trains it.")
    else:
        weights = under_attributes(project.checkpoint.weights, attributes(document, report, is_ragged))
        files[weights_place] = as_safetensors(weights)
    output = report.written_out.nodes[main_output(report.written_out)]
    rebuilds = isinstance(output, Output) and output.rebuilds
    if examples is not None and data_file.is_small(examples, rebuilds, is_ragged):
        files[beside] = data_file.writer(examples, rebuilds, is_ragged)
    else:
        notes.append(f"The examples are left out. Save your own arrays as {beside.name}, under the names in load().")
    return PythonFiles(files, tuple(notes))


def masks(examples: Examples | None, report: Report) -> bool:
    """Whether the code looks at own steps alone: sequences are of unequal length, and the network can be said so."""
    return examples is not None and examples.dataset.lengths is not None and can_say(report)

"""The command import: another tool's model as a project. What is read, and how, is playground.exchange's business."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.app.files import write_project
from playground.cli.printing import Unusable, say
from playground.cli.projects import LONGEST_NAME, project_path
from playground.exchange.problem import ExportProblem


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("import", import_)
    made.add_argument("file", metavar="FILE.onnx", type=Path, help="a model, as an ONNX file")
    made.add_argument("-o", "--output", metavar="PROJECT", type=project_path, required=True, help="the file to write")


def import_(args: argparse.Namespace) -> int:
    """Make a project of another tool's model, with its weights.

    What layers here know becomes layers; another operator stands as a node that says so, and can be replaced.
    """
    from playground.app.bringing_in import is_brought, project_of

    path: Path = args.file.expanduser()
    if not is_brought(path) or path.suffix.lower() != ".onnx":
        raise Unusable(f"{path} is no .onnx file by its name. Save the model as ONNX first.")
    try:
        brought = project_of(path)
    except ExportProblem as problem:
        raise Unusable(str(problem)) from problem
    document = replace(brought.project.document, name=args.output.stem[:LONGEST_NAME])
    write_project(args.output, replace(brought.project, document=document))
    checkpoint = brought.project.checkpoint
    count = checkpoint.parameters if checkpoint is not None else 0
    say(f"Wrote {args.output}: {len(document.graph.nodes):,} layers with {count:,} numbers of {path.name}.")
    for note in brought.notes:
        say(note)
    return 0

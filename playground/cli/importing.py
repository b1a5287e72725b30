"""The command import: another tool's model, or exported Python, as a project. How it is read is playground.exchange's
business.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from playground.app.files import write_project
from playground.cli.printing import Unusable, say
from playground.cli.projects import LONGEST_NAME, add_output, refuse_taken
from playground.exchange.problem import ExportProblem


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("import", import_)
    made.add_argument(
        "file", metavar="FILE", type=Path, help="a model: an .onnx file, Keras' .json, or a .py that was exported here"
    )
    add_output(made)


def import_(args: argparse.Namespace) -> int:
    """Make a project of another tool's model, or of exported Python, with its weights.

    What layers here know becomes layers; another operator stands as a node that says so, and can be replaced.
    """
    from playground.app.bringing_in import project_of
    from playground.app.other_files import MODELS

    path: Path = args.file.expanduser()
    if path.suffix.lower() not in MODELS:
        raise Unusable(f"{path} is no .onnx file by its name. Save the model as ONNX first.")
    refuse_taken(args.output, args.force)
    try:
        brought = project_of(path)
    except ExportProblem as problem:
        raise Unusable(str(problem)) from problem
    document = brought.project.document
    if path.suffix.lower() != ".py":
        document = replace(document, name=args.output.stem[:LONGEST_NAME])
    write_project(args.output, replace(brought.project, document=document))
    checkpoint = brought.project.checkpoint
    count = checkpoint.parameters if checkpoint is not None else 0
    say(f"Wrote {args.output}: {len(document.graph.nodes):,} layers with {count:,} numbers of {path.name}.")
    for note in brought.notes:
        say(note)
    return 0

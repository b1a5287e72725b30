"""The command info: what a project's network is, layer by layer.

The rows come from playground.graph.analysis, as they do in the window.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.checking import checked
from playground.app.document import Document
from playground.app.files import SUFFIX, read_project
from playground.cli.printing import console, say, say_json, table
from playground.cli.projects import prepared, told
from playground.graph.analysis import COLUMNS, Row, in_bytes, rows, totals
from playground.graph.check import Report
from playground.layers.shape import described

if TYPE_CHECKING:
    from playground.data.dataset import Examples


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("info", info)
    made.add_argument("project", metavar="PROJECT", type=Path, help=f"a {SUFFIX} file")
    made.add_argument("--json", action="store_true", help="write JSON")


def info(args: argparse.Namespace) -> int:
    """Show every layer's output, parameters, arithmetic, memory and receptive field, the totals and the problems.

    C are channels, H and W height and width, T time steps, F features and U units of one example.
    """
    project = read_project(args.project)
    document, examples = project.document, prepared(project.document, project.for_use)
    report = checked(document, examples.signature)
    (_say_values if args.json else _say_table)(document, examples, report)
    return 0


def _say_values(document: Document, examples: Examples, report: Report) -> None:
    signature, lines = examples.signature, rows(document.graph, report)
    say_json({
        "project": document.name,
        "data": {
            "name": examples.dataset.name,
            "input": list(signature.input.dims),
            "outputs": signature.outputs,
            "train": len(examples.train),
            "valid": len(examples.valid),
            "test": len(examples.test),
        },
        "layers": [_layer_values(line) for line in lines],
        "total": asdict(totals(lines)),
        "problems": [
            {
                "severity": problem.severity,
                "layer": problem.node,
                "message": problem.text,
                "fixes": [fix.label for fix in problem.fixes],
            }
            for problem in report.problems
        ],
    })  # fmt: skip


def _layer_values(row: Row) -> dict[str, Any]:
    """One layer; what cannot be known while something is wrong is null, as is trainable where there are no weights."""
    return {
        "id": row.id,
        "type": row.type,
        "output": list(row.output.dims) if row.output else None,
        "parameters": row.cost.parameters if row.cost else None,
        "trainable": row.trainable,
        "multiply_adds": row.cost.multiply_adds if row.cost else None,
        "activation_bytes": row.cost.activation_bytes if row.cost else None,
        "receptive_field": asdict(row.field) if row.field else None,
    }


def _say_table(document: Document, examples: Examples, report: Report) -> None:
    parts = f"{len(examples.train):,} training, {len(examples.valid):,} validation and {len(examples.test):,} test"
    say(f"{document.name}: {examples.dataset.title}, {parts} examples, each {described(examples.signature.input)}")
    for sentence in examples.scarcity:
        say(sentence)
    lines = rows(document.graph, report)
    made = table(
        *(column.title for column in COLUMNS), right=tuple(column.title for column in COLUMNS if column.is_number)
    )
    for line in lines:
        made.add_row(*(column.text(line) for column in COLUMNS))
    console().print(made)
    whole = totals(lines)
    say(
        f"In all {whole.parameters:,} parameters, {whole.multiply_adds:,} multiply-adds and "
        f"{in_bytes(whole.activation_bytes)} of activations for one example."
    )
    for problem in report.problems:
        say(f"{problem.severity}: {told(problem)}")

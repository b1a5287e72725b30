"""The command compare: a trained network beside its baselines on the same split.

The figures are made in playground.selection.compare.
"""

from __future__ import annotations

import argparse
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app import judging
from playground.app.carried import fits
from playground.app.files import Project, read_project
from playground.cli.examining import exam_values
from playground.cli.fitting import fitted
from playground.cli.printing import Unusable, console, say, say_json, table
from playground.cli.projects import prepared, trainable
from playground.cli.training import begin, refuse_broken

if TYPE_CHECKING:
    from playground.selection.outcome import Comparison


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("compare", compare)
    made.add_argument("project", metavar="PROJECT", type=Path, help="a trained .nnplay file")
    made.add_argument("--baselines", metavar="A,B,…", help="which to fit, or all; without it, the usual ones")
    made.add_argument("--json", action="store_true", help="write JSON")


def compare(args: argparse.Namespace) -> int:
    """Fit the baselines on the same split, and say whether the network is better."""
    project = read_project(args.project)
    comparison = compared(project, args.project, args.baselines)
    if args.json:
        exam = None if project.exam is None else exam_values(project.exam)
        say_json({**comparison.to_json(), "exam": exam})
    else:
        _print(comparison)
        if project.exam is not None:
            say(project.exam.told)
        for sentence in prepared(project.document).scarcity if project.document.data.is_scarce else ():
            say(sentence)
    return 0


def compared(project: Project, path: Path, wanted: str | None = None) -> Comparison:
    """A trained project beside its baselines: the named ones, or the usual ones for its task. Raises Unusable."""
    if project.checkpoint is None:
        raise Unusable(f"{path} has not been trained yet. Run “playground train {path}” first.")
    refuse_broken(project.checkpoint, path)
    document = project.document
    examples = prepared(document, project.for_use)
    trainable(document, examples)
    training = begin(document, document.recipe, examples, checkpoint=project.checkpoint)
    if not fits(project.checkpoint, training):
        raise Unusable(f"The network in {path} was changed since it was trained. Run “playground train {path}” again.")
    return judging.compared(project, training, partial(fitted, () if wanted is None else _names(wanted)))


def _names(wanted: str) -> tuple[str, ...]:
    """Each once, in the order asked for."""
    names = tuple(dict.fromkeys(name.strip() for name in wanted.split(",") if name.strip()))
    if not names:
        raise Unusable("--baselines names none. Write it as --baselines logistic,majority, or leave it out.")
    return names


def _print(comparison: Comparison) -> None:
    score = "Accuracy" if comparison.metric == "accuracy" else "R²"
    numbers = (score, "95 % interval", "Parameters", "Seconds")
    rows = table("Model", *numbers, "", right=numbers)
    for row in comparison.models:
        interval = f"{_score(row.low)} to {_score(row.high)}" if isfinite(row.score) else ""
        figures = _score(row.score), interval, f"{row.parameters:,}", f"{row.seconds:.2f}"
        rows.add_row(row.title, *figures, row.note)
    say(f"On {comparison.n:,} validation examples:")
    console().print(rows)
    if comparison.verdict:
        say(comparison.verdict.text)


def _score(value: float) -> str:
    """An r2 far below zero is told by its size alone; none where there is no score."""
    if not isfinite(value):
        return "none"
    return (f"{value:.3f}" if abs(value) < 1000 else f"{value:.1e}").replace("-", "−")

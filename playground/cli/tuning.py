"""The command tune: hyper-parameter search and cross-validation, told as a bar, tables or JSON.

The search is playground.selection.tune's business, what a project's settings are playground.app.varying's. Ctrl+C keeps
what was done, and the same command goes on. Printing is in tuning_tables.py.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from playground.app.document import Document, DocumentProblem, set_path
from playground.app.files import Project, read_project, write_project
from playground.app.tuning import (
    Settings,
    TuningProblem,
    maker,
    plan_of,
    subject_of,
    terms_of,
    tuning_of,
    winner,
    workplace,
)
from playground.app.varying import read_vary, varies_data
from playground.cli.interrupting import ended_by_ctrl_c
from playground.cli.printing import Unusable, WorkFailed, say, say_json
from playground.cli.projects import project_path, told
from playground.cli.tuning_tables import Told, print_nested, print_trials
from playground.data.dataset import Dataset
from playground.selection.folds import HOLDOUT, Folding, Folds, read_folding
from playground.selection.space import SpaceProblem, Spaces
from playground.selection.trials import METRICS, Trial, ranked

if TYPE_CHECKING:
    from playground.selection.nested import NestedDone
    from playground.selection.tune import SearchEnded, Tuning


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("tune", tune)
    made.add_argument("project", metavar="PROJECT", type=Path, help="a .nnplay file")
    made.add_argument(
        "--vary", action="append", default=[], metavar="PATH=VALUES",
        help="a setting and what to try: recipe.learning_rate=0.001,0.01, recipe.l2=1e-6..0.1:log, "
        "layers.dense1.units=8..64:8; can be repeated",
    )  # fmt: skip
    made.add_argument("--search", choices=("grid", "random", "tpe"), help="grid for lists; tpe where there is a range")
    made.add_argument("--trials", type=_positive, metavar="N", help="how many in all (50, or all of a grid)")
    made.add_argument("--minutes", type=float, metavar="M", help="stop after so long")
    made.add_argument(
        "--folds",
        metavar="K",
        help="cross-validate: 5, 5x3, loo, forward:5, group:COLUMN:5, group:COLUMN:loo; without it the own split",
    )
    made.add_argument("--nested", metavar="K", help="score the search itself in so many outer folds")
    made.add_argument("--metric", choices=METRICS, help="what to judge by (accuracy; r2 for numbers)")
    made.add_argument("--epochs", type=_positive, metavar="N", help="passes over the training data")
    made.add_argument("--seed", type=int, metavar="N", help="same seed, same folds and trials")
    made.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="cpu", help="where to compute")
    made.add_argument("--processes", type=int, metavar="N", help="side by side; without it one a core; 0: none")
    made.add_argument("--again", action="store_true", help="do trials that failed earlier once more")
    made.add_argument("--storage", metavar="URL", help="keep trials there: sqlite:///FILE, postgresql://…, mysql://…")
    made.add_argument("-o", "--output", metavar="PROJECT", type=project_path, help="write the winner, untrained")
    made.add_argument("--json", action="store_true", help="write JSON")


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number above 0")
    return int(text)


def tune(args: argparse.Namespace) -> int:
    """Search for good settings, each tried on the validation part or by cross-validation.

    Trials are kept: after Ctrl+C, or a crash, the same command goes on, and several at once share the work.
    """
    from playground.data.catalogue import load
    from playground.selection.study import StudyProblem

    document = _changed(read_project(args.project).document, args)
    spaces = read_vary(document, args.vary)
    settings = _settings(args, document)
    dataset = load(document.data)
    _trainable(document, spaces, dataset)
    try:
        Folds(dataset, document.data, settings.folding)
        if args.nested:
            return _nested(args, document, spaces, settings, dataset)
        tuning = tuning_of(document, spaces, settings, dataset)
        ended = _search(tuning, Told(silent=args.json))
    except (TuningProblem, StudyProblem, SpaceProblem) as problem:
        raise Unusable(str(problem)) from problem
    return _result(args, document, spaces, ended)


def _changed(document: Document, args: argparse.Namespace) -> Document:
    if args.epochs is not None:
        document = set_path(document, "recipe.epochs", str(args.epochs))
    return set_path(document, "recipe.seed", str(args.seed)) if args.seed is not None else document


def _settings(args: argparse.Namespace, document: Document) -> Settings:
    if args.minutes is not None and not 0 < args.minutes < 1e6:
        raise Unusable(f"{args.minutes:g} minutes are no time to search in. Give a number above 0.")
    if args.processes is not None and not 0 <= args.processes <= 256:
        raise Unusable(f"{args.processes} processes cannot be used. Give 1 to 256, or 0 to train in this one.")
    seed = document.recipe.seed
    folding = read_folding(args.folds, seed) if args.folds else replace(HOLDOUT, seed=seed)
    return Settings(
        search=args.search,
        trials=args.trials,
        minutes=args.minutes,
        folding=folding,
        metric=args.metric,
        seed=seed,
        url=args.storage,
        processes=args.processes,
        device=args.device,
        again=args.again,
    )


def _trainable(document: Document, spaces: Spaces, dataset: Dataset) -> None:
    """Refuse a network that no trial could train; where the data are varied, each trial says so itself."""
    from playground.app.checking import checked

    errors = checked(document, dataset.signature).errors
    if errors and not varies_data(spaces) and not any(path.startswith("layers.") for path in spaces):
        raise Unusable(told(errors[0]))


def _search(tuning: Tuning, tell: Told) -> SearchEnded:
    from playground.selection.tune import SearchEnded, SearchProgress, TrialDone

    with ended_by_ctrl_c(tuning.stop), _bar() as bar:
        task = bar.add_task("", total=None)
        for event in tuning.events():
            if isinstance(event, SearchProgress):
                total = event.done + event.under_way + event.left
                text = f"{event.done} of {total:g} trials" if total < float("inf") else f"{event.done} trials"
                known = total if total < float("inf") else None
                bar.update(task, completed=event.done + event.share, total=known, description=text)
            elif isinstance(event, TrialDone):
                tell.trial(event.trial, bar)
            elif isinstance(event, SearchEnded):
                return event
    raise AssertionError("a search ends with SearchEnded")


def _bar() -> Bar:
    """On a terminal alone."""
    columns = BarColumn(24), TextColumn("{task.description}"), TimeElapsedColumn()
    return Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _result(args: argparse.Namespace, document: Document, spaces: Spaces, ended: SearchEnded) -> int:
    best_first = ranked(ended.trials)
    if args.json:
        say_json(_json(ended, spaces))
    else:
        print_trials(ended, spaces)
    if not best_first:
        raise WorkFailed(_nothing(ended))
    if args.output:
        _write(args, winner(document, best_first[0]))
    return 0


def _write(args: argparse.Namespace, document: Document) -> None:
    write_project(args.output, Project(document))
    if not args.json:
        say(f"Wrote {args.output}. Train it with “playground train {args.output}”.")


def _nothing(ended: SearchEnded) -> str:
    failed: list[Trial] = [trial for trial in ended.trials if trial.state == "failed"]
    if failed:
        return f"All {len(failed)} trials failed. The last one: {failed[-1].message}"
    return "No trial was finished. Give it more time; the same command goes on."


def _json(ended: SearchEnded, spaces: Spaces) -> dict[str, Any]:
    from playground.selection.importance import importance
    from playground.selection.tuning_results import one_standard_error, optimism, pareto_front, tuning_curve

    trials, best_first = ended.trials, ranked(ended.trials)
    simplest = one_standard_error(trials)
    curves = [curve for path in spaces if (curve := tuning_curve(trials, path)) is not None]
    return {
        "metric": trials[0].metric if trials else None,
        "reason": ended.reason,
        "trials": [trial.to_json() for trial in trials],
        "best": best_first[0].to_json() if best_first else None,
        "one_standard_error": simplest.to_json() if simplest else None,
        "curves": [curve.to_json() for curve in curves],
        "importance": importance(trials, spaces),
        "pareto": [trial.number for trial in pareto_front(trials)],
        "note": optimism(trials),
    }


def _nested(args: argparse.Namespace, document: Document, spaces: Spaces, settings: Settings, dataset: Dataset) -> int:
    from playground.selection.nested import NestedDone, OuterDone, nested

    outer: Folding = read_folding(args.nested, settings.seed)
    if args.output:
        raise DocumentProblem("--nested scores the search and chooses no winner to write. Leave out -o or --nested.")
    count = len(Folds(dataset, document.data, outer))
    make, base, plan = (
        maker(document, spaces),
        subject_of(document, spaces),
        plan_of(document, spaces, settings, dataset),
    )
    found: NestedDone | None = None
    with _bar() as bar:
        task = bar.add_task("", total=count)
        searching = nested(make, base, plan, terms_of(settings), outer, count, lambda: workplace(settings))
        for event in searching:
            if isinstance(event, OuterDone):
                bar.update(task, completed=event.fold + 1, description=f"outer fold {event.fold + 1} of {count}")
            elif isinstance(event, NestedDone):
                found = event
    if found is None or not found.folds:
        raise WorkFailed("No outer fold could be searched: all trials failed. Try the search without --nested first.")
    print_nested(found, plan.metric, args.json)
    return 0

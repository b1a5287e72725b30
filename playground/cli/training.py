"""The command train: the training loop in this thread, told as a bar, as lines or as JSON.

What is learned is engine.train's business. Ctrl+C ends it after the step under way and keeps what was learned.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.app.document import Document, set_path
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.for_use import to_keep
from playground.app.headstart import Begun, seen_before
from playground.app.journal import RunJournal
from playground.app.recorder import Recorder
from playground.app.recording import Recording
from playground.cli import headstart, team
from playground.cli.examining import exam_values, sat
from playground.cli.interrupting import ended_by_ctrl_c
from playground.cli.printing import Unusable, WorkFailed, complain, say, say_json
from playground.cli.projects import prepared, project_path, trainable
from playground.cli.reporting import EventFile, Report, reporter
from playground.engine.events import SLICE, Ended, EpochDone, counted_from
from playground.engine.recipe import Recipe

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.engine.checkpoint import Checkpoint
    from playground.engine.team import Team
    from playground.engine.train import Training

_Journal = RunJournal | team.TeamJournal


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("train", train)
    made.add_argument("project", metavar="PROJECT", type=Path, help="a .nnplay file")
    made.add_argument("-o", "--output", metavar="PROJECT", type=project_path, help="write there instead of back")
    made.add_argument("--epochs", type=int, metavar="N", help="passes over the training data")
    made.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="where to compute")
    made.add_argument("--seed", type=int, metavar="N", help="same seed, same numbers")
    made.add_argument(
        "--set", action="append", default=[], type=_assignment, metavar="PATH=VALUE", dest="changes",
        help="change a setting, such as recipe.learning_rate=0.1 or layers.conv1.filters=8; can be repeated",
    )  # fmt: skip
    made.add_argument("--resume", action="store_true", help="go on from what the file has learned")
    made.add_argument("--final-exam", action="store_true", help="score the test part once, at the end")
    headstart.add_options(made)
    team.add_options(made)
    made.add_argument("--no-history", action="store_true", help="do not keep this run in the run history")
    made.add_argument("--events", type=Path, metavar="FILE", help="write a line of JSON for each epoch there too")
    made.add_argument("--json", action="store_true", help="write a line of JSON for each event")


def _assignment(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"“{text}” is not of the form PATH=VALUE")
    return path.strip(), value.strip()


@dataclass
class _Job:
    """A training run, and the numbers of its epochs on the project's curves."""

    training: Training
    before: Sequence[EpochDone]
    """Epochs of earlier runs that are gone on from."""

    @property
    def first(self) -> int:
        """How far the run's own count of epochs is behind the curves'; not 0 after a change of the optimiser."""
        return max((self.before[-1].epoch if self.before else 0) - self.training.epoch, 0)


def train(args: argparse.Namespace) -> int:
    """Train a project and write it back, or to another file.

    Without --resume it begins anew. Ctrl+C ends it cleanly and keeps what was learned; pressed twice, it aborts.
    """
    with team.joined(args) as together:
        return _train(args, together)


def _train(args: argparse.Namespace, together: Team | None) -> int:
    project = read_project(args.project)
    output: Path = args.output or args.project
    is_first = together is None or together.is_first
    _can_be_written(output)
    document = plain = _changed(project.document, args)
    goes_on = args.resume and document.data == project.document.data
    examples = given = prepared(document, project.for_use if goes_on else None)
    trainable(document, examples)
    start = headstart.wanted(args)
    found = headstart.begun(start, document, examples, args) if start is not None else None
    if found is not None:
        document, examples = replace(document, graph=found.graph), found.examples
    job = _job(args, together, project, document, examples, found, output)
    for sentence in examples.scarcity if is_first and not args.json else ():
        say(sentence)
    with Recording(say=complain) as recording:
        recording.is_on = is_first and not args.no_history
        tags = (found.tag,) if found is not None else ()
        recorder = recording.begin(document, job.training.recipe, examples, args.device, tags=tags)
        journal = RunJournal(document, output) if together is None else team.TeamJournal(together, document, output)
        report = reporter(args.json, job.first + job.training.recipe.epochs, silent=not is_first)
        if is_first and args.events is not None:
            report = EventFile(report, args.events, goes_on=bool(job.before))
        ended, epochs = _run(job, report, recorder, journal)
        examined = ended.test is not None and is_first
        exam = sat(recording, job.training, document.name, ended) if examined else None
        if exam is not None and args.json:
            say_json({"event": "final_exam", **exam_values(exam)}, indent=None)
        if args.beside_nothing and ended.reason not in ("diverged", "failed"):
            headstart.from_nothing(plain, given, recording, args, ended)
    if ended.reason in ("diverged", "failed"):
        journal.close(is_kept=ended.reason == "diverged")
        raise WorkFailed(f"{ended.message} {output.name} was left as it was.")
    if is_first:
        marks, before = (project.marks, project.exam) if job.before else ((), None)
        kept = Project(document, job.training.checkpoint(), epochs, data=project.data, marks=marks, exam=exam or before)
        _keep(kept, examples, output, journal)
    if is_first and not args.json:
        say(f"{exam.told}\nWrote {output}." if exam is not None and examined else f"Wrote {output}.")
    return 0


def _keep(project: Project, examples: Examples, output: Path, journal: _Journal) -> None:
    """Write what was learned, with what it needs to be used without the data."""
    assert project.checkpoint is not None
    try:
        write_project(output, replace(project, for_use=to_keep(project.document, examples, project.checkpoint)))
    except FileProblem:
        journal.close(is_kept=False)
        raise
    journal.close(is_kept=True)


def _can_be_written(path: Path) -> None:
    """Asked before an hour of training, not after it."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise FileProblem(f"There is no folder {folder}. Make it first, or choose another with -o.")
    if path.is_dir():
        raise FileProblem(f"{path} is a folder. Choose another name with -o.")
    if not os.access(folder, os.W_OK):
        raise FileProblem(f"Nothing may be written in the folder {folder}. Choose another with -o.")


def _changed(document: Document, args: argparse.Namespace) -> Document:
    """With what --set, --epochs and --seed ask for."""
    changes = list(args.changes)
    changes += [("recipe.epochs", str(args.epochs))] if args.epochs is not None else []
    changes += [("recipe.seed", str(args.seed))] if args.seed is not None else []
    for path, value in changes:
        document = set_path(document, path, value)
    return document


def _job(
    args: argparse.Namespace, together: Team | None, project: Project, document: Document, examples: Examples,
    found: Begun | None, output: Path,
) -> _Job:  # fmt: skip
    """The run that is asked for: anew, resumed, or gone on with after a restart."""
    make = partial(begin, examples=examples, device=args.device, final_exam=args.final_exam, together=together)
    make = partial(make, synchronised=args.sync_batchnorm)
    left = team.left_over(together, output, document) if together is not None else None
    if left is not None:
        return _Job(make(document, document.recipe, checkpoint=left.checkpoint), left.epochs)
    if args.resume:
        return _resumed(args, project, document, examples, make)
    return _Job(make(document, document.recipe, weights=found.weights if found is not None else None), ())


def _resumed(
    args: argparse.Namespace, project: Project, document: Document, examples: Examples, make: Callable[..., Training]
) -> _Job:
    """Go on for as many epochs as the recipe says."""
    if project.checkpoint is None:
        raise Unusable(f"{args.project} has not been trained yet, so nothing can be resumed. Leave --resume out.")
    refuse_broken(project.checkpoint, args.project)
    _not_seen_before(project.document, document, examples)
    facts = project.checkpoint.facts.get("epoch", 0)
    done = facts if isinstance(facts, int) and facts > 0 else 0
    for already in (done, 0):  # 0 where the optimiser or the network was changed, which start counting again
        recipe = document.recipe.model_copy(update={"epochs": already + document.recipe.epochs})
        training = make(document, recipe, checkpoint=project.checkpoint)
        if training.epoch == already:
            break
    return _Job(training, project.epochs)


def refuse_broken(checkpoint: Checkpoint, path: Path) -> None:
    """Raise Unusable for weights that are no numbers: the engine would leave them out and draw others."""
    if not all(np.isfinite(value).all() for value in checkpoint.weights.values()):
        raise Unusable(f"Some weights in {path} are no numbers. Train it anew with “playground train {path}”.")


def _not_seen_before(old: Document, new: Document, examples: Examples) -> None:
    """Refuse to score on examples that were trained on under another split: the scores would flatter."""
    if seen := seen_before(old.data, new.data, examples):
        raise Unusable(
            f"This splits the data anew, and {seen:,} of the examples now kept for validation and test were trained on "
            "before: the scores would flatter the network. Keep the split, or train anew without --resume."
        )


def begin(
    document: Document,
    recipe: Recipe,
    examples: Examples,
    device: str = "auto",
    checkpoint: Checkpoint | None = None,
    final_exam: bool = False,
    weights: Mapping[str, NDArray[Any]] | None = None,
    together: Team | None = None,
    synchronised: bool = False,
) -> Training:
    """The run of a project; checkpoint: goes on exactly from there, weights: begins with those that fit.

    together: this process's side of a run of several; synchronised: with one batch normalisation for all of them.

    Raises: Unusable: with what stands in its way.
    """
    from playground.engine.compile import CompileProblem
    from playground.engine.device import DeviceProblem
    from playground.engine.recipe import RecipeProblem
    from playground.engine.train import Training

    start: dict[str, Any] = {"weights": weights, "checkpoint": checkpoint, "final_exam": final_exam}
    try:
        if together is not None:
            from playground.engine.team_training import TeamTraining

            return TeamTraining(document.graph, recipe, examples, together, synchronised=synchronised, **start)
        return Training(document.graph, recipe, examples, device, **start)
    except (CompileProblem, DeviceProblem, RecipeProblem) as problem:
        raise Unusable(str(problem)) from problem
    except RuntimeError as error:  # torch's word for too little memory on a device
        raise WorkFailed(f"The network could not be set up: {str(error).splitlines()[0]}") from error


def _run(job: _Job, report: Report, recorder: Recorder, journal: _Journal) -> tuple[Ended, tuple[EpochDone, ...]]:
    """Train to the end, telling each event, and the history too."""
    first, epochs = job.first, list(job.before)
    job.training.slice = SLICE
    with ended_by_ctrl_c(job.training.stop), report:
        for event in job.training.events():
            shown = counted_from(event, first)
            recorder.take(shown)
            if isinstance(shown, EpochDone):
                epochs.append(shown)
                journal.take(job.training.checkpoint, epochs, first)
            try:
                report.tell(shown)
            except BrokenPipeError:  # nobody reads any more: end, and keep what was learned
                report = reporter(silent=True)
                job.training.stop()
            if isinstance(shown, Ended):
                recorder.look_at(job.training)
                return shown, tuple(epochs)
    raise AssertionError("a run ends with Ended")

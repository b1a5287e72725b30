"""The command predict: a trained project's answers for new files, as a table, CSV or JSON.

What is done is playground.app.predicting's business.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rich.progress import Progress

from playground.app.files import read_project
from playground.app.predicting import Answer, Predicting, csv_file, in_digits, of_project
from playground.app.writing import COLDEST, HOTTEST, TEMPERATURE
from playground.cli.printing import Unusable, complain, console, say, say_json, table
from playground.data.dataset import DataProblem
from playground.data.text_rows import Tell, silent

MOST_SHOWN = 20
"""Rows of the table in the terminal; all are in the CSV file."""
MOST_NOTES = 5


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("predict", predict)
    made.add_argument("project", metavar="PROJECT", type=Path, help="a trained .nnplay file")
    made.add_argument("inputs", metavar="INPUT", nargs="+", type=Path, help="new files or folders, of the data's kind")
    made.add_argument("-o", "--output", metavar="FILE.csv", type=Path, help="write all answers there, as CSV")
    made.add_argument(
        "--temperature", metavar="T", type=float, default=TEMPERATURE,
        help=f"of text that is written: symbols are drawn from softmax(scores / T); {TEMPERATURE} unless said "
        "otherwise, lower is safer, higher is wilder",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="write all answers as JSON")


def predict(args: argparse.Namespace) -> int:
    """Apply a trained project to new files.

    Each row is an example: its answer, how sure the network is (the probability of each class is in the CSV), and a
    warning where it does not look like the data that were learned from.
    """
    if not COLDEST <= args.temperature <= HOTTEST:
        raise Unusable(f"A temperature lies between {COLDEST} and {HOTTEST}, not at {args.temperature:g}.")
    predicting = of_project(read_project(args.project))
    predicting.temperature = args.temperature
    job = _Job(predicting, MOST_SHOWN if not args.json else 10**9)
    with _writing(args.output, predicting) as write, _bar() as tell:
        for path in args.inputs:
            for answer in job.answers(path, tell):
                write(answer)
        if job.count == job.unread:  # said here, so that answers of an earlier time stay where they are
            raise Unusable(job.problems[0] if job.problems else f"There is no example in {args.inputs[0]}.")
    for words in job.problems[:MOST_NOTES]:
        complain(words)
    if len(job.problems) > MOST_NOTES:
        complain(f"{len(job.problems) - MOST_NOTES:,} more could not be read.")
    if args.json:
        say_json(_values(job))
    else:
        _say(job, args.output)
    return 0


class _Job:
    """What was answered so far: counts of all, the first ones to be shown."""

    def __init__(self, predicting: Predicting, most: int) -> None:
        self.predicting, self._most = predicting, most
        self.shown: list[Answer] = []
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.count = self.strange = self.unread = 0

    def answers(self, path: Path, tell: Tell) -> Iterator[Answer]:
        """Of one file; what cannot be used is noted, so that the others are answered."""
        try:
            for some, answers in self.predicting.files(path, tell):
                self.notes.extend(note for note in some.notes if note not in self.notes)
                for answer in answers:
                    self._take(answer)
                    yield answer
        except DataProblem as problem:
            self.problems.append(str(problem))

    def _take(self, answer: Answer) -> None:
        self.count += 1
        self.strange += bool(answer.warnings)
        if answer.problem is not None:
            self.unread += 1
            self.problems.append(answer.problem)
        if len(self.shown) < self._most:
            self.shown.append(answer)


def _writing(path: Path | None, predicting: Predicting) -> AbstractContextManager[Callable[[Answer], object]]:
    return nullcontext(lambda _answer: None) if path is None else csv_file(path, predicting.intake)


@contextmanager
def _bar() -> Iterator[Tell]:
    """A bar on standard error where somebody sees it."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(job: _Job, output: Path | None) -> None:
    intake = job.predicting.intake
    names = ("answer", "confidence") if intake.task == "classes" else intake.targets or ("rebuilt",)
    has_rows = any(answer.file_row is not None for answer in job.shown)
    where = ("Row in the file",) if has_rows else ()
    rows = table("Example", *(name[:1].upper() + name[1:] for name in names), *where, "Warning", right=names[1:])
    for answer in job.shown:
        warning = answer.problem or " ".join(answer.warnings)
        place = ("" if answer.file_row is None else f"{answer.file_row:,}",) if has_rows else ()
        if intake.task == "classes":
            sure = "" if answer.confidence is None else f"{answer.confidence:.1%}"
            rows.add_row(answer.name, answer.said, sure, *place, warning)
        else:
            rows.add_row(answer.name, *_figures(answer, len(names)), *place, warning)
    console().print(rows)
    more = job.count - len(job.shown)
    if more:
        say(f"… and {more:,} more" + ("" if output is not None else "; write them all with -o FILE.csv") + ".")
    for note in job.notes[:MOST_NOTES]:
        say(note)
    unread = f"; {job.unread:,} could not be read" if job.unread else ""
    say(f"{job.count:,} examples, of which {job.strange:,} do not look like the training data{unread}.")
    if output is not None:
        say(f"Wrote {output}.")


def _figures(answer: Answer, count: int) -> list[str]:
    if answer.problem is not None or len(answer.values) != count:
        return [answer.said, *[""] * (count - 1)]
    return [in_digits(value) for value in answer.values]


def _values(job: _Job) -> dict[str, Any]:
    intake = job.predicting.intake
    return {
        "data": intake.data,
        "task": intake.task,
        "classes": list(intake.classes),
        "targets": list(intake.targets),
        "count": job.count,
        "strange": job.strange,
        "notes": job.notes,
        "predictions": [_value(answer) for answer in job.shown],
    }


def _value(answer: Answer) -> dict[str, Any]:
    return {
        "example": answer.name,
        "answer": answer.said if not answer.values else list(answer.values),
        "confidence": answer.confidence,
        "probabilities": list(answer.probabilities),
        "warnings": list(answer.warnings),
        "problem": answer.problem,
        "file_row": answer.file_row,
    }

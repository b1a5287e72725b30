"""Training by the processes that torchrun starts: who speaks, what is kept for a restart, and from where it goes on.

The first process alone writes and speaks. What it has learned stands beside the project in a file of its own until the
run is over: torchrun's --max-restarts, or SLURM's requeue, begins the same command again, which goes on from there.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.document import Document, DocumentProblem
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.journal import taught
from playground.cli.printing import Unusable, complain
from playground.engine.events import EpochDone

if TYPE_CHECKING:
    from playground.engine.checkpoint import Checkpoint
    from playground.engine.team import Team

UNFINISHED = ".unfinished.nnplay"
AT_LEAST, TIMES = 5.0, 20
"""Seconds between two writings of what was learned, and how many times as long as one writing took."""
RESTARTS = ("TORCHELASTIC_RESTART_COUNT", "SLURM_RESTART_COUNT")


def is_called() -> bool:
    """Whether torchrun started this process, or what sets the same words."""
    return all(word in os.environ for word in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"))


@contextmanager
def joined(args: argparse.Namespace) -> Iterator[Team | None]:
    """The team of this process, which is quiet unless it is the first; None if it was not started by torchrun.

    Raises: Unusable: For what one process alone can do.
    """
    if not is_called():
        if args.sync_batchnorm:
            raise Unusable("--sync-batchnorm is for several processes. Start them with torchrun, or leave it out.")
        yield None
        return
    if os.environ.get("LOCAL_RANK", "0") != "0":  # what is wrong with this machine's files is said once on each
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the end
    if args.taken_from or args.pretrain or args.pseudo_labels or args.beside_nothing:
        raise Unusable("A head start is made by one process. Make it without torchrun, then go on with --resume.")
    from playground.engine.device import DeviceProblem
    from playground.engine.team import joined as met

    try:
        with met(args.device) as team:
            yield team
    except DeviceProblem as problem:
        raise Unusable(str(problem)) from problem


def is_restarted() -> bool:
    """Whether this command was begun again after a process or a machine was lost."""
    return any(os.environ.get(word, "0") not in ("", "0") for word in RESTARTS)


def unfinished(output: Path) -> Path:
    """Where what a run has learned stands until it is over."""
    return output.with_name(f"{output.stem}{UNFINISHED}")


def left_over(team: Team, output: Path, document: Document) -> Project | None:
    """What the same command had learned before it was begun again; the first process reads it for all."""
    project = _read(unfinished(output), document) if team.is_first and is_restarted() else None
    learned = team.tell(project.checkpoint if project is not None else None)
    if learned is None:
        return None
    epochs = project.epochs if project is not None else ()
    if team.is_first:
        complain(f"Going on after a restart, from epoch {learned.facts.get('epoch', 0)}.")
    return Project(document, learned, epochs, marks=project.marks if project is not None else ())


def _read(path: Path, document: Document) -> Project | None:
    """None where there is none, or another project's."""
    try:
        project = read_project(path)
    except (FileProblem, DocumentProblem):
        return None
    return project if taught(project.document) == taught(document) else None


class TeamJournal:
    """Keeps what a team has learned, as a project beside the output; only the first process's writes."""

    def __init__(self, team: Team, document: Document, output: Path) -> None:
        self._is_first, self._document, self._path = team.is_first, document, unfinished(output)
        self._next = 0.0
        self._has_complained = False

    def take(self, learn: Callable[[], Checkpoint], epochs: list[EpochDone], offset: int) -> None:  # noqa: ARG002
        """After an epoch: write if it is time to. As RunJournal's."""
        began = time.monotonic()
        if not self._is_first or began < self._next:
            return
        try:
            write_project(self._path, Project(self._document, learn(), tuple(epochs)))
        except FileProblem as problem:  # training goes on; it only could not be gone on with after a restart
            if not self._has_complained:
                complain(str(problem))
            self._has_complained = True
        now = time.monotonic()
        self._next = now + max(AT_LEAST, TIMES * (now - began))

    def close(self, is_kept: bool) -> None:
        """The run is over. is_kept: whether what it learned is in a file, or not wanted."""
        if self._is_first and is_kept:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def add_options(made: Any) -> None:
    """What only several processes understand."""
    made.add_argument(
        "--sync-batchnorm", action="store_true",
        help="under torchrun: normalise over the examples of all processes, not of each",
    )  # fmt: skip

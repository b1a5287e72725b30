"""What has been learned so far and is carried into the next run: of a file, or of the run before an edit.

Knows no torch at import; begin() is called on the training thread. Which is carried when, session.py decides.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.files import Project, write_project
from playground.app.for_use import ForUse, to_keep
from playground.engine.checkpoint import Checkpoint

if TYPE_CHECKING:
    from playground.app.document import Document
    from playground.app.runner import Run
    from playground.data.dataset import Examples
    from playground.engine.events import EpochDone
    from playground.engine.recipe import Recipe
    from playground.engine.train import Training
    from playground.graph.model import Graph


@dataclass(frozen=True, eq=False)
class Carried:
    """A checkpoint that is there, or will be at the earlier run's next step."""

    checkpoint: Future[Checkpoint]
    goes_on: bool = True
    """Whether the next run goes on exactly from there; else it takes the weights that fit."""
    for_use: ForUse | None = None
    """What its file said of its data, in case they are not at hand any more."""

    def weights_alone(self) -> Carried:
        """For a network or a recipe that was changed since."""
        return replace(self, goes_on=False)

    def to_write(self, timeout: float | None = None) -> Checkpoint:
        """What a file keeps; waits for the earlier run's next step, some seconds at most. Raises TimeoutError."""
        found = self.checkpoint.result(timeout)
        if self.goes_on:
            return found
        return Checkpoint({f"weights/{name}": value for name, value in found.weights.items()})


def stored(checkpoint: Checkpoint | None, kept: ForUse | None = None) -> Carried | None:
    """What a file holds."""
    if checkpoint is None:
        return None
    there: Future[Checkpoint] = Future()
    there.set_result(checkpoint)
    return Carried(there, for_use=kept)


def of(run: Run) -> Carried:
    """What a run has learned at its next step."""
    return Carried(run.ask(lambda training: training.checkpoint()))


def write(
    path: Path,
    document: Document,
    learned: Carried | None,
    epochs: list[EpochDone],
    offset: int,
    examples: Examples | None = None,
    data: bytes | None = None,
) -> int:
    """A project file with what was learned; waits for the run's next step. How many epochs it has. Raises FileProblem.

    epochs: those there are, to which the window's thread adds; offset: by how many the run's own count is behind them.
    examples: what it was learned from, where they are at hand. data: the file that travels with it.
    """
    checkpoint = learned.to_write() if learned else None
    done = checkpoint.facts.get("epoch") if checkpoint else None
    belonging = until_epoch(epochs, done + offset) if isinstance(done, int) else tuple(epochs)
    kept = learned.for_use if learned else None
    if checkpoint is not None and examples is not None:
        kept = to_keep(document, examples, checkpoint)
    write_project(path, Project(document, checkpoint, belonging, kept, data))
    return len(belonging)


def until_epoch(epochs: list[EpochDone], last: int, patience: float = 1.0) -> tuple[EpochDone, ...]:
    """The curves up to that epoch, which may still be in the mailbox: they are waited for, so many seconds at most."""
    end = time.monotonic() + patience
    while (not epochs or epochs[-1].epoch < last) and last and time.monotonic() < end:
        time.sleep(0.01)
    return tuple(epoch for epoch in list(epochs) if epoch.epoch <= last)


def aims(carried: Carried, recipe: Recipe) -> tuple[int, int]:
    """Epochs that a stored checkpoint counts, 0 where the next run counts anew; and the one that run is to end with."""
    facts = carried.checkpoint.result().facts if carried.goes_on else {}
    done, wanted = _epochs(facts, "epoch"), _epochs(facts, "epochs") or recipe.epochs
    return done, wanted if done < wanted else done + recipe.epochs


def _epochs(facts: Mapping[str, Any], name: str) -> int:
    count = facts.get(name, 0)
    return count if isinstance(count, int) and 0 < count <= 10**7 else 0


def fits(checkpoint: Checkpoint, training: Training) -> bool:
    """Whether it has weights for all of the network, and no others."""
    own = training.network.state_dict()
    stored = checkpoint.weights
    return stored.keys() == own.keys() and all(stored[name].shape == tuple(own[name].shape) for name in own)


def begin(graph: Graph, recipe: Recipe, examples: Examples, device: str, carried: Carried | None) -> Training:
    """A new Training that begins with what is carried. Raises as Training does."""
    from playground.engine.train import Training

    if carried is None:
        return Training(graph, recipe, examples, device)
    found = carried.checkpoint.result()
    options: dict[str, Any] = {"checkpoint": found} if carried.goes_on else {"weights": found.weights}
    training = Training(graph, recipe, examples, device, **options)
    training.begins_learned = fits(found, training)
    return training

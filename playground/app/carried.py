"""What has been learned so far and is carried into the next run: of a file, or of the run before an edit.

Knows no torch at import; begin() is called on the training thread. Which is carried when, session.py decides.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.files import Project, write_project
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

    def weights_alone(self) -> Carried:
        """For a network or a recipe that was changed since."""
        return replace(self, goes_on=False)

    def to_write(self) -> Checkpoint:
        """What a file keeps; waits for the earlier run's next step."""
        found = self.checkpoint.result()
        if self.goes_on:
            return found
        return Checkpoint({f"weights/{name}": value for name, value in found.weights.items()})


def stored(checkpoint: Checkpoint | None) -> Carried | None:
    """What a file holds."""
    if checkpoint is None:
        return None
    there: Future[Checkpoint] = Future()
    there.set_result(checkpoint)
    return Carried(there)


def of(run: Run) -> Carried:
    """What a run has learned at its next step."""
    return Carried(run.ask(lambda training: training.checkpoint()))


def write(path: Path, document: Document, learned: Carried | None, epochs: tuple[EpochDone, ...]) -> None:
    """A project file with what was learned; waits for the run's next step. Raises FileProblem."""
    write_project(path, Project(document, learned.to_write() if learned else None, epochs))


def epochs_done(carried: Carried) -> int:
    """Epochs that a stored checkpoint counts; 0 where the next run counts anew."""
    count = carried.checkpoint.result().facts.get("epoch", 0) if carried.goes_on else 0
    return count if isinstance(count, int) and count > 0 else 0


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

"""What has been learned so far and is carried into the next run: of a file, or of the run before an edit.

Knows no torch at import; begin() is called on the training thread. Which is carried when, session.py decides.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.files import Project, write_project
from playground.app.for_use import ForUse, to_keep
from playground.engine.checkpoint import Checkpoint

if TYPE_CHECKING:
    from playground.app.document import Document
    from playground.app.edit_marks import Mark
    from playground.app.runner import Run
    from playground.app.sitting import Sitting
    from playground.app.weight_path import WeightPath
    from playground.data.dataset import Examples
    from playground.engine.carry import Kept
    from playground.engine.epochs import Epochs
    from playground.engine.events import EpochDone
    from playground.engine.recipe import Recipe
    from playground.engine.train import Training


@dataclass(frozen=True, eq=False)
class Carried:
    """A checkpoint that is there, or will be at the earlier run's next step."""

    checkpoint: Future[Checkpoint]
    goes_on: bool = True
    """Whether the next run goes on exactly from there; else it takes what fits of the weights and of the memory."""
    under: Document | None = None
    """What it was learned under."""
    became: Future[Kept] = field(default_factory=Future)
    """What of it fitted the next run, where that does not go on exactly."""
    for_use: ForUse | None = None
    """What its file said of its data, in case they are not at hand any more."""
    path: WeightPath | None = None
    """The way of its weights, where it comes from a run."""

    def changed(self) -> Carried:
        """For a network, a recipe or data that were changed since."""
        return replace(self, goes_on=False, became=Future())

    def to_write(self, timeout: float | None = None) -> Checkpoint:
        """What a file keeps; waits for the earlier run's next step, some seconds at most. Raises TimeoutError."""
        found = self.checkpoint.result(timeout)
        if self.goes_on:
            return found
        return Checkpoint({f"weights/{name}": value for name, value in found.weights.items()})


def stored(
    checkpoint: Checkpoint | None, under: Document | None = None, kept: ForUse | None = None
) -> Carried | None:  # fmt: skip
    """What a file holds, or the run had at an earlier moment."""
    if checkpoint is None:
        return None
    there: Future[Checkpoint] = Future()
    there.set_result(checkpoint)
    return Carried(there, under=under, for_use=kept)


def of(run: Run, under: Document) -> Carried:
    """What a run of that document has learned at its next step."""
    return Carried(run.ask(lambda training: training.checkpoint()), under=under, path=run.path)


def write(
    path: Path,
    document: Document,
    learned: Carried | None,
    epochs: Epochs,
    offset: int,
    examples: Examples | None = None,
    data: bytes | None = None,
    marks: Sequence[Mark] = (),
    exam: Sitting | None = None,
) -> int:
    """A project file with what was learned; waits for the run's next step. How many epochs it has. Raises FileProblem.

    epochs: those there are, to which the window's thread adds; offset: by how many the run's own count is behind them.
    examples: what it was learned from, where they are at hand. data: the file that travels with it.
    marks: edits on the curves; the last one's place is known when the run has answered.
    exam: the latest one, left out where it was sat after what is written.
    """
    checkpoint = learned.to_write() if learned else None
    done = checkpoint.facts.get("epoch") if checkpoint else None
    belonging = until_epoch(epochs, done + offset) if isinstance(done, int) else epochs.copy()
    kept = learned.for_use if learned else None
    if checkpoint is not None and examples is not None:
        kept = to_keep(document, examples, checkpoint)
    if exam is not None and not (belonging and exam.epoch <= belonging[-1].epoch):
        exam = None
    write_project(path, Project(document, checkpoint, belonging, kept, data, marks=tuple(marks), exam=exam))
    return len(belonging)


def until_epoch(epochs: Epochs, last: int, patience: float = 1.0) -> Epochs:
    """The curves up to that epoch, which may still be in the mailbox: they are waited for, so many seconds at most."""
    end = time.monotonic() + patience
    while (not epochs or epochs[-1].epoch < last) and last and time.monotonic() < end:
        time.sleep(0.01)
    return epochs.until(last)


def aims(checkpoint: Checkpoint, recipe: Recipe, before: Recipe | None = None) -> int:
    """The epoch that a run which begins with it is to end with; before: the recipe it was learned under, if another."""
    done = _epochs(checkpoint.facts, "epoch")
    is_asked_anew = before is not None and before.epochs != recipe.epochs
    wanted = recipe.epochs if is_asked_anew else _epochs(checkpoint.facts, "epochs") or recipe.epochs
    return wanted if done < wanted else done + recipe.epochs


def aimed(begun: Carried | None, recipe: Recipe) -> int | None:
    """The same of a run with that recipe, by its own count; None while the checkpoint is on its way."""
    if begun is None:
        return recipe.epochs
    found = begun.checkpoint
    if not found.done() or found.cancelled() or found.exception() is not None:
        return None
    before = begun.under.recipe if begun.under is not None and not begun.goes_on else None
    return aims(found.result(), recipe, before)


def behind(checkpoint: Checkpoint, epochs: Sequence[EpochDone]) -> int:
    """By how many epochs its own count is behind its curves."""
    return max((epochs[-1].epoch if epochs else 0) - _epochs(checkpoint.facts, "epoch"), 0)


def _epochs(facts: Mapping[str, Any], name: str) -> int:
    count = facts.get(name, 0)
    return count if isinstance(count, int) and 0 < count <= 10**7 else 0


def fits(checkpoint: Checkpoint, training: Training) -> bool:
    """Whether it has weights for all of the network, and no others."""
    own = training.network.state_dict()
    stored = checkpoint.weights
    return stored.keys() == own.keys() and all(stored[name].shape == tuple(own[name].shape) for name in own)


def begin(
    document: Document, recipe: Recipe, examples: Examples, device: str, carried: Carried | None, goes_to: bool = True
) -> Training:
    """A new Training that begins with what is carried. Raises as Training does.

    goes_to: whether the recipe's last epoch is counted on from what was done before; else it is the last of all.
    """
    from playground.engine.train import Training

    if carried is None:
        return Training(document.graph, recipe, examples, device)
    found, under = carried.checkpoint.result(), carried.under
    if goes_to:
        recipe = recipe.model_copy(update={"epochs": aimed(carried, recipe)})
    if carried.goes_on:
        training = Training(document.graph, recipe, examples, device, checkpoint=found)
    elif under is None:
        training = Training(document.graph, recipe, examples, device, weights=found.weights)
    else:
        training = _changed(document, recipe, examples, device, carried, under)
    training.begins_learned, training.began_at = fits(found, training), training.step
    return training


def _changed(
    document: Document, recipe: Recipe, examples: Examples, device: str, carried: Carried, under: Document
) -> Training:  # fmt: skip
    from playground.engine.carry import carry
    from playground.engine.train import Training

    training = Training(document.graph, recipe, examples, device)
    was = under.recipe
    same_batches = document.data == under.data and (recipe.batch, recipe.seed) == (was.batch, was.seed)
    kept = carry(carried.checkpoint.result(), under.graph, training, same_batches)
    if not carried.became.done():
        carried.became.set_result(kept)
    return training

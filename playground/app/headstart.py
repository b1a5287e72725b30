"""A head start: what a run begins with instead of nothing, and each such run beside one that began from nothing.

Another project's weights, an encoder trained without labels, or the network's own confident answers. The steps are
generators of Step, so that a window and a terminal can show how far they are and end them. Knows neither Qt nor torch
at import; what needs torch is in playground.engine.headstart. All runs are scored on the same validation examples.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from playground.app.document import Document, DocumentProblem
from playground.app.files import read_project
from playground.app.loading import prepared
from playground.app.recording import Recording
from playground.data.dataset import DataChoice, DataProblem, Examples
from playground.data.split import learning_from, unlabelled
from playground.engine.events import Ended, EpochDone, Progress, Scores
from playground.engine.recipe import Recipe
from playground.graph.edits import SetSettings, apply_all
from playground.graph.encoder import EncoderProblem, autoencoder_of
from playground.graph.model import Graph, NodeId
from playground.selection.runs import sentence as plain_sentence

if TYPE_CHECKING:
    from playground.engine.train import Training

Kind = Literal["transfer", "pretrain", "pseudo"]
FROM_NOTHING = "from nothing"
MOST_NAMED = 4
"""Weights that do not fit which are named."""


class HeadStartProblem(Exception):
    """Why a run cannot begin like that: one sentence, with a way out."""


@dataclass(frozen=True)
class HeadStart:
    """What a person asks for."""

    kind: Kind
    project: Path | None = None
    """Whose weights are taken; for transfer."""
    freeze: bool = False
    """Whether what was taken stays as it is."""
    epochs: int = 20
    """Of training without labels; for pretrain."""
    threshold: float = 0.95
    """How sure the network must be of an answer to learn from it; for pseudo."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far one run is."""

    words: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Begun:
    """What a run begins with."""

    graph: Graph
    examples: Examples
    tag: str
    """How the run is marked."""
    weights: Mapping[str, NDArray[Any]] | None = None
    told: tuple[str, ...] = ()
    """What a person should know, in sentences."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One run that was trained to its end."""

    id: str
    """In the run history."""
    tag: str
    epochs: int
    valid: Scores
    """Of the weights it ended with."""
    told: tuple[str, ...] = ()


Beginning = Generator[Step, None, Begun]


def beginning(document: Document, examples: Examples, asked: HeadStart, device: str = "auto") -> Beginning:
    """What such a run begins with. Raises HeadStartProblem."""
    if asked.kind == "transfer":
        return _transferred(document, examples, asked)
    if asked.kind == "pretrain":
        return _pretrained(document, examples, asked, device)
    return _pseudo_labelled(document, examples, asked, device)


# Another project's weights


def _transferred(document: Document, examples: Examples, asked: HeadStart) -> Beginning:
    from playground.engine.headstart import fits_of

    assert asked.project is not None, "a transfer names a project"
    yield Step(f"Reading {asked.project.name}", 0, 0)
    project = read_project(asked.project)
    if project.checkpoint is None:
        raise HeadStartProblem(f"{asked.project.name} has not been trained: there are no weights to begin with.")
    if seen := seen_before(project.document.data, document.data, examples):
        raise HeadStartProblem(
            f"{asked.project.name} was trained on {seen:,} of the examples that are kept here for validation and test: "
            "the scores would flatter the network. Give both the same split and seed."
        )
    taken = fits_of(document.graph, project.checkpoint.weights)
    if not taken.layers:
        reasons = f" {taken.missing[0][:1].upper()}{taken.missing[0][1:]}." if taken.missing else ""
        raise HeadStartProblem(
            f"No layer of {asked.project.name} fits this network.{reasons} Layers must have the same name and size."
        )
    told = [f"Taken from {asked.project.name}: {', '.join(taken.layers)}."]
    if taken.missing:
        more = len(taken.missing) - MOST_NAMED
        words = "; ".join(taken.missing[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        told.append(f"Not taken: {words}.")
    graph, frozen = _frozen(document.graph, taken.layers) if asked.freeze else (document.graph, ())
    told += [f"Frozen: {', '.join(frozen)}."] if frozen else []
    weights = {
        name: value for name, value in project.checkpoint.weights.items() if name.partition(".")[0] in taken.layers
    }
    return Begun(graph, examples, f"from {asked.project.stem}"[:40], weights, tuple(told))


def seen_before(old: DataChoice, new: DataChoice, examples: Examples) -> int:
    """How many examples of validation and test were trained on under another choice of the same data."""
    if old == new:
        return 0
    try:
        before = prepared(old)
    except DataProblem:  # the old data are gone, so these are others
        return 0
    if not before.dataset.holds_same(examples.dataset):
        return 0
    return int(np.isin(np.concatenate([examples.valid.rows, examples.test.rows]), before.train.rows).sum())


def _frozen(graph: Graph, layers: tuple[NodeId, ...]) -> tuple[Graph, tuple[NodeId, ...]]:
    """Those layers no longer trained; the last one with weights always is, or nothing would be learned."""
    weighted = [id for id, layer in graph.nodes.items() if "trainable" in layer.settings]
    still = tuple(id for id in layers if id != weighted[-1])
    return apply_all(graph, [SetSettings(id, (("trainable", False),)) for id in still]), still


# An encoder trained without labels


def _pretrained(document: Document, examples: Examples, asked: HeadStart, device: str) -> Beginning:
    from playground.engine.headstart import fits_of
    from playground.engine.train import Training
    from playground.engine.weights import arrays

    try:
        twin = autoencoder_of(document.graph, examples.signature)
    except EncoderProblem as problem:
        raise HeadStartProblem(str(problem)) from problem
    rows = np.union1d(examples.train.rows, examples.unused)
    every = learning_from(examples, rows, np.zeros(len(rows), np.float32))  # no label is looked at
    recipe = document.recipe.model_copy(update={"epochs": asked.epochs, "patience": 0, "keep_best": True})
    recipe = recipe.model_copy(update={"batch": min(recipe.batch, len(rows))})
    training = Training(twin.graph, recipe, every, device)
    first, last = yield from _through(training, "Without labels", asked.epochs)
    weights = arrays(training.network.state_dict())
    taken = fits_of(document.graph, {name: each for name, each in weights.items() if name.split(".")[0] in twin.front})
    graph, frozen = _frozen(document.graph, taken.layers) if asked.freeze else (document.graph, ())
    told = [
        f"Pre-trained {', '.join(taken.layers)} for {asked.epochs:,} epochs to give {len(rows):,} examples back, "
        f"without their labels: validation error {first.valid.loss:.3g} → {last.valid.loss:.3g}."
    ]
    told += [f"Frozen: {', '.join(frozen)}."] if frozen else []
    own = {name: value for name, value in weights.items() if name.partition(".")[0] in taken.layers}
    return Begun(graph, examples, "pre-trained", own, tuple(told))


# The network's own answers as labels


def _pseudo_labelled(document: Document, examples: Examples, asked: HeadStart, device: str) -> Beginning:
    """Lee 2013, "Pseudo-label: the simple and efficient semi-supervised learning method"."""
    from playground.engine.headstart import answers_to
    from playground.engine.train import Training

    if examples.targets is not None or examples.train.targets.ndim > 1:
        raise HeadStartProblem("Pseudo-labels are for examples of one class each; these data have none.")
    if not len(examples.unused):
        raise HeadStartProblem(
            "There are no examples without a label. Learn from fewer (data.train_on): the others then count as such."
        )
    training = Training(document.graph, document.recipe, examples, device)
    yield from _through(training, "First without them", document.recipe.epochs)
    found = answers_to(training, unlabelled(examples))
    sure = found.confidence >= asked.threshold
    count, of = int(sure.sum()), len(sure)
    if not count:
        raise HeadStartProblem(
            f"The network is nowhere {asked.threshold:.0%} sure of the {of:,} unlabelled examples: at most "
            f"{found.confidence.max():.0%}. Choose a lower threshold, or train longer."
        )
    right = (found.classes == examples.dataset.targets[examples.unused])[sure].mean()
    rows = np.concatenate([examples.train.rows, examples.unused[sure]])
    targets = np.concatenate([examples.train.targets, found.classes[sure]])
    told = (
        f"{count:,} of {of:,} unlabelled examples got the network's own answer as label, of which it was at least "
        f"{asked.threshold:.0%} sure; {right:.1%} of these are right.",
    )
    return Begun(document.graph, learning_from(examples, rows, targets), "pseudo-labels", None, told)


# Runs


def beside_nothing(
    document: Document, examples: Examples, asked: HeadStart, recording: Recording, device: str = "auto"
) -> Generator[Step, None, tuple[Arm, Arm]]:
    """The run with a head start and the one from nothing, in this order, both in the run history.

    Raises: HeadStartProblem, and what Training does.
    """
    begun = yield from beginning(document, examples, asked, device)
    ahead = yield from arm(document, begun, recording, device)
    plain = yield from arm(document, Begun(document.graph, examples, FROM_NOTHING), recording, device)
    return ahead, plain


def arm(document: Document, begun: Begun, recording: Recording, device: str = "auto") -> Generator[Step, None, Arm]:
    """Train to the end, into the run history. Raises HeadStartProblem if the numbers overflow."""
    from playground.engine.train import Training

    own = replace(document, name=f"{begun.tag} · {document.name}", graph=begun.graph)
    training = Training(begun.graph, document.recipe, begun.examples, device, weights=begun.weights)
    recorder = recording.beside(own, begun.examples, device, (begun.tag,))
    try:
        for event in training.events():
            recorder.take(event)
            if isinstance(event, EpochDone | Progress):
                yield Step(begun.tag, int(event.epoch), document.recipe.epochs)
            elif isinstance(event, Ended):
                if event.valid is None or event.reason in ("diverged", "failed"):
                    raise HeadStartProblem(f"{begun.tag}: {event.message}")
                recorder.look_at(training)
                return Arm(recorder.id, begun.tag, event.epochs, event.valid, begun.told)
    finally:
        recorder.leave("stopped")  # nothing, if it has ended
    raise AssertionError("a run ends with Ended")


def _through(training: Training, words: str, total: int) -> Generator[Step, None, tuple[EpochDone, EpochDone]]:
    """Train to the end; the first and the last epoch."""
    epochs: list[EpochDone] = []
    for event in training.events():
        if isinstance(event, EpochDone):
            epochs.append(event)
        if isinstance(event, EpochDone | Progress):
            yield Step(words, int(event.epoch), total)
        elif isinstance(event, Ended) and event.reason in ("diverged", "failed"):
            raise HeadStartProblem(f"{words}: {event.message}")
    return epochs[0], epochs[-1]


def sentence(error: Exception) -> str:
    """What went wrong, for a person."""
    if isinstance(error, HeadStartProblem | DocumentProblem | DataProblem):
        return str(error)
    return plain_sentence(error)


def usual_pretraining(recipe: Recipe) -> int:
    """Epochs without labels to begin with: as many as with them, and no more than a lesson takes."""
    return min(max(recipe.epochs, 5), 50)

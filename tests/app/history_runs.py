"""Runs for the tests of the history: a tiny network, trained in this thread and recorded."""

from __future__ import annotations

import time
from dataclasses import replace

from playground.app.document import Document
from playground.app.recording import Recording
from playground.app.runs import RunHistory
from playground.data.dataset import Examples
from playground.engine.events import EpochDone, Scores
from playground.engine.train import Training
from tests.engine.nets import gauss, net, recipe


def document(name: str = "Two points", **settings: object) -> Document:
    return Document(name, net(), recipe=recipe(**settings)).placed()


def record(recording: Recording, project: Document | None = None, examples: Examples | None = None) -> str:
    """Train a project to its end; the id of its run, which is in the file afterwards."""
    project, examples = project or document(), examples or gauss()
    training = Training(project.graph, project.recipe, examples)
    recorder = recording.begin(project, project.recipe, examples)
    for event in training.events():
        recorder.take(event)
    recorder.look_at(training)
    wait_for(lambda: is_written(recording.runs, recorder.id))
    return recorder.id


def is_written(runs: RunHistory, id: str) -> bool:
    return any(run.id == id and run.has_answers for run in runs.search())


def wait_for(is_so, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.002)


def epoch(number: int, loss: float = 1.0) -> EpochDone:
    scores = Scores(loss, {"accuracy": 0.5})
    return EpochDone(number, scores, replace(scores, loss=loss / 2), 0.01, 0.001, 1e5)

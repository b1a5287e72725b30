"""kill -9 at random moments of editing, saving and training; afterwards nothing saved is unreadable, little is lost.

A forked child works as a window does: it edits, trains, saves and journals, and tells on a pipe what it has done. The
parent kills it, reads what is on the disk, and compares. Counts are kept in the learning rate, which an edit of
changes without stopping the run.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import Project, read_project
from playground.app.journal import Journal
from playground.app.recovery import lost_work
from playground.app.session import Session
from tests.faults import say

TEMPLATES = ("spiral-mlp", "digits-mlp", "digits-cnn")
PROMISED = 5.0
"""Seconds of work that may be lost at most, or one epoch."""
BASE, UNIT = 0.001, 1e-6


def run(moments: int, seed: int) -> int:
    """Kill so many children; the exit status."""
    import safetensors.numpy  # noqa: F401 - what takes long to import, once, before forking
    import torch

    import playground.engine.train  # noqa: F401

    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # imports more; no thread of torch may be there yet
    chance, found, worst = random.Random(seed), Counter[str](), [0.0, 0.0]
    began = time.monotonic()
    for moment in range(moments):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["PLAYGROUND_HOME"] = str(Path(folder, "home"))
            wrong = _one(Path(folder), chance.choice(TEMPLATES), chance.uniform(0.3, 9.0), found, worst)
        for sentence in wrong:
            say(f"moment {moment}: {sentence}")
        found["wrong"] += len(wrong)
        if moment % 50 == 49:
            say(f"{moment + 1} kills so far, {found['wrong']} promises broken")
    say(
        f"{moments} kills in {time.monotonic() - began:.0f} s: {found['saved']} after a save, every saved file was "
        f"readable and no older than the save; {found['journal']} left a journal. "
        f"Most lost: {worst[0]:.1f} s of edits, {worst[1]:.1f} s of training. Promises broken: {found['wrong']}."
    )
    return 1 if found["wrong"] else 0


def _one(folder: Path, template: str, seconds: float, found: Counter[str], worst: list[float]) -> list[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setpgrp()
        try:
            _work(folder / "a.nnplay", template, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        first = pipe.readline()  # it has begun
        time.sleep(seconds)
        killed = time.monotonic()
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = [first, *pipe]
    return _wrong(folder / "a.nnplay", killed, lines, found, worst)


def _work(path: Path, template: str, pipe: int) -> None:
    """Work until killed: an edit every 0.2 s, a save every 0.5 s for a while."""
    session = Session(SetRecipe("epochs", 10**6).apply(make_project(template)[0]))
    session.do(SetRecipe("learning_rate", BASE))
    journal = Journal(session)
    while session.status != "ready":
        session.poll()
        if session.status == "problem":
            raise AssertionError(session.message or session.report.errors)
        time.sleep(0.005)
    session.play()
    began = time.monotonic()
    edits = saves = epochs = 0
    session.subscribe(lambda topic: _tell(pipe, "S", _count(session)) if topic == "file" else None)
    _tell(pipe, "B", 0)
    while True:
        session.poll()
        journal.poll()
        if len(session.epochs) > epochs:
            epochs = len(session.epochs)
            _tell(pipe, "P", epochs)
        now = time.monotonic() - began
        if now > 0.2 * edits:
            edits += 1
            session.do(SetRecipe("learning_rate", BASE + edits * UNIT))
            session.history.settle()
            _tell(pipe, "E", edits)
        if now > 0.5 * saves and now % 6 < 3:  # three seconds with saves, three without
            saves += 1
            session.save(path)
        time.sleep(0.005)


def _count(session: Session) -> int:
    """Edits in the document that was saved last, which the history knows."""
    return _edits(session.history._saved.recipe.learning_rate)


def _edits(rate: float) -> int:
    return round((rate - BASE) / UNIT)


def _tell(pipe: int, kind: str, number: int) -> None:
    os.write(pipe, f"{kind} {number} {time.monotonic()}\n".encode())


def _wrong(path: Path, killed: float, lines: list[str], found: Counter[str], worst: list[float]) -> list[str]:
    """What was promised and not held."""
    told = [(kind, int(number), float(when)) for kind, number, when in (line.split() for line in lines)]
    wrong, kept = [], []
    saved = [number for kind, number, _ in told if kind == "S"]
    try:
        if saved or path.exists():
            kept.append(read_project(path))
            found["saved"] += 1
            if saved and _edits(kept[0].document.recipe.learning_rate) < saved[-1]:
                wrong.append("the file is older than the last save")
        if lost := lost_work():
            found["journal"] += 1
            kept.append(lost[0].read())
    except Exception as error:  # noqa: BLE001 - whatever it is, the promise is broken
        wrong.append(f"unreadable: {error}")
    edits = max((_edits(each.document.recipe.learning_rate) for each in kept), default=0)
    epochs = max((each.epochs[-1].epoch for each in kept if each.epochs), default=0)
    wrong += [sentence for each in kept if (sentence := _apart(each))]
    for index, (kind, have) in enumerate((("E", edits), ("P", epochs))):
        missing = [when for name, number, when in told if name == kind and number > have]
        if kind == "P":
            missing = missing[1:]  # one epoch may be lost, however long it took
        lost_seconds = killed - missing[0] if missing else 0.0
        worst[index] = max(worst[index], lost_seconds)
        if lost_seconds > PROMISED:
            wrong.append(f"{lost_seconds:.1f} s of {'edits' if kind == 'E' else 'training'} were lost")
    return wrong


def _apart(project: Project) -> str:
    """A sentence if curves and weights do not belong together."""
    done = project.checkpoint.facts.get("epoch", 0) if project.checkpoint is not None else 0
    last = project.epochs[-1].epoch if project.epochs else 0
    return "" if done == last else f"the weights are of epoch {done}, the curves of epoch {last}"
